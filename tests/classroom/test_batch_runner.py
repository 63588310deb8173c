"""The batch: one row for each submission, each graded at most once."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from classroom import GRADIENTS, POSSIBLE, PretendWorkers, Silent, hand_in, order

from grader.classroom.batch.documents import unloaded_head
from grader.classroom.batch.grades import read_rows
from grader.classroom.batch.runner import Batch
from grader.classroom.batch.store import Store
from grader.classroom.intake.folder import read_folder
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Criterion
from grader.sandbox.grader_process import ProcessDied
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.classroom.intake.handed_in import HandedIn


class Desk:
    """An instructor's files: a class's folder and the results."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder / "class", folder / "out"
        self.show = Silent()

    def hand_in(self, **points: int | str) -> None:
        """Hand in submissions, each written to earn the given points."""
        hand_in(self.folder, {f"{name}/backward.py": f"{value} {name}" for name, value in points.items()})

    def grade(
        self,
        workers: PretendWorkers | None = None,
        *,
        again: bool = False,
        selected: Callable[[HandedIn], bool] = lambda _: True,
        **settings: object,
    ) -> Batch:
        """Grade the class."""
        self.show = Silent()
        self.workers = workers or PretendWorkers()
        with Store(self.out) as store:
            found = read_folder(self.folder).handed_in
            batch = Batch(order(**settings), POSSIBLE, GRADIENTS, found, store, self.show)
            batch.run(lambda: self.workers, again=again, selected=selected)
        return batch

    def rows(self) -> dict[str, tuple[str, str]]:
        """Status and points by submission, from grades.csv."""
        return {row["submission"]: (row["status"], row["points"]) for row in read_rows(self.out / "grades.csv")}

    def entry(self, name: str, folder: str = "") -> dict[str, object]:
        """A submission's entry in its report."""
        (found,) = json.loads((self.out / folder / f"{name}.json").read_bytes())["grader"]["submissions"]
        return dict(found)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestRows:
    """Every submission has a row."""

    def test_every_submission_has_one(self, desk: Desk) -> None:
        """Whether it is code, empty, or an essay."""
        desk.hand_in(alice=3, bob=1)
        hand_in(desk.folder, {"carol": None, "dora/essay.pdf": "x"})
        desk.grade()
        assert desk.rows() == {
            "alice": ("graded", "3"),
            "bob": ("graded", "1"),
            "carol": ("missing", "0"),
            "dora": ("unreadable", "0"),
        }

    def test_each_has_both_reports(self, desk: Desk) -> None:
        """Even if it was not graded."""
        desk.hand_in(alice=3)
        hand_in(desk.folder, {"carol": None})
        desk.grade()
        for name in ("alice", "carol"):
            assert desk.entry(name)["name"] == desk.entry(name, "students")["name"] == name

    def test_the_students_report_does_not_show_the_instructors_folders(self, desk: Desk) -> None:
        """Only the submission's own folder name."""
        desk.hand_in(alice=3)
        desk.grade()
        assert desk.entry("alice", "students")["source"] == "alice"
        assert str(desk.folder) not in (desk.out / "students" / "alice.json").read_text()

    def test_rows_are_in_the_order_of_the_class(self, desk: Desk) -> None:
        """Whichever was finished first."""
        desk.hand_in(**{f"s{n}": 1 for n in (10, 2, 1)})
        desk.grade()
        assert list(desk.rows()) == ["s1", "s2", "s10"]

    @pytest.mark.parametrize(("criterion", "said"), [(Criterion.EXACT, ["note: other bits"]), (Criterion.CORRECT, [])])
    def test_what_exact_means_here_is_said_before_a_class_is_graded_by_it(
        self, desk: Desk, criterion: Criterion, said: list[str]
    ) -> None:
        """Afterwards every report has been written."""
        workers = PretendWorkers()
        workers.hello = lambda: unloaded_head(order()) | {"notes": ["other bits"]}  # type: ignore[method-assign]
        desk.hand_in(alice=3)
        desk.grade(workers, criterion=criterion)
        assert desk.show.said == said


