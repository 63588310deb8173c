"""What everybody earned: the grades that a grade book gets, and what is held back and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from grader.classroom.batch.grades import doubtful
from grader.classroom.intake.platforms import demangle
from grader.classroom.people.ownership import Claim
from grader.classroom.policy.figures import in_figures
from grader.classroom.tables.table import UnreadableTable, read_table
from grader.report.clean_text import MOST, line
from grader.report.formats.csv_table import figure, unguarded
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from grader.classroom.gradebook.results_folder import ResultsFolder
    from grader.report.row_facts import Entry

_SINGLE = {"backward", "submission", "solution"}
"""File names that do not identify a person."""
_OF_COURSE = ("key", "student", "name", "email", "total", "possible", "override")
"""The columns of a course's table that say who gets what."""
_ALONE = ("moodle", "canvas")
"""Platforms whose names cannot be taken for somebody's own, even if there is only one."""


@dataclass(slots=True)
class Grade:
    """What one submission earned, in all exercises of a report."""

    name: str
    claim: Claim
    points: float = 0
    possible: float = 0
    said: list[str] = field(default_factory=list)
    """Feedback for the student, a sentence for each exercise."""
    overridden: bool = False


@dataclass(slots=True)
class Earned:
    """The grades of a class or a report."""

    grades: dict[str, Grade] = field(default_factory=dict)
    """By the submission's name. Who handed in nothing has none, unless the instructor decided."""
    claims: list[Claim] = field(default_factory=list)
    """What is known of the owner of each submission, also of those without a grade."""
    handed_in: set[str] = field(default_factory=set)
    exercises: dict[str, None] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    """What is left out or doubtful, a sentence each."""
    failed: list[str] = field(default_factory=list)
    """Submissions without a grade because of an internal error."""
    waiting: list[str] = field(default_factory=list)
    """Submissions that have not been graded yet, or whose owner has an attempt that is not and may count instead."""
    other_attempts: list[str] = field(default_factory=list)
    """Attempts that do not count by the course's rules."""

    def add(self, entry: Entry, claim: Claim) -> None:
        """One submission's entry in a report.

        Raises:
            NothingToTell: it has no points although it was graded.
        """
        name, counts = entry["name"], entry.get("final")
        self.exercises.setdefault(line(entry["exercise"]))
        if not entry.get("counts", True):
            self.other_attempts.append(name)
            return
        handed_in = entry["status"] != "missing"
        if handed_in:
            self.handed_in.add(name)
        if handed_in or counts is not None:
            self.claims.append(claim)
        if entry["score"] is None and entry["status"] == "graded":
            raise NothingToTell("this report contains no points: --feedback none leaves them out")
        if entry.get("uncounted") or (counts is None and not handed_in):
            return
        if counts is None and entry["status"] == "failed":
            self.failed.append(name)
            return
        if entry.get("open"):
            self.waiting.append(name)
            return
        grade = self.grades.setdefault(name, Grade(name, claim))
        score = entry["score"] or {"points": 0, "possible": 0}
        ruled = entry.get("ruled")
        earned = score["points"] if ruled is None else ruled
        grade.points += earned if counts is None else counts
        grade.possible += score["possible"]
        grade.said.append(_said(entry))
        grade.overridden |= counts is not None


def earned_by_class(results: ResultsFolder, entries: Iterable[Entry]) -> Earned:
    """What a class earned.

    Args:
        results: the folder that a batch wrote.
        entries: its submissions' entries, with the instructor's decisions.
    """
    found = Earned()
    claims = {listed.name: listed.claim for listed in results.roll}
    seen = set()
    for entry in entries:
        seen.add(entry["name"])
        found.add(entry, claims[entry["name"]])
    there = (listed for listed in results.roll if not listed.ruled or listed.ruled.counts)
    waiting = [listed for listed in there if listed.name not in seen and not listed.missing]
    found.waiting += [listed.name for listed in waiting]
    found.handed_in |= {listed.name for listed in waiting}
    found.claims += [listed.claim for listed in waiting]
    if found.other_attempts:
        several = f"{len(found.other_attempts)} attempts do" if found.other_attempts[1:] else "1 attempt does"
        named = ", ".join(found.other_attempts[:10]) + (" ..." if found.other_attempts[10:] else "")
        found.told.append(f"{several} not count: {named}; see column `why` in grades.csv")
    possible = max((grade.possible for grade in found.grades.values()), default=0)
    found.told += doubtful(results.table.own(), possible)
    return found


