"""The verdict on a gradient: evidence and expected tensors in, figures and a verdict out.

What scores is decided by mathematics: in float64, with random cotangents as the upstream gradients that the function
actually depends on. The lecture's three columns are reported as well, and decide nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from grader.exercise.case import NULL_TOLERANCE
from grader.sandbox.types import NotStarted, Raised
from grader.verdict.advice import advice
from grader.verdict.evidence import (
    FRAGILE,
    NUDGES,
    STRESSED_TOLERANCE,
    Ask,
    CaseScore,
    Columns,
    Fragility,
    Judgment,
    Verdict,
    same,
)
from grader.verdict.problems import (
    Cause,
    asked_again_problem,
    failure_sentence,
    finding_sentence,
    form_problem,
    is_broadcast,
    unreturned_sentence,
    values_problem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.exercise.case import Case, Cases, Sweep
    from grader.sandbox.types import Function, Outcome, Reading
    from grader.verdict.binding import Binding
    from grader.verdict.evidence import Evidence

PATTERN_SIZE = 64
"""Maximum rows and columns in the pattern of a difference."""
_ROUNDING = 1e-6
"""A float32 difference below this share of the largest is not shown."""
SMALL_VALUES, ROUNDING = 1e3, 1e-5
"""The error allowed for one value on a stressed case, in units of STRESSED_TOLERANCE: SMALL_VALUES times the value plus
ROUNDING times the summed terms (1e-6 and 1e-14). Of the right formulations 3 in 100 need more, because a saturated unit
has lost its digits; their answers change with the last digits of the inputs."""
_LEAST_WEIGHT = 1e-300
"""Prevents division by zero. Where a gradient and its terms are all zero, only zero is right."""
_SAME_RATIO = 1e-6
"""Relative difference up to which two factors count as the same."""
_FAR = 2.0
"""A largest difference of this many times what `torch.allclose` allows beside the largest value is not close."""
_NO_ROUNDING = 1e-3
"""An error above this share of the summed terms is not float32 rounding."""


def obstacle(name: str, reading: Reading, loading: Outcome | None, binding: Binding | None) -> Judgment | None:
    """Why a function cannot be called at all; None if it can.

    Args:
        name: the name of the function.
        loading: what stopped the submission from loading, if anything did.
        binding: the binding of the function's parameters; None if there is no such function.
    """
    function = reading.functions.get(name)
    if reading.problem is not None:
        return Judgment(Verdict.RAISED, reading.problem)
    if function is None:
        return _missing(name, reading)
    if function.findings:
        finding = function.findings[0]
        line = finding.line if finding.file == function.file else None  # the row's place is in the function's cell
        return Judgment(Verdict.REFUSED, finding_sentence(finding), line=line)
    if loading is not None:
        return failed(loading, reading.file, "the file")
    if binding is not None and binding.problem is not None:
        return Judgment(Verdict.UNKNOWN_PARAMETER, binding.problem)
    return None


def _missing(name: str, reading: Reading) -> Judgment:
    if lost := reading.lost.get(name):
        return Judgment(Verdict.RAISED, f"{lost}; this cell, which has {name}, cannot be read")
    what = f"function {name}"
    if reading.file.lower().endswith((".ipynb", ".md")):  # lines outside functions will do there
        what = name if name != "gradients" else "training loop, and no function gradients"
    return Judgment(Verdict.NOT_STARTED, reading.form or f"{reading.file} has no {what}")


def failed(
    outcome: Outcome, who: str, what: str, function: Function | None = None, binding: Binding | None = None
) -> Judgment:
    """The verdict on a call that did not return what was asked for.

    Args:
        who: what was called, as the subject of the sentence: `dprobs`.
        what: the same in the rest of the sentence: `the function`.
        function: what was read from its source; None if the whole file was run.
        binding: what the function may ask for.
    """
    who = outcome.function or who
    line = outcome.line if isinstance(outcome, Raised) else None
    if isinstance(outcome, NotStarted) and function is not None and function.begun:
        return Judgment(*unreturned_sentence(outcome, who, function), line=outcome.line)
    verdict, sentence = failure_sentence(outcome, who, what)
    to_do = advice(outcome, function, binding)
    return Judgment(verdict, f"{sentence}; {to_do}" if to_do else sentence, line=line)


def stopped(evidence: Evidence) -> Judgment | None:
    """The verdict if the function could not be called, or did not return a tensor; None if it did."""
    failure = evidence.failure()
    if evidence.obstacle is not None or failure is None:
        return evidence.obstacle
    who = evidence.function.name if evidence.function is not None else f"d{evidence.variable}"
    return failed(failure, who, "the function", evidence.function, evidence.binding)


def judge(evidence: Evidence, cases: Cases) -> Judgment:
    """The verdict on one gradient, once all its questions have been asked."""
    return stopped(evidence) or _judge_tensor(evidence, cases)


def _judge_tensor(evidence: Evidence, cases: Cases) -> Judgment:
    """Check dtype, shape and finite values first, in the order in which a learner fixes them; then the values."""
    variable = evidence.variable
    reference = cases.given.reference[variable]  # (the variable's shape), float32
    got = evidence.tensor(Ask.LOCAL)
    if got is None:
        raise AssertionError(f"d{variable}: judged without an answer")
    columns, dtype = lecture_columns(got, reference), str(got.dtype).removeprefix("torch.")
    so_far = Judgment(Verdict.WRONG_VALUES, None, columns, tuple(got.shape), dtype)
    if not columns.exact:
        # For a null gradient, zeros are right, however they were computed.
        tested = got.shape != reference.shape and not _is_unproven(evidence, cases, general=True)
        right = tested and _right_when_reshaped(evidence, cases)
        shapes = [out.shape for step in cases.given.graph.readers.get(variable, ()) for out in step.outputs.values()]
        broadcast = any(is_broadcast(reference.shape, shape) for shape in shapes)
        problem = form_problem(got, reference, values_right=right, broadcast=broadcast)
        if problem is not None:
            return replace(so_far, verdict=problem[0], problem=problem[1])
    return _judge_values(evidence, cases, got, so_far)


def _judge_values(evidence: Evidence, cases: Cases, got: torch.Tensor, so_far: Judgment) -> Judgment:
    variable, reference = evidence.variable, cases.given.reference[evidence.variable]
    with_random = tuple(_random_score(evidence, i, case, cases) for i, case in enumerate(cases))
    scores = (
        with_random
        if random_decides(evidence, cases)
        else tuple(score(*_true(evidence, i, case), variable, case) for i, case in enumerate(cases))
    )
    passed = [
        (evidence.passes(case, found) or (case.stressed and _rounds(evidence, number, case, cases)))
        and not (case.stressed and _fails_mildly(evidence, cases))
        for number, (case, found) in enumerate(zip(cases, scores, strict=True))
    ]
    general = all(map(evidence.passes, cases, with_random)) if evidence.depends_on else all(passed)
    proven = general if all(passed) else evidence.passes(cases.given, with_random[0])
    if not passed[0]:
        verdict = Verdict.WRONG_VALUES
    elif _is_unproven(evidence, cases, general=proven):
        verdict = Verdict.UNTESTABLE
    elif not all(passed):
        verdict = Verdict.HARD_CODED
    else:
        verdict = Verdict.EXACT if so_far.local.exact else Verdict.CORRECT
    cause = hard_coded_cause(evidence, cases) if verdict is Verdict.HARD_CODED else Cause.OPEN
    finite = [s.score for s in scores if s.score is not None]
    return replace(
        so_far,
        verdict=verdict,
        problem=asked_again_problem(evidence, verdict)
        or values_problem(
            verdict, scores, passed, so_far.local, cases, variable, cause, keeps_nothing=evidence.keeps_nothing
        ),
        score=max(finite) if finite else None,
        tolerance=evidence.tolerance,
        general=general,
        cases=scores,
        narrow=evidence.narrow,
        fragile=_fragility(evidence, cases, scores) if verdict.right else None,
        worst=None if verdict.right or verdict is Verdict.HARD_CODED else _worst(got, reference),
        pattern=() if verdict.right else difference_pattern(got, reference),
    )


def _is_unproven(evidence: Evidence, cases: Cases, *, general: bool) -> bool:
    """Whether the answer proves nothing: the true gradient is null, so any tiny value would agree with it.

    An answer that applies one step of the chain rule, or is also right with random upstream gradients, is proven.

    Args:
        general: whether it is also right with random upstream gradients.
    """
    if evidence.variable not in cases.null or is_local_style(evidence, cases):
        return False
    return not (general and _tests_something(evidence, cases))


def _tests_something(evidence: Evidence, cases: Cases) -> bool:
    """Whether random cotangents give a null variable a non-null gradient: only then do they test it."""
    variable = evidence.variable
    sweeps = [case.cut(evidence.depends_on) for case in cases if not case.stressed]  # stress leaves more rounding
    return any(float(each.cut(variable).abs().max()) > NULL_TOLERANCE * each.scale(variable) for each in sweeps)


def is_local_style(evidence: Evidence, cases: Cases) -> bool:
    """Whether the answer applies one step of the chain rule: it depends on the gradient of a direct child.

    All others are fused: computed from forward values, or from gradients further downstream.
    """
    return bool(set(evidence.depends_on) & set(cases.exercise.children(evidence.variable)))


def random_decides(evidence: Evidence, cases: Cases) -> bool:
    """Whether the answers to random cotangents decide, rather than those to the true upstream gradients."""
    return evidence.narrow or is_local_style(evidence, cases)


def _random(evidence: Evidence, index: int, case: Case) -> tuple[torch.Tensor | None, Sweep]:
    """The answer to random cotangents on a case, and the gradients that it is compared with."""
    if evidence.narrow:
        return evidence.tensor(Ask.NARROW, index), case.narrow.cut(evidence.depends_on)
    return evidence.tensor(Ask.RANDOM, index), case.cut(evidence.depends_on)


def _random_score(evidence: Evidence, index: int, case: Case, cases: Cases) -> CaseScore:
    """The score of a case with random cotangents; on the smallest, the worse of that and the score with sums of two."""
    once = score(*_random(evidence, index, case), evidence.variable, case)
    if case is not cases.probe or evidence.narrow or not evidence.depends_on:
        return once
    sums = evidence.tensor(Ask.PROBE, len(evidence.upstream) - 1)
    twice = score(sums, case.twice.cut(evidence.depends_on), evidence.variable, case)
    return max(once, twice, key=lambda each: math.inf if each.score is None else each.score)


def _calm(evidence: Evidence, cases: Cases) -> tuple[torch.Tensor | None, Sweep]:
    """The answer at the stressed case's sizes with ordinary inputs, and the gradients that it is compared with."""
    calm = cases.calm
    sweep = calm.cut(evidence.depends_on) if random_decides(evidence, cases) else calm.true
    return evidence.tensor(Ask.CALM), sweep


