"""A wrong answer, the right one beside it on each case, and what can be read off them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from grader.exercise.case import Sweep
from grader.sandbox.types import Returned
from grader.verdict.evidence import NARROW_TOLERANCE, Ask
from grader.verdict.problems import is_broadcast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.diagnosis.formula import Node, Numbers
    from grader.exercise.case import Case
    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line
    from grader.verdict.evidence import Evidence

TOLERANCE = 1e-9
"""An identity holds if no element is further off than this fraction of the largest. The rounding of right answers was
measured below 3e-14, the smallest mistakes at 8e-8; from 1e-12 to 1e-7 every name of the catalogues is the same."""


@dataclass(frozen=True, eq=False)
class View:
    """One case: the answer, the expected gradient, and the numbers to compute candidates from."""

    case: Case
    got: torch.Tensor
    expected: torch.Tensor
    numbers: Numbers
    sweep: Sweep
    scale: float

    def tensor(self, node: Node) -> torch.Tensor | None:
        """The value of a formula on this case."""
        return self.numbers.tensor(node)

    def with_gradient(self, place: str, done: Callable[[torch.Tensor], torch.Tensor], variable: str) -> torch.Tensor:
        """A variable's gradient if something is done to the gradient of a later variable, or to its own."""
        if place == variable:
            return done(self.sweep.cut(variable))
        return Sweep(self.case.graph, {**self.sweep.overrides, place: done(self.sweep.total(place))}).cut(variable)


@dataclass(eq=False)
class WrongAnswer:
    """One wrong gradient, or value of a layer, with the cases that can be compared, smallest first."""

    exercise: Exercise
    evidence: Evidence
    views: tuple[View, ...]
    given_sizes: dict[str, int]
    true_cotangents: bool = False
    """Whether the upstream gradients were the true ones, not random ones."""

    @property
    def variable(self) -> str:
        """The variable whose gradient it is, or the value."""
        return self.evidence.variable

    @property
    def name(self) -> str:
        """The gradient's name."""
        return f"d{self.variable}"

    @property
    def probe(self) -> View:
        """The smallest case, where a candidate is tried first."""
        return self.views[0]

    @property
    def given(self) -> View:
        """The given case, or the smallest if it has no answer there; messages must not show hidden sizes."""
        return next((view for view in self.views if view.case.sizes == self.given_sizes), self.probe)

    @property
    def narrow(self) -> bool:
        """Whether the function computes in float32, whatever it is given."""
        return self.evidence.narrow

    @property
    def of_single_numbers(self) -> bool:
        """Whether every answer is one number: so many descriptions fit a few of those that only short ones count."""
        return all(view.got.numel() == 1 for view in self.views)

    @property
    def tolerance(self) -> float:
        """How far off an element may be, relative to the largest, for an identity to hold."""
        return self.evidence.rough or (NARROW_TOLERANCE * 4 if self.narrow else TOLERANCE)

    @property
    def local_style(self) -> bool:
        """Whether the function takes one step of the chain rule, from a child's gradient."""
        children = set(self.exercise.children(self.variable))
        return bool(set(self.evidence.depends_on) & children)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that read the variable."""
        return self.exercise.readers.get(self.variable, ())

    def broadcast_by(self, lines: Iterable[Line]) -> bool:
        """Whether one of these lines broadcasts the variable, so that its gradient is a sum."""
        return any(is_broadcast(self.given.expected.shape, shape) for shape in self._made_by(lines))

    def summed_by(self, lines: Iterable[Line]) -> bool:
        """Whether one of these lines sums the variable, so that its gradient is broadcast."""
        return any(is_broadcast(shape, self.given.expected.shape) for shape in self._made_by(lines))

    def _made_by(self, lines: Iterable[Line]) -> Iterator[torch.Size]:
        values = [self.given.case.graph.values[name] for line in lines for name in line.outputs]
        return (value.shape for value in values if isinstance(value, torch.Tensor))

    @cached_property
    def mutated(self) -> tuple[str, ...]:
        """The parameters that a call changed in place."""
        outcomes = self.evidence.of(Ask.RANDOM).values()
        return tuple(sorted({m for o in outcomes if isinstance(o, Returned) for m in o.mutated}))
