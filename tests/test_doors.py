"""One door, one verdict: the same work has the same rows in whatever container it comes, and wherever it is graded."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.classroom.batch.engine import Engine
from grader.classroom.batch.order import Order, Task
from grader.classroom.intake.class_archive import read_archive
from grader.classroom.intake.folder import read_folder
from grader.exercise.case import build_cases
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.classroom.intake.gathering import Class
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = "layernorm"
RIGHT = (ROOT / "solutions" / EXERCISE / "backward.py").read_text(encoding="utf-8")
STUBS = (ROOT / "exercises" / EXERCISE / "backward.py").read_text(encoding="utf-8")
CONSTANT = RIGHT.replace("import torch\n", "import torch\n\nEPS = 1e-5\nHALF = 1/2\nAXES = (0, 1)\n").replace(
    "drstd * (-0.5*(var + 1e-5)**-1.5)", "drstd * (-HALF*(var + EPS)**-1.5)"
)
HELPER = RIGHT + "\ndef summed(x):\n    return x.sum((0, 1))\n\ndef db(dout):\n    return summed(dout)\n"

WORKS: dict[str, str | bytes] = {
    "right": RIGHT,
    "half": RIGHT.split("def drstd")[0],
    "wrong": RIGHT.replace("return dscaled * w", "return dscaled + w"),
    "wrong_shape": RIGHT.replace("return dout.sum((0, 1))", "return dout.sum(0)"),
    "untouched": STUBS,
    "empty": "# nothing yet\nimport torch\n",
    "leftover": RIGHT + "\ncmp('dx', dx, x)\nassert False\nloss.backward()\n",
    "leftover_in_between": RIGHT.replace("def dw(", "cmp('db', db, b)\nprint(nothing)\n\n\ndef dw("),
    "prints": RIGHT + "\nprint('done', 1 + 1)\n",
    "raises": RIGHT.replace("return dscaled * w", "raise ValueError('no')"),
    "endless": RIGHT.replace("return dscaled * w", "while True: pass"),
    "no_return": RIGHT.replace("return dscaled * w", "dnorm = dscaled * w"),
    "class": "class Axes:\n    both = (0, 1)\n\n" + RIGHT.replace("dout.sum((0, 1))", "dout.sum(Axes.both)"),
    "lambda": RIGHT.replace("def dscaled(dout):\n    return dout\n", "dscaled = lambda dout: dout\n"),
    "windows": RIGHT.replace("\n", "\r\n"),
    "marked": b"\xef\xbb\xbf" + RIGHT.encode(),
    "constants": CONSTANT,
    "helper": HELPER,
    "refused_import": "import numpy as np\n" + RIGHT.replace("return dscaled * w", "return np.multiply(dscaled, w)"),
    "autograd": RIGHT.replace("return dscaled * w", "return torch.autograd.grad(dscaled, w)"),
    "syntax_error": RIGHT + "\ndef broken(:\n",
    "twice": RIGHT + "\n\ndef db(dout):\n    return dout.sum(0)\n",
    "unpacked_constants": CONSTANT.replace("HALF = 1/2\nAXES = (0, 1)", "HALF, AXES = 1/2, (0, 1)"),
    "computed_constants": CONSTANT.replace("AXES = (0, 1)", "AXES = tuple(range(2))"),
    "in_a_branch": "if True:\n" + "\n".join(f"    {line}" for line in RIGHT.split("\n")),
    "line_for_one": RIGHT.replace("def db(dout):", "def not_db(dout):") + "\ndb = dout.sum((0, 1))\n",
    "line_beside_a_stub": STUBS + "\ndb = dout.sum((0, 1))\n",
    "other_form": "def layernorm_backward(dout, w):\n    return dout * w, dout\n",
}
"""Twenty-odd works, each in one file."""

Rows = list[tuple[str, str, int]]


def as_bytes(work: str | bytes) -> bytes:
    return work if isinstance(work, bytes) else work.encode()


def as_file(folder: Path, name: str, work: bytes) -> Path:
    path = folder / f"{name}.py"
    path.write_bytes(work)
    return path


def as_folder(folder: Path, name: str, work: bytes) -> Path:
    """A part of a workspace: the exercise's forward pass and another exercise's stubs are there, too."""
    path = folder / name / "exercises" / EXERCISE / "backward.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(work)
    (path.parent / "forward.py").write_bytes((ROOT / "exercises" / EXERCISE / "forward.py").read_bytes())
    (path.parents[1] / "mlp").mkdir()
    (path.parents[1] / "mlp" / "backward.py").write_bytes((ROOT / "exercises/mlp/backward.py").read_bytes())
    return folder / name


def as_archive(folder: Path, name: str, work: bytes) -> Path:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for number in range(50):
            archive.writestr(f"hw/plots/{number}.png", b"\x89PNG")
        archive.writestr(f"hw/exercises/{EXERCISE}/backward.py", work)
        archive.writestr("hw/exercises/mlp/backward.py", (ROOT / "exercises/mlp/backward.py").read_bytes())
    return folder / f"{name}.zip"


def as_notebook(folder: Path, name: str, work: bytes) -> Path:
    text = work.decode("utf-8-sig").replace("\r\n", "\n")
    cell = {"cell_type": "code", "source": text, "outputs": [{"text": "x" * 100_000}], "metadata": {}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}), encoding="utf-8")
    return path


def as_markdown(folder: Path, name: str, work: bytes) -> Path:
    text = work.decode("utf-8-sig").replace("\r\n", "\n")
    path = folder / f"{name}.md"
    path.write_text(f"# My answers\n\n```python\n{text}\n```\n", encoding="utf-8")
    return path


DOORS: dict[str, Callable[[Path, str, bytes], Path]] = {
    "folder": as_folder,
    "archive": as_archive,
    "notebook": as_notebook,
    "markdown": as_markdown,
}
"""How the same work may be handed in, besides as one Python file."""


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return load_exercise(EXERCISE)


SOME = (
    "half", "wrong", "untouched", "leftover_in_between", "marked", "windows", "syntax_error", "line_beside_a_stub",
)  # fmt: skip
"""What is handed in at every door in every run of the tests: what a container might change."""


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.slow)])
def works(request: pytest.FixtureRequest) -> dict[str, str | bytes]:
    """What is handed in."""
    return {name: work for name, work in WORKS.items() if request.param == "all" or name in SOME}


@pytest.fixture(scope="module")
def expected(
    works: dict[str, str | bytes], rows_of: Callable[[Path], Rows], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Rows]:
    """The rows of every work as one Python file."""
    folder = tmp_path_factory.mktemp("files")
    return {name: rows_of(as_file(folder, name, as_bytes(work))) for name, work in works.items()}


@pytest.fixture(scope="module")
def quick() -> Iterator[Sandbox]:
    """A sandbox in which an endless loop costs little."""
    from grader.sandbox.client import started

    with started(timeout=0.5) as warm:
        yield warm


@pytest.fixture(scope="module")
def rows_of(exercise: Exercise, quick: Sandbox) -> Callable[[Path], Rows]:
    """Grade what is at a path, as `grade PATH` does."""
    _ = quick.numerics  # loads torch with pinned numerics before the cases are built
    cases = build_cases(exercise, LECTURE_SEED)
    return lambda path: rows(start_grading(exercise, read_submission(path), quick, cases=cases).document())


def rows(entry: dict[str, Any]) -> Rows:
    return [(row["name"], row["verdict"], row["points"]) for row in entry["gradients"]]


def test_the_works_differ(expected: dict[str, Rows]) -> None:
    """So that equal rows mean something."""
    points = {name: sum(each[2] for each in found) for name, found in expected.items()}
    assert {name for name, total in points.items() if total == 11} == expected.keys() & {
        "right", "leftover", "leftover_in_between", "prints", "class", "lambda", "windows", "marked", "constants",
        "helper", "unpacked_constants", "computed_constants", "in_a_branch", "line_for_one",
    }  # fmt: skip
    assert {name for name, total in points.items() if total == 0} == expected.keys() & {
        "untouched", "empty", "syntax_error", "other_form",
    }  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_the_same_work_has_the_same_rows_in_every_container(
    door: str,
    works: dict[str, str | bytes],
    rows_of: Callable[[Path], Rows],
    expected: dict[str, Rows],
    tmp_path: Path,
) -> None:
    """A Python file, a folder, an archive, a notebook, a Markdown file."""
    found = {name: rows_of(DOORS[door](tmp_path, name, as_bytes(work))) for name, work in works.items()}
    assert found == expected


def read_zipped(folder: Path, sandbox: Sandbox) -> Class:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return read_archive(folder.with_suffix(".zip"), sandbox)


CLASSES: dict[str, Callable[[Path, Sandbox], Class]] = {
    "a folder": lambda folder, _sandbox: read_folder(folder),
    "an archive": read_zipped,
}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_gets_the_rows_of_the_desk(
    kind: str,
    works: dict[str, str | bytes],
    exercise: Exercise,
    quick: Sandbox,
    expected: dict[str, Rows],
    tmp_path: Path,
) -> None:
    """Every other work as another kind of file."""
    kinds = [as_file, as_folder, as_archive, as_notebook]
    (tmp_path / "class").mkdir()
    for number, (name, work) in enumerate(works.items()):
        kinds[number % len(kinds)](tmp_path / "class", name, as_bytes(work))
    taken = CLASSES[kind](tmp_path / "class", quick).handed_in
    with Engine(Order.of(exercise, Settings()), quick) as engine:
        found = {
            each.raw: rows_of_report(engine.grade(Task(each.name, str(each.source), each.read().files)).full)
            for each in taken
        }
    assert found == expected


def rows_of_report(report: bytes) -> Rows:
    [entry] = json.loads(report)["grader"]["submissions"]
    return rows(entry)


COMMANDS = {
    "the desk": (as_file, ()),
    "Gradescope": (as_folder, ("--ci", "--quiet", "--criterion", "correct", "--feedback", "kind")),
    "the action": (as_file, ("--ci", "--criterion", "correct", "--feedback", "full", "--isolation", "none")),
}


@pytest.mark.parametrize("place", COMMANDS)
def test_every_place_gives_the_rows_of_the_desk(
    place: str,
    works: dict[str, str | bytes],
    expected: dict[str, Rows],
    tmp_path: Path,
    grade: Callable[..., Any],
) -> None:
    """With the command line of each."""
    made, options = COMMANDS[place]
    given = {name: as_bytes(work) for name, work in works.items() if name != "endless"}
    targets = [made(tmp_path, name, work) for name, work in given.items()]
    result = grade(*targets, "--exercise", EXERCISE, *options)
    assert result.exit_code == 1, result.output
    entries = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["grader"]["submissions"]
    assert {entry["name"]: rows(entry) for entry in entries} == {name: expected[name] for name in given}
