"""grades.csv: one row for each submission. The instructor's columns `override`, `reason` and `comment` are kept."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.batch.roll import keys
from grader.classroom.batch.ruling import CourseRules
from grader.classroom.intake.handed_in import LATE
from grader.classroom.people.joining import STRANGER
from grader.classroom.tables.table import UnreadableTable, read_table
from grader.report.files import write_whole
from grader.report.formats.csv_table import Verbatim, figure, unguarded, written
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.batch.ruling import Ruling
    from grader.classroom.batch.store import Record
    from grader.classroom.intake.handed_in import HandedIn
    from grader.classroom.policy.rows import Counted

FILE: Final = "grades.csv"
OWN: Final = ("override", "reason", "comment")
"""Columns that the instructor fills in."""
_FIRST: Final = (
    "submission", "student", "name", "email", "status", "points", "possible", "correct", "exact", "chained", "previous",
    "override", "reason", "final", "problem", "notes", "source", "comment",
)  # fmt: skip
RULES: Final = ("at", "late", "penalty", "slip", "counts", "why")
"""Columns of a class with a due date, with rounded points, or with several attempts of one person."""
COLUMNS: Final = (*_FIRST, "key")
UNMATCHED: Final = "unmatched"
"""The status of a row that belongs to no submission, and is kept for what the instructor wrote in it."""
_NEEDED: Final = ("submission", "override", "reason")
"""Columns without which overrides could be lost; `key` and `comment` are missing from tables of earlier versions."""
_SPREADSHEETS: Final = (".xlsx", ".xls", ".ods", ".numbers")
_MOST_NAMED: Final = 10


class UnreadableGrades(Exception):
    """An existing grades.csv, which may contain overrides, cannot be read: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class GradesLine:
    """One submission and its record, if it has one yet."""

    handed_in: HandedIn
    record: Record | None


Row = dict[str, str]
"""A row of grades.csv: its cells by column."""
Own = dict[str, str]
"""What the instructor wrote in a row: the cells of the columns `OWN`."""


@dataclass(frozen=True, slots=True)
class GradesTable:
    """What grades.csv says of a class."""

    rows: Mapping[str, Row]
    """The rows by the submission's name."""
    unmatched: tuple[Row, ...] = ()
    """Rows with something that the instructor wrote, but of no submission, or a second one of the same."""
    absent: tuple[str, ...] = ()
    """Submissions without a row."""
    added: tuple[str, ...] = ()
    """Columns that the instructor added: they are kept."""
    mixed: tuple[str, ...] = ()
    """Submissions named in rows that have the key of another submission; these rows count for nobody."""
    beside: str = ""
    """The file of a spreadsheet that was saved under this table's name, and is not read."""

    def own(self) -> dict[str, Own]:
        """What the instructor wrote, by submission; those without an entry are left out."""
        return {name: own_of(row) for name, row in self.rows.items() if any(own_of(row).values())}

    def told(self) -> Iterator[str]:
        """What is wrong with the table, a sentence each."""
        if self.beside:
            yield (
                f"{self.beside} is not read, although it is called like {FILE}: if you wrote in it, save it as {FILE}; "
                "otherwise move it away"
            )
        if self.mixed:
            one = len(self.mixed) == 1
            yield (
                f"in {len(self.mixed)} {'row' if one else 'rows'} of {FILE}, submission and key belong to different "
                f"submissions: {_named(self.mixed)}. If only some of its columns were sorted, undo that and sort whole "
                "rows"
            )
            return  # what else is wrong comes of this
        if self.unmatched:
            one = len(self.unmatched) == 1
            yield (
                f"{len(self.unmatched)} {'row' if one else 'rows'} of {FILE} {'belongs' if one else 'belong'} to no "
                f"submission: {_named([row['submission'] or '(no name)' for row in self.unmatched])}. Copy what you "
                f"wrote there to the right {'row' if one else 'rows'}, then delete {'it' if one else 'them'}"
            )
        if self.absent:
            one = len(self.absent) == 1
            yield (
                f"{FILE} has no row for {len(self.absent)} {'submission' if one else 'submissions'}: "
                f"{_named(self.absent)}. Run `grade batch` on the same submissions again to add "
                f"{'it' if one else 'them'}; nothing is graded twice"
            )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


# Writing


