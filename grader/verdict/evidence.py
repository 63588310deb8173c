"""What is known about one gradient: the outcomes of its questions, the figures computed from them, and a verdict."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from grader.sandbox.types import Killed, NotStarted, Outcome, Raised, Returned, TimedOut, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from grader.exercise.case import Case
    from grader.sandbox.types import Function
    from grader.verdict.binding import Binding

TOLERANCE = 1e-12
"""Largest error, relative to the summed terms, of a correct float64 gradient.

Measured: the 1,506 right gradients of the catalogues stay below 2.1e-15, and 355 formulations of the mlp, on 320 cases
of every scale, below 3e-14. The smallest real mistake (a stray `+ 1e-5`) gives 8e-8, central differences in float64
1.6e-10: their truncation and their rounding cannot both be small.
"""
STRESSED_TOLERANCE = 1e-9
"""The same on a stressed case, where inputs are extreme and large terms cancel. Measured: right formulations reach
5.1e-11."""
FRAGILE = 64.0
"""How much rounding excuses on a stressed case. An answer whose error is at most this many times the change caused by
nudging the last digits of the forward values is right, but fragile."""
NUDGES = 3
"""How many times the forward values of a stressed case are nudged."""
CHAIN_TOLERANCE = 1e-7
"""The same for a gradient computed from the learner's own upstream gradients, whose rounding adds up.

Measured: correct chains reach 2e-15 on ordinary cases and 1.4e-11 on the worst (n=2, badly scaled).
"""
NARROW_TOLERANCE = 16 * 2.0**-23
"""The same, with random cotangents, for a function that computes in float32 even when given float64.

Measured: 367 of 368 correct formulations stay below 3.8 * 2**-23 (the other is right for this loss only); the smallest
structural mistake gives 1.3e4 * 2**-23.
"""
NARROW_CHAIN_TOLERANCE = 100 * NARROW_TOLERANCE
"""The same for such a function's chained gradient, where the true upstream gradients have terms that cancel.

Measured: correct float32 formulations reach 291 * 2**-23 with true upstream gradients (bnmeani at n=2).
"""


class Ask(StrEnum):
    """The kinds of question put to a function. Unless noted, each is numbered by case, 0 being the given one."""

    RANDOM = "random"
    """float64, random cotangents as upstream gradients."""
    PROBE = "probe"
    """RANDOM again on its smallest ordinary case, each time with one more upstream gradient replaced by the sum of two
    cotangents: does the answer depend on it? In the last question all are sums, and so must the answer be.

    Numbered by that gradient's position in `Evidence.upstream`.
    """
    AGAIN = "again"
    """RANDOM again on the given case, for wrong answers only. 0 repeats the question: does the function keep state?

    The next ones multiply cotangents, see `grader.verdict.linearity`: is the answer linear in them?
    """
    CALM = "calm"
    """The stressed case's sizes with ordinary inputs, for answers that are wrong only on that case: is it the sizes?"""
    MILD = "mild"
    """The same sizes with milder extremes, for right answers that overflow: does the overflow hide a wrong mask?"""
    NUDGED = "nudged"
    """The stressed case again, with the last digits of its forward values changed. Numbered by attempt.

    For answers that are wrong only on that case: are they wrong, or is the formula fragile?
    """
    NARROW = "narrow"
    """float32, random cotangents: for functions that compute in float32 even when given float64."""
    TRUE = "true"
    """float64, the true upstream gradients: for answers that do not use the gradient of any direct child."""
    LOCAL = "local"
    """float32, autograd's upstream gradients, given case only: the lecture's columns."""
    CHAINED = "chained"
    """float32, the learner's own upstream gradients, given case only: the lecture's own table."""
    CHAINED64 = "chained64"
    """The same in float64, which decides whether a chained gradient is correct."""
    KINK = "kink"
    """float64, random cotangents, at rounded values that have kinks and ties: leads to a note, never to a verdict."""


