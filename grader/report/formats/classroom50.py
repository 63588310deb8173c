"""Classroom 50's result.json: integers, only keys that its schema knows, identity from the environment."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.row_facts import said, solved, words
from grader.report.submission_facts import NothingToTell, entries, rows, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Row

_FROM = {
    "classroom": ("CLASSROOM",),
    "assignment": ("ASSIGNMENT",),
    "assignment_type": ("ASSIGNMENT_TYPE", "MODE"),
    "owner": ("OWNER", "USERNAME"),
    "submission": ("SUBMISSION_TAG",),
    "commit": ("COMMIT_URL",),
    "release": ("RELEASE_URL",),
    "review": ("REVIEW_URL", "COMMIT_URL"),
    "datetime": ("SUBMISSION_DATETIME", "COMMIT_DATE"),
}
"""Key -> environment variables that may hold it; the first one set counts."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def convert(document: Mapping[str, Any], context: Context) -> str:
    """Convert a report to result.json.

    Raises:
        NothingToTell: the environment does not identify the submission.
    """
    found = entries(document)
    points, possible = total(found)
    result = {
        "schema": "classroom50/result/v1",
        **_identity(context.environment, document["created"]),
        "graded_at": _moment(document["created"]),
        "score": points,
        "max-score": possible,
        "tests": [_test(name, row) for name, _, row in rows(found)],
    }
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def _identity(environment: Mapping[str, str], created: float) -> dict[str, Any]:
    """Who and what was graded, from the runner's environment."""
    named = {
        key: next((environment[name] for name in names if environment.get(name)), "") for key, names in _FROM.items()
    }
    named["assignment_type"] = named["assignment_type"] or "individual"
    if not _MOMENT.fullmatch(named["datetime"]):
        named["datetime"] = _moment(created)
    if missing := [" or ".join(_FROM[key]) for key, value in named.items() if not value]:
        raise NothingToTell(f"not set in the environment: {', '.join(missing)}. Classroom 50 sets them: run this there")
    if not named["submission"].startswith("submit/"):
        raise NothingToTell(f"SUBMISSION_TAG must start with submit/, not {line(named['submission'])}")
    if actor := environment.get("GITHUB_ACTOR"):
        number = environment.get("GITHUB_ACTOR_ID", "")
        return {**named, "submitted_by": {"username": actor, "id": int(number) if number.isdecimal() else None}}
    return dict(named)


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _test(name: str, row: Row) -> dict[str, Any]:
    """One test. The schema requires the first four keys and allows the others."""
    return {
        "test-name": line(name),
        "passed": solved(row),
        "score": row["points"],
        "max-score": row["possible"],
        "verdict": words(row["verdict"]),
        "output": said(row),
    }
