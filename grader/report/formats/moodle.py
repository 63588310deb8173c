"""Moodle: its own grading worksheet filled in, or a table to import into the gradebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from grader.report.formats import csv_table
from grader.report.formats.gradebook import column_title, grades, shown
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.report.formats.convert import Context
    from grader.report.formats.gradebook import Grade, Grades

_EMAIL = ("Email address", "email", "Email")
_USERNAME = ("Username", "username")


def convert(document: Mapping[str, Any], context: Context) -> str:
    """Fill in grades and feedback if the roster is a grading worksheet; otherwise make a table of address and grade.

    Raises:
        NothingToTell: there is no roster, it lacks a column that Moodle needs, a grade exceeds Moodle's maximum, or
            nobody on it has a submission.
    """
    if context.roster is None:
        raise NothingToTell(
            "Moodle accepts only worksheets that it made itself: download the grading worksheet "
            "(or the list of participants) and pass it with --roster"
        )
    head, people = csv_table.read(context.roster)
    found = grades(document)
    if "Identifier" in head:
        return _worksheet(head, people, found)
    return _import(head, people, found, column_title(document, context))


def _worksheet(head: Sequence[str], people: Sequence[dict[str, str]], found: Grades) -> str:
    """Fill in a worksheet. Lines without a submission stay unchanged."""
    for needed in ("Grade", "Last modified (grade)"):
        if needed not in head:
            raise NothingToTell(f"the worksheet has no column {needed}: set Moodle to English and download it again")
    lines: list[list[str]] = [list(head)]
    for cell in people:
        if grade := found.find(_marks(cell)):
            _check(grade, cell)
            cell["Grade"] = shown(grade.points)
            if "Feedback comments" in cell:
                cell["Feedback comments"] = html.escape("; ".join(grade.said))
        lines.append([cell[name] for name in head])
    _anybody(found)
    return csv_table.written(lines)


def _check(grade: Grade, cell: Mapping[str, str]) -> None:
    """Reject a grade over Moodle's maximum here: Moodle would stop in the middle of the import."""
    most = cell.get("Maximum Grade", "").replace(",", ".")
    if most.replace(".", "", 1).isdecimal() and grade.points > float(most):
        raise NothingToTell(
            f"{grade.name} has {shown(grade.points)} points, but Moodle's maximum is {most}: set it to {grade.possible}"
        )


def _import(head: Sequence[str], people: Sequence[Mapping[str, str]], found: Grades, title: str) -> str:
    column = next((name for name in (*_EMAIL, *_USERNAME) if name in head), None)
    if column is None:
        raise NothingToTell("the roster has no column Identifier, Email address or Username to match people by")
    graded = ((cell[column], found.find(_marks(cell))) for cell in people if cell[column])
    lines = [[person, shown(grade.points)] for person, grade in graded if grade]
    _anybody(found)
    return csv_table.written([[column, title], *lines])


def _marks(cell: Mapping[str, str]) -> list[str]:
    number = cell.get("Identifier", "").removeprefix("Participant ")
    address = next((cell[name] for name in _EMAIL if cell.get(name)), "")
    name = cell.get("Full name") or f"{cell.get('First name', '')} {cell.get('Last name', '')}".strip()
    ids = (cell.get("ID number", ""), cell.get("Username", ""), cell.get("username", ""))
    return [number, *ids, address, address.partition("@")[0], name]


def _anybody(found: Grades) -> None:
    if not any(grade.taken for grades in found.by_mark.values() for grade in grades):
        raise NothingToTell("nobody on the roster has a submission here: no id, address or name matches")
