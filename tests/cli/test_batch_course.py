"""A class with a course: due dates, slip days and attempts, from `grade batch` to grade book and feedback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, ClassVar, Self

import pytest
from classroom import PretendWorkers, hand_in

from grader.classroom.batch.documents import encoded
from grader.report.document import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from click.testing import Result


COURSE = """\
name = "Deep Learning"
version = "2026.1"

[class]
timezone = "Europe/Berlin"
grace = "10m"
slip_days = 1

[due.mlp]
due = "2026-03-01 23:59"
until = "2026-03-08 23:59"
penalty = 0.5

[extensions.dan]
mlp = "3d"
"""
HANDED_IN = {
    "HW_ann_attempt_2026-03-01-20-00-00_backward.py": "3 ann",
    "HW_bob_attempt_2026-03-02-00-05-00_backward.py": "2 bob",
    "HW_cy_attempt_2026-03-03-12-00-00_backward.py": "3 cy",
    "HW_dan_attempt_2026-03-04-12-00-00_backward.py": "3 dan",
    "HW_eve_attempt_2026-03-01-10-00-00_backward.py": "1 eve",
    "HW_eve_attempt_2026-03-02-12-00-00_backward.py": "3 eve",
    "HW_fay_attempt_2026-03-20-12-00-00_backward.py": "3 fay",
}
"""Blackboard's names: in time, within the grace period, two days late, extended, twice, and far too late."""
CY = "cy_attempt_2026-03-03-12-00-00"
EVE = ("eve_attempt_2026-03-01-10-00-00", "eve_attempt_2026-03-02-12-00-00")


class _Workers(PretendWorkers):
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture
def dies() -> dict[str, int]:
    """Submissions whose worker dies, and how often."""
    return {}


@pytest.fixture
def batch(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, dies: dict[str, int], tmp_path: Path
) -> Callable[..., Result]:
    """Hand in files and grade them; their first word is the points."""
    monkeypatch.setattr("grader.cli.batch.on_this_machine", lambda _, jobs=None: _Workers(dies=dies))

    def run(*words: str, files: Mapping[str, str] = HANDED_IN, code: int = 0, course: str = COURSE) -> Result:
        hand_in(tmp_path / "class", files)
        if course:
            (tmp_path / "course.toml").write_text(course, "utf-8")
        result = grade("batch", "class", "--exercise", "mlp", *words)
        assert result.exit_code == code, result.output
        return result

    return run


def table(folder: Path, name: str = "grades") -> dict[str, dict[str, str]]:
    """The rows of grades.csv by login, with the attempt's number where somebody has several."""
    text = (folder / name / "grades.csv").read_bytes().decode("utf-8-sig")
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def of(rows: Mapping[str, dict[str, str]], login: str) -> dict[str, str]:
    """The only row of somebody."""
    (row,) = [row for row in rows.values() if row["student"] == login]
    return row


def decide(folder: Path, submission: str, override: str) -> None:
    """Write an override as an instructor does."""
    path = folder / "grades" / "grades.csv"
    rows = [*table(folder).values()]
    for row in rows:
        row["override"] = override if row["submission"] == submission else row["override"]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def exported(grade: Callable[..., Result], folder: Path, code: int = 0) -> tuple[dict[str, str], str]:
    """The grades in a grade book with all logins, and what was reported."""
    (folder / "book.csv").write_text("login,HW\nann,\nbob,\ncy,\ndan,\neve,\nfay,\n")
    words = ("report", "--class", "grades", "--to", "gradebook", "--roster", "book.csv", "--title", "HW")
    result = grade(*words, "-o", "filled.csv")
    assert result.exit_code == code, result.output
    if code == 1 and not (folder / "filled.csv").exists():
        return {}, result.stderr
    return dict(line.split(",") for line in (folder / "filled.csv").read_text().splitlines()[1:]), result.stderr


def pages(grade: Callable[..., Result], folder: Path, code: int = 0) -> dict[str, str]:
    """The students' pages as text, by name."""
    result = grade("report", "--class", "grades", "--feedback-pages", "feedback")
    assert result.exit_code == code, result.output
    return {
        path.stem: re.sub(r"<[^>]+>", " ", path.read_text("utf-8")) for path in (folder / "feedback").glob("*.html")
    }


