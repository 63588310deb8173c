"""Gradients of a layer with one mistake on the way back, which leads through many lines.

Whatever the mistake is, it adds something to the total gradient of some values on the way; the rest of the way is
right. So a candidate is these differences, and the answer that follows from them is found by the right chain rule.

As in `other_passes`, each candidate is kept as the products of its answer with random directions. They are computed
without the rest of the way back, since a direction can be pushed forward through the lines once and for all:
(J.T @ g) * r = g * (J @ r).
"""

from __future__ import annotations

import itertools
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.candidates.wrong_steps import LayerParts, formulas, otherwise, structural
from grader.diagnosis.differences import Moved, differences_of
from grader.diagnosis.explanations import Explanation, explanation
from grader.diagnosis.facts import deriver_of
from grader.diagnosis.formula import Numbers
from grader.diagnosis.kinds import Kind
from grader.diagnosis.other_passes import DIRECTIONS, MOST_CHECKED, directions, passes_of, products, rows_alike
from grader.diagnosis.search import NULL
from grader.diagnosis.wrong_answer import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.diagnosis.differences import Differences, Mistake
    from grader.diagnosis.wrong_answer import WrongAnswer
    from grader.exercise.case import Case, Cases

STAGES = range(3)
"""The stages in which mistakes are tried: wrong totals and shares, lines written otherwise, formulas changed."""


class Pushed:
    """Random directions of every graded variable on one case, and how far each moves every later value."""

    def __init__(self, case: Case, graded: Sequence[str]) -> None:
        values = case.graph.values
        self.own = {name: directions(values[name].shape) for name in graded}
        self._rows: dict[str, torch.Tensor] = {}  # by name: (graded * DIRECTIONS, the value's elements)
        moved = [self._pushed(case, name) for name in graded]
        for name in values:
            if any(name in each for each in moved):
                none = torch.zeros((DIRECTIONS, *values[name].shape), dtype=torch.float64)
                self._rows[name] = torch.cat([each.get(name, none).reshape(DIRECTIONS, -1) for each in moved])

    def _pushed(self, case: Case, variable: str) -> dict[str, torch.Tensor]:
        moved = {variable: self.own[variable]}  # by name: (DIRECTIONS, *the value's shape)
        for step in case.graph.steps:
            if step.outputs and any(name in moved for name in step.leaves):
                moved.update(_push(step, moved))
        return moved

    def products(self, found: Differences) -> torch.Tensor:
        """What these differences add to the products of each graded variable: (graded, DIRECTIONS)."""
        total = torch.zeros(len(self.own) * DIRECTIONS, dtype=torch.float64)
        for name, difference in found.items():
            if name in self._rows:
                total += self._rows[name] @ difference.reshape(-1)
        return total.view(-1, DIRECTIONS)


