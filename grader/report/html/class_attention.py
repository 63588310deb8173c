"""What an instructor acts on first: which submissions are in trouble, and which need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.row_facts import started
from grader.report.submission_facts import file_problem
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Entry = Mapping[str, Any]

TROUBLES = {
    "missing": "Missing",
    "unreadable": "Unreadable",
    "failed": "Not graded: internal error",
    "unloadable": "The file raises when it is loaded",
    "refused": "Refused",
    "not_started": "Not started",
    "timed_out": "Timed out",
    "killed": "Crashed",
    "partly_refused": "Refused in part",
    "nothing": "Nothing correct",
    "behind": "Fewer than half correct",
}
"""Kinds of trouble with their titles, the most serious first."""
WHOLE = ("missing", "unreadable", "failed", "unloadable", "refused", "not_started")
"""Troubles of a whole submission: it has no gradients of its own to count."""
_STOPPED = {Verdict.TIMED_OUT: "timed_out", Verdict.KILLED: "killed", Verdict.REFUSED: "partly_refused"}
_MOST_GRADIENTS = 4
TEST_STUDENT = "student, test"
"""The name of Canvas's own test student, who is in every exported grade book."""


def trouble(entry: Entry) -> tuple[str, str] | None:
    """The most serious trouble of a submission and its reason; None if it is getting on."""
    status, problem, rows = entry["status"], file_problem(entry), entry["gradients"]
    if status in ("missing", "unreadable", "failed"):
        return status, line(problem or "", 200)
    if problem:
        return "unloadable", line(problem, 200)
    if status == "refused":
        return status, line(next((row["problem"] for row in rows if row["problem"]), ""), 200)
    if rows and not any(map(started, rows)):
        return "not_started", ""
    for verdict, kind in _STOPPED.items():
        if names := [row["name"] for row in rows if row["verdict"] == verdict]:
            return kind, _listed(names)
    return _behind(entry)


def _behind(entry: Entry) -> tuple[str, str] | None:
    """Fewer than half of the gradients are correct."""
    correct, count = (entry["score"] or {}).get("correct"), len(entry["gradients"])
    if correct is None or 2 * correct >= count:
        return None
    return ("behind", f"{correct} of {count}") if correct else ("nothing", "")


def _listed(names: Iterable[str]) -> str:
    found = [line(name) for name in names]
    more = f" and {len(found) - _MOST_GRADIENTS} more" if len(found) > _MOST_GRADIENTS else ""
    return ", ".join(found[:_MOST_GRADIENTS]) + more


def is_test_student(entry: Entry) -> bool:
    """Whether a submission is that of Canvas's own test student."""
    return str((entry.get("owner") or {}).get("name", "")).strip().casefold() == TEST_STUDENT


def decided(entry: Entry) -> float | str | None:
    """The instructor's override, a number or a word; None where there is none."""
    if entry.get("final") is not None:
        return float(entry["final"])
    return line(entry.get("override", ""), 60) or None if entry.get("uncounted") else None
