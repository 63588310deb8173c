"""One table for a course: points by exercise, the grade, and whatever the instructor adds to it by hand."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from grader.classroom.batch.roll import key_of
from grader.classroom.course.course_grade import Mark, check_weights, course_grade
from grader.classroom.course.course_people import joined
from grader.classroom.people.name_forms import folded
from grader.classroom.policy.figures import counted, in_figures
from grader.classroom.tables.table import UnreadableTable, heading, read_table
from grader.report.files import write_whole
from grader.report.formats.csv_table import Verbatim, figure, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.classroom.course.course_grade import CourseGrade
    from grader.classroom.course.course_people import Student
    from grader.classroom.course.graded_exercise import GradedExercise, GradedLine
    from grader.classroom.policy.class_policy import GradeRules

PEOPLE: Final = ("student", "name", "email")
OWN: Final = ("override", "reason", "comment")
"""The instructor's columns, which are always there; columns that are added by hand are kept as well."""


class DoubledExercise(Exception):
    """Two folders hold results of one exercise: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One person's row."""

    key: str
    """Ten letters that no spreadsheet turns into a number or a date."""
    student: Student
    marks: tuple[Mark, ...]
    grade: CourseGrade


@dataclass(frozen=True, slots=True)
class CourseTable:
    """The table before anything written by hand."""

    columns: tuple[str, ...]
    """The columns of the exercises: `mlp (of 26)`."""
    rows: tuple[CourseRow, ...]
    told: tuple[str, ...]
    """What a person has to look at."""
    open: int
    """The people without a grade, because an exercise of theirs has none yet."""


def course_table(results: Sequence[GradedExercise], rules: GradeRules) -> CourseTable:
    """Make the table from several exercises' results. Who has no line in one of them has 0 points there.

    Raises:
        DoubledExercise: two folders hold results of one exercise.
        NoWeight: an exercise has no weight although others have one.
    """
    exercises = [each.exercise for each in results]
    if doubled := next((each for each in results if exercises.count(each.exercise) > 1), None):
        folders = [each.folder for each in results if each.exercise == doubled.exercise]
        raise DoubledExercise(f"{' and '.join(folders)} both hold results of {doubled.exercise}; name one of them")
    check_weights(rules, exercises)
    people, apart = joined([each.lines for each in results])
    rows, absent = [], dict.fromkeys(exercises, 0)
    for key, student in zip(_keys(people), people, strict=True):
        by_folder = {line.folder: line for line in student.lines}
        marks = []
        for each in results:
            line = by_folder.get(each.folder)
            absent[each.exercise] += line is None
            points = line.points if line else Fraction(0)
            marks.append(Mark(each.exercise, points, each.possible, line.excused if line else ""))
        rows.append(CourseRow(key, student, tuple(marks), course_grade(marks, rules)))
    told = [sentence for each in results for sentence in each.told] + [*apart]
    told += [
        f"{counted(number, 'person')} of the course {'has' if number == 1 else 'have'} no row in the results of "
        f"{exercise}: 0 points".replace("persons", "people")
        for exercise, number in absent.items()
        if number
    ]
    is_open = sum(any(mark.points is None and not mark.excused for mark in row.marks) for row in rows)
    return CourseTable(
        tuple(_column(each.exercise, each.possible) for each in results), tuple(rows), tuple(told), is_open
    )


def _keys(people: Sequence[Student]) -> list[str]:
    """From what identifies each person best; those whom it does not tell apart have the submission added to it."""
    best = [folded(next(filter(None, map(student.first, _parts())))) for student in people]
    count = Counter(best)
    firsts = [student.lines[0] for student in people]
    return [
        key_of(word if count[word] == 1 else f"{word}\0{PurePath(line.folder).name}\0{line.submission}")
        for word, line in zip(best, firsts, strict=True)
    ]


def _parts() -> tuple[Callable[[GradedLine], str], ...]:
    return (
        lambda line: line.claim.id or line.claim.login,
        lambda line: line.claim.email,
        lambda line: line.name,
        lambda line: line.submission,
    )


def write_course(path: Path, table: CourseTable) -> tuple[str, ...]:
    """Write the table atomically, keeping every cell that was added to it by hand up to this moment.

    Returns:
        Sentences about rows and overrides that a person has to look at.

    Raises:
        UnreadableTable: there is a file that cannot be read, or another table.
    """
    ours = ["key", *PEOPLE, *table.columns, "total", "possible"]
    kept = _kept(path)
    own = [*OWN, *kept.columns]
    rows = [dict.fromkeys(own, "") | _cells(row) for row in table.rows]
    told = []
    kept.give(rows)
    for cells in rows:
        told += _override(cells)
    lost = kept.rest()
    for cells in lost:
        cells.update(final="", explanation="no longer in the results")
    if lost:
        told.append(
            f"{path}: {counted(len(lost), 'row')} with something that you wrote "
            f"{'belongs' if len(lost) == 1 else 'belong'} to nobody in the results, and "
            f"{'is' if len(lost) == 1 else 'are'} kept at the end: {', '.join(_called(cells) for cells in lost[:5])}"
        )
    head = [*ours, *own, "final", "explanation"]
    everything = [{**cells, **{name: Verbatim(cells.get(name, "")) for name in own}} for cells in (*rows, *lost)]
    text = written([head, *([cells.get(name, "") for name in head] for cells in everything)])
    write_whole(path, codecs.BOM_UTF8 + text.encode("utf-8", "replace"))  # without a BOM, Excel guesses
    return tuple(told)


