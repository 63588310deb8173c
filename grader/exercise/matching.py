"""Which exercises a hand-in is for, from the names in its files and their folders.

A file has one exercise, a notebook those of its series; a file with a course's layers has one for each layer in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.exercise.shelf import UnknownExercise, in_order, listed, readable
from grader.sandbox.skipped_folders import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.exercise.shelf import Shelf
    from grader.sandbox.types import Survey

_BESIDE = 0.3
"""A file beside the one with the most answers is for an exercise if it has this share of its gradients."""

_A_COUPLE = 2
"""And at least so many."""
_FORWARD = 0.75
_FEW = 4
"""A notebook computes an exercise's forward pass if it has this share of its values, and at least so many."""
_BESIDES = 0.5
"""A notebook is for another exercise, too, if it has this share of that one's gradients, and at least `_FEW`."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """An exercise that a hand-in is for, and how many of its gradients it has."""

    exercise: Exercise
    count: int


def matches(path: Path, surveys: Sequence[Survey], shelf: Shelf) -> list[Fitting]:
    """The exercises of a shelf that one hand-in is for: see `Matching`."""
    return Matching(shelf).matches(path, surveys)


class Matching:
    """Finds the exercises that hand-ins are for, among those of a shelf, which are read once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        known = [exercise for name in shelf.names() if (exercise := readable(name, shelf.load))]
        self._known = known
        self._layers = in_order(exercise for exercise in known if exercise.is_layer)
        self._others = [exercise for exercise in known if not exercise.is_layer]
        self._asked = frozenset(name for exercise in self._layers for name in exercise.answers)
        """The functions of all layers."""

    def matches(self, path: Path, surveys: Sequence[Survey], form: str = "") -> list[Fitting]:
        """One exercise for each file; for a notebook every one of its series, for a file of layers each of them.

        Files in a folder of an exercise's name are for that one, if anything in them is begun.

        Args:
            form: the sentence on a backward pass in a form that is not graded, if there is one.

        Raises:
            UnknownExercise: none fits, or several fit equally well.
        """
        surveys = [*self._with_layers(surveys)]
        if form and not any(survey.begun or self._asked.intersection(survey.stubs) for survey in surveys):
            raise UnknownExercise(f"cannot infer the exercise of {path}: {form}")
        found: dict[str, Fitting] = {}
        for survey in _in_question(surveys):
            for match in self._of(path, survey, alone=survey is _main(surveys)):
                name = match.exercise.name
                if name not in found or found[name].count < match.count:
                    found[name] = match
        if not found:
            untouched = len(surveys) > 1 and not any(survey.begun for survey in surveys)
            none = "nothing in it has been begun" if untouched else "none of its functions belongs to an exercise"
            raise UnknownExercise(_unclear(path, none))
        order = in_order(match.exercise for match in found.values())
        return sorted(found.values(), key=lambda match: order.index(match.exercise))

    def left_out(self, path: Path, surveys: Sequence[Survey], found: Sequence[Fitting]) -> str:
        """Which layers have no table: mere stubs, and what the workspace or the folder of `--exercises` has besides.

        Empty if the hand-in is for no layer, or if there are none.
        """
        graded = {match.exercise.name for match in found if match.exercise.is_layer}
        answered = {name for each in self._layers if each.name in graded for name in each.answers}
        rest = [each for each in self._layers if graded and not answered.issuperset(each.answers)]
        stubs = {name for survey in surveys for name in (*survey.stubs, *survey.empty)} - answered
        waiting = [each.name for each in rest if not stubs.isdisjoint(each.answers)]
        absent = [each.name for each in rest if each.name not in waiting and self._shelf.has_own(each)]
        told = ("not begun", waiting), (f"not in {path.name}", absent)
        return "; ".join(f"{what}: {listed(names)}" for what, names in told if names)

    def assignment(self, path: Path, surveys: Sequence[Survey]) -> list[Fitting]:
        """Every layer whose functions are in a hand-in, begun or not.

        Raises:
            UnknownExercise: several layers ask for the same functions.
        """
        everything = [replace(each, begun=(*each.begun, *each.stubs)) for each in self._with_layers(surveys)]
        found = {match.exercise.name: match for each in everything for match in self._layers_of(path, each)}
        order = in_order(match.exercise for match in found.values())
        return sorted(found.values(), key=lambda match: order.index(match.exercise))

    def _with_layers(self, surveys: Sequence[Survey]) -> Iterator[Survey]:
        """The files that may have an answer: a layer's functions are answers, whatever they are called."""
        for survey in surveys:
            begun, stubs = (filter(self._asked.__contains__, names) for names in (survey.functions, survey.empty))
            each = replace(survey, begun=(*survey.begun, *begun), stubs=(*survey.stubs, *stubs))
            if each.begun or each.stubs or each.computed:
                yield each

    def _of(self, path: Path, survey: Survey, *, alone: bool) -> list[Fitting]:
        own = _owner(survey.file, self._known)
        if own is not None and (count := _count(survey, own)):
            return [Fitting(own, count)]
        layers = self._layers_of(path, survey)
        winners = _winners(survey, self._others)
        series = {exercise.settings.series for exercise in winners} - {""}
        most = _count(survey, winners[0]) if winners else 0
        if layers and sum(layer.count for layer in layers) >= most:
            return layers
        if survey.flat and len(series) == 1:  # of equals, the lecture's: its exercises are done in a notebook
            winners = [exercise for exercise in self._others if exercise.settings.series in series]
        elif len(winners) > 1 and alone:
            fitting = " and ".join(exercise.name for exercise in winners)
            what = "gradients" if survey.flat else "functions"
            raise UnknownExercise(_unclear(path, f"its {what} fit {fitting} equally well"))
        elif not alone and (len(winners) != 1 or most < _A_COUPLE or most < _BESIDE * len(winners[0].graded)):
            return []
        found = [Fitting(exercise, _count(survey, exercise)) for exercise in winners]
        return [*found, *_besides(survey, self._others, winners)] if survey.flat and survey.begun and winners else found

    def _layers_of(self, path: Path, survey: Survey) -> list[Fitting]:
        """Every layer with a function that is begun, or, if there is none, with a stub.

        Of layers that ask for the same functions, it is the workspace's, or that of `--exercises`; then the one in
        numpy or torch, whichever the file imports.

        Raises:
            UnknownExercise: there are several such layers still.
        """
        names = self._asked.intersection(survey.begun) or self._asked.intersection(survey.stubs)
        there = {each.name: [name for name in each.answers if name in names] for each in self._layers}
        ranks = {
            each.name: (not self._shelf.has_own(each), -len(there[each.name]), each.arrays not in survey.arrays)
            for each in self._layers
        }
        kept: list[Exercise] = []
        for exercise in sorted(self._layers, key=lambda each: ranks[each.name]):
            functions = there[exercise.name]
            other = next((each for each in kept if {*there[each.name]}.issuperset(functions)), None)
            if functions and other is None:
                kept.append(exercise)
            elif functions and other is not None and ranks[exercise.name] == ranks[other.name]:
                both = f"{other.name} and {exercise.name}"
                raise UnknownExercise(_unclear(path, f"{listed(functions)} fit {both} equally well"))
        return [Fitting(each, len(each.graded) * len(there[each.name]) // len(each.answers)) for each in kept]


def best(found: Iterable[Fitting]) -> Fitting:
    """The exercise with the most gradients; of equals the first."""
    return max(found, key=lambda match: match.count)


def _unclear(path: Path, why: str) -> str:
    return f"cannot infer the exercise of {path}: {why}; pass --exercise NAME"


def _main(surveys: Sequence[Survey]) -> Survey | None:
    """The file with the most answers: it must be for some exercise."""
    return max(surveys, key=lambda survey: (len(survey.begun), len(survey.stubs)), default=None)


def _in_question(surveys: Sequence[Survey]) -> list[Survey]:
    """The files with work in them; a single file of stubs, or a single starter, is as good as one with work."""
    begun = [survey for survey in surveys if survey.begun]
    untouched = [survey for survey in surveys if survey.stubs] or surveys
    return begun or list(untouched if len(untouched) == 1 else ())


def _winners(survey: Survey, known: Sequence[Exercise]) -> list[Exercise]:
    """The exercises that a file answers most of; of equals, those whose forward pass is in it, and no training."""
    ranks = {exercise.name: (_count(survey, exercise), _computed(survey, exercise)) for exercise in known}
    most = max(ranks.values(), default=(0, 0))
    found = [exercise for exercise in known if most[0] and ranks[exercise.name] == most]
    return [exercise for exercise in found if not exercise.answers_together] or found


def _besides(survey: Survey, known: Sequence[Exercise], winners: Sequence[Exercise]) -> list[Fitting]:
    """Further exercises in the same notebook: those that answer at least half of what they ask for with other names."""
    taken = {_plain(name) for exercise in winners for name in _answers(exercise, flat=True)}
    rest = replace(survey, begun=tuple(name for name in survey.begun if _plain(name) not in taken))
    others = [exercise for exercise in known if exercise not in winners] if rest.begun else []
    found = [
        exercise
        for exercise in _winners(rest, others)
        if _count(rest, exercise) >= max(_FEW, _BESIDES * len(_answers(exercise, flat=True)))
    ]
    return [Fitting(exercise, _count(rest, exercise)) for exercise in found] if len(found) == 1 else []


def _count(survey: Survey, exercise: Exercise) -> int:
    """How many answers to an exercise a file has. Lines outside functions may spell them in another way: dh_prebn."""
    names, answers = survey.begun or survey.stubs, _answers(exercise, flat=survey.flat)
    if not survey.flat:
        return len(answers.intersection(names))
    found = len({_plain(name) for name in names} & {_plain(name) for name in answers})
    return found if names else _computed(survey, exercise)


def _computed(survey: Survey, exercise: Exercise) -> int:
    """How many values of an exercise's forward pass a notebook computes; 0 if that is too little to tell it by."""
    outputs = {_plain(name) for name in exercise.producer}
    found = len({_plain(name) for name in survey.computed} & outputs)
    return found if found >= max(_FEW, _FORWARD * len(outputs)) else 0


def _plain(name: str) -> str:
    return name.replace("_", "")


def _answers(exercise: Exercise, *, flat: bool) -> set[str]:
    """The names that answer an exercise; lines outside functions name its gradients one by one."""
    if exercise.is_layer:
        return {*exercise.answers}
    return {*exercise.gradients, *(() if flat else exercise.answers)}


def _owner(file: str, known: Collection[Exercise]) -> Exercise | None:
    """The exercise whose folder holds a file, the innermost if there are several."""
    folders = [spelled(part) for part in file.replace("\\", "/").split("/")[:-1]]
    named = {spelled(exercise.name): exercise for exercise in known}
    return next((named[folder] for folder in reversed(folders) if folder in named), None)
