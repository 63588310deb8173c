"""The package's public API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import grader
from grader.grading.submission import UnreadableSubmission

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parent.parent


def test_every_public_name_exists() -> None:
    """Each name, whichever module was imported before."""
    for name in grader.__all__:
        assert getattr(grader, name) is not None
    assert callable(grader.check)
    assert callable(grader.grade)


def test_a_submission_is_graded_from_python(sandbox: Sandbox) -> None:
    """The same entry as in a report."""
    entry = grader.grade(ROOT / "solutions" / "cross_entropy", "cross_entropy", sandbox=sandbox)
    assert entry["score"]["correct"] == 1
    assert entry["isolation"]["level"] in ("locked", "process")


def test_a_path_with_nothing_to_grade_raises_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    """Instead of a row of zeros."""
    with pytest.raises(UnreadableSubmission, match=r"has no backward\.py"):
        grader.grade(tmp_path, "mlp", sandbox=sandbox)