def write_grades(
    directory: Path, lines: Sequence[GradesLine], gradients: Sequence[str], rules: CourseRules | None = None
) -> Ruling:
    """Write the table atomically, keeping what the instructor has written in it up to this moment.

    Returns:
        What the course's rules make of the class.
    """
    known = _known(lines)
    kept = read_grades(directory / FILE, known)
    rules = rules or CourseRules()
    ruling = rules.ruling(lines, kept.own())
    rows = [
        _cells(line, gradients, due=rules.is_due)
        | _own_cells(kept.rows.get(name, {}), line.record)
        | _ruled_cells(ruling.counted.get(name), kept.rows.get(name, {}))
        | {"key": key}
        for line, (key, name) in zip(lines, known.items(), strict=True)
    ]
    added = [column for column in kept.added if column not in gradients]
    for cells, name in zip(rows, known.values(), strict=True):
        cells |= {column: kept.rows.get(name, {}).get(column, "") for column in added}
    rows += [
        {column: row.get(column, "") for column in ("submission", *added)}
        # Without a key that is another row's: sorted before it, this row would count in its place.
        | {"status": UNMATCHED, "key": "" if row["key"].casefold() in known else row["key"], **_own_cells(row, None)}
        for row in kept.unmatched
    ]
    for cells in rows:
        cells |= {column: Verbatim(cells[column]) for column in ("submission", *OWN, *added)}
    head = [*_FIRST, *(RULES if ruling.counted else ()), "key", *gradients, *added]
    table = written([head, *([row.get(name) for name in head] for row in rows)])
    write_whole(directory / FILE, codecs.BOM_UTF8 + table.encode("utf-8", "replace"))  # without a BOM, Excel guesses
    return ruling


def ruling_of(directory: Path, lines: Sequence[GradesLine], rules: CourseRules) -> Ruling:
    """What the course's rules make of the class, with the overrides in the table at this moment."""
    return rules.ruling(lines, read_grades(directory / FILE, _known(lines)).own())


def _known(lines: Sequence[GradesLine]) -> dict[str, str]:
    """Key -> name of each submission."""
    raws = [line.handed_in.raw for line in lines]
    return dict(zip(keys(raws), (line.handed_in.name for line in lines), strict=True))


def _cells(line: GradesLine, gradients: Sequence[str], *, due: bool) -> dict[str, Any]:
    handed_in, record = line.handed_in, line.record
    who = handed_in.who
    cells: dict[str, Any] = {
        "submission": handed_in.name,
        "student": who.id or who.login,
        "name": who.name,
        "email": who.email,
        "source": str(handed_in.source),
        "status": record.status if record else "waiting",
    }
    if record is None:
        return cells
    score = record.entry["score"] or {}
    previous = record.entry["previous_score"] or {}
    verdicts = record.entry["verdicts"]
    return cells | {
        **{name: score.get(name) for name in ("points", "possible", "correct", "exact")},
        "chained": score.get("chained_correct"),
        "previous": previous.get("points"),
        "problem": record.entry["problem"],
        "notes": "; ".join(note for note in _notes(handed_in, record) if note != LATE or not due),
        **{name: verdicts.get(name) for name in gradients},
    }


def _notes(handed_in: HandedIn, record: Record) -> list[str]:
    """Notes made when it was graded, and this run's note about the roster."""
    made = [note for note in record.entry["notes"] if note != STRANGER]
    return [STRANGER, *made] if STRANGER in handed_in.notes else made


def _own_cells(row: Row, record: Record | None) -> dict[str, Any]:
    """The instructor's columns and the final grade."""
    own = own_of(row)
    counts = final(own, record)
    return {**own, "final": own["override"] if counts is None else f"{counts:.10g}"}


def _ruled_cells(counted: Counted | None, row: Row) -> dict[str, Any]:
    """What the course's rules say; nothing where there is nothing to decide."""
    if counted is None:
        return {}
    word = "" if counted.final is not None or not counted.counts else own_of(row)["override"]
    return {
        "at": counted.at,
        "late": counted.late,
        "penalty": f"{counted.penalty:.10g}" if counted.penalty else "",
        "slip": str(counted.slip) if counted.slip else "",
        "counts": "yes" if counted.counts else "no",
        "why": counted.why,
        "final": word if counted.final is None else f"{counted.final:.10g}",
    }


# What counts


def own_of(row: Mapping[str, str]) -> Own:
    """What the instructor wrote in a row."""
    return {name: row.get(name, "") for name in OWN}


def final(own: Mapping[str, str] | None, record: Record | None) -> float | None:
    """The final grade: the override if it is a number, None if it is a word; without an override, the points."""
    if own and own["override"]:
        return figure(own["override"])
    return record.points if record else None


