"""Canvas: its gradebook CSV plus one column, ready to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report.formats import csv_table
from grader.report.formats.gradebook import column_title, grades, shown
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.report.formats.convert import Context

_KEPT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
_READ_ONLY = ("points possible", "student, test")


def convert(document: Mapping[str, Any], context: Context) -> str:
    """Convert a report to a table with a line for each student who has a grade; the others are left out, not zeroed.

    Raises:
        NothingToTell: there is no roster, it is not a Canvas export, or none of its students has a submission.
    """
    if context.roster is None:
        raise NothingToTell(
            "Canvas matches students by its own ids: export the gradebook (Grades, Export) and pass it with --roster"
        )
    head, people = csv_table.read(context.roster)
    _check(head)
    found = grades(document)
    kept = [name for name in _KEPT if name in head]
    lines = []
    possible = 0
    for person in people:
        if person.get("Student", "").strip().casefold().startswith(_READ_ONLY) or not any(person.values()):
            continue
        marks = (person.get(name, "") for name in ("ID", "SIS User ID", "SIS Login ID", "Integration ID"))
        login = person.get("SIS Login ID", "").partition("@")[0]
        grade = found.find([*marks, login, person.get("Student", ""), _turned(person.get("Student", ""))])
        if grade is not None:
            possible = max(possible, grade.possible)
            lines.append([*(person[name] for name in kept), shown(grade.points)])
    if not lines:
        raise NothingToTell("no student on the roster has a submission here: no id, login or name matches")
    blank = [""] * (len(kept) - 1)
    title = column_title(document, context)
    return csv_table.written([[*kept, title], [csv_table.POINTS_POSSIBLE, *blank, str(possible)], *lines])


def _check(head: Sequence[str]) -> None:
    if len(head) < 3 or "Student" not in head[0] or "ID" not in head[1:]:
        raise NothingToTell("the roster is not a Canvas gradebook export, whose first columns are Student and ID")
    if "Section" not in head:
        raise NothingToTell("the roster has no Section column, which Canvas requires")


def _turned(name: str) -> str:
    """Turn `Doe, Jane` into `Jane Doe`."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name
