"""From a forward pass to an exercise, and a clear sentence for every malformed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.exercise import Exercise
from grader.verify import Verification

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sandbox.client import Sandbox

FORWARD = """\
# A step of a state-space model.
import torch

def decay(a):
    return torch.exp(-torch.exp(a))

def inputs(seed, n=12, state=4, width=3):
    g = torch.Generator().manual_seed(seed)
    u = torch.randn((n, width), generator=g)
    a = torch.randn((state,), generator=g)
    B = torch.randn((width, state), generator=g)
    h0 = torch.randn((n, state), generator=g)
    cot = torch.randn((n, state), generator=g)
    return {'u': u, 'a': a, 'B': B, 'h0': h0, 'cot': cot}

def forward(u, a, B, h0, cot):
    w = decay(a) # how much of the state is kept
    kept = w * h0
    new = u @ B
    h1 = kept + new
    left, right = (h1 * cot).chunk(2, dim=1)
    loss = left.sum() + 2*right.sum()
    return locals()
"""

SOLUTION = """\
import torch

def dleft(left):
    return torch.ones_like(left)

def dright(right):
    return 2*torch.ones_like(right)

def dh1(dleft, dright, cot):
    return torch.cat([dleft, dright], 1)*cot

def dnew(dh1):
    return dh1

def dB(u, dnew):
    return u.T @ dnew

def du(dnew, B):
    return dnew @ B.T

def dkept(dh1):
    return dh1

def dh0(dkept, w):
    return dkept*w

def dw(dkept, h0):
    return (dkept*h0).sum(0)

def da(dw, w, a):
    return -dw*w*torch.exp(a)

def dcot(dleft, dright, h1):
    return torch.cat([dleft, dright], 1)*h1
"""


def make(folder: Path, source: str, *options: str) -> Result:
    """Run `grade new` on a file."""
    (folder / "model.py").write_text(source)
    return CliRunner().invoke(
        main, ["new", str(folder / "model.py"), "--exercises", str(folder / "exercises"), *options]
    )


def test_a_forward_pass_becomes_an_exercise_that_only_lacks_its_answers(tmp_path: Path, sandbox: Sandbox) -> None:
    """Helper functions and tuples are traced; stubs fail; the written solution is right and exact."""
    result = make(tmp_path, FORWARD)
    assert result.exit_code == 0, result.output
    exercise = Exercise(tmp_path / "exercises" / "model")
    assert set(exercise.graded) == {"left", "right", "h1", "new", "B", "u", "kept", "h0", "w", "a", "cot"}
    verification = Verification(exercise, sandbox)
    assert verification.stubs().problems == ()
    assert "dright of the solution is not_started" in " ".join(verification.solution().problems)
    assert len(verification.reading_matter().problems) == 11, "the hints are still to be written"
    (tmp_path / "solutions" / "model" / "backward.py").write_text(SOLUTION)
    assert Verification(exercise, sandbox).solution().problems == ()
    assert Verification(exercise, sandbox).mutants(20, seed=3).problems == ()


def test_the_further_sizes_are_all_different(tmp_path: Path) -> None:
    """So that a size typed as a number shows."""
    make(tmp_path, FORWARD)
    sizes = Exercise(tmp_path / "exercises" / "model").sizes
    numbers = [size for case in sizes for size in case.values()]
    assert len(sizes) == 3
    assert len(set(numbers)) == len(numbers) == 9


def test_only_the_named_variables_are_graded(tmp_path: Path) -> None:
    """In the order of the backward pass, whatever the order of the options."""
    make(tmp_path, FORWARD, "--graded", "B", "--graded", "h1")
    assert Exercise(tmp_path / "exercises" / "model").graded == ("h1", "B")


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    """The second run says so."""
    assert make(tmp_path, FORWARD).exit_code == 0
    again = make(tmp_path, FORWARD)
    assert again.exit_code == 4
    assert "is there already" in again.output


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("def inputs(seed,", "def input(seed,", "no function inputs(seed, ...)"),
        ("def inputs(seed, n", "def inputs(number, n", "model.py:7: the first parameter of inputs() has to be seed"),
        ("seed, n=12, state=4, width=3):", "seed):\n    n, state, width = 12, 4, 3", "has no sizes to vary"),
        ("    loss =", "    lost =", "has to be `loss = ...`"),
        ("    return locals()", "    return loss", "has to end in `return locals()`"),
        ("    kept = w * h0", "    kept = w * h0\n    kept = kept + 0", "model.py:19: kept is assigned a second time"),
        ("    kept = w * h0", "    kept = w * h0\n    kept *= 2", "model.py:19: this changes a value in place"),
        ("    kept = w * h0", "    kept = h0.mul_(w)", "model.py:18: .mul_() changes a value in place; use .mul()"),
        ("    kept = w * h0", "    for i in range(3): kept = w * h0", "model.py:18: a loop makes many values"),
        ("torch.randn((n, width), generator=g)", "torch.randn((n, width))", "draws from torch's global generator"),
        ("manual_seed(seed)", "manual_seed(5)", "inputs(7) and inputs(8) are the same"),
        (
            "    loss = left.sum() + 2*right.sum()",
            "    loss = left + 2*right",
            "the loss has shape (12, 2); it has to be one number",
        ),
        ("    w = decay(a)", "    w = torch.log(-torch.exp(a))", "is not finite"),
        ("    new = u @ B", "    new = u @ B.T", "model.py:19: RuntimeError"),
        ("    w = decay(a)", "    both = torch.cat([a, a])\n    w = decay(a) * both.max()", "meet a tie"),
    ],
)
def test_a_malformed_forward_pass_gets_its_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """With the line where there is one, and nothing is written."""
    result = make(tmp_path, FORWARD.replace(old, new))
    assert result.exit_code == 4, result.output
    assert sentence in result.output
    assert not (tmp_path / "exercises").exists()


NULL = FORWARD.replace(
    "loss = left.sum() + 2*right.sum()", "loss = ((h1 - h1.mean())*1.0).sum() + 0*left.sum() + 0*right.sum()"
)


def test_a_gradient_that_is_zero_everywhere_has_to_be_said(tmp_path: Path) -> None:
    """out.sum() after centring is the classic."""
    result = make(tmp_path, NULL, "--graded", "kept")
    assert result.exit_code == 4
    assert "the gradient of kept is zero on every case" in result.output
    assert "--null kept" in result.output
    assert make(tmp_path, NULL, "--graded", "kept", "--null", "kept").exit_code == 0
    assert Exercise(tmp_path / "exercises" / "model").settings.null == ("kept",)


def test_a_kink_that_is_hit_exactly_is_refused(tmp_path: Path) -> None:
    """A rectifier has no derivative at 0 that everybody agrees on."""
    source = FORWARD.replace(
        "    new = u @ B", "    masked = u * (u > 0)\n    rect = masked.relu()\n    new = rect @ B"
    )
    result = make(tmp_path, source)
    assert result.exit_code == 4
    assert "masked is exactly 0 somewhere, where relu has no derivative" in result.output
