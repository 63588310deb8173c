"""Which exercises a hand-in is for, from the names in its files and their folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.shelf import UnknownExercise, curriculum, readable
from grader.sandbox.skipped_folders import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.exercise.shelf import Shelf
    from grader.sandbox.types import Survey

_BESIDE = 0.3
"""A file beside the one with the most answers is for an exercise if it has this share of its gradients."""

_FORWARD = 0.5
_FEW = 4
"""A notebook in which nothing is begun is for an exercise if it computes this share of its variables, and so many."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """An exercise that a hand-in is for, and how many of its gradients it has."""

    exercise: Exercise
    count: int


def matches(path: Path, surveys: Sequence[Survey], shelf: Shelf) -> list[Fitting]:
    """The exercises that a hand-in is for: one for each file, or for a notebook every one of its series.

    Files in a folder of an exercise's name are for that one, if anything in them is begun.

    Raises:
        UnknownExercise: none fits, or several fit equally well.
    """
    known = [exercise for name in shelf.names() if (exercise := readable(name, shelf.load))]
    found: dict[str, Fitting] = {}
    for survey in _in_question(surveys):
        for match in _matches_of(path, survey, known, alone=survey is _main(surveys)):
            name = match.exercise.name
            if name not in found or found[name].count < match.count:
                found[name] = match
    if not found:
        untouched = len(surveys) > 1 and not any(survey.begun for survey in surveys)
        none = "nothing in it has been begun" if untouched else "none of its functions belongs to an exercise"
        raise UnknownExercise(_unclear(path, none))
    return _in_order(found.values())


def best(found: Iterable[Fitting]) -> Fitting:
    """The exercise with the most gradients; of equals the first."""
    return max(found, key=lambda match: match.count)


def _unclear(path: Path, why: str) -> str:
    return f"cannot infer the exercise of {path}: {why}; pass --exercise NAME"


def _main(surveys: Sequence[Survey]) -> Survey | None:
    """The file with the most answers: it must be for some exercise."""
    return max(surveys, key=lambda survey: (len(survey.begun), len(survey.stubs)), default=None)


def _in_question(surveys: Sequence[Survey]) -> list[Survey]:
    """The files with work in them; a single file of stubs is as good as one with work."""
    begun = [survey for survey in surveys if survey.begun]
    return begun or list(surveys if len(surveys) == 1 else ())


def _matches_of(path: Path, survey: Survey, known: Sequence[Exercise], *, alone: bool) -> list[Fitting]:
    counts = {exercise.name: _count(survey, exercise) for exercise in known}
    own = _owner(survey.file, known)
    if own is not None and counts[own.name]:
        return [Fitting(own, counts[own.name])]
    most = max(counts.values(), default=0)
    winners = [exercise for exercise in known if most and counts[exercise.name] == most]
    series = {exercise.settings.series for exercise in winners} - {""}
    if survey.flat and len(series) == 1:  # of equals, the lecture's: its exercises are done in a notebook
        winners = [exercise for exercise in known if exercise.settings.series in series]
    elif len(winners) > 1 and alone:
        fitting = " and ".join(exercise.name for exercise in winners)
        raise UnknownExercise(_unclear(path, f"its functions fit {fitting} equally well"))
    elif not alone and (len(winners) != 1 or most < 2 or most < _BESIDE * len(winners[0].graded)):
        return []
    return [Fitting(exercise, counts[exercise.name]) for exercise in winners]


def _count(survey: Survey, exercise: Exercise) -> int:
    """How many names of a file answer an exercise. Lines outside functions may spell them in another way: dh_prebn."""
    names, answers = {*(survey.begun or survey.stubs)}, _answers(exercise, flat=survey.flat)
    if not survey.flat:
        return len(names & answers)
    found = len({_plain(name) for name in names} & {_plain(name) for name in answers})
    return found if survey.begun or found >= max(_FEW, _FORWARD * len(answers)) else 0


def _plain(name: str) -> str:
    return name.replace("_", "")


def _answers(exercise: Exercise, *, flat: bool) -> set[str]:
    """The names that answer an exercise; lines outside functions name its gradients one by one."""
    return {*exercise.gradients, *(() if flat else exercise.wanted.answers)}


def _owner(file: str, known: Collection[Exercise]) -> Exercise | None:
    """The exercise whose folder holds a file, the innermost if there are several."""
    folders = [spelled(part) for part in file.replace("\\", "/").split("/")[:-1]]
    named = {spelled(exercise.name): exercise for exercise in known}
    return next((named[folder] for folder in reversed(folders) if folder in named), None)


def _in_order(found: Collection[Fitting]) -> list[Fitting]:
    """In the order of the curriculum; the exercises of a series follow each other in the order of the parts."""
    first: dict[str, tuple[bool, int, bool, str]] = {}
    for match in sorted(found, key=lambda match: curriculum(match.exercise)):
        first.setdefault(_series(match.exercise), curriculum(match.exercise))
    return sorted(
        found,
        key=lambda match: (first[_series(match.exercise)], match.exercise.settings.part or 0, match.exercise.name),
    )


def _series(exercise: Exercise) -> str:
    return exercise.settings.series or f"/{exercise.name}"
