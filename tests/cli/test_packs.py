"""Commands with a pack installed, whole or broken."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from grader.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Grade = Callable[..., Result]

SOLUTION = """\
def dy(y):
    return 2*y


def dx(dy, x):
    return 2*x * dy
"""


@pytest.fixture
def solved_pack(installed_pack: Path) -> Path:
    """A pack with a worked solution."""
    folder = installed_pack / "solutions" / "squares"
    folder.mkdir(parents=True)
    (folder / "backward.py").write_text(SOLUTION)
    return installed_pack


@pytest.fixture
def broken_pack(installed_pack: Path) -> str:
    """A pack whose exercise `broken` cannot be read, beside `squares`; how the sentence about it begins."""
    folder = shutil.copytree(installed_pack / "exercises" / "squares", installed_pack / "exercises" / "broken")
    (folder / "exercise.toml").write_text("(")
    return f"broken of the pack deep_pack cannot be used: {folder / 'exercise.toml'}:1: "


class TestWhole:
    """Its exercises are used like the grader's own."""

    def test_in_a_workspace(self, solved_pack: Path, grade: Grade, tmp_path: Path) -> None:
        """Stubs, progress, hints, the worked solution and `grade reset`, from the pack's own files."""
        assert grade("init", ".").exit_code == 0
        assert "squares::dx" not in grade("squares").stdout
        mine = tmp_path / "exercises" / "squares" / "backward.py"
        mine.write_text(SOLUTION.replace("2*x * dy", "x * dy"))
        assert "squares: 1 of 2 correct" in grade("squares").stdout
        assert "squares" in next(line for line in grade("list").stdout.splitlines() if "1 of 2" in line)
        assert grade("hint", "squares::dx").stdout.startswith("hint 1 of 3: x is used on one line of forward.py")
        assert "return 2*x * dy" in grade("solution", "squares::dx", "--spoil").stdout
        assert "dx is a stub again" in grade("reset", "squares::dx").stdout
        assert "# TODO: write dx" in mine.read_text()
        assert not (tmp_path / "solutions").exists()

    def test_without_solutions(self, installed_pack: Path, grade: Grade) -> None:
        """A pack may be installed without them."""
        grade("init", ".")
        result = grade("solution", "squares::dx", "--spoil")
        assert (result.exit_code, result.stderr) == (4, "Error: no worked solution of squares is installed\n")

    def test_is_verified(self, solved_pack: Path, grade: Grade) -> None:
        """By name, with the solution beside its exercises."""
        assert "the solution is correct: 2 of 2" in grade("verify", "squares", "--mutants", "0").stdout

    def test_is_shown_by_the_doctor(self, installed_pack: Path, grade: Grade) -> None:
        """With its folder."""
        assert f"  pack deep_pack      squares ({installed_pack / 'exercises'})\n" in grade("doctor").stdout


class TestBroken:
    """The other exercises are used as if it was not there, and a sentence names it."""

    def test_list(self, broken_pack: str, grade: Grade) -> None:
        """On stderr, after the others."""
        result = grade("list")
        assert result.exit_code == 0
        assert "squares " in result.stdout
        assert result.stderr.startswith(f"left out: {broken_pack}")

    def test_init_and_grade(self, broken_pack: str, grade: Grade) -> None:
        """It is not copied, so nothing in the workspace is broken."""
        made = grade("init", ".")
        assert made.exit_code == 0
        assert made.stderr.startswith(f"left out: {broken_pack}")
        graded = grade("--quiet")
        assert graded.exit_code == 1
        assert "total: 0 of" in graded.stdout
        assert graded.stderr == ""

    def test_grade_with_a_broken_exercise_in_the_workspace(
        self, installed_pack: Path, grade: Grade, tmp_path: Path
    ) -> None:
        """The others are graded; in CI, where the grade would lack it, nothing is."""
        grade("init", ".", "--track", "lecture")
        shutil.copytree(installed_pack / "exercises" / "squares", tmp_path / "exercises" / "squares")
        (tmp_path / "exercises" / "squares" / "exercise.toml").write_text("(")
        graded = grade("--quiet")
        assert graded.exit_code == 1
        assert graded.stderr.startswith(f"left out: {tmp_path / 'exercises' / 'squares' / 'exercise.toml'}:1: ")
        (installed_pack / "exercises" / "squares" / "exercise.toml").write_text("(")
        graded = grade("--ci")
        assert graded.exit_code == 3
        assert graded.stderr.startswith("Error: squares of the pack deep_pack cannot be used: ")

    def test_grade_with_an_exercise_that_does_not_run(self, installed_pack: Path, grade: Grade, tmp_path: Path) -> None:
        """It may need another release of torch. The others are graded; alone, or in CI, there is no grade."""
        folder = installed_pack / "exercises" / "squares"
        source = (folder / "forward.py").read_text()
        (folder / "forward.py").write_text(source.replace("y = x * x", "y = torch.not_there(x)"))
        grade("init", ".", "--track", "lecture")
        shutil.copytree(folder, tmp_path / "exercises" / "squares")
        why = f"{tmp_path / 'exercises' / 'squares' / 'forward.py'} does not run: AttributeError: module 'torch' has no"
        graded = grade("--quiet")
        assert graded.exit_code == 1
        assert graded.stderr.startswith(f"left out: {why}")
        assert "in 5 exercises" in graded.stdout
        alone = grade("squares")
        assert (alone.exit_code, alone.stdout) == (3, "")
        assert alone.stderr.startswith(f"Error: {why}")
        assert alone.stderr.endswith("\nNo grade was written.\n")
        in_ci = grade("--ci")
        assert (in_ci.exit_code, in_ci.stdout) == (3, "")

    def test_nothing_but_broken_exercises_is_an_error(self, grade: Grade, tmp_path: Path) -> None:
        """There is nothing to grade."""
        folder = tmp_path / "exercises" / "squares"
        folder.mkdir(parents=True)
        (folder / "forward.py").write_text("(")
        (folder / "exercise.toml").write_text("")
        result = grade()
        assert result.exit_code == 3
        assert result.stderr.startswith(f"Error: {folder / 'exercise.toml'}")

    def test_its_name_says_why(self, broken_pack: str, grade: Grade) -> None:
        """Instead of the command that would add it to a workspace."""
        result = grade("broken")
        assert result.exit_code == 3
        assert result.stderr.startswith(f"Error: {broken_pack}")

    def test_completion(self, broken_pack: str) -> None:
        """Its name is completed, and none of its gradients."""
        complete = ShellComplete(main, {}, "grade", "_GRADE_COMPLETE")
        assert [item.value for item in complete.get_completions(["show"], "brok")] == ["broken"]
        assert complete.get_completions(["show"], "broken::") == []

    def test_verify_counts_it(self, broken_pack: str, grade: Grade) -> None:
        """And so it counts what keeps another one from being verified."""
        result = grade("verify", "squares", "broken", "--mutants", "0")
        assert result.exit_code == 1
        assert "✗ everything can be checked: 0 of 1\n" in result.stdout
        assert f"✗ {broken_pack}" in result.stdout
        assert result.stdout.splitlines()[-1].startswith("2 exercises, ")
