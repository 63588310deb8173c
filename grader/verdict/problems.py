"""The sentence for a verdict: what is wrong with a gradient, where that needs no diagnosis."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

import torch

from grader.sandbox.types import ONLY_NONE, Killed, NotStarted, Outcome, Raised, TimedOut, WrongType
from grader.verdict.evidence import Bend, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.exercise.case import Cases
    from grader.sandbox.types import Finding, Function
    from grader.verdict.evidence import CaseScore, Columns, Evidence


class Cause(StrEnum):
    """Why a gradient is right on the given case and wrong on others, as far as the answers show."""

    SIZE = "size"
    """The answers on other cases contain the given case's sizes."""
    VALUE = "value"
    """The answers on other cases are off by a factor that comes from a forward value of the given case."""
    RANGE = "range"
    """Wrong only for unusual values: saturated, close to zero, or the last row of a table."""
    CHANGES = "changes"
    """On the given case, one call was right and another wrong; the function can keep state."""
    UNSET = "unset"
    """The same for a function that cannot keep state: what it computes with was never set."""
    OPEN = "open"
    """The answers leave several explanations."""


RANGE = "right for ordinary values, wrong for very large ones, for those near zero or in a table's last row"
LINEAR = "a gradient is a sum of upstream gradients times derivatives"
BENDS = {
    Bend.SQUARE: "it is multiplied by itself, or by something computed from it",
    Bend.PRODUCT: "they are multiplied together",
    Bend.INVERSE: "something is divided by it",
    Bend.DIRECTION: "its size makes no difference, as if it were divided by its norm or only its sign were used",
    Bend.ABSOLUTE: "its sign makes no difference, as if an absolute value were taken of it or of the result",
    Bend.ONE_SIGN: "values of one sign become zero, as if a relu or clamp were applied to it or to the result",
    Bend.EITHER_SIGN: "the opposite does not give the opposite result, as with a relu, abs or maximum on the way",
    Bend.BOUNDED: "the result stays within bounds, however large it is, as after a clamp, tanh or softmax",
    Bend.LARGE_LOST: "large values become zero, as with a threshold",
    Bend.SMALL_LOST: "small values become zero, as with a threshold or rounding",
    Bend.OVERFLOWS: "the result overflows where it is large, as in an exponent",
    Bend.OTHER: LINEAR,
}
"""How an answer depends on an upstream gradient in which it is not linear; "it" is that gradient."""
KEEPS = "the function keeps state between calls (a global, a list, a default argument)"
MOST_TIMES = 10
"""Beyond this, how many times larger an error is than the gradient says nothing to its reader."""
UNSET = "it reads memory that was never set (torch.empty), or a clock"
CHANCE = "something makes no difference there that does elsewhere, such as a mask that keeps everything"
TYPED_VALUE = "a forward value is hard-coded as a number"


def form_problem(
    got: torch.Tensor, reference: torch.Tensor, *, values_right: bool = False, broadcast: bool = False
) -> tuple[Verdict, str] | None:
    """What is wrong with a gradient before its values are compared: its dtype, its shape, or non-finite values.

    Args:
        values_right: whether only the shape is wrong; the sentence then says that the values are right.
        broadcast: whether the forward pass is known to broadcast the variable.
    """
    if got.dtype != reference.dtype:
        return Verdict.WRONG_DTYPE, _dtype_problem(got, reference)
    if got.shape != reference.shape:
        return Verdict.WRONG_SHAPE, _shape_problem(got, reference, right=values_right, broadcast=broadcast)
    if not bool(torch.isfinite(got).all()):
        return Verdict.NON_FINITE, _finite_problem(got)
    return None


def values_problem(
    verdict: Verdict,
    scores: Sequence[CaseScore],
    passed: Sequence[bool],
    local: Columns,
    cases: Cases,
    variable: str,
    cause: Cause = Cause.OPEN,
    *,
    keeps_nothing: bool = False,
) -> str | None:
    """The sentence for a gradient that has the right form but does not score; None for one that scores.

    Args:
        scores: one for each case, the given case first.
        passed: whether each score is within the tolerance.
        cause: the reason, if the verdict is `hard_coded`.
        keeps_nothing: whether the function cannot keep state between calls.
    """
    if verdict.right:
        return None
    if verdict is Verdict.UNTESTABLE:
        children = " and ".join(f"d{child}" for child in cases.exercise.children(variable))
        return (
            f"the true gradient of {variable} is zero up to rounding, so any tiny value would look right. "
            f"Compute it from {children} so that it can be checked with other upstream gradients"
        )
    if verdict is Verdict.HARD_CODED:
        failed = next(s for s, ok in zip(scores, passed, strict=True) if not ok)
        return hard_coded_problem(failed, cause, keeps_nothing=keeps_nothing)
    if local.maxdiff is None:
        return "values differ from autograd's, and the difference is not finite"
    if local.approximate:
        return (
            f"close on this minibatch (maxdiff {local.maxdiff:.3g}), but wrong as a derivative: "
            f"with other upstream gradients it is off by {error_size(scores, passed)}"
        )
    share = local.maxdiff / (cases.given.true.magnitude(variable) or math.inf)
    return f"values differ from autograd's: maxdiff {local.maxdiff:.3g}, {_share(share)}"


