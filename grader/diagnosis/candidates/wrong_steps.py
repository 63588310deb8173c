"""Every mistake on the way back through a layer: wrong totals and shares, lines written otherwise, formulas changed."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change, floats
from grader.diagnosis.candidates.changed_formulas import changes, exchanged_leaves
from grader.diagnosis.candidates.derivatives import is_elementwise, slopes
from grader.diagnosis.candidates.parts import ends
from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.differences import (
    Mistake,
    of_form_elsewhere,
    of_formula,
    of_late,
    of_line,
    of_one_way,
    of_ones,
    of_other_totals,
    of_pass,
    of_several,
    of_share,
    of_skipped,
    of_taken,
)
from grader.diagnosis.facts import Facts
from grader.diagnosis.formula import Node, distinct_leaves, exchanged, mul, substituted, upstream, walk
from grader.diagnosis.formula import name as value
from grader.diagnosis.forward_code import value_of
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said
from grader.diagnosis.wrong_answer import WrongAnswer
from grader.exercise.dtypes import is_floating
from grader.exercise.forward import COTANGENT, OUTPUT
from grader.verdict.binding import Binding
from grader.verdict.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.diagnosis.candidates.changed_lines import ChangedLines
    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.derive import Deriver, Path
    from grader.diagnosis.differences import Differences
    from grader.diagnosis.phrases import Phrase
    from grader.diagnosis.wrong_answer import View
    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line

FURTHEST = 0.9
"""The cost of the most far-fetched changes of a formula that are tried."""


@dataclass(frozen=True, eq=False)
class LayerParts:
    """What the mistakes of a layer are made from; without its cases, so that these may be forgotten."""

    probe: View
    deriver: Deriver
    changed: Sequence[ChangedLines]
    given_sizes: dict[str, int]
    between: tuple[str, ...]
    """The variables whose gradients a backward pass computes."""

    @property
    def exercise(self) -> Exercise:
        """The exercise."""
        return self.probe.case.exercise

    def facts(self, variable: str, used: tuple[str, ...]) -> Facts:
        """What a formula for this variable's gradient could be computed from.

        Args:
            used: the upstream gradients in the formula.
        """
        exercise, values = self.exercise, self.probe.case.graph.values
        later = [name for name in self.between if name in exercise.downstream(variable)]
        tensors = tuple(name for name, value in values.items() if isinstance(value, torch.Tensor))
        evidence = Evidence(variable, binding=Binding(tensors, tuple({*used, *later})), depends_on=used)
        view = replace(self.probe, expected=self.probe.sweep.total(variable), scale=self._scale(variable))
        return Facts(WrongAnswer(exercise, evidence, (view,), self.given_sizes), self.deriver)

    def _scale(self, variable: str) -> float:
        return float(self.probe.sweep.total(variable).abs().max())


# wrong totals and shares


def structural(layer: LayerParts) -> Iterator[Mistake]:
    """Shares that are missing or counted wrongly, and gradients that are skipped, exchanged or taken to be one."""
    shares = [(variable, path) for variable in layer.between for path in layer.deriver.by_line(variable)]
    for share in shares:
        yield from _miscounted(*share)
    for pair in itertools.combinations(shares, 2):
        yield _both_missing(*pair)
    for variable in layer.between:
        yield from _skipped(layer, variable)
    yield from _other_totals(layer)
    yield from _derivatives_missing(layer)


def _miscounted(variable: str, path: Path) -> Iterator[Mistake]:
    share = _share(variable, path.line)
    for times, kind, phrase in (
        (0.0, Kind.MISSING_PATH, said("share_missing", share=share)),
        (-1.0, Kind.NEGATED_PATH, said("share_negated", share=share)),
        (2.0, Kind.DOUBLED_PATH, said("share_doubled", share=share)),
    ):
        yield Mistake(partial(of_share, paths=[(variable, path)], times=times), kind, 0.0, phrase, path.line)


def _share(variable: str, line: Line) -> Phrase:
    return said("passed_back", line=line.number, of=variable)


def _both_missing(one: tuple[str, Path], other: tuple[str, Path]) -> Mistake:
    (first, path), (second, later) = one, other
    phrase = said("two_shares_missing", one=_share(first, path.line), other=_share(second, later.line))
    return Mistake(partial(of_share, paths=[one, other], times=0.0), Kind.MISSING_PATH, 0.4, phrase, path.line)


def _skipped(layer: LayerParts, variable: str) -> Iterator[Mistake]:
    values, exercise = layer.probe.case.graph.values, layer.exercise
    ends = layer.probe.sweep.overrides
    for other in exercise.downstream(variable):
        if (other in layer.between or other in ends) and values[other].shape == values[variable].shape:
            between = _lines_between(exercise, variable, other)
            phrase = said("lines_skipped", other=other, of=variable, lines=between)
            skipped = partial(of_skipped, variable=variable, other=other)
            yield Mistake(skipped, Kind.UPSTREAM_ONLY, 0.2, phrase, exercise.producer[other])


def _lines_between(exercise: Exercise, variable: str, other: str) -> tuple[int, ...]:
    """The lines on the way from one variable to another."""
    below = exercise.downstream(variable)
    outputs = [name for name in below if name == other or other in exercise.downstream(name)]
    return tuple(sorted({exercise.producer[name].number for name in outputs}))


def _other_totals(layer: LayerParts) -> Iterator[Mistake]:
    """Gradients that are taken for others, that change places, or that are taken to be one."""
    for one, other in _interchangeable(layer):
        if not _read_together(layer.exercise, one, other):
            yield from _interchanged(layer.exercise, one, other)
    yield from _ones(layer)


def _interchangeable(layer: LayerParts) -> Iterator[tuple[str, str]]:
    """Variables of the same shape of which none is computed from the other."""
    values, below = layer.probe.case.graph.values, layer.exercise.downstream
    for one, other in itertools.combinations(layer.between, 2):
        if other not in below(one) and one not in below(other) and values[one].shape == values[other].shape:
            yield one, other


def _read_together(exercise: Exercise, one: str, other: str) -> bool:
    """Whether one line reads both: then a factor of that line explains more."""
    return any(other in line.reads for line in exercise.readers[one])


def _interchanged(exercise: Exercise, one: str, other: str, more: float = 0.0) -> Iterator[Mistake]:
    line, returned = exercise.readers[one][0], {one, other} <= {*exercise.graded}
    if not returned:
        for name, instead in ((one, other), (other, one)):
            phrase = said("total_used_as", other=instead, of=name)
            used = partial(of_skipped, variable=name, other=instead)
            yield Mistake(used, Kind.OTHER_GRADIENT, 0.15 + more, phrase, exercise.readers[name][0])
    phrase = said("totals_exchanged", one=one, other=other)
    totals = partial(of_other_totals, one=one, other=other)
    yield Mistake(totals, Kind.OTHER_GRADIENT, (0.1 if returned else 0.2) + more, phrase, line)


def _ones(layer: LayerParts) -> Iterator[Mistake]:
    """Gradients that are taken to be one."""
    for line in layer.exercise.lines:
        if line.outputs[0] in {*layer.between, *layer.probe.sweep.overrides, OUTPUT}:
            phrase = said("total_of_one", of=line.outputs[0])
            cost = 0.1 if line.outputs[0] in layer.exercise.graded else 0.2
            yield Mistake(partial(of_ones, line=line), Kind.UPSTREAM_UNUSED, cost, phrase, line)


def _derivatives_missing(layer: LayerParts) -> Iterator[Mistake]:
    """Lines of a kind that pass their gradients on unchanged: all of them, or all but one."""
    namespace = layer.exercise.module.__dict__
    alike = [line for line in layer.exercise.lines if is_elementwise(line, namespace)]
    calls = [line for line in alike if line.reads[0] in layer.between]
    for lines in (calls, *itertools.combinations(calls, max(0, len(calls) - 1))):
        if len(lines) > 1:
            parts = [partial(of_skipped, variable=line.reads[0], other=line.outputs[0]) for line in lines]
            phrase = said("slopes_missing", of=tuple(line.outputs[0] for line in lines))
            yield Mistake(partial(of_several, parts=parts), Kind.UPSTREAM_ONLY, 0.2, phrase, lines[0])


# lines written otherwise


def otherwise(layer: LayerParts) -> Iterator[Mistake]:
    """Lines that are written otherwise, and values that are taken for others."""
    for changed in layer.changed:
        for mistake in _written_otherwise(layer, changed):
            yield mistake
            if not mistake.cost and mistake.changed is None:
                yield from _one_way(layer, mistake)
    for mistake in _ones(layer):
        yield from _one_way(layer, mistake)
    yield from _taken(layer)


def _one_way(layer: LayerParts, mistake: Mistake) -> Iterator[Mistake]:
    """The same mistake on one of several ways: a line further back passes it on to one of the values that it reads."""
    for start in mistake.line.reads:
        along: list[Line] = []
        reads = [start]
        while len(reads) == 1 and reads[0] in layer.exercise.producer:
            along.append(layer.exercise.producer[reads[0]])
            reads = [name for name in along[-1].reads if name in layer.between]
        for end in reads if len(reads) > 1 and start in layer.between else ():
            part = partial(of_one_way, part=mistake.differences, start=start, along=along, end=end)
            phrase = said("on_one_way", mistake=mistake.phrase, share=_share(end, along[-1]))
            yield replace(mistake, differences=part, cost=mistake.cost + 0.3, phrase=phrase)


def _written_otherwise(layer: LayerParts, changed: ChangedLines) -> Iterator[Mistake]:
    line = changed.lines[0]
    phrase = said("another_pass", lines=changed.written)
    yield Mistake(partial(of_pass, changed=changed), changed.kind, changed.cost + 0.05, phrase, line, changed)
    if len(changed.lines) > 1:
        return
    having = changed.phrase
    differs = said("line_otherwise", code=line.text) if having is None else said("line_with", having=having)
    phrase = said("differentiated_otherwise", line=line.number, differs=differs)
    yield Mistake(partial(of_line, line=line), changed.kind, changed.cost, phrase, line)
    step = next(step for step in layer.probe.case.graph.steps if step.line.outputs == line.outputs)
    for name in step.leaves if len(step.leaves) > 1 else ():
        phrase = said("share_otherwise", share=_share(name, line), of=_that(changed))
        yield Mistake(partial(of_line, line=line, only=name), changed.kind, changed.cost + 0.1, phrase, line)


def _that(changed: ChangedLines) -> Phrase:
    if changed.phrase is None:
        return said("that_code", code=changed.lines[0].text)
    return said("that_line_with", having=changed.phrase)


def _taken(layer: LayerParts) -> Iterator[Mistake]:
    """A value taken for one that it is computed from, or the reverse, and two that change places, on the whole way."""
    exercise, values = layer.exercise, layer.probe.case.graph.values
    names = [n for n, v in values.items() if is_floating(v) and n not in ("loss", COTANGENT)]
    graded = [name for name in exercise.graded if not exercise.is_value(name)]
    for one, other in itertools.combinations(names, 2):
        line = next((line for line in exercise.lines if {one, other} & {*line.reads}), None)
        if line is None or values[one].shape != values[other].shape:
            continue
        pairs = {one: other, other: one}
        if other not in exercise.downstream(one):
            phrase = said("values_exchanged", one=one, other=other)
            yield Mistake(_taken_for(layer, pairs, graded), Kind.WRONG_OPERAND, 0.35, phrase, line)
            continue
        for taken, instead in pairs.items():
            phrase = said("value_taken_for", taken=taken, instead=instead)
            yield Mistake(_taken_for(layer, {taken: instead}, graded), Kind.WRONG_OPERAND, 0.3, phrase, line)


def _taken_for(
    layer: LayerParts, taken: Mapping[str, str], graded: Sequence[str]
) -> Callable[[View], Differences | None]:
    return partial(of_taken, deriver=layer.deriver, taken=taken, graded=graded)


# formulas changed


def formulas(layer: LayerParts) -> Iterator[Mistake]:
    """The formula of one line, or of several lines at once, changed in one place."""
    for variable in layer.between:
        facts = layer.facts(variable, layer.exercise.children(variable))
        for path in facts.paths:
            for change in _likely(_of_path(path, facts)):
                phrase = said("share_changed", share=_share(variable, path.line), change=change.phrase)
                formula = partial(of_formula, variable=variable, right=path.node, change=change)
                yield Mistake(formula, change.kind, change.cost + 0.01, phrase, path.line)
            yield from _unfolded(layer, facts, path)
        yield from _closed(layer, variable)
        yield from _late_factors(layer, variable)
    for one, other in _interchangeable(layer):
        if _read_together(layer.exercise, one, other):
            yield from _interchanged(layer.exercise, one, other, 0.25)


def _late_factors(layer: LayerParts, later: str) -> Iterator[Mistake]:
    """A factor that is multiplied at the end instead of where its line stands, before a mean or another sum."""
    paths, values = layer.deriver.by_line(later), layer.probe.case.graph.values
    node = paths[0].node if len(paths) == 1 else None
    if node is None or node.op != "mul" or values[paths[0].via[0]].shape != values[later].shape:
        return
    factors = [arg.data for arg in node.args if arg.op == "name"]
    for factor, variable in itertools.product(factors, layer.exercise.graded):
        if later in layer.exercise.downstream(variable) and variable in layer.between:
            phrase = said("multiplied_late", factor=factor, line=paths[0].line.number)
            late = partial(of_late, variable=variable, skipped=(later, paths[0].via[0]), factor=factor)
            yield Mistake(late, Kind.FUSED_TERM, 0.25, phrase, paths[0].line)


_OF_SUMS = (Kind.WRONG_AXIS, Kind.NOT_SUMMED, Kind.SUMMED_TOO_FAR)


def _unfolded(layer: LayerParts, facts: Facts, path: Path) -> Iterator[Mistake]:
    """A sum that is wrong in an earlier step, whose result then has another shape than the variable it belongs to."""
    node, inner, values = _without_expand(path.node), path.via[0], layer.probe.case.graph.values
    variable, steps = facts.answer.variable, 0
    while inner in layer.between and values[inner].numel() < values[variable].numel():
        paths = layer.deriver.by_line(inner)
        if len(paths) != 1:
            return
        earlier = _without_expand(paths[0].node)
        node, inner, steps = substituted(node, upstream(inner), earlier), paths[0].via[0], steps + 1
    for change in changes(node, facts, light=True) if steps else ():
        if change.kind in _OF_SUMS:
            phrase = said("way_changed", to=variable, line=path.line.number, change=change.phrase)
            formula = partial(of_formula, variable=variable, right=node, change=change)
            yield Mistake(formula, change.kind, change.cost + 0.25, phrase, path.line)


def _without_expand(node: Node) -> Node:
    """A formula that leaves expanding along the first dimension to broadcasting, so that other shapes fit as well."""
    if node.op == "expand" and node.data in (None, (0,)):
        return _without_expand(node.args[0])
    return Node(node.op, tuple(map(_without_expand, node.args)), node.data) if node.args else node


def _likely(found: Iterable[Change]) -> Iterator[Change]:
    return (change for change in found if change.cost <= FURTHEST)


def _of_path(path: Path, facts: Facts) -> Iterator[Change]:
    yield from changes(path.node, facts, light=True)
    g = upstream(path.via[0])
    for change in ends(g, facts):
        phrase = said("gradient_cut", of=g, change=change.phrase)
        yield Change(substituted(path.node, g, change.node), change.kind, phrase, change.cost)
    yield from slopes(path, facts.answer.variable, facts)
    if _is_log_softmax(path.line):
        alone = Node("div", (g, Node("fn", (value(path.via[0]),), torch.exp)))
        yield Change(alone, Kind.SOFTMAX_JACOBIAN, said("slope_of_logarithm"), 0.3)


def _is_log_softmax(line: Line) -> bool:
    value = value_of(line)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "log_softmax"


def _closed(layer: LayerParts, variable: str) -> Iterator[Mistake]:
    exercise, between = layer.exercise, layer.between
    values = layer.probe.case.graph.values
    alike = [name for name in between if values[name].shape == values[variable].shape]
    later = [name for name in (*alike, *layer.probe.sweep.overrides) if name in exercise.downstream(variable)]
    seen: list[tuple[Phrase, tuple[str, ...]]] = []
    for used in ((), *((other,) for other in later)):
        facts = layer.facts(variable, used)
        for form in closed_forms(facts):
            alone = () if form.alone is None else (form.alone,)
            near = _likely(changes(form.node, facts, light=True))
            others = [*_other_means(form.node, facts)]
            if (form.title, used) not in seen:  # other forms of it have the same values
                others += [*_swapped(form.node, facts), *_other_constants(form.node, facts)]
            line = exercise.readers[variable][0]
            for change in (*alone, *form.others, *near, *others):
                phrase = said("form_changed", form=form.title, change=change.phrase)
                formula = partial(of_formula, variable=variable, right=form.node, change=change)
                yield Mistake(formula, change.kind, change.cost + 0.02, phrase, line, several_lines=True)
            if form.kind is Kind.FUSED_TERM and (form.title, used) not in seen:
                yield from _elsewhere(layer, variable, form)
            seen.append((form.title, used))


def _elsewhere(layer: LayerParts, variable: str, form: ClosedForm) -> Iterator[Mistake]:
    """The formula of a normalization, with the values, or one value, of another forward pass."""
    for changed in layer.changed:
        if changed.kind in _SCALED and changed.cost <= 0.2:
            line, cost = changed.lines[0], changed.cost + 0.1
            whole = partial(of_form_elsewhere, variable=variable, form=form.node, changed=changed)
            phrase = said("form_of_another_pass", form=form.title, lines=changed.written)
            yield Mistake(whole, changed.kind, cost, phrase, line)
            phrase = said("form_with_value", form=form.title, line=line.number, of=_that(changed))
            yield Mistake(partial(whole, alone=True), changed.kind, cost, phrase, line)


_SCALED = (Kind.WRONG_EPSILON, Kind.CONSTANT_FACTOR, Kind.WRONG_POWER)
"""Kinds of changed lines after which the formula of a normalization is still the formula of one."""


def _swapped(root: Node, facts: Facts) -> Iterator[Change]:
    """Two values of any shapes that are taken for each other, as when they are kept in another order."""
    leaves = [leaf for leaf in distinct_leaves(root) if leaf.op == "name" and floats(leaf, facts) is not None]
    for one, other in itertools.combinations(leaves, 2):
        phrase = said("kept_in_another_order", one=one, other=other)
        yield Change(exchanged_leaves(root, one, other), Kind.WRONG_OPERAND, phrase, 0.35)


def _other_constants(root: Node, facts: Facts) -> Iterator[Change]:
    """A value that is computed anew with another small constant."""
    for leaf in distinct_leaves(root):
        made = facts.deriver.made_of(leaf.data) if leaf.op == "name" else None
        for change in changes(made, facts, light=True) if made is not None else ():
            if change.kind is Kind.WRONG_EPSILON:
                phrase = said("value_with", of=leaf, change=change.phrase)
                yield Change(substituted(root, leaf, change.node), change.kind, phrase, 0.1 + change.cost)


def _other_means(root: Node, facts: Facts) -> Iterator[Change]:
    """The means of a closed form over another dimension; they are written as sums, divided by the count."""
    sums = [node for node in walk(root) if node.op == "sum"]
    dims = facts.answer.probe.expected.dim()
    for other in (*((dim,) for dim in range(dims)), tuple(range(dims))):
        over = said("over_dimension", dim=other[0]) if len(other) == 1 else said("over_everything")
        means = [_mean_over(node, other, facts) for node in sums if node.data[0] != other]
        for node, mean in zip(sums, means, strict=False):
            kind = Kind.WRONG_AXIS if len(other) == 1 else Kind.SUMMED_TOO_FAR
            yield Change(exchanged(root, node, mean), kind, said("mean_runs", over=over), 0.2)
        if len(means) > 1:
            turned = root
            for node, mean in zip(sums, means, strict=False):
                turned = exchanged(turned, node, mean)
            yield Change(turned, Kind.WRONG_AXIS, said("means_run", over=over), 0.2)


def _mean_over(node: Node, dims: tuple[int, ...], facts: Facts) -> Node:
    like = value(facts.answer.variable)
    share = Node("div", (Node("size", (like,), node.data[0]), Node("size", (like,), dims)))
    return mul(share, Node("sum", node.args, (dims, True)))
