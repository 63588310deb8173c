"""GitHub Actions: at most ten annotations, the job summary, outputs, and fences around student-written text."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.formats import markdown
from grader.report.row_facts import headline, likely, location, own_line, solved
from grader.report.submission_facts import entries, file_problem, rows, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row

MOST_ANNOTATIONS = 10
"""GitHub shows ten errors of a step and silently drops the rest: we emit nine, and one that lists the others."""
MOST_SUMMARY = 1 << 20


def convert(document: Mapping[str, Any], context: Context) -> str:
    """Convert a report to annotations, to be printed on a step's stdout."""
    return "".join(f"{text}\n" for text in annotated(document, context.environment.get("GITHUB_WORKSPACE", "")))


def annotated(document: Mapping[str, Any], workspace: str = "") -> Iterator[str]:
    """One annotation for each gradient not solved, at its line, from the loss backwards; then the score."""
    found = entries(document)
    whole = [entry for entry in found if file_problem(entry)]
    yield from map(_problem, whole)
    wrong = [(name, entry, row) for name, entry, row in rows(found) if not solved(row) and entry not in whole]
    room = MOST_ANNOTATIONS - len(whole)
    shown = wrong if len(wrong) <= room else wrong[: max(room - 1, 0)]
    yield from (_annotation(name, entry, row, workspace) for name, entry, row in shown)
    if rest := wrong[len(shown) :]:
        names = ", ".join(name for name, _, _ in rest)
        yield command("error", f"{names}: see the job summary", title=f"{len(rest)} more gradients to fix")
    points, possible = total(found)
    yield command("notice", f"{points} of {possible} points", title="Score")


def _problem(entry: Entry) -> str:
    return command("error", line(file_problem(entry) or "", 1000), title=line(entry["exercise"]))


def _annotation(name: str, entry: Entry, row: Row, workspace: str) -> str:
    parts = [line(headline(row), 500), clean(likely(row), 1000)]
    return command(
        "error",
        "\n".join(part for part in parts if part),
        title=name,
        file=_relative(location(entry, row), workspace),
        line=own_line(row)[0] or 1,
    )


def _relative(path: str, workspace: str) -> str:
    """A path relative to the checkout: GitHub can place only such paths in a diff."""
    if workspace and PurePath(path).is_relative_to(workspace):
        return PurePath(path).relative_to(workspace).as_posix()
    return os.path.basename(path) if PurePath(path).is_absolute() else PurePath(path).as_posix()  # noqa: PTH119 a string of the report


def command(name: str, message: str, **properties: object) -> str:
    """Format a workflow command."""
    listed = ",".join(f"{key}={_escaped(str(value), properties=True)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if listed else ''}{listed}::{_escaped(message)}"


def _escaped(text: str, *, properties: bool = False) -> str:
    # The percent sign first: otherwise it would escape the other escapes.
    pairs = [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")]
    if properties:
        pairs += [(":", "%3A"), (",", "%2C")]
    for plain, escape in pairs:
        text = text.replace(plain, escape)
    return text


def logged(text: str, environment: Mapping[str, str]) -> str:
    """A text to print. GitHub looks for commands in every line of a step's log, so in Actions the text is fenced."""
    return fenced(text, secrets.token_hex(16)) if environment.get("GITHUB_ACTIONS") == "true" else text


def fenced(text: str, token: str) -> str:
    """Suspend workflow commands around text that a student may have written.

    Args:
        text: the text to print.
        token: at least 16 letters and digits, random for each call.

    Raises:
        ValueError: the token is too short, has other characters, or occurs in the text.
    """
    if not re.fullmatch(r"[0-9A-Za-z]{16,}", token) or token in text:
        raise ValueError("the token must be at least 16 letters and digits and must not occur in the text")
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n"


def summary(document: Mapping[str, Any]) -> str:
    """Markdown for the job summary, within GitHub's limit of 1 MiB."""
    text = markdown.written(entries(document))
    return text if len(text.encode()) <= MOST_SUMMARY else "The results table is too long for a job summary.\n"


def outputs(document: Mapping[str, Any]) -> str:
    """Outputs for later steps: numbers only, so that no line can come from a learner."""
    found = entries(document)
    points, possible = total(found)
    right = sum(solved(row) for entry in found for row in entry["gradients"])
    return f"points={points}\npossible={possible}\ncorrect={right}\npassed={str(points == possible > 0).lower()}\n"
