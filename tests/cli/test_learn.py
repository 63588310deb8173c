"""`grade hint`, `grade solution` and `grade reset`: which gradient is meant, and where that is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.cli.edge import Misuse
from grader.cli.learn import state_file, the_one
from grader.exercise.shelf import Shelf
from grader.learner.state import NAME, LearnerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Fill = Callable[..., Path]
    Grade = Callable[..., Result]

MINE = Path("exercises", "mlp", "backward.py")


DOUBLE = """\
import torch

def inputs(seed, n=6, d=5):
    return {'x': torch.randn((n, d), generator=torch.Generator().manual_seed(seed))}

def forward(x):
    out = 2 * x
    return locals()
"""
"""A layer."""


class TestStateFile:
    """state_file: where the current gradient is stored."""

    @pytest.mark.parametrize("target", [MINE, MINE.parent, Path()])
    def test_a_workspace_has_one_state_file(self, workspace: Path, target: Path) -> None:
        """Next to the exercises/ folder."""
        assert state_file(target) == Path(NAME)

    def test_elsewhere_it_is_next_to_the_target(self, grade: Grade, tmp_path: Path) -> None:
        """In the named folder, or in that of the named file."""
        (tmp_path / "lab").mkdir()
        (tmp_path / "lab" / "x.py").touch()
        assert state_file(Path("lab")) == state_file(Path("lab", "x.py")) == Path("lab", NAME)


class TestTheOne:
    """the_one: which gradient a command is about."""

    def test_a_target_names_it(self, workspace: Path) -> None:
        """By the gradient or by its variable."""
        target, exercise, gradient, state = the_one("mlp::probs", Shelf())
        assert (target.path, exercise.name, gradient) == (MINE.parent, "mlp", "dprobs")
        assert state.path == Path(NAME)

    def test_without_a_target_it_is_the_last_one_worked_on(self, workspace: Path) -> None:
        """In any exercise."""
        Path(NAME).write_text("mlp at dcounts\nrnn at dh1\nmlp at dprobs\n", encoding="utf-8")
        _, exercise, gradient, _ = the_one(None, Shelf())
        assert (exercise.name, gradient) == ("mlp", "dprobs")

    @pytest.mark.parametrize(
        ("word", "sentence"),
        [
            (None, "which gradient? Name one, as in mlp::dcounts; `grade watch` and `grade hint` remember it"),
            ("mlp", "mlp is not a single gradient; name one, as in mlp::dcounts"),
            ("lab/x.py", "lab/x.py is not a single gradient; name one, as in mlp::dcounts"),
        ],
    )
    def test_anything_but_a_single_gradient_is_refused(self, workspace: Path, word: str | None, sentence: str) -> None:
        """Nothing stored, a whole exercise, a file of no exercise."""
        Path("lab").mkdir()
        Path("lab", "x.py").touch()
        with pytest.raises(Misuse) as raised:
            the_one(word, Shelf())
        assert str(raised.value) == sentence


class TestHint:
    """`grade hint`."""

    def test_every_open_hint_is_shown(self, grade: Grade, workspace: Path) -> None:
        """Numbered, with the total."""
        grade("hint", "mlp::dcounts")
        lines = grade("hint", "mlp::dcounts").stdout.splitlines()
        assert [line.partition(":")[0] for line in lines] == ["hint 1 of 3", "hint 2 of 3"]

    def test_spoil_opens_no_hint(self, grade: Grade, workspace: Path) -> None:
        """It shows them all with the worked solution, and the next hint is still the first."""
        spoiled = grade("hint", "mlp::dcounts", "--spoil").stdout
        assert spoiled.count("hint ") == 3
        assert "    def dcounts(" in spoiled
        assert LearnerState.read(Path(NAME)).hints == {}
        assert grade("hint").stdout.count("hint ") == 1

    def test_after_the_last_hint_a_correct_gradient_gets_the_solution(self, grade: Grade, fill: Fill) -> None:
        """It is graded at that moment."""
        fill("dprobs")
        for _ in range(3):
            grade("hint", "mlp::dprobs")
        result = grade("hint")
        assert result.exit_code == 0
        assert "dprobs is correct. The worked solution:\n    def dprobs(dlogprobs, probs):" in result.stdout

    def test_hints_are_stored_next_to_a_file_elsewhere(self, grade: Grade, tmp_path: Path) -> None:
        """Not in the current folder."""
        (tmp_path / "lab").mkdir()
        (tmp_path / "lab" / "x.py").write_text("def dh(): pass\n", encoding="utf-8")
        assert grade("hint", "lab/x.py::dh", "--exercise", "mlp").exit_code == 0
        assert LearnerState.read(tmp_path / "lab" / NAME).hints == {("mlp", "dh"): 1}
        assert not (tmp_path / NAME).exists()


class TestSolution:
    """`grade solution`."""

    def test_spoil_grades_nothing(self, grade: Grade, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The solution is shown, solved or not."""

        def fail(*_: object) -> None:
            raise AssertionError("nothing is to be graded")

        monkeypatch.setattr("grader.cli.learn.graded_now", fail)
        result = grade("solution", "mlp::dprobs", "--spoil")
        assert result.exit_code == 0, result.output
        assert "worked solution\n    def dprobs(dlogprobs, probs):" in result.stdout

    def test_a_wrong_gradient_gets_one_line(self, grade: Grade, fill: Fill) -> None:
        """With two ways to continue."""
        fill(body="def dprobs(dlogprobs):\n    return dlogprobs\n")
        result = grade("solution", "mlp::dprobs")
        assert result.exit_code == 1
        assert result.stdout.startswith("dprobs is not correct yet (")
        assert result.stdout.endswith("); try `grade hint`, or --spoil to see it anyway\n")
        assert result.stdout.count("\n") == 1


