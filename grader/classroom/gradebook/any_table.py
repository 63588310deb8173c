"""Any grade book that is a table of people: Blackboard's, Brightspace's, ILIAS', Sakai's, or one of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.classroom.gradebook.column import column_named, listed, open_columns
from grader.classroom.gradebook.filled import Filled, fill_in
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.classroom.gradebook.earned import Grade
    from grader.classroom.people.roster import Roster


def fill(roster: Roster, graded: Mapping[int, Grade], title: str | None, exercises: Iterable[str]) -> Filled:
    """The table with the grades filled into the column `title`.

    Raises:
        NothingToTell: the column was not named, or the table has no such column.
    """
    table, columns = roster.table, open_columns(roster)
    if title is None:
        several = ", ".join(exercises)
        raise NothingToTell(
            f"which column of {table.name} gets the points of {several}? Name it with --title: {listed(columns)}"
        )
    return fill_in(roster, column_named(title, columns, table), graded)
