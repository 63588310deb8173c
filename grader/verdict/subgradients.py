"""Answers at exact kinks and ties, where several derivatives are right: a note on PyTorch's choice, never a verdict.

No case has an exact kink or tie, so a function that chooses differently from PyTorch is right on all of them, and its
author would never know. It is therefore called once more, at forward values rounded until they have some.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.exercise.case import LineGraph, Sweep, pool_values
from grader.exercise.dtypes import is_floating
from grader.exercise.kinks import kinked_reads, meets
from grader.verdict.evidence import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from grader.exercise.case import Case
    from grader.exercise.kinks import Kink

_COARSE = (0.5, 1.0, 2.0)
"""Step sizes for rounding values, in standard deviations: the first that produces kinks or ties is used.

In the bundled exercises, every variable that can have kinks or ties has them at the first step."""
_NUDGE = 2.0**-30
"""How far values are moved off a kink or tie, in rounding steps: exact in float64, and too small to reach another."""
_LEAST_NUDGES, _MOST_NUDGES = 16, 128
"""How many times they are moved: until the gradients seen explain an answer. The chance that one of nine tied values is
never picked is (8/9)**128, 3e-7."""
_CHOICE = 1e-6
"""A gradient that changes by more than this share of its terms is open to choice: a nudge of 2**-30 changes a smooth
one by 1e-9 times the ratio of its curvature to its slope."""


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """A case in which the values read by a variable's kinked lines are rounded, so that kinks and ties occur."""

    case: Case
    variable: str
    kinks: tuple[Kink, ...]
    """Those that occur there."""
    graph: LineGraph
    step: float
    """The step that the variable is rounded to."""

    def given(self, names: Sequence[str], upstream: Sequence[str]) -> dict[str, Any]:
        """The arguments of a function: the forward values here, in float64, and the case's random cotangents."""
        values = pool_values(self.graph.values)
        cotangents = {f"d{name}": self.case.cotangents[name] for name in upstream}
        return {**{name: values[name] for name in names if name in values}, **cotangents}

    def note(self, got: torch.Tensor, depends_on: tuple[str, ...]) -> str | None:
        """The note on an answer; None if it is autograd's, or if a different choice does not explain the difference.

        Args:
            got: the answer to `given`, in any dtype.
            depends_on: the variables whose cotangents change it.
        """
        sweep = _sweep(self, depends_on)
        expected = sweep.cut(self.variable)  # (the variable's shape), as are all tensors below
        scale = sweep.magnitude(self.variable)
        if got.shape != expected.shape or not bool(torch.isfinite(got).all()):
            return None
        away = (got - expected).abs() > TOLERANCE * scale
        if not bool(away.any()):
            return None
        seen = _Seen(expected)
        for number, beside in enumerate(self._beside(sweep), 1):
            seen.add(beside)
            if number >= _LEAST_NUDGES and seen.explains(got, away, _CHOICE * scale):
                return self._sentence(seen, got, _CHOICE * scale)
        return None

    def _beside(self, sweep: Sweep) -> Iterator[torch.Tensor]:
        """The gradient right next to these values, in several directions. Only the lines with kinks are rerun."""
        expected, generator = sweep.cut(self.variable), torch.Generator().manual_seed(0)
        value = self.graph.values[self.variable]
        steps = [step for step in self.graph.readers[self.variable] if self.variable in kinked_reads(step.line)]
        for number in range(_MOST_NUDGES):
            r = torch.rand(value.shape, generator=generator, dtype=value.dtype) * 0.5 + 0.5  # 0.5 to 1
            direction = (r, -r, r * 2 - 1.5, 1.5 - r * 2)[number % 4]
            moved = {**self.graph.values, self.variable: value + direction * self.step * _NUDGE}
            grad = expected
            for step in steps:
                there = LineGraph(self.case.exercise, {n: moved[n] for n in step.line.reads}, lines=[step.line])
                totals = {name: sweep.total(name) for name in step.outputs}
                (alone,) = there.steps
                grad = grad + (Sweep(there, totals).product(alone)[self.variable] - sweep.product(step)[self.variable])
            yield grad

    def _sentence(self, seen: _Seen, got: torch.Tensor, slack: float) -> str:
        phrases = " and ".join(dict.fromkeys(kink.phrase for kink in self.kinks))
        if not all(kink.tied for kink in self.kinks):
            return f"{phrases}; yours takes another, which is equally valid"
        if seen.adds_up(got, slack):
            return f"{phrases}; yours divides it differently, which is equally valid"
        return f"{phrases}; your shares do not add up to it, which is right only where there is no tie"


class _Seen:
    """The gradients seen at a corner and right next to it: the range of choice for each element and for the sum."""

    def __init__(self, expected: torch.Tensor) -> None:
        self.low = self.high = expected  # (the variable's shape)
        self.sums = [float(expected.sum())]

    def add(self, beside: torch.Tensor) -> None:
        """Add one more, in the variable's shape."""
        self.low, self.high = self.low.minimum(beside), self.high.maximum(beside)
        self.sums.append(float(beside.sum()))

    def explains(self, got: torch.Tensor, away: torch.Tensor, slack: float) -> bool:
        """Whether an answer lies within the range wherever it is `away` from autograd's: a choice, not a mistake."""
        among = (self.high - self.low > slack) & (got >= self.low - slack) & (got <= self.high + slack)
        return not bool((away & ~among).any())

    def adds_up(self, got: torch.Tensor, slack: float) -> bool:
        """Whether an answer's sum lies within theirs: tied values may share a gradient, but not change its total."""
        spare = slack * got.numel() ** 0.5  # errors of any sign
        total = float(got.sum())
        return bool(min(self.sums) - spare <= total <= max(self.sums) + spare)


@functools.lru_cache(maxsize=64)
def _sweep(corner: Corner, depends_on: tuple[str, ...]) -> Sweep:
    """The gradients at a corner. Cached, as many submissions depend on the same upstream gradients."""
    return Sweep(corner.graph, {name: corner.case.cotangents[name] for name in depends_on})


@functools.lru_cache(maxsize=64)
def find_corner(case: Case, variable: str) -> Corner | None:
    """A case with kinks or ties for a variable; None if none of its lines can have any, or rounding produces none.

    Cached, as many submissions are asked at the same ones.
    """
    lines = case.exercise.readers.get(variable, ())
    kinks = tuple(kink for line in lines for kink in kinked_reads(line).get(variable, ()))
    corners = (_round_to(case, variable, kinks, coarse) for coarse in _COARSE if kinks)
    return next((corner for corner in corners if corner is not None), None)


def _round_to(case: Case, variable: str, kinks: Sequence[Kink], coarse: float) -> Corner | None:
    names = {name for kink in kinks for name in kink.names} | {variable}
    steps = {n: _step(v, coarse) for n in sorted(names) if is_floating(v := case.graph.values[n])}
    if not steps.get(variable):
        return None
    rounded = {n: (case.graph.values[n] / step).round() * step for n, step in steps.items() if step}
    inputs = {name: rounded.get(name, value) for name, value in case.inputs.items()}
    graph = LineGraph(case.exercise, inputs, rounded)
    met = tuple(kink for kink in kinks if meets(kink, case.exercise, graph.values))
    return Corner(case, variable, met, graph, steps[variable]) if met else None


def _step(value: torch.Tensor, coarse: float) -> float:
    """This many standard deviations, as a power of two so that rounded values are exact; 0 if all values are equal."""
    spread = float(value.std(correction=0)) * coarse if value.numel() else 0.0
    return 2.0 ** round(math.log2(spread)) if spread else 0.0
