"""The mistakes of the layers' catalogues are named: by a diagnosis, or by a verdict whose sentence says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.exercise.case import build_cases
from grader.exercise.catalogue import Form, wrong_forms
from grader.exercise.settings import Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox

pytestmark = [pytest.mark.slow, pytest.mark.numpy, pytest.mark.timeout(600)]

LAYERS = [name for name in list_exercises() if load_exercise(name).is_layer]
UNNAMED = {
    "autograd_attention": 3,
    "numpy_groupnorm": 3,
    "numpy_maxpool": 1,
    "numpy_svm_loss": 2,
}
"""How many mistakes of each layer have no name, at most; of the others, every one has."""
SAYS_NOTHING = ("wrong_values", "non_finite")
"""Verdicts that leave open what is wrong."""


@pytest.mark.parametrize("name", LAYERS)
def test_the_mistakes_of_a_layer_are_named(name: str) -> None:
    """Those without a name are counted, so that a change of the diagnosis cannot lose one unnoticed."""
    exercise = load_exercise(name)
    cases, unnamed = build_cases(exercise, Settings().seed), list[str]()
    with Sandbox(imports=exercise.rules.imports) as box:
        for form in wrong_forms(exercise):
            attempt = start_grading(
                exercise, Submission("test", Path("backward.py"), form.files), box, Settings(), cases
            )
            rows = {row["name"]: row for row in attempt.document()["gradients"]}
            row = rows[form.gradients[0]]
            kind = "unknown" if row["diagnosis"] is None else row["diagnosis"]["kind"]
            unnamed += [form.place] if kind == "unknown" and row["verdict"] in SAYS_NOTHING else []
    assert len(unnamed) <= UNNAMED.get(name, 0), unnamed


def test_most_mistakes_are_named() -> None:
    """At least 97 in 100 of all layers' mistakes."""
    forms: list[Form] = [form for name in LAYERS for form in wrong_forms(load_exercise(name))]
    assert sum(UNNAMED.values()) <= 0.03 * len(forms)