def _true(evidence: Evidence, index: int, case: Case) -> tuple[torch.Tensor | None, Sweep]:
    """The answer to the true upstream gradients on a case, and the gradients that it is compared with."""
    return evidence.tensor(Ask.TRUE, index), case.true


def score(got: torch.Tensor | None, sweep: Sweep, variable: str, case: Case) -> CaseScore:
    """Compare one gradient with a sweep's: max|got - expected| / max(tau, max|expected|), where tau is `Sweep.scale`.

    Relative to the summed terms, not to the gradient: where terms cancel, rounding grows with the terms.
    On a stressed case, values that are not finite are ignored: right formulas may overflow there.
    """
    expected = sweep.cut(variable)
    if got is None or got.shape != expected.shape:
        return CaseScore(case.sizes, None, exact=False, maxdiff=None, hidden=case.hidden)
    if same(got, expected):
        return CaseScore(case.sizes, 0.0, exact=True, maxdiff=0.0, hidden=case.hidden)
    got, scale = got.to(expected.dtype), sweep.magnitude(variable)
    if case.stressed:
        return _stressed_score(got, expected, scale, case)
    maxdiff = max_difference(got, expected)
    relative = None if maxdiff is None else maxdiff / scale if scale else (0.0 if maxdiff == 0 else math.inf)
    if relative is not None and not math.isfinite(relative):
        relative = None
    return CaseScore(case.sizes, relative, exact=False, maxdiff=maxdiff, hidden=case.hidden)


