"""The rules of a class as its course.toml sets them, with every time in the class's time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from grader.exercise.class_tables import AttemptRule, duration, number, percent, written_time
from grader.exercise.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.exercise.course import Course
    from grader.exercise.toml_file import TomlFile

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Penalty:
    """What one late day costs: a share of the possible points, or a number of points."""

    share: Fraction = Fraction(0)
    points: Fraction = Fraction(0)

    def of(self, days: int, possible: Fraction) -> Fraction:
        """What this many late days cost."""
        return days * (self.share * possible + self.points)

    def __bool__(self) -> bool:
        return bool(self.share or self.points)


@dataclass(frozen=True, slots=True)
class Due:
    """When one exercise is due, and what lateness costs."""

    due: datetime
    """With a time zone, as all times of these rules."""
    until: datetime | None = None
    """The last moment at which it is accepted."""
    grace: timedelta = timedelta(0)
    penalty: Penalty = field(default_factory=Penalty)
    most_late_days: int | None = None
    """It is not accepted more days late than this; slip days do not change that."""
    slip_days: int = 0
    """Late days without a penalty, for all exercises together."""
    extended: bool = False
    """Whether `due` is this person's own."""


@dataclass(frozen=True, slots=True)
class GradeRules:
    """How the points of several exercises make one grade."""

    weights: Mapping[str, Fraction] = field(default_factory=dict)
    extra: frozenset[str] = frozenset()
    """Exercises whose points count and whose possible points do not."""
    drop_lowest: int = 0
    round: Fraction | None = None
    """Round to multiples of this, halves up."""
    out_of: Fraction | None = None
    """What the total is scaled to; without it, 100 with weights and the possible points without them."""
    cap: bool = False
    """Whether extra credit stops at the maximum."""