def _cells(row: CourseRow) -> dict[str, str]:
    marks = {
        _column(mark.exercise, mark.possible): mark.excused or ("" if mark.points is None else in_figures(mark.points))
        for mark in row.marks
    }
    total = row.grade.total
    return {
        "key": row.key,
        "student": row.student.first(lambda line: line.claim.id or line.claim.login),
        "email": row.student.first(lambda line: line.claim.email),
        "name": row.student.first(lambda line: line.name),
        **marks,
        "total": "" if total is None else in_figures(total),
        "possible": in_figures(row.grade.possible) if row.grade.possible else "",
        "explanation": row.grade.explanation,
    }


def _override(cells: dict[str, str]) -> list[str]:
    """Set the final grade: what was written by hand, else the total."""
    override = cells["override"]
    cells["final"] = override or cells["total"]
    points, possible = figure(override), figure(cells["possible"])
    who = _called(cells)
    if override and points is None:
        return [f"the override for {who} is not a number ({override!r}): it is shown as final"]
    if points is not None and points < 0:
        return [f"the override for {who} is below zero: {override}"]
    if points is not None and possible is not None and points > possible:
        return [f"the override for {who}, {override}, is more than the possible {cells['possible']}"]
    return []


def _called(cells: dict[str, str]) -> str:
    return next((cells[name] for name in ("name", "student", "email", "key") if cells.get(name)), "(no name)")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The cells of an earlier table that were written by hand."""

    columns: tuple[str, ...]
    rows: list[dict[str, str]]

    def give(self, everybody: Sequence[dict[str, str]]) -> None:
        """Give each person what was written: found by key, else by an id, address or name that is unique in both."""
        waiting = [*everybody]
        for name in ("key", "student", "email", "name"):
            theirs, ours = _unique(waiting, name), _unique(self.rows, name)
            for word in theirs.keys() & ours.keys():
                cells, row = theirs[word], ours[word]
                if name == "name" and any(_differ(cells, row, each) for each in ("student", "email")):
                    continue  # somebody else who is called the same
                cells.update({column: row.get(column, "") for column in (*OWN, *self.columns)})
                waiting = [each for each in waiting if each is not cells]
                self.rows.remove(row)

    def rest(self) -> list[dict[str, str]]:
        """Rows with something written in them that nobody took."""
        return [row for row in self.rows if any(row.get(column) for column in (*OWN, *self.columns))]


def _differ(one: dict[str, str], other: dict[str, str], name: str) -> bool:
    words = [folded(row.get(name, "")) for row in (one, other)]
    return all(words) and words[0] != words[1]


def _unique(rows: Sequence[dict[str, str]], name: str) -> dict[str, dict[str, str]]:
    """The rows by a cell that only they have."""
    words = [folded(row.get(name, "")) for row in rows]
    count = Counter(words)
    return {word: row for word, row in zip(words, rows, strict=True) if word and count[word] == 1}


def check_course(path: Path) -> None:
    """Check that the table can be written there, before the work that leads to it.

    Raises:
        UnreadableTable: there is a file that cannot be read, or another table.
    """
    _kept(path)


def _kept(path: Path) -> _Kept:
    if not path.is_file():
        return _Kept((), [])
    table = read_table(path)
    if table.column("key", "final") is None:
        raise UnreadableTable(f"{path} is not a table that `grade course` wrote; move it away, or choose another --out")
    ours = {heading(each): each for each in ("key", *PEOPLE, "total", "possible", *OWN, "final", "explanation")}
    head = [ours.get(heading(name), name) for name in table.head]
    added = tuple(name for name in head if name and name not in ours.values() and not _COLUMN.fullmatch(name))
    rows = [{name: cell.strip() for name, cell in zip(head, row, strict=False)} for row in table.rows]
    return _Kept(added, rows)


def _column(exercise: str, possible: Fraction) -> str:
    """An exercise's heading, by which the next run tells it from columns that were added by hand."""
    return f"{exercise} (of {in_figures(possible)})"


_COLUMN: Final = re.compile(r".+ \(of [\d.]+\)")
