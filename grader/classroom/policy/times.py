"""When something was handed in: from a platform, a table or a git log; never from a file's modification time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from grader.classroom.tables.table import Table

SUBMISSION: Final = ("submission", "key", "student", "login", "identifier", "github_username")
TIME: Final = ("time", "at", "submitted at", "submission time", "timestamp", "date")


class UnreadableTime(Exception):
    """This is not a time that can be read: the message is one sentence."""


_ZONE = re.compile(r"\s*(?:(UTC|GMT|Z)|([+-]\d\d):?(\d\d))$", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\.?(.*)", re.DOTALL)
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_DASHED = re.compile(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")


def parse_time(text: str, zone: tzinfo | None) -> datetime:
    """Parse a time as platforms, git and spreadsheets write it: ISO 8601 or `01.03.2026 12:30`.

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
    try:
        found_time = datetime.fromisoformat(said + offset)
    except ValueError:
        raise UnreadableTime(
            f"{text!r} is not a time; write it as 2026-03-01 12:30 or 2026-03-01T12:30+01:00"
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


def times_of(
    table: Table, submissions: Mapping[str, Iterable[str]], zone: tzinfo | None
) -> tuple[dict[str, datetime], tuple[str, ...]]:
    """The times in a table with a column of submissions and one of times.

    Args:
        table: from `--times FILE`.
        submissions: each submission's name -> what else it may be called: its key, its owner's id, login or address.
        zone: the class's time zone.

    Returns:
        Submission -> time, and a sentence about each row that says nothing about a submission.

    Raises:
        UnreadableTime: the table lacks a column, or gives one submission two times.
    """
    name_column, time_column = table.column(*SUBMISSION), table.column(*TIME)
    if name_column is None or time_column is None:
        lacking = "submission" if name_column is None else "time"
        raise UnreadableTime(
            f"{table.name} needs the columns submission and time, and has no column {lacking}; "
            f"its columns: {', '.join(table.head)}"
        )
    owners = _by_word(submissions)
    found: dict[str, datetime] = {}
    told = []
    for row in table.rows:
        word, said = row[name_column].strip(), row[time_column].strip()
        if not word or not said:
            continue
        matching = owners.get(word, [])
        if len(matching) != 1:
            told.append(_nobody(table.name, word, matching, submissions))
            continue
        try:
            time = parse_time(said, zone)
        except UnreadableTime as error:
            raise UnreadableTime(f"{table.name}: the time of {word}: {error}") from None
        if found.setdefault(matching[0], time) != time:
            raise UnreadableTime(f"{table.name} gives {matching[0]} two times, {found[matching[0]]} and {time}")
    return found, tuple(told)


def _by_word(submissions: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What a submission may be called -> the submissions called that; its own name comes before anything else."""
    owners: dict[str, list[str]] = {}
    for name, words in submissions.items():
        for word in {*words} - {""}:
            owners.setdefault(word, []).append(name)
    return owners | {name: [name] for name in submissions}


def _nobody(table: str, word: str, matching: Sequence[str], known: Iterable[str]) -> str:
    if matching:
        return f"{table}: {word} may be any of {', '.join(sorted(matching))}; write the submission's name"
    return f"{table}: there is no submission {word}. {did_you_mean(word, known, '')}".rstrip()
