"""Find the column of a grade book that somebody named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.classroom.tables.table import heading
from grader.exercise.nearest import did_you_mean
from grader.report.submission_facts import NothingToTell

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.classroom.people.roster import Roster

_MOST = 10


def column_named(title: str, columns: Mapping[str, int], book: str) -> int:
    """The position of a column, by its heading, whatever its case, with or without a platform's number at the end.

    Raises:
        NothingToTell: there is none, or several.
    """
    if title in columns:
        return columns[title]
    for form in (_plain, _unnumbered):
        found = [at for name, at in columns.items() if form(name) == _plain(title)]
        if len(found) == 1:
            return found[0]
    hint = did_you_mean(title, columns, f"Its columns: {listed(columns)}")
    raise NothingToTell(f"{book} has no column {title!r} for an assignment. {hint}")


def open_columns(roster: Roster) -> dict[str, int]:
    """The columns that a grade may be written to: not those that say who the people are."""
    known = {heading(name) for name in roster.columns}
    return {name: at for at, name in enumerate(roster.table.head) if name and heading(name) not in known}


def listed(columns: Collection[str]) -> str:
    """The headings in a sentence."""
    if not columns:
        return "it has none; create the assignment on the platform, then export again"
    more = f" and {len(columns) - _MOST} more" if len(columns) > _MOST else ""
    return ", ".join([*columns][:_MOST]) + more


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _unnumbered(name: str) -> str:
    return re.sub(r"\s*\(\d+\)$", "", _plain(name))
