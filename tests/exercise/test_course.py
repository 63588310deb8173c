"""A course's own settings, and packs of exercises."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from packs import COURSE, FORWARD, shelf

from grader.classroom.batch.order import Order
from grader.exercise.course import find_course, policy, read_course
from grader.exercise.exercise import Exercise
from grader.exercise.exercise_toml import import_problem
from grader.exercise.forward import BrokenExercise
from grader.exercise.packs import packs
from grader.exercise.settings import Criterion, Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

SOLUTION = """
def dy(y):
    return 2*y
def dx(dy, x):
    import colorsys
    return 2*x*dy
"""


def both(folder: Path, course: str) -> Path:
    """The same with the other exercise that the course names: a training exercise, so that it has PARAMETERS."""
    exercises = shelf(folder, course)
    other = exercises / "other"
    other.mkdir()
    (other / "forward.py").write_text(FORWARD.replace("GRADED", "PARAMETERS"))
    (other / "exercise.toml").write_text('title = "other"\nkind = "training"\n')
    return exercises


def test_a_course_decides_points_and_allowed_imports(tmp_path: Path, sandbox: Sandbox) -> None:
    """The row has the course's points, and the import does not break a rule."""
    exercise = Exercise(shelf(tmp_path) / "squares")
    submission = Submission("test", tmp_path, {"backward.py": SOLUTION.encode()})
    rows = {row.name: row for row in start_grading(exercise, submission, sandbox).rows()}
    assert (rows["dy"].points, rows["dx"].points) == (2, 5)
    assert exercise.possible == 7


def test_without_a_course_the_exercise_decides(tmp_path: Path, sandbox: Sandbox) -> None:
    """One point each, and the import is refused."""
    exercise = Exercise(shelf(tmp_path, None) / "squares")
    submission = Submission("test", tmp_path, {"backward.py": SOLUTION.encode()})
    rows = {row.name: row for row in start_grading(exercise, submission, sandbox).rows()}
    assert (rows["dy"].points, rows["dx"].points) == (1, 0)
    assert rows["dx"].verdict == "refused"


def test_a_course_is_part_of_what_a_grade_depends_on(tmp_path: Path) -> None:
    """Its hash is part of the exercise's, so that a batch regrades when the points change."""
    exercises = shelf(tmp_path)
    before = Exercise(exercises / "squares").sha256
    (tmp_path / "course.toml").write_text(COURSE.replace("dx = 5", "dx = 6"))
    assert Exercise(exercises / "squares").sha256 != before


CLASS = """
[class]
timezone = "Europe/Berlin"
[due]
squares = 2026-03-01
[extensions.jdoe]
squares = "2d"
[grades.weights]
squares = 2
"""


def test_what_concerns_only_a_class_changes_no_grade(tmp_path: Path) -> None:
    """A due date regrades nothing, and no worker learns who has an extension."""
    exercises = shelf(tmp_path)
    before = Exercise(exercises / "squares").sha256
    (tmp_path / "course.toml").write_text(COURSE + CLASS)
    exercise = Exercise(exercises / "squares")
    order = Order.of(exercise, Settings())
    assert exercise.sha256 == before
    assert order.course is not None
    assert "jdoe" not in order.course


def test_what_a_worker_gets_is_the_same_course(tmp_path: Path) -> None:
    """Whatever a name contains."""
    text = COURSE.replace("Deep Learning", 'Deep \\"Learning\\" \\u007f\\\\ \\u00e9\\n\\U0001F600') + CLASS
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    course = read_course(tmp_path / "course.toml")
    (tmp_path / "copy.toml").write_text(course.graded_text, encoding="utf-8")
    copy = read_course(tmp_path / "copy.toml")
    assert course.name == 'Deep "Learning" \x7f\\ \u00e9\n\U0001f600'
    assert (copy.graded_text, copy.name, copy.points) == (course.graded_text, course.name, course.points)
    assert (copy.imports, copy.criterion, copy.visibility) == (course.imports, course.criterion, course.visibility)


