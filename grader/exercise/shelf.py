"""Finding exercises: by name, or by one of their gradients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.nearest import did_you_mean, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PACK_GROUP = "grader.exercises"
PACKAGE = Path(__file__).resolve().parent.parent

WORKSPACE = Path("exercises")
"""The folder of a learner's exercises, relative to where `grade` is called."""

BEGINNING = "micrograd"
"""The exercise for whoever has never written a backward pass: one neuron, half an hour."""
LECTURE = "mlp"
"""The exercise from the lecture: three hours."""


class UnknownExercise(Exception):
    """No exercise of that name; the message suggests or lists the available ones."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where exercises are loaded from.

    For a learner, exercises come from the workspace; with `--ci` only from the installed ones, so that a submission's
    repository cannot bring its own forward pass.
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
        """Every exercise that can be loaded by name, sorted."""
        return sorted({*list_exercises(self.root), *([] if self.directory or self.ci else list_exercises())})

    def has_own(self, exercise: Exercise) -> bool:
        """Whether an exercise is from the folder of `--exercises`, or from the workspace."""
        return self.root is not None and exercise.directory.parent == self.root.resolve()

    def load(self, name: str) -> Exercise:
        """Load an exercise by name, the workspace's own before the installed one."""
        try:
            root = self.root if self.root is not None and is_exercise(self.root / name) else self.directory
            return load_exercise(name, root)
        except UnknownExercise:
            raise UnknownExercise(of_exercises(name, self) or unknown(name, self.names(), "exercise")) from None


def curriculum(exercise: Exercise) -> tuple[bool, int, bool, str]:
    """A sort key: where to begin, then by difficulty and name; the lecture's exercise before others as difficult."""
    return exercise.name != BEGINNING, exercise.settings.difficulty, exercise.name != LECTURE, exercise.name


def in_order(exercises: Iterable[Exercise]) -> list[Exercise]:
    """In the order of the curriculum; the exercises of a series follow each other in the order of the parts."""
    found = sorted(exercises, key=curriculum)
    first: dict[str, int] = {}
    for place, exercise in enumerate(found):
        first.setdefault(_series(exercise), place)
    return sorted(found, key=lambda each: (first[_series(each)], each.settings.part or 0, each.name))


def _series(exercise: Exercise) -> str:
    return exercise.settings.series or f"/{exercise.name}"


def homes(gradient: str, shelf: Shelf) -> list[str]:
    """The exercises that grade a gradient of this name; `dprobs` alone may be ambiguous.

    The lecture's comes first: it is the one that most people mean.
    """
    names = [name for name in shelf.names() if shelf.forced in (None, name)]
    exercises = [exercise for name in names if (exercise := readable(name, shelf.load))]
    asking = sorted((each for each in exercises if gradient in each.gradients), key=curriculum)
    return sorted((exercise.name for exercise in asking), key=lambda name: name != LECTURE)


def of_exercises(gradient: str, shelf: Shelf) -> str:
    """The message for a gradient named without its exercise; empty if no exercise has one of that name."""
    asking = homes(gradient, shelf)
    if not asking:
        return ""
    meant = f"{asking[0]}::{gradient}"
    next_step = f"Did you mean {meant}?" if len(asking) == 1 else f"Name one, as in {meant}"
    return f"{gradient} is a gradient of {listed(asking)}. {next_step}"


def listed(words: Sequence[str], most: int = 3) -> str:
    """`a, b and c`; of a long list the first few and how many more."""
    first, last = (words[:-1], words[-1]) if len(words) <= most else (words[:most], f"{len(words) - most} more")
    return " and ".join(filter(None, (", ".join(first), last)))


def the_gradient(word: str, exercise: Exercise) -> str:
    """`dprobs` from `mlp::dprobs`; `probs` is accepted as well."""
    if word in exercise.gradients:
        return word
    if f"d{word}" in exercise.gradients:
        return f"d{word}"
    if not word:
        raise UnknownExercise(f"no gradient follows {exercise.name}::. Available: {', '.join(exercise.gradients)}.")
    raise UnknownExercise(unknown(word, exercise.gradients, f"{exercise.name} gradient"))


def readable(name: str, read: Callable[[str], Exercise]) -> Exercise | None:
    """An exercise by name; None if it cannot be read."""
    try:
        return read(name)
    except BrokenExercise:
        return None


def exercises_directory() -> Path:
    """The folder of the installed exercises: inside the package (a wheel) or beside it (an editable checkout)."""
    return _shipped("exercises")


def solutions_directory() -> Path:
    """The folder of the worked solutions, found the same way."""
    return _shipped("solutions")


def list_exercises(directory: Path | None = None) -> list[str]:
    """The names of the exercises in a directory (default: the installed ones and packs'). Reads none of them."""
    roots = [directory] if directory else [exercises_directory(), *packs().values()]
    return sorted({entry.name for root in roots if root.is_dir() for entry in root.iterdir() if is_exercise(entry)})


@cache
def packs() -> dict[str, Path]:
    """The `exercises` folder of each installed pack, a package that brings exercises, by name.

    A pack is found by its entry point in the group `grader.exercises`, whose value names the package. It is not
    imported here.
    """
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    found = {}
    for entry in entry_points(group=PACK_GROUP):
        spec = find_spec(entry.value)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            if (Path(place) / "exercises").is_dir():
                found[entry.name] = Path(place) / "exercises"
    return found


def is_exercise(directory: Path) -> bool:
    """Whether a folder holds an exercise: forward.py with exercise.toml beside it."""
    return (directory / "exercise.toml").is_file() and (directory / "forward.py").is_file()


def load_exercise(name: str | Path, directory: Path | None = None) -> Exercise:
    """Read an exercise by name (looked up in `directory`, default: the installed ones) or by path."""
    path = Path(name)
    if isinstance(name, Path) or path.name != str(name):
        if is_exercise(path):
            return Exercise(path.resolve())
        raise UnknownExercise(f"{path} is not an exercise: it needs both exercise.toml and forward.py")
    folder = the_installed(str(name)) if directory is None else directory / path
    if folder is not None and is_exercise(folder):
        return Exercise(folder.resolve())
    meant = did_you_mean(str(name), list_exercises(directory))
    raise UnknownExercise(f"there is no exercise {name} in {directory or exercises_directory()}. {meant}")


def installed(name: str) -> list[Path]:
    """The folders of the installed exercises of a name: the shipped one alone, else every pack's."""
    ours = exercises_directory() / name
    if is_exercise(ours):
        return [ours]
    # Packs are looked up last, as this takes longer than everything else here.
    return [(root / name).resolve() for root in packs().values() if is_exercise(root / name)]


def the_installed(name: str) -> Path | None:
    """The folder of the one installed exercise of a name; None if there is none.

    Raises:
        BrokenExercise: two packs have one.
    """
    folders = installed(name)
    if len(folders) > 1:
        homes = " and ".join(str(folder.parent) for folder in folders[:2])
        raise BrokenExercise(
            f"two packs have an exercise {name}: {homes}; choose one with --exercises, or copy it to {WORKSPACE / name}"
        )
    return folders[0] if folders else None


def _shipped(kind: str) -> Path:
    inside = PACKAGE / "data" / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def differs_from_installed(exercise: Exercise) -> bool:
    """Whether an exercise's forward.py differs from that of the installed exercise of the same name."""
    installed = exercises_directory() / exercise.name / "forward.py"
    return installed.is_file() and installed.read_text(encoding="utf-8") != exercise.source
