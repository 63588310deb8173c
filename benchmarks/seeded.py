"""Grades forms at the desk and under hidden seeds: cases are built once for each, and no mistake is explained."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from grader.authoring.verification import Verification
from grader.exercise.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.exercise.catalogue import Form
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row

SHORT_RUN = 8
"""Steps of a training run at first: enough for nearly everything that is wrong to show."""


class SeededGrading:
    """Grades forms of one exercise; number 0 is the desk, any other a hidden seed.

    Training runs are short. They depend on no hidden seed, so one whole run tells of all of them.

    Args:
        sandbox: real or unlocked.
    """

    def __init__(self, exercise: Exercise, sandbox: Any) -> None:
        self._exercise, self._sandbox = exercise, sandbox
        self._training = exercise.kind == "training"
        self._verifications: dict[tuple[int, bool], Verification] = {}

    def rows(self, form: Form, number: int) -> list[Row]:
        """The rows of the gradients that a form writes anew."""
        return self._verification(number, short=self._training).grade(form)

    def accepted(self, form: Form, numbers: Iterable[int], *, whole: bool) -> tuple[bool, ...]:
        """Under which of these all of a form's gradients are right; `whole`: on the whole training run as well."""
        found = {number: all(row.correct for row in self.rows(form, number)) for number in numbers}
        first = next((number for number, accepted in found.items() if accepted), None)
        if whole and self._training and first is not None:
            passes = all(row.correct for row in self._verification(first, short=False).grade(form))
            found = {number: accepted and passes for number, accepted in found.items()}
        return tuple(found.values())

    def _verification(self, number: int, *, short: bool) -> Verification:
        if (number, short) not in self._verifications:
            exercise = shortened(self._exercise) if short else self._exercise
            made = Verification(exercise, self._sandbox, Settings(hidden_seed=number or None, explained=False))
            self._verifications[number, short] = made
        return self._verifications[number, short]


def place(number: int) -> str:
    """What a number of `SeededGrading` is called."""
    return f"seed {number}" if number else "desk"


def shortened(exercise: Exercise) -> Exercise:
    """The same training exercise with few steps."""
    short = copy.copy(exercise)
    short.constants = {**exercise.constants, "STEPS": SHORT_RUN}
    return short
