"""What a gradient is worth: outcomes and expected tensors in, figures and a verdict out.

What scores is decided by mathematics, in float64, with random cotangents on the upstream gradients that the
function really depends on; the lecture's three columns stand beside it and decide nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import torch

from grader.case import NULL_TOLERANCE
from grader.sandbox.outcome import Killed, NotStarted, Outcome, Raised, Returned, TimedOut, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.case import Case, Cases, Sweep
    from grader.parameters import Binding
    from grader.sandbox.outcome import Finding, Function

TOLERANCE = 1e-9
"""Largest error, relative to the summed terms, of a right float64 gradient. Right forms stay below 3e-14."""
CHAIN_TOLERANCE = 1e-7
"""The same for a gradient made from the learner's own upstream gradients, whose rounding adds up."""
NARROW_TOLERANCE = 16 * 2.0**-23
"""The same for a function that computes in float32 whatever it is given. Right ones stay below 4 * 2**-23."""


PATTERN_SIZE = 64
"""The most rows and columns of a difference's pattern."""
_ROUNDING = 1e-6
"""A float32 difference below this share of the largest is not shown."""


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


def judge(evidence: Evidence, cases: Cases) -> Judgement:
    """Decide about a gradient whose function returned a tensor on the given case."""
    variable = evidence.variable
    reference = cases.given.reference[variable]
    got = tensor_of(evidence.local)
    if got is None:
        raise AssertionError(f"d{variable}: judged without an answer")
    columns, dtype = lecture_columns(got, reference), str(got.dtype).removeprefix("torch.")
    so_far = Judgement(Verdict.WRONG_VALUES, None, columns, tuple(got.shape), dtype)
    if not columns.exact:
        right = got.shape != reference.shape and _right_when_reshaped(evidence, cases)
        problem = form_problem(got, reference, values_right=right)
        if problem is not None:
            return replace(so_far, verdict=problem[0], problem=problem[1])
    return _judge_values(evidence, cases, got, so_far)


def form_problem(
    got: torch.Tensor, reference: torch.Tensor, *, values_right: bool = False
) -> tuple[Verdict, str] | None:
    """What is wrong with a gradient before its values are looked at: dtype, shape, values that are not finite."""
    if got.dtype != reference.dtype:
        return Verdict.WRONG_DTYPE, _dtype_problem(got, reference)
    if got.shape != reference.shape:
        return Verdict.WRONG_SHAPE, _shape_problem(got, reference, right=values_right)
    if not bool(torch.isfinite(got).all()):
        return Verdict.NON_FINITE, _finite_problem(got)
    return None


def _judge_values(evidence: Evidence, cases: Cases, got: torch.Tensor, so_far: Judgement) -> Judgement:
    variable, reference = evidence.variable, cases.given.reference[evidence.variable]
    local_style = is_local_style(evidence, cases)
    narrow = bool(evidence.narrow)
    tolerance = NARROW_TOLERANCE if narrow else TOLERANCE
    with_random = tuple(_score_random(evidence, index, case) for index, case in enumerate(cases))
    scores = (
        with_random if local_style or narrow else tuple(_score_true(evidence, i, case) for i, case in enumerate(cases))
    )
    passed = [s.score is not None and s.score <= tolerance for s in scores]
    general = (
        all(s.score is not None and s.score <= tolerance for s in with_random) if evidence.depends_on else all(passed)
    )
    if all(passed):
        unproven = variable in cases.null and not local_style and not (general and _tests_something(evidence, cases))
        verdict = Verdict.UNTESTABLE if unproven else Verdict.EXACT if so_far.local.exact else Verdict.CORRECT
    else:
        verdict = Verdict.HARD_CODED if passed[0] else Verdict.WRONG_VALUES
    finite = [s.score for s in scores if s.score is not None]
    return replace(
        so_far,
        verdict=verdict,
        problem=_values_problem(verdict, scores, passed, so_far.local, cases, variable),
        score=max(finite) if finite else None,
        tolerance=tolerance,
        general=general,
        cases=scores,
        narrow=narrow,
        worst=None if verdict.right else _worst(got, reference),
        pattern=() if verdict.right else difference_pattern(got, reference),
    )


def _tests_something(evidence: Evidence, cases: Cases) -> bool:
    """Whether random cotangents give a null variable a gradient that is not null: only then do they test it."""
    cuts = [(case.cut(evidence.depends_on), evidence.variable) for case in cases]
    return any(float(sweep.cut(v).abs().max()) > NULL_TOLERANCE * sweep.scale(v) for sweep, v in cuts)


def is_local_style(evidence: Evidence, cases: Cases) -> bool:
    """Whether the function takes part in the chain rule step by step: it uses a direct child's gradient."""
    return bool(set(evidence.depends_on) & set(cases.exercise.children(evidence.variable)))


def _score_random(evidence: Evidence, index: int, case: Case) -> CaseScore:
    if evidence.narrow:
        return score(
            tensor_of(evidence.narrow.get(index)), case.narrow.cut(evidence.depends_on), evidence.variable, case
        )
    return score(tensor_of(evidence.random.get(index)), case.cut(evidence.depends_on), evidence.variable, case)


