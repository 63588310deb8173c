"""The two reports on a submission, the instructor's and the student's, and the summary that tables need."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.classroom.batch.order import Graded
from grader.grading.row import empty_entry
from grader.report.document import around, render, section

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.classroom.batch.order import Order

Entry = dict[str, Any]


def rendered(entry: Entry, head: Mapping[str, Any], order: Order, asides: Collection[str] = ()) -> Graded:
    """Render both reports of one entry, with the same writer that `grade` uses.

    Args:
        entry: the submission's entry.
        head: the report's head.
        order: what was asked.
        asides: those of the entry's notes that are for the instructor alone, such as a suspicion.
    """
    graded = section([entry], head=head)  # what is common to both is made once: it takes as long as the rest
    [entry] = graded["submissions"]
    root = str(PurePath(order.directory).parent)
    seconds = sum(row["duration_s"] for row in entry["gradients"])  # excludes the time that hidden cases took
    student = entry | {"source": PurePath(entry["source"]).name, "duration_s": seconds}
    student["notes"] = [note for note in entry["notes"] if note not in asides]
    return Graded(
        brief(entry),
        encoded(around(graded, root)),
        encoded(around({**graded, "submissions": [render(student, order.settings.feedback)]}, "")),
    )


def asides_of(full: bytes, student: bytes) -> list[str]:
    """The notes that only the instructor's report of a submission has.

    Raises:
        ValueError, KeyError, TypeError: one of them is not a report.
    """
    (ours,), (theirs,) = (json.loads(report)["grader"]["submissions"] for report in (full, student))
    return [note for note in ours["notes"] if note not in theirs["notes"]]


def encoded(report: Mapping[str, Any]) -> bytes:
    """JSON with one gradient per line: indenting everything would add a fifth to the time for grading.

    Undecodable bytes in a name stay escapes.
    """
    parts = {key: _broken(value, 4 if key == "grader" else 1) for key, value in report.items()}
    lines = ",\n".join(f"{_compact(key)}: {part}" for key, part in parts.items())
    return f"{{\n{lines}\n}}\n".encode("utf-8", "backslashreplace")


def _broken(value: Any, depth: int) -> str:
    """JSON with line breaks down to nesting depth `depth`."""
    if not depth or not value or not isinstance(value, (dict, list)):
        return _compact(value)
    if isinstance(value, dict):
        inside = ",\n".join(f"{_compact(key)}: {_broken(item, depth - 1)}" for key, item in value.items())
        return f"{{\n{inside}\n}}"
    inside = ",\n".join(_broken(item, depth - 1) for item in value)
    return f"[\n{inside}\n]"


_compact = json.JSONEncoder(allow_nan=False, ensure_ascii=False, check_circular=False).encode


def brief(entry: Entry) -> Entry:
    """The part of an entry that tables and the next run need."""
    rows = entry["gradients"]
    return {
        **{name: entry[name] for name in ("name", "status", "problem", "notes", "score", "previous_score")},
        "seconds": round(entry["duration_s"], 4),
        "verdicts": {row["name"]: row["verdict"] for row in rows},
    }


def ungraded(name: str, source: str, order: Order, status: str, problem: str, notes: tuple[str, ...] = ()) -> Entry:
    """The entry of a submission that could not be graded, without a score or gradients."""
    return empty_entry(name, order.exercise, source, status, problem, notes)


def nothing_earned(possible: int) -> dict[str, int]:
    """The zero score of a submission that its own content made ungradable."""
    names = ("points", "correct", "exact", "approximate", "chained_correct", "chained_exact")
    return {"points": 0, "possible": possible, **dict.fromkeys(names[1:], 0)}


def unloaded_head(order: Order, settings_sha256: str = "0" * 64) -> dict[str, Any]:
    """A report's head before any worker has reported its numerics."""
    numerics = {"torch": version("torch"), "cpu_capability": "", "threads": 1, "env": {}}
    return {
        "version": __version__,
        "criterion": order.settings.criterion,
        "settings_sha256": settings_sha256,
        "numerics": numerics,
        "notes": [],
    }


def for_duplicate(entry: Entry, name: str, source: str, file: str | None) -> Entry:
    """The entry of a submission whose code equals another's: same findings, its own name and file."""
    former = next((row["file"] for row in entry["gradients"] if row["file"]), None)
    duplicate = entry | {"name": name, "source": source, "previous_score": None}
    if not file or not former or former == file:
        return duplicate
    mention = re.compile(rf"(?<![\w./-]){re.escape(former)}(?!\w)")
    return {**duplicate, **{key: _renamed(duplicate[key], mention, file) for key in ("problem", "notes", "gradients")}}


def _renamed(value: Any, mention: re.Pattern[str], file: str) -> Any:
    """Replace every mention of a file name at any depth."""
    if isinstance(value, str):
        return mention.sub(lambda _: file, value)
    if isinstance(value, dict):
        return {key: _renamed(item, mention, file) for key, item in value.items()}
    return [_renamed(item, mention, file) for item in value] if isinstance(value, list) else value
