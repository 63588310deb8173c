"""What a gradient is worth: outcomes and expected tensors in, figures and a verdict out.

What scores is decided by mathematics, in float64, with random cotangents on the upstream gradients that the
function really depends on; the lecture's three columns stand beside it and decide nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from grader.exercise.case import NULL_TOLERANCE
from grader.verdict.evidence import NARROW_TOLERANCE, TOLERANCE, CaseScore, Columns, Judgement, Verdict, tensor_of
from grader.verdict.problems import Cause, form_problem, values_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.exercise.case import Case, Cases, Sweep
    from grader.verdict.evidence import Evidence

PATTERN_SIZE = 64
"""The most rows and columns of a difference's pattern."""
_ROUNDING = 1e-6
"""A float32 difference below this share of the largest is not shown."""
_SAME_RATIO = 1e-6
"""How close two factors are that count as one."""
_NO_ROUNDING = 1e-3
"""An error above this share of the summed terms is not float32's rounding."""


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
        # Of a null gradient, zeros are the right values, whoever made them.
        tested = got.shape != reference.shape and not _is_unproven(evidence, cases, general=True)
        right = tested and _right_when_reshaped(evidence, cases)
        problem = form_problem(got, reference, values_right=right)
        if problem is not None:
            return replace(so_far, verdict=problem[0], problem=problem[1])
    return _judge_values(evidence, cases, got, so_far)


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
    cause = Cause.OPEN
    first = with_random[0].score
    proven = general if all(passed) else first is not None and first <= tolerance
    if passed[0] and _is_unproven(evidence, cases, general=proven):
        verdict = Verdict.UNTESTABLE
    elif all(passed):
        verdict = Verdict.EXACT if so_far.local.exact else Verdict.CORRECT
    elif passed[0]:
        verdict, cause = Verdict.HARD_CODED, hard_coded_cause(evidence, cases)
    else:
        verdict = Verdict.WRONG_VALUES
    finite = [s.score for s in scores if s.score is not None]
    return replace(
        so_far,
        verdict=verdict,
        problem=values_problem(verdict, scores, passed, so_far.local, cases, variable, cause),
        score=max(finite) if finite else None,
        tolerance=tolerance,
        general=general,
        cases=scores,
        narrow=narrow,
        worst=None if verdict.right or verdict is Verdict.HARD_CODED else _worst(got, reference),
        pattern=() if verdict.right else difference_pattern(got, reference),
    )


def _is_unproven(evidence: Evidence, cases: Cases, *, general: bool) -> bool:
    """Whether a gradient is null and the answer no derivation of it, so that it proves nothing to be as small.

    Args:
        general: whether it is right with random upstream gradients too.
    """
    if evidence.variable not in cases.null or is_local_style(evidence, cases):
        return False
    return not (general and _tests_something(evidence, cases))


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


def hard_coded_cause(evidence: Evidence, cases: Cases) -> Cause:
    """Why an answer is right on the given case and wrong on others, as far as the answers tell."""
    if _changes(evidence, cases):
        return Cause.CHANGES
    given, variable = cases.given, evidence.variable
    failed = []
    for index, case in enumerate(cases):
        got, sweep = _answer(evidence, cases, index)
        found = score(got, sweep, variable, case).score
        if found is None or found > (NARROW_TOLERANCE if evidence.narrow else TOLERANCE):
            failed.append((case, _ratio(got, sweep.cut(variable))))
    sizes = _sizes_of(given)
    if all(sizes != _sizes_of(case) and (k is None or _explained(k, sizes, _sizes_of(case))) for case, k in failed):
        return Cause.SIZE
    values = _values_of(given)
    if all(k is not None and _explained(k, values, _values_of(case)) for case, k in failed):
        return Cause.VALUE
    return Cause.OPEN


def _changes(evidence: Evidence, cases: Cases) -> bool:
    """Whether the answer on the given case, right once, is wrong when it is asked for again in float32."""
    given, variable = cases.given, evidence.variable
    got, expected = tensor_of(evidence.local), given.reference[variable]
    if got is None or got.shape != expected.shape:
        return False
    difference = max_difference(got.double(), expected.double())
    return difference is None or difference > _NO_ROUNDING * given.true.magnitude(variable)


def _answer(evidence: Evidence, cases: Cases, index: int) -> tuple[torch.Tensor | None, Sweep]:
    """What is scored on a case, and the sweep that it is compared with."""
    case = list(cases)[index]
    if evidence.narrow:
        return tensor_of(evidence.narrow.get(index)), case.narrow.cut(evidence.depends_on)
    if is_local_style(evidence, cases):
        return tensor_of(evidence.random.get(index)), case.cut(evidence.depends_on)
    return tensor_of(evidence.true.get(index)), case.true


def _sizes_of(case: Case) -> list[float]:
    """Every size and count of a case, in an order that all cases share."""
    found: list[float] = []
    for value in case.graph.values.values():
        if isinstance(value, torch.Tensor):
            found += [*value.shape, value.numel()]
            found += [float(value.sum())] if value.dtype == torch.bool else []
        elif isinstance(value, int):
            found.append(value)
    return [number - less for number in found for less in (0, 1)]  # a variance divides by n - 1


def _values_of(case: Case) -> list[float]:
    """Every forward value of a case that is a single number, in an order that all cases share."""
    values = case.graph.values.values()
    return [float(v) for v in values if isinstance(v, float) or (isinstance(v, torch.Tensor) and v.numel() == 1)]


def _ratio(got: torch.Tensor | None, expected: torch.Tensor) -> float | None:
    """The one number that an answer is times the right one, NaN if there is none; None where the shapes differ."""
    if got is None or got.shape != expected.shape:
        return None
    square = float((expected * expected).sum())
    k = float((got * expected).sum()) / square if square else math.nan
    off = max_difference(got.to(expected.dtype), expected * k)
    return k if off is not None and off <= _SAME_RATIO * float(got.abs().max()) else math.nan


def _explained(k: float, given: Sequence[float], there: Sequence[float]) -> bool:
    """Whether the given case's number in the place of this one's gives such a factor."""
    pairs = {(a, b) for a, b in zip(given, there, strict=False) if a != b and a and b}
    ratios = [ratio for a, b in pairs for ratio in (a / b, b / a)]
    # Scores of an attention are divided by the square root of a size.
    return any(math.isclose(power, ratio, rel_tol=_SAME_RATIO) for power in (k, k * k) for ratio in ratios)


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