def doubtful(own: Mapping[str, Mapping[str, str]], possible: float) -> Iterator[str]:
    """A sentence for each override that is a word, such as `excused`, below zero, or above the maximum."""
    for name, cells in own.items():
        text = cells["override"]
        points = figure(text) if text else None
        if text and points is None:
            yield (
                f"the override for {name} is not a number ({text!r}): it is shown as final, and exports leave {name} "
                "out"
            )
        elif points is not None and not 0 <= points <= possible:
            beyond = "below zero" if points < 0 else f"above the maximum of {possible:g}"
            yield f"the override for {name}, {points:.10g}, is {beyond}: it counts as it is"


# Reading


def read_grades(path: Path, known: Mapping[str, str]) -> GradesTable:
    """Read the table, edited by hand or in any spreadsheet: a row's submission is found by its key, then by exact name.

    Args:
        path: the file; one that does not exist is an empty table.
        known: key -> name of each submission.

    Raises:
        UnreadableGrades: the file exists, but cannot be read or lacks columns.
    """
    if not path.is_file():
        return GradesTable({})
    rows = read_rows(path)
    if rows and not rows[0].keys() >= {*_NEEDED}:
        unsplit = any(all(name in heading for name in _NEEDED) for heading in rows[0])
        raise UnreadableGrades(
            f"{path} has each row in a single cell: open it with a comma between the columns, then save it"
            if unsplit
            else f"{path} no longer has the columns submission, override and reason, so overrides could be lost. "
            "Restore the columns, or move the file away"
        )
    names = set(known.values())
    found: dict[str, Row] = {}
    left = []
    mixed = []
    whole = {row["submission"] for row in rows if known.get(row.get("key", "").casefold()) == row["submission"]}
    for row in rows:  # first by key, so that a damaged name cannot take another's row
        name = known.get(row.setdefault("key", "").casefold())
        if name is not None and row["submission"] in names - whole - {name}:
            left.append(row)  # the name is that of somebody whose own row is nowhere: only some columns were sorted
            mixed.append(row["submission"])
        elif name is not None and name not in found:
            found[name] = row
        else:
            left.append(row)
    added = _added(rows)
    unmatched = []
    for row in left:
        of_nobody = row["key"].casefold() in known or row.get("status") == UNMATCHED
        if row["submission"] in names and row["submission"] not in found and not of_nobody:
            found[row["submission"]] = row
        elif any(own_of(row).values()) or any(row.get(column) for column in added):
            unmatched.append(row)
    absent = tuple(name for name in known.values() if name not in found)
    beside = next((there.name for ending in _SPREADSHEETS if (there := path.with_suffix(ending)).exists()), "")
    return GradesTable(found, tuple(unmatched), absent, added, tuple(mixed), beside)


_VERDICTS: Final = frozenset(Verdict)


def _added(rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns that are neither ours nor a gradient's, of this exercise or of an earlier form of it."""
    there = dict.fromkeys(column for row in rows for column in row if column)
    return tuple(
        column
        for column in there
        if column not in (*COLUMNS, *RULES)
        and any(row.get(column) for row in rows)
        and not _VERDICTS.issuperset(row[column] for row in rows if row.get(column))
    )


def read_rows(path: Path) -> list[Row]:
    """The rows of a table that a spreadsheet may have saved in its own encoding and dialect.

    Raises:
        UnreadableGrades: it is too large or not a table, or has a cell that could belong to no column or to two.
    """
    try:
        table = read_table(path)
    except UnreadableTable as error:
        raise UnreadableGrades(str(error)) from error
    head = [unguarded(name.strip("\ufeff ")) for name in table.head]
    rows = [[unguarded(cell.strip()) for cell in row] for row in table.rows]
    _check_columns(path, head, rows)
    return [dict(zip(head, row, strict=False)) for row in rows if any(row)]


def _check_columns(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuse a table of which something would be lost when it is written again.

    Raises:
        UnreadableGrades: it has two columns of one name that differ, or text in a column without a heading.
    """
    for row in rows:
        for at, cell in enumerate(row):
            name = head[at] if at < len(head) else ""
            if cell and not name:
                raise UnreadableGrades(
                    f"{path} has {cell!r} in a column without a heading, so it could be lost. Give the column a heading"
                )
            if name and cell != row[head.index(name)]:
                raise UnreadableGrades(
                    f"{path} has two columns {name} with different cells. Delete one of them, or rename it"
                )