def asked_again_problem(evidence: Evidence, verdict: Verdict) -> str | None:
    """The sentence for a wrong answer whose mistake showed when the function was called again; None if it did not."""
    if evidence.changes and verdict is Verdict.WRONG_VALUES:
        why = UNSET if evidence.keeps_nothing else f"{KEEPS}, or {UNSET}"
        return f"a different result each time it is called with the same arguments: {why}"
    return not_linear(evidence.bends) if evidence.bends else None


def not_linear(bends: Mapping[tuple[str, ...], Bend]) -> str:
    """In which upstream gradients an answer is not linear, and how it depends on them."""
    each = (f"in {' and '.join(f'd{n}' for n in group)}: {BENDS[how]}" for group, how in bends.items())
    said = f"not linear {', and '.join(each)}"
    several = any(len(group) > 2 for group in bends)
    return said.replace(BENDS[Bend.PRODUCT], "some of them are multiplied together") if several else said


def changing(cause: Cause) -> str:
    """Why a function that is right in one call is wrong in another with the same forward pass, and what to do."""
    why = UNSET if cause is Cause.UNSET else f"{KEEPS}, or {UNSET}"
    return f"{why}. Compute the gradient from the arguments only"


def hard_coded_problem(failed: CaseScore, cause: Cause = Cause.OPEN, *, keeps_nothing: bool = False) -> str:
    """The sentence for a gradient that is right on the given case and wrong on `failed`.

    Args:
        keeps_nothing: whether the function cannot keep state between calls.
    """
    if cause in (Cause.CHANGES, Cause.UNSET):
        return f"right in one call, wrong in another with the same forward pass: {changing(cause)}"
    if cause is Cause.RANGE:
        return RANGE
    if cause is Cause.VALUE or not failed.sizes:
        seed = "right for the numbers of this seed only"
        typed = f"{TYPED_VALUE} (ask for it by name, as a parameter)"
        return (
            f"{seed}: {typed}{'' if keeps_nothing else f', or {KEEPS}'}"
            if cause is Cause.VALUE
            else f"{seed}: {_either((typed,), keeps_nothing=keeps_nothing)}"
        )
    where = "at other sizes" if failed.hidden else "at " + ", ".join(f"{k}={v}" for k, v in failed.sizes.items())
    given, source = f"right at the given sizes, wrong {where}", size_source(failed.sizes)
    if cause is Cause.OPEN:
        either = (f"a size is hard-coded (take it from {source})", "another value is (ask for it by name)")
        return f"{given}: {_either(either, keeps_nothing=keeps_nothing)}"
    return f"{given}: a size is hard-coded{'' if keeps_nothing else ' or kept'}; take it from {source}"


def _either(explanations: Sequence[str], *, keeps_nothing: bool) -> str:
    return ", or ".join([*explanations, *([] if keeps_nothing else [KEEPS]), CHANCE])


def size_source(sizes: Mapping[str, int]) -> str:
    """Where to take a size from: `n` is mentioned only if the exercise has a size of that name."""
    return "a shape or from n" if "n" in sizes else "a shape"


def error_size(scores: Sequence[CaseScore], passed: Sequence[bool]) -> str:
    """The error beside the gradient's size: on the given case if it is wrong there, otherwise where it is largest.

    The size is that of the summed terms, so that it is not zero where they cancel.
    """
    finite = [s.score for s in scores if s.score is not None]
    if not finite:
        return "an amount that is not finite"
    worst = scores[0].score if scores[0].score is not None and not passed[0] else max(finite)
    return _share(worst)


def _share(error: float) -> str:
    if error > MOST_TIMES:
        return f"more than {MOST_TIMES} times the gradient's size"
    if error < 0.001:
        return f"{error:.2g} times the gradient's size"
    return f"{error:.0%} of the gradient's size" if error >= 0.01 else f"{error:.1%} of the gradient's size"


