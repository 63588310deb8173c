"""A learner's workspace: the exercises copied out of the package, without their solutions, never over anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.exercise.shelf import exercises_directory, list_exercises, the_installed

FILES = ("forward.py", "backward.py", "exercise.toml")

README = """\
# Gradients by hand

Each folder of exercises/ holds a forward pass (forward.py, leave it as it is) and your side of it (backward.py).
Fill in a function, save, and run

    grade

here. It opens the first gradient that is not right yet and tells what came, what was expected and what to do
next. `grade mlp::dprobs` looks at one gradient alone, `grade show mlp::dprobs` at the line it comes from, and
`grade list` tells how far you are. `grade watch` grades whenever you save, and `grade hint mlp::dprobs` opens a hint.

Five rules carry all of it:

1. dx means "the derivative of the loss with respect to x".
2. dx has the shape of x, always.
3. Used twice forward: add the gradients backward.
4. Broadcast forward: sum backward, over what was broadcast.
5. Summed forward: broadcast backward, to what was summed.
"""

GITIGNORE = """\
__pycache__/
.venv/
report.json
"""


class NoWorkspace(Exception):
    """A workspace cannot be made there: one sentence."""


@dataclass(slots=True)
class NewFiles:
    """What `grade init` wrote and what it left alone."""

    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def init(directory: Path) -> NewFiles:
    """Make a workspace, or complete one: files that are there stay as they are.

    Raises:
        NoWorkspace: the folder cannot be made or written to.
    """
    made = NewFiles()
    if directory.exists() and not directory.is_dir():
        raise NoWorkspace(f"{directory} is a file; name a folder for the workspace")
    if directory.resolve() == exercises_directory().parent.resolve():
        raise NoWorkspace(f"{directory} holds the grader's own exercises; name another folder for a workspace")
    try:
        for source in filter(None, map(the_installed, list_exercises())):
            for file in filter(Path.is_file, (source / name for name in FILES)):
                _write(directory / "exercises" / source.name / file.name, file.read_bytes(), made)
        _write(directory / "README.md", README.encode(), made)
        _write(directory / ".gitignore", GITIGNORE.encode(), made)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NoWorkspace(f"no workspace can be made in {directory}: {reason} ({error.filename})") from error
    return made


def _write(target: Path, content: bytes, made: NewFiles) -> None:
    if target.exists() or target.is_symlink():
        made.kept.append(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    made.written.append(target)
