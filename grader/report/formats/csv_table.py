"""CSV: reading other programs' tables, writing cells that no spreadsheet evaluates as a formula, and the plain table
with one line for each gradient of each submission.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.row_facts import headline, short_place, solved
from grader.report.submission_facts import counted, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row

POINTS_POSSIBLE = "    Points Possible"
"""Canvas marks the row with the maximum like this; the leading spaces are required."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")

COLUMNS = (
    "submission", "exercise", "status", "gradient", "verdict", "points", "possible", "exact", "approximate", "maxdiff",
    "chained_correct", "first_cause", "diagnosis", "problem", "place",
)  # fmt: skip

FINAL = "final"
"""The last column of a class's table: what counts for the submission, the same in each of its lines."""


# Cells


class Verbatim(str):
    """A cell that is read back later and that no learner writes: kept verbatim, but guarded against formulas."""

    __slots__ = ()


def guard(value: object) -> str:
    """A cell as text, with an apostrophe in front if a spreadsheet could evaluate it as a formula."""
    if value is None:
        return ""
    if isinstance(value, Verbatim):
        return no_formula(value.replace("\0", ""))
    if isinstance(value, (bool, int, float)):
        return str(value)
    indent = "    " if value == POINTS_POSSIBLE else ""
    return no_formula(indent + line(value, 2000))


def no_formula(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet could evaluate it as a formula."""
    # Some programs normalize full-width signs and drop zero-width characters before they look for a formula.
    first = unicodedata.normalize("NFKC", text).lstrip("\u200b\u200c\u200d\u2060\ufeff\u00ad '\"")[:1]
    return f"'{text}" if first in _DANGEROUS and first and not _is_number(text) else text


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that guards it; any other apostrophe stays."""
    return cell[1:] if cell[:1] == "'" and no_formula(cell[1:]) == cell else cell


def figure(text: str) -> float | None:
    """Parse a number as people type it; a decimal comma is fine. None for a word, an infinity or NaN."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    if "_" in text:  # a number to Python, but to nobody else
        return None
    return found if math.isfinite(found) else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()


# Tables


def written(rows: Iterable[Iterable[object]]) -> str:
    """Format a table: comma-separated, quoted where needed, lines ending in a line feed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue()


# The plain table


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """Convert a report to a table; a submission without gradients has one line that says why."""
    found = entries(document)
    of_class = any("final" in entry for entry in found)
    lines: list[list[object]] = [[*COLUMNS, *([FINAL] if of_class else [])]]
    for entry in found:
        head = [entry["name"], entry["exercise"], entry["status"]]
        final = [_final(entry)] if of_class else []
        lines += [[*head, *_cells(row), *final] for row in entry["gradients"]]
        if not entry["gradients"]:
            lines.append([*head, *[""] * 10, entry["problem"] or entry["status"], "", *final])
    return written(lines)


def _final(entry: Entry) -> str:
    found = counted(entry)
    return f"{found:.10g}" if isinstance(found, (int, float)) else found or ""


def _cells(row: Row) -> list[object]:
    local, chained = row["local"] or {}, row["chained"] or {}
    return [
        row["name"],
        row["verdict"],
        row["points"],
        row["possible"],
        local.get("exact"),
        local.get("approximate"),
        local.get("maxdiff"),
        chained.get("correct"),
        chained.get("first_cause"),
        (row["diagnosis"] or {}).get("kind"),
        "" if solved(row) else headline(row),
        short_place(row),
    ]
