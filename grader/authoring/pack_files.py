"""The folder of a pack, a Python package that brings exercises: made once, and extended with every further exercise."""

from __future__ import annotations

import keyword
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from grader.authoring.exercise_files import write_exercise
from grader.exercise.packs import PACK_GROUP, packs
from grader.exercise.shelf import exercises_directory, is_exercise
from grader.report.files import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.authoring.exercise_files import Draft

PYPROJECT = "pyproject.toml"
BESIDE = ("readme", "licen", "copying")
"""What a new repository has, whose pack is still to be made. Hidden files may be there as well."""

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "0.1.0"
description = "Exercises on gradients derived by hand"
readme = "README.md"
requires-python = ">=3.11"

# `grade` finds the exercises by this entry point. The package itself is not imported.
[project.entry-points."{group}"]
{package} = "{package}"

# Every file of the package is installed, and so are the worked solutions, which `grade solution` shows. To keep them
# from learners, add the line: exclude = ["{package}/solutions"]
[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""

_README = """\
# {distribution}

Exercises for `grade`, in `{package}/exercises`. Their worked solutions are in `{package}/solutions`. In this folder,

    pip install -e .

installs the pack where `grade` is installed. Then `grade list` shows its exercises, `grade init DIR` copies them into a
workspace, without the solutions, and `grade verify NAME` tests one. Before it is installed, this tests all of them:

    grade verify --exercises {package}/exercises

`grade new FORWARD.py --pack .` adds an exercise.
"""


class NoPack(Exception):
    """The exercise cannot be written into a pack there; the message says why."""


@dataclass(frozen=True, slots=True)
class PackFolder:
    """Where a pack's exercises are written."""

    directory: Path
    """The folder with its pyproject.toml."""
    package: Path
    """The package's folder, relative to it."""
    new: bool

    @classmethod
    def find(cls, directory: Path, forward: Path) -> PackFolder:
        """The pack in a folder, or a new one if there is nothing of its own in it.

        Args:
            forward: the author's file, which may be in the folder.

        Raises:
            NoPack: the folder is something else, or cannot be named like a Python package.
        """
        if directory.exists() and not directory.is_dir():
            raise NoPack(f"{directory} is a file; choose a folder for the pack")
        if (directory / PYPROJECT).exists():
            return cls(directory, _package_in(directory), new=False)
        for entry in sorted(directory.iterdir()) if directory.exists() else ():
            if not entry.name.lower().startswith((".", *BESIDE)) and not _same(entry, forward):
                raise NoPack(
                    f"{directory} is not a pack: it has no {PYPROJECT}, but {entry.name}; choose a new folder for the "
                    "pack, or an empty one"
                )
        return cls(directory, Path(_new_package(directory)), new=True)

    @property
    def exercises(self) -> Path:
        """The folder of its exercises."""
        return self.directory / self.package / "exercises"

    @property
    def solutions(self) -> Path:
        """The folder of their worked solutions."""
        return self.directory / self.package / "solutions"

    @property
    def installed(self) -> bool:
        """Whether this very folder is installed, as with `pip install -e`."""
        return self.exercises.resolve() in [folder.resolve() for folder in packs().values()]

    def check_free(self, name: str) -> None:
        """Check that the pack can have an exercise of this name.

        Raises:
            NoPack: it has one already, or the grader has.
        """
        if is_exercise(exercises_directory() / name):
            raise NoPack(
                f"{name} is the name of an exercise that comes with the grader, so a pack's would never be used; "
                "choose another with --name"
            )
        for taken in (self.exercises / name, self.solutions / name):
            if taken.exists():
                raise NoPack(f"{taken} already exists; choose another name, or move it")

    def add(self, made: Draft, title: str) -> list[Path]:
        """Write an exercise with an empty solution, and the pack's own files if it is new. Nothing is overwritten.

        Everything is written to a folder of its own first, so that nothing is left behind if that fails.

        Raises:
            OSError: something cannot be written.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.directory, prefix=UNFINISHED) as scratch:
            ready = PackFolder(Path(scratch), self.package, self.new)
            own = [*ready.write_own()]
            files = [*own, *write_exercise(made, ready.exercises, ready.solutions, title)]
            for part in (*own, ready.exercises / made.name, ready.solutions / made.name):
                _move(part, self.directory / part.relative_to(scratch))
            return [self.directory / file.relative_to(scratch) for file in files if not file.exists()]

    def write_own(self) -> Iterator[Path]:
        """Write what makes a folder a pack, if it is new."""
        package = self.package.name
        words = {"package": package, "distribution": package.replace("_", "-"), "group": PACK_GROUP}
        files = {
            PYPROJECT: _PYPROJECT.format(**words),
            "README.md": _README.format(**words),
            f"{package}/__init__.py": '"""Exercises for `grade`."""\n',
        }
        for name, text in files.items() if self.new else ():
            file = self.directory / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            yield file


def _move(part: Path, target: Path) -> None:
    """Move a file or a folder to its place, unless there is one already."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part.rename(target)


def _same(entry: Path, forward: Path) -> bool:
    return entry.resolve() == forward.resolve()


def _package_in(directory: Path) -> Path:
    """The package of the pack in a folder, relative to it."""
    file = directory / PYPROJECT
    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoPack(f"{file} cannot be read: {error}") from None
    named = data.get("project", {}).get("entry-points", {}).get(PACK_GROUP, {})
    if not named:
        raise NoPack(
            f"{directory} is another project: {file} has no entry point in the group {PACK_GROUP}; add one to make it "
            "a pack, or choose a new folder"
        )
    paths = [Path(top, *value.split(".")) for value in named.values() for top in ("", "src")]
    found = next((path for path in paths if (directory / path).is_dir()), None)
    if found is None:
        raise NoPack(f"{file} names the package {next(iter(named.values()))}, which is not in {directory}")
    return found


def _new_package(directory: Path) -> str:
    """The name of a new pack's package: that of its folder."""
    name = directory.resolve().name
    package = re.sub(r"[-. ]+", "_", name).lower()
    if not package.isascii() or not package.isidentifier() or keyword.iskeyword(package):
        raise NoPack(
            f"a Python package cannot be called {name!r}; choose a folder whose name has letters, digits and - only, "
            "such as deep-pack"
        )
    spec = None if package in sys.stdlib_module_names else find_spec(package)
    if package in sys.stdlib_module_names or (spec is not None and spec.origin is not None):
        raise NoPack(f"there is a Python package {package} already; choose a folder of another name for the pack")
    return package
