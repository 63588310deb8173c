"""Grades and the people of a roster brought together, by id before address before name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.submission_facts import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry

_SINGLE = {"backward", "submission", "solution"}
"""Names that say nothing of a person."""


@dataclass(slots=True)
class Grades:
    """Points by everything that a submission's owner may be called."""

    by_mark: dict[str, list[Grade]] = field(default_factory=dict)

    def find(self, marks: Iterable[str]) -> Grade | None:
        """The one grade that the first telling mark points to; two people of one name are not guessed at."""
        for mark in marks:
            found = self.by_mark.get(folded(mark), []) if mark else []
            if len(found) == 1:
                found[0].taken = True
                return found[0]
        return None

    def left(self) -> list[str]:
        """Submissions that no line of the roster claimed."""
        listed = {id(grade): grade for grades in self.by_mark.values() for grade in grades}
        return [line(grade.name) for grade in listed.values() if not grade.taken]


@dataclass(slots=True)
class Grade:
    """What one person earned in all exercises of a document."""

    name: str
    marks: frozenset[str]
    points: float = 0
    possible: int = 0
    said: list[str] = field(default_factory=list)
    taken: bool = False


def grades(document: Mapping[str, Any]) -> Grades:
    """Every submission's points. A class's table may have said whose a submission is, and what counts instead."""
    found: dict[str, Grade] = {}
    for entry in entries(document):
        if entry["status"] == "missing" or entry.get("uncounted"):
            continue  # nothing was handed in, or the instructor wrote a word for a grade
        grade = found.setdefault(entry["name"], Grade(entry["name"], frozenset(_marks(entry))))
        score = entry["score"] or {"points": 0, "possible": 0}
        counts = entry.get("final")
        grade.points += score["points"] if counts is None else counts
        grade.possible += score["possible"]
        grade.said.append(_said(entry))
    by_mark: dict[str, list[Grade]] = {}
    for grade in found.values():
        for mark in grade.marks:
            by_mark.setdefault(mark, []).append(grade)
    return Grades(by_mark)


def _marks(entry: Entry) -> Iterator[str]:
    owner = entry.get("owner") or {}
    source = PurePath(entry["source"])
    for mark in (*owner.values(), entry["name"], source.stem, source.parent.name):
        for part in (mark, *re.findall(r"(?<=_)\d+(?=_|$)", mark)):
            if folded(part) and folded(part) not in _SINGLE:
                yield folded(part)


def _said(entry: Entry) -> str:
    score = entry["score"]
    if entry["problem"] or score is None:
        return f"{line(entry['exercise'])}: {line(entry['problem'] or entry['status'])}"
    wrong = [row["name"] for row in entry["gradients"] if row["points"] < row["possible"]]
    rest = f". To do: {', '.join(wrong)}" if wrong else ""
    return f"{line(entry['exercise'])}: {score['points']} of {score['possible']}{rest}"


def folded(text: str) -> str:
    """A mark as two systems that disagree about case and accents' encoding both have it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def column_title(document: Mapping[str, Any], context: Context) -> str:
    """The assignment's name in the grade book: the one given, else the exercise's."""
    return context.title or str(document["grader"]["submissions"][0]["exercise"])


def shown(points: float) -> str:
    """Points without a trailing `.0`."""
    return f"{points:g}"