def _stressed_score(got: torch.Tensor, expected: torch.Tensor, scale: float, case: Case) -> CaseScore:
    """The score where the inputs are extreme: small values count as well, even though others are far larger.

    Small values do not count in a training exercise, whose gradients pass through the whole network: they are lost to
    rounding. Values that are not finite are ignored: right formulas may overflow there.
    """
    errors = torch.where(torch.isfinite(got), (got - expected).abs(), 0.0)
    if not got.numel():
        return CaseScore(case.sizes, 0.0, exact=False, maxdiff=0.0, hidden=case.hidden)
    small = case.exercise.kind != "training"
    largest = float((errors / (_weights(expected, scale) if small else max(scale, _LEAST_WEIGHT))).max())
    relative = largest if math.isfinite(largest) else None
    return CaseScore(case.sizes, relative, exact=False, maxdiff=float(errors.max()), hidden=case.hidden)


def _weights(expected: torch.Tensor, scale: float) -> torch.Tensor:
    """What each error on a stressed case is divided by, in the gradient's shape."""
    weights = expected.abs() * SMALL_VALUES + scale * ROUNDING
    return weights.clamp(min=_LEAST_WEIGHT, max=max(scale, _LEAST_WEIGHT))


def _fails_mildly(evidence: Evidence, cases: Cases) -> bool:
    """Whether an answer that overflows on extreme inputs is also wrong, or not finite, on milder ones."""
    if evidence.get(Ask.MILD) is None:
        return False
    got, mild = evidence.tensor(Ask.MILD), cases.mild
    sweep = mild.cut(evidence.depends_on) if random_decides(evidence, cases) else mild.true
    return not evidence.passes(mild, score(got, sweep, evidence.variable, mild))


