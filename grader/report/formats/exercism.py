"""Exercism's results.json, version 3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.row_facts import said, short_place, solved, words
from grader.report.submission_facts import entries, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row

MOST_MESSAGE = 65535


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """Convert a report to results.json. The status is `error` only if no gradient could be graded."""
    found = entries(document)
    tests = [_test(number, name, row) for number, (name, _, row) in enumerate(rows(found), 1)]
    status, message = _status(found, tests)
    return (
        json.dumps({"version": 3, "status": status, "message": message, "tests": tests}, ensure_ascii=False, indent=1)
        + "\n"
    )


def _status(found: list[Entry], tests: list[dict[str, Any]]) -> tuple[str, str | None]:
    problems = [line(entry["problem"], 2000) for entry in found if entry["problem"]]
    if not tests or (problems and all(test["status"] != "pass" for test in tests)):
        return "error", clean("\n".join(problems) or "no gradient could be graded", MOST_MESSAGE)
    return ("pass" if all(test["status"] == "pass" for test in tests) else "fail"), None


def _test(number: int, name: str, row: Row) -> dict[str, Any]:
    right = solved(row)
    return {
        "name": line(name),
        "test_code": f"{row['name']} equals the derivative of the loss with respect to {row['variable']}",
        "status": "pass" if right else "fail",
        "message": None if right else clean(said(row), MOST_MESSAGE),
        "output": clean(f"{words(row['verdict'])} ({short_place(row)})", 500) if right and row["notes"] else None,
        "task_id": number,
    }
