"""Why somebody's tests accept a wrong gradient, and so what is to be added to them.

The reason is not read from a mistake's label. The grader itself grades what the tests have accepted: what it has found
that they have not is the gap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from grader.verdict.evidence import STRESSED_TOLERANCE, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.authoring.own_tests import Tried
    from grader.authoring.verification import Verification
    from grader.exercise.case import Cases
    from grader.exercise.catalogue import Form
    from grader.grading.row import Row

SMALL = 1e-3
"""A difference that is a larger share of the gradient than this is no rounding: the gradient itself is small."""


class Gap(Enum):
    """What tests do not do; the value is what to add, in the order in which it is worth doing."""

    NOT_COMPARED = "test these gradients: no mistake that was tried in them is rejected"
    SHAPE = "compare shapes before values: values of another shape are broadcast, and then agree"
    DTYPE = "compare dtypes"
    FINITE = "check that every value is finite: no comparison with NaN is true, so `maxdiff > limit` never fails"
    LOOSE = (
        "compare every value, on numbers like those of the given minibatch, with `torch.allclose`'s tolerances or "
        "tighter ones: that tells these apart"
    )
    UPSTREAM = (
        "call each function with random upstream gradients, on which autograd's vector-Jacobian product is the "
        "expected value: with the true ones, these are right to the last digit"
    )
    NULL = (
        "call each function with random upstream gradients: with the true ones, this gradient is zero up to rounding, "
        "and anything tiny passes"
    )
    SMALL = (
        "compare relative to the largest value of the gradient: these gradients are so small that an absolute "
        "tolerance, `torch.allclose`'s `atol`, covers the difference"
    )
    CLOSE = (
        "compare in float64, with a tolerance of 1e-12, and with random upstream gradients: on the given minibatch, in "
        "float32, the difference is not larger than `torch.allclose` allows"
    )
    SIZES = "add a case with other sizes and other numbers: these are right on the given minibatch only"
    AGAIN = (
        "call it more than once: twice after the same forward pass, and after the forward pass of another input or "
        "object; these keep something between calls, or change what they are given"
    )
    EXTREME = (
        "add a case with extreme inputs (large, tiny and saturated values, every row of a table): these are wrong "
        "only there"
    )
    OTHER = "see what `grade` says to each"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A wrong form that the tests accept."""

    form: Form
    row: Row
    """The wrong gradient, as the grader sees it."""
    gap: Gap


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit has found."""

    tried: Sequence[Tried]
    accepted: Sequence[Accepted]
    equivalent: Sequence[Form]
    """What the grader accepts as well, such as a mutant that is right for this loss: no test needs to reject it."""

    @property
    def mistakes(self) -> list[Tried]:
        """The wrong forms that were tried."""
        equivalent = set(self.equivalent)
        return [each for each in self.tried if not each.right and each.form not in equivalent]

    @property
    def right(self) -> list[Tried]:
        """The right forms that were tried."""
        return [each for each in self.tried if each.right]

    @property
    def rejected(self) -> list[Tried]:
        """The right forms that the tests reject, in the order of the catalogue."""
        return sorted((each for each in self.right if not each.accepted), key=_place)

    def gaps(self) -> Iterator[tuple[Gap, list[Accepted]]]:
        """What to add, each with the mistakes that it is for; what most need first."""
        found = defaultdict(list)
        for each in self.accepted:
            found[each.gap].append(each)
        order = list(Gap)
        yield from sorted(found.items(), key=lambda item: (-len(item[1]), order.index(item[0])))

    def by_gradient(self) -> dict[str, list[Accepted]]:
        """The accepted mistakes of each gradient."""
        found = defaultdict(list)
        for each in self.accepted:
            found[each.row.name].append(each)
        return found

    def tried_of(self, gradient: str) -> int:
        """How many mistakes of a gradient were tried."""
        return sum(gradient in each.form.gradients for each in self.mistakes)

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Kind of mistake -> how many of how many are accepted; the largest share first."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for each in self.mistakes:
            counts[str(each.form.kind)][0] += each.accepted
            counts[str(each.form.kind)][1] += 1
        shares = sorted(counts.items(), key=lambda item: (-item[1][0] / item[1][1], item[0]))
        return {kind: (accepted, tried) for kind, (accepted, tried) in shares}


def explained(tried: Sequence[Tried], verification: Verification) -> Found:
    """Grade what the tests accept, and find out why they do."""
    wrong = [each.form for each in sorted(tried, key=_place) if each.accepted and not each.right]
    accepted: list[Accepted] = []
    equivalent: list[Form] = []
    for form, rows in verification.graded(wrong):
        row = next((row for row in rows if not row.correct), None)
        if row is None:
            equivalent.append(form)
        else:
            accepted.append(Accepted(form, row, gap(row, verification.cases)))
    order = verification.exercise.gradients
    accepted.sort(key=lambda each: order.index(each.row.name))
    return _with_untested(Found(tried, accepted, equivalent))


def gap(row: Row, cases: Cases) -> Gap:
    """What would have shown that a gradient is wrong, from what the grader has found."""
    if row.verdict is Verdict.HARD_CODED:
        return _of_hard_coded(row, cases)
    if row.verdict is Verdict.WRONG_VALUES:
        return _of_values(row, cases)
    return _OF_VERDICT.get(row.verdict, Gap.OTHER)


def _of_hard_coded(row: Row, cases: Cases) -> Gap:
    """In which cases an answer fails that is right in the given one; in none if only further calls show it."""
    failed = [
        case.stressed
        for case, found in zip(cases, row.cases, strict=False)
        if found["score"] is None
        or found["score"] > (max(row.tolerance, STRESSED_TOLERANCE) if case.stressed else row.tolerance)
    ]
    if row.cases and not failed:
        return Gap.AGAIN
    return Gap.EXTREME if failed and all(failed) else Gap.SIZES


def _of_values(row: Row, cases: Cases) -> Gap:
    """Why wrong values were not seen: what `torch.allclose` says to them on the given minibatch."""
    if row.local["exact"]:
        return Gap.UPSTREAM
    if not row.local["approximate"]:
        return Gap.LOOSE
    if row.variable in cases.null:
        return Gap.NULL
    largest = float(cases.given.reference[row.variable].abs().max())
    return Gap.SMALL if row.local["maxdiff"] > SMALL * largest else Gap.CLOSE


_OF_VERDICT = {
    Verdict.WRONG_SHAPE: Gap.SHAPE,
    Verdict.WRONG_DTYPE: Gap.DTYPE,
    Verdict.NON_FINITE: Gap.FINITE,
    Verdict.UNTESTABLE: Gap.NULL,
}


def _with_untested(found: Found) -> Found:
    """The same; gradients of which the tests accept everything, even what is far off, are not tested at all."""
    far = {name for name, of in found.by_gradient().items() if any(each.gap in (Gap.LOOSE, Gap.OTHER) for each in of)}
    untested = {name for name in far if len(found.by_gradient()[name]) == found.tried_of(name)}
    accepted = [
        Accepted(each.form, each.row, Gap.NOT_COMPARED) if each.row.name in untested else each
        for each in found.accepted
    ]
    return Found(found.tried, accepted, found.equivalent)


def _place(tried: Tried) -> tuple[str, int, str]:
    return tried.form.path.name, tried.form.line, tried.form.note
