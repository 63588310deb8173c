"""grades.csv: one row for each submission. The instructor's columns `override` and `reason` are kept."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.intake.roster import STRANGER
from grader.report.files import write_whole
from grader.report.formats.class_folder import figure
from grader.report.formats.csv_table import Verbatim, unguarded, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.batch.store import Record
    from grader.classroom.intake.handed_in import HandedIn

FILE: Final = "grades.csv"
OWN: Final = ("override", "reason")
"""Columns that the instructor fills in."""
COLUMNS: Final = (
    "submission", "student", "name", "email", "status", "points", "possible", "correct", "exact", "chained",
    "previous", *OWN, "final", "problem", "notes", "source",
)  # fmt: skip
_LARGEST: Final = 256 << 20


class UnreadableGrades(Exception):
    """An existing grades.csv, which may contain overrides, cannot be read: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class GradesLine:
    """One submission and its record, if it has one yet."""

    handed_in: HandedIn
    record: Record | None


def write_grades(directory: Path, lines: Iterable[GradesLine], gradients: Sequence[str]) -> None:
    """Write the table atomically, keeping the overrides that the file contains at this moment."""
    kept = read_overrides(directory / FILE)
    rows = [_cells(line, gradients) | _override(line, kept) for line in lines]
    for name, own in kept.items():  # submissions that are gone: keep their overrides
        counts = final(own, None)
        shown = own["override"] if counts is None else _shown(counts)
        rows.append({"submission": name, "status": "missing", **own, "final": shown})
    for row in rows:
        row |= {name: Verbatim(row[name]) for name in ("submission", *OWN)}
    head = [*COLUMNS, *gradients]
    table = written([head, *([row.get(name) for name in head] for row in rows)])
    write_whole(directory / FILE, table.encode("utf-8", "replace"))


def _cells(line: GradesLine, gradients: Sequence[str]) -> dict[str, Any]:
    handed_in, record = line.handed_in, line.record
    who = handed_in.who
    cells: dict[str, Any] = {
        "submission": handed_in.name,
        "student": who.id,
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
        "notes": "; ".join(_notes(handed_in, record)),
        **{name: verdicts.get(name) for name in gradients},
    }


def _notes(handed_in: HandedIn, record: Record) -> list[str]:
    """Notes made when it was graded, and this run's note about the roster."""
    made = [note for note in record.entry["notes"] if note != STRANGER]
    return [STRANGER, *made] if STRANGER in handed_in.notes else made


def _override(line: GradesLine, kept: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The instructor's columns and the final grade."""
    own = kept.pop(line.handed_in.name, dict.fromkeys(OWN, ""))
    counts = final(own, line.record)
    return {**own, "final": own["override"] if counts is None else _shown(counts)}


def final(own: Mapping[str, str] | None, record: Record | None) -> float | None:
    """The final grade: the override if it is a number, None if it is a word; without an override, the points."""
    if own and own["override"]:
        return figure(own["override"])
    return record.points if record else None


def no_figures(overrides: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Overrides that are words, such as `excused`: they are kept, but do not count as points."""
    return {name: own["override"] for name, own in overrides.items() if own["override"] and final(own, None) is None}


def _shown(points: float) -> str:
    return f"{points:.10g}"


def read_overrides(path: Path) -> dict[str, dict[str, str]]:
    """Read the instructor's overrides, by submission, from a table edited by hand or in any spreadsheet.

    Raises:
        UnreadableGrades: the file exists, but cannot be read or lacks columns.
    """
    if not path.is_file():
        return {}
    rows = read_table(path)
    if rows and not {"submission", *OWN} <= rows[0].keys():
        raise UnreadableGrades(
            f"{path} no longer has the columns submission, override and reason, so overrides could be lost. "
            "Restore the columns, or move the file away"
        )
    found = {row["submission"]: {name: (row[name] or "").strip() for name in OWN} for row in rows if row["submission"]}
    return {name: own for name, own in found.items() if any(own.values())}


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file from any spreadsheet: comma, semicolon or tab; UTF-8 with or without BOM, UTF-16 or cp1252.

    Raises:
        UnreadableGrades: it is too large or not a table.
    """
    if path.stat().st_size > _LARGEST:
        raise UnreadableGrades(f"{path} is larger than {_LARGEST >> 20} MB")
    text = _decoded(path.read_bytes())
    first, _, rest = text.partition("\n")
    if separator := re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE):  # Excel's separator line
        text, delimiter = rest, separator[1]
    else:
        delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval=""))
    except csv.Error as error:
        raise UnreadableGrades(f"{path} cannot be read as a table: {error}") from error
    return [
        {
            unguarded((key or "").strip()): unguarded(value.strip())
            for key, value in row.items()
            if isinstance(value, str)
        }
        for row in rows
    ]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