class TestResuming:
    """Nothing is graded twice."""

    def test_finished_submissions_are_not_regraded(self, desk: Desk) -> None:
        """No worker is started for them."""
        desk.hand_in(alice=3, bob=1)
        desk.grade()
        desk.grade()
        assert (desk.workers.names, desk.show.known) == ([], ["alice", "bob"])

    def test_only_new_and_changed_submissions_are_graded(self, desk: Desk) -> None:
        """By content, not by date."""
        desk.hand_in(alice=3, bob=1)
        desk.grade()
        desk.hand_in(alice=3, bob=2, carol=1)
        desk.grade()
        assert sorted(desk.workers.names) == ["bob", "carol"]

    def test_other_settings_cause_a_regrade(self, desk: Desk) -> None:
        """The key covers everything that a grade depends on."""
        desk.hand_in(alice=3)
        desk.grade()
        desk.grade(criterion="exact")
        assert desk.workers.names == ["alice"]

    def test_a_stopped_batch_resumes(self, desk: Desk) -> None:
        """Submissions that were in progress are graded again."""
        desk.hand_in(**{f"s{n}": n % 4 for n in range(9)})
        stop = PretendWorkers(dies={"s5": 1}, error=KeyboardInterrupt)  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            desk.grade(stop)
        done = [name for name, (status, _) in desk.rows().items() if status == "graded"]
        assert 0 < len(done) < 9
        assert len(desk.rows()) == 9
        desk.grade()
        assert set(desk.workers.names) == {f"s{n}" for n in range(9)} - set(done)
        assert desk.rows() == {f"s{n}": ("graded", str(n % 4)) for n in range(9)}

    def test_a_deleted_report_is_written_again(self, desk: Desk) -> None:
        """Deleting a report requests a regrade."""
        desk.hand_in(alice=3, bob=1)
        desk.grade()
        (desk.out / "alice.json").unlink()
        desk.grade()
        assert desk.workers.names == ["alice"]


class TestTheSameCode:
    """Identical files are graded once."""

    def test_it_is_graded_once(self, desk: Desk) -> None:
        """Whatever the file's name, if there is only one."""
        hand_in(
            desk.folder, {"alice/backward.py": "2 x", "bob/backward.py": "2 x", "carol.py": "2 x", "dora.py": "1 x"}
        )
        batch = desk.grade()
        assert len(desk.workers.names) == 2
        assert batch.duplicates == 2
        assert set(desk.rows().values()) == {("graded", "2"), ("graded", "1")}

    def test_everybody_has_their_own_report(self, desk: Desk) -> None:
        """With their own name and source."""
        hand_in(desk.folder, {"alice/backward.py": "2 x", "carol.py": "2 x"})
        desk.grade()
        assert desk.entry("carol")["name"] == "carol"
        assert str(desk.entry("carol")["source"]).endswith("carol.py")

    def test_a_note_about_lateness_is_not_copied(self, desk: Desk) -> None:
        """It is about the submission, not the code."""
        hand_in(desk.folder, {"a_LATE_1_2_backward.py": "2 x", "b_3_4_backward.py": "2 x"})
        desk.grade()
        assert (desk.entry("a_1")["notes"], desk.entry("b_3")["notes"]) == (["handed in late"], [])

    def test_a_result_of_an_earlier_run_is_reused(self, desk: Desk) -> None:
        """A duplicate needs no worker."""
        desk.hand_in(alice="2")
        desk.grade()
        hand_in(desk.folder, {"bob/backward.py": "2 alice"})
        desk.grade()
        assert (desk.workers.names, desk.rows()["bob"]) == ([], ("graded", "2"))


class TestAgain:
    """Regrading, which keeps the previous score beside the new one."""

    def test_force_regrades_everything(self, desk: Desk) -> None:
        """The previous score is kept beside the new one."""
        desk.hand_in(alice=3, bob=1)
        desk.grade()
        desk.grade(again=True)
        assert sorted(desk.workers.names) == ["alice", "bob"]
        assert desk.entry("bob")["previous_score"]["points"] == 1  # type: ignore[index]

    def test_changed_grades_are_listed(self, desk: Desk) -> None:
        """And no others."""
        desk.hand_in(alice=3, bob=1)
        desk.grade()
        desk.hand_in(alice=3, bob=2)
        batch = desk.grade(again=True)
        assert [(c.after.name, c.before.points, c.after.points) for c in batch.changes] == [("bob", 1, 2)]

    def test_only_the_selected_are_graded_and_the_others_keep_their_rows(self, desk: Desk) -> None:
        """Others that were never graded stay waiting."""
        desk.hand_in(alice=3)
        desk.grade()
        desk.hand_in(bob=1, carol=2)
        desk.grade(selected=lambda each: each.name == "bob")
        assert desk.rows() == {"alice": ("graded", "3"), "bob": ("graded", "1"), "carol": ("waiting", "")}


