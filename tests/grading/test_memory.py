"""How much memory a hostile submission can make the grader's own process use."""

from __future__ import annotations

import subprocess
import sys

import pytest

GROWN = """
import resource, sys
from pathlib import Path
from grader.sandbox.client import Sandbox
from grader.sandbox.numerics import pin_torch

with Sandbox() as sandbox:
    pin_torch()
    from grader.exercise.case import build_cases
    from grader.exercise.settings import LECTURE_SEED
    from grader.exercise.shelf import load_exercise
    from grader.grading.grading import start_grading
    from grader.grading.submission import Submission

    exercise = load_exercise(sys.argv[1])
    cases = build_cases(exercise, LECTURE_SEED)
    names = cases.given.graph.differentiable
    source = "import torch\\n"
    for variable in exercise.graded:
        asked = ", ".join(f"d{name}" for name in sorted(exercise.downstream(variable) & names))
        source += f"def d{variable}({asked}): return torch.zeros({sys.argv[2]}, dtype=torch.get_default_dtype())\\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work = Submission("x", Path("backward.py"), {"backward.py": source.encode()})
    rows = list(start_grading(exercise, work, sandbox, cases=cases).rows())
    assert len(rows) == len(exercise.graded)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="this platform does not say what a process has held")
@pytest.mark.parametrize("shape", ["(255, 255)", "(724, 724)", "(65000,)"])
@pytest.mark.parametrize("exercise", ["mlp", "gpt2_block"])
def test_five_kilobytes_of_code_cannot_fill_the_graders_memory(exercise: str, shape: str) -> None:
    """Each function asks for every gradient and returns as much as it may; peak in MB."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GROWN, exercise, shape],
        check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert int(ended.stdout) < 120
