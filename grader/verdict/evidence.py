"""What is known about one gradient: the outcomes of its questions, figures made of them, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from grader.sandbox.types import Killed, NotStarted, Outcome, Raised, Returned, TimedOut, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from grader.sandbox.types import Function
    from grader.verdict.binding import Binding

TOLERANCE = 1e-9
"""Largest error, relative to the summed terms, of a correct float64 gradient.

Measured: 355 correct formulations on 320 cases stay below 3e-14; the smallest real mistake (a stray `+ 1e-5`) gives
8e-8. Anything from 1e-12 to 1e-8 separates the two.
"""
CHAIN_TOLERANCE = 1e-7
"""The same for a gradient made from the learner's own upstream gradients, whose rounding adds up.

Measured: correct chains reach 2e-15 on ordinary cases and 1.4e-11 on the worst (n=2, badly scaled).
"""
NARROW_TOLERANCE = 16 * 2.0**-23
"""The same, with random cotangents, for a function that computes in float32 whatever it is given.

Measured: 367 of 368 correct formulations stay below 3.8 * 2**-23 (the other is right for this loss only); the smallest
structural mistake gives 1.3e4 * 2**-23.
"""
NARROW_CHAIN_TOLERANCE = 100 * NARROW_TOLERANCE
"""The same for such a function's chained gradient. There the true gradients come from above, whose terms cancel.

Measured: correct float32 formulations reach 291 * 2**-23 with true upstream gradients (bnmeani at n=2).
"""


class Ask(StrEnum):
    """What a function is asked with. Each kind is numbered: by the case, where 0 is the given one, unless said."""

    RANDOM = "random"
    """float64, random cotangents as upstream gradients."""
    PROBE = "probe"
    """The smallest case of RANDOM again with one upstream gradient changed: does the answer depend on it?

    Numbered by that gradient's place in `Evidence.upstream`.
    """
    NARROW = "narrow"
    """float32, random cotangents: for functions that compute in float32 whatever they are given."""
    TRUE = "true"
    """float64, the true upstream gradients: for answers that use no direct child's gradient."""
    LOCAL = "local"
    """float32, autograd's upstream gradients, given case only: the lecture's columns."""
    CHAINED = "chained"
    """float32, the learner's own upstream gradients, given case only: the lecture's own table."""
    CHAINED64 = "chained64"
    """The same in float64, which decides whether a chained gradient is correct."""
    KINK = "kink"
    """float64, random cotangents, at rounded values that have kinks and ties: makes a note, never a verdict."""


class Verdict(StrEnum):
    """The state of a row: a closed list; the first that applies wins."""

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
    obstacle: Judgement | None = None
    """Why the function is not asked at all: it is missing, breaks a rule, asks for an unknown parameter, ..."""
    outcomes: dict[tuple[Ask, int], Outcome] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    """The variables downstream whose gradients change the answer: the set S of numerics."""
    chained_is_local: bool = False
    """Whether the chained question was the local one too: every upstream gradient has autograd's bits."""

    def get(self, ask: Ask, number: int = 0) -> Outcome | None:
        """The outcome of one question; None if it was not asked."""
        return self.outcomes.get((ask, number))

    def tensor(self, ask: Ask, number: int = 0) -> torch.Tensor | None:
        """The tensor that one question was answered with; None if it was not asked or not answered with a tensor."""
        return tensor_of(self.outcomes.get((ask, number)))

    def of(self, ask: Ask) -> dict[int, Outcome]:
        """Every outcome of one kind of question, by its number."""
        return {number: outcome for (kind, number), outcome in self.outcomes.items() if kind is ask}

    @property
    def upstream(self) -> tuple[str, ...]:
        """The variables whose gradients the function asks for."""
        return self.binding.upstream if self.binding else ()

    @property
    def narrow(self) -> bool:
        """Whether the function is judged in float32, because float64 values did not get through it."""
        return (Ask.NARROW, 0) in self.outcomes

    @property
    def tolerance(self) -> float:
        """The largest error of a correct gradient, relative to the summed terms."""
        return NARROW_TOLERANCE if self.narrow else TOLERANCE

    @property
    def askable(self) -> bool:
        """Whether to ask the function: not if there is an obstacle, if it is a stub, or once it has hung or died."""
        if self.obstacle is not None or isinstance(self.get(Ask.RANDOM), NotStarted):
            return False
        return not any(self._fatal())

    def failure(self) -> Outcome | None:
        """The outcome that makes a verdict on values impossible; None if there is none.

        A call that hung or died counts whatever it was asked. An exception or a wrong type counts on the given case
        only: on another one it makes the gradient hard-coded.
        """
        first = Ask.NARROW if self.narrow else Ask.RANDOM
        given = (self.get(Ask.LOCAL), self.get(first), self.get(Ask.TRUE))
        failed = (outcome for outcome in given if isinstance(outcome, NotStarted | Raised | WrongType))
        return next(chain(self._fatal(), failed), None)

    def _fatal(self) -> Iterator[Outcome]:
        """The calls that hung or died, apart from the one that decides nothing."""
        return (outcome for (ask, _), outcome in self.outcomes.items() if ask is not Ask.KINK and is_fatal(outcome))

    def calls(self) -> Iterator[Outcome]:
        """The calls whose time, prints and changed inputs are reported, each once.

        A probe that returned is left out: it repeats another call. So is the question at kinks, which decides nothing.
        """
        for ask in (kind for kind in Ask if kind is not Ask.KINK):
            for outcome in self.of(ask).values():
                repeated = ask is Ask.PROBE and isinstance(outcome, Returned)
                if not repeated and not (ask is Ask.LOCAL and outcome is self.get(Ask.CHAINED)):
                    yield outcome


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
    line: int | None = None
    """The learner's line that the problem is in, where it is known more closely than by the function."""


def tensor_of(outcome: Outcome | None) -> torch.Tensor | None:
    """The one tensor that a call returned, or None."""
    return outcome.tensors[0] if isinstance(outcome, Returned) and len(outcome.tensors) == 1 else None


def is_fatal(outcome: Outcome) -> bool:
    """Whether a call cost its process, so that its function is not asked again."""
    return isinstance(outcome, TimedOut | Killed)