class TestTrouble:
    """Errors that the submission did not cause."""

    def test_a_worker_that_dies_costs_only_time(self, desk: Desk) -> None:
        """Its submission is retried."""
        desk.hand_in(alice=3, bob=1)
        desk.grade(PretendWorkers(dies={"alice": 1}, error=ProcessDied))
        assert desk.rows()["alice"] == ("graded", "3")
        assert desk.show.retried == ["alice: alice took its worker along"]

    def test_a_submission_that_kills_every_worker_gets_a_row(self, desk: Desk) -> None:
        """A row without a grade, not a zero: the cause is unknown."""
        desk.hand_in(alice=3, bob=1)
        desk.grade(PretendWorkers(dies={"alice": 9}, error=ProcessDied))
        assert desk.rows() == {"alice": ("failed", ""), "bob": ("graded", "1")}
        assert desk.workers.names.count("alice") == 2

    def test_a_failed_submission_is_retried_in_the_next_run(self, desk: Desk) -> None:
        """A failure is not a result."""
        desk.hand_in(alice=3)
        desk.grade(PretendWorkers(dies={"alice": 9}))
        desk.grade()
        assert desk.rows() == {"alice": ("graded", "3")}

    def test_a_task_without_an_answer_is_submitted_again(self, desk: Desk) -> None:
        """A cluster can lose a result together with its worker."""

        class Forgetful(PretendWorkers):
            patience = 0.05
            forgotten = 0

            def submit(self, task: bytes, *, alone: bool = False) -> Future[bytes]:
                self.forgotten += 1
                return Future() if self.forgotten == 1 else super().submit(task)

        desk.hand_in(alice=3)
        desk.grade(Forgetful())
        assert desk.rows() == {"alice": ("graded", "3")}
        assert desk.show.retried == ["alice: no answer in time"]

    def test_duplicates_of_a_failed_submission_fail_too(self, desk: Desk) -> None:
        """Each gets its own row."""
        hand_in(desk.folder, {"alice.py": "2 x", "bob.py": "2 x"})
        desk.grade(PretendWorkers(dies={"alice": 9}))
        assert desk.rows() == {"alice": ("failed", ""), "bob": ("failed", "")}

    def test_many_failures_in_a_row_stop_the_batch(self, desk: Desk) -> None:
        """The grader is broken then, and no row blames a submission."""
        names = {f"s{n}": n % 3 for n in range(30)}
        desk.hand_in(**names)
        with pytest.raises(SandboxError, match="batch stopped: 10 submissions in a row could not be graded"):
            desk.grade(PretendWorkers(dies=dict.fromkeys(names, 9)))
        assert [status for status, _ in desk.rows().values()].count("waiting") > 15
        desk.grade()
        assert {status for status, _ in desk.rows().values()} == {"graded"}

    def test_a_broken_exercise_stops_everything(self, desk: Desk) -> None:
        """It would affect every submission."""
        desk.hand_in(alice=3)
        with pytest.raises(BrokenExercise):
            desk.grade(PretendWorkers(dies={"alice": 1}, error=BrokenExercise))
        assert desk.rows() == {"alice": ("waiting", "")}


def test_overrides_survive_a_regrade(desk: Desk) -> None:
    """Even if written by hand between two runs."""
    desk.hand_in(alice=1)
    desk.grade()
    table = desk.out / "grades.csv"
    table.write_text(table.read_text().replace(",,,1,", ",3,was ill,1,"))
    desk.grade(again=True)
    (row,) = read_rows(table)
    assert (row["override"], row["reason"], row["final"]) == ("3", "was ill", "3")


def test_a_row_that_was_deleted_since_the_last_batch_is_told(desk: Desk) -> None:
    """It is there again, but what was written in it is not."""
    desk.hand_in(ada=3, bob=2)
    assert desk.grade().ruling.told == ()
    path = desk.out / "grades.csv"
    path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:2]), "utf-8")
    desk.hand_in(cleo=1)
    said = ("grades.csv had no row any more for bob: added again, without what was written in it",)
    assert desk.grade().ruling.told == said
    assert desk.grade().ruling.told == ()


def test_an_override_whose_submission_has_another_owner_now_is_told(desk: Desk) -> None:
    """It may have been meant for the person and not for the work."""
    desk.hand_in(hw=3)
    another = (
        "the override for hw was written when it was Ada's; now it is Bob's: delete it unless it is meant for them"
    )
    for owner, said in (("Ada", ()), ("Ada", ()), ("Bob", (another,)), ("Bob", ())):
        found = [replace(each, who=replace(each.who, name=owner)) for each in read_folder(desk.folder).handed_in]
        with Store(desk.out) as store:
            batch = Batch(order(), POSSIBLE, GRADIENTS, found, store, Silent())
            batch.run(PretendWorkers)
        assert batch.ruling.told == said
        path = desk.out / "grades.csv"
        text = path.read_text("utf-8-sig")
        path.write_text(text.replace(",,,3,", ",2,,3,"), "utf-8")
