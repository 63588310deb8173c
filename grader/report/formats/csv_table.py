"""A plain table: one line for each gradient of each submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report.formats import csv_cells
from grader.report.row_facts import headline, short_place, solved
from grader.report.submission_facts import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row

COLUMNS = (
    "submission", "exercise", "status", "gradient", "verdict", "points", "possible", "exact", "approximate", "maxdiff",
    "chained_correct", "first_cause", "diagnosis", "problem", "place",
)  # fmt: skip


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """The whole table; a submission without gradients has one line that says why."""
    lines: list[list[object]] = [list(COLUMNS)]
    for entry in entries(document):
        head = [entry["name"], entry["exercise"], entry["status"]]
        lines += [[*head, *_cells(row)] for row in entry["gradients"]]
        if not entry["gradients"]:
            lines.append([*head, *[""] * 10, _problem(entry), ""])
    return csv_cells.written(lines)


def _problem(entry: Entry) -> str:
    return str(entry["problem"] or entry["status"])


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
