"""A learner's workspace: the exercises copied without their solutions. Existing files are never overwritten."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.exercise.shelf import exercises_directory, list_exercises, the_installed

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


def init(directory: Path) -> NewFiles:
    """Create a workspace, or add missing files to one. Existing files are kept.

    Raises:
        NoWorkspace: the folder cannot be created or written to, or it is the grader's own.
    """
    made = NewFiles()
    if directory.exists() and not directory.is_dir():
        raise NoWorkspace(f"{directory} is a file; choose a folder for the workspace")
    if directory.resolve() == exercises_directory().parent.resolve():
        raise NoWorkspace(f"{directory} holds the grader's own exercises; choose another folder for the workspace")
    try:
        for source in filter(None, map(the_installed, list_exercises())):
            for file in filter(Path.is_file, (source / name for name in FILES)):
                _write(directory / "exercises" / source.name / file.name, file.read_bytes(), made)
        _write(directory / "README.md", README.encode(), made)
        _write(directory / ".gitignore", GITIGNORE.encode(), made)
        _write(directory / "pytest.ini", PYTEST_INI.encode(), made)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NoWorkspace(f"cannot create a workspace in {directory}: {reason} ({error.filename})") from error
    return made


def _write(target: Path, content: bytes, made: NewFiles) -> None:
    if target.exists() or target.is_symlink():
        made.kept.append(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    made.written.append(target)