def _score_true(evidence: Evidence, index: int, case: Case) -> CaseScore:
    return score(tensor_of(evidence.true.get(index)), case.true, evidence.variable, case)


def score(got: torch.Tensor | None, sweep: Sweep, variable: str, case: Case) -> CaseScore:
    """Compare one gradient with a sweep's: the largest error relative to the size of the summed terms."""
    expected = sweep.cut(variable)
    if got is None or got.shape != expected.shape:
        return CaseScore(case.sizes, None, exact=False, maxdiff=None, hidden=case.hidden)
    if same(got, expected):
        return CaseScore(case.sizes, 0.0, exact=True, maxdiff=0.0, hidden=case.hidden)
    maxdiff = max_difference(got.to(expected.dtype), expected)
    scale = sweep.magnitude(variable)
    relative = None if maxdiff is None else maxdiff / scale if scale else (0.0 if maxdiff == 0 else math.inf)
    if relative is not None and not math.isfinite(relative):
        relative = None
    return CaseScore(case.sizes, relative, exact=False, maxdiff=maxdiff, hidden=case.hidden)


def lecture_columns(got: torch.Tensor | None, reference: torch.Tensor) -> Columns:
    """exact, approximate and maxdiff as the lecture's `cmp` has them, but without broadcasting."""
    if got is None or got.shape != reference.shape:
        return Columns()
    if same(got, reference):
        return Columns(exact=True, approximate=True, maxdiff=0.0)
    got = got.to(reference.dtype)
    return Columns(approximate=bool(torch.allclose(got, reference)), maxdiff=max_difference(got, reference))


