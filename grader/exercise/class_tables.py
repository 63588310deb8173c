"""What course.toml may say about a class: due dates, attempts, slip days, extensions and the course's grade.

No grade of a submission depends on these tables: a changed due date regrades nothing, and no worker and no archive
for Gradescope gets them, since they name students.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from grader.exercise.toml_file import TomlTable, flag, names, one_of, text, whole


class AttemptRule(StrEnum):
    """Which of several attempts of one person counts."""

    IN_TIME = "latest-before-deadline"
    """The last one that was in time; if none was, the last one that was accepted."""
    BEST = "best"
    """The one with the most points after the penalty for lateness."""
    LAST = "last"
    """The last one that was accepted."""


_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_LARGEST = 10**6


def duration(said: object) -> timedelta | None:
    """Parse `10m`, `2h` or `3d`; None for anything else."""
    found = _DURATION.fullmatch(said.strip()) if isinstance(said, str) else None
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else None


def percent(said: object) -> Fraction | None:
    """Parse `10%` as a fraction of 1; None for anything else."""
    found = _PERCENT.fullmatch(said.strip()) if isinstance(said, str) else None
    return Fraction(found[1]) / 100 if found and Fraction(found[1]) <= 100 else None


def number(said: object) -> Fraction | None:
    """A number of at least 0, exactly as it was written; None for anything else."""
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 <= said <= _LARGEST:
        return None
    return Fraction(str(said))


def written_time(said: object) -> datetime | None:
    """A time of TOML, or the same as text; a date alone means the end of that day. None for anything else."""
    if isinstance(said, str):
        try:
            said = date.fromisoformat(said.strip())
        except ValueError:
            try:
                said = datetime.fromisoformat(str(said).strip())
            except ValueError:
                return None
    if isinstance(said, datetime):
        return said
    return datetime(said.year, said.month, said.day, 23, 59, 59) if isinstance(said, date) else None  # noqa: DTZ001


def _time(key: str, value: Any) -> str | None:
    if written_time(value) is not None:
        return None
    return f'{key} must be a time such as {key} = "2026-03-01 23:59", or a date, not {_shown(value)}'


def _extension(key: str, value: Any) -> str | None:
    if written_time(value) is not None or duration(value) is not None:
        return None
    return (
        f'{key} must be the new due date such as {key} = "2026-03-05 23:59", or how much longer, such as '
        f'{key} = "2d", not {_shown(value)}'
    )


def _duration(key: str, value: Any) -> str | None:
    fits = duration(value) is not None
    return None if fits else f'{key} must be a duration such as {key} = "10m", "2h" or "1d", not {_shown(value)}'


def _penalty(key: str, value: Any) -> str | None:
    if percent(value) is not None or number(value) is not None:
        return None
    return (
        f'{key} is {_shown(value)}; it must be what each late day costs: {key} = "10%" of the possible points, or a '
        f"number of points such as {key} = 2"
    )


def _positive(key: str, value: Any) -> str | None:
    return None if number(value) else f"{key} must be a number above 0 such as {key} = 0.5, not {_shown(value)}"


def _weight(key: str, value: Any) -> str | None:
    return None if number(value) is not None else f"the weight of {key} must be a number of at least 0, not {value!r}"


def _shown(value: object) -> str:
    return str(value) if isinstance(value, date) else repr(value)


def _plain_due(key: str, value: object) -> str | None:
    """`mlp = 2026-03-01`: only the time, instead of a table."""
    return _time(key, value)


_LATE = {"grace": _duration, "penalty": _penalty, "most_late_days": whole(0)}

CLASS_TABLES: Final = {
    "class": TomlTable(
        {
            "timezone": text("Europe/Berlin", empty=False),
            "attempts": one_of([*AttemptRule]),
            "slip_days": whole(0),
            **_LATE,
        }
    ),
    "due": TomlTable(
        each=TomlTable(
            {"due": _time, "until": _time, **_LATE},
            required={"due": 'due is missing: say when the exercise is due, such as due = "2026-03-01 23:59"'},
            plain=_plain_due,
        )
    ),
    "slip": TomlTable(each=whole(0)),
    "extensions": TomlTable(each=TomlTable(each=_extension)),
    "grades": TomlTable(
        {
            "weights": TomlTable(each=_weight),
            "extra": names("micrograd"),
            "drop_lowest": whole(0),
            "round": _positive,
            "out_of": _positive,
            "cap": flag,
        }
    ),
}
"""The tables of course.toml that only concern a class."""
