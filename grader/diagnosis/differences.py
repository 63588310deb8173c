"""What one mistake on the way back through a layer adds to the total gradients of some values; the rest is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.formula import Numbers, broadcasts
from grader.diagnosis.other_passes import run_changed, run_lines
from grader.exercise.case import LineGraph, Sweep
from grader.exercise.dtypes import is_floating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.diagnosis.candidates.change import Change
    from grader.diagnosis.candidates.changed_lines import ChangedLines
    from grader.diagnosis.derive import Deriver, Path
    from grader.diagnosis.formula import Node
    from grader.diagnosis.kinds import Kind
    from grader.diagnosis.phrases import Phrase
    from grader.diagnosis.wrong_answer import View
    from grader.exercise.line import Line

Differences = Mapping[str, torch.Tensor]
"""What a mistake adds to the total gradients of some variables, by name and in their shapes."""


@dataclass(frozen=True, eq=False, slots=True)
class Mistake:
    """A mistake in one step of the way back."""

    differences: Callable[[View], Differences | None]
    kind: Kind
    cost: float
    phrase: Phrase
    """The end of a sentence that starts with "your dX is "."""
    line: Line
    """The forward line to look at."""
    changed: ChangedLines | None = None
    """The lines of another forward pass, if the answer is its gradient."""
    several_lines: bool = False
    """Whether it is in a formula that covers several lines, and so may be in any step between."""


class Moved(Sweep):
    """A sweep in which something is added to the total gradients of some variables."""

    def __init__(self, right: Sweep, added: Differences) -> None:
        super().__init__(right.graph, right.overrides)
        self._added = added

    def cut(self, variable: str) -> torch.Tensor:
        found = super().cut(variable)
        return found + self._added[variable] if variable in self._added else found


def differences_of(mistake: Mistake, view: View) -> Differences | None:
    """The differences that a mistake makes on one case, in the shapes of the variables; None if it cannot be made."""
    values = view.case.graph.values
    try:
        found = mistake.differences(view)
        return None if found is None else {name: each.expand(values[name].shape) for name, each in found.items()}
    except RuntimeError:
        return None


# what each kind of mistake adds


def _sweep(view: View, graph: LineGraph | None) -> Sweep | None:
    """A sweep over other lines, from the same upstream gradients; None if these do not fit."""
    if graph is None:
        return None
    for name, given in view.sweep.overrides.items():
        if not isinstance(graph.values.get(name), torch.Tensor) or graph.values[name].shape != given.shape:
            return None
    return Sweep(graph, view.sweep.overrides)


def _through(view: View, sweep: Sweep, first: int) -> Differences | None:
    """What another sweep over the lines from this number on passes back, less what the right one does."""
    found = {}
    right = view.case.graph.readers
    for name in {*sweep.graph.readers, *right}:
        value = view.case.graph.values.get(name)
        known = name in view.case.exercise.inputs_parameters or view.case.exercise.producer[name].number < first
        if not known or not is_floating(value):
            continue
        theirs = sweep.cut(name) if name in sweep.graph.readers else torch.zeros_like(value)
        ours = [view.sweep.product(step)[name] for step in right.get(name, ()) if step.line.number >= first]
        found[name] = theirs - sum(ours, torch.zeros_like(value))
    return found


def of_pass(view: View, changed: ChangedLines) -> Differences | None:
    """The gradient of a forward pass with other lines."""
    sweep = _sweep(view, run_changed(view.case, changed))
    return None if sweep is None else _through(view, sweep, min(line.number for line in changed.lines))


def of_line(view: View, line: Line, only: str | None = None) -> Differences | None:
    """The derivative of one line as if it were written otherwise, at the right values."""
    graph = run_lines(view.case.exercise, [line], view.case.graph.values)
    if graph is None or not graph.steps[0].outputs:
        return None
    totals = {name: view.sweep.total(name) for name in graph.steps[0].outputs}
    if any(graph.values[name].shape != total.shape for name, total in totals.items()):
        return None
    theirs = Sweep(graph, totals).product(graph.steps[0])
    step = next(step for step in view.case.graph.steps if step.line.outputs == line.outputs)
    ours = view.sweep.product(step)
    names = {*theirs, *ours} if only is None else {only}
    values = view.case.graph.values
    none = {name: torch.zeros_like(values[name]) for name in names}
    return {name: theirs.get(name, none[name]) - ours.get(name, none[name]) for name in names}


def of_formula(view: View, variable: str, right: Node, change: Change) -> Differences | None:
    """A share of a variable's gradient, or all of it, computed by another formula."""
    ours, theirs = view.tensor(right), view.tensor(change.node)
    value = view.case.graph.values[variable]
    if ours is None or theirs is None or not broadcasts(theirs.shape, value.shape):
        return None
    return {variable: theirs - ours}


