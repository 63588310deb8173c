"""Markdown for a pull request, an issue or a job summary."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import line
from grader.report.row_facts import headline, likely, number, short_place, solved, words
from grader.report.submission_facts import chained_of, counted, earned, entries, exact_of, file_problem, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.report.formats.convert import Context
    from grader.report.row_facts import Entry, Row

_LINKS = re.compile(r"(@|:(?=//)|(?<=\bwww)\.)", re.IGNORECASE)


def convert(document: Mapping[str, Any], _context: Context) -> str:
    """Convert a report to Markdown."""
    return written(entries(document))


def written(found: list[Entry]) -> str:
    """A heading, the totals and a table for each entry; the students' names, if they are several."""
    several = len({entry["name"] for entry in found}) > 1
    return "\n".join(text for entry in found for text in _section(entry, named=several or "owner" in entry))


def plain(text: object, most: int = 300) -> str:
    """Escape a text so that Markdown shows it verbatim: one line, no tags, links, mentions or emphasis."""
    escaped = html.escape(line(text, most), quote=False)
    broken = _LINKS.sub(lambda found: f"{found[0]}\u200b", escaped)
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", broken)


def _section(entry: Entry, *, named: bool) -> Iterator[str]:
    whose = f"{plain(_student(entry))}, " if named else ""
    yield f"## {whose}{plain(entry['exercise'])}: {_points(entry)}\n"
    problem = file_problem(entry)
    if problem:
        yield f"**{plain(problem, 1000)}**\n"
    if problem or not entry["gradients"]:
        return
    yield f"- {exact_of(entry)}"
    if chained := chained_of(entry):
        yield f"- {plain(chained)}"
    if hidden := unseen(entry):
        yield f"- {hidden}"
    yield "\n| | gradient | verdict | maxdiff | what is wrong |\n|---|---|---|---|---|"
    yield from (_row(row) for row in entry["gradients"])
    yield ""
    if notes := entry["notes"]:
        yield from (f"- note: {plain(note)}" for note in notes[:20])
        yield ""


def _student(entry: Entry) -> str:
    """A student's name with the submission's, as far as they differ."""
    name = (entry.get("owner") or {}).get("name", "")
    return f"{name} ({entry['name']})" if name and name != entry["name"] else str(entry["name"])


def _points(entry: Entry) -> str:
    """What counts, and what was earned if that is something else."""
    (points, possible), final = earned(entry), counted(entry)
    if entry.get("open"):
        return f"not final (graded so far: {points} of {possible} points)"
    if final is None or final == points:
        return f"{points} of {possible} points"
    if isinstance(final, str):
        return f"{plain(final)} (graded: {points} of {possible} points)"
    return f"{final:.10g} of {possible} points (graded: {points})"


def _row(row: Row) -> str:
    good = solved(row)
    why = "" if good else likely(row) or headline(row)
    where = "" if good else short_place(row)
    difference = (row["local"] or {}).get("maxdiff")
    cells = [
        "✅" if good else "❌",
        plain(row["name"]),
        words(row["verdict"]),
        "" if difference is None else number(difference),
        " ".join(part for part in (plain(why, 500), f"({plain(where)})" if where and where not in why else "") if part),
    ]
    return f"| {' | '.join(cells)} |"
