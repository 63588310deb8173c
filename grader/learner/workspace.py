"""A learner's workspace: the exercises copied without their solutions. A learner's files are never overwritten."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import (
    exercises_directory,
    installed,
    list_exercises,
    load_exercise,
    pack_of,
    pack_problems,
    the_installed,
)
from grader.exercise.tracks import CONVENTIONS, check_tracks, in_sequence, track_of
from grader.report.files import naming, replace_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILES = ("forward.py", "backward.py", "exercise.toml")

README = """\
# Gradients by hand

Each folder in exercises/ has a forward pass (forward.py; do not edit it) and your backward pass (backward.py). Fill
in a function, save it and run

    grade

here. It shows the first gradient that is not correct yet: what was found, what was expected and what to do next.
`grade mlp::dprobs` grades a single gradient, `grade show mlp::dprobs` shows its forward lines, and `grade list` shows
your progress. `grade watch` regrades whenever you save, and `grade hint mlp::dprobs` shows a hint.

Five rules cover everything:

1. dx means "the derivative of the loss with respect to x".
2. dx always has the shape of x.
3. Used twice in the forward pass: add the gradients in the backward pass.
4. Broadcast in the forward pass: sum over the broadcast dimensions in the backward pass.
5. Summed in the forward pass: broadcast to the summed shape in the backward pass.
"""

GITIGNORE = """\
__pycache__/
.venv/
.grade-progress.json
report.html
report.json
"""

PYTEST_INI = """\
# `pytest exercises/` grades: each gradient is a test. This file keeps settings of folders above out.
[pytest]
"""


class NoWorkspace(Exception):
    """A workspace cannot be created there; the message says why."""


@dataclass(slots=True)
class NewFiles:
    """The files that `grade init` wrote, and those it kept."""

    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    completed: list[Path] = field(default_factory=list)
    """Files of an exercise that were empty or cut off, as a full disk leaves them, without any work of the learner."""
    left_out: list[str] = field(default_factory=list)
    """Why an exercise is not there, a sentence each."""
    exercises: list[str] = field(default_factory=list)
    """The exercises that were asked for, whether their files were there or not."""
    other_tracks: list[str] = field(default_factory=list)
    """If only some tracks were asked for: those of which the workspace has nothing."""
    folders: list[Path] = field(default_factory=list)
    """The folders that were created, outermost first."""


def init(directory: Path, tracks: Sequence[str] = ()) -> NewFiles:
    """Create a workspace, or add missing files to one. Existing files are kept.

    Args:
        tracks: the tracks whose exercises it is to have; if none is named, all but layers in a course's convention.

    Raises:
        UnknownExercise: there is no such track. Nothing was created.
        NoWorkspace: the folder cannot be created or written to, or it is the grader's own. Nothing was created.
    """
    made = _asked(tracks, directory)
    made.left_out += pack_problems()
    if directory.exists() and not directory.is_dir():
        raise NoWorkspace(f"{directory} is a file; choose a folder for the workspace")
    if directory.resolve() == exercises_directory().parent.resolve():
        raise NoWorkspace(f"{directory} holds the grader's own exercises; choose another folder for the workspace")
    try:
        for target, content in _contents(directory, made):
            with naming(target):
                _write(target, content, made)
    except OSError as error:
        _undo(made)
        reason = (error.strerror or str(error)).lower()
        raise NoWorkspace(
            f"cannot create a workspace in {directory}: {reason} ({error.filename}). No files were added"
        ) from error
    except BaseException:  # Ctrl-C
        _undo(made)
        raise
    return made


def _asked(tracks: Sequence[str], directory: Path) -> NewFiles:
    """The exercises of the tracks, and the tracks besides."""
    of = {name: {track_of(folder) for folder in installed(name)} for name in list_exercises()}
    there = in_sequence(track for found in of.values() for track in found)
    check_tracks(tracks, there)
    wanted = {*(tracks or there)} - {*(() if tracks else CONVENTIONS)}
    chosen = [name for name, found in of.items() if found & wanted]
    begun = [of[name] for name in (*chosen, *list_exercises(directory / "exercises")) if name in of]
    others = [track for track in there if track and not any(track in found for found in begun)]
    return NewFiles(exercises=chosen, other_tracks=others)


def _contents(directory: Path, made: NewFiles) -> Iterator[tuple[Path, bytes]]:
    """Every file of a workspace; notes which exercises cannot be in it."""
    for name in made.exercises:
        folder = directory / "exercises" / name
        try:
            source = _source(name)
        except BrokenExercise as error:
            made.left_out += [] if folder.exists() else [str(error)]
            continue
        for file in filter(Path.is_file, (source / name for name in FILES)):
            yield folder / file.name, file.read_bytes()
    yield directory / "README.md", README.encode()
    yield directory / ".gitignore", GITIGNORE.encode()
    yield directory / "pytest.ini", PYTEST_INI.encode()


def _source(name: str) -> Path:
    """The folder of an installed exercise, whose files are copied. One of a pack is read first: it may be unfinished.

    Raises:
        BrokenExercise: two packs have it, or it cannot be read, or it has no stubs.
    """
    source = the_installed(name)
    assert source is not None, "the name is that of an installed exercise"
    if pack := pack_of(source):
        load_exercise(name)
        if not (source / "backward.py").is_file():
            raise BrokenExercise(f"{name} of the pack {pack} cannot be used: it has no backward.py with the stubs")
    return source


def _write(target: Path, content: bytes, made: NewFiles) -> None:
    if target.exists() or target.is_symlink():
        if target.name in FILES and _is_cut_off(target, content):
            replace_file(target, content)
            made.completed.append(target)
        else:
            made.kept.append(target)
        return
    for folder in reversed(target.parents):
        if not folder.is_dir():
            made.folders.append(folder)  # first: Ctrl-C may come in between
            folder.mkdir()
    made.written.append(target)
    write_whole(target, content, durable=False)


def _is_cut_off(file: Path, content: bytes) -> bool:
    """Whether a file is the beginning of what it would be, up to the middle of a line: no learner's work is in it."""
    if not file.is_file() or file.stat().st_size >= len(content):
        return False
    found = file.read_bytes()
    return not found or (content.startswith(found) and not found.endswith(b"\n"))


def _undo(made: NewFiles) -> None:
    """Remove what was created: half a workspace would be taken for a whole one."""
    for file in made.written:
        with suppress(OSError):  # it stays, and is whole: the next `grade init` adds the others
            file.unlink()
    for folder in reversed(made.folders):
        with suppress(OSError):
            folder.rmdir()
