"""Imports go one way, so that the process that runs a learner's code cannot contain the answers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"

FLOORS = (
    ("names", "installation"),
    ("sandbox",),
    ("exercise",),
    ("verdict",),
    ("report", "diagnosis"),
    ("grading",),
    ("learner", "classroom", "authoring", "api", "testing"),
    ("cli",),
    ("__main__",),
)
"""The rooms, from the ground up: a room imports only rooms on lower floors, never its neighbors."""


ALLOWED_OUTSIDE = {
    "types", "limits", "numerics", "client", "grader_process", "host.session", "host.forkserver", "cleaning",
    "skipped_folders", "can_fork",
}  # fmt: skip
"""What the rest of the package may import of the sandbox."""


OF_AN_AUTHOR = {"reading.notebook", "reading.own_names", "reading.source", "reading.steps", "rules.nodes"}
"""What authoring may import besides: it reads an author's own notebook, which is trusted as a forward.py is."""


def modules() -> list[Path]:
    """Every module of the package except those of the sandbox and of copied exercises."""
    return [path for path in PACKAGE.rglob("*.py") if first(path) not in ("exercises", "solutions")]


@cache
def statements(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every import of a file, at the top, in a function or for types."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module of `grader` that a file imports."""
    found = set()
    for node in statements(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "grader":
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise AssertionError(f"{path}:{node.lineno}: a relative import hides where it points")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "grader"}
    return frozenset(found)


def first(path: Path) -> str:
    """`verdict` of grader/verdict/judge.py, `api.py` of grader/api.py."""
    return path.relative_to(PACKAGE).parts[0]


def room(module: str) -> str:
    """`verdict` of grader.verdict.judge.Verdict."""
    return [*module.split("."), ""][1]


def floor(name: str) -> int:
    """How high up a room is."""
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


class TestOrder:
    """Every import of every module."""

    def test_points_down(self) -> None:
        """Function-level imports and imports for types included."""
        upwards = [
            f"{path.relative_to(PACKAGE)} imports {module}"
            for path in modules()
            if (here := room("grader." + first(path).removesuffix(".py"))) not in ("sandbox", "__init__")
            for module in imports(path)
            if (there := room(module)) not in ("sandbox", here, "", "__version__", "CallableModule")
            and floor(there) >= floor(here)
        ]
        assert upwards == []

    def test_uses_only_the_sandbox_s_public_modules(self) -> None:
        """No code outside imports what runs in the child."""
        private = [
            f"{path.relative_to(PACKAGE)} imports {module}"
            for path in modules()
            if first(path) != "sandbox"
            for module in imports(path)
            if ".sandbox." in module
            and not module.removeprefix("grader.sandbox.").startswith(
                tuple(ALLOWED_OUTSIDE | OF_AN_AUTHOR if first(path) == "authoring" else ALLOWED_OUTSIDE)
            )
        ]
        assert private == []

    def test_the_sandbox_imports_nothing_else_of_the_package(self) -> None:
        """So the process that runs a learner's code cannot contain the answers."""
        of_others = [
            f"{path.relative_to(PACKAGE)} imports {module}"
            for path in modules()
            if first(path) == "sandbox"
            for module in imports(path)
            if room(module) not in ("sandbox", "")
        ]
        assert of_others == []


def test_every_name_is_imported_from_where_it_is_defined() -> None:
    """Importing it via another module hides where it is defined. Only the public API re-exports names."""
    borrowed = {
        f"grader.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}.{alias.asname or alias.name}"
        for path in modules()
        for node in statements(path)
        for alias in node.names
    }
    assert {name: path for path in modules() for name in imports(path) & borrowed} == {}
    lists = [path for path in modules() if re.search("^__all__", path.read_text("utf-8"), re.MULTILINE)]
    assert lists == [PACKAGE / "__init__.py", PACKAGE / "testing" / "__init__.py"]


def test_every_module_has_a_place_in_the_order() -> None:
    """A new room has to be assigned a floor."""
    names = {first(path).removesuffix(".py") for path in modules()}
    assert names - {"__init__"} <= {room for rooms in FLOORS for room in rooms}


@pytest.mark.slow
class TestWhatIsLoaded:
    """Measured in a separate process."""

    @pytest.mark.parametrize(
        ("code", "forbidden"),
        [
            ("import grader", ("torch", "pytest", "click", "grader.sandbox", "grader.exercise.exercise")),
            (
                "import grader.grading.plugin",
                ("torch", "grader.exercise.exercise", "grader.sandbox", "grader.grading.run"),
            ),
            (
                "import grader.cli.main; grader.cli.main.main(['--help'], standalone_mode=False)",
                ("torch", "pytest", "rich", "grader.exercise.exercise"),
            ),
            (
                "import grader.sandbox.client",
                ("torch", "grader.exercise.exercise", "grader.grading.gradients", "pytest"),
            ),
            ("import grader.cli.grade", ("torch", "pytest")),
        ],
    )
    def test_loads_only_what_it_needs(self, code: str, forbidden: tuple[str, ...]) -> None:
        """Torch takes more than a second, and the plugin loads in every pytest run on a machine."""
        probe = f"import sys; {code}; print(sorted(set({forbidden!r}) & set(sys.modules)))"
        result = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
        )
        assert result.stdout.splitlines()[-1] == "[]"

    def test_the_plugin_does_not_change_the_environment(self) -> None:
        """Before an exercise is collected."""
        probe = "import os; before = dict(os.environ); import grader.grading.plugin; print(before == dict(os.environ))"
        result = subprocess.run(
            [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
        )
        assert result.stdout == "True\n"


class TestTheDoor:
    """`import grader`."""

    def test_everything_it_promises_is_there(self) -> None:
        """`__all__` is correct."""
        import grader

        for name in grader.__all__:
            assert getattr(grader, name) is not None
        assert set(grader.__all__) == set(dir(grader))

    def test_a_missing_name_raises_attribute_error(self) -> None:
        """And not ImportError."""
        import grader

        with pytest.raises(AttributeError, match="module 'grader' has no attribute 'grad'"):
            _ = grader.grad
