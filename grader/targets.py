"""What the words after `grade` mean: an exercise, one of its gradients, or a path to somebody's work."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.exercise import BrokenExercise, Exercise, UnknownExercise, is_exercise, list_exercises, load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WORKSPACE = Path("exercises")
"""Where a learner's exercises are, seen from where `grade` is called."""


class Misuse(click.UsageError):
    """The command cannot mean that: one sentence that says what it could."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to grade: a path, the gradients asked for (none: all), and the exercise if the words tell it."""

    path: Path
    only: tuple[str, ...] = ()
    exercise: Exercise | None = None


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
            raise Misuse(unknown(name, self.names(), "exercise")) from None


def resolve(words: Sequence[str], shelf: Shelf) -> list[Target]:
    """Every target, those of one exercise joined into one, in the order named."""
    if not words:
        return _everything(shelf)
    found: dict[Path, Target] = {}
    for word in words:
        target = _target(word, shelf)
        before = found.get(target.path)
        if before is not None:
            both = before.only and target.only
            target = Target(target.path, (*before.only, *target.only) if both else (), target.exercise)
        found[target.path] = target
    return list(found.values())


def _everything(shelf: Shelf) -> list[Target]:
    if shelf.forced is not None:
        return [_target(shelf.forced, shelf)]
    names = [name for name in list_exercises(WORKSPACE) if not shelf.ci or name in shelf.names()]
    if names:
        exercises = sorted((shelf.load(name) for name in names), key=curriculum)
        return [Target(WORKSPACE / exercise.name, exercise=exercise) for exercise in exercises]
    if Path("backward.py").is_file():
        return [_path(Path(), shelf)]
    raise Misuse(
        "there is no folder exercises/ here, so there is nothing to grade. "
        "`grade init DIR` makes a workspace to fill in, `grade PATH` grades a file or a folder"
    )


def curriculum(exercise: Exercise) -> tuple[bool, int, str]:
    """The lecture's exercise first, then the easier before the harder."""
    return exercise.name != "mlp", exercise.settings.difficulty, exercise.name


def _target(word: str, shelf: Shelf) -> Target:
    name, separator, gradient = word.partition("::")
    target = _named(name, shelf) or _path(Path(name), shelf)
    if not separator:
        return target
    if target.exercise is None:
        raise Misuse(f"which exercise is {name} for? Say it with --exercise, so that {gradient} can be found in it")
    return Target(target.path, (the_gradient(gradient, target.exercise),), target.exercise)


def _named(name: str, shelf: Shelf) -> Target | None:
    """A target called by an exercise's name: the learner's own work on it, in the workspace."""
    if is_exercise(WORKSPACE / name) and Path(name).name == name:
        return Target(WORKSPACE / name, exercise=shelf.load(shelf.forced or name))
    if name not in shelf.names() or Path(name).exists():
        return None
    raise Misuse(
        f"{name} is an exercise, but there is no {WORKSPACE / name} here. "
        "`grade init DIR` makes a workspace; `grade PATH` grades a file or a folder"
    )


def _path(path: Path, shelf: Shelf) -> Target:
    if not path.exists() and not path.is_symlink():
        raise Misuse(_nowhere(path, shelf))
    if shelf.forced is not None:
        return Target(path, exercise=shelf.load(shelf.forced))
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    if not shelf.ci and shelf.directory is None and is_exercise(folder):
        return Target(path, exercise=load_exercise(folder))
    return Target(path, exercise=shelf.load(folder.name) if folder.name in shelf.names() else None)


def _nowhere(path: Path, shelf: Shelf) -> str:
    """What may have been meant by a word that is no exercise and no path."""
    if homes := _homes(str(path), shelf):
        meant = f"{homes[0]}::{path}"
        next_step = f"Did you mean {meant}?" if len(homes) == 1 else f"Say which one, as in {meant}"
        return f"{path} is a gradient of {_listed(homes)}. {next_step}"
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() and path.parent != Path() else []
    known = [*shelf.names(), *(str(path.parent / name) for name in near)]
    # A command may have been mistyped; among exercises and paths it would be out of place.
    close = difflib.get_close_matches(str(path), [*_commands(), *known], 1, 0.5)
    return unknown(str(path), close or known, "exercise or path")


def _homes(gradient: str, shelf: Shelf) -> list[str]:
    """The exercises that ask for a gradient of this name; `dprobs` alone does not say which one is meant."""
    names = [name for name in shelf.names() if shelf.forced in (None, name)]
    exercises = [exercise for name in names if (exercise := _readable(name, shelf.load))]
    return [exercise.name for exercise in sorted(exercises, key=curriculum) if gradient in exercise.gradients]


def _listed(words: Sequence[str], most: int = 3) -> str:
    """`a, b and c`; of many the first few and how many more."""
    first, last = (words[:-1], words[-1]) if len(words) <= most else (words[:most], f"{len(words) - most} more")
    return " and ".join(filter(None, (", ".join(first), last)))


def _commands() -> list[str]:
    """Where a command might have been meant: `grade wacth`, but not `grade hint wacth`, nor one that is hidden."""
    context = click.get_current_context()
    root = context.find_root()
    if context.info_name != "run":
        return []
    group: Any = root.command
    hidden = {name for name, command in group.commands.items() if command.hidden}
    return [name for name in group.list_commands(root) if name not in hidden]


def the_gradient(word: str, exercise: Exercise) -> str:
    """`dprobs` of `mlp::dprobs`; `probs` is understood as well."""
    if word in exercise.gradients:
        return word
    if f"d{word}" in exercise.gradients:
        return f"d{word}"
    raise Misuse(unknown(word, exercise.gradients, f"gradient of {exercise.name}"))


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
        Misuse: there is none, or a tie.
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
    raise Misuse(f"which exercise is {path} for? {tie[0].upper()}{tie[1:]}. Say it with --exercise NAME")


def _readable(name: str, read: Callable[[str], Exercise]) -> Exercise | None:
    try:
        return read(name)
    except BrokenExercise:
        return None
