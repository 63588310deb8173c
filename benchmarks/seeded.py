"""Grades forms at the desk and under hidden seeds: cases are built once for each, and no mistake is explained."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from grader.authoring.verification import Verification
from grader.exercise.settings import Settings
from grader.grading import gradients

if TYPE_CHECKING:
    from grader.exercise.catalogue import Form
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row

SHORT_RUN = 8
"""Steps of a training run at first: enough for nearly everything that is wrong to show."""


class SeededGrading:
    """Grades forms of one exercise; number 0 is the desk, any other a hidden seed.

    Args:
        sandbox: real or unlocked.
        confirmed: whether what is accepted after a short training run is graded again on the whole run.
    """

    def __init__(self, exercise: Exercise, sandbox: Any, *, confirmed: bool = True) -> None:
        self._exercise, self._sandbox, self._confirmed = exercise, sandbox, confirmed
        self._verifications: dict[tuple[int, bool], Verification] = {}
        without_diagnosis()

    def rows(self, form: Form, number: int) -> list[Row]:
        """The rows of the gradients that a form writes anew."""
        short = self._exercise.kind == "training"
        rows = self._verification(number, short=short).grade(form)
        if short and self._confirmed and all(row.correct for row in rows):
            return self._verification(number, short=False).grade(form)
        return rows

    def accepts(self, form: Form, number: int) -> bool:
        """Whether all of a form's gradients are right."""
        return all(row.correct for row in self.rows(form, number))

    def _verification(self, number: int, *, short: bool) -> Verification:
        if (number, short) not in self._verifications:
            exercise = shortened(self._exercise) if short else self._exercise
            made = Verification(exercise, self._sandbox, Settings(hidden_seed=number or None))
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


def without_diagnosis() -> None:
    """In this process no mistake is looked for: that takes five times as long as the verdict and does not change it."""
    if hasattr(gradients, "explain"):
        gradients.explain = lambda *_: None
