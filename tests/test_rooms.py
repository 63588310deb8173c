"""The tests mirror the rooms of grader/: a room's tests are in the folder of the same name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"
TESTS = ROOT / "tests"

GUESTS = {
    "benchmarks": "the measurements in benchmarks/",
    "browser": "the pages in a real browser",
    "docs": "the documentation: its commands, its reference",
    "hostile": "attacks on the sandbox",
}
"""Folders of tests that belong to no room."""

OF_NO_ROOM = {
    "test_api": "the package's public door",
    "test_doors": "every container that work is handed in with, and every place where it is graded",
    "test_imports": "the order of the rooms",
    "test_installation": "what is installed, and how the rest is",
    "test_names": "the list of names that the exercises share",
    "test_rooms": "the rooms themselves",
    "test_wheel": "the package as it is installed",
}
"""Modules directly in tests/, and what they test."""

BY_COMMAND = {
    "learner/test_watch_session.py": "`grade watch` on a terminal",
    "verdict/test_problems.py": "every sentence about a mistake as `grade` prints it",
}
"""Modules that never name their room, because they test it only through the command line."""


def rooms() -> list[str]:
    """The folders with modules directly in grader/."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def modules_of_tests() -> Iterator[Path]:
    """Every test module, relative to tests/."""
    return (path.relative_to(TESTS) for path in sorted(TESTS.rglob("test_*.py")))


def names_room(text: str, room: str) -> bool:
    """Whether the source of a test refers to a room.

    It imports from it, or patches or starts it under its name; the fixtures `grade` and `workspace` are grader.cli.
    """
    return re.search(rf"\bgrader\.{room}\b", text) is not None or (room == "cli" and runs_a_command(text))


def runs_a_command(text: str) -> bool:
    """Whether a test or a fixture asks for one of the fixtures that run `grade`."""
    asked = {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}
    return bool(asked & {"grade", "workspace"})


def rooms_named(text: str) -> list[str]:
    """The rooms that a test might belong to."""
    return [room for room in rooms() if names_room(text, room)]


class TestFolders:
    """One folder of tests per room."""

    @pytest.mark.parametrize("room", rooms())
    def test_a_room_has_its_folder_of_tests(self, room: str) -> None:
        """With the same name."""
        assert list(TESTS.glob(f"{room}/test_*.py")), f"grader/{room} has no tests: put them into tests/{room}"

    def test_a_folder_of_tests_has_its_room(self) -> None:
        """Or is listed as an exception."""
        folders = {path.parts[0] for path in modules_of_tests() if len(path.parts) > 1}
        strangers = folders - {*rooms()} - GUESTS.keys()
        assert not strangers, (
            f"{sorted(strangers)}: no room of grader/ is called that; move the modules into the folders of the rooms "
            f"that they test: {', '.join(rooms())}"
        )

    def test_a_module_outside_the_folders_belongs_to_no_room(self) -> None:
        """A module with a room is in the room's folder."""
        beside = {path.stem for path in modules_of_tests() if len(path.parts) == 1}
        assert beside == OF_NO_ROOM.keys(), [
            f"move tests/{stem}.py into one of the folders {rooms_named((TESTS / f'{stem}.py').read_text('utf-8'))}"
            for stem in sorted(beside - OF_NO_ROOM.keys())
        ]

    def test_a_test_module_is_about_its_room(self) -> None:
        """It names the room, or tests it through the command line and is on the list."""
        texts = {path: (TESTS / path).read_text("utf-8") for path in modules_of_tests() if path.parts[0] in rooms()}
        assert [
            f"tests/{path} names nothing of grader.{path.parts[0]}: move it into one of the folders {rooms_named(text)}"
            for path, text in texts.items()
            if not names_room(text, path.parts[0]) and path.as_posix() not in BY_COMMAND
        ] == []

    def test_modules_on_the_command_list_run_a_command(self) -> None:
        """If a listed module moves, its entry has to move too."""
        for name in BY_COMMAND:
            assert (TESTS / name).is_file(), f"{name} is not there any more: take it off BY_COMMAND"
            assert runs_a_command((TESTS / name).read_text(encoding="utf-8")), f"{name} runs no command"

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("from grader.verdict.judge import judge\n", ["verdict"]),
            ("def test_a(monkeypatch):\n    monkeypatch.setattr('grader.report.text.CUT', '')\n", ["report"]),
            ("def test_a(grade: Grade) -> None: ...\n", ["cli"]),
            ("class TestA:\n    def test_a(self, tmp_path: Path, workspace: Path) -> None: ...\n", ["cli"]),
            ("from grader.exercise.shelf import Shelf\nimport grader.sandbox.types\n", ["exercise", "sandbox"]),
            ("from grader.reporting import graded\n", []),
        ],
    )
    def test_a_misplaced_module_is_found(self, text: str, named: list[str]) -> None:
        """In any other room it would be reported, with these rooms."""
        assert rooms_named(text) == named


