"""Mistakes inside a step of the forward pass: a gradient that is not carried back, or the use of a value left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.diagnosis.kinds import Kind
from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from grader.sandbox.client import Sandbox

FORWARD = """
import torch
GRADED = ["H", "x", "W", "U"]
SIZES = [{"n": 5, "T": 7, "d": 2}, {"n": 8, "T": 3, "d": 9}, {"n": 6, "T": 2, "d": 2}]

def inputs(seed, n=6, T=5, d=4):
    g = torch.Generator().manual_seed(seed)
    W, U = torch.randn(d, d, generator=g), torch.randn(d, d, generator=g) * 0.5
    return {"x": torch.randn(n, T, d, generator=g), "W": W, "U": U, "cot": torch.randn(n, T, d, generator=g)}

def forward(x, W, U, cot):
    h = torch.zeros(x.shape[0], x.shape[2])
    hs = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W + h @ U)
        hs.append(h)
    H = torch.stack(hs, 1)
    loss = (H * cot).sum()
    return locals()
"""
SOLUTION = """
import torch
def dH(cot): return cot
def back(dH, H, U):
    dz, dh = torch.zeros_like(H), torch.zeros_like(H[:, 0])
    for t in reversed(range(H.shape[1])):
        dz[:, t] = (dH[:, t] + dh) * (1 - H[:, t]**2)
        dh = dz[:, t] @ U.T
    return dz
def dx(dH, H, U, W): return back(dH, H, U) @ W.T
def dW(dH, H, U, x): return x.flatten(0, 1).T @ back(dH, H, U).flatten(0, 1)
def dU(dH, H, U): return H[:, :-1].flatten(0, 1).T @ back(dH, H, U)[:, 1:].flatten(0, 1)
"""


def diagnoses(folder: Path, sandbox: Sandbox, solution: str, forward: str = FORWARD) -> dict[str, Any]:
    """What is said about each gradient that is wrong."""
    made = folder / "over_time"
    made.mkdir()
    (made / "exercise.toml").write_text('title = "over time"\n[exact]\nexpected = false\nreason = "a loop"\n')
    (made / "forward.py").write_text(forward)
    (folder / "backward.py").write_text(solution)
    grading = start_grading(Exercise(made), read_submission(folder / "backward.py"), sandbox, Settings())
    found = {row.name: row.diagnosis for row in grading.rows() if not row.correct}
    grading.close()
    return found


def test_a_right_way_back_through_time_is_right(tmp_path: Path, sandbox: Sandbox) -> None:
    """So that the mistakes below are the only ones."""
    assert diagnoses(tmp_path, sandbox, SOLUTION) == {}


def test_a_gradient_that_is_not_carried_is_named(tmp_path: Path, sandbox: Sandbox) -> None:
    """In each gradient that the loop computes."""
    found = diagnoses(tmp_path, sandbox, SOLUTION.replace("(dH[:, t] + dh)", "dH[:, t]"))
    assert list(found) == ["dx", "dW", "dU"]
    for name, each in found.items():
        assert each["kind"] == Kind.MISSING_PATH
        assert each["message"] == (
            f"in your {name}, the gradient of h is not carried back from one round of the loop to the one before. Go "
            "through the rounds of forward.py line 14 from the last; each gets what the one after it sends back"
        )


@pytest.mark.parametrize("slip", ["dz[:, t] @ U", "-dz[:, t] @ U.T"])
def test_another_mistake_in_the_loop_is_not_taken_for_it(tmp_path: Path, sandbox: Sandbox, slip: str) -> None:
    """Something is carried."""
    found = diagnoses(tmp_path, sandbox, SOLUTION.replace("dz[:, t] @ U.T", slip))
    assert "not carried" not in found["dx"]["message"]


RESIDUAL = """
import torch
GRADED = ["h", "U", "W", "x"]
SIZES = [{"n": 5, "d": 2}, {"n": 8, "d": 9}, {"n": 6, "d": 2}]

def inputs(seed, n=6, d=4):
    g = torch.Generator().manual_seed(seed)
    W, U = torch.randn(d, d, generator=g), torch.randn(d, d, generator=g)
    return {"x": torch.randn(n, d, generator=g), "W": W, "U": U, "cot": torch.randn(n, d, generator=g)}

def forward(x, W, U, cot):
    h = x @ W
    residual = h
    h = torch.tanh(h @ U)
    h = h + residual
    loss = (h * cot).sum()
    return locals()
"""
RESIDUAL_SOLUTION = """
import torch
def dh(cot): return cot
def through(dh, x, W, U): return dh * (1 - torch.tanh(x @ W @ U)**2)
def dU(dh, x, W, U): return (x @ W).T @ through(dh, x, W, U)
def dW(dh, x, W, U): return x.T @ (dh + through(dh, x, W, U) @ U.T)
def dx(dh, x, W, U): return (dh + through(dh, x, W, U) @ U.T) @ W.T
"""


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ("(through(dh, x, W, U) @ U.T)", "line 13 is `residual = h`"),
        ("dh", "line 14 is `h = torch.tanh(h @ U)`"),
    ],
)
def test_a_path_that_is_left_out_is_named_by_its_first_use(
    tmp_path: Path, sandbox: Sandbox, wrong: str, place: str
) -> None:
    """The residual connection, or the layer beside it; both are inside one step, since h is assigned again."""
    solution = RESIDUAL_SOLUTION.replace("(dh + through(dh, x, W, U) @ U.T)", wrong)
    found = diagnoses(tmp_path, sandbox, solution, RESIDUAL)
    assert list(found) == ["dW", "dx"]
    for name, each in found.items():
        assert each["kind"] == Kind.MISSING_PATH
        assert each["message"] == (
            f"in your {name}, the gradient that comes back through one use of h is missing. forward.py {place}: the "
            "gradients from all uses add up"
        )


def test_a_step_that_is_left_out_altogether_is_a_missing_path(tmp_path: Path, sandbox: Sandbox) -> None:
    """It is not taken for a use inside the step, nor for a loop that carries nothing back."""
    forward = RESIDUAL.replace("loss = (h * cot).sum()", "loss = (h * cot).sum() + (W**2).sum()")
    found = diagnoses(
        tmp_path, sandbox, RESIDUAL_SOLUTION.replace("def dW(dh", "def dW(W): return 2 * W\ndef _(dh"), forward
    )
    assert "covers only the path through loss" in found["dW"]["message"]
