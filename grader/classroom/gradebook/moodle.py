"""Moodle: its own grading worksheet filled in, or a table to import into the grade book."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import TYPE_CHECKING

from grader.classroom.gradebook.column import column_named, listed, open_columns
from grader.classroom.gradebook.filled import Filled, fill_in
from grader.classroom.people.worksheet import GRADE, graded_column, is_worksheet
from grader.classroom.policy.figures import in_figures
from grader.report.formats import csv_table
from grader.report.formats.csv_table import figure
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.classroom.gradebook.earned import Grade
    from grader.classroom.people.roster import Roster
    from grader.classroom.tables.table import Table

_MAXIMUM = re.compile(
    r".*(\bmax|máx|massim|bestwertung|högsta|højeste|en yüksek|макс|最高|最大|满分).*", re.IGNORECASE | re.DOTALL
)
_FEEDBACK = re.compile(
    r".*(feedback|comment|kommentar|coment|retroal|retroac|rückmeldung|opmerking|geri bildirim|yorum|коммент|отзыв|"
    r"komentarz|komentář|コメント|反馈|回饋|评语).*",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = ("Email address", "email", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo", "e-mail", "mail")
_USERNAME = ("Username", "Anmeldename", "Nom d'utilisateur", "Nombre de usuario")


def fill(roster: Roster, graded: Mapping[int, Grade], title: str | None, exercises: Iterable[str]) -> Filled:
    """A worksheet with grades and feedback filled in; of another table, addresses and grades to import.

    Args:
        roster: the grading worksheet, in any language, or a list of participants.
        graded: the grade of each row.
        title: the column of grades, if its heading is not a known one; the name of the column to import.
        exercises: what was graded.

    Raises:
        NothingToTell: it lacks a column that Moodle needs, or a grade exceeds Moodle's maximum.
    """
    table = roster.table
    if not is_worksheet(table):
        return _import(table, graded, title or ", ".join(exercises))
    columns = open_columns(roster)
    column = column_named(title, columns, table) if title else _one_of(table, GRADE)
    if column is None:
        raise NothingToTell(f"{table.name} has no known column of grades. Name it with --title: {', '.join(columns)}")
    _check(table, graded)
    feedback = _feedback(table)
    said = {row: csv_table.no_formula(_markup("; ".join(grade.said))) for row, grade in graded.items()}
    texts = {} if feedback is None else {(row, feedback): text for row, text in said.items()}
    return fill_in(roster, column, graded, texts)


def _one_of(table: Table, headings: Iterable[str]) -> int | None:
    return next((at for at, name in enumerate(table.head) if name.casefold() in headings), None)


def _feedback(table: Table) -> int | None:
    """The column of comments: the plugins of feedback follow the last change of the grade."""
    after = range((graded_column(table) or 0) + 1, len(table.head))
    return next((at for at in after if _FEEDBACK.fullmatch(table.head[at])), None)


def _markup(text: str) -> str:
    """HTML without characters that a worksheet in an older encoding could not hold."""
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


def _check(table: Table, graded: Mapping[int, Grade]) -> None:
    """Reject a grade over Moodle's maximum here: Moodle would stop in the middle of the import."""
    column = next((at for at, name in enumerate(table.head) if _MAXIMUM.fullmatch(name)), None)
    for row, grade in graded.items() if column is not None else ():
        most = figure(table.rows[row][column or 0])
        if most is not None and grade.points > most:
            raise NothingToTell(
                f"{grade.name} has {in_figures(grade.points)} points, but Moodle's maximum is {most:g}: set it to "
                f"{max(grade.points, grade.possible):g} in Moodle, and download the worksheet again"
            )


def _import(table: Table, graded: Mapping[int, Grade], title: str) -> Filled:
    column = next((at for name in (*_ADDRESS, *_USERNAME) if (at := table.column(name)) is not None), None)
    if column is None:
        raise NothingToTell(
            f"{table.name} has neither the columns of a grading worksheet nor a column Email address or Username: "
            "download the grading worksheet of the assignment in Moodle"
        )
    # Moodle's import stops at a row without an address, and at people whom it does not know.
    marks = [row[column].strip().casefold() for row in table.rows]
    people = Counter(marks)
    found = {row: grade for row, grade in graded.items() if marks[row] and people[marks[row]] == 1}
    lines = [[table.rows[row][column], in_figures(grade.points)] for row, grade in found.items()]
    content = csv_table.written([[table.head[column], title], *lines]).encode()
    without = [grade.name for row, grade in graded.items() if row not in found]
    why = f"left out, because {table.head[column]} is empty or somebody else's, too, in {table.name}"
    return Filled(content, (f"{why}: {listed(without)}",) if without else (), complete=not without)