def _dtype_problem(got: torch.Tensor, reference: torch.Tensor) -> str:
    remedy = {
        torch.float64: "something made it float64, such as a `.double()` or a `dtype=torch.float64`",
        torch.bool: "a comparison gives bools; multiply it by a float tensor",
    }.get(got.dtype, "something cast it" if got.is_floating_point() else "compute it from float tensors")
    return f"dtype {got.dtype}, expected {reference.dtype}: {remedy}"


def _shape_problem(got: torch.Tensor, reference: torch.Tensor, *, right: bool, broadcast: bool) -> str:
    came, expected = tuple(got.shape), tuple(reference.shape)
    values = ", but the values are right" if right else ""
    one = "the variable is a single number, not a list or row of one; remove the brackets, or .squeeze() the result"
    is_one = not expected and got.numel() == 1
    remedy = one if is_one else _shape_remedy(came, expected, right=right, broadcast=broadcast)
    return f"shape {came}, expected {expected}{values}: {remedy}"


def _shape_remedy(came: Sequence[int], expected: Sequence[int], *, right: bool, broadcast: bool) -> str:
    squeezed = [size for size in expected if size != 1]
    if list(came) == squeezed and len(came) < len(expected):
        dims = [dim for dim, size in enumerate(expected) if size == 1]
        return f"sum({dims[0] if len(dims) == 1 else tuple(dims)}, keepdim=True) keeps the dimension"
    if [size for size in came if size != 1] == list(expected):
        return "sum without keepdim=True, because the variable has no size-1 dimension here"
    if list(came) == list(reversed(expected)):
        return "that is the transpose; a gradient has the shape of its variable"
    if right:
        return "expand it to the variable's shape; a sum forward is a broadcast backward"
    if broadcast and is_broadcast(expected, came):
        return "a value that is broadcast forward gets the sum of its gradients backward"
    return "a gradient has the shape of its variable"


def is_broadcast(shape: Sequence[int], to: Sequence[int]) -> bool:
    """Whether a value of one shape is repeated when it is broadcast to another."""
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return len(shape) <= len(to) and math.prod(to) > math.prod(shape) and all(a in (1, b) for a, b in pairs)


def _finite_problem(got: torch.Tensor) -> str:
    bad = ~torch.isfinite(got)
    first = tuple(int(i) for i in bad.nonzero()[0])
    count = f"{int(bad.sum())} of {got.numel()} values are not finite"
    return f"{count}, the first ({float(got[first])}) at index {list(first)}"


def finding_sentence(finding: Finding) -> str:
    """The broken rule, with file and line."""
    return f"{finding.message} ({finding.file}:{finding.line})"


def failure_sentence(outcome: Outcome, who: str, what: str) -> tuple[Verdict, str]:
    """The verdict and the sentence for an outcome that is not a tensor."""
    match outcome:
        case TimedOut(whole_submission=True):
            return Verdict.TIMED_OUT, f"the submission's limit of {outcome.limit:g} s ran out before {who} finished"
        case TimedOut():
            return Verdict.TIMED_OUT, f"{who} did not finish within {outcome.limit:g} s and was stopped"
        case Killed():
            return Verdict.KILLED, f"{who} crashed: {outcome.detail}"
        case NotStarted():
            return Verdict.NOT_STARTED, f"{who} is not written yet: {what} {outcome.how}"
        case Raised():
            place = f" ({outcome.file}:{outcome.line})" if outcome.line is not None else ""
            return Verdict.RAISED, f"{who} raised {outcome.kind}: {outcome.message}{place}"
        case WrongType():
            return (
                Verdict.WRONG_TYPE,
                f"{who} returned {outcome.description}, expected {outcome.expected}",
            )
        case _:
            raise AssertionError(f"{who}: {outcome!r} is not a failure")


def unreturned_sentence(outcome: NotStarted, who: str, function: Function) -> tuple[Verdict, str]:
    """The same for a function that was begun, but returns None or still raises the stub's NotImplementedError."""
    if outcome.how == ONLY_NONE:
        return Verdict.NOT_STARTED, f"{who} is not written yet: it {ONLY_NONE}"
    if outcome.how == "returned None":
        return Verdict.WRONG_TYPE, f"{who} {function.unreturned}"
    if outcome.line is None:  # after hidden cases, which of the two it was is not told
        return Verdict.WRONG_TYPE, f"{who} {outcome.how}, expected a tensor"
    return Verdict.RAISED, f"{who} still raises NotImplementedError ({function.file}:{outcome.line})"
