"""A course's own settings, and packs of exercises."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from grader.course import find_course, read_course
from grader.exercise import BrokenExercise, Exercise, list_exercises, load_exercise, packs
from grader.grading import Grading
from grader.sandbox.client import Sandbox
from grader.sandbox.outcome import SandboxError
from grader.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FORWARD = """
import torch
GRADED = ['y', 'x']
SIZES = [{'n': 5}, {'n': 8}, {'n': 11}]
def inputs(seed, n=3):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn(n, generator=g)}
def forward(x):
    y = x * x
    loss = (y * y).sum()
    return locals()
"""

SOLUTION = """
def dy(y):
    return 2*y
def dx(dy, x):
    import colorsys
    return 2*x*dy
"""

COURSE = """\
name = "Deep Learning"
version = "2026.1"
criterion = "exact"
feedback = "kind"
visibility = "after_due_date"

[points]
other = 3

[points.squares]
default = 2
dx = 5

[rules]
imports = ["colorsys"]
"""


def shelf(folder: Path, course: str | None = COURSE) -> Path:
    """A folder of exercises with one exercise in it."""
    (folder / "exercises" / "squares").mkdir(parents=True)
    (folder / "exercises" / "squares" / "forward.py").write_text(FORWARD)
    (folder / "exercises" / "squares" / "exercise.toml").write_text('title = "squares"')
    if course is not None:
        (folder / "course.toml").write_text(course)
    return folder / "exercises"


def test_a_course_decides_points_and_allowed_imports(tmp_path: Path, sandbox: Sandbox) -> None:
    """The row has the course's points, and its import is no broken rule."""
    exercise = Exercise(shelf(tmp_path) / "squares")
    submission = Submission("test", tmp_path, {"backward.py": SOLUTION.encode()})
    rows = {row.name: row for row in Grading(exercise, submission, sandbox).rows()}
    assert (rows["dy"].points, rows["dx"].points) == (2, 5)
    assert exercise.possible == 7


def test_without_a_course_the_exercise_decides(tmp_path: Path, sandbox: Sandbox) -> None:
    """One point each, and the import is refused."""
    exercise = Exercise(shelf(tmp_path, None) / "squares")
    submission = Submission("test", tmp_path, {"backward.py": SOLUTION.encode()})
    rows = {row.name: row for row in Grading(exercise, submission, sandbox).rows()}
    assert (rows["dy"].points, rows["dx"].points) == (1, 0)
    assert rows["dx"].verdict == "refused"


def test_a_course_is_part_of_what_a_grade_depends_on(tmp_path: Path) -> None:
    """Its hash enters the exercise's, so that a batch grades again when the points change."""
    exercises = shelf(tmp_path)
    before = Exercise(exercises / "squares").sha256
    (tmp_path / "course.toml").write_text(COURSE.replace("dx = 5", "dx = 6"))
    assert Exercise(exercises / "squares").sha256 != before


def test_a_course_stands_among_its_exercises_or_beside_them(tmp_path: Path) -> None:
    """And need not be there at all."""
    exercises = shelf(tmp_path)
    beside = find_course(exercises)
    assert beside is not None
    assert (beside.name, beside.version, beside.visibility) == ("Deep Learning", "2026.1", "after_due_date")
    (tmp_path / "course.toml").rename(exercises / "course.toml")
    assert find_course(exercises) is not None
    (exercises / "course.toml").unlink()
    assert find_course(exercises) is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'criterion = "exact"',
            'criterium = "exact"',
            "course.toml:3: unknown key 'criterium'; did you mean 'criterion'?",
        ),
        ('criterion = "exact"', 'criterion = "close"', "course.toml:3: criterion is 'close'; it can be correct, exact"),
        ('feedback = "kind"', 'feedback = "some"', "course.toml:4: feedback is 'some'"),
        ('visibility = "after_due_date"', 'visibility = "later"', "course.toml:5: visibility is 'later'"),
        ("dx = 5", "dx = 2.5", "course.toml:12: dx is worth 2.5; points are whole numbers"),
        ("other = 3", 'other = "3"', "course.toml:8: points of other are a whole number, or a table"),
        ('imports = ["colorsys"]', 'imports = "colorsys"', "course.toml:15: imports has to be a list of names"),
        ('imports = ["colorsys"]', "import = []", "course.toml:15: unknown key 'import'"),
        ('version = "2026.1"', "version = 2026.1", "course.toml:2: version has to be a text"),
        ('version = "2026.1"', "", "version is missing"),
        ("[rules]", "[rules", "course.toml"),
    ],
)
def test_a_malformed_course_gets_its_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """With the line, what came and what was expected."""
    (tmp_path / "course.toml").write_text(COURSE.replace(old, new))
    with pytest.raises(BrokenExercise) as caught:
        read_course(tmp_path / "course.toml")
    assert sentence in str(caught.value)


@pytest.fixture
def installed_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with exercises and its entry point, as pip would lay them down."""
    package = tmp_path / "site" / "deep_pack"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('a pack is found without being imported')")
    shelf(package)
    record = tmp_path / "site" / "deep_pack-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: deep-pack\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[grader.exercises]\ndeep = deep_pack\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site")])
    packs.cache_clear()
    yield package
    packs.cache_clear()


def test_an_installed_pack_is_found_without_being_imported(installed_pack: Path) -> None:
    """`grade list` shows its exercises beside ours."""
    assert packs() == {"deep": installed_pack / "exercises"}
    assert {"squares", "mlp"} <= set(list_exercises())
    assert load_exercise("squares").course is not None


def test_two_packs_with_the_same_exercise_have_to_be_told_apart(
    installed_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guessing would grade against the wrong one."""
    other = shelf(installed_pack.parent.parent / "other")
    monkeypatch.setattr("grader.exercise.packs", lambda: {"one": installed_pack / "exercises", "two": other})
    with pytest.raises(BrokenExercise, match="say which by --exercises"):
        load_exercise("squares")


@pytest.mark.slow
def test_a_module_that_a_course_allows_is_imported_before_the_locks(tmp_path: Path) -> None:
    """Later no child could open its files."""
    source = "import graphlib\ndef dy(y):\n    return 2*y + len(graphlib.__doc__ or '')*0\n"
    exercise = Exercise(shelf(tmp_path, COURSE.replace("colorsys", "graphlib")) / "squares")
    with Sandbox(imports=exercise.rules.imports) as sandbox:
        row = Grading(exercise, Submission("t", tmp_path, {"backward.py": source.encode()}), sandbox).row("dy")
    assert row.verdict == "exact", row.problem


@pytest.mark.slow
def test_a_module_that_is_not_there_is_our_fault_and_named() -> None:
    """It ends the run; nobody gets a zero for it."""
    with (
        Sandbox(imports=["no_such_module_anywhere"]) as sandbox,
        pytest.raises(SandboxError, match="no_such_module_anywhere"),
    ):
        _ = sandbox.isolation