def earned_by_report(entries: Iterable[Entry]) -> Earned:
    """What the submissions of a single report earned."""
    found = Earned()
    for entry in entries:
        found.add(entry, _claim(entry))
    return found


def earned_by_course(path: Path) -> Earned:
    """What everybody earned in a course: the table of `grade course`, with the overrides that it has at this moment.

    Raises:
        NothingToTell: it is not such a table.
    """
    try:
        table = read_table(path)
    except UnreadableTable as error:
        raise NothingToTell(str(error)) from None
    columns = {name: table.column(name) for name in _OF_COURSE}
    lacking = [name for name, at in columns.items() if at is None]
    if lacking:
        raise NothingToTell(f"{path} has no column {lacking[0]}; name the table that `grade course --out` wrote")
    rows = [{name: unguarded(row[at].strip()) for name, at in columns.items() if at is not None} for row in table.rows]
    found = Earned(exercises={path.stem: None})
    alike = Counter(row["name"] for row in rows)
    for row in rows:
        known = [row["student"], row["email"], row["key"]]
        called = row["name"] if alike[row["name"]] == 1 else f"{row['name']} ({next(filter(None, known), '')})".strip()
        claim = Claim(called, row["key"], id=row["student"], email=row["email"], name=row["name"], person=row["key"])
        found.claims.append(claim)
        found.handed_in.add(called)
        text, possible = row["override"] or row["total"], figure(row["possible"])
        points = figure(text) if text else None
        if points is not None:
            said = f"{in_figures(points)} points" + (f" of {in_figures(possible)}" if possible else "")
            found.grades[called] = Grade(called, claim, points, possible or 0, [said], overridden=bool(row["override"]))
        elif not text:
            found.waiting.append(called)
    own = {each.submission: {"override": row["override"]} for each, row in zip(found.claims, rows, strict=True)}
    found.told += doubtful(own, max((grade.possible for grade in found.grades.values()), default=0))
    return found


def _claim(entry: Entry) -> Claim:
    """Who a submission belongs to, as far as its file's name says."""
    source = PurePath(entry["source"])
    for name in (source.name, source.parent.name):
        for platform in _ALONE:
            if mangled := demangle(name, platform):
                who = mangled.who
                return Claim(entry["name"], id=who.id, login=who.login, name=who.name, person=entry["name"])
    called = entry["name"] if entry["name"] not in _SINGLE else source.parent.name
    return Claim(entry["name"], called=called, person=entry["name"])


def _said(entry: Entry) -> str:
    """Feedback for the student. The instructor's `comment` is for them, the `reason` of an override is not."""
    comment = line(entry.get("comment", ""), MOST)
    rules = " ".join(line(each, MOST) for each in entry.get("sentences", ()))
    return f"{line(entry['exercise'])}: {_result(entry)}" + "".join(f". {each}" for each in (rules, comment) if each)


def _result(entry: Entry) -> str:
    score, counts = entry["score"], entry.get("final")
    if counts is None and (entry["problem"] or score is None):
        return line(entry["problem"] or entry["status"])
    points = f"{score['points']} of {score['possible']}" if score else ""
    if score and entry.get("ruled") is not None:
        points = f"{in_figures(entry['ruled'])} of {score['possible']}"
    if counts is not None:
        points = f"{in_figures(counts)} points, set by the instructor"
    wrong = [row["name"] for row in entry["gradients"] if row["points"] < row["possible"]]
    return points + (f". To do: {', '.join(wrong)}" if wrong else "")
