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
    from grader.classroom.tables.table import Table

_MOST = 10
_DRESSED = (
    re.compile(r"(.+?)\s*\(\d+\)"),
    re.compile(r"(.+?)\s*\[[^\[\]]*\]\s*\|\s*[\d_]+"),
    re.compile(r"(.+?)\s+points grade\s*<[^<>]*>"),
    re.compile(r"[^:]+:\s+(.+?)\s+\(real\)"),
)
"""How platforms write an assignment's name into its heading: Canvas `HW (1234)`, Blackboard `HW [Total Pts: 10 Score]
|123`, Brightspace `HW Points Grade <Numeric MaxPoints:10>`, Moodle `Assignment: HW (Real)`. Other brackets are its own.
"""
_NOBODYS = re.compile(
    r"last access|availability|child course id|(weighted |running )?total\s*\[[^\[\]]*\]\s*\|.*"
    r"|letzter zugriff|verfügbarkeit|dernier accès|disponibilité|último acceso|disponibilidad"
    r"|end-of-line indicator|(calculated|adjusted) final grade (numerator|denominator)"
    r"|last downloaded from this course|institution|department|sections?|status|submission (id|date|time|count)"
    r"|late submission|lateness.*|view count"
)
"""Columns in which platforms say something of a person, or reckon a total, and take no grade."""


def column_named(title: str, columns: Mapping[str, int], table: Table) -> int:
    """The position of a column, by its heading, whatever its case, with or without what a platform adds.

    Raises:
        NothingToTell: there is none, or several.
    """
    for form, wanted in ((str, title), (_plain, _plain(title)), (_undressed, _plain(title))):
        found = [name for name in columns if form(name) == wanted]
        if len(found) > 1:
            raise NothingToTell(f"{table.name} has several columns {title!r}: {listed(found)}. Name one in full")
        if found:
            return columns[found[0]]
    hint = did_you_mean(title, columns, f"Its columns: {listed(columns)}")
    raise NothingToTell(f"{table.name} has no column {title!r} for an assignment. {hint}")


def open_columns(roster: Roster) -> dict[str, int]:
    """The columns that a grade may be written to: not those that say who or where the people are."""
    known = {heading(name) for name in roster.columns}
    return {name: at for at, name in enumerate(roster.table.head) if _takes_grades(name, known)}


def _takes_grades(name: str, known: Collection[str]) -> bool:
    return bool(name) and heading(name) not in known and _NOBODYS.fullmatch(_plain(name)) is None


def listed(columns: Collection[str]) -> str:
    """The headings in a sentence."""
    if not columns:
        return "it has none; create the assignment on the platform, then export again"
    more = f" and {len(columns) - _MOST} more" if len(columns) > _MOST else ""
    return ", ".join([*columns][:_MOST]) + more


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _undressed(name: str) -> str:
    found = (form.fullmatch(_plain(name)) for form in _DRESSED)
    return next((each[1] for each in found if each), _plain(name))
