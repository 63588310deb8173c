"""The action's steps, the recipe of docs/instructors.md and Gradescope's scripts, run in a repository full of traps.

A repository contains whatever its owner puts there. If Python imported a module from it, or a tool read its settings,
a student's code would run outside the sandbox, in the job that decides the grade.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.report.formats.gradescope_archive import RUN

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "venv", "ensurepip", "pip", "site", "sitecustomize", "usercustomize", "encodings", "runpy", "json", "os", "re",
    "hashlib", "pathlib", "platform",
    "subprocess", "tempfile", "secrets", "typing", "zipfile", "torch", "numpy", "pytest", "pytest_jsonreport",
    "_pytest", "click", "rich", "grader", "conftest", "setup", "backward", "exercises",
)  # fmt: skip
TRAP = "open({marker!r}, 'a').write(__name__ + ' ')\n"
SETTINGS = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p trapped'\n[build-system]\nrequires = []\n",
    "pytest.ini": "[pytest]\naddopts = -p trapped\n",
    "tox.ini": "[pytest]\naddopts = -p trapped\n",
    "setup.cfg": "[install]\nprefix = {marker}.prefix\n[tool:pytest]\naddopts = -p trapped\n",
    "pip.conf": "[install]\ntarget = {marker}.target\n",
    "course.toml": "[grading]\ncriterion = 'nonsense'\n",
    "trap.pth": "import trapped\n",
}
TORCH = "2.13.0"
"""In the index of packages that hold nothing, and in the constraints of the tests."""
LINE = "def dlogits(logits, Yb, dloss):\n    return logits\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout in which every file that might be imported or read as settings leaves a mark."""
    folder, trap = tmp_path / "repository", TRAP.format(marker=str(tmp_path / "touched"))
    folder.mkdir()
    for name in (*MODULES, "trapped"):
        if name == "encodings":
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(trap)
        else:
            (folder / f"{name}.py").write_text(trap)
    for name, text in SETTINGS.items():
        (folder / name).write_text(text.replace("{marker}", str(tmp_path / "touched")))
    (folder / "backward.py").write_text(LINE)
    return folder


