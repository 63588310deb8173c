"""Eighty forward passes as instructors write them: how many become exercises as they are.

They were written from their subjects, not to fit the tool. For each there are a right solution and labeled mistakes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.authoring.draft import draft
from grader.authoring.exercise_files import write_exercise
from grader.authoring.verification import Verification
from grader.exercise.catalogue import wrong_forms
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

PASSES = Path(__file__).parent / "passes"
REFUSED = {
    "ppo": "surr1 equals surr2 in some elements, where min may take either's derivative",
}
"""Those that cannot become exercises as they are, with the sentence."""
ACCEPTED = [path.stem for path in sorted(PASSES.glob("*.py")) if path.stem not in REFUSED]
QUICK = ("single_neuron", "vanilla_rnn", "mlp_dict", "conv_naive", "causal_attention", "residual_net")
"""One for each construct; the default tests make these alone."""


def made(folder: Path, name: str) -> Exercise:
    """The exercise that `grade new` makes of a forward pass, with its solution."""
    drawn = draft(PASSES / f"{name}.py", name, folder / "trial")
    write_exercise(drawn, folder / "exercises", folder / "solutions", name)
    shutil.copytree(PASSES / "solutions" / name, folder / "solutions" / name, dirs_exist_ok=True)
    return Exercise(folder / "exercises" / name)


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in ACCEPTED])
def test_a_forward_pass_becomes_an_exercise(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    """A right solution gets every gradient, and three mistakes do not."""
    exercise = made(tmp_path, name)
    verification = Verification(exercise, sandbox)
    checks = (verification.sizes(), verification.stubs(), verification.right(), verification.wrong())
    assert [problem for check in checks for problem in check.problems] == []
    assert [p for p in verification.solution().problems if "is correct, but not exact" not in p] == []
    assert len(wrong_forms(exercise)) >= 3


@pytest.mark.parametrize("name", REFUSED)
def test_the_others_are_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    """Where a derivative is a choice."""
    with pytest.raises(BrokenExercise) as caught:
        draft(PASSES / f"{name}.py", name, tmp_path)
    assert REFUSED[name] in str(caught.value)