def _fragility(evidence: Evidence, cases: Cases, scores: Sequence[CaseScore]) -> Fragility | None:
    """How a right formula loses precision on extreme inputs; None if it does not."""
    answer = _random if random_decides(evidence, cases) else _true
    for number, (case, found) in enumerate(zip(cases, scores, strict=True)):
        if found.exact or not case.stressed:
            continue
        got = answer(evidence, number, case)[0]
        if got is not None and not bool(torch.isfinite(got).all()):
            return Fragility.OVERFLOWS
        if not evidence.passes(case, found):
            return Fragility.ROUNDS
    return None


def _rounds(evidence: Evidence, number: int, case: Case, cases: Cases) -> bool:
    """Whether the error on extreme inputs is explained by the last digits of the forward values."""
    got, sweep = (_random if random_decides(evidence, cases) else _true)(evidence, number, case)
    nudged = [evidence.tensor(Ask.NUDGED, k) for k in range(NUDGES)]
    expected = sweep.cut(evidence.variable)
    if got is None or got.shape != expected.shape or any(each is None or each.shape != got.shape for each in nudged):
        return False
    # (NUDGES, *the variable's shape) -> the variable's shape
    changes = torch.stack([(each - got).abs() for each in nudged if each is not None]).nan_to_num(0.0, 0.0).amax(0)
    allowed = STRESSED_TOLERANCE * _weights(expected, sweep.magnitude(evidence.variable))
    errors = torch.where(torch.isfinite(got), (got - expected).abs(), 0.0)
    return bool((errors <= torch.maximum(allowed, FRAGILE * changes)).all())


def lecture_columns(got: torch.Tensor | None, reference: torch.Tensor) -> Columns:
    """exact, approximate and maxdiff as the lecture's `cmp` computes them, but without broadcasting."""
    if got is None or got.shape != reference.shape:
        return Columns()
    if same(got, reference):
        return Columns(exact=True, approximate=True, maxdiff=0.0)
    got = got.to(reference.dtype)
    maxdiff = max_difference(got, reference)
    # Past a wrong gradient most chained ones are far off, and `allclose` takes ten times as long to say so.
    far = bool(maxdiff and maxdiff > _FAR * (1e-8 + 1e-5 * float(reference.abs().max())))
    return Columns(approximate=not far and torch.allclose(got, reference), maxdiff=maxdiff)


