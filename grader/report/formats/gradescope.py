"""Gradescope's results.json: a test for each gradient, plus exact and chained as tests without points."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.row_facts import said, solved, words
from grader.report.submission_facts import chained_of, earned, entries, exact_of, rows, total, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row


def convert(document: Mapping[str, Any], context: Context) -> str:
    """Convert a report to results.json."""
    found = entries(document)
    tests = [_test(str(number), name, row) for number, (name, _, row) in enumerate(rows(found), 1)]
    tests += [test for entry in found for test in _information(entry, several=len(found) > 1)]
    result = {
        "output": "\n".join(_about(found)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "execution_time": round(sum(entry["duration_s"] for entry in found), 3),
        "visibility": context.visibility,
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"version": document["grader"]["version"], "criterion": document["grader"]["criterion"]},
    }
    if not any("score" in test for test in tests):  # Gradescope requires scores of tests or a total
        result["score"] = total(found)[0]
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def _test(number: str, name: str, row: Row) -> dict[str, Any]:
    return {
        "name": clean(name),
        "number": number,
        "score": row["points"],
        "max_score": row["possible"],
        "status": "passed" if solved(row) else "failed",
        "output": said(row),
        "tags": [words(row["verdict"])],
    }


def _information(entry: Entry, *, several: bool) -> Iterator[dict[str, Any]]:
    """Tests without points: they do not change the grade."""
    count, score = len(entry["gradients"]), entry["score"] or {}
    if not count:
        return
    prefix = f"{line(entry['exercise'])}: " if several else ""
    yield _informational(f"{prefix}exact (no points)", score.get("exact") == count, exact_of(entry))
    if chained := chained_of(entry):
        yield _informational(f"{prefix}chained (no points)", score["chained_correct"] == count, chained)


def _informational(name: str, good: bool, output: str) -> dict[str, Any]:  # noqa: FBT001 one call, one meaning
    return {"name": name, "status": "passed" if good else "failed", "output": clean(output)}


def _about(found: list[Entry]) -> Iterator[str]:
    for entry in found:
        points, possible = earned(entry)
        yield f"{line(entry['exercise'])}: {points} of {possible} points"
        for text in (entry["problem"], unseen(entry), *entry["notes"]):
            if text:
                yield clean(text)
