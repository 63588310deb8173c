"""Gradescope's archive, unpacked into a copy of its folders and run as Gradescope runs it; and the action's file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).resolve().parent.parent
SOLUTION = ROOT / "solutions" / "mlp" / "backward.py"


@pytest.fixture
def autograder(grade: Callable[..., Result], tmp_path: Path) -> Path:
    """/autograder as Gradescope lays it out, with the archive in source/."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    assert grade("gradescope-zip", "--exercise", "mlp", "-o", "a.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for entry in archive.infolist():
            archive.extract(entry, root / "source")
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    return root


def started(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    """One of the archive's two programs, with the grader that is installed here instead of a fresh environment."""
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "GRADE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [str(root / "source" / name)], check=False, capture_output=True, text=True, env=environment, timeout=110
    )


def results(root: Path) -> dict[str, Any]:
    """What Gradescope would read."""
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
class TestRun:
    """From setup.sh to results.json."""

    def test_a_solution_gets_its_points(self, autograder: Path) -> None:
        """26 of 26, and nothing of the run in the submission's folder."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        assert started(autograder, "setup.sh").returncode == 0
        done = started(autograder, "run_autograder")
        assert done.returncode == 0, done.stderr
        tests = results(autograder)["tests"]
        assert (sum(test.get("score", 0) for test in tests), len(tests)) == (26, 28)
        assert os.listdir(autograder / "submission") == ["backward.py"]  # noqa: PTH208 names alone

    def test_a_submission_that_brings_settings_along_changes_nothing(self, autograder: Path) -> None:
        """Neither conftest.py, nor its own exercise, nor a module called like one of ours."""
        folder = autograder / "submission"
        shutil.copy(SOLUTION, folder / "backward.py")
        for name in ("conftest.py", "pytest.ini", "torch.py", "grader.py", "exercises/mlp/forward.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("raise SystemExit('read')\n")
        assert started(autograder, "run_autograder").returncode == 0
        assert sum(test.get("score", 0) for test in results(autograder)["tests"]) == 26

    def test_nothing_readable_is_a_zero_with_a_sentence(self, autograder: Path) -> None:
        """The learner's to mend, so Gradescope shows it as a result."""
        assert started(autograder, "run_autograder").returncode == 0
        assert results(autograder)["score"] == 0
        assert "has no backward.py" in results(autograder)["output"]

    def test_a_fault_of_ours_writes_no_results(self, autograder: Path) -> None:
        """Gradescope then says that the autograder failed: nobody gets a zero."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        settings = autograder / "source" / "grader.json"
        settings.write_text(settings.read_text().replace('"mlp"', '"nothing"'))
        own = autograder / "source" / "exercises" / "nothing"
        own.mkdir(parents=True)
        (own / "exercise.toml").write_text("title = 'x'\n")
        (own / "forward.py").write_text("GRADED = 3\n")
        assert started(autograder, "run_autograder").returncode == 3
        assert not (autograder / "results" / "results.json").exists()


def test_the_same_settings_give_the_same_archive(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Byte for byte: no moment of making in it."""
    for name in ("a.zip", "b.zip"):
        assert grade("gradescope-zip", "--exercise", "mlp", "-o", name).exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_own_exercises_and_a_wheel_travel_along(grade: Callable[..., Result], tmp_path: Path) -> None:
    """And setup.sh installs that wheel."""
    (tmp_path / "grader-1-py3-none-any.whl").write_bytes(b"x")
    assert grade(
        "gradescope-zip", "--exercise", "mlp", "--exercises", ROOT / "exercises", "--package",
        "grader-1-py3-none-any.whl", "-o", "a.zip",
    ).exit_code == 0  # fmt: skip
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert "exercises/mlp/forward.py" in names
        assert '"$root/source/grader-1-py3-none-any.whl"' in archive.read("setup.sh").decode()


class TestAction:
    """action.yml."""

    def test_pastes_no_input_into_a_script(self) -> None:
        """A value of the workflow is read from the environment, where it cannot become a command."""
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        scripts = re.findall(r"run: \|\n((?:        .*\n)+)|run: (?!\|)(.*)\n", text)
        assert len(scripts) == 4
        assert not any("${{" in part for script in scripts for part in script)

    def test_fences_whatever_the_students_code_prints(self) -> None:
        """With a token that is drawn anew."""
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        before, _, after = text.partition('echo "::stop-commands::$token"')
        assert "secrets.token_hex" in before
        assert after.index("-m grader") < after.index('echo "::$token::"') < after.index("GITHUB_OUTPUT")