class Verdict(StrEnum):
    """The state of a row. The list is closed, and the first that applies wins."""

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


class Fragility(StrEnum):
    """How a mathematically right formula fails in floating point on extreme inputs."""

    OVERFLOWS = "overflows"
    ROUNDS = "rounds"


class Bend(StrEnum):
    """How an answer that is not linear depends on an upstream gradient, as far as its answers to multiples show."""

    SQUARE = "square"
    """It grows faster than the upstream gradient."""
    PRODUCT = "product"
    """The same, where several upstream gradients are multiplied together; it is linear in each."""
    INVERSE = "inverse"
    """It grows as the upstream gradient shrinks."""
    DIRECTION = "direction"
    """It is the same for every positive multiple."""
    ABSOLUTE = "absolute"
    """It is the same for the opposite, and linear in positive multiples."""
    ONE_SIGN = "one_sign"
    """Each element is zero for the upstream gradient or for the opposite, and linear in positive multiples."""
    EITHER_SIGN = "either_sign"
    """It is linear in positive multiples, but the opposite does not give the opposite."""
    BOUNDED = "bounded"
    """It does not grow beyond some size."""
    LARGE_LOST = "large_lost"
    """It is zero for a huge upstream gradient."""
    SMALL_LOST = "small_lost"
    """It is zero for a tiny upstream gradient."""
    OVERFLOWS = "overflows"
    """It is not finite for a huge upstream gradient."""
    OTHER = "other"
    """None of these."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The lecture's three columns, in float32 on the given case."""

    exact: bool = False
    approximate: bool = False
    maxdiff: float | None = None


@dataclass(frozen=True, slots=True)
class CaseScore:
    """The result on one case: score is the error relative to the summed terms, None if there is nothing to compare."""

    sizes: Mapping[str, int]
    score: float | None
    exact: bool
    maxdiff: float | None
    hidden: bool = False


_WITHOUT_STATE = frozenset({*dir(builtins), "torch", "F", "nn", "math", "np", "numpy"})
"""Names that hold no state of a learner's."""