class TestDueDates:
    """What lateness costs."""

    def test_a_row_says_how_late_it_is_and_what_that_costs(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Grace period, slip day, extension, last moment."""
        result = batch()
        rows = table(tmp_path)
        shown = {
            login: tuple(of(rows, login)[name] for name in ("late", "penalty", "slip", "counts", "final"))
            for login in ("ann", "bob", "cy", "dan", "fay")
        }
        assert shown == {
            "ann": ("", "", "", "yes", "3"),
            "bob": ("", "", "", "yes", "2"),
            "cy": ("2 days", "0.5", "1", "yes", "2.5"),
            "dan": ("", "", "", "yes", "3"),
            "fay": ("not accepted", "3", "", "yes", "0"),
        }
        assert of(rows, "ann")["at"] == "2026-03-01T20:00:00+01:00"
        assert of(rows, "fay")["why"] == "Not accepted: the last moment was 2026-03-08 23:59 CET."
        assert "2 late: 3.5 points off in all, 1 slip day, 1 not accepted" in result.stdout.splitlines()
        assert result.stderr.splitlines()[-1].startswith("7 of 7 submissions")

    def test_the_summary_has_one_grade_for_each_person(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Before penalties, of the attempts that count."""
        result = batch()
        assert "points out of 26: mean 2.5, median 3, range 1 to 3, of the 6 who handed in" in result.stdout
        assert "several attempts: 1 does not count, see column `why` in grades.csv" in result.stdout
        summary = json.loads((tmp_path / "grades" / "summary.json").read_bytes())
        assert summary["points"]["count"] == {"1": 1, "2": 1, "3": 4}
        assert summary["attempts"] == {"counting": 6, "not_counting": 1}
        assert summary["late"] == {"late": 2, "not_accepted": 1, "unknown": 0, "points_off": 3.5, "slip_days": 1}

    def test_a_changed_due_date_regrades_nothing(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """And all rows follow it."""
        batch()
        result = batch(course=COURSE.replace("2026-03-01 23:59", "2026-03-08 23:59"))
        assert "graded" not in result.stdout.replace("7 graded", "").replace("of 7 graded", "")
        assert of(table(tmp_path), "cy")["final"] == "3"

    def test_someone_named_who_is_nobody_is_reported(self, batch: Callable[..., Result]) -> None:
        """On stderr."""
        result = batch(course=COURSE.replace("[extensions.dan]", "[extensions.don]"))
        assert "course.toml: [extensions] don is nobody who handed in mlp" in result.stderr.splitlines()

    def test_slip_days_used_for_another_exercise_are_gone(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Those in the results named with --earlier."""
        batch("--out", "first")
        assert "first holds results of mlp itself" in batch("--earlier", "first", code=4).stderr
        summary = json.loads((tmp_path / "first" / "summary.json").read_bytes())
        (tmp_path / "first" / "summary.json").write_text(json.dumps({**summary, "exercise": "attention"}))
        batch("--earlier", "first")
        assert [of(table(tmp_path, name), "cy")["final"] for name in ("first", "grades")] == ["2.5", "2"]

    def test_a_mistake_in_the_course_is_reported_before_anything_is_graded(
        self, batch: Callable[..., Result], tmp_path: Path
    ) -> None:
        """With its line."""
        result = batch(course=COURSE.replace("Europe/Berlin", "Europe/Berlim"), code=3)
        assert "course.toml:5: there is no timezone 'Europe/Berlim'" in result.stderr
        assert not (tmp_path / "grades").exists()


class TestTheStudentsReport:
    """What a student reads on the feedback page is in students/NAME.json, too."""

    @staticmethod
    def sentences(folder: Path) -> dict[str, list[str]]:
        """By the submission's name; those without any are left out."""
        reports = (json.loads(path.read_bytes()) for path in (folder / "grades" / "students").glob("*.json"))
        entries = (entry for report in reports for entry in report["grader"]["submissions"])
        return {entry["name"]: entry["sentences"] for entry in entries if "sentences" in entry}

    def test_it_has_the_sentences_of_the_page(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Lateness, penalty and attempts, of the submissions that have a page; the instructor's report has none."""
        batch()
        told, shown = self.sentences(tmp_path), pages(grade, tmp_path)
        assert any("2 days late" in each for each in told[CY])
        assert "3 - 0.5 = 2.5 points." in told[CY]
        assert EVE[0] in told
        for name, page in shown.items():
            assert all(each in page for each in told.get(name, [])), name
        assert "sentences" not in (tmp_path / "grades" / f"{CY}.json").read_text("utf-8")

    def test_it_follows_the_rules_without_a_regrade(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Sentences that are no longer true are gone; the rest of the report stays byte for byte."""
        batch(course="")
        path = tmp_path / "grades" / "students" / f"{CY}.json"
        before = path.read_bytes()
        batch()
        late = path.read_bytes()
        batch(course=COURSE.replace("2026-03-01 23:59", "2026-03-08 23:59"))
        assert path.read_bytes() not in (before, late)
        (tmp_path / "course.toml").unlink()
        batch(course="")
        assert path.read_bytes() == before

    def test_an_override_is_told_as_on_the_page(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """With or without a due date."""
        for course in ("", COURSE):
            batch(course=course)
            decide(tmp_path, CY, "1.5")
            batch(course=course)
            assert "Your instructor set the points to 1.5. The grader gave 3 of 3." in self.sentences(tmp_path)[CY]

    def test_feedback_none_tells_no_points(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """The sentences would."""
        batch()
        for path in (tmp_path / "grades" / "students").glob("*.json"):
            report = json.loads(path.read_bytes())
            report["grader"]["submissions"] = [render(entry, "none") for entry in report["grader"]["submissions"]]
            path.write_bytes(encoded(report))
        batch()
        assert self.sentences(tmp_path) == {}


class TestTimes:
    """When something was handed in."""

    FILES: ClassVar = {"cy.py": "3 cy", "ann.py": "2 ann"}

    def test_without_times_nothing_is_taken_off_and_that_is_reported(
        self, batch: Callable[..., Result], tmp_path: Path
    ) -> None:
        """A file's modification time decides nothing."""
        result = batch(files=self.FILES)
        assert "the time of 2 submissions is not known, so no penalty was taken: ann, cy" in result.stderr
        assert {row["late"] for row in table(tmp_path).values()} == {"unknown"}
        assert table(tmp_path)["cy"]["final"] == "3"

    def test_the_platforms_own_verdict_is_not_shown_beside_the_courses(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Neither in the row nor on the student's page; without a due date it is a note."""
        files = {"roejane_LATE_4712_88123_backward.py": "3", "doejohn_4711_88124_backward.py": "3"}
        batch(files=files, course="")
        assert table(tmp_path)["roejane_4712"]["notes"] == "handed in late"
        (tmp_path / "times.csv").write_text("submission,time\nroejane_4712,2026-03-01 9:00\n")
        batch("--times", "times.csv", files=files)
        assert table(tmp_path)["roejane_4712"]["notes"] == ""
        page = pages(grade, tmp_path)["roejane_4712_88123_feedback"]
        assert ": in time." in page
        assert "handed in late" not in page

    def test_exports_repeat_that_times_are_not_known(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Whatever the format; not of a grade that the instructor set."""
        batch(files=self.FILES)
        decide(tmp_path, "ann", "2")
        assert "the time of 1 submission is not known, so no penalty was taken: cy." in batch(files=self.FILES).stderr
        told = (
            "the time of 1 submission is not known, so no penalty was taken: cy. Run `grade batch` again with --times"
        )
        assert told in exported(grade, tmp_path)[1]
        assert told in grade("report", "--class", "grades", "--to", "csv").stderr
        course = grade("course", "grades")
        assert (course.exit_code, f"grades: the exercise has a due date, but {told}" in course.stderr) == (0, True)

    def test_a_table_gives_the_times(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """By the submission's name; other rows are reported."""
        (tmp_path / "times.csv").write_text(
            "submission,time\ncy,2026-03-03 12:00\nann,2026-03-01 12:00\nzoe,2026-03-01 9:00\n"
        )
        result = batch("--times", "times.csv", files=self.FILES)
        assert table(tmp_path)["cy"]["final"] == "2.5"
        assert "times.csv: there is no submission zoe. Expected its name, its key" in result.stderr

    def test_moodles_worksheet_gives_the_times(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """The same file is the roster; Moodle's download itself has none, and that is said."""
        files = {
            "Jane Doe_657737_assignsubmission_file_/backward.py": "3",
            "Cy Poe_657738_assignsubmission_file_/backward.py": "3",
        }
        (tmp_path / "worksheet.csv").write_text(
            "ID,Vollständiger Name,Status,Bewertung,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)\n"
            'Teilnehmer/in657737,Jane Doe,Abgegeben,,"Dienstag, 3. März 2026, 23:58",-\n'
            'Teilnehmer/in657738,Cy Poe,Abgegeben,,"Sonntag, 1. März 2026, 23:58",-\n'
            "Teilnehmer/in657799,Ned No,Keine Abgabe,,-,-\n"
        )
        told = batch(files=files).stderr
        assert "Moodle's downloads have no times. Give the times with --times FILE: the grading worksheet, or" in told
        told = batch("--times", "worksheet.csv", "--roster", "worksheet.csv", files=files).stderr
        assert "worksheet.csv:" not in told
        rows = table(tmp_path)
        assert {name: rows[name]["final"] for name in rows if rows[name]["at"]} == {
            "Jane Doe_657737": "2.5", "Cy Poe_657738": "3",
        }  # fmt: skip

    def test_a_table_of_nobody_stops_the_batch(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """It belongs to another class, or names people by something else."""
        (tmp_path / "times.csv").write_text("submission,time\nzoe,2026-03-01 9:00\n")
        told = batch("--times", "times.csv", code=4).stderr
        assert "no row of times.csv belongs to a submission. times.csv: there is no submission zoe." in told
        assert not (tmp_path / "grades").exists()

    def test_a_table_comes_before_the_platform(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """By the person, if that is one submission."""
        (tmp_path / "times.csv").write_text("login;time\ncy;01.03.2026 12:00\n")
        batch("--times", "times.csv")
        assert of(table(tmp_path), "cy")["at"] == "2026-03-01T12:00:00+01:00"

    def test_times_that_were_given_once_are_remembered(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """By the next run without the table; a changed due date names whose final points it changes."""
        (tmp_path / "times.csv").write_text("submission,time\ncy,2026-03-03 12:00\nann,2026-03-01 12:00\n")
        batch("--times", "times.csv", files=self.FILES)
        again = batch(files=self.FILES)
        assert "not known" not in again.stderr
        assert "final changed" not in again.stdout
        assert table(tmp_path)["cy"]["final"] == "2.5"
        later = batch(files=self.FILES, course=COURSE.replace("2026-03-01 23:59", "2026-03-03 23:59"))
        assert "final changed by the course's rules: cy: 2.5 -> 3" in later.stdout.splitlines()
        assert later.stdout.count("final changed") == 1

    def test_a_time_is_not_that_of_what_is_handed_in_later(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """It is reported, and not used."""
        (tmp_path / "times.csv").write_text("submission,time\ncy,2026-03-01 12:00\nann,2026-03-01 12:00\n")
        batch("--times", "times.csv", files=self.FILES)
        told = batch(files={**self.FILES, "cy.py": "3 cy, much later"}).stderr
        assert "the time that --times gave for cy in an earlier run is not used: since then, something else was" in told
        assert [table(tmp_path)[name]["late"] for name in ("ann", "cy")] == ["", "unknown"]

    def test_rules_that_come_or_go_name_whose_final_points_change(
        self, batch: Callable[..., Result], tmp_path: Path
    ) -> None:
        """A due date is added or taken away; an override is no change of the rules."""
        files = {name: HANDED_IN[name] for name in HANDED_IN if "ann" in name or "cy" in name or "fay" in name}
        batch(files=files, course="")
        changed = [line for line in batch(files=files).stdout.splitlines() if line.startswith("final changed")]
        assert changed == [
            "final changed by the course's rules: cy_attempt_2026-03-03-12-00-00: 3 -> 2.5",
            "final changed by the course's rules: fay_attempt_2026-03-20-12-00-00: 3 -> 0",
        ]
        decide(tmp_path, "cy_attempt_2026-03-03-12-00-00", "1")
        assert "final changed" not in batch(files=files).stdout
        (tmp_path / "course.toml").unlink()
        assert "fay_attempt_2026-03-20-12-00-00: 0 -> 3" in batch(files=files, course="").stdout

    def test_a_damaged_list_of_the_class_is_said(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """It is written anew, without the times that it had."""
        batch(files=self.FILES)
        (tmp_path / "grades" / "class.json").write_text("{")
        assert "class.json was damaged and is written anew: what --times gave in" in batch(files=self.FILES).stderr

    def test_a_table_that_cannot_be_used_stops_the_batch(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """With the columns that it has."""
        (tmp_path / "times.csv").write_text("who,when\ncy,2026-03-03 12:00\n")
        assert "times.csv has no column of times" in batch("--times", "times.csv", code=4).stderr

    def test_a_clone_was_handed_in_with_its_last_commit(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """And its login is in the column `student`."""
        git = shutil.which("git")
        assert git is not None, "git is needed to test the times of clones"
        files = {f"hw-{login}/backward.py": f"3 {login}" for login in ("ann", "cy", "dan")}
        hand_in(tmp_path / "class", files)
        for login, day in (("ann", 1), ("cy", 3)):
            dated = dict.fromkeys(("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), f"2026-03-{day:02}T12:00:00+01:00")
            for words in (
                ["init", "-q"],
                ["add", "."],
                ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
            ):
                subprocess.run(
                    [git, *words], cwd=tmp_path / "class" / f"hw-{login}", check=True,
                    env={**dated, "HOME": str(tmp_path), "PATH": os.defpath},
                )  # fmt: skip
        result = batch(files=files)
        rows = table(tmp_path)
        assert {of(rows, login)["final"] for login in ("ann", "dan")} == {"3"}
        assert of(rows, "cy")["final"] == "2.5"
        assert "the time of 1 submission is not known" in result.stderr


class TestAttempts:
    """Several submissions of one person."""

    def test_the_last_one_in_time_counts_and_all_are_listed(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """The other has no final points."""
        batch()
        rows = table(tmp_path)
        assert [(rows[name]["counts"], rows[name]["final"]) for name in EVE] == [("yes", "1"), ("no", "")]
        assert rows[EVE[0]]["why"] == "This one counts, because it is the latest one before the deadline."
        assert rows[EVE[1]]["why"].startswith("This one does not count. What counts is attempt 1 of 2, handed in ")

    def test_the_best_one_counts_if_the_course_says_so(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """After the penalty; a day late is a slip day here."""
        batch(course=COURSE.replace("[class]", '[class]\nattempts = "best"'))
        assert [table(tmp_path)[name]["final"] for name in EVE] == ["", "3"]
        assert exported(grade, tmp_path)[0]["eve"] == "3"

    def test_without_a_course_the_last_one_counts(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """A time zone is needed for due dates only."""
        result = batch(course="")
        assert [table(tmp_path)[name]["counts"] for name in EVE] == ["no", "yes"]
        assert table(tmp_path)[EVE[0]]["at"] == "2026-03-01T10:00:00"
        assert "time zone" not in result.stderr

    def test_with_nothing_to_decide_the_table_is_as_ever(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """No columns about times and attempts."""
        batch(files={"ann.py": "3 ann"}, course="")
        assert not {"at", "late", "penalty", "slip", "counts", "why"} & table(tmp_path)["ann"].keys()
        assert json.loads((tmp_path / "grades" / "class.json").read_bytes())["submissions"][0]["ruled"] is None

    def test_an_attempt_that_may_count_holds_the_grade_back(
        self, batch: Callable[..., Result], grade: Callable[..., Result], dies: dict[str, int], tmp_path: Path
    ) -> None:
        """Until it is graded; other people's grades are exported."""
        dies[EVE[1]] = 9
        batch(course=COURSE.replace("[class]", '[class]\nattempts = "best"'), code=3)
        assert [table(tmp_path)[name]["final"] for name in EVE] == ["", ""]
        found, told = exported(grade, tmp_path, code=1)
        assert (found["eve"], found["ann"]) == ("", "3")
        assert f"left out, because not graded yet: {EVE[0]}" in told
        assert (
            "mlp: not final (graded so far: 1 of 3 points)"
            in grade("report", "--class", "grades", "--to", "markdown").stdout
        )
        assert grade("report", "--class", "grades").exit_code == 0
        assert "not final, graded 1" in (tmp_path / "grades" / "class.html").read_text("utf-8")

    def test_the_attempts_of_one_person_on_the_roster_are_one_grade(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Also if --match gives a person two submissions of different names."""
        (tmp_path / "roster.csv").write_text("login,name\nann,Ann A\ncy,Cy C\n")
        (tmp_path / "match.csv").write_text("submission,person\nann,ann\nann again,ann\n")
        files = {"ann.py": "3 ann", "ann again.py": "1 ann", "cy.py": "2 cy"}
        batch("--roster", "roster.csv", "--match", "match.csv", files=files, course="")
        rows = table(tmp_path)
        assert sorted(row["counts"] for row in rows.values()) == ["no", "yes", "yes"]


class TestExports:
    """What leaves the folder."""

    def test_a_grade_book_has_the_final_points_of_what_counts(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """An attempt that does not count is no grade that was left out."""
        batch()
        found, told = exported(grade, tmp_path)
        assert found == {"ann": "3", "bob": "2", "cy": "2.5", "dan": "3", "eve": "1", "fay": "0"}
        assert "1 attempt does not count" in told
        assert "left out" not in told

    def test_the_course_table_has_the_same(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """One row for each person, under the login."""
        batch()
        assert grade("course", "grades").exit_code == 0
        rows = [*csv.DictReader(io.StringIO((tmp_path / "course.csv").read_bytes().decode("utf-8-sig"), newline=""))]
        assert {row["student"]: row["final"] for row in rows} == {
            "ann": "3", "bob": "2", "cy": "2.5", "dan": "3", "eve": "1", "fay": "0",
        }  # fmt: skip

    def test_other_formats_leave_out_what_does_not_count(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Markdown, for example, and the dashboard."""
        batch()
        shown = grade("report", "--class", "grades", "--to", "markdown")
        assert shown.exit_code == 0
        assert "2026-03-01-10-00-00" in shown.stdout
        assert "2026-03-02-12-00-00" not in shown.stdout
        assert grade("report", "--class", "grades").exit_code == 0
        dashboard = (tmp_path / "grades" / "class.html").read_text("utf-8")
        assert EVE[0] in dashboard
        assert EVE[1] not in dashboard

    def test_other_formats_show_what_counts(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """As grades.csv does, overrides included, with what was earned beside it."""
        batch()
        decide(tmp_path, "bob_attempt_2026-03-02-00-05-00", "excused")
        batch()
        rows = csv.DictReader(io.StringIO(grade("report", "--class", "grades", "--to", "csv").stdout, newline=""))
        shown = {row["submission"]: row["final"] for row in rows}
        finals = {name: row["final"] for name, row in table(tmp_path).items() if row["counts"] == "yes"}
        assert shown == finals
        assert shown[CY] == "2.5"
        text = grade("report", "--class", "grades", "--to", "markdown").stdout
        assert "mlp: 2.5 of 3 points (graded: 3)" in text
        assert "mlp: excused (graded: 2 of 3 points)" in text
        assert grade("report", "--class", "grades").exit_code == 0
        assert "2.5 instead of 3" in (tmp_path / "grades" / "class.html").read_text("utf-8")

    def test_the_student_reads_why(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """On the page of the attempt that counts."""
        batch()
        found = pages(grade, tmp_path)
        cy = found["cy_attempt_2026-03-03-12-00-00"]
        assert "Handed in 2026-03-03 12:00 CET, due 2026-03-01 23:59 CET: 2 days late." in cy
        assert "1 slip day used (0 of 1 left). 1 late day costs 0.5 points: 0.5 points off." in cy
        assert "3 - 0.5 = 2.5 points." in cy
        assert "2.5 of 3" in cy
        assert "Attempt 1 of 2. This one counts, because it is the latest one before the deadline." in found[EVE[0]]
        assert EVE[1] not in found
        assert "(your extension): in time." in found["dan_attempt_2026-03-04-12-00-00"]


class TestOverrides:
    """The instructor decides last."""

    CY = "cy_attempt_2026-03-03-12-00-00"

    def test_an_override_has_no_penalty(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """In the table at the next run, in exports at once."""
        batch()
        decide(tmp_path, self.CY, "2.75")
        assert exported(grade, tmp_path)[0]["cy"] == "2.75"
        page = pages(grade, tmp_path)[self.CY]
        assert "Your instructor set the points to 2.75. The grader gave 3 of 3." in page
        assert "2 days late." in page
        assert " off" not in page
        batch()
        assert " off" not in pages(grade, tmp_path)[self.CY]
        row = table(tmp_path)[self.CY]
        assert (row["penalty"], row["slip"], row["final"], row["override"]) == ("", "", "2.75", "2.75")
        assert exported(grade, tmp_path)[0]["cy"] == "2.75"

    def test_a_word_is_no_grade(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """It is shown as final."""
        batch()
        decide(tmp_path, self.CY, "excused")
        batch()
        assert table(tmp_path)[self.CY]["final"] == "excused"
        found, told = exported(grade, tmp_path)
        assert found["cy"] == ""
        assert "'excused'" in told

    def test_an_attempt_with_an_override_counts(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Until the next run has seen it, nothing is exported."""
        batch()
        decide(tmp_path, EVE[1], "2")
        found, told = exported(grade, tmp_path, code=1)
        assert found == {}
        assert f"the override of {EVE[1]} changed after the course's rules were applied. Run `grade batch`" in told
        batch()
        assert [table(tmp_path)[name]["final"] for name in EVE] == ["", "2"]
        assert exported(grade, tmp_path)[0]["eve"] == "2"

    def test_fail_under_looks_at_what_counts(self, batch: Callable[..., Result]) -> None:
        """After the penalty."""
        result = batch("--fail-under", "9.7", code=1)
        below = next(line for line in result.stderr.splitlines() if line.startswith("below --fail-under: "))
        assert "cy_attempt" in below
        assert "ann_attempt" not in below
        assert EVE[1] not in below


class TestSeveralExercises:
    """`--exercise` more than once: a folder for each, and one table."""

    def test_each_has_its_folder_and_the_course_one_table(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """With everybody's points in each."""
        result = batch(
            "--exercise", "linear_relu", "--out", "all", course="", files={"ann.py": "3 ann", "bo.py": "1 bo"}
        )
        assert [path.name for path in sorted((tmp_path / "all").iterdir())] == ["course.csv", "linear_relu", "mlp"]
        assert "2 people, 2 exercises; no course.toml: points are added up\ncourse: all/course.csv\n" in result.stdout
        rows = csv.reader(io.StringIO((tmp_path / "all" / "course.csv").read_text("utf-8-sig"), newline=""))
        assert [row[4:6] for row in rows] == [["mlp (of 26)", "linear_relu (of 10)"], ["3", "3"], ["1", "1"]]

    def test_slip_days_are_spent_once(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """What the first exercise uses is gone in the second."""
        course = COURSE.replace(
            "[extensions.dan]\nmlp", '[due.linear_relu]\ndue = "2026-03-01 23:59"\n[extensions.dan]\nmlp'
        )
        batch("--exercise", "linear_relu", "--out", "all", course=course)
        first, second = (
            table(tmp_path / "all", name)["cy_attempt_2026-03-03-12-00-00"] for name in ("mlp", "linear_relu")
        )
        assert (first["slip"], second["slip"]) == ("1", "")

    @pytest.mark.parametrize(
        ("words", "course", "sentence"),
        [
            (("--gradient", "dlogits"), "", "--gradient belongs to one exercise: name it with a single --exercise"),
            (("--exercise", "lstn_cell"), "", "lstm_cell"),
            ((), f"{COURSE}\n[grades.weights]\nmlp = 1\n", "has no weight for linear_relu: add linear_relu = 1 there"),
        ],
    )
    def test_what_is_wrong_is_reported_before_anything_is_graded(
        self, batch: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], course: str, sentence: str
    ) -> None:
        """Not after an hour."""
        result = batch("--exercise", "linear_relu", "--out", "all", *words, course=course, code=4)
        assert sentence in result.stderr
        assert not (tmp_path / "all").exists()

    def test_another_table_in_the_place_of_the_courses_is_never_overwritten(
        self, batch: Callable[..., Result], tmp_path: Path
    ) -> None:
        """And nothing is graded for it."""
        (tmp_path / "all").mkdir()
        (tmp_path / "all" / "course.csv").write_text("name,email\nAnn,a@x.edu\n")
        result = batch("--exercise", "linear_relu", "--out", "all", course="", code=4)
        assert "all/course.csv is not a table that `grade course` wrote; move it away" in result.stderr
        assert [path.name for path in (tmp_path / "all").iterdir()] == ["course.csv"]
