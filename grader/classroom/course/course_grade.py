"""One grade from the points of several exercises."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.classroom.policy.figures import in_figures, rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from grader.classroom.policy.class_policy import GradeRules


class NoWeight(Exception):
    """An exercise has no weight although others have one: the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one person has in one exercise."""

    exercise: str
    points: Fraction | None
    """None if it has no grade yet."""
    possible: Fraction
    excused: str = ""
    """A word that stands instead of points: the exercise is left out for this person."""


@dataclass(frozen=True, slots=True)
class CourseGrade:
    """One person's grade."""

    total: Fraction | None
    """None if an exercise has no grade yet, or none counts."""
    possible: Fraction
    dropped: tuple[str, ...] = ()
    explanation: str = ""
    """How it comes about, for the person."""


def check_weights(rules: GradeRules, exercises: Collection[str]) -> None:
    """Check that every exercise has a weight if one has.

    Raises:
        NoWeight: one has none.
    """
    lacking = [exercise for exercise in exercises if exercise not in rules.weights]
    if rules.weights and lacking:
        raise NoWeight(
            f"[grades.weights] of course.toml has no weight for {', '.join(lacking)}: add {lacking[0]} = 1 there, or 0 "
            "to leave it out"
        )


def course_grade(marks: Sequence[Mark], rules: GradeRules) -> CourseGrade:
    """The grade for a person's marks.

    With weights, each exercise counts by its share of the possible points; without them, points are added up. The
    exercises with the lowest shares are dropped, but never the last that is left; of equal ones, the first.
    """
    counted = [mark for mark in marks if not mark.excused]
    waiting = [mark.exercise for mark in counted if mark.points is None]
    if waiting:
        return CourseGrade(None, Fraction(0), explanation=f"no grade yet: {', '.join(waiting)}")
    dropped = _dropped(counted, rules)
    left = [mark for mark in counted if mark.exercise not in dropped]
    earned = sum((_share(mark) * _worth(mark, rules) for mark in left), Fraction(0))
    whole = sum((_worth(mark, rules) for mark in left if mark.exercise not in rules.extra), Fraction(0))
    said = ", ".join(_said(mark, rules, dropped) for mark in marks)
    if not whole:
        return CourseGrade(None, Fraction(0), dropped, f"{said}: nothing counts" if said else "nothing counts")
    out_of = rules.out_of or (Fraction(100) if rules.weights else whole)
    share = min(earned / whole, Fraction(1)) if rules.cap else earned / whole
    total = rounded(share * out_of, rules.round)
    return CourseGrade(total, out_of, dropped, f"{said}: {in_figures(total)} of {in_figures(out_of)}")


def _worth(mark: Mark, rules: GradeRules) -> Fraction:
    """What a full mark adds."""
    return rules.weights[mark.exercise] if rules.weights else mark.possible


def _share(mark: Mark) -> Fraction:
    return (mark.points or Fraction(0)) / mark.possible if mark.possible else Fraction(0)


def _dropped(counted: Sequence[Mark], rules: GradeRules) -> tuple[str, ...]:
    """Extra credit is never dropped, and neither is what has no weight."""
    able = [mark for mark in counted if mark.exercise not in rules.extra and _worth(mark, rules)]
    most = min(rules.drop_lowest, max(0, len(able) - 1))
    return tuple(mark.exercise for mark in sorted(able, key=_share)[:most])


def _said(mark: Mark, rules: GradeRules, dropped: Collection[str]) -> str:
    if mark.excused:
        return f"{mark.exercise} {mark.excused}"
    points = f"{mark.exercise} {in_figures(mark.points or Fraction(0))} of {in_figures(mark.possible)}"
    notes = [f"weight {in_figures(rules.weights[mark.exercise])}"] if rules.weights else []
    notes += ["extra credit"] if mark.exercise in rules.extra else []
    notes += ["dropped"] if mark.exercise in dropped else []
    return f"{points} ({', '.join(notes)})" if notes else points
