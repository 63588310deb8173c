"""Fixtures for every test: pinned numerics, one warm sandbox per session, the mlp and its cases."""

from __future__ import annotations

import gc
import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from click.testing import CliRunner
from lent import Shared, SharedProcess

from grader.sandbox.client import Sandbox, started
from grader.sandbox.numerics import pin_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from click.testing import Result

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row

pytest_plugins = ["pytester"]

pin_environment()

# How long an example takes says how busy the machine is, nothing about the code.
hypothesis.settings.register_profile("grader", deadline=None, max_examples=20)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile("grader")

ROOT = Path(__file__).resolve().parent.parent

SKIPS_FAIL = "GRADER_NO_SKIPS" in os.environ
"""If everything that tests need is installed, a skipped test is a test that did not run, so it fails."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail tests that skip while running."""
    report = yield
    if SKIPS_FAIL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail tests that skip during collection."""
    report = yield
    if SKIPS_FAIL and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped: {report.longrepr}"
    return report


def pytest_collection_finish() -> None:
    """Leave torch and the tests themselves out of every collection of garbage: each run in this process ends in one."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One warm server for all tests, with short limits so that hanging code costs little time."""
    with started(timeout=2.0, submission_timeout=30.0) as warm:
        yield warm


@pytest.fixture(scope="session")
def mlp() -> Exercise:
    """The lecture's exercise."""
    from grader.exercise.shelf import load_exercise

    return load_exercise("mlp")


@pytest.fixture(scope="session")
def mlp_cases(mlp: Exercise) -> Cases:
    """Its given case and the further ones, built once."""
    from grader.exercise.case import build_cases
    from grader.exercise.settings import LECTURE_SEED

    return build_cases(mlp, LECTURE_SEED)


@pytest.fixture(scope="session")
def solution_source() -> str:
    """The worked solution of the mlp."""
    return (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")


@pytest.fixture
def installed_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package that provides the exercise `squares`."""
    from packs import lay_down_pack

    from grader.exercise.packs import packs

    package = lay_down_pack(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    packs.cache_clear()
    yield package
    packs.cache_clear()


@pytest.fixture
def graded(sandbox: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str) -> Callable[..., dict[str, Row]]:
    """Grade the solution overlaid with some source; rows by name."""
    from grader.exercise.settings import Settings
    from grader.grading.grading import start_grading
    from grader.grading.submission import Submission

    def grade(
        block: str = "", *, only: tuple[str, ...] = (), alone: bool = False, **settings: object
    ) -> dict[str, Row]:
        source = block if alone else f"{solution_source}\n\n{block}"
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        plain = not {"seed", "batch_size", "hidden_seed"} & settings.keys()
        chosen = Settings(only=only, **settings)  # type: ignore[arg-type]
        grading = start_grading(mlp, submission, sandbox, chosen, mlp_cases if plain else None)
        rows = {row.name: row for row in grading.rows()}
        grading.close()
        return rows

    return grade


@pytest.fixture(scope="session")
def neuron(sandbox: Sandbox) -> Callable[[str], Row]:
    """Grade one gradient of micrograd, where every value is a single number and there are no sizes."""
    from grader.exercise.case import build_cases
    from grader.exercise.settings import LECTURE_SEED, Settings
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import Submission

    exercise = load_exercise("micrograd")
    cases = build_cases(exercise, LECTURE_SEED)

    def grade(source: str) -> Row:
        name = source.partition("def ")[2].partition("(")[0]
        files = {"backward.py": f"import torch\n\n{source}\n".encode()}
        submission = Submission("test", Path("backward.py"), files)
        grading = start_grading(exercise, submission, sandbox, Settings(only=(name,)), cases)
        row = grading.row(name)
        grading.close()
        return row

    return grade


@pytest.fixture(scope="session")
def built_once() -> Callable[..., Cases]:
    """`build_cases`, which builds those of exercises with the same files once for all tests."""
    from grader.exercise.case import build_cases

    kept: dict[tuple[object, ...], Cases] = {}

    def build(exercise: Exercise, *settings: int | None) -> Cases:
        key = (exercise.name, exercise.sha256, *settings)
        if key not in kept:
            kept[key] = build_cases(exercise, *settings)  # type: ignore[arg-type]
        return kept[key]

    return build


@pytest.fixture
def lent_sandbox(sandbox: Sandbox, built_once: Callable[..., Cases], monkeypatch: pytest.MonkeyPatch) -> Shared:
    """Code that starts a sandbox, or a process with one, gets the session's: only slow tests start a process."""
    shared = Shared(sandbox)
    monkeypatch.setattr("grader.sandbox.client.Sandbox", lambda **_: shared)
    monkeypatch.setattr("grader.sandbox.grader_process.GraderProcess.launch", lambda: SharedProcess(shared))
    for user in ("grading.grading", "exercise.case"):
        monkeypatch.setattr(f"grader.{user}.build_cases", built_once)
    return shared


@pytest.fixture
def grade(lent_sandbox: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `grade` in this process, in an empty folder: exit code, stdout, stderr."""
    from grader.cli.main import main

    monkeypatch.chdir(tmp_path)
    return lambda *args, **extra: CliRunner().invoke(main, [str(arg) for arg in args], **extra)


@pytest.fixture
def notebooks_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An author's notebook is run in this process, and in the current folder: only slow tests start a process."""
    from grader.authoring.notebook_values import run

    def run_here(asked: list[dict[str, object]], _: Path) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as that of a file left open
            return json.loads(json.dumps(run(asked)))

    monkeypatch.setattr("grader.authoring.notebook_values.in_own_process", run_here)


@pytest.fixture
def workspace(grade: Callable[..., Result], tmp_path: Path) -> Path:
    """A learner's workspace as `grade init` makes it, and the current folder."""
    assert grade("init", ".").exit_code == 0
    return tmp_path