def test_course_toml_is_among_its_exercises_or_beside_them(tmp_path: Path) -> None:
    """And may be absent."""
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
        (
            'criterion = "exact"',
            'criterion = "close"',
            "course.toml:3: criterion is 'close'; it must be one of correct, exact",
        ),
        ('feedback = "kind"', 'feedback = "some"', "course.toml:4: feedback is 'some'"),
        ('visibility = "after_due_date"', 'visibility = "later"', "course.toml:5: visibility is 'later'"),
        ("dx = 5", "dx = 2.5", "course.toml:12: dx is worth 2.5; points must be whole numbers"),
        ("other = 3", 'other = "3"', "course.toml:8: points of other must be a whole number, or a table"),
        ('imports = ["colorsys"]', 'imports = "colorsys"', "course.toml:15: imports must be a list of names"),
        ('imports = ["colorsys"]', "import = []", "course.toml:15: unknown key 'import'"),
        (
            'version = "2026.1"',
            "version = 2026.1",
            'course.toml:2: version must be a string such as version = "2026.1"',
        ),
        (
            'name = "Deep Learning"',
            "name = 5",
            'course.toml:1: name must be a string such as name = "Deep Learning", not 5',
        ),
        ('version = "2026.1"', "", 'version is missing; every course needs one, such as version = "2026.1"'),
        ("dx = 5", "dx = -1\n[points.cubes]\ndx = 1", "course.toml:12: dx is worth -1"),
        ("dx = 5", "dx = 1\n[points.cubes]\ndx = -1", "course.toml:14: dx is worth -1"),
        ("default = 2", "default = 2\n'dy' = -1", "course.toml:12: dy is worth -1"),
        ("other = 3", "other = {dx = -1}", "course.toml:8: dx is worth -1"),
        (
            'imports = ["colorsys"]',
            'imports = ["colorsis"]',
            "15: [rules] imports lists the module colorsis, which is not installed here. Did you mean colorsys?",
        ),
        ('imports = ["colorsys"]', "names = [1]", "course.toml:15: names must be a list of names"),
        ("[rules]", "[rules", "course.toml"),
    ],
)
def test_a_malformed_course_is_reported(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """With the line, what was found and what was expected."""
    (tmp_path / "course.toml").write_text(COURSE.replace(old, new))
    with pytest.raises(BrokenExercise) as caught:
        read_course(tmp_path / "course.toml")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("module", ["numpyy", "email.mime.txt", "torch.linalgg", "a b", "", "made.part"])
def test_a_module_that_is_not_installed_is_reported_on_reading_an_exercise(
    tmp_path: Path, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its name, file and line, before a sandbox could fail to import it."""
    monkeypatch.setitem(sys.modules, "made", ModuleType("made"))  # in memory only, as an interactive __main__ is
    file = shelf(tmp_path, None) / "squares" / "exercise.toml"
    file.write_text(f'title = "squares"\n[rules]\nimports = ["math", "{module}"]\n')
    with pytest.raises(BrokenExercise) as caught:
        Exercise(file.parent)
    assert f"exercise.toml:3: [rules] imports lists the module {module}, which is not installed here." in str(
        caught.value
    )


def test_a_list_of_modules_in_an_exercise_must_be_a_list(tmp_path: Path) -> None:
    """A string would be read letter by letter."""
    file = shelf(tmp_path, None) / "squares" / "exercise.toml"
    file.write_text('title = "squares"\nrules.imports = "colorsys"\n')
    with pytest.raises(BrokenExercise, match=r"exercise\.toml:2: imports must be a list of names"):
        Exercise(file.parent)


def test_looking_for_a_module_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the module nor its parent packages: the file may not even run here."""
    package = tmp_path / "site" / "explosive"
    package.mkdir(parents=True)
    for name in ("__init__.py", "part.py"):
        (package / name).write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert import_problem(["explosive", "explosive.part", "os.path", "torch.linalg"]) is None


class TestPoints:
    """[points] names only what exists."""

    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("[points.squares]", "[points.sqares]", "course.toml:10: [points] names the exercise sqares, which is not"),
            ("[points.squares]", "[points.sqares]", "Did you mean squares?"),
            (
                "[points]",
                "[points]\nkalman = 3",
                "course.toml:8: [points] names the exercise kalman, which is not in",
            ),
            ("[points]", "[points]\nkalman = 3", "Available: other, squares."),
            (
                "dx = 5",
                "dx = 5\nx = 2",
                "course.toml:13: [points.squares] names the gradient x, which squares does not",
            ),
            ("dx = 5", "x = 2", "Did you mean dx?"),
            ("dx = 5", "dloss = 2", "Available: dx, dy."),
            ("[rules]", "[due]\nsqares = 2026-03-01\n[rules]", "course.toml:15: [due] names the exercise sqares"),
            ("[rules]", "[grades]\nextra = ['cubes']\n[rules]", "15: [grades.extra] names the exercise cubes"),
            ("[rules]", "[grades.weights]\ncubes = 1\n[rules]", "15: [grades.weights] names the exercise cubes"),
            ("[rules]", "[extensions.jdoe]\ncubes = '1d'\n[rules]", "15: [extensions.jdoe] names the exercise cubes"),
        ],
    )
    def test_an_unknown_name_is_reported(self, tmp_path: Path, old: str, new: str, sentence: str) -> None:
        """With its line and a suggestion."""
        course = find_course(both(tmp_path, COURSE.replace(old, new)))
        with pytest.raises(BrokenExercise) as caught:
            policy([course])
        assert sentence in str(caught.value)

    def test_every_exercise_that_the_course_applies_to_can_be_named(self, tmp_path: Path) -> None:
        """In the course's folder, or one level below."""
        exercises = both(tmp_path, COURSE)
        assert policy([find_course(exercises)]).criterion is Criterion.EXACT
        (tmp_path / "course.toml").rename(exercises / "course.toml")
        assert policy([find_course(exercises)]).criterion is Criterion.EXACT

    def test_due_dates_and_weights_may_name_installed_exercises(self, tmp_path: Path) -> None:
        """A class does some of them, too; their points stay their own."""
        text = "[due]\nmlp = 2026-03-01\n[grades]\nextra = ['micrograd']\n[rules]"
        assert policy([find_course(both(tmp_path, COURSE.replace("[rules]", text)))]).criterion is Criterion.EXACT

    def test_an_unreadable_neighbor_does_not_break_other_grading(self, tmp_path: Path) -> None:
        """It is reported when it is graded itself."""
        exercises = both(tmp_path, COURSE.replace("other = 3", "other.dz = 3"))
        for broken in ("GRADED = 3", "GRADED = ["):
            (exercises / "other" / "forward.py").write_text(broken)
            assert policy([find_course(exercises)]).criterion is Criterion.EXACT

    def test_a_worker_with_one_exercise_reads_the_whole_course(self, tmp_path: Path) -> None:
        """Its copy of course.toml names exercises that were not copied."""
        exercise = load_exercise(shelf(tmp_path) / "squares")
        assert exercise.points("x") == 5

    def test_a_typo_is_reported_before_anything_is_graded(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """Exit code 3, and no report at default points."""
        exercises = shelf(tmp_path, COURSE)
        (tmp_path / "backward.py").write_text(SOLUTION)
        result = grade("backward.py", "--exercise", "squares", "--exercises", exercises)
        assert result.exit_code == 3
        assert "course.toml:8: [points] names the exercise other" in result.stderr
        assert not (tmp_path / "report.json").exists()


def test_an_installed_pack_is_found_without_being_imported(installed_pack: Path) -> None:
    """`grade list` shows its exercises beside ours."""
    assert packs() == {"deep_pack": installed_pack / "exercises"}
    assert {"squares", "mlp"} <= set(list_exercises())
    assert load_exercise("squares").course is not None


def test_the_same_exercise_in_two_packs_is_ambiguous(installed_pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing would grade against the wrong one."""
    other = shelf(installed_pack.parent.parent / "other")
    monkeypatch.setattr("grader.exercise.shelf.packs", lambda: {"one": installed_pack / "exercises", "two": other})
    with pytest.raises(BrokenExercise, match="choose one with --exercises"):
        load_exercise("squares")


@pytest.mark.slow
def test_a_module_that_a_course_allows_is_imported_before_the_locks(tmp_path: Path) -> None:
    """Later, no child process could open its files."""
    source = "import graphlib\ndef dy(y):\n    return 2*y + len(graphlib.__doc__ or '')*0\n"
    exercise = Exercise(shelf(tmp_path, COURSE.replace("colorsys", "graphlib")) / "squares")
    with Sandbox(imports=exercise.rules.imports) as sandbox:
        row = start_grading(exercise, Submission("t", tmp_path, {"backward.py": source.encode()}), sandbox).row("dy")
    assert row.verdict == "exact", row.problem


@pytest.mark.slow
def test_a_missing_module_is_an_internal_error_that_names_it() -> None:
    """It ends the run; no one gets a zero for it."""
    with (
        Sandbox(imports=["no_such_module_anywhere"]) as sandbox,
        pytest.raises(SandboxError, match="no_such_module_anywhere"),
    ):
        _ = sandbox.isolation