def max_difference(got: torch.Tensor, expected: torch.Tensor) -> float | None:
    """The largest absolute difference; None where it is not finite."""
    if got.numel() == 0:
        return 0.0
    largest = float((got - expected).abs().max())
    return largest if math.isfinite(largest) else None


def hard_coded_cause(evidence: Evidence, cases: Cases) -> Cause:
    """Why an answer is right on the given case and wrong on others, as far as the answers show."""
    if evidence.changes or _changes(evidence, cases) or remembers(evidence, cases):
        return Cause.UNSET if evidence.keeps_nothing else Cause.CHANGES
    given, answer = cases.given, _random if random_decides(evidence, cases) else _true
    compared = [(case, *answer(evidence, index, case)) for index, case in enumerate(cases) if not case.stressed]
    calm = [(cases.calm, *_calm(evidence, cases))] if evidence.get(Ask.CALM) else []
    wrong = _wrong(compared, evidence) or _wrong(calm, evidence)
    if not wrong:
        return Cause.RANGE
    sizes = _sizes_of(given)
    if all(sizes != _sizes_of(case) and (k is None or _explained(k, sizes, _sizes_of(case))) for case, k in wrong):
        shapeless = all(k is None for _, k in wrong)
        return Cause.OPEN if shapeless and any(_other_numbers(given, case) for case, _ in wrong) else Cause.SIZE
    values = _values_of(given)
    if all(k is not None and _explained(k, values, _values_of(case)) for case, k in wrong):
        return Cause.VALUE
    return Cause.OPEN


def remembers(evidence: Evidence, cases: Cases) -> bool:
    """Whether an answer shows what an earlier call has left: the first result again, or upstream gradients of then."""
    if evidence.narrow or evidence.keeps_nothing:
        return False
    return _repeats_itself(evidence, cases) or _follows_no_more(evidence, cases)


def _repeats_itself(evidence: Evidence, cases: Cases) -> bool:
    """Whether a case of other sizes got the given case's answer."""
    first = evidence.tensor(Ask.RANDOM)
    if first is None or not bool(first.any()):
        return False
    shapes = [case.graph.values[evidence.variable].shape for case in cases]
    answers = [evidence.tensor(Ask.RANDOM, number) for number, _ in enumerate(cases)]
    return any(same(got, first) and shape != shapes[0] for got, shape in zip(answers, shapes, strict=True))


def _follows_no_more(evidence: Evidence, cases: Cases) -> bool:
    """Whether it does not depend on some upstream gradients, and yet is right for some that were random."""
    if not {*evidence.upstream} - {*evidence.depends_on}:
        return False
    for number, case in enumerate(cases):
        used, unused = case.cut(evidence.upstream), case.cut(evidence.depends_on)
        got = evidence.tensor(Ask.RANDOM, number)
        if not case.stressed and evidence.passes(case, score(got, used, evidence.variable, case)):
            return not evidence.passes(case, score(got, unused, evidence.variable, case))
    return False


def _wrong(
    compared: Sequence[tuple[Case, torch.Tensor | None, Sweep]], evidence: Evidence
) -> list[tuple[Case, float | None]]:
    """The failed cases, each with the factor that its answer is off by: see `_ratio`."""
    return [
        (case, _ratio(got, sweep.cut(evidence.variable)))
        for case, got, sweep in compared
        if not evidence.passes(case, score(got, sweep, evidence.variable, case))
    ]


def _changes(evidence: Evidence, cases: Cases) -> bool:
    """Whether the answer on the given case, right in float64, is wrong in float32 by more than rounding."""
    given, variable = cases.given, evidence.variable
    got, expected = evidence.tensor(Ask.LOCAL), given.reference[variable]
    if got is None or got.shape != expected.shape:
        return False
    difference = max_difference(got.double(), expected.double())
    return difference is None or difference > _NO_ROUNDING * given.true.magnitude(variable)


