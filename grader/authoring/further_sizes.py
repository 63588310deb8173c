"""The sizes of an exercise's further cases: at which sizes it can be graded, and a choice of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NoReturn

import torch

from grader.authoring.checks import check_finite, kinks_met
from grader.exercise.case import Case
from grader.exercise.dtypes import is_floating
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.sizes import draw_straddling, obstacle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.exercise.exercise import Exercise
    from grader.exercise.sizes import Sizes

MOST_ELEMENTS = 150_000
"""Most elements of a further case that is drawn, or twice the given case's if that is more; mlp's has 23,000.

Several large sizes at once would make one case cost more than all the others."""
CANCELLED = 0.02
"""A gradient cancels that is a smaller share of its terms: at most 0.004 is left in a norm over two numbers, and at
least 0.07 in all the project's exercises."""


class FurtherSizes:
    """Which sizes the further cases of an exercise may have.

    Args:
        given: the given case. A gradient may cancel at its sizes, as in a norm over two rows; then it may at others.
    """

    def __init__(self, exercise: Exercise, given: Case) -> None:
        self._exercise = exercise
        self._most = max(MOST_ELEMENTS, 2 * _elements(given))
        self._may_cancel = _cancelling(given)
        self._too_large: list[Sizes] = []
        """Sizes of too many elements; none that are at least as large are tried."""

    def draw(self) -> tuple[Sizes, ...]:
        """Sizes that straddle the given ones.

        Raises:
            BrokenExercise: there are none; the message names the size that is the obstacle.
        """
        sizes = self._exercise.varied_sizes
        found = self._straddling(sizes)
        if found is None:
            self._refuse(sizes)
        others = (_cancelling(Case(self._exercise, LECTURE_SEED, each)) for each in found)
        fewer = self._may_cancel.intersection(*others)
        if fewer == self._may_cancel:
            return found
        self._may_cancel = fewer  # at other sizes, these do not cancel: draw only such
        return self._straddling(sizes) or found

    def _straddling(self, sizes: Sizes) -> tuple[Sizes, ...] | None:
        return draw_straddling(sizes, random.Random(LECTURE_SEED), self.are_possible)  # noqa: S311 reproducible

    def _refuse(self, sizes: Sizes) -> NoReturn:
        stuck, at = obstacle(sizes, self.are_possible) or (next(iter(sizes)), sizes)
        raise BrokenExercise(
            f"{self._exercise.forward_file}: found no sizes for the other cases: none of them can have {stuck} above "
            f"{sizes[stuck]}. At {stuck}={at[stuck]}, the others as given: {self.why_not(at)}. If {stuck} cannot vary, "
            "write it as a number instead of a parameter of inputs(); otherwise write the sizes yourself: "
            f"SIZES = [{{{', '.join(f'{n!r}: ...' for n in sizes)}}}, ...]"
        )

    def are_possible(self, sizes: Mapping[str, int]) -> bool:
        """Whether a case can have these sizes."""
        return not self.why_not(sizes)

    def why_not(self, sizes: Mapping[str, int]) -> str:
        """Why there can be no case of these sizes; empty if there can."""
        if any(all(sizes[name] >= size for name, size in each.items()) for each in self._too_large):
            return "the case would be too large"
        try:
            drawn = self._exercise.file.drawn(self._exercise.module.__dict__, LECTURE_SEED, sizes)
            count = sum(value.numel() for value in drawn.values() if isinstance(value, torch.Tensor))
            if count <= self._most:  # a matrix that is too large need not be multiplied to find out
                case = Case(self._exercise, LECTURE_SEED, sizes)
                count = _elements(case)
            if count > self._most:
                self._too_large.append(dict(sizes))
                return f"with {count:,} numbers, the case would be too large"
            check_finite(case)
            case.check_finite()
        except Exception as error:  # noqa: BLE001 whatever the author's code raises
            return str(error) or type(error).__name__
        return self._fault(case)

    def _fault(self, case: Case) -> str:
        """Why a case that can be computed cannot be graded."""
        if any(is_floating(value) and not value.numel() for value in case.graph.values.values()):
            return "there are empty tensors"
        if any(kinks_met(case)):
            return "there are ties, or values exactly at a kink"
        vanishing = sorted(_cancelling(case) - self._may_cancel)
        return f"the gradient of {vanishing[0]} cancels, so that little more than rounding is left" if vanishing else ""


def _cancelling(case: Case) -> frozenset[str]:
    """The graded variables whose terms cancel nearly or wholly, as in a norm over two rows."""
    graded = case.exercise.graded
    return frozenset(v for v in graded if float(case.true.total(v).abs().max()) <= CANCELLED * case.true.scale(v))


def _elements(case: Case) -> int:
    """The number of elements in a case's inputs and forward values."""
    return sum(value.numel() for value in case.graph.values.values() if isinstance(value, torch.Tensor))
