"""Finding exercises: by name, or by one of their gradients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.nearest import did_you_mean, unknown
from grader.exercise.packs import packs, without_exercises

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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

    def load_all(self, names: Iterable[str]) -> tuple[list[Exercise], list[str]]:
        """The exercises of these names that can be read, and a sentence about each of the others."""
        found: list[Exercise] = []
        broken: list[str] = []
        for name in names:
            try:
                found.append(self.load(name))
            except BrokenExercise as error:
                broken.append(str(error))
        return found, broken


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


def is_exercise(directory: Path) -> bool:
    """Whether a folder holds an exercise: forward.py with exercise.toml beside it."""
    return (directory / "exercise.toml").is_file() and (directory / "forward.py").is_file()


def load_exercise(name: str | Path, directory: Path | None = None) -> Exercise:
    """Read an exercise by name (looked up in `directory`, default: the installed ones) or by path.

    Raises:
        UnknownExercise: there is none of that name, or at that path.
        BrokenExercise: it cannot be read, or two packs have it.
    """
    path = Path(name)
    if isinstance(name, Path) or path.name != str(name):
        if is_exercise(path):
            return Exercise(path.resolve())
        raise UnknownExercise(f"{path} is not an exercise: it needs both exercise.toml and forward.py")
    folder = the_installed(str(name)) if directory is None else directory / path
    if folder is not None and is_exercise(folder):
        return Exercise(folder.resolve()) if directory is not None else _of_the_installed(folder)
    meant = did_you_mean(str(name), list_exercises(directory))
    raise UnknownExercise(f"there is no exercise {name} in {directory or exercises_directory()}. {meant}")


def _of_the_installed(folder: Path) -> Exercise:
    """An installed exercise. If it is broken, the message names its pack: whoever made that can repair it."""
    try:
        return Exercise(folder.resolve())
    except BrokenExercise as error:
        if pack := pack_of(folder):
            raise BrokenExercise(f"{folder.name} of the pack {pack} cannot be used: {error}") from error
        raise


def installed(name: str) -> list[Path]:
    """The folders of the installed exercises of a name: the shipped one alone, else every pack's."""
    ours = exercises_directory() / name
    if is_exercise(ours):
        return [ours]
    # Packs are looked up last, as this takes longer than everything else here.
    return [(root / name).resolve() for root in packs().values() if is_exercise(root / name)]


def pack_of(folder: Path) -> str:
    """The name of the pack that an exercise's folder belongs to; empty if it belongs to none."""
    return next((name for name, root in packs().items() if folder.resolve().parent == root.resolve()), "")


def the_installed(name: str) -> Path | None:
    """The folder of the one installed exercise of a name; None if there is none.

    Raises:
        BrokenExercise: two packs have one.
    """
    folders = installed(name)
    if len(folders) > 1:
        names = " and ".join(pack_of(folder) for folder in folders[:2])
        homes = " or ".join(str(folder.parent) for folder in folders[:2])
        raise BrokenExercise(
            f"the packs {names} both have an exercise {name}: choose one with --exercises ({homes}), or copy it to "
            f"{WORKSPACE / name}"
        )
    return folders[0] if folders else None


def pack_problems() -> Iterator[str]:
    """A sentence about everything in the installed packs that no command will find."""
    yield from without_exercises()
    for pack, root in packs().items():
        for folder in sorted(filter(Path.is_dir, root.iterdir())):
            if is_exercise(exercises_directory() / folder.name):
                yield (
                    f"{folder.name} of the pack {pack} is never used: it has the name of an exercise that comes with "
                    "the grader"
                )
            elif (folder / "exercise.toml").is_file() != (folder / "forward.py").is_file():
                yield f"{folder.name} of the pack {pack} cannot be used: it needs both exercise.toml and forward.py"


def _shipped(kind: str) -> Path:
    inside = PACKAGE / "data" / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def differs_from_installed(exercise: Exercise) -> bool:
    """Whether an exercise's forward.py differs from that of every installed exercise of the same name."""
    sources = [(folder / "forward.py").read_text(encoding="utf-8") for folder in installed(exercise.name)]
    return bool(sources) and exercise.source not in sources
