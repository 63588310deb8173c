"""How late a submission is, and what that costs: a late day begins when a grace period has passed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.classroom.policy.class_policy import DAY, days_later, shown, utc
from grader.classroom.policy.figures import counted, in_figures, rounded

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from grader.classroom.policy.class_policy import Due


@dataclass(frozen=True, slots=True)
class Late:
    """How late one submission is."""

    days: int | None = 0
    """Late days that began, slip days included; None if the time is unknown."""
    slip: int = 0
    """Slip days that it uses, if it counts."""
    penalty: Fraction = Fraction(0)
    """Points that are taken off."""
    accepted: bool = True
    sentence: str = ""
    """For the student: when it was handed in, and how late that is."""
    cost: str = ""
    """For the student: what that costs, unless the instructor sets the points."""

    @property
    def in_time(self) -> bool:
        """Whether it was handed in before the deadline; a time that nobody knows counts as in time."""
        return not self.days and self.accepted


def lateness(
    at: datetime | None, due: Due | None, possible: Fraction, *, spent: int = 0, flagged: bool = False
) -> Late:
    """How late a submission is.

    Args:
        at: when it was handed in; None if that is unknown.
        due: what applies to this person, from `ClassPolicy.due_for`; None if nothing does.
        possible: the exercise's possible points, of which a penalty may be a share.
        spent: slip days that the person has used for other exercises.
        flagged: whether the platform marked it as late, which decides nothing without a time.
    """
    if at is None:
        return _unknown(due, flagged=flagged)
    if due is None:
        return Late(sentence=f"Handed in {shown(at)}.")
    at = at.astimezone(due.due.tzinfo).replace(microsecond=0)
    days = late_days(at, due)
    own = " (your extension)" if due.extended else ""
    when = f"Handed in {shown(at)}, due {shown(due.due)}{own}"
    if not days:
        grace = f", within the grace period of {_span(due.grace)}" if utc(at) > utc(due.due) else ""
        return Late(sentence=f"{when}: in time{grace}.")
    late = f"{when}: {counted(days, 'day')} late."
    if due.until is not None and utc(at) > utc(due.until):
        return Late(days, accepted=False, sentence=late, cost=f"Not accepted: the last moment was {shown(due.until)}.")
    if due.most_late_days is not None and days > due.most_late_days:
        most = counted(due.most_late_days, "day")
        return Late(days, accepted=False, sentence=late, cost=f"Not accepted: it may be at most {most} late.")
    return _charged(days, due, possible, spent, late)


def _charged(days: int, due: Due, possible: Fraction, spent: int, late: str) -> Late:
    if not due.penalty:
        return Late(days, sentence=late, cost="There is no penalty.")
    left = max(0, due.slip_days - spent)
    slip = min(days, left)
    used = f"{counted(slip, 'slip day')} used ({left - slip} of {due.slip_days} left)" if slip else ""
    charged = days - slip
    penalty = min(due.penalty.of(charged, possible), possible)
    if not charged:
        return Late(days, slip, sentence=late, cost=f"{used}: no points off.")
    costs = f"{counted(charged, 'late day')} {'costs' if charged == 1 else 'cost'} {_price(due, possible)}"
    each = "" if charged == 1 else " each"
    off = counted(rounded(penalty, None), "point")
    first = f"{used}. " if used else ""
    return Late(days, slip, penalty, sentence=late, cost=f"{first}{costs}{each}: {off} off.")


def _price(due: Due, possible: Fraction) -> str:
    """What one late day costs."""
    if due.penalty.share:
        return f"{in_figures(due.penalty.share * 100)}% of {counted(possible, 'point')}"
    return counted(due.penalty.points, "point")


def late_days(at: datetime, due: Due) -> int:
    """How many late days have begun: by the calendar of the due date's time zone, the grace period added to each."""
    days = max(0, (utc(at) - due.grace - utc(due.due)) // DAY - 1)
    while utc(at) > days_later(due.due, days) + due.grace:
        days += 1
    return days


def _span(grace: timedelta) -> str:
    minutes, seconds = divmod(int(grace.total_seconds()), 60)
    if seconds or not minutes:
        return counted(int(grace.total_seconds()), "second")
    if minutes % 60:
        return counted(minutes, "minute")
    return counted(minutes // 60, "hour") if minutes % (24 * 60) else counted(minutes // (24 * 60), "day")


def _unknown(due: Due | None, *, flagged: bool) -> Late:
    if due is None:
        return Late(None)
    marked = "The platform marked it as late, but when" if flagged else "When"
    return Late(
        None, sentence=f"{marked} it was handed in is not known.", cost="So no points are taken off for lateness."
    )


def final_points(points: Fraction | None, penalty: Fraction, to: Fraction | None = None) -> Fraction | None:
    """The points after the penalty, never below zero, rounded; None if there are no points."""
    return None if points is None else rounded(max(Fraction(0), points - penalty), to)
