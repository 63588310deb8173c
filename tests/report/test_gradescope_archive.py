"""Gradescope's archive, unpacked into a copy of its folders and run as Gradescope runs it; and the action's file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.exercise.test_course import FORWARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Packed = tuple[dict[str, Any], dict[str, str]]

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp" / "backward.py"


@pytest.fixture
def autograder(grade: Callable[..., Result], tmp_path: Path) -> Path:
    """/autograder as Gradescope lays it out, with the archive in source/."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    assert grade("gradescope-zip", "--exercise", "mlp", "-o", "a.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for entry in archive.infolist():
            archive.extract(entry, root / "source")
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    return root


def started(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    """One of the archive's two programs, with the grader that is installed here instead of a fresh environment."""
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "GRADE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [str(root / "source" / name)], check=False, capture_output=True, text=True, env=environment, timeout=110
    )


def results(root: Path) -> dict[str, Any]:
    """What Gradescope would read."""
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
class TestRun:
    """From setup.sh to results.json."""

    def test_a_solution_gets_its_points(self, autograder: Path) -> None:
        """26 of 26, and nothing of the run in the submission's folder."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        assert started(autograder, "setup.sh").returncode == 0
        done = started(autograder, "run_autograder")
        assert done.returncode == 0, done.stderr
        tests = results(autograder)["tests"]
        assert (sum(test.get("score", 0) for test in tests), len(tests)) == (26, 28)
        assert os.listdir(autograder / "submission") == ["backward.py"]  # noqa: PTH208 names alone

    def test_a_submission_that_brings_settings_along_changes_nothing(self, autograder: Path) -> None:
        """Neither conftest.py, nor its own exercise, nor a module called like one of ours."""
        folder = autograder / "submission"
        shutil.copy(SOLUTION, folder / "backward.py")
        for name in ("conftest.py", "pytest.ini", "torch.py", "grader.py", "exercises/mlp/forward.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("raise SystemExit('read')\n")
        assert started(autograder, "run_autograder").returncode == 0
        assert sum(test.get("score", 0) for test in results(autograder)["tests"]) == 26

    def test_nothing_readable_is_a_zero_with_a_sentence(self, autograder: Path) -> None:
        """The learner's to mend, so Gradescope shows it as a result."""
        assert started(autograder, "run_autograder").returncode == 0
        assert results(autograder)["score"] == 0
        assert "has no backward.py" in results(autograder)["output"]

    def test_a_fault_of_ours_writes_no_results(self, autograder: Path) -> None:
        """Gradescope then says that the autograder failed: nobody gets a zero."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        settings = autograder / "source" / "grader.json"
        settings.write_text(settings.read_text().replace('"mlp"', '"nothing"'))
        own = autograder / "source" / "exercises" / "nothing"
        own.mkdir(parents=True)
        (own / "exercise.toml").write_text("title = 'x'\n")
        (own / "forward.py").write_text("GRADED = 3\n")
        assert started(autograder, "run_autograder").returncode == 3
        assert not (autograder / "results" / "results.json").exists()


def test_the_same_settings_give_the_same_archive(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Byte for byte: no moment of making in it."""
    for name in ("a.zip", "b.zip"):
        assert grade("gradescope-zip", "--exercise", "mlp", "-o", name).exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_own_exercises_and_a_wheel_travel_along(grade: Callable[..., Result], tmp_path: Path) -> None:
    """And setup.sh installs that wheel."""
    with zipfile.ZipFile(tmp_path / "grader-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("grader/__init__.py", "")
    assert grade(
        "gradescope-zip", "--exercise", "mlp", "--exercises", ROOT / "exercises", "--package",
        "grader-1-py3-none-any.whl", "-o", "a.zip",
    ).exit_code == 0  # fmt: skip
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert "exercises/mlp/forward.py" in names
        assert '"$root/source/grader-1-py3-none-any.whl"' in archive.read("setup.sh").decode()


COURSE = """\
name = "Deep Learning"
version = "2026.1"
criterion = "exact"
feedback = "verdict"
visibility = "hidden"
points.tiny.dx = 5
rules.imports = ["colorsys"]
"""


@pytest.fixture
def exercises(tmp_path: Path) -> Path:
    """A course with one exercise."""
    (tmp_path / "exercises" / "tiny").mkdir(parents=True)
    (tmp_path / "exercises" / "tiny" / "forward.py").write_text(FORWARD)
    (tmp_path / "exercises" / "tiny" / "exercise.toml").write_text('title = "tiny"')
    (tmp_path / "course.toml").write_text(COURSE)
    return tmp_path / "exercises"


@pytest.fixture
def packed(grade: Callable[..., Result], exercises: Path, tmp_path: Path) -> Callable[..., Packed]:
    """Pack the course's exercise: the settings that travel, and the archive's files."""

    def pack(*words: object) -> Packed:
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises, "-o", "a.zip", *words)
        assert result.exit_code == 0, result.stderr
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        return json.loads(files["grader.json"]), files

    return pack


