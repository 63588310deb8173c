"""Gradescope's archive, unpacked into a copy of its folders and run as Gradescope runs it; and the action's file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import __version__
from grader.installation import constraints
from grader.report.formats import gradescope_package
from grader.report.formats.gradescope_archive import setup
from tests.exercise.test_course import FORWARD
from tests.report.test_traps import programs_and_packages, wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Packed = tuple[dict[str, Any], dict[str, str]]

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "mlp" / "backward.py"


@pytest.fixture(autouse=True)
def own_wheel(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This grader was installed from a wheel: making one of the checkout takes seconds, and has tests of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel(folder, "backprop_grader", "1", "grader/__init__.py")
    (made,) = folder.iterdir()
    monkeypatch.setattr(gradescope_package, "origin", lambda: {"url": made.as_uri(), "archive_info": {}})
    return made


@pytest.fixture
def autograder(grade: Callable[..., Result], tmp_path: Path) -> Path:
    """Gradescope's /autograder folder, with the archive unpacked in source/."""
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
    """Run one of the archive's two programs, with the installed grader instead of a fresh environment."""
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "GRADE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [str(root / "source" / name)], check=False, capture_output=True, text=True, env=environment, timeout=110
    )


def results(root: Path) -> dict[str, Any]:
    """The results that Gradescope would read."""
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
class TestRun:
    """From setup.sh to results.json."""

    def test_a_solution_gets_its_points(self, autograder: Path) -> None:
        """26 of 26, and the run leaves nothing in the submission's folder."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        assert started(autograder, "setup.sh").returncode == 0
        done = started(autograder, "run_autograder")
        assert done.returncode == 0, done.stderr
        tests = results(autograder)["tests"]
        assert (sum(test.get("score", 0) for test in tests), len(tests)) == (26, 28)
        assert os.listdir(autograder / "submission") == ["backward.py"]  # noqa: PTH208 names alone

    def test_settings_in_a_submission_are_ignored(self, autograder: Path) -> None:
        """A conftest.py, an exercise, and a module named like one of the grader's."""
        folder = autograder / "submission"
        shutil.copy(SOLUTION, folder / "backward.py")
        for name in ("conftest.py", "pytest.ini", "torch.py", "grader.py", "exercises/mlp/forward.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("raise SystemExit('read')\n")
        assert started(autograder, "run_autograder").returncode == 0
        assert sum(test.get("score", 0) for test in results(autograder)["tests"]) == 26

    def test_an_unreadable_submission_is_a_zero_with_a_reason(self, autograder: Path) -> None:
        """The student can fix it, so Gradescope shows it as a result."""
        assert started(autograder, "run_autograder").returncode == 0
        assert results(autograder)["score"] == 0
        assert "has no backward.py" in results(autograder)["output"]

    def test_an_internal_error_writes_no_results(self, autograder: Path) -> None:
        """Gradescope then reports that the autograder failed, and nobody gets a zero."""
        shutil.copy(SOLUTION, autograder / "submission" / "backward.py")
        settings = autograder / "source" / "grader.json"
        settings.write_text(settings.read_text().replace('"mlp"', '"nothing"'))
        own = autograder / "source" / "exercises" / "nothing"
        own.mkdir(parents=True)
        (own / "exercise.toml").write_text("title = 'x'\n")
        (own / "forward.py").write_text("GRADED = 3\n")
        assert started(autograder, "run_autograder").returncode == 3
        assert not (autograder / "results" / "results.json").exists()


def test_the_same_settings_produce_the_same_archive(grade: Callable[..., Result], tmp_path: Path) -> None:
    """Byte for byte: it contains no creation time."""
    for name in ("a.zip", "b.zip"):
        assert grade("gradescope-zip", "--exercise", "mlp", "-o", name).exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_includes_own_exercises_and_a_wheel(grade: Callable[..., Result], tmp_path: Path) -> None:
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
    """Pack the course's exercise; return the archived settings and the archive's files."""

    def pack(*words: object) -> Packed:
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises, "-o", "a.zip", *words)
        assert result.exit_code == 0, result.stderr
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist() if not name.endswith(".whl")}
        return json.loads(files["grader.json"]), files

    return pack


