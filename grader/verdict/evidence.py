"""What is known about one gradient: outcomes that came back, figures made of them, and the verdict they lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from grader.sandbox.types import Killed, NotStarted, Outcome, Raised, Returned, TimedOut, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from grader.sandbox.types import Function
    from grader.verdict.binding import Binding

TOLERANCE = 1e-9
"""Largest error, relative to the summed terms, of a right float64 gradient. Right forms stay below 3e-14."""
CHAIN_TOLERANCE = 1e-7
"""The same for a gradient made from the learner's own upstream gradients, whose rounding adds up."""
NARROW_TOLERANCE = 16 * 2.0**-23
"""The same for a function that computes in float32 whatever it is given. Right ones stay below 4 * 2**-23."""


class Verdict(StrEnum):
    """The state of a row: a closed list, the first that applies wins."""

    REFUSED = "refused"
    NOT_STARTED = "not_started"
    TIMED_OUT = "timed_out"
    KILLED = "killed"
    UNKNOWN_PARAMETER = "unknown_parameter"
    RAISED = "raised"
    WRONG_TYPE = "wrong_type"
    WRONG_DTYPE = "wrong_dtype"
    WRONG_SHAPE = "wrong_shape"
    NON_FINITE = "non_finite"
    UNTESTABLE = "untestable"
    HARD_CODED = "hard_coded"
    WRONG_VALUES = "wrong_values"
    CORRECT = "correct"
    EXACT = "exact"

    @property
    def right(self) -> bool:
        """Whether the gradient is right."""
        return self in (Verdict.CORRECT, Verdict.EXACT)


@dataclass(frozen=True, slots=True)
class Columns:
    """The lecture's three columns, in float32 on the given case."""

    exact: bool = False
    approximate: bool = False
    maxdiff: float | None = None


@dataclass(frozen=True, slots=True)
class CaseScore:
    """How one case went: score is the error relative to the summed terms, None where there is nothing to compare."""

    sizes: Mapping[str, int]
    score: float | None
    exact: bool
    maxdiff: float | None
    hidden: bool = False


@dataclass(slots=True)
class Evidence:
    """All that was asked about one gradient, and what came back."""

    variable: str
    function: Function | None = None
    binding: Binding | None = None
    depends_on: tuple[str, ...] = ()
    """The variables downstream whose gradients change the answer: the set S."""
    random: dict[int, Outcome] = field(default_factory=dict)
    """Per case, float64, random cotangents."""
    narrow: dict[int, Outcome] = field(default_factory=dict)
    """Per case, float32, random cotangents: asked of functions that pin float32."""
    true: dict[int, Outcome] = field(default_factory=dict)
    """Per case, float64, true upstream gradients: asked of fused answers."""
    local: Outcome | None = None
    """The given case, float32, autograd's upstream gradients: the lecture's columns."""
    chained: Outcome | None = None
    chained64: Outcome | None = None
    chained_is_local: bool = False
    """Whether the chained question was the local one: every upstream gradient of the learner's has autograd's bits."""

    def failure(self) -> Outcome | None:
        """The first outcome at the given sizes that is no tensor, worst kind first."""
        at_given = [self.local, self.narrow.get(0) if self.narrow else self.random.get(0), self.true.get(0)]
        everything = [*at_given, *self.random.values(), *self.narrow.values(), *self.true.values(), self.chained]
        for kinds, outcomes in (((TimedOut, Killed), everything), ((NotStarted, Raised, WrongType), at_given)):
            for outcome in outcomes:
                if isinstance(outcome, kinds):
                    return outcome
        return None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the figures that it rests on."""

    verdict: Verdict
    problem: str | None = None
    local: Columns = Columns()
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    score: float | None = None
    tolerance: float = TOLERANCE
    general: bool | None = None
    cases: tuple[CaseScore, ...] = ()
    narrow: bool = False
    worst: tuple[tuple[int, ...], float, float] | None = None
    """Index, got and expected where the local float32 gradient is furthest off."""
    pattern: tuple[str, ...] = ()
    """Where it is off, without values: a string of digits for each row, 9 for the largest difference."""


def tensor_of(outcome: Outcome | None) -> torch.Tensor | None:
    """The one tensor that a call returned, or None."""
    return outcome.tensors[0] if isinstance(outcome, Returned) and len(outcome.tensors) == 1 else None


def is_fatal(outcome: Outcome | None) -> bool:
    """Whether a call cost its process: the function is not asked again."""
    return isinstance(outcome, TimedOut | Killed)


def all_outcomes(evidence: Evidence) -> Iterator[Outcome]:
    """Every outcome of one gradient's questions."""
    local = None if evidence.local is evidence.chained else evidence.local
    single = (local, evidence.chained, evidence.chained64)
    for outcome in (*evidence.random.values(), *evidence.narrow.values(), *evidence.true.values(), *single):
        if outcome is not None:
            yield outcome
