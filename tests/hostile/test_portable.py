"""The attacks that the portable back end withstands too: those on the grader, not on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox
from grader.sandbox.limits import Level
from tests.hostile.attacks import Attack, attacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise

pytestmark = pytest.mark.hostile

ATTACKS = [attack for attack in attacks() if attack.name.startswith(("exits/", "odd/", "patched/", "remembering/"))]
LEAVE_TRACES = {"exits/atexit", "exits/kill_self", "exits/abort"}
"""Files and signals affect the machine: only the locked level stops them."""


@pytest.fixture(scope="module")
def portable() -> Iterator[Sandbox]:
    """What macOS and Windows run, with the rules off."""
    with Sandbox(force=Level.PROCESS, timeout=4.0, submission_timeout=30.0, rules=False) as running:
        yield running


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack.name not in LEAVE_TRACES], ids=lambda attack: attack.name
)
def test_attack_gets_its_verdicts_in_a_separate_process(
    portable: Sandbox, mlp: Exercise, mlp_cases: Cases, solution_source: str, attack: Attack
) -> None:
    """No code grades itself, gets its own answer from the grader, or ends the run, on any platform."""
    files = {"backward.py": attack.submission(solution_source, {})}
    grading = start_grading(mlp, Submission("attack", Path("backward.py"), files), portable, Settings(), mlp_cases)
    rows = list(grading.rows())
    grading.close()
    expected = attack.expected(rules=False)
    wrong = {
        row.name: f"{row.verdict}: {row.problem}"
        for row in rows
        if row.verdict not in expected.get(row.name, expected["*"])
    }
    assert wrong == {}