def same(got: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether every value is equal, in the same dtype and shape; of both zeros, either will do."""
    return got.dtype == expected.dtype and torch.equal(got, expected)


def max_difference(got: torch.Tensor, expected: torch.Tensor) -> float | None:
    """The largest absolute difference; None where it is not finite."""
    if got.numel() == 0:
        return 0.0
    largest = float((got - expected).abs().max())
    return largest if math.isfinite(largest) else None


def tensor_of(outcome: Outcome | None) -> torch.Tensor | None:
    """The one tensor that a call returned, or None."""
    return outcome.tensors[0] if isinstance(outcome, Returned) and len(outcome.tensors) == 1 else None


def _right_when_reshaped(evidence: Evidence, cases: Cases) -> bool:
    """Whether the values are right and only the shape is not: viewed or expanded to the expected shape they pass."""
    for index, case in enumerate(cases):
        narrow = bool(evidence.narrow)
        got = tensor_of((evidence.narrow if narrow else evidence.random).get(index))
        sweep = (case.narrow if narrow else case).cut(evidence.depends_on)
        fitted = fit_shape(got, sweep.cut(evidence.variable).shape)
        found = score(fitted, sweep, evidence.variable, case).score
        if found is None or found > (NARROW_TOLERANCE if narrow else TOLERANCE):
            return False
    return True


def fit_shape(got: torch.Tensor | None, shape: torch.Size) -> torch.Tensor | None:
    """A tensor brought to a shape by dimensions of size one or by expanding; None if neither does."""
    if got is None:
        return None
    if [size for size in got.shape if size != 1] == [size for size in shape if size != 1]:
        return got.reshape(shape)
    try:
        return got.expand(shape)
    except RuntimeError:
        return None


def _dtype_problem(got: torch.Tensor, reference: torch.Tensor) -> str:
    remedy = {
        torch.float64: "a double came in somewhere, from a `.double()` or a `dtype=torch.float64`",
        torch.bool: "a comparison gives bools; multiply it by a float tensor",
    }.get(got.dtype, "make it from float tensors")
    return f"dtype {got.dtype}, expected {reference.dtype}: {remedy}"


def _shape_problem(got: torch.Tensor, reference: torch.Tensor, *, right: bool) -> str:
    came, expected = tuple(got.shape), tuple(reference.shape)
    values = ". The values are right" if right else ""
    return f"shape {came}, expected {expected}{values}: {_shape_remedy(came, expected)}"


def _shape_remedy(came: Sequence[int], expected: Sequence[int]) -> str:
    squeezed = [size for size in expected if size != 1]
    if list(came) == squeezed and len(came) < len(expected):
        dims = [dim for dim, size in enumerate(expected) if size == 1]
        return f"sum({dims[0] if len(dims) == 1 else tuple(dims)}, keepdim=True) keeps the dimension"
    if [size for size in came if size != 1] == list(expected):
        return "the variable has no dimension of size 1 here, so sum without keepdim=True"
    if list(came) == list(reversed(expected)):
        return "that is the transpose; a gradient has the shape of its variable"
    if len(came) == len(expected) and all(a in (1, b) for a, b in zip(came, expected, strict=True)):
        return "expand it to the variable's shape: a sum forward is a broadcast backward"
    if len(came) >= len(expected) and math.prod(came) > math.prod(expected):
        return "a value that was broadcast forward gets the sum of its gradients backward"
    return "a gradient has the shape of its variable"


def _finite_problem(got: torch.Tensor) -> str:
    bad = ~torch.isfinite(got)
    first = tuple(int(i) for i in bad.nonzero()[0])
    count = f"{int(bad.sum())} of {got.numel()} values are not finite"
    return f"{count}, the first ({float(got[first])}) at index {list(first)}"


def _values_problem(
    verdict: Verdict, scores: Sequence[CaseScore], passed: Sequence[bool], local: Columns, cases: Cases, variable: str
) -> str | None:
    if verdict.right:
        return None
    if verdict is Verdict.UNTESTABLE:
        children = " and ".join(f"d{child}" for child in cases.exercise.children(variable))
        return (
            f"the true gradient of {variable} is zero up to rounding, so anything tiny would look right. "
            f"Derive it from {children}: then it can be tested with other upstream gradients"
        )
    if verdict is Verdict.HARD_CODED:
        return hard_coded_problem(next(s for s, ok in zip(scores, passed, strict=True) if not ok))
    if local.maxdiff is None:
        return "values differ from autograd's beyond measure"
    if local.approximate:
        return (
            f"close on this minibatch (maxdiff {local.maxdiff:.3g}), but wrong as a derivative: "
            f"with other upstream gradients it is off by {_share(scores)} of the summed terms"
        )
    return f"values differ from autograd's: maxdiff {local.maxdiff:.3g}, {_share(scores)} of the summed terms"


def hard_coded_problem(failed: CaseScore) -> str:
    """The sentence for a gradient that is right at the given sizes and wrong at these."""
    where = "at other sizes" if failed.hidden else "at " + ", ".join(f"{k}={v}" for k, v in failed.sizes.items())
    return f"right at the given sizes, wrong {where}: a size is written as a number; take it from a shape or from n"


def _share(scores: Sequence[CaseScore]) -> str:
    finite = [s.score for s in scores if s.score is not None]
    if not finite:
        return "an unknown share"
    worst = max(finite)
    return f"{worst:.0%}" if worst >= 0.01 else f"{worst:.2g} times the size"


def _worst(got: torch.Tensor, reference: torch.Tensor) -> tuple[tuple[int, ...], float, float] | None:
    if got.numel() == 0:
        return None
    at = int((got - reference).abs().flatten().argmax())
    index: tuple[int, ...] = ()
    for size in reversed(got.shape):  # torch.unravel_index imports sympy, for half a second
        at, here = divmod(at, size)
        index = (here, *index)
    return index, float(got[index]), float(reference[index])


def difference_pattern(got: torch.Tensor, expected: torch.Tensor) -> tuple[str, ...]:
    """Where two tensors of one shape differ: at most 64 rows of at most 64 digits, each the largest of its place.

    The last dimension runs along the rows, all others down. A difference of rounding size counts as none.
    """
    difference = (got - expected).abs().double()
    largest = float(difference.max()) if difference.numel() else 0.0
    if not math.isfinite(largest) or largest <= _ROUNDING * float(expected.abs().max()):
        return ()
    table = difference.reshape(-1, difference.shape[-1] if difference.dim() else 1)
    rows, columns = (min(size, PATTERN_SIZE) for size in table.shape)
    small = torch.nn.functional.adaptive_max_pool2d(table[None], (rows, columns))[0] / largest
    levels = torch.where(small > _ROUNDING, (small * 9).ceil(), 0.0).int()
    return tuple("".join(map(str, row)) for row in levels.tolist())


def is_fatal(outcome: Outcome | None) -> bool:
    """Whether a call cost its process: the function is not asked again."""
    return isinstance(outcome, TimedOut | Killed)


def finding_sentence(finding: Finding) -> str:
    """A broken rule with its place."""
    return f"{finding.message} ({finding.file}:{finding.line})"


def failure_sentence(outcome: Outcome, who: str, what: str) -> tuple[Verdict, str]:
    """The verdict and the sentence of an outcome that is no tensor."""
    match outcome:
        case TimedOut(whole_submission=True):
            return Verdict.TIMED_OUT, f"the submission had used up its {outcome.limit:g} s before {who} was done"
        case TimedOut():
            return Verdict.TIMED_OUT, f"{who} had not answered after {outcome.limit:g} s and was stopped"
        case Killed():
            return Verdict.KILLED, f"{who} ended its process: {outcome.detail}"
        case NotStarted():
            return Verdict.NOT_STARTED, f"{who} is not written yet: {what} {outcome.how}"
        case Raised():
            place = f" ({outcome.file}:{outcome.line})" if outcome.line is not None else ""
            return Verdict.RAISED, f"{who} raised {outcome.kind}: {outcome.message}{place}"
        case WrongType():
            return Verdict.WRONG_TYPE, f"{who} returned {outcome.description}, expected a tensor"
        case _:
            raise AssertionError(f"{who}: {outcome!r} is no failure")


def all_outcomes(evidence: Evidence) -> Iterator[Outcome]:
    """Every outcome of one gradient's questions."""
    local = None if evidence.local is evidence.chained else evidence.local
    single = (local, evidence.chained, evidence.chained64)
    for outcome in (*evidence.random.values(), *evidence.narrow.values(), *evidence.true.values(), *single):
        if outcome is not None:
            yield outcome
