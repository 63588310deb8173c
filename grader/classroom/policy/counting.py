"""Which of several attempts of one person counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.classroom.policy.class_policy import shown, utc
from grader.classroom.policy.figures import counted
from grader.exercise.class_tables import AttemptRule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from fractions import Fraction

    from grader.classroom.policy.lateness import Late


@dataclass(frozen=True, slots=True)
class TimedAttempt:
    """One of a person's submissions to one exercise."""

    late: Late
    points: Fraction | None
    """After the penalty; None if it has not been graded."""
    possible: Fraction
    at: datetime | None = None
    number: int = 0
    """The platform's number, which decides the order if a time is unknown."""
    decided: bool = False
    """Whether the instructor set its points by hand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The attempt that counts."""

    index: int
    why: str
    """A clause about it: `it is the latest one before the deadline`."""
    settled: bool = True
    """False if an attempt that is not graded yet may count instead."""


def counting(attempts: Sequence[TimedAttempt], rule: AttemptRule) -> Choice:
    """Choose among a person's attempts; an instructor's decision comes before the course's rule.

    The order is that of the times, else of the platform's numbers, else the given one. What was not accepted counts
    only if nothing was.
    """
    if len(attempts) == 1:
        return Choice(0, "it is the only one")
    order = _order(attempts)
    decided = [index for index in order if attempts[index].decided]
    if len(decided) == 1:
        return Choice(decided[0], "your instructor set its points")
    among = decided or [index for index in order if attempts[index].late.accepted]
    if not among:
        return Choice(order[-1], "it is the last one; none was accepted")
    if rule is AttemptRule.BEST:
        return _best(attempts, among)
    in_time = [index for index in among if attempts[index].late.in_time]
    if rule is AttemptRule.LAST or not in_time:
        none_in_time = rule is AttemptRule.IN_TIME
        accepted = "" if len(among) == len(attempts) else " that was accepted"
        return Choice(among[-1], f"it is the last one{accepted}" + ("; none was in time" if none_in_time else ""))
    return Choice(in_time[-1], "it is the latest one before the deadline")


def _best(attempts: Sequence[TimedAttempt], among: Sequence[int]) -> Choice:
    """The most points; of equal ones the first, which uses the fewest slip days."""
    graded = [index for index in among if attempts[index].points is not None]
    if not graded:
        return Choice(among[-1], "none is graded yet", settled=False)
    best = max(graded, key=lambda index: attempts[index].points or 0)
    full = (attempts[best].points or 0) >= attempts[best].possible
    return Choice(best, "it has the most points", settled=full or len(graded) == len(among))


def _order(attempts: Sequence[TimedAttempt]) -> list[int]:
    """The attempts' positions in the order of hand-in."""
    indices = range(len(attempts))
    times = [attempt.at for attempt in attempts if attempt.at is not None]
    if len(times) == len(attempts):
        return sorted(indices, key=lambda index: (utc(times[index]), attempts[index].number))
    return sorted(indices, key=lambda index: attempts[index].number)


def called(attempts: Sequence[TimedAttempt], index: int) -> str:
    """An attempt as the sentences for its owner call it: `attempt 2 of 3, handed in 2026-03-01 23:10 CET`."""
    attempt = attempts[index]
    when = f", handed in {shown(attempt.at)}" if attempt.at is not None else ""
    return f"attempt {_order(attempts).index(index) + 1} of {len(attempts)}{when}"


def place(attempts: Sequence[TimedAttempt], index: int) -> str:
    """For the owner of an attempt: which one this is; empty if there is only one."""
    return f"Attempt {_order(attempts).index(index) + 1} of {len(attempts)}." if len(attempts) > 1 else ""


def reason(attempts: Sequence[TimedAttempt], index: int, choice: Choice) -> str:
    """For the owner of an attempt: whether it counts, and why; empty if there is only one."""
    if len(attempts) == 1:
        return ""
    if index == choice.index:
        return f"This one counts, because {choice.why}."
    points = attempts[choice.index].points
    worth = f", {counted(points, 'point')}" if choice.why == "it has the most points" and points is not None else ""
    return f"This one does not count. What counts is {called(attempts, choice.index)}{worth}, because {choice.why}."
