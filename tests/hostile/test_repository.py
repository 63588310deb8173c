"""A whole repository that is hostile: nothing in it runs but the learner's functions, in the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.repository import make_repository

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.hostile

ROOT = Path(__file__).resolve().parent.parent.parent
CONSOLE_SCRIPT = ("-P", "-c", "import sys; from grader.cli.main import main; sys.argv[0] = 'grade'; main()")
Graded = tuple[int, dict[str, Any], list[str]]
"""Exit code, the submission in the report, and the traps that ran."""


@pytest.fixture
def grade(tmp_path: Path, solution_source: str) -> Callable[..., Graded]:
    """Run `grade` in the hostile repository as its console script does: exit code, submission, traps that ran."""
    repository, marks = tmp_path / "repository", tmp_path / "marks"
    marks.mkdir()
    make_repository(repository, marks, solution_source)

    def run(*arguments: str, how: tuple[str, ...] = CONSOLE_SCRIPT, outside: bool = False) -> Graded:
        report = tmp_path / "out.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, *how, *arguments, "--report", str(report)]
        done = subprocess.run(
            command,
            cwd=tmp_path if outside else repository,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        ran = sorted(path.name for path in marks.iterdir())
        assert report.exists(), done.stdout + done.stderr
        return done.returncode, json.loads(report.read_text())["grader"]["submissions"][0], ran

    return run


@pytest.mark.parametrize("target", [["backward.py"], ["."], ["exercises/mlp"]], ids=" ".join)
def test_a_submission_is_graded_by_the_installed_exercise(grade: Callable[..., Graded], target: list[str]) -> None:
    """Its forward.py, exercise.toml, conftest.py and pytest.ini are ignored; its torch.py is not torch."""
    code, submission, ran = grade(*target, "--exercise", "mlp", "--ci")
    assert ran == []
    assert submission["score"] == {
        "points": 26, "possible": 26, "correct": 26, "exact": 26, "approximate": 26,
        "chained_correct": 26, "chained_exact": 26,
    }  # fmt: skip
    assert code == 0


def test_on_ci_no_exercise_of_the_repository_is_trusted(
    grade: Callable[..., Graded],
) -> None:
    """`grade --ci` grades the workspace's answers with the installed exercises."""
    _code, submission, ran = grade("mlp", "--ci")
    assert ran == []
    assert (submission["score"]["possible"], submission["score"]["exact"]) == (26, 26)


def test_grading_the_folder_from_outside_runs_no_trap(grade: Callable[..., Graded]) -> None:
    """No `--ci` is needed if the current folder is the instructor's own."""
    code, submission, ran = grade("repository", "--exercise", "mlp", outside=True)
    assert (code, ran) == (0, [])
    assert submission["score"]["exact"] == 26


def test_python_m_grader_in_the_repository_imports_nothing_from_it(
    grade: Callable[..., Graded],
) -> None:
    """`python -m` puts the current folder first on the path; -P and the console script do not."""
    code, submission, ran = grade("backward.py", "--exercise", "mlp", "--ci", how=("-P", "-m", "grader"))
    assert (code, ran) == (0, [])
    assert submission["score"]["exact"] == 26