def _push(step: Any, moved: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The directions of a line's outputs: the derivative of its vector-Jacobian product, which is linear."""
    leaves = {name: leaf for name, leaf in step.leaves.items() if name in moved}
    with torch.enable_grad():
        marks = [torch.zeros_like(value).requires_grad_() for value in step.outputs.values()]
        projected = sum((value * mark).sum() for value, mark in zip(step.outputs.values(), marks, strict=True))
        back = torch.autograd.grad(projected, list(leaves.values()), create_graph=True, materialize_grads=True)
        rows = []
        for k in range(DIRECTIONS):
            total = sum((g * moved[name][k]).sum() for name, g in zip(leaves, back, strict=True))
            if not isinstance(total, torch.Tensor) or not total.requires_grad:
                return {}
            rows.append(torch.autograd.grad(total, marks, retain_graph=True, materialize_grads=True))
    return {name: torch.stack(each).detach() for name, each in zip(step.outputs, zip(*rows, strict=True), strict=True)}


class WayBack:
    """Every mistake of a layer's backward pass, with the products of its answers, for one set of upstream gradients."""

    def __init__(self, cases: Cases, upstream: tuple[str, ...]) -> None:
        exercise, case = cases.exercise, cases.probe
        self._graded = [name for name in exercise.graded if not exercise.is_value(name)]
        self._pushed = Pushed(case, self._graded)
        self._right = case.cut(upstream)
        numbers = Numbers(case.graph.values, self._right.total, exercise.module.__dict__)
        nothing = torch.zeros(())
        self._probe = View(case, nothing, nothing, numbers, self._right, 1.0)
        changed, between = passes_of(cases).changed, _between(cases, upstream)
        layer = LayerParts(self._probe, deriver_of(cases), changed, cases.given.sizes, between)
        self._stages = [partial(stage, layer) for stage in (structural, otherwise, formulas)]
        self._tables: list[tuple[list[Mistake], torch.Tensor]] = []

    def fitting(self, variable: str, answer: torch.Tensor, stages: Iterable[int] = STAGES) -> Iterator[Mistake]:
        """The mistakes that an answer on the smallest case may come from; likeliest first, stage by stage."""
        along, place = self._pushed.own[variable], self._graded.index(variable)
        wanted, right = products(along, answer), products(along, self._right.cut(variable))
        for stage in stages:
            mistakes, table = self._table(stage)
            hits = rows_alike(table[:, place], wanted - right, right)
            yield from sorted((mistakes[hit] for hit in hits), key=lambda mistake: mistake.cost)

    def _table(self, stage: int) -> tuple[list[Mistake], torch.Tensor]:
        """The mistakes of a stage, and (mistakes, graded, DIRECTIONS)."""
        while len(self._tables) <= stage:
            mistakes, rows = [], []
            for mistake in self._stages[len(self._tables)]():
                found = differences_of(mistake, self._probe)
                if found is not None:
                    mistakes.append(mistake)
                    rows.append(self._pushed.products(found))
            none = torch.zeros(0, len(self._graded), DIRECTIONS, dtype=torch.float64)
            self._tables.append((mistakes, torch.stack(rows) if rows else none))
        return self._tables[stage]


def _between(cases: Cases, upstream: tuple[str, ...]) -> tuple[str, ...]:
    exercise, graph = cases.exercise, cases.probe.graph
    graded = [name for name in exercise.graded if not exercise.is_value(name)]
    below = {name for variable in graded for name in (variable, *exercise.downstream(variable))}
    ends = {*upstream, "loss", *((exercise.output,) if exercise.output else ())}
    above = {name for name in below if not upstream or {*upstream} & exercise.downstream(name)}
    return tuple(n for n in graph.values if n in above and n in graph.differentiable and n not in ends)


_ways: weakref.WeakKeyDictionary[Cases, dict[tuple[str, ...], WayBack]] = weakref.WeakKeyDictionary()


def way_back(cases: Cases, upstream: tuple[str, ...]) -> WayBack:
    """The mistakes on the way back through a layer, shared by all submissions."""
    kept = _ways.setdefault(cases, {})
    if upstream not in kept:
        kept[upstream] = WayBack(cases, upstream)
    return kept[upstream]


# the identity of one answer


def in_one_step(mistake: Mistake) -> bool:
    """Whether a mistake of the first stage is in a single step."""
    return mistake.cost <= 0.3


def of_a_number(mistake: Mistake) -> bool:
    """Whether an exponent of one line or a small constant is wrong."""
    return mistake.kind is Kind.WRONG_EPSILON or (mistake.kind is Kind.WRONG_POWER and mistake.cost <= 0.51)


def one_step(
    answer: WrongAnswer, cases: Cases, stages: Iterable[int] = STAGES, only: Callable[[Mistake], bool] | None = None
) -> Explanation | None:
    """One mistake on the way back through several lines.

    Args:
        answer: the wrong answer.
        cases: all cases.
        stages: which mistakes are tried.
        only: which of them count; all if None.
    """
    view = next((view for view in answer.views if view.case is cases.probe), None)
    if view is None or answer.narrow or answer.true_cotangents or view.got.shape != view.expected.shape:
        return None
    mistakes = way_back(cases, answer.evidence.depends_on).fitting(answer.variable, view.got, stages)
    for mistake in itertools.islice(filter(only, mistakes) if only else mistakes, MOST_CHECKED):
        if all(_holds(mistake, each, answer) for each in answer.views):
            return _found(answer, mistake, tuple(differences_of(mistake, view) or ()))
    return None


def _found(answer: WrongAnswer, mistake: Mistake, gradients: tuple[str, ...]) -> Explanation:
    line = next(each for each in answer.exercise.lines if each.outputs == mistake.line.outputs)
    otherwise = None if mistake.changed is None else mistake.changed.lines
    fields = {"step": mistake.phrase, "line": line, "otherwise": otherwise, "one_share": True}
    one = len(gradients) == 1 and otherwise is None and not mistake.several_lines
    return explanation(mistake.kind, "step_of_layer", **fields, gradients=gradients if one else None)


def _holds(mistake: Mistake, view: View, answer: WrongAnswer) -> bool:
    found = differences_of(mistake, view)
    if found is None:
        return False
    made = Moved(view.sweep, found).cut(answer.variable)
    if made.shape != view.got.shape or not made.numel():
        return False
    slack = answer.tolerance * float(view.got.abs().max()) + NULL * max(view.scale, float(view.expected.abs().max()))
    return float((made - view.got).abs().max()) <= slack  # what cancels in the sum of both leaves its rounding
