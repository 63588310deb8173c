"""`exact` depends on the build of torch, and on nothing else about the machine."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.exercise.case import build_cases
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def machines() -> Any:
    """The benchmark that compares machines, as a module."""
    spec = importlib.util.spec_from_file_location("machines", ROOT / "benchmarks" / "machines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def places(machines: Any) -> Any:
    """Ten forms whose bits depend on the data."""
    return machines.forms()


@pytest.fixture(scope="module")
def here(machines: Any, places: Any) -> Any:
    """The digest of this CPU."""
    return machines.digest_of(places)


@pytest.mark.slow
@pytest.mark.parametrize("condition", ["AVX2 kernels asked for", "two threads asked for", "four threads asked for"])
def test_an_environment_that_requests_other_numerics_has_no_effect(
    machines: Any, places: Any, here: Any, condition: str
) -> None:
    """The pins win: same bits, same verdicts of ten forms whose bits depend on the data."""
    launcher, environment = machines.conditions()[condition]
    assert here["solution"]["exact"] == 26
    assert len(here["forms"]) == machines.FORMS
    assert machines.digest_of(places, *launcher, **environment) == here


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("qemu-x86_64"), reason="needs qemu-x86_64 (Debian: qemu-user)")
@pytest.mark.parametrize("cpu", ["Nehalem", "Haswell"])
@pytest.mark.timeout(600)
def test_an_emulated_cpu_has_the_same_bits_and_verdicts(machines: Any, places: Any, here: Any, cpu: str) -> None:
    """One without AVX2 and one with it."""
    assert machines.digest_of(places, shutil.which("qemu-x86_64"), "-cpu", cpu) == here


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_requested_by_a_submission_do_not_change_verdicts(solution_source: str, threads: int) -> None:
    """The rules refuse the call; with the rules off it has no effect on the bits."""
    source = f"{solution_source}\ntorch.set_num_threads({threads})\n"
    exercise = load_exercise("mlp")
    with Sandbox(rules=False) as sandbox:
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        cases = build_cases(exercise, LECTURE_SEED)
        score = start_grading(exercise, submission, sandbox, cases=cases).document()["score"]
    assert score["exact"] == score["chained_exact"] == 26
