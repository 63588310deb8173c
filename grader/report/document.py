"""The JSON report: pytest-json-report's document plus the key `grader`, with as much detail as its reader may see."""

from __future__ import annotations

import math
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.report.row_facts import failure_text, headline, location, own_line, solved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Document = dict[str, Any]

SCHEMA_VERSION = "1"
SCHEMA_FILE = Path(__file__).with_name("report.schema.json")


OMITTED = ("collectors", "keywords", "log", "streams", "traceback", "warnings")
"""Keys of pytest-json-report's document that `grade` omits: they describe pytest, not the gradients."""


# The document


def section(submissions: Sequence[Document], *, head: Mapping[str, Any], feedback: str = "full") -> Document:
    """Build the value of the key `grader`.

    Args:
        submissions: one result of `Grading.document()` for each submission.
        head: version, criterion, settings_sha256, numerics and notes.
    """
    entries = [render(entry, feedback) for entry in submissions]
    graded: Document = _finite({"schema": SCHEMA_VERSION, **head, "submissions": entries})
    return graded


def document(
    submissions: Sequence[Document], *, head: Mapping[str, Any], root: str, feedback: str = "full"
) -> Document:
    """Build the whole report without pytest: what the pytest plugin and pytest-json-report write for the same rows."""
    return around(section(submissions, head=head, feedback=feedback), root)


def around(graded: Document, root: str) -> Document:
    """The whole report, of which `graded` is the section of the key `grader`."""
    tests = [_test(entry, row) for entry in graded["submissions"] for row in entry["gradients"]]
    outcomes = Counter(test["outcome"] for test in tests)
    failed = any(test["outcome"] != "passed" for test in tests)
    return {
        "created": time.time(),
        "duration": sum(entry["duration_s"] for entry in graded["submissions"]),
        "exitcode": 1 if failed else 0 if tests else 5,
        "root": root,
        "environment": {},
        "summary": {**outcomes, "total": len(tests), "collected": len(tests)},
        "tests": tests,
        "grader": graded,
    }


def _test(entry: Document, row: Document) -> Document:
    """One gradient as pytest-json-report records it. Setup and teardown are pytest's stages: they take no time here."""
    quick = {"duration": 0.0, "outcome": "passed"}
    call: Document = {"duration": row["duration_s"], "outcome": outcome(row)}
    if call["outcome"] != "passed":
        call["crash"] = {"path": location(entry, row), "lineno": own_line(row)[0] or 1, "message": headline(row)}
        call["longrepr"] = failure_text(entry, row)
    return {
        "nodeid": node_id(entry["exercise"], entry["name"], row["name"]),
        "lineno": line_index(row["line"]),
        "outcome": call["outcome"],
        "setup": dict(quick),
        "call": call,
        "teardown": dict(quick),
    }


def node_id(exercise: str, submission: str, gradient: str) -> str:
    """A gradient's node id in pytest: `mlp/forward.py::backward::dprobs`."""
    return f"{exercise}/forward.py::{node_name(submission)}::{gradient}"


def node_name(submission: str) -> str:
    """A submission's name, safe as part of a node id: `::` and `[` would split it."""
    return "".join(c if c.isalnum() or c in "._-@+ " else "_" for c in submission) or "_"


def line_index(line: int | None) -> int:
    """A line number as pytest counts it, from 0."""
    return (line or 1) - 1


def outcome(row: Mapping[str, Any]) -> str:
    """pytest's outcome for a gradient: `passed` if it earned its points, otherwise `failed`."""
    return "passed" if solved(row) else "failed"


# Two readers, one document


def render(entry: Document, feedback: str) -> Document:
    """A submission's entry at a feedback level: `full` for instructors and your own workspace, less for students.

    `kind` names the kind of mistake and counts the further cases, `verdict` shows only the verdicts, and `none`
    shows only that the submission was received.

    Raises:
        ValueError: there is no such feedback level.
    """
    from grader.exercise.settings import Feedback

    if feedback not in [*Feedback]:
        raise ValueError(f"feedback must be one of {', '.join(Feedback)}, not {feedback}")
    if feedback == "full":
        return entry
    if feedback == "none":
        return {**entry, "score": None, "previous_score": None, "gradients": []}
    return {**entry, "gradients": [_render_row(row, feedback) for row in entry["gradients"]]}


def _render_row(row: Document, feedback: str) -> Document:
    """A row for students: cases become a count, and no numbers computed from hidden cases remain."""
    diagnosis = row["diagnosis"] and {"kind": row["diagnosis"]["kind"], "message": None, "evidence": None}
    less = {
        **row,
        "cases": _count(row["cases"]),
        "worst": None,
        "pattern": None,
        "score": None,
        "tolerance": None,
        "diagnosis": diagnosis,
    }
    if feedback == "verdict":
        less |= {"diagnosis": None, "problem": None, "notes": []}
        less.pop("printed", None)
    return less


def _count(cases: object) -> object:
    return len(cases) if isinstance(cases, (list, tuple)) else cases


_PLAIN = (str, int, bool, type(None))


def _finite(value: Any) -> Any:
    """Replace NaN and infinity by null at any depth, since JSON has neither."""
    if isinstance(value, dict):
        return {key: item if type(item) in _PLAIN else _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [item if type(item) in _PLAIN else _finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
