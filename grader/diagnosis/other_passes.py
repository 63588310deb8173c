"""Forward passes with one mistake in them: which of them an answer is the value of.

There are hundreds, the same for every submission. So each is computed once, on the smallest case, and kept as a few
numbers: the products of its value with random directions. An answer is looked up by the same products; what is found
counts only if it holds on every case.
"""

from __future__ import annotations

import warnings
import weakref
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.candidates.changed_lines import changed_lines
from grader.exercise.case import LineGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.diagnosis.candidates.changed_lines import ChangedLines
    from grader.exercise.case import Case, Cases
    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line

DIRECTIONS = 3
"""How many products an answer is looked up by."""
ALIKE = 1e-7
"""How close these have to be, relative to the largest; only a filter."""
MOST_CHECKED = 30
"""The most candidates with the right products that are compared on every case."""


def directions(shape: torch.Size) -> torch.Tensor:
    """The random directions of a value: (DIRECTIONS, *shape)."""
    generator = torch.Generator().manual_seed(len(shape))
    return torch.randn((DIRECTIONS, *shape), generator=generator, dtype=torch.float64)


def products(along: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """The products of a value with its directions: (DIRECTIONS,)."""
    return (along * value).reshape(DIRECTIONS, -1).sum(1)


def rows_alike(table: torch.Tensor, wanted: torch.Tensor, right: torch.Tensor) -> list[int]:
    """The rows of (candidates, DIRECTIONS) that have these products."""
    scale = torch.maximum(wanted.abs().max(), right.abs().max())
    found: list[int] = ((table - wanted).abs() <= ALIKE * scale).all(1).nonzero().reshape(-1).tolist()
    return found


def run_lines(
    exercise: Exercise, lines: Sequence[Line], values: Mapping[str, Any], at: Mapping[str, Any] | None = None
) -> LineGraph | None:
    """The last lines of a forward pass, run on what the earlier ones computed; None if one fails.

    Args:
        lines: the lines, which may be written otherwise.
        values: the values of the forward pass.
        at: forward values to read instead of the computed ones.
    """
    earlier = [line for line in exercise.lines if line.number < lines[0].number]
    before = {*exercise.inputs_parameters}.union(*(line.outputs for line in earlier))
    try:
        with warnings.catch_warnings(action="ignore"):
            return LineGraph(exercise, {name: value for name, value in values.items() if name in before}, at, lines)
    except Exception:  # noqa: BLE001 whatever a changed line raises, nobody means it
        return None


def run_changed(case: Case, changed: ChangedLines) -> LineGraph | None:
    """A forward pass from the first changed line on."""
    first = min(line.number for line in changed.lines)
    lines = [line for line in changed.within(case.exercise.lines) if line.number >= first]
    return run_lines(case.exercise, lines, case.graph.values)


def value_of_changed(case: Case, changed: ChangedLines, variable: str) -> torch.Tensor | None:
    """A value in such a forward pass."""
    graph = run_changed(case, changed)
    found = None if graph is None else graph.values.get(variable)
    return found.double() if isinstance(found, torch.Tensor) else None


class OtherPasses:
    """The forward passes that differ from an exercise's in one mistake, with the products of their values."""

    def __init__(self, cases: Cases) -> None:
        self._case = cases.probe
        self.changed = changed_lines(cases.exercise, cases.probe.graph.values)

    def with_value(self, variable: str, answer: torch.Tensor) -> Iterator[ChangedLines]:
        """Those in which a variable may have this value on the smallest case; likeliest first."""
        right = self._case.graph.values[variable]
        if answer.shape == right.shape:
            along = directions(right.shape)
            for row in rows_alike(self._tables[variable], products(along, answer), products(along, right)):
                yield self.changed[row]

    @cached_property
    def _tables(self) -> dict[str, torch.Tensor]:
        """By name of a graded value: (changed, DIRECTIONS), NaN where there is no such value."""
        exercise, values = self._case.exercise, self._case.graph.values
        names = [name for name in exercise.graded if exercise.is_value(name)]
        tables = {name: torch.full((len(self.changed), DIRECTIONS), torch.nan, dtype=torch.float64) for name in names}
        for row, changed in enumerate(self.changed):
            graph = run_changed(self._case, changed)
            for name in names if graph is not None else ():
                found = None if graph is None else graph.values.get(name)
                if isinstance(found, torch.Tensor) and found.shape == values[name].shape:
                    tables[name][row] = products(directions(found.shape), found)
        return tables


_passes: weakref.WeakKeyDictionary[Cases, OtherPasses] = weakref.WeakKeyDictionary()


def passes_of(cases: Cases) -> OtherPasses:
    """An exercise's other forward passes, shared by all submissions."""
    if cases not in _passes:
        _passes[cases] = OtherPasses(cases)
    return _passes[cases]
