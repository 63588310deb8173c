"""The course's rules applied to one class: what each submission gets in the end, and the sentences for its owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from grader.classroom.intake.gathering import listed
from grader.classroom.policy.counting import TimedAttempt, counting, place, reason
from grader.classroom.policy.figures import counted, in_figures, rounded
from grader.classroom.policy.lateness import final_points, lateness
from grader.classroom.policy.people import entries_of
from grader.classroom.policy.times import UnreadableTime, parse_time
from grader.exercise.class_tables import AttemptRule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from grader.classroom.policy.class_policy import ClassPolicy
    from grader.classroom.policy.lateness import Late


@dataclass(frozen=True, slots=True)
class SubmittedRow:
    """One row of a class, before the course's rules."""

    submission: str
    possible: float
    points: float | None = None
    """None if it has no grade, because it is waiting or an internal error kept it from being graded."""
    person: str = ""
    """What the attempts of one person share; empty if nobody is known to own it: then it stands alone."""
    known_as: tuple[str, ...] = ()
    """The owner's ids, logins and addresses, by which course.toml may name the owner."""
    at: str = ""
    """When it was handed in, ISO 8601, in the class's time zone if it names none; empty if unknown."""
    number: int = 0
    late: bool = False
    """Whether the platform marked it as late."""
    platform: str = ""
    """The platform that it was downloaded from; empty if unknown."""
    missing: bool = False
    """Whether nothing was handed in: the row counts, and there is no lateness."""
    override: float | None = None
    """The points that the instructor set by hand: no penalty applies to them."""
    word: str = ""
    """What the instructor wrote instead of points, such as `excused`: this decides, too, and there are no points."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the course's rules make of one row."""

    submission: str
    at: str
    """ISO 8601 with the class's time zone; empty if unknown."""
    late: str
    """For the column `late`: empty in time, else `2 days`, `not accepted`, or `unknown` if a time is needed."""
    penalty: float
    """The points taken off."""
    slip: int
    """The slip days used, 0 unless it counts."""
    counts: bool
    why: str
    """Why it counts or not, and why it was not accepted; empty for a person's only submission that was."""
    final: float | None
    """The final points; None if there are none, or if another attempt may count once it is graded."""
    sentences: tuple[str, ...] = field(default=())
    """For the student's own feedback."""
    basis: tuple[str, ...] = field(default=())
    """The same without how the final points come about, which the instructor may still change."""


@dataclass(frozen=True, slots=True)
class _Judged:
    row: SubmittedRow
    at: datetime | None
    late: Late
    final: Fraction | None

    @property
    def off(self) -> Fraction:
        """The points taken off: all of them if it was not accepted, none if the instructor set them."""
        if _is_decided(self.row):
            return Fraction(0)
        return self.late.penalty if self.late.accepted else Fraction(str(self.row.points or 0))


def apply_policy(
    rows: Sequence[SubmittedRow], policy: ClassPolicy, exercise: str, spent: Mapping[str, int] | None = None
) -> tuple[tuple[Counted, ...], tuple[str, ...]]:
    """Apply the course's rules to a class.

    Args:
        rows: every submission, in any order.
        policy: the class's rules.
        exercise: the exercise that was handed in.
        spent: a person's key -> the slip days used for other exercises.

    Returns:
        A result for each row, in the same order, and sentences for the instructor.
    """
    people: dict[str, list[str]] = defaultdict(list)
    groups: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        people[_person(row)] += row.known_as
        groups[_person(row)].append(index)
    entries, told = entries_of(policy, exercise, people)
    judged, unreadable = [], []
    for row in rows:
        try:
            at = parse_time(row.at, policy.zone) if row.at else None
        except UnreadableTime as error:
            at = None
            unreadable.append(f"{row.submission}: {error}")
        due = None if row.missing else policy.due_for(exercise, entries.get(_person(row), ()))
        spent_before = (spent or {}).get(_person(row), 0)
        late = lateness(at, due, Fraction(str(row.possible)), spent=spent_before, flagged=row.late)
        judged.append(_Judged(row, at, late, _final(row, late, policy)))
    found: dict[int, Counted] = {}
    for indices in groups.values():
        results = _decided([judged[index] for index in indices], policy, exercise)
        found |= zip(indices, results, strict=True)
    ordered = tuple(found[index] for index in range(len(rows)))
    return ordered, (*told, *_few(unreadable), *_unknown_times(judged, policy, exercise))


def _person(row: SubmittedRow) -> str:
    return row.person or f"\0{row.submission}"


def _final(row: SubmittedRow, late: Late, policy: ClassPolicy) -> Fraction | None:
    if row.override is not None:
        return Fraction(str(row.override))
    if row.points is None:
        return None
    return final_points(Fraction(str(row.points)) if late.accepted else Fraction(0), late.penalty, policy.grades.round)


