"""Read back the folder that a batch wrote: one entry per submission, with owner and override from grades.csv."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from grader.report.formats.csv_table import read, unguarded
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OURS = ("summary.json", "batch.json")
_LARGEST = 16 << 20


def documents(directory: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every report in a folder with its file name, sorted by name.

    Raises:
        NothingToTell: there is none, or a file is not a report.
    """
    found = False
    handed_in = {name for name, row in owners(directory).items() if row.get("source")}
    for path in sorted(directory.glob("*.json")):
        if path.name in _OURS or path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        if handed_in and path.stem not in handed_in:
            continue  # the report of a submission that was withdrawn or renamed since
        if path.stat().st_size > _LARGEST:
            raise NothingToTell(f"{path} is not a report: it is larger than {_LARGEST >> 20} MB")
        try:
            document = json.loads(path.read_bytes())
        except ValueError as error:
            raise NothingToTell(f"{path} is not a report: {error}") from error
        if isinstance(document, dict) and isinstance(document.get("grader"), dict):
            found = True
            yield path.name, document
    if not found:
        raise NothingToTell(f"{directory} contains no reports; name the folder that `grade batch --out` wrote")


def class_document(directory: Path) -> dict[str, Any]:
    """The reports of the whole class as one, with owners and the instructor's overrides."""
    whole: dict[str, Any] | None = None
    people = owners(directory)
    for _, document in documents(directory):
        entries = [owned(entry, people) for entry in document["grader"]["submissions"]]
        if whole is None:
            whole = {**document, "tests": [], "grader": {**document["grader"], "submissions": []}}
        whole["grader"]["submissions"] += entries
    assert whole is not None, "documents() raises if there is none"
    return whole


def owned(entry: dict[str, Any], people: dict[str, dict[str, str]]) -> dict[str, Any]:
    """An entry with its owner and the grade that counts, if grades.csv lists the submission."""
    row = people.get(entry["name"])
    if row is None:
        return entry
    owner = {key: row[name] for key, name in (("id", "student"), ("name", "name"), ("email", "email")) if row.get(name)}
    override = row.get("override", "").strip()
    counts = figure(override)
    own = {"override": override, "reason": row.get("reason", "").strip()}
    return {**entry, "owner": owner, "final": counts, "uncounted": bool(override) and counts is None, **own}


def owners(directory: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv by submission; empty if there is no such file."""
    path = directory / "grades.csv"
    if not path.is_file():
        return {}
    _, rows = read(path.read_text(encoding="utf-8-sig", errors="replace"))
    return {
        unguarded(row["submission"]): {key: unguarded(value) for key, value in row.items()}
        for row in rows
        if row.get("submission")
    }


def figure(text: str) -> float | None:
    """Parse a number as people type it; a decimal comma is fine. None for a word, an infinity or NaN."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
