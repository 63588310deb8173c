"""Where exercises come from: by name, by one of their gradients, or by the functions that somebody has written."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise import BrokenExercise, Exercise, UnknownExercise, is_exercise, list_exercises, load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORKSPACE = Path("exercises")
"""Where a learner's exercises are, seen from where `grade` is called."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where exercises come from.

    On the learner's own desk those of the workspace count; with `--ci` only the installed ones do, so that a
    submission's repository cannot bring its own forward pass along.
    """

    directory: Path | None = None
    ci: bool = False
    forced: str | None = None
    """`--exercise`."""

    @property
    def root(self) -> Path | None:
        """The folder of `--exercises`, else the workspace's, else (None) the installed one."""
        if self.directory is not None:
            return self.directory
        return WORKSPACE if not self.ci and list_exercises(WORKSPACE) else None

    def names(self) -> list[str]:
        """Every exercise that can be asked for by name."""
        return sorted({*list_exercises(self.root), *([] if self.directory or self.ci else list_exercises())})

    def load(self, name: str) -> Exercise:
        """An exercise by name, the workspace's own before the installed one."""
        try:
            root = self.root if self.root is not None and is_exercise(self.root / name) else self.directory
            return load_exercise(name, root)
        except UnknownExercise:
            raise UnknownExercise(unknown(name, self.names(), "exercise")) from None


def curriculum(exercise: Exercise) -> tuple[bool, int, str]:
    """The lecture's exercise first, then the easier before the harder."""
    return exercise.name != "mlp", exercise.settings.difficulty, exercise.name


def homes(gradient: str, shelf: Shelf) -> list[str]:
    """The exercises that ask for a gradient of this name; `dprobs` alone does not say which one is meant."""
    names = [name for name in shelf.names() if shelf.forced in (None, name)]
    exercises = [exercise for name in names if (exercise := _readable(name, shelf.load))]
    return [exercise.name for exercise in sorted(exercises, key=curriculum) if gradient in exercise.gradients]


def the_gradient(word: str, exercise: Exercise) -> str:
    """`dprobs` of `mlp::dprobs`; `probs` is understood as well."""
    if word in exercise.gradients:
        return word
    if f"d{word}" in exercise.gradients:
        return f"d{word}"
    raise UnknownExercise(unknown(word, exercise.gradients, f"gradient of {exercise.name}"))


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """What there is not, and what may have been meant."""
    known = list(known)
    close = difflib.get_close_matches(word, known, 1, 0.5)
    if close:
        return f"there is no {what} {word}. Did you mean {close[0]}?"
    return f"there is no {what} {word}. There are: {', '.join(known) or 'none'}"


def by_functions(path: Path, functions: Iterable[str], shelf: Shelf, read: Callable[[str], Exercise]) -> Exercise:
    """The one exercise that a file's `d*` functions belong to.

    Raises:
        UnknownExercise: there is none, or a tie.
    """
    written = set(functions)
    counts = {
        name: len(written & set(exercise.gradients)) for name in shelf.names() if (exercise := _readable(name, read))
    }
    best = max(counts.values(), default=0)
    winners = [name for name, count in counts.items() if count == best]
    if best and len(winners) == 1:
        return read(winners[0])
    tie = f"its functions fit {' and '.join(winners)} alike" if best else "none of its functions belongs to an exercise"
    raise UnknownExercise(f"which exercise is {path} for? {tie[0].upper()}{tie[1:]}. Say it with --exercise NAME")


def _readable(name: str, read: Callable[[str], Exercise]) -> Exercise | None:
    try:
        return read(name)
    except BrokenExercise:
        return None