class TestCourse:
    """What course.toml says holds at Gradescope."""

    def test_its_word_decides(self, packed: Callable[..., Packed]) -> None:
        """Instead of the defaults."""
        chosen, _ = packed()
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("exact", "verdict", "hidden")

    def test_the_command_line_wins(self, packed: Callable[..., Packed]) -> None:
        """Even with the defaults' own words."""
        chosen, _ = packed("--criterion", "correct", "--feedback", "kind", "--visibility", "visible")
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("correct", "kind", "visible")

    def test_without_one_the_defaults_hold(self, packed: Callable[..., Packed], tmp_path: Path) -> None:
        """And none travels."""
        (tmp_path / "course.toml").unlink()
        chosen, files = packed()
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("correct", "kind", "visible")
        assert not [name for name in files if name.endswith("course.toml")]

    def test_travels_to_where_it_is_found_again(
        self, packed: Callable[..., Packed], exercises: Path, tmp_path: Path
    ) -> None:
        """Beside the folder of exercises or among them, as here."""
        assert packed()[1]["course.toml"] == COURSE
        (tmp_path / "course.toml").rename(exercises / "course.toml")
        files = packed()[1]
        assert files["exercises/course.toml"] == COURSE
        assert "course.toml" not in files

    def test_a_pack_travels_with_its_course(
        self, packed: Callable[..., Packed], grade: Callable[..., Result], exercises: Path,
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    ) -> None:  # fmt: skip
        """It is not installed there."""
        monkeypatch.setattr("grader.exercise.shelf.packs", lambda: {"deep": exercises})
        assert grade("gradescope-zip", "--exercise", "tiny", "-o", "b.zip").exit_code == 0
        packed()
        assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()

    def test_feedback_that_tells_no_points_is_refused(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path
    ) -> None:
        """Every run there would fail."""
        (tmp_path / "course.toml").write_text(COURSE.replace("verdict", "none"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 4
        assert 'course.toml says feedback = "none", but Gradescope takes the points from' in result.stderr
        assert "--feedback full, kind, verdict" in result.stderr

    def test_a_mistake_in_it_is_told_and_nothing_is_packed(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path
    ) -> None:
        """Exit code 3, as with `grade`."""
        (tmp_path / "course.toml").write_text(COURSE.replace("points.tiny.dx", "points.tinny"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 3
        assert "course.toml:6: [points] names the exercise tinny" in result.stderr
        assert not (tmp_path / "autograder.zip").exists()

    def test_a_module_that_it_allows_is_installed_there(self, packed: Callable[..., Packed], tmp_path: Path) -> None:
        """In the version that is here; what the standard library or torch brings is there already."""
        course = COURSE.replace('"colorsys"', '"colorsys", "torch.linalg", "click.core", "grader"')
        (tmp_path / "course.toml").write_text(course)
        *_, installed = re.findall(r"^install (.*)$", packed()[1]["setup.sh"], flags=re.MULTILINE)
        assert installed.endswith(f'" "click=={version("click")}"')
        assert installed.count("==") == 2

    def test_a_module_of_no_package_is_refused(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing that setup.sh can install brings it."""
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "homemade_module.py").touch()
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        (tmp_path / "course.toml").write_text(COURSE.replace("colorsys", "homemade_module"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 4
        assert "names the module homemade_module, which no installed package brings" in result.stderr

    @pytest.mark.slow
    def test_holds_in_a_run_there(self, packed: Callable[..., Packed], autograder: Path) -> None:
        """Points, rules, feedback and visibility."""
        for name, text in packed()[1].items():
            (autograder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (autograder / "source" / name).write_text(text)
        solution = "def dy(y):\n    return 2*y\ndef dx(dy, x):\n    import colorsys\n    return 3*x*dy\n"
        (autograder / "submission" / "backward.py").write_text(solution)
        done = started(autograder, "run_autograder")
        assert done.returncode == 0, done.stderr
        found = results(autograder)
        assert found["visibility"] == "hidden"
        assert found["extra_data"]["criterion"] == "exact"
        assert [(test["score"], test["max_score"]) for test in found["tests"][:2]] == [(1, 1), (0, 5)]
        assert found["tests"][1]["tags"] == ["wrong values"]
        assert found["tests"][1]["output"].splitlines()[1:] == ["wrong values", "backward.py:3"]


class TestVisibilityOfAReport:
    """`grade report --to gradescope` asks the course as well."""

    @pytest.fixture
    def told(self, grade: Callable[..., Result], exercises: Path, tmp_path: Path) -> Callable[..., str]:
        """The visibility of a report of the course's exercise, which is in `class/` and by itself."""
        given = json.loads((ROOT / "tests" / "data" / "half.json").read_text(encoding="utf-8"))
        given["grader"]["submissions"][0]["exercise"] = "tiny"
        (tmp_path / "class").mkdir()
        (tmp_path / "class" / "anna.json").write_text(json.dumps(given))

        def tell(*words: object) -> str:
            result = grade("report", *words, "--to", "gradescope")
            assert result.exit_code == 0, result.stderr
            return str(json.loads(result.stdout)["visibility"])

        return tell

    def test_is_the_courses(self, told: Callable[..., str], exercises: Path) -> None:
        """For a single report and for a class."""
        assert told("class/anna.json", "--exercises", exercises) == "hidden"
        assert told("--class", "class", "--exercises", exercises) == "hidden"

    def test_is_found_beside_the_exercises_that_grade_would_take(self, told: Callable[..., str]) -> None:
        """Those of the workspace."""
        assert told("--class", "class") == "hidden"

    def test_the_command_line_wins(self, told: Callable[..., str]) -> None:
        """Even with the default's own word."""
        assert told("--class", "class", "--visibility", "visible") == "visible"

    def test_without_a_course_it_is_visible(self, told: Callable[..., str], tmp_path: Path) -> None:
        """The default."""
        (tmp_path / "course.toml").unlink()
        assert told("--class", "class") == "visible"

    def test_a_mistake_in_the_course_is_told(
        self, told: Callable[..., str], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Rather than shown to everybody."""
        (tmp_path / "course.toml").write_text(COURSE.replace("hidden", "hiden"))
        result = grade("report", "class/anna.json", "--to", "gradescope")
        assert result.exit_code == 3
        assert "course.toml:5: visibility is 'hiden'" in result.stderr


@pytest.mark.parametrize(
    ("output", "reason"),
    [("nosuch/x.zip", "no such file or directory"), (".", "is a directory"), ("file/x.zip", "not a directory")],
)
def test_an_archive_that_cannot_be_written_is_a_sentence(
    grade: Callable[..., Result], tmp_path: Path, output: str, reason: str
) -> None:
    """Exit code 4."""
    (tmp_path / "file").touch()
    result = grade("gradescope-zip", "--exercise", "mlp", "-o", output)
    assert (result.exit_code, result.stderr) == (4, f"Error: {output} cannot be written: {reason}\n")


def test_a_step_of_github_that_cannot_be_written_to_is_a_sentence(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "nosuch/summary.md")
    result = grade("report", ROOT / "tests" / "data" / "half.json", "--to", "github")
    assert result.exit_code == 4
    assert "Error: nosuch/summary.md cannot be written: no such file or directory" in result.stderr


def test_a_folder_of_pages_that_cannot_be_made_is_a_sentence(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Exit code 4."""
    (tmp_path / "class").mkdir()
    shutil.copy(ROOT / "tests" / "data" / "half.json", tmp_path / "class" / "anna.json")
    (tmp_path / "class" / "pages").touch()
    result = grade("report", "--class", "class", "--pages")
    assert result.exit_code == 4
    assert "cannot be written: file exists" in result.stderr


@pytest.mark.parametrize(
    "name", ["class.csv", "grader.whl", "grader-1.tar.gz", "grader-1-py3-none-any.whl", "$(reboot)-1-py3-none-any.whl"]
)
def test_a_package_that_pip_cannot_install_is_refused(grade: Callable[..., Result], tmp_path: Path, name: str) -> None:
    """By its name or by what it is."""
    (tmp_path / name).write_text("student,points\n")
    result = grade("gradescope-zip", "--exercise", "mlp", "--package", name)
    assert result.exit_code == 4
    assert f"{name} is no package that pip can install: a wheel of the grader" in result.stderr
    assert not (tmp_path / "autograder.zip").exists()


def test_a_source_archive_is_a_package(grade: Callable[..., Result], tmp_path: Path) -> None:
    """As a wheel is."""
    with tarfile.open(tmp_path / "backprop_grader-0.1.tar.gz", "w:gz") as archive:
        archive.add(ROOT / "pyproject.toml", "backprop_grader-0.1/pyproject.toml")
    assert grade("gradescope-zip", "--exercise", "mlp", "--package", "backprop_grader-0.1.tar.gz").exit_code == 0


class TestAction:
    """action.yml."""

    def test_pastes_no_input_into_a_script(self) -> None:
        """A value of the workflow is read from the environment, where it cannot become a command."""
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        scripts = re.findall(r"run: \|\n((?:        .*\n)+)|run: (?!\|)(.*)\n", text)
        assert len(scripts) == 4
        assert not any("${{" in part for script in scripts for part in script)