def run(script: str, repository: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step as GitHub runs it: bash, in the checkout."""
    home = repository.parent / "home"
    home.mkdir(exist_ok=True)
    kept = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GITHUB_WORKSPACE": str(repository),
        "GITHUB_ACTIONS": "true",
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=repository, env=kept | environment, check=False, capture_output=True, text=True, timeout=280,
    )  # fmt: skip


def untouched(repository: Path) -> bool:
    """Whether no trap was sprung."""
    return not list(repository.parent.glob("touched*"))


def steps() -> dict[str, str]:
    """The action's scripts, by step name."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    found = re.findall(r"- name: (\w+)\n(?:      .*\n)*?      run: (?:\|\n((?:        .*\n)+)|(.*)\n)", text)
    return {name: textwrap.dedent(block) or line for name, block, line in found}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """$RUNNER_TEMP after the first step, with the installed grader."""
    python = tmp_path / "runner" / "grader" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path / "runner"


def wheel(folder: Path, name: str, version: str, *files: str) -> None:
    """A wheel that contains only empty files."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for file in files:
            archive.writestr(file, "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


def programs_and_packages(folder: Path) -> dict[str, str]:
    """An environment with a Python outside any other, whose pip knows only the packages in a folder."""
    packages, programs = folder / "packages", folder / "programs"
    packages.mkdir()
    programs.mkdir()
    for name in ("python3", f"python3.{sys.version_info.minor}"):
        (programs / name).symlink_to(Path(sys.base_prefix, "bin", "python3"))
    path = f"{programs}:{os.environ['PATH']}"
    return {"PATH": path, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages)}


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """An index of two empty packages, and a Python outside any environment."""
    kept = programs_and_packages(tmp_path)
    wheel(tmp_path / "packages", "torch", "2.13.0", "torch/__init__.py")
    wheel(
        tmp_path / "packages", "backprop_grader", "1.0", "grader/__init__.py", "grader/data/solutions/mlp/backward.py"
    )
    return {**kept, "RUNNER_TEMP": str(tmp_path / "runner")}


def test_a_careless_script_springs_a_trap(repository: Path) -> None:
    """Otherwise the tests below would prove nothing."""
    run("python3 -m venv --help || true", repository)
    assert not untouched(repository)


def unfenced(text: str) -> list[str]:
    """What a step printed, without the random words that fence it."""
    return [line for line in text.splitlines() if not line.startswith("::")]


class Action:
    """The action's checkout, its steps in order, and what a step leaves for the next ones."""

    def __init__(self, repository: Path, offline: dict[str, str]) -> None:
        """The package is made without an index, as it is here, by a build backend of the checkout's own."""
        self.folder, self.repository, self.home = repository.parent / "action", repository, repository.parent
        (self.folder / ".ci").mkdir(parents=True)
        (self.folder / ".ci" / "constraints.txt").write_text(f"torch=={TORCH}\nclick==8.1\n")
        (self.folder / "pyproject.toml").write_text(
            "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
        )
        (self.folder / "backend.py").write_text(
            "import shutil\ndef build_wheel(folder, *_):\n    return shutil.copy('MADE', folder).rpartition('/')[2]\n"
        )
        for version in ("1.0", TORCH, "99.0"):
            wheel(self.home / "packages", "torch", version)
        self.environment = {
            **offline, "GITHUB_ACTION_PATH": str(self.folder), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
            "GITHUB_OUTPUT": str(self.home / "output"), "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
        }  # fmt: skip

    def takes_along(self, made: Path) -> None:
        """The wheel that the build backend makes."""
        (self.folder / made.name).write_bytes(made.read_bytes())
        backend = self.folder / "backend.py"
        backend.write_text(backend.read_text().replace("MADE", made.name))

    def step(self, name: str, **given: str) -> subprocess.CompletedProcess[str]:
        """Run one of the steps; what it writes to GITHUB_OUTPUT is `outputs()`."""
        Path(self.environment["GITHUB_OUTPUT"]).write_text("")
        return run(steps()[name], self.repository, **{**self.environment, **given})

    def outputs(self) -> dict[str, str]:
        """Of the last step."""
        lines = Path(self.environment["GITHUB_OUTPUT"]).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def chosen(self, package: str = "", constraints: str = "") -> dict[str, str]:
        """What the first step says for these inputs."""
        done = self.step("Choose", PACKAGE=package, CONSTRAINTS=constraints)
        assert done.returncode == 0, done.stderr
        return self.outputs()

    def install(self) -> None:
        """Install what is chosen by default."""
        chosen = self.chosen()
        done = self.step("Install", PACKAGE=chosen["package"], CONSTRAINTS=chosen["constraints"], PIP_NO_DEPS="1")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def action(repository: Path, offline: dict[str, str]) -> Action:
    """The action, used in a repository full of traps."""
    return Action(repository, offline)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_actions_first_steps_spring_no_trap_and_remove_the_solutions(
    repository: Path, tmp_path: Path, action: Action
) -> None:
    """They create the environment in which everything else runs, with the versions of the action's own file."""
    action.takes_along(tmp_path / "packages" / "backprop_grader-1.0-py3-none-any.whl")
    action.install()
    (site,) = (tmp_path / "runner" / "grader").glob("lib/python3*/site-packages")
    assert [path.name for path in (site / "grader").rglob("*.py")] == ["__init__.py"]
    assert [path.name for path in site.glob("torch-*")] == [f"torch-{TORCH}.dist-info"]
    assert untouched(repository)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_cached_environment_grades_like_a_new_one(repository: Path, tmp_path: Path, action: Action) -> None:
    """Once without a cache, once with what was saved before the student's code ran; the key is the same."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    action.takes_along(next((tmp_path / "dist").iterdir()))
    action.install()
    (site,) = (tmp_path / "runner" / "grader").glob("lib/python3*/site-packages")
    (site / "libraries.pth").write_text("\n".join(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    shutil.copytree(tmp_path / "runner" / "grader", tmp_path / "saved", symlinks=True)
    key = action.chosen()["key"]
    given = {
        "EXERCISE": "cross_entropy", "EXERCISES": "", "SUBMISSION": "backward.py",
        "CRITERION": "correct", "FEEDBACK": "kind", "ISOLATION": "process",
    }  # fmt: skip
    cold = action.step("Grade", **given)
    assert (cold.returncode, action.outputs()) == (0, {"code": "1"}), cold.stderr
    shutil.rmtree(tmp_path / "runner")  # another job, on another machine
    assert action.chosen()["key"] == key
    shutil.copytree(tmp_path / "saved", tmp_path / "runner" / "grader", symlinks=True)
    cached = action.step("Grade", **given)
    assert (cached.returncode, action.outputs()) == (0, {"code": "1"}), cached.stderr
    assert unfenced(cached.stdout) == unfenced(cold.stdout) != []
    assert action.step("Report").returncode == 0
    assert action.outputs()["points"] == "0"
    assert untouched(repository)


class TestKey:
    """When an environment is made anew."""

    def test_changes_with_what_is_installed(self, action: Action) -> None:
        """The versions, or a file of the package; a file that is not part of it does not matter."""
        keys = [action.chosen()["key"]]
        for name, text in {
            ".ci/constraints.txt": "torch==2.6.0\n", "grader/api.py": "1", "README.md": "x", "tests/test_api.py": "",
        }.items():  # fmt: skip
            (action.folder / name).parent.mkdir(exist_ok=True)
            (action.folder / name).write_text(text)
            keys.append(action.chosen()["key"])
        assert [before == after for before, after in itertools.pairwise(keys)] == [False, False, False, True]

    def test_names_the_machine_and_its_python(self, action: Action) -> None:
        """Neither runs elsewhere."""
        assert action.chosen()["key"].startswith(f"backprop-grader-Linux-X64-python{platform.python_version()}-")

    def test_a_commit_or_a_wheel_has_its_own(self, action: Action, repository: Path) -> None:
        """By the address, and by the file's content."""
        wheels = [repository / "course" / "grader.whl", repository / "course" / "other.whl"]
        wheels[0].parent.mkdir()
        for path in wheels:
            path.write_text(path.name)
        asked = ["", "git+https://example.org/x@1", "git+https://example.org/x@2", "./course/grader.whl"]
        assert len({action.chosen(package)["key"] for package in (*asked, "./course/other.whl")}) == 5

    def test_no_file_of_the_student_s_repository_takes_the_place_of_another(
        self, action: Action, repository: Path
    ) -> None:
        """Only a path that begins with ./ is looked for there, whatever the repository has under the same name."""
        before = action.chosen("backprop-grader==0.2.0", "constraints.txt")
        (repository / "backprop-grader==0.2.0").mkdir()
        (repository / "constraints.txt").write_text("torch==1.0\n")
        (repository / ".ci").mkdir()
        (repository / ".ci" / "constraints.txt").write_text("torch==1.0\n")
        assert action.chosen("backprop-grader==0.2.0", "constraints.txt") == before
        assert action.chosen()["constraints"] == str(action.folder / ".ci" / "constraints.txt")
        assert action.chosen(constraints="./constraints.txt")["constraints"] == str(repository / "constraints.txt")
        assert untouched(repository)


@pytest.mark.slow
def test_the_actions_other_steps_spring_no_trap(repository: Path, tmp_path: Path, installed: Path) -> None:
    """They grade the file, report the result, and exit with its code."""
    given = {
        "RUNNER_TEMP": str(installed), "EXERCISE": "cross_entropy", "EXERCISES": "", "SUBMISSION": "backward.py",
        "CRITERION": "correct", "FEEDBACK": "kind", "ISOLATION": "process", "CODE": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip
    names = ("Grade", "Report", "Result")
    told = {name: run(steps()[name], repository, **given) for name in names}
    assert {name: done.returncode for name, done in told.items()} == {"Grade": 0, "Report": 0, "Result": 1}, told
    assert told["Grade"].stdout.startswith("::stop-commands::")
    assert "points=0\n" in (tmp_path / "output").read_text()
    assert untouched(repository)


@pytest.mark.slow
def test_the_recipe_for_ci_springs_no_trap(repository: Path, installed: Path) -> None:
    """Its steps, without those that install."""
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```yaml\n- run: \|\n((?:    .*\n)+)```", text)
    kept = [line for line in textwrap.dedent(script).splitlines() if not line.startswith(("grader=", "pip install"))]
    (repository / "exercises.py").unlink()
    (repository / "exercises" / "mlp").mkdir(parents=True)
    shutil.copy(ROOT / "exercises" / "mlp" / "backward.py", repository / "exercises" / "mlp")
    programs = installed / "grader" / "bin"
    (programs / "grade").write_text(f'#!/bin/sh\nexec "{Path(sys.executable).with_name("grade")}" "$@"\n')
    (programs / "grade").chmod(0o755)
    done = run("\n".join(kept), repository, PATH=f"{programs}:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (1, "")
    assert "mlp: 0 of 26 correct" in done.stdout
    assert untouched(repository)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_autograder_for_classroom_50_springs_no_trap(
    repository: Path, tmp_path: Path, installed: Path, offline: dict[str, str]
) -> None:
    """It installs what is beside it; in an environment that is there already it grades, for Classroom 50's runner."""
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(\"\"\"autograder.py.*?)```", text, flags=re.DOTALL)
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "autograder.py").write_text(script)
    (bundle / "constraints.txt").write_text(f"torch=={TORCH}\n")
    wheel(bundle, "backprop_grader", "1.0", "grader/__init__.py")
    given = {
        "CLASSROOM": "c", "ASSIGNMENT": "a", "OWNER": "ada", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "https://c",
        "RELEASE_URL": "https://r", "REVIEW_URL": "https://v",
    }  # fmt: skip
    start = f"python3 {bundle}/autograder.py"
    empty = run(start, repository, **{**offline, **given, "RUNNER_TEMP": str(tmp_path / "fresh")})
    assert empty.returncode == 1, empty.stderr  # that wheel holds nothing
    assert "No module named grader" in empty.stderr
    assert list((tmp_path / "fresh" / "grader").glob(f"lib/python3*/site-packages/torch-{TORCH}.dist-info"))
    done = run(start, repository, **offline, **given, GRADER_ENVIRONMENT=str(installed / "grader"))
    assert done.returncode == 0, done.stderr
    result = json.loads((repository / "result.json").read_text())
    assert (result["owner"], result["score"], result["max-score"]) == ("ada", 0, 26)
    assert untouched(repository)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_gradescopes_scripts_spring_no_trap(
    repository: Path, tmp_path: Path, offline: dict[str, str], grade: Callable[..., Result]
) -> None:
    """setup.sh, and run_autograder in a submission full of traps."""
    package = tmp_path / "packages" / "backprop_grader-1.0-py3-none-any.whl"
    (tmp_path / "c.txt").write_text("torch==2.13.0\n")
    words = ("--exercise", "cross_entropy", "--package", package, "--constraints-file", "c.txt", "-o", "a.zip")
    assert grade("gradescope-zip", *words).exit_code == 0
    root = tmp_path / "autograder"
    (root / "results").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(root / "source")
    shutil.copytree(repository, root / "submission")
    done = run((root / "source" / "setup.sh").read_text(), repository, AUTOGRADER_ROOT=str(root), **offline)
    assert done.returncode == 0, done.stderr
    assert not list((root / "venv").rglob("solutions/*/backward.py"))
    given = {"AUTOGRADER_ROOT": str(root), "GRADE_PYTHON": sys.executable}
    done = run(RUN, root / "submission", **given)
    assert done.returncode == 0, done.stderr
    assert '"score": 0' in (root / "results" / "results.json").read_text(encoding="utf-8")
    assert untouched(repository)