def _sizes_of(case: Case) -> list[float]:
    """Every size and count in a case, in the same order for all cases."""
    found: list[float] = []
    for value in case.graph.values.values():
        if isinstance(value, torch.Tensor):
            found += [*value.shape, value.numel()]
            found += [float(value.sum())] if value.dtype == torch.bool else []
        elif isinstance(value, int):
            found.append(value)
    return [number - less for number in found for less in (0, 1)]  # a variance divides by n - 1


def _other_numbers(given: Case, case: Case) -> bool:
    """Whether a number that is no size, such as the border of a convolution, is another one in this case."""
    numbers = {name: v for name, v in given.graph.values.items() if isinstance(v, int) and name not in given.sizes}
    shapes = {size for v in given.graph.values.values() if isinstance(v, torch.Tensor) for size in v.shape}
    return any(number not in shapes and number != case.graph.values[name] for name, number in numbers.items())


def _values_of(case: Case) -> list[float]:
    """Every forward value of a case that is a single number, in the same order for all cases."""
    values = case.graph.values.values()
    found = [float(v) for v in values if isinstance(v, float) or (isinstance(v, torch.Tensor) and v.numel() == 1)]
    return [number for each in found for number in (each, 1 - each)]  # dropout divides by 1 - p


def _ratio(got: torch.Tensor | None, expected: torch.Tensor) -> float | None:
    """The one number k with got = k * expected, NaN if there is none; None where the shapes differ."""
    if got is None or got.shape != expected.shape:
        return None
    # k by least squares; checked below.
    square = float((expected * expected).sum())
    k = float((got * expected).sum()) / square if square else math.nan
    off = max_difference(got.to(expected.dtype), expected * k)
    return k if off is not None and off <= _SAME_RATIO * float(got.abs().max()) else math.nan


def _explained(k: float, given: Sequence[float], there: Sequence[float]) -> bool:
    """Whether a factor k results from using one of the given case's numbers instead of this case's."""
    pairs = {(a, b) for a, b in zip(given, there, strict=False) if a != b and a and b}
    ratios = [ratio for a, b in pairs for ratio in (a / b, b / a)]
    # Attention scores are divided by the square root of a size.
    return any(math.isclose(power, ratio, rel_tol=_SAME_RATIO) for power in (k, k * k) for ratio in ratios)


def _right_when_reshaped(evidence: Evidence, cases: Cases) -> bool:
    """Whether only the shape is wrong: the values pass once they are viewed as, or expanded to, the expected shape."""
    for index, case in enumerate(cases):
        got, sweep = _random(evidence, index, case)
        fitted = fit_shape(got, sweep.cut(evidence.variable).shape)
        if not evidence.passes(case, score(fitted, sweep, evidence.variable, case)):
            return False
    return True


def fit_shape(got: torch.Tensor | None, shape: torch.Size) -> torch.Tensor | None:
    """A tensor brought to a shape by adding or dropping size-1 dimensions, or by expanding; None if neither works."""
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
    for size in reversed(got.shape):  # torch.unravel_index would import sympy, which takes half a second
        at, here = divmod(at, size)
        index = (here, *index)
    return index, float(got[index]), float(reference[index])


def difference_pattern(got: torch.Tensor, expected: torch.Tensor) -> tuple[str, ...]:
    """Where two tensors of the same shape differ: at most 64 rows of at most 64 digits, each the maximum of its block.

    The last dimension runs along the rows, all others run down. A difference as small as rounding counts as none.
    """
    difference = (got - expected).abs().double()
    largest = float(difference.max()) if difference.numel() else 0.0
    if not math.isfinite(largest) or largest <= _ROUNDING * float(expected.abs().max()):
        return ()
    table = difference.reshape(-1, difference.shape[-1] if difference.dim() else 1)  # (all but the last size, the last)
    rows, columns = (min(size, PATTERN_SIZE) for size in table.shape)
    small = torch.nn.functional.adaptive_max_pool2d(table[None], (rows, columns))[0] / largest  # (rows, columns)
    levels = torch.where(small > _ROUNDING, (small * 9).ceil(), 0.0).int()  # (rows, columns), 0 to 9
    return tuple("".join(map(str, row)) for row in levels.tolist())
