"""When something was handed in: from a platform, a table or a git log; never from a file's modification time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.dates_in_words import LANGUAGES, in_words
from grader.classroom.intake.gathering import listed
from grader.classroom.intake.platforms import demangle
from grader.classroom.people.joining import SUBMISSION
from grader.classroom.people.name_forms import folded
from grader.classroom.people.ownership import match
from grader.classroom.people.roster import roster_of
from grader.classroom.people.worksheet import handed_in_column
from grader.classroom.policy.class_policy import shown
from grader.classroom.tables.table import UnreadableTable
from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from grader.classroom.people.ownership import Claim
    from grader.classroom.tables.table import Table

TIME: Final = (
    "time", "at", "submitted at", "submission time", "submitted", "submission date", "timestamp", "date",
    "last modified (submission)", "zuletzt geändert (abgabe)",
)  # fmt: skip
_NOT_HANDED_IN: Final = ("", "-", "\N{EN DASH}", "\N{EM DASH}")
"""What Moodle writes of somebody who handed in nothing, and what programs make of it."""


class UnreadableTime(Exception):
    """This is not a time that can be read: the message is one sentence."""


_ZONE = re.compile(r"\s*(?:(UTC|GMT|Z)|([+-]\d\d):?(\d\d))$", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\.?(.*)", re.DOTALL)
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_ONE_DIGIT = re.compile(r"(\d{4}-\d\d-\d\d[ T])(\d:)")
_DASHED = re.compile(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")


def parse_time(text: str, zone: tzinfo | None) -> datetime:
    """Parse a time as platforms, git and spreadsheets write it: ISO 8601, `01.03.2026 12:30` or with a month in words.

    Args:
        text: the time.
        zone: the class's time zone, for a time without one.

    Raises:
        UnreadableTime: it is not a time, the order of day and month is ambiguous, or no time zone is known.
    """
    said = text.strip()
    offset = ""
    if found := _ZONE.search(said) if ":" in said else None:
        said, offset = said[: found.start()], "+00:00" if found[1] else f"{found[2]}:{found[3]}"
    if dashed := _DASHED.fullmatch(said):
        said = f"{dashed[1]} {dashed[2]}:{dashed[3]}:{dashed[4]}"
    if dotted := _DOTTED.fullmatch(said):
        said = f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02} {dotted[4].strip(' ,')}"
    if _SLASHED.match(said):
        raise UnreadableTime(f"{text!r} may be day/month or month/day; write it as 2026-03-01 12:30")
    if (worded := in_words(said)) is not None:
        said = worded.isoformat()
    try:
        found_time = datetime.fromisoformat(_ONE_DIGIT.sub(r"\g<1>0\2", said) + offset)
    except ValueError:
        raise UnreadableTime(
            f"{text!r} is not a time; write it as 2026-03-01 12:30 or 2026-03-01T12:30+01:00, or with the month in "
            f"words in {LANGUAGES}"
        ) from None
    if len(said) <= len("2026-03-01"):
        raise UnreadableTime(f"{text!r} has no time of day; write it as 2026-03-01 12:30")
    if found_time.tzinfo is not None:
        return found_time.astimezone(zone) if zone else found_time
    if zone is None:
        raise UnreadableTime(
            f'{text!r} has no time zone: set timezone in [class] of course.toml, such as timezone = "Europe/Berlin"'
        )
    return found_time.replace(tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Times:
    """What a table says about times."""

    by_submission: Mapping[str, datetime]
    told: tuple[str, ...] = ()
    """What it says about nobody, or not clearly, a sentence each."""


def times_of(table: Table, claims: Sequence[Claim], words: Mapping[str, Iterable[str]], zone: tzinfo | None) -> Times:
    """The times in a table that names submissions, or in one of people, such as Moodle's grading worksheet.

    Args:
        table: from `--times FILE`.
        claims: what is known of each submission's owner.
        words: each submission's name -> what else it may be called: its key, its files, its owner's id or login.
        zone: the class's time zone.

    Raises:
        UnreadableTime: the table lacks a column, has no time in a cell, or gives a submission two times or none any.
        UnreadableTable: it names neither submissions nor people.
    """
    column = handed_in_column(table)
    column = table.column(*TIME) if column is None else column
    if column is None:
        raise UnreadableTime(_lacking(table, "times"))
    times = {
        at: _read(table, at, said, zone)
        for at, row in enumerate(table.rows)
        if (said := row[column].strip()) not in _NOT_HANDED_IN
    }
    if not times:
        raise UnreadableTime(f"{table.name} has no time in the column {table.head[column]}")
    named = table.column(*SUBMISSION)
    found = _of_people(table, claims, times) if named is None else _of_submissions(table, named, words, times)
    if not found.by_submission:
        raise UnreadableTime(f"no row of {table.name} belongs to a submission. {'. '.join(found.told)}")
    return found


def _lacking(table: Table, what: str) -> str:
    return (
        f"{table.name} has no column of {what}; its columns: {', '.join(table.head)}. Expected a table with the "
        "columns submission and time, or Moodle's grading worksheet"
    )


def _read(table: Table, at: int, said: str, zone: tzinfo | None) -> datetime:
    try:
        return parse_time(said, zone)
    except UnreadableTime as error:
        raise UnreadableTime(f"{table.name}, row {table.number(at)}: {error}") from None


# A table of submissions


def _of_submissions(
    table: Table, column: int, words: Mapping[str, Iterable[str]], times: Mapping[int, datetime]
) -> Times:
    owners = _by_word(words)
    found: dict[str, datetime] = {}
    unknown, unclear = [], []
    for at, time in times.items():
        word = table.rows[at][column].strip()
        matching = _meant(word, owners)
        if len(matching) == 1:
            _settle(table, found, matching[0], time)
        elif matching:
            unclear.append(f"{word} ({' or '.join(matching[:3])}{' or another' if matching[3:] else ''})")
        else:
            unknown.append(word or f"(row {table.number(at)})")
    return Times(found, tuple(_told_of_rows(table, unknown, unclear, words)))


def _told_of_rows(table: Table, unknown: Sequence[str], unclear: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    if unclear:
        yield f"{table.name}: write the submission's name where several may be meant: {listed(unclear)}"
    if unknown:
        meant = did_you_mean(unknown[0], known, "") if len(unknown) == 1 else ""
        yield (
            f"{table.name}: there is no submission {listed(unknown)}. "
            f"{meant or 'Expected its name, its key, the name of its file, or the ID, login or address of its owner'}"
        ).removesuffix(".")


def _settle(table: Table, found: dict[str, datetime], name: str, time: datetime) -> None:
    if found.setdefault(name, time) != time:
        raise UnreadableTime(f"{table.name} gives {name} two times, {shown(found[name])} and {shown(time)}")


def _by_word(words: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """What a submission may be called -> the submissions called that; its own name comes before anything else."""
    owners: dict[str, tuple[str, ...]] = {}
    for name, others in words.items():
        for word in {folded(each) for each in others} - {""}:
            owners[word] = (*owners.get(word, ()), name)
    names: dict[str, tuple[str, ...]] = {}
    for name in words:
        names[folded(name)] = (*names.get(folded(name), ()), name)
    return owners | names


def _meant(word: str, owners: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The submissions that a word may mean; a file's name that a platform made means what it was made of."""
    mangled = demangle(word)
    of_platform = owners.get(folded(mangled.group), ()) if mangled else ()
    # A learner may have called a file as the platform called somebody else's: then it is not clear who is meant.
    return tuple(dict.fromkeys((*owners.get(folded(word), ()), *of_platform)))


