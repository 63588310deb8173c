"""`grade hint`, `grade solution` and `grade reset`: which gradient is meant, and where it is remembered."""

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


class TestStateFile:
    """Where it is remembered who works on what."""

    @pytest.mark.parametrize("target", [MINE, MINE.parent, Path()])
    def test_a_workspace_has_one(self, workspace: Path, target: Path) -> None:
        """Beside the folder exercises/."""
        assert state_file(target) == Path(NAME)

    def test_elsewhere_it_is_beside_the_work(self, grade: Grade, tmp_path: Path) -> None:
        """In the folder that is named, or in the file's."""
        (tmp_path / "lab").mkdir()
        (tmp_path / "lab" / "x.py").touch()
        assert state_file(Path("lab")) == state_file(Path("lab", "x.py")) == Path("lab", NAME)


class TestTheOne:
    """Which gradient a command is about."""

    def test_a_word_names_it(self, workspace: Path) -> None:
        """By the gradient, or by its variable."""
        target, exercise, gradient, state = the_one("mlp::probs", Shelf())
        assert (target.path, exercise.name, gradient) == (MINE.parent, "mlp", "dprobs")
        assert state.path == Path(NAME)

    def test_without_a_word_it_is_the_one_worked_on_last(self, workspace: Path) -> None:
        """In whatever exercise."""
        Path(NAME).write_text("mlp at dcounts\nrnn at dh1\nmlp at dprobs\n", encoding="utf-8")
        _, exercise, gradient, _ = the_one(None, Shelf())
        assert (exercise.name, gradient) == ("mlp", "dprobs")

    @pytest.mark.parametrize(
        ("word", "sentence"),
        [
            (None, "which gradient? Name it, as in mlp::dcounts; `grade watch` remembers where you are"),
            ("mlp", "mlp is not one gradient; name one, as in mlp::dcounts"),
            ("lab/x.py", "lab/x.py is not one gradient; name one, as in mlp::dcounts"),
        ],
    )
    def test_what_is_not_one_is_a_sentence(self, workspace: Path, word: str | None, sentence: str) -> None:
        """Nothing remembered, a whole exercise, a file of no exercise."""
        Path("lab").mkdir()
        Path("lab", "x.py").touch()
        with pytest.raises(Misuse) as raised:
            the_one(word, Shelf())
        assert str(raised.value) == sentence


class TestHint:
    """`grade hint`."""

    def test_every_hint_that_is_open_is_shown(self, grade: Grade, workspace: Path) -> None:
        """Numbered, and how many there are."""
        grade("hint", "mlp::dcounts")
        lines = grade("hint", "mlp::dcounts").stdout.splitlines()
        assert [line.partition(":")[0] for line in lines] == ["hint 1 of 3", "hint 2 of 3"]

    def test_to_spoil_opens_none(self, grade: Grade, workspace: Path) -> None:
        """All are shown with the worked line, and the next hint is the first."""
        spoilt = grade("hint", "mlp::dcounts", "--spoil").stdout
        assert spoilt.count("hint ") == 3
        assert "    def dcounts(" in spoilt
        assert LearnerState.read(Path(NAME)).hints == {}
        assert grade("hint").stdout.count("hint ") == 1

    def test_beyond_the_last_hint_the_worked_line_is_shown_to_whom_it_is_right(self, grade: Grade, fill: Fill) -> None:
        """Graded at this moment."""
        fill("dprobs")
        for _ in range(3):
            grade("hint", "mlp::dprobs")
        result = grade("hint")
        assert result.exit_code == 0
        assert "dprobs is right. The worked line:\n    def dprobs(dlogprobs, probs):" in result.stdout

    def test_it_is_remembered_beside_work_that_is_elsewhere(self, grade: Grade, tmp_path: Path) -> None:
        """And not in the folder where the command was typed."""
        (tmp_path / "lab").mkdir()
        (tmp_path / "lab" / "x.py").write_text("def dh(): pass\n", encoding="utf-8")
        assert grade("hint", "lab/x.py::dh", "--exercise", "mlp").exit_code == 0
        assert LearnerState.read(tmp_path / "lab" / NAME).hints == {("mlp", "dh"): 1}
        assert not (tmp_path / NAME).exists()


class TestSolution:
    """`grade solution`."""

    def test_to_spoil_grades_nothing(self, grade: Grade, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is shown, right or not."""

        def fail(*_: object) -> None:
            raise AssertionError("nothing is to be graded")

        monkeypatch.setattr("grader.cli.learn.graded_now", fail)
        result = grade("solution", "mlp::dprobs", "--spoil")
        assert result.exit_code == 0, result.output
        assert "worked solution\n    def dprobs(dlogprobs, probs):" in result.stdout

    def test_what_is_wrong_is_said_in_one_line(self, grade: Grade, fill: Fill) -> None:
        """With the two ways on."""
        fill(body="def dprobs(dlogprobs):\n    return dlogprobs\n")
        result = grade("solution", "mlp::dprobs")
        assert result.exit_code == 1
        assert result.stdout.startswith("dprobs is not right yet (")
        assert result.stdout.endswith("); `grade hint` helps, --spoil shows it all the same\n")
        assert result.stdout.count("\n") == 1


class TestReset:
    """`grade reset`."""

    def test_it_shows_what_it_takes_out_and_closes_the_hints(self, grade: Grade, workspace: Path) -> None:
        """Somebody starts over; the way back is on the screen."""
        stub = MINE.read_text(encoding="utf-8")
        grade("hint", "mlp::dh")
        start = stub.index("def dh(")
        mine = stub[:start] + stub[start:].replace("raise NotImplementedError", "return dlogits @ W2.T", 1)
        MINE.write_text(mine, encoding="utf-8")
        result = grade("reset", "mlp::dh")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(f"dh is a stub again in {MINE}; taken out:\n    def dh(")
        assert "\n        return dlogits @ W2.T\n" in result.stdout
        assert MINE.read_text(encoding="utf-8") == stub
        assert LearnerState.read(Path(NAME)).hints == {}

    def test_the_last_one_worked_on_is_not_taken_for_granted(self, grade: Grade, workspace: Path) -> None:
        """Unlike a hint, it takes something away."""
        grade("hint", "mlp::dh")
        result = grade("reset")
        assert (result.exit_code, result.stderr) == (4, "Error: which gradient? Name it, as in mlp::dcounts\n")
