"""Every mistake on the way back through a layer: wrong totals and shares, lines written otherwise, formulas changed."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.candidates.changed_formulas import changes
from grader.diagnosis.candidates.parts import ends
from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.differences import (
    Mistake,
    of_formula,
    of_line,
    of_ones,
    of_other_totals,
    of_pass,
    of_several,
    of_share,
    of_skipped,
    of_taken,
)
from grader.diagnosis.facts import Facts
from grader.diagnosis.formula import Node, exchanged, mul, substituted, upstream, walk
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
    from grader.diagnosis.derive import Deriver, Path
    from grader.diagnosis.differences import Differences
    from grader.diagnosis.phrases import Phrase
    from grader.diagnosis.wrong_answer import View
    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import Line

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
    """Gradients that change places, are taken to be one, or are passed on by every line of a kind unchanged."""
    values, exercise = layer.probe.case.graph.values, layer.exercise
    for one, other in itertools.combinations(layer.between, 2):
        related = other in exercise.downstream(one) or one in exercise.downstream(other)
        if not related and values[one].shape == values[other].shape:
            phrase = said("totals_exchanged", one=one, other=other)
            line = exercise.readers[one][0]
            totals = partial(of_other_totals, one=one, other=other)
            yield Mistake(totals, Kind.OTHER_GRADIENT, 0.2, phrase, line)
    for line in exercise.lines:
        if line.outputs[0] in {*layer.between, *layer.probe.sweep.overrides, OUTPUT}:
            phrase = said("total_of_one", of=line.outputs[0])
            cost = 0.1 if line.outputs[0] in layer.exercise.graded else 0.2
            yield Mistake(partial(of_ones, line=line), Kind.UPSTREAM_UNUSED, cost, phrase, line)
    calls = [line for line in exercise.lines if _is_elementwise(line) and line.reads[0] in layer.between]
    if len(calls) > 1:
        parts = [partial(of_skipped, variable=line.reads[0], other=line.outputs[0]) for line in calls]
        phrase = said("slopes_missing", of=tuple(line.outputs[0] for line in calls))
        yield Mistake(partial(of_several, parts=parts), Kind.UPSTREAM_ONLY, 0.2, phrase, calls[0])


# lines written otherwise


def otherwise(layer: LayerParts) -> Iterator[Mistake]:
    """Lines that are written otherwise, and values that are taken for others."""
    for changed in layer.changed:
        yield from _written_otherwise(layer, changed)
    yield from _taken(layer)


def _written_otherwise(layer: LayerParts, changed: ChangedLines) -> Iterator[Mistake]:
    line = changed.lines[0]
    phrase = said("another_pass", lines=changed.lines)
    yield Mistake(partial(of_pass, changed=changed), changed.kind, changed.cost + 0.05, phrase, line, changed)
    if len(changed.lines) > 1:
        return
    phrase = said("line_otherwise", line=line.number, code=line.text)
    yield Mistake(partial(of_line, line=line), changed.kind, changed.cost, phrase, line)
    step = next(step for step in layer.probe.case.graph.steps if step.line.number == line.number)
    for name in step.leaves if len(step.leaves) > 1 else ():
        phrase = said("share_otherwise", share=_share(name, line), code=line.text)
        yield Mistake(partial(of_line, line=line, only=name), changed.kind, changed.cost + 0.1, phrase, line)


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


SLOPES: dict[str, tuple[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "tanh": ("1 - {}**2", lambda y: 1 - y * y),
    "sigmoid": ("{}*(1 - {})", lambda y: y * (1 - y)),
    "relu": ("({} > 0)", lambda y: (y > 0).to(y.dtype)),
    "exp": ("{}", lambda y: y),
}
"""The derivatives of functions in terms of their outputs, as a message writes them."""


def formulas(layer: LayerParts) -> Iterator[Mistake]:
    """The formula of one line, or of several lines at once, changed in one place."""
    for variable in layer.between:
        facts = layer.facts(variable, layer.exercise.children(variable))
        for path in facts.paths:
            for change in _likely(_of_path(path, facts)):
                phrase = said("share_changed", share=_share(variable, path.line), change=change.phrase)
                formula = partial(of_formula, variable=variable, right=path.node, change=change)
                yield Mistake(formula, change.kind, change.cost + 0.01, phrase, path.line)
        yield from _closed(layer, variable)


def _likely(found: Iterable[Change]) -> Iterator[Change]:
    return (change for change in found if change.cost <= FURTHEST)


def _of_path(path: Path, facts: Facts) -> Iterator[Change]:
    yield from changes(path.node, facts, light=True)
    g = upstream(path.via[0])
    for change in ends(g, facts):
        phrase = said("gradient_cut", of=g, change=change.phrase)
        yield Change(substituted(path.node, g, change.node), change.kind, phrase, change.cost)
    if _is_elementwise(path.line):
        yield from _slopes(path, facts.answer.variable)


def _is_elementwise(line: Line) -> bool:
    value = value_of(line)
    named = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in SLOPES
    return named and len(line.reads) == 1


def _slopes(path: Path, variable: str) -> Iterator[Change]:
    """The derivative of another function, or of the right one at its input."""
    g = upstream(path.via[0])
    for form, slope in SLOPES.values():
        for known in (path.via[0], variable):
            changed = mul(Node("fn", (value(known),), slope), g)
            yield Change(changed, Kind.WRONG_OPERAND, said("slope_replaced", slope=form, of=known), 0.3)


def _closed(layer: LayerParts, variable: str) -> Iterator[Mistake]:
    exercise, between = layer.exercise, layer.between
    values = layer.probe.case.graph.values
    alike = [name for name in between if values[name].shape == values[variable].shape]
    later = [name for name in (*alike, *layer.probe.sweep.overrides) if name in exercise.downstream(variable)]
    for used in ((), *((other,) for other in later)):
        facts = layer.facts(variable, used)
        for form in closed_forms(facts):
            alone = () if form.alone is None else (form.alone,)
            near = _likely(changes(form.node, facts, light=True))
            for change in (*alone, *near, *_other_means(form.node, facts)):
                phrase = said("form_changed", form=form.title, change=change.phrase)
                formula = partial(of_formula, variable=variable, right=form.node, change=change)
                line = exercise.readers[variable][0]
                yield Mistake(formula, change.kind, change.cost + 0.02, phrase, line, several_lines=True)


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
