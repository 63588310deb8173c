"""CSV: reading other programs' tables, writing cells that no spreadsheet evaluates as a formula, and the plain table
with one line for each gradient of each submission.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.row_facts import headline, short_place, solved
from grader.report.submission_facts import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Row

POINTS_POSSIBLE = "    Points Possible"
"""Canvas marks the row with the maximum like this; the leading spaces are required."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")

COLUMNS = (
    "submission", "exercise", "status", "gradient", "verdict", "points", "possible", "exact", "approximate", "maxdiff",
    "chained_correct", "first_cause", "diagnosis", "problem", "place",
)  # fmt: skip


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


def read(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Parse a table as spreadsheets and learning platforms save it; return its columns and rows.

    With or without a byte order mark; comma, semicolon or tab. Rows that are too short are padded with empty cells.
    """
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    table = [row for row in reader if row]
    head = [name.strip() for name in table[0]] if table else []
    filled = ([*row, *[""] * (len(head) - len(row))] for row in table[1:])
    return head, [dict(zip(head, row, strict=False)) for row in filled]


# The plain table


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """Convert a report to a table; a submission without gradients has one line that says why."""
    lines: list[list[object]] = [list(COLUMNS)]
    for entry in entries(document):
        head = [entry["name"], entry["exercise"], entry["status"]]
        lines += [[*head, *_cells(row)] for row in entry["gradients"]]
        if not entry["gradients"]:
            lines.append([*head, *[""] * 10, entry["problem"] or entry["status"], ""])
    return written(lines)


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
