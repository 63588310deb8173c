"""One exercise of a class as `grade course` sees it: what everybody has, from a results folder of `grade batch`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.classroom.batch import grades
from grader.classroom.batch.summary import read_summary
from grader.classroom.gradebook.earned import earned_by_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.classroom.gradebook.earned import Earned
    from grader.classroom.gradebook.results_folder import ResultsFolder
    from grader.classroom.people.ownership import Claim


@dataclass(frozen=True, slots=True)
class GradedLine:
    """One submission that counts, and what it gets in the end."""

    folder: str
    """Its path: the folders of several weeks may have one name."""
    claim: Claim
    """What is known of its owner."""
    points: Fraction | None
    """None if it has no grade yet, or a word instead."""
    excused: str = ""
    """A word such as `excused` that stands instead of points."""
    name: str = ""
    """The owner as people read it; without an owner, the name of the folder or file is the only name there is."""

    @property
    def submission(self) -> str:
        """The submission's name."""
        return self.claim.submission


@dataclass(frozen=True, slots=True)
class GradedExercise:
    """One exercise of a class."""

    folder: str
    exercise: str
    possible: Fraction
    lines: tuple[GradedLine, ...]
    told: tuple[str, ...] = ()


def graded_exercise(results: ResultsFolder) -> GradedExercise:
    """What a class has in one exercise: an override from when it is typed, otherwise what the course's rules leave.

    Raises:
        NothingToTell: the folder has no reports.
        NoResults: it has no summary.
    """
    exercise, possible = read_summary(results.directory)
    entries = (entry for _, document in results.documents() for entry in document["grader"]["submissions"])
    earned, folder = earned_by_class(results, entries), str(results.directory)
    lines = tuple(_lines(folder, results, earned))
    told = tuple(
        f"{folder}: {line.submission} has no grade yet" for line in lines if line.points is None and not line.excused
    )
    return GradedExercise(folder, exercise, Fraction(str(possible)), lines, told)


def _lines(folder: str, results: ResultsFolder, earned: Earned) -> Iterator[GradedLine]:
    for listed in results.roll:
        if listed.ruled and not listed.ruled.counts:
            continue
        grade = earned.grades.get(listed.name)
        points = Fraction(str(grade.points)) if grade else None
        word = "" if grade else grades.own_of(results.table.rows.get(listed.name, {}))["override"]
        if listed.missing and not word:
            points = points or Fraction(0)
        yield GradedLine(folder, _certain(listed.claim), points, word, listed.person or listed.name)


def _certain(claim: Claim) -> Claim:
    """Without a roster's entry, as of Blackboard's `HW 3_j_doe`, aliases are only what a login may have been."""
    return claim if claim.id or claim.email or claim.name else replace(claim, aliases=())
