"""Match grades with the people on a roster: by id first, then by email address, then by name."""

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
"""File names that do not identify a person."""


@dataclass(slots=True)
class Grades:
    """Grades, indexed by every id, address and name that may identify their owner."""

    by_mark: dict[str, list[Grade]] = field(default_factory=dict)

    def find(self, marks: Iterable[str]) -> Grade | None:
        """The grade for the first mark that identifies exactly one; ambiguous marks are skipped, never guessed."""
        for mark in marks:
            found = self.by_mark.get(folded(mark), []) if mark else []
            if len(found) == 1:
                found[0].taken = True
                return found[0]
        return None

    def left(self) -> list[str]:
        """Names of submissions that matched no line of the roster."""
        listed = {id(grade): grade for grades in self.by_mark.values() for grade in grades}
        return [line(grade.name) for grade in listed.values() if not grade.taken]


@dataclass(slots=True)
class Grade:
    """What one person earned in all exercises of a report."""

    name: str
    marks: frozenset[str]
    points: float = 0
    possible: int = 0
    said: list[str] = field(default_factory=list)
    taken: bool = False


def grades(document: Mapping[str, Any]) -> Grades:
    """The points of every submission. grades.csv may have supplied its owner and an override."""
    found: dict[str, Grade] = {}
    for entry in entries(document):
        if entry["status"] == "missing" or entry.get("uncounted"):
            continue  # nothing was handed in, or the override is a word
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
    """A mark in a form for comparison: case and the encoding of accents do not matter."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def column_title(document: Mapping[str, Any], context: Context) -> str:
    """The name of the gradebook column: the title given, otherwise the exercise's name."""
    return context.title or str(document["grader"]["submissions"][0]["exercise"])


def shown(points: float) -> str:
    """Points without a trailing `.0`."""
    return f"{points:g}"
