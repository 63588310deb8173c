"""The last known score of each exercise: what is kept, what is compared, and that no grade depends on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.learner.last_scores import MOST_WORKS, NAME, LastScores, last_run, scores_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

GRADIENTS = ("da", "db", "dc")
MINE = Path("exercises", "micrograd", "backward.py")
STUB = "    # TODO: write derr\n    raise NotImplementedError"


def entry(right: dict[str, bool], source: str | Path = "work", problem: str | None = None) -> dict[str, Any]:
    """One submission as a report has it."""
    rows = [{"name": name, "correct": correct} for name, correct in right.items()]
    return {"exercise": "abc", "source": str(source), "problem": problem, "gradients": rows}


def verdicts(marks: str, gradients: tuple[str, ...] = GRADIENTS) -> dict[str, bool]:
    """`+-+`: the first and the last are right."""
    return {name: mark == "+" for name, mark in zip(gradients, marks, strict=True)}


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LastScores:
    """Nothing is known yet."""
    monkeypatch.chdir(tmp_path)
    return LastScores(tmp_path / NAME)


class TestBefore:
    """What "since the last run" compares."""

    def test_a_look_at_one_gradient_changes_nothing_for_the_next_whole_run(self, scores: LastScores) -> None:
        """0, a look at the first, then 3: that is +3."""
        scores.take(entry(verdicts("---")), GRADIENTS)
        scores.take(entry({"da": False}), GRADIENTS)
        assert scores.before(entry(verdicts("+++"))) == 0

    def test_gradients_solved_one_by_one_are_progress_of_the_next_whole_run(self, scores: LastScores) -> None:
        """The last whole run said 1 of 3, this one says 3 of 3."""
        scores.take(entry(verdicts("+--")), GRADIENTS)
        for name in ("db", "dc"):
            scores.take(entry({name: True}), GRADIENTS)
        assert scores.before(entry(verdicts("+++"))) == 1

    def test_one_gradient_is_compared_with_the_last_look_at_it(self, scores: LastScores) -> None:
        """Solved once, it is not progress again and again."""
        scores.take(entry(verdicts("---")), GRADIENTS)
        assert scores.before(entry({"da": True})) == 0
        scores.take(entry({"da": True}), GRADIENTS)
        assert scores.before(entry({"da": True})) == 1

    def test_what_was_never_graded_counts_as_it_does_now(self, scores: LastScores) -> None:
        """It may have been right all along."""
        scores.take(entry({"da": False}), GRADIENTS)
        assert scores.before(entry(verdicts("++-"))) == 1
        assert scores.before(entry({"db": True})) is None

    def test_a_file_that_cannot_be_read_says_nothing(self, scores: LastScores) -> None:
        """A missing bracket is not the loss of all gradients."""
        scores.take(entry(verdicts("++-")), GRADIENTS)
        broken = entry(verdicts("---"), problem="invalid syntax")
        assert scores.before(broken) is None
        scores.take(broken, GRADIENTS)
        assert scores.progress == {"abc": (2, 3)}

    def test_somebody_elses_work_is_another_work(self, scores: LastScores) -> None:
        """The same exercise in another folder; a folder and the backward.py in it are one."""
        scores.take(entry(verdicts("+--"), "mine"), GRADIENTS)
        assert scores.before(entry(verdicts("+++"), "theirs")) is None
        assert scores.before(entry(verdicts("+++"), "mine/backward.py")) == 1


class TestProgress:
    """What is known of each exercise."""

    def test_the_last_verdict_on_each_gradient_counts(self, scores: LastScores) -> None:
        """Whichever run it is from."""
        scores.take(entry(verdicts("+--")), GRADIENTS)
        scores.take(entry({"db": True}), GRADIENTS)
        assert scores.progress == {"abc": (2, 3)}

    def test_gradients_that_the_exercise_no_longer_has_are_forgotten(self, scores: LastScores) -> None:
        """Otherwise more would be known than there is."""
        scores.take(entry(verdicts("+--")), GRADIENTS)
        scores.take(entry(verdicts("++", ("da", "dx"))), ("da", "dx"))
        assert scores.progress == {"abc": (2, 2)}

    def test_in_a_workspace_only_the_learners_own_work_counts(self, scores: LastScores) -> None:
        """The solution graded in the same folder is not progress."""
        Path("exercises", "abc").mkdir(parents=True)
        scores.take(entry(verdicts("+++"), "solutions/abc"), GRADIENTS)
        assert scores.progress == {}
        scores.take(entry(verdicts("+--"), "exercises/abc"), GRADIENTS)
        scores.take(entry(verdicts("+++"), "solutions/abc"), GRADIENTS)
        assert scores.progress == {"abc": (1, 3)}


class TestFile:
    """A convenience that no grade depends on."""

    def test_what_is_written_is_read_back_also_where_the_folder_was_moved(self, scores: LastScores) -> None:
        """A workspace that is renamed keeps its progress."""
        scores.take(entry(verdicts("+--"), "exercises/abc"), GRADIENTS)
        scores.take(entry({"db": True}, "exercises/abc"), GRADIENTS)
        scores.take(entry(verdicts("+++"), "/elsewhere/abc.py"), GRADIENTS)
        assert scores.write()
        assert LastScores.read(scores.file) == scores
        home = Path("moved")
        home.mkdir()
        moved = LastScores.read(Path(NAME).rename(home / NAME).absolute())
        assert {source for _, source in moved.works} == {
            home.absolute() / "exercises" / "abc",
            Path("/elsewhere/abc.py").absolute(),
        }

    @pytest.mark.parametrize(
        "content",
        ["", "[]", "{", '{"works": 3}', '{"works": [{}]}', '{"works": [{"exercise": 1, "source": 2}]}', "[" * 100_000,
         '{"works": [{"exercise": "abc", "source": "abc", "right": 3, "whole": {}}]}', "\xff"],
    )  # fmt: skip
    def test_a_damaged_file_is_no_progress_and_is_replaced(self, scores: LastScores, content: str) -> None:
        """Cut short, edited by hand, or some other program's."""
        assert scores.file is not None
        scores.file.write_text(content, encoding="latin-1")
        known = LastScores.read(scores.file)
        assert known.works == {}
        known.take(entry(verdicts("+--")), GRADIENTS)
        assert known.write()
        assert LastScores.read(scores.file).progress == {"abc": (1, 3)}

    def test_a_file_that_cannot_be_written_is_not_an_error(self, scores: LastScores, tmp_path: Path) -> None:
        """A folder of that name, a folder that is gone, nowhere."""
        (tmp_path / NAME).mkdir()
        for file in (tmp_path / NAME, tmp_path / "gone" / NAME, None):
            known = LastScores.read(file)
            known.take(entry(verdicts("+--")), GRADIENTS)
            assert not known.write()

    def test_a_link_is_replaced_and_not_followed(self, scores: LastScores, tmp_path: Path) -> None:
        """Whoever grades in a student's folder overwrites nothing elsewhere."""
        other = tmp_path / "other"
        other.write_text("mine")
        (tmp_path / NAME).symlink_to(other)
        scores.take(entry(verdicts("+--")), GRADIENTS)
        assert scores.write()
        assert other.read_text() == "mine"
        assert not (tmp_path / NAME).is_symlink()

    def test_only_the_works_graded_last_are_kept(self, scores: LastScores) -> None:
        """Whoever grades a class one by one does not collect it here."""
        for number in range(MOST_WORKS + 5):
            scores.take(entry(verdicts("+--"), f"work{number}"), GRADIENTS)
        scores.take(entry(verdicts("++-"), "work6"), GRADIENTS)
        scores.write()
        names = [source.name for _, source in LastScores.read(scores.file).works]
        assert len(names) == MOST_WORKS
        assert names[-2:] == [f"work{MOST_WORKS + 4}", "work6"]

    def test_it_is_in_the_workspace_also_from_an_exercises_folder(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And nowhere else."""
        assert scores_file() == workspace / NAME
        monkeypatch.chdir(workspace / "exercises" / "mlp")
        assert scores_file() == workspace / NAME
        monkeypatch.chdir(workspace / "exercises")
        assert scores_file() is None


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"grader": {"submissions": [{}]}}', "[" * 100_000])
def test_an_unreadable_report_is_no_progress(tmp_path: Path, text: str | None) -> None:
    """And not an error."""
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text)
    assert last_run(file) == []


class TestCommands:
    """`grade` and `grade list` in a workspace."""

    def listed(self, grade: Grade, name: str) -> str:
        """The line of an exercise in `grade list`."""
        return next(line for line in grade("list").stdout.splitlines() if line.startswith(f"{name} "))

    def test_list_keeps_the_score_of_an_exercise_that_the_last_run_did_not_grade(
        self, grade: Grade, workspace: Path
    ) -> None:
        """Also after its file was changed: it is the last known one."""
        MINE.write_text(MINE.read_text().replace(STUB, "    return 2 * err"))
        grade("micrograd")
        grade("rope")
        assert "1 of 12" in self.listed(grade, "micrograd")
        MINE.write_text("def derr(:\n")
        assert "0 of 6" in self.listed(grade, "rope")
        assert "1 of 12" in self.listed(grade, "micrograd")

    def test_three_solved_are_three_more_whatever_was_looked_at(self, grade: Grade, workspace: Path) -> None:
        """One gradient alone is not the last run of the exercise."""
        grade("micrograd")
        grade("micrograd::err")
        MINE.write_text(MINE.read_text().replace(STUB, "    return 2 * err"))
        assert "1 of 1 correct, 1 exact, 1 approximate (+1 since the last run)" in grade("micrograd::err").stdout
        assert "1 of 12 correct, 1 exact, 1 approximate (+1 since the last run)" in grade("micrograd").stdout
        assert "since the last run" not in grade("micrograd").stdout

    def test_nothing_is_remembered_in_ci(self, grade: Grade, workspace: Path) -> None:
        """There the folder is the student's repository."""
        planted = {"exercise": "micrograd", "source": "exercises/micrograd", "right": {"derr": True}, "whole": {}}
        Path(NAME).write_text(json.dumps({"works": [planted]}))
        assert "since the last run" not in grade("micrograd", "--ci").stdout
        assert json.loads(Path(NAME).read_text()) == {"works": [planted]}

    def test_outside_a_workspace_nothing_is_left_behind(self, grade: Grade, tmp_path: Path) -> None:
        """But the report."""
        (tmp_path / "micrograd").mkdir()
        (tmp_path / "micrograd" / "backward.py").write_text("")
        grade("micrograd/backward.py", "-q")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["micrograd", "report.json"]

    def test_a_folder_where_it_cannot_be_written_does_not_matter(self, grade: Grade, workspace: Path) -> None:
        """The grade is the same, and the report is written."""
        Path(NAME).mkdir()
        result = grade("micrograd")
        assert (result.exit_code, result.stderr) == (1, "")
        assert "micrograd: 0 of 12 correct" in result.stdout

    def test_a_workspaces_gitignore_has_the_file(self, workspace: Path) -> None:
        """It is this machine's."""
        assert NAME in (workspace / ".gitignore").read_text().splitlines()