@dataclass(slots=True)
class Evidence:
    """Everything that was asked about one gradient, and the outcomes."""

    variable: str
    function: Function | None = None
    binding: Binding | None = None
    obstacle: Judgment | None = None
    """Why the function is never called: it is missing, breaks a rule, asks for an unknown parameter, ..."""
    outcomes: dict[tuple[Ask, int], Outcome] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    """The downstream variables whose gradients change the answer: the set S of numerics."""
    bends: dict[tuple[str, ...], Bend] = field(default_factory=dict)
    """How a wrong answer depends on those variables' gradients in which it is not linear: one at a time, or together
    if it is linear in each."""
    rough: float | None = None
    """The largest error of a correct gradient where what it is compared with is less exact than autograd's."""
    chained_is_local: bool = False
    """Whether the chained and local questions are the same: every upstream gradient is bit-equal to autograd's."""

    def get(self, ask: Ask, number: int = 0) -> Outcome | None:
        """The outcome of one question; None if it was not asked."""
        return self.outcomes.get((ask, number))

    def tensor(self, ask: Ask, number: int = 0) -> torch.Tensor | None:
        """The tensor that answered one question; None if it was not asked or the answer was not a tensor."""
        return tensor_of(self.outcomes.get((ask, number)))

    def of(self, ask: Ask) -> dict[int, Outcome]:
        """Every outcome of one kind of question, by number."""
        return {number: outcome for (kind, number), outcome in self.outcomes.items() if kind is ask}

    @property
    def changes(self) -> bool:
        """Whether the same question got a different answer when it was asked again."""
        first = self.tensor(Ask.NARROW if self.narrow else Ask.RANDOM)
        again = self.get(Ask.AGAIN)
        return first is not None and again is not None and not same(tensor_of(again), first)

    @property
    def keeps_nothing(self) -> bool:
        """Whether the function cannot keep state between calls: it reads only modules and built-in names.

        The functions of a layer can: in their object, in their class or in what they pass on.
        """
        function = self.function
        if (
            function is None
            or function.name != f"d{self.variable}"
            or any(parameter.has_default for parameter in function.parameters)
        ):
            return False
        return _WITHOUT_STATE.issuperset(function.borrowed)

    @property
    def upstream(self) -> tuple[str, ...]:
        """The variables whose gradients the function asks for."""
        return self.binding.upstream if self.binding else ()

    @property
    def narrow(self) -> bool:
        """Whether the function is judged in float32, because it cannot compute in float64."""
        return (Ask.NARROW, 0) in self.outcomes

    @property
    def tolerance(self) -> float:
        """The largest error of a correct gradient, relative to the summed terms, on an ordinary case."""
        return self.rough or (NARROW_TOLERANCE if self.narrow else TOLERANCE)

    def passes(self, case: Case, found: CaseScore) -> bool:
        """Whether a case passed. A case with nothing to compare did not."""
        allowed = max(self.tolerance, STRESSED_TOLERANCE) if case.stressed else self.tolerance
        return found.score is not None and found.score <= allowed

    @property
    def askable(self) -> bool:
        """Whether the function can be called: no obstacle, not a stub, and no call so far has timed out or crashed."""
        if self.obstacle is not None or isinstance(self.get(Ask.RANDOM), NotStarted):
            return False
        return not any(self._fatal())

    def failure(self) -> Outcome | None:
        """The outcome that rules out a verdict on values; None if there is none.

        A call that timed out or crashed counts for every question. An exception or a wrong type counts on the given
        case only: on any other case it makes the gradient hard-coded.
        """
        first = Ask.NARROW if self.narrow else Ask.RANDOM
        given = (self.get(Ask.LOCAL), self.get(first), self.get(Ask.TRUE))
        failed = (outcome for outcome in given if isinstance(outcome, (NotStarted, Raised, WrongType)))
        return next(chain(self._fatal(), failed), None)

    def _fatal(self) -> Iterator[Outcome]:
        """The calls that timed out or crashed, except for the question at kinks, which decides nothing."""
        return (outcome for (ask, _), outcome in self.outcomes.items() if is_fatal(outcome) and ask is not Ask.KINK)

    def calls(self) -> Iterator[Outcome]:
        """The calls whose time, output and modified inputs are reported, each once.

        Leaves out probes that returned, which repeat another call, and the question at kinks, which decides nothing.
        """
        chained = self.get(Ask.CHAINED)
        for (ask, _), outcome in self.outcomes.items():
            repeated = (ask is Ask.PROBE and isinstance(outcome, Returned)) or (ask is Ask.LOCAL and outcome is chained)
            if ask is not Ask.KINK and not repeated:
                yield outcome


@dataclass(frozen=True, slots=True)
class Judgment:
    """A verdict with the figures that it is based on."""

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
    fragile: Fragility | None = None
    """How a right answer loses precision on extreme inputs; None if it does not."""
    worst: tuple[tuple[int, ...], float, float] | None = None
    """Index, got and expected at the largest difference of the local float32 gradient."""
    pattern: tuple[str, ...] = ()
    """Where it differs, without values: a string of digits for each row, 9 for the largest difference."""
    line: int | None = None
    """The line of the learner's code with the problem, where it is known more precisely than the function."""


def same(got: torch.Tensor | None, expected: torch.Tensor) -> bool:
    """Whether dtype, shape and every value are equal; 0.0 and -0.0 count as equal."""
    return got is not None and got.dtype == expected.dtype and got.equal(expected)


def tensor_of(outcome: Outcome | None) -> torch.Tensor | None:
    """The single tensor that a call returned, or None."""
    return outcome.tensors[0] if isinstance(outcome, Returned) and len(outcome.tensors) == 1 else None


def is_fatal(outcome: Outcome) -> bool:
    """Whether a call ended its process, so that its function is not called again."""
    return isinstance(outcome, (TimedOut, Killed))
