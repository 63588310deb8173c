"""The action's steps, the recipe of docs/instructors.md and Gradescope's scripts, run in a repository full of traps.

A repository contains whatever its owner puts there. If Python imported a module from it, or a tool read its settings,
a student's code would run outside the sandbox, in the job that decides the grade.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
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
        cwd=repository, env=kept | environment, check=False, capture_output=True, text=True, timeout=110,
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


@pytest.mark.slow
def test_the_actions_first_step_springs_no_trap_and_removes_the_solutions(
    repository: Path, tmp_path: Path, offline: dict[str, str]
) -> None:
    """It creates the environment in which everything else runs."""
    done = run(steps()["Install"], repository, VERSION="1.0", **offline)
    assert done.returncode == 0, done.stderr
    (package,) = (tmp_path / "runner" / "grader").glob("lib/python3*/site-packages/grader")
    assert [path.name for path in package.rglob("*.py") if "__pycache__" not in path.parts] == ["__init__.py"]
    assert untouched(repository)


@pytest.mark.slow
def test_the_actions_other_steps_spring_no_trap(repository: Path, tmp_path: Path, installed: Path) -> None:
    """They grade the file, report the result, and exit with its code."""
    given = {
        "RUNNER_TEMP": str(installed), "EXERCISE": "cross_entropy", "EXERCISES": "", "SUBMISSION": "backward.py",
        "CRITERION": "correct", "FEEDBACK": "kind", "ISOLATION": "process", "CODE": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip
    names = iter(steps().items())
    next(names)
    told = {name: run(script, repository, **given) for name, script in names}
    assert {name: done.returncode for name, done in told.items()} == {"Grade": 0, "Report": 0, "Result": 1}, told
    assert told["Grade"].stdout.startswith("::stop-commands::")
    assert "points=0\n" in (tmp_path / "output").read_text()
    assert untouched(repository)


@pytest.mark.slow
def test_the_recipe_for_ci_springs_no_trap(repository: Path, installed: Path) -> None:
    """Its steps, without those that install."""
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```yaml\n- run: \|\n((?:    .*\n)+)```", text)
    kept = [line for line in textwrap.dedent(script).splitlines() if not line.startswith("pip install")]
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
def test_gradescopes_scripts_spring_no_trap(
    repository: Path, tmp_path: Path, offline: dict[str, str], grade: Callable[..., Result]
) -> None:
    """setup.sh, and run_autograder in a submission full of traps."""
    package = tmp_path / "packages" / "backprop_grader-1.0-py3-none-any.whl"
    (tmp_path / "c.txt").write_text("torch==2.13.0\n")
    words = ("--exercise", "cross_entropy", "--package", package, "--constraints", "c.txt", "-o", "a.zip")
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