class TestReset:
    """`grade reset`."""

    def test_it_shows_what_it_removes_and_closes_the_hints(self, grade: Grade, workspace: Path) -> None:
        """The removed text can be copied back from the screen."""
        stub = MINE.read_text(encoding="utf-8")
        grade("hint", "mlp::dh")
        start = stub.index("def dh(")
        mine = stub[:start] + stub[start:].replace("raise NotImplementedError", "return dlogits @ W2.T", 1)
        MINE.write_text(mine, encoding="utf-8")
        result = grade("reset", "mlp::dh")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(f"dh is a stub again in {MINE}; removed:\n    def dh(")
        assert "\n        return dlogits @ W2.T\n" in result.stdout
        assert MINE.read_text(encoding="utf-8") == stub
        assert LearnerState.read(Path(NAME)).hints == {}

    def test_a_static_method_is_restored_in_its_class(self, grade: Grade, tmp_path: Path) -> None:
        """With its decorator; the other method stays. A method that is gone cannot be put back."""
        (tmp_path / "double.py").write_text(DOUBLE, encoding="utf-8")
        assert grade("new", "double.py", "--form", "static", "--exercises", "of/exercises").exit_code == 0
        stub, mine = (tmp_path / "of/exercises/double/backward.py").read_text(encoding="utf-8"), Path("backward.py")
        words = ("backward.py::dx", "--exercises", "of/exercises", "--exercise", "double")
        mine.write_text(stub.replace("raise NotImplementedError", "return 2 * x, None"), encoding="utf-8")
        begun = stub.replace("raise NotImplementedError", "return 2 * x, None", 1)
        result = grade("reset", *words)
        assert result.stdout.startswith("dx is a stub again in backward.py; removed:\n        @staticmethod\n")
        assert mine.read_text(encoding="utf-8") == begun
        assert grade("reset", *words).stdout == "dx is already a stub in backward.py\n"
        mine.write_text(begun.replace("def backward", "def back"), encoding="utf-8")
        assert "backward.py has no Double.backward, and a method cannot be put back" in grade("reset", *words).stderr

    def test_there_is_no_default_gradient(self, grade: Grade, workspace: Path) -> None:
        """Unlike a hint, a reset removes something."""
        grade("hint", "mlp::dh")
        result = grade("reset")
        assert (result.exit_code, result.stderr) == (4, "Error: which gradient? Name one, as in mlp::dcounts\n")