# A table of people


def _of_people(table: Table, claims: Sequence[Claim], times: Mapping[int, datetime]) -> Times:
    try:
        roster = roster_of(table)
    except UnreadableTable:
        raise UnreadableTime(_lacking(table, "submissions")) from None
    people = {person.row: person for person in roster.people}
    if twice := next((at for at in times if at not in people), None):
        raise UnreadableTime(
            f"{table.name}, row {table.number(twice)} has a time, but lists nobody, or somebody a second time. Name "
            "the submissions instead, in a column submission"
        )
    matches = match(claims, roster)
    by_row: dict[int, list[str]] = {}
    for name, person in matches.owners.items():
        by_row.setdefault(person.row, []).append(name)
    several = [
        f"{people[row]} ({' or '.join(names)})" for row, names in by_row.items() if len(names) > 1 and row in times
    ]
    found = {names[0]: times[row] for row, names in by_row.items() if len(names) == 1 and row in times}
    without = [str(people[row]) for row in times if row not in by_row]
    told = [f"{table.name}: {sentence}" for sentence in (*roster.warnings, *matches.told)]
    if several:
        told.append(f"{table.name}: one time for several attempts of {listed(several)}. Name the submissions instead")
    if without:
        told.append(f"{table.name}: no submission is known of {listed(without)}")
    return Times(found, tuple(told))
