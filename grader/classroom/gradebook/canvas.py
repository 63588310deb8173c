"""Canvas: its exported grade book with the assignment's column filled in, ready to import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.classroom.gradebook.column import column_named, listed
from grader.classroom.gradebook.filled import Filled, fill_in
from grader.report.formats.csv_table import figure
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.classroom.gradebook.earned import Grade
    from grader.classroom.people.roster import Roster
    from grader.classroom.tables.table import Table

_PEOPLE = {"student", "id", "sis user id", "sis login id", "integration id", "root account", "section", "notes"}
_TOTALS = re.compile(
    r".*\b(current|unposted|final)\b.*\b(score|grade|points)\b.*|override (score|grade|status)", re.IGNORECASE
)
_NUMBERED = re.compile(r".+\(\d+\)", re.DOTALL)
"""A column of Canvas's own: the assignment's name with its number."""
_POSSIBLE = "points possible"


def fill(roster: Roster, graded: Mapping[int, Grade], title: str | None, exercises: Iterable[str]) -> Filled:
    """The grade book with the grades filled in.

    Args:
        roster: the exported grade book; every other cell stays as it was read.
        graded: the grade of each row.
        title: the column of the assignment.
        exercises: what was graded, to find the column by its name.

    Raises:
        NothingToTell: it is not an export of Canvas, or has no such column.
    """
    table = roster.table
    _check(table)
    column = _column(table, title, exercises)
    filled = fill_in(roster, column, graded)
    possible = max((grade.possible for grade in graded.values()), default=0)
    return filled._replace(told=(*filled.told, *_told(table, column, possible)))


def _check(table: Table) -> None:
    head = [name.casefold() for name in table.head]
    if not head or "student" not in head[0] or "id" not in head[1:]:
        raise NothingToTell(
            f"{table.name} is not a Canvas grade book, whose first columns are Student and ID; in Canvas, choose "
            "Grades, Export"
        )
    if "section" not in head:
        raise NothingToTell(f"{table.name} has no Section column, which Canvas requires; export the grade book again")


def _column(table: Table, title: str | None, exercises: Iterable[str]) -> int:
    columns = dict(_assignments(table))
    if title is not None:
        return column_named(title, columns, table)
    named = [at for name, at in columns.items() if any(_same(exercise, name) for exercise in exercises)]
    empty = [at for at in columns.values() if not any(table.rows[row][at].strip() for row in _students(table))]
    for found in (named, empty):
        if len(found) == 1:
            return found[0]
    raise NothingToTell(f"which column of {table.name} is it? Name it with --title: {listed(columns)}")


def _assignments(table: Table) -> Iterator[tuple[str, int]]:
    """The columns of assignments: those with Canvas' number, otherwise those that nothing else explains."""
    named = {name: at for at, name in enumerate(table.head) if name}
    numbered = {name: at for name, at in named.items() if _NUMBERED.fullmatch(name)}
    rest = {name: at for name, at in named.items() if name.casefold() not in _PEOPLE and not _TOTALS.fullmatch(name)}
    yield from (numbered or rest).items()


def _same(exercise: str, column: str) -> bool:
    words = re.escape(re.sub(r"[\W_]+", " ", exercise).strip()).replace(r"\ ", r"[\W_]+")
    return re.search(rf"(?<![^\W_]){words}(?![^\W_])", column, re.IGNORECASE) is not None


def _students(table: Table) -> Iterator[int]:
    """The rows that are not Canvas's own, such as the maximum."""
    for row, cells in enumerate(table.rows):
        if cells[0].strip() and not cells[0].strip().casefold().startswith((_POSSIBLE, "student, test")):
            yield row


def _told(table: Table, column: int, possible: float) -> Iterator[str]:
    for cells in table.rows:
        most = figure(cells[column]) if cells[0].strip().casefold().startswith(_POSSIBLE) else None
        if most is not None and most != possible and possible:
            yield (
                f"Canvas' maximum for {table.head[column]} is {most:g}, but {possible:g} points are possible here: "
                "change one of them"
            )