def _decided(judged: Sequence[_Judged], policy: ClassPolicy, exercise: str) -> list[Counted]:
    attempts = [
        TimedAttempt(
            each.late, each.final, Fraction(str(each.row.possible)), each.at, each.row.number,
            decided=_is_decided(each.row),
        )
        for each in judged
    ]  # fmt: skip
    no_deadline = exercise not in policy.dues and policy.attempts is AttemptRule.IN_TIME
    choice = counting(attempts, AttemptRule.LAST if no_deadline else policy.attempts)
    results = []
    for index, each in enumerate(judged):
        counts = index == choice.index
        why = reason(attempts, index, choice)
        attempt = " ".join(filter(None, (place(attempts, index), why)))
        decided = _is_decided(each.row)
        open_ = counts and not choice.settled and not decided
        refused = "" if each.late.accepted or decided else each.late.cost
        results.append(
            Counted(
                each.row.submission,
                each.at.isoformat() if each.at else "",
                _column(each.late),
                float(rounded(each.off, None)),
                each.late.slip if counts and not decided else 0,
                counts,
                " ".join(filter(None, (why, refused))),
                None if open_ or each.final is None or not counts else float(each.final),
                _said(each.late.sentence, "" if decided else each.late.cost, attempt)
                + _sum(each, policy, counts=counts, open_=open_),
                _said(each.late.sentence, attempt),
            )
        )
    return results


def _said(*sentences: str) -> tuple[str, ...]:
    return tuple(filter(None, sentences))


def _is_decided(row: SubmittedRow) -> bool:
    return row.override is not None or bool(row.word)


def _column(late: Late) -> str:
    if not late.accepted:
        return "not accepted"
    if late.days is None:
        return "unknown" if late.sentence else ""
    return counted(late.days, "day") if late.days else ""


def _sum(each: _Judged, policy: ClassPolicy, *, counts: bool, open_: bool) -> tuple[str, ...]:
    """How the final points come about, if that is not obvious."""
    row = each.row
    if not counts:
        return ()
    if _is_decided(row):
        return (_decision(row),)
    if open_ or each.final is None:
        return ("Not all of your attempts are graded yet.",) if open_ else ()
    points = Fraction(str(row.points))
    if not each.late.accepted:
        return (f"0 points instead of {in_figures(points)}, because it was not accepted.",)
    before = max(Fraction(0), points - each.late.penalty)
    if before == points == each.final:
        return ()
    off = f" - {in_figures(rounded(each.late.penalty, None))}" if each.late.penalty else ""
    floor = ", never below 0" if points < each.late.penalty else ""
    step = policy.grades.round
    to = f", rounded to {in_figures(step)}" if step and before != each.final else ""
    return (f"{in_figures(points)}{off} = {counted(each.final, 'point')}{floor}{to}.",)


def _decision(row: SubmittedRow) -> str:
    if row.override is None:
        return f"Your instructor entered “{row.word}” instead of points."
    return f"Your instructor set the points to {in_figures(Fraction(str(row.override)))}."


def _few(sentences: Sequence[str]) -> list[str]:
    more = [f"... and {len(sentences) - 3} more times that cannot be read"] if len(sentences) > 4 else []
    return [*sentences[:3], *more] if more else [*sentences]


def _unknown_times(judged: Sequence[_Judged], policy: ClassPolicy, exercise: str) -> list[str]:
    rows = [each.row for each in judged if each.at is None and not each.row.missing and not _is_decided(each.row)]
    if exercise not in policy.dues or not rows:
        return []
    flagged = sum(row.late for row in rows)
    marked = f" ({flagged} marked late by the platform)" if flagged else ""
    said = (
        f"{exercise} has a due date, but the time of {counted(len(rows), 'submission')}{marked} is not known, so no "
        f"penalty was taken: {listed([row.submission for row in rows])}. "
    )
    return [said + _where_times_are({row.platform for row in rows})]


_WITHOUT_TIMES: Final = {"canvas": "Canvas", "ilias": "ILIAS", "moodle": "Moodle"}
"""Platforms whose downloads never say when something was handed in."""


def _where_times_are(platforms: Collection[str]) -> str:
    """What to do about times that are not known."""
    name = _WITHOUT_TIMES.get(next(iter(platforms)), "") if len(platforms) == 1 else ""
    none = f"{name}'s downloads have no times. " if name else ""
    worksheet = "the grading worksheet, or " if name == "Moodle" else ""
    return f"{none}Give the times with --times FILE: {worksheet}a table with the columns submission and time"
