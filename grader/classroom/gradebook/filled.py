"""Write grades into a column of a grade book, and say what happened to the rows that needed a second look."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.classroom.gradebook.column import listed
from grader.classroom.policy.figures import in_figures
from grader.report.formats.csv_table import figure
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.classroom.gradebook.earned import Grade
    from grader.classroom.people.roster import Roster
    from grader.classroom.tables.table import Table


class Filled(NamedTuple):
    """A grade book with the grades of a class."""

    content: bytes
    told: tuple[str, ...] = ()
    """What the instructor has to know, a sentence each."""
    complete: bool = True
    """Whether every grade that was given is in it."""


def fill_in(
    roster: Roster, column: int, graded: Mapping[int, Grade], texts: Mapping[tuple[int, int], str] | None = None
) -> Filled:
    """The grade book with grades in a column, as its other numbers are written, and with texts in other cells.

    Raises:
        NothingToTell: another column is called the same.
    """
    table = roster.table
    name = table.head[column]
    if table.head.count(name) > 1:
        raise NothingToTell(f"{table.name} has several columns {name}: rename or delete the others first")
    comma = table.decimal_comma
    cells = {(row, column): in_figures(grade.points, comma=comma) for row, grade in graded.items()} | dict(texts or {})
    return Filled(table.filled(cells), (*_listed_twice(roster, graded), *_words(table, column, graded)))


def _listed_twice(roster: Roster, graded: Mapping[int, Grade]) -> Iterator[str]:
    for person in roster.people:
        if person.row in graded and person.again:
            others = "the other row gets" if len(person.again) == 1 else f"the other {len(person.again)} rows get"
            yield f"{person} is listed again in {roster.table.name}: the first row gets the grade, {others} none"


def _words(table: Table, column: int, graded: Mapping[int, Grade]) -> Iterator[str]:
    """A word such as `excused` was somebody's decision, or this is not a column of grades."""
    before = {grade.name: table.rows[row][column].strip() for row, grade in graded.items()}
    words = [f"{text} ({name})" for name, text in before.items() if figure(text) is None and text.strip("-")]
    if words:
        yield f"what was in {table.head[column]} has been replaced by points: {listed(words)}"