@dataclass(frozen=True, slots=True)
class ClassPolicy:
    """Everything that course.toml says about a class."""

    zone: tzinfo | None = None
    attempts: AttemptRule = AttemptRule.IN_TIME
    dues: Mapping[str, Due] = field(default_factory=dict)
    slip_days: int = 0
    slip: Mapping[str, int] = field(default_factory=dict)
    """A person's id, login or address -> slip days, where they differ from `slip_days`."""
    extensions: Mapping[str, Mapping[str, datetime | timedelta]] = field(default_factory=dict)
    """A person's id, login or address -> exercise -> the new due date, or how much longer."""
    grades: GradeRules = field(default_factory=GradeRules)

    def due_for(self, exercise: str, entries: Iterable[str] = ()) -> Due | None:
        """What applies to one person; None if the exercise has no due date.

        Args:
            exercise: the exercise's name.
            entries: the keys of `slip` and `extensions` that mean this person; see `people.entries_of`.
        """
        general = self.dues.get(exercise)
        if general is None:
            return None
        due, slip = general.due, self.slip_days
        for entry in entries:
            slip = self.slip.get(entry, slip)
            longer = self.extensions.get(entry, {}).get(exercise)
            if longer is not None:
                due = max(due, later(general.due, longer) if isinstance(longer, timedelta) else longer, key=utc)
        until = max(general.until, due, key=utc) if general.until else None
        return Due(due, until, general.grace, general.penalty, general.most_late_days, slip, due != general.due)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Times of one zone compare by what the clock shows, which autumn shows twice."""
    return moment.astimezone(UTC)


def days_later(moment: datetime, days: int) -> datetime:
    """The same time of day, some calendar days later, in UTC: a day has 23 hours when the clocks go forward.

    Of a time that the clock shows twice or not at all on that day, the later reading.
    """
    wall = moment + days * DAY
    return max(utc(wall.replace(fold=0)), utc(wall.replace(fold=1))) if days else utc(moment)


def later(moment: datetime, by: timedelta) -> datetime:
    """A later moment: whole days by the calendar, the rest by the clock."""
    days, rest = divmod(by, DAY)
    return (days_later(moment, days) + rest).astimezone(moment.tzinfo)


def class_policy(course: Course | None) -> ClassPolicy:
    """The rules of a course; without a course there are no due dates, and the last attempt counts.

    Raises:
        BrokenExercise: with the line, a time zone or a time that does not exist, or a time without a time zone.
    """
    if course is None:
        return ClassPolicy()
    file, data = course.file, course.file.data
    general = data.get("class", {})
    zone = _zone(file, general.get("timezone"))
    dues = {name: _due(file, name, {**general, **_table(said)}, zone) for name, said in data.get("due", {}).items()}
    extensions = {
        person: {name: _longer(file, said, zone, "extensions", person, name) for name, said in exercises.items()}
        for person, exercises in data.get("extensions", {}).items()
    }
    for person, exercises in extensions.items():
        for name in exercises:
            if name not in dues:
                meant = did_you_mean(name, dues, f"Add [due.{name}].")
                file.refuse(
                    f"[extensions] gives {person} more time for {name}, which has no due date. {meant}",
                    "extensions", person, name,
                )  # fmt: skip
    return ClassPolicy(
        zone,
        AttemptRule(general.get("attempts", AttemptRule.IN_TIME)),
        dues,
        general.get("slip_days", 0),
        data.get("slip", {}),
        extensions,
        _grades(data.get("grades", {})),
    )


def _zone(file: TomlFile, name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = available_timezones()
        install = "This system has no time zones: pip install tzdata."
        meant = did_you_mean(name, sorted(known), "Expected a name such as Europe/Berlin.") if known else install
        file.refuse(f"there is no timezone {name!r}. {meant}", "class", "timezone")


def _table(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {"due": said}


def _due(file: TomlFile, exercise: str, said: Mapping[str, Any], zone: ZoneInfo | None) -> Due:
    due = _moment(file, said["due"], zone, "due", exercise, "due")
    until = _moment(file, said["until"], zone, "due", exercise, "until") if "until" in said else None
    if until is not None and utc(until) < utc(due):
        file.refuse(f"until is {shown(until)}, before the due date {shown(due)}", "due", exercise, "until")
    penalty = said.get("penalty", 0)
    share = percent(penalty)
    return Due(
        due,
        until,
        duration(said.get("grace")) or timedelta(0),
        Penalty(share=share) if share is not None else Penalty(points=number(penalty) or Fraction(0)),
        said.get("most_late_days"),
    )


def _longer(file: TomlFile, said: object, zone: ZoneInfo | None, *keys: str) -> datetime | timedelta:
    longer = duration(said)
    return _moment(file, said, zone, *keys) if longer is None else longer


def _moment(file: TomlFile, said: object, zone: ZoneInfo | None, *keys: str) -> datetime:
    """A time of course.toml, in the class's time zone. Of an hour that the clock shows twice, the second one."""
    moment = written_time(said)
    assert moment is not None, "checked when the file was read"
    if moment.tzinfo is not None:
        return moment.astimezone(zone or moment.tzinfo)
    if zone is None:
        file.refuse(
            f'{moment:%Y-%m-%d %H:%M} needs a time zone: add [class] with timezone = "Europe/Berlin", or write '
            f"{moment:%Y-%m-%dT%H:%M:%S}+01:00",
            *keys,
        )  # fmt: skip
    local = moment.replace(tzinfo=zone, fold=1)
    there = utc(local).astimezone(zone).replace(tzinfo=None)
    if there != moment:
        file.refuse(f"{moment:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks are put forward", *keys)
    return local


def _grades(said: Mapping[str, Any]) -> GradeRules:
    return GradeRules(
        {name: number(weight) or Fraction(0) for name, weight in said.get("weights", {}).items()},
        frozenset(said.get("extra", ())),
        said.get("drop_lowest", 0),
        number(said.get("round")),
        number(said.get("out_of")),
        said.get("cap", False),
    )


def shown(moment: datetime) -> str:
    """A moment as people read it: `2026-03-01 23:59 CET`; seconds only if there are some."""
    seconds = ":%S" if moment.second not in (0, 59) else ""
    return f"{moment:%Y-%m-%d %H:%M}{moment.strftime(seconds)} {moment.tzname() or ''}".rstrip()
