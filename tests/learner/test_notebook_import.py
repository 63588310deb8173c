"""`grade import`: learners' notebooks of the lecture are converted to a backward.py by reading, never by running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.grading.grading import start_grading
from grader.grading.submission import Submission, read_submission
from grader.learner.notebook_import import import_reading
from grader.report.row_facts import solved

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_at_least_twenty_styles() -> None:
    """From public notebooks: two steps, loops, one_hot, keepdim, a missing clone() and others."""
    assert len(NOTEBOOKS) >= 20


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_exactly_the_gradients_in_the_notebook_are_found(
    path: Path, sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases
) -> None:
    """And what was right in the notebook is right in the file."""
    expected = json.loads(path.read_text(encoding="utf-8"))["metadata"]["expected"]
    with sandbox.open(read_submission(path).files, mlp.settings.rules, mlp.wanted) as session:
        reading = session.reading
    assert reading.problem is None
    made = import_reading(reading, mlp)
    assert sorted(made.found) == sorted(expected["there"])
    assert not made.other
    if not made.found:
        return
    submission = Submission("imported", Path("backward.py"), {"backward.py": made.text.encode()})
    rows: dict[str, dict[str, Any]] = {
        row.name: row.as_dict() for row in start_grading(mlp, submission, sandbox, None, mlp_cases).rows()
    }
    wrong = {name for name in expected["there"] if not solved(rows[name])}
    assert wrong == {*expected["wrong"]}, {name: rows[name]["problem"] for name in wrong}
    assert all(rows[name]["verdict"] == "not_started" for name in made.missing)


def test_the_learners_own_lines_and_comments_are_kept(sandbox: Sandbox, mlp: Exercise) -> None:
    """With their spacing: it is their file."""
    path = next(path for path in NOTEBOOKS if path.stem == "other_languages_comments")
    with sandbox.open(read_submission(path).files, mlp.settings.rules, mlp.wanted) as session:
        text = import_reading(session.reading, mlp).text
    assert "    dprobs = (1.0 / probs) * dlogprobs # градиент probs ✓\n    return dprobs\n" in text
    assert "matplotlib" not in text
    assert "names.txt" not in text


def test_the_command_writes_a_file_and_says_what_is_missing(grade: Callable[..., Result]) -> None:
    """What was found, what was not, and what to do next."""
    path = next(path for path in NOTEBOOKS if path.stem == "softmax_only")
    result = grade("import", path, "-o", "mine.py")
    assert result.exit_code == 0
    assert "not found, left as stubs: dh, dW2," in result.output
    assert "mine.py: 8 of 26 gradients of mlp" in result.output
    assert "def dh(dlogits, W2):" in Path("mine.py").read_text(encoding="utf-8")
    again = grade("import", path, "-o", "mine.py")
    assert again.exit_code == 4
    assert "mine.py already exists" in again.output


def test_a_notebook_without_gradients_is_a_usage_error(grade: Callable[..., Result], tmp_path: Path) -> None:
    """No exercise can be inferred from it."""
    path = next(path for path in NOTEBOOKS if path.stem == "nothing_yet")
    result = grade("import", path)
    assert result.exit_code == 4
    assert "none of its functions belongs to an exercise" in result.output
    Path("bad.ipynb").write_text("not json", encoding="utf-8")
    assert "not a valid notebook" in grade("import", "bad.ipynb").output


def test_a_choice_among_attempts_is_noted(grade: Callable[..., Result]) -> None:
    """The last one counts."""
    path = next(path for path in NOTEBOOKS if path.stem == "attempts")
    assert "dprobs is assigned 3 times; this assignment was used" in grade("import", path).output


def test_what_no_gradient_depends_on_is_not_told(grade: Callable[..., Result]) -> None:
    """The lecture's own `cmp`, and the import that the documentation asks for."""
    cells = [
        "import torch\nfrom grader import check, cmp",
        "def cmp(s, dt, t):\n    ex = torch.all(dt == t.grad).item()\n    print(s, ex)",
        "dlogprobs = torch.zeros_like(logprobs)\ndprobs = (1.0 / probs) * dlogprobs\ncmp('probs', dprobs, probs)",
        "check(globals())",
        "dh = h.grad",
    ]
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    Path("mine.ipynb").write_text(json.dumps({"nbformat": 4, "cells": made}), encoding="utf-8")
    result = grade("import", "mine.ipynb", "--exercise", "mlp")
    assert result.exit_code == 0
    assert "grader" not in result.output
    notes = [line for line in result.output.splitlines() if line.startswith("note: ")]
    assert notes == [
        "note: mine.ipynb cell 5:1: `.grad` is the gradient computed by autograd; derive the gradient by hand instead"
    ]