class TestNames:
    """Names are unique."""

    def test_no_two_files_have_the_same_name(self) -> None:
        """In a list of open files or a traceback, people read only the last part."""
        places = defaultdict(list)
        for path in sorted(PACKAGE.rglob("*.py")):
            if path.stem not in ("__init__", "__main__") and "data" not in path.relative_to(PACKAGE).parts:
                places[path.stem].append(str(path.relative_to(ROOT)))
        assert_once(places, "file")

    def test_no_two_public_classes_have_the_same_name(self) -> None:
        """A name in a sentence or a search refers to one class."""
        places = defaultdict(list)
        for path in sorted(PACKAGE.rglob("*.py")):
            if "data" not in path.relative_to(PACKAGE).parts:
                for name in re.findall(r"^class ([A-Za-z]\w*)[(:]", path.read_text(encoding="utf-8"), re.MULTILINE):
                    places[name].append(str(path.relative_to(ROOT)))
        assert_once(places, "class")


def assert_once(places: dict[str, list[str]], what: str) -> None:
    """Each name occurs in one place."""
    twice = [f"{name}: {' and '.join(found)}" for name, found in sorted(places.items()) if len(found) > 1]
    assert not twice, f"give one {what} of each pair another name:\n" + "\n".join(twice)


DOORS = (PACKAGE / "testing" / "__init__.py",)
"""Rooms whose names are public: `from grader.testing import check_backward` loads the module of the name alone."""


@pytest.mark.parametrize(
    "file", sorted({*PACKAGE.glob("*/**/__init__.py")} - {*DOORS}), ids=lambda path: path.parent.name
)
def test_a_room_opens_with_a_docstring_and_nothing_else(file: Path) -> None:
    """A name has one address, and importing a module of a room loads only that module."""
    docstring, *rest = ast.parse(file.read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr), f"{file.relative_to(ROOT)} has no docstring: say what the room holds"
    assert isinstance(docstring.value, ast.Constant)
    assert not rest, f"{file.relative_to(ROOT)}:{rest[0].lineno}: move this into a module of the room"


@pytest.mark.parametrize("page", ["docs/architecture.md", "README.md", ".github/CONTRIBUTING.md"])
def test_every_path_on_the_map_exists(page: str) -> None:
    """A file or folder of the package or of the project, as the page names it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:grader|tests|docs|sandbox|exercise|verdict|diagnosis|grading|report|learner|classroom|"
                       r"authoring|cli)/[\w/.]*|[a-z_]+\.py)`", text)  # fmt: skip
    below = [ROOT, PACKAGE]
    missing = [path for path in named if not any((folder / path).exists() for folder in below)]
    everywhere = {path.name for path in PACKAGE.rglob("*.py")}
    assert [path for path in missing if path not in everywhere | {"forward.py", "backward.py"}] == []