class TestCourse:
    """course.toml applies on Gradescope."""

    def test_its_settings_apply(self, packed: Callable[..., Packed]) -> None:
        """Instead of the defaults."""
        chosen, _ = packed()
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("exact", "verdict", "hidden")

    def test_the_command_line_wins(self, packed: Callable[..., Packed]) -> None:
        """Even with default values."""
        chosen, _ = packed("--criterion", "correct", "--feedback", "kind", "--visibility", "visible")
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("correct", "kind", "visible")

    def test_without_one_the_defaults_apply(self, packed: Callable[..., Packed], tmp_path: Path) -> None:
        """And the archive has no course.toml."""
        (tmp_path / "course.toml").unlink()
        chosen, files = packed()
        assert (chosen["criterion"], chosen["feedback"], chosen["visibility"]) == ("correct", "kind", "visible")
        assert not [name for name in files if name.endswith("course.toml")]

    def test_is_archived_where_it_is_found_again(
        self, packed: Callable[..., Packed], exercises: Path, tmp_path: Path
    ) -> None:
        """Beside the exercises folder or in it, as on this machine."""
        (tmp_path / "course.toml").write_text(COURSE + "[slip]\njdoe = 2\n")
        assert tomllib.loads(packed()[1]["course.toml"]) == tomllib.loads(COURSE)  # without what concerns a class
        (tmp_path / "course.toml").rename(exercises / "course.toml")
        files = packed()[1]
        assert tomllib.loads(files["exercises/course.toml"]) == tomllib.loads(COURSE)
        assert "course.toml" not in files

    def test_a_pack_is_archived_with_its_course(
        self, packed: Callable[..., Packed], grade: Callable[..., Result], exercises: Path,
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    ) -> None:  # fmt: skip
        """It is not installed on Gradescope."""
        monkeypatch.setattr("grader.exercise.shelf.packs", lambda: {"deep": exercises})
        assert grade("gradescope-zip", "--exercise", "tiny", "-o", "b.zip").exit_code == 0
        packed()
        assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()

    def test_feedback_without_points_is_refused(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path
    ) -> None:
        """Every run on Gradescope would fail."""
        (tmp_path / "course.toml").write_text(COURSE.replace("verdict", "none"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 4
        assert 'course.toml says feedback = "none", but Gradescope takes the points from' in result.stderr
        assert "--feedback full, kind, verdict" in result.stderr

    def test_a_mistake_in_it_is_reported_and_nothing_is_packed(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path
    ) -> None:
        """Exit code 3, as with `grade`."""
        (tmp_path / "course.toml").write_text(COURSE.replace("points.tiny.dx", "points.tinny"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 3
        assert "course.toml:6: [points] names the exercise tinny" in result.stderr
        assert not (tmp_path / "autograder.zip").exists()

    def test_an_allowed_module_is_installed(self, packed: Callable[..., Packed], tmp_path: Path) -> None:
        """In this machine's version; the standard library and torch are always there."""
        course = COURSE.replace('"colorsys"', '"colorsys", "torch.linalg", "click.core", "grader"')
        (tmp_path / "course.toml").write_text(course)
        files = packed()[1]
        *_, installed = re.findall(r"^install (.*)$", files["setup.sh"], flags=re.MULTILINE)
        assert installed.endswith('.whl" click')
        assert files["constraints.txt"].splitlines().count(f"click=={version('click')}") == 1

    def test_an_allowed_module_that_the_grader_does_not_need_gets_this_machine_s_version(
        self, packed: Callable[..., Packed], tmp_path: Path
    ) -> None:
        """As a line of the constraints, unless the given ones have it."""
        (tmp_path / "course.toml").write_text(COURSE.replace("colorsys", "hypothesis"))
        pin = f"hypothesis=={version('hypothesis')}\n"
        assert packed()[1]["constraints.txt"].endswith(pin)
        (tmp_path / "c.txt").write_text("torch==2.5\nHypothesis==1.2\n")
        assert packed("--constraints-file", "c.txt")[1]["constraints.txt"] == "torch==2.5\nHypothesis==1.2\n"

    def test_a_module_without_a_package_is_refused(
        self, grade: Callable[..., Result], exercises: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """setup.sh cannot install it."""
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "homemade_module.py").touch()
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        (tmp_path / "course.toml").write_text(COURSE.replace("colorsys", "homemade_module"))
        result = grade("gradescope-zip", "--exercise", "tiny", "--exercises", exercises)
        assert result.exit_code == 4
        assert "lists the module homemade_module, but no installed package provides it" in result.stderr

    @pytest.mark.slow
    def test_applies_to_a_run(self, packed: Callable[..., Packed], autograder: Path) -> None:
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
    """`grade report --to gradescope` uses the course settings, too."""

    @pytest.fixture
    def told(self, grade: Callable[..., Result], exercises: Path, tmp_path: Path) -> Callable[..., str]:
        """Visibility in a converted report on the course's exercise."""
        given = json.loads((ROOT / "tests" / "data" / "half.json").read_text(encoding="utf-8"))
        given["grader"]["submissions"][0]["exercise"] = "tiny"
        (tmp_path / "class").mkdir()
        (tmp_path / "class" / "anna.json").write_text(json.dumps(given))

        def tell(*words: object) -> str:
            result = grade("report", *words, "--to", "gradescope")
            assert result.exit_code == 0, result.stderr
            return str(json.loads(result.stdout)["visibility"])

        return tell

    def test_is_taken_from_the_course(self, told: Callable[..., str], exercises: Path) -> None:
        """Whose exercises are named."""
        assert told("class/anna.json", "--exercises", exercises) == "hidden"

    def test_is_found_beside_the_exercises_that_grade_uses(self, told: Callable[..., str]) -> None:
        """The workspace's exercises."""
        assert told("class/anna.json") == "hidden"

    def test_the_command_line_wins(self, told: Callable[..., str]) -> None:
        """Even with the default value."""
        assert told("class/anna.json", "--visibility", "visible") == "visible"

    def test_without_a_course_it_is_visible(self, told: Callable[..., str], tmp_path: Path) -> None:
        """The default."""
        (tmp_path / "course.toml").unlink()
        assert told("class/anna.json") == "visible"

    def test_a_mistake_in_the_course_is_reported(
        self, told: Callable[..., str], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """The report is not shown to everybody by mistake."""
        (tmp_path / "course.toml").write_text(COURSE.replace("hidden", "hiden"))
        result = grade("report", "class/anna.json", "--to", "gradescope")
        assert result.exit_code == 3
        assert "course.toml:5: visibility is 'hiden'" in result.stderr


@pytest.mark.parametrize(
    ("output", "reason"),
    [("nosuch/x.zip", "no such file or directory"), (".", "is a directory"), ("file/x.zip", "not a directory")],
)
def test_an_archive_that_cannot_be_written_is_one_sentence(
    grade: Callable[..., Result], tmp_path: Path, output: str, reason: str
) -> None:
    """Exit code 4."""
    (tmp_path / "file").touch()
    result = grade("gradescope-zip", "--exercise", "mlp", "-o", output)
    assert (result.exit_code, result.stderr) == (4, f"Error: {output} cannot be written: {reason}\n")


def test_a_github_file_that_cannot_be_written_is_one_sentence(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "nosuch/summary.md")
    result = grade("report", ROOT / "tests" / "data" / "half.json", "--to", "github")
    assert result.exit_code == 4
    assert "Error: nosuch/summary.md cannot be written: no such file or directory" in result.stderr


def test_a_pages_folder_that_cannot_be_created_is_one_sentence(grade: Callable[..., Result], tmp_path: Path) -> None:
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
    """By its name or its content."""
    (tmp_path / name).write_text("student,points\n")
    result = grade("gradescope-zip", "--exercise", "mlp", "--package", name)
    assert result.exit_code == 4
    assert f"{name} is not a package that pip can install: expected a wheel of the grader" in result.stderr
    assert not (tmp_path / "autograder.zip").exists()


def installs(archive: Path) -> str:
    """What the archive's setup.sh installs after torch."""
    with zipfile.ZipFile(archive) as opened:
        return re.findall(r"^install (.*)$", opened.read("setup.sh").decode(), flags=re.MULTILINE)[-1]


class TestOrigin:
    """Without --package, the archive installs what this grader was installed from."""

    @pytest.fixture
    def made(
        self, grade: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[..., tuple[str, str]]:
        """What is installed and what is said, for a record of pip's."""

        def make(origin: dict[str, Any], *words: object) -> tuple[str, str]:
            monkeypatch.setattr(gradescope_package, "origin", lambda: origin)
            result = grade("gradescope-zip", "--exercise", "mlp", *words)
            assert result.exit_code == 0, result.stderr
            return installs(tmp_path / "autograder.zip"), result.stderr

        return make

    def test_a_file_goes_along(self, made: Callable[..., tuple[str, str]], own_wheel: Path) -> None:
        """Nothing has to be published."""
        installed, said = made({"url": own_wheel.as_uri(), "archive_info": {}})
        assert installed == f'"$root/source/{own_wheel.name}"'
        assert said == "written  autograder.zip: upload it to Gradescope as the assignment's autograder\n"

    def test_a_repository_is_named_with_its_commit(self, made: Callable[..., tuple[str, str]]) -> None:
        """A branch may have moved on."""
        record = {"url": "https://example.org/grader.git", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}}
        assert made(record)[0] == "git+https://example.org/grader.git@0a1b"

    @pytest.mark.parametrize("record", [{}, {"url": "file:///no/such/backprop_grader-1-py3-none-any.whl"}])
    def test_where_it_is_unknown_the_message_warns(
        self, made: Callable[..., tuple[str, str]], record: dict[str, Any]
    ) -> None:
        """The image could not be built as long as nothing is published."""
        installed, said = made(record)
        assert installed == f"backprop-grader=={__version__}"
        assert said == (
            f"written  autograder.zip: it installs backprop-grader=={__version__} from PyPI, so upload it only if that "
            "version is there. Otherwise make it again with --package PATH|URL: a wheel, a checkout, or an address for "
            "pip\n"
        )

    def test_an_address_is_handed_to_pip(self, made: Callable[..., tuple[str, str]]) -> None:
        """Quoted: no character of it is the shell's."""
        address = "git+https://example.org/grader.git@main#egg=x;$(reboot)"
        assert made({}, "--package", address)[0] == f"'{address}'"

    def test_git_is_installed_for_the_address_of_a_repository(self) -> None:
        """An image may have none; a wheel needs none."""
        assert "--no-install-recommends git\n}\ninstall 'git+https://x/y@z#egg'\n" in setup("'git+https://x/y@z#egg'")
        assert "git" not in setup("grader.whl")

    def test_without_pip_no_wheel_is_built(
        self, made: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch, grade: Callable[..., Result]
    ) -> None:
        """An environment of uv has none."""
        monkeypatch.setattr(gradescope_package, "find_spec", lambda _: None)
        result = grade("gradescope-zip", "--exercise", "mlp", "--package", str(ROOT))
        assert result.exit_code == 4
        assert "Build one with `uv build --wheel` there, and pass it with --package" in result.stderr

    @pytest.mark.slow
    def test_a_checkout_becomes_a_wheel(self, made: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
        """Installed editable, or given with --package."""
        wanted = f'"$root/source/backprop_grader-{__version__}-py3-none-any.whl"'
        assert made({"url": ROOT.as_uri(), "dir_info": {"editable": True}})[0] == wanted
        first = (tmp_path / "autograder.zip").read_bytes()
        assert made({}, "--package", ROOT)[0] == wanted
        assert (tmp_path / "autograder.zip").read_bytes() == first

    @pytest.mark.slow
    def test_a_folder_that_is_no_checkout_is_refused(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """With pip's reason."""
        (tmp_path / "folder").mkdir()
        result = grade("gradescope-zip", "--exercise", "mlp", "--package", "folder")
        assert result.exit_code == 4
        assert "Error: could not build a wheel of the grader from folder: ERROR: Directory" in result.stderr
        assert not (tmp_path / "autograder.zip").exists()


class TestConstraints:
    """The versions in the container."""

    @pytest.fixture
    def archived(self, grade: Callable[..., Result], tmp_path: Path) -> Callable[..., str]:
        """The archive's constraints.txt."""

        def make(*words: object) -> str:
            assert grade("gradescope-zip", "--exercise", "mlp", *words).exit_code == 0
            with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
                return archive.read("constraints.txt").decode()

        return make

    def test_are_those_of_this_environment(self, archived: Callable[..., str]) -> None:
        """Without the grader's own, which is decided by the package."""
        assert archived() == constraints(itself=False)

    def test_can_be_given(self, archived: Callable[..., str], tmp_path: Path) -> None:
        """For a class that is graded with other versions."""
        (tmp_path / "course.txt").write_text("torch==2.6.0\nbackprop-grader==1\n")
        assert archived("--constraints-file", "course.txt") == "torch==2.6.0\nbackprop-grader==1\n"

    @pytest.mark.parametrize("torch", ["torch>=2.4", "torch==2.*", "torch==2.6.0,!=3"])
    def test_without_one_release_of_torch_are_refused(
        self, grade: Callable[..., Result], tmp_path: Path, torch: str
    ) -> None:
        """Grades would be those of whichever torch is the newest."""
        (tmp_path / "course.txt").write_text(f"click==8.1\n{torch}\n")
        result = grade("gradescope-zip", "--exercise", "mlp", "--constraints-file", "course.txt")
        assert (result.exit_code, "course.txt has no line torch==VERSION" in result.stderr) == (4, True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_archive_of_a_checkout_installs_itself_and_grades(
    grade: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """setup.sh makes a fresh environment with the exact versions, offline, and run_autograder uses it.

    torch is an empty package here; grading then takes this environment's libraries.
    """
    monkeypatch.setattr(gradescope_package, "origin", lambda: {"url": ROOT.as_uri(), "dir_info": {"editable": True}})
    assert grade("gradescope-zip", "--exercise", "mlp").exit_code == 0
    root, kept = tmp_path / "autograder", programs_and_packages(tmp_path)
    for name in ("submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        archive.extractall(root / "source")
    shutil.copy(SOLUTION, root / "submission" / "backward.py")
    for number in ("1.0", version("torch").partition("+")[0], "99.0"):
        wheel(tmp_path / "packages", "torch", number)
    environment = {"HOME": str(tmp_path), "AUTOGRADER_ROOT": str(root), "PIP_NO_DEPS": "1", **kept}
    for script in ("setup.sh", "run_autograder"):
        done = subprocess.run(
            ["bash", root / "source" / script],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr
        (site,) = root.glob("venv/lib/python3*/site-packages")
        (site / "libraries.pth").write_text("\n".join(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    assert (site / f"torch-{version('torch').partition('+')[0]}.dist-info").is_dir()
    assert (site / "grader" / "data" / "exercises").is_dir()
    assert not (site / "grader" / "data" / "solutions").exists()
    assert sum(test.get("score", 0) for test in results(root)["tests"]) == 26


def test_a_source_archive_is_a_package(grade: Callable[..., Result], tmp_path: Path) -> None:
    """So is a wheel."""
    with tarfile.open(tmp_path / "backprop_grader-0.1.tar.gz", "w:gz") as archive:
        archive.add(ROOT / "pyproject.toml", "backprop_grader-0.1/pyproject.toml")
    assert grade("gradescope-zip", "--exercise", "mlp", "--package", "backprop_grader-0.1.tar.gz").exit_code == 0


class TestAction:
    """action.yml."""

    def test_pastes_no_input_into_a_script(self) -> None:
        """Scripts read workflow values from the environment, where they cannot become commands."""
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        scripts = re.findall(r"run: \|\n((?:        .*\n)+)|run: (?!\|)(.*)\n", text)
        assert len(scripts) == 5
        assert not any("${{" in part for script in scripts for part in script)