def of_form_elsewhere(
    view: View, variable: str, form: Node, changed: ChangedLines, *, alone: bool = False
) -> Differences | None:
    """A formula for a variable's whole gradient, with the values of a forward pass with other lines.

    Args:
        alone: whether only the changed line has another value.
    """
    graph, values = run_changed(view.case, changed), view.case.graph.values
    if graph is None:
        return None
    names = changed.lines[0].outputs if alone else [name for name in graph.values if name in values]
    others = {name: graph.values[name] for name in names if is_floating(values[name])}
    numbers = Numbers({**values, **others}, view.sweep.total, view.case.exercise.module.__dict__)
    theirs = numbers.tensor(form)
    if theirs is None or theirs.shape != values[variable].shape:
        return None
    return {variable: theirs - view.sweep.cut(variable)}


def of_share(view: View, paths: Sequence[tuple[str, Path]], times: float) -> Differences | None:
    """Shares that are counted another number of times."""
    found: dict[str, torch.Tensor] = {}
    for variable, path in paths:
        ours = view.tensor(path.node)
        if ours is None:
            return None
        share = (times - 1) * ours
        found[variable] = found[variable] + share if variable in found else share
    return found


def of_skipped(view: View, variable: str, other: str) -> Differences | None:
    """A variable's gradient taken to be that of a later one."""
    return {variable: view.sweep.total(other) - view.sweep.total(variable)}


def of_late(view: View, variable: str, skipped: tuple[str, str], factor: str) -> Differences | None:
    """A factor between two later values that is multiplied at the end instead."""
    without = of_skipped(view, *skipped)
    if without is None:
        return None
    made = Moved(view.sweep, without).cut(variable) * view.case.graph.values[factor]
    return {variable: made - view.sweep.cut(variable)}


def of_one_way(
    view: View, part: Callable[[View], Differences | None], start: str, along: Sequence[Line], end: str
) -> Differences | None:
    """Differences that reach only one of the values that a line reads.

    Args:
        part: the differences.
        start: the variable whose difference counts.
        along: the lines on the way back from there.
        end: the variable that the last of these lines passes it to.
    """
    found = part(view)
    if found is None or start not in found:
        return None
    moved: Mapping[str, torch.Tensor] = {start: found[start].expand(view.case.graph.values[start].shape)}
    for line in along:
        step = next(step for step in view.case.graph.steps if step.line.outputs == line.outputs)
        moved = Sweep(view.case.graph, moved).product(step)
    return {end: moved[end]}


def of_several(view: View, parts: Sequence[Callable[[View], Differences | None]]) -> Differences | None:
    """Several differences at once, of different variables."""
    found: dict[str, torch.Tensor] = {}
    for part in parts:
        found.update(part(view) or {})
    return found or None


def of_other_totals(view: View, one: str, other: str) -> Differences | None:
    """The gradients of two variables taken for each other."""
    difference = view.sweep.total(other) - view.sweep.total(one)
    return {one: difference, other: -difference}


def of_ones(view: View, line: Line) -> Differences | None:
    """The gradient of a line's output taken to be one."""
    step = next(step for step in view.case.graph.steps if step.line.outputs == line.outputs)
    ones = {name: torch.ones_like(view.case.graph.values[name]) for name in step.outputs}
    theirs, ours = Sweep(view.case.graph, ones).product(step), view.sweep.product(step)
    return {name: theirs[name] - ours[name] for name in theirs}


def of_taken(view: View, deriver: Deriver, taken: Mapping[str, str], graded: Sequence[str]) -> Differences | None:
    """The formulas of the chain rule, with some values taken for others wherever they are needed."""
    case = view.case
    values = {**case.graph.values, **{name: case.graph.values[other] for name, other in taken.items()}}
    totals: dict[str, torch.Tensor] = dict(view.sweep.overrides)

    def total(variable: str) -> torch.Tensor:
        if variable not in totals:
            if variable == "loss":
                return view.sweep.total(variable)
            none = torch.zeros_like(case.graph.values[variable])
            found = [numbers.tensor(path.node) for path in deriver.by_line(variable)]
            totals[variable] = sum((each for each in found if each is not None), none)
        return totals[variable]

    numbers = Numbers(values, total, case.exercise.module.__dict__)
    return {name: total(name) - view.sweep.cut(name) for name in graded}
