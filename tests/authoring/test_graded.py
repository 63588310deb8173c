"""What `grade new` grades by default: what a learner should derive."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from grader.authoring.draft import draft
from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from pathlib import Path

    from grader.authoring.exercise_files import Draft

FILE = """\
import torch
import torch.nn.functional as F

def inputs(seed, n=6, d=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g)
    W = torch.randn((d, d), generator=g)
    other = OTHER
    return {'x': x, 'W': W, 'NAME': other}

def forward(x, W, NAME):
    y1 = x @ W
BODY
    return locals()
"""


def made(folder: Path, other: str, body: str, name: str = "a", graded: tuple[str, ...] = ()) -> Draft:
    """The draft of an exercise with one more input."""
    path = folder / "model.py"
    lines = indent(dedent(body).strip(), "    ")
    path.write_text(FILE.replace("OTHER", other).replace("NAME", name).replace("BODY", lines))
    (folder / "trial").mkdir()
    return draft(path, "model", folder / "trial", graded)


GATED = "y2 = y1 * a\nloss = y2.square().sum()"
DRAWN = "torch.randn((n, d), generator=g)"


@pytest.mark.parametrize(
    ("other", "body", "reason"),
    [
        (DRAWN, "loss = (y1 * a).sum()", "a cotangent: it stands in for the rest of a network"),
        ("(torch.rand((n, d), generator=g) > 0.3).float()", GATED, "a mask, or one-hot labels"),
        ("(torch.rand((n, d), generator=g) > 0.3) / 0.7", GATED, "a mask, or one-hot labels"),
        ("torch.randint(1, 9, (n, d), generator=g).float()", GATED, "counts or labels: whole numbers"),
        ("torch.arange(n).float()[:, None] * 0.1 + 0.1", GATED, "a constant: the same for every seed"),
        ("torch.tensor(0.5)", GATED, "a constant: the same for every seed"),
        (DRAWN, "y2 = y1 - a\nloss = y2.square().mean()", "labels: compared with what is computed"),
        (DRAWN, "y2 = F.mse_loss(y1, a)\nloss = y2 * 2", "labels: compared with what is computed"),
        ("x.softmax(1).flip(0)", "loss = -(a * y1.log_softmax(1)).sum(1).mean()", "labels: probabilities"),
    ],
)
def test_what_nobody_derives_is_left_out(tmp_path: Path, other: str, body: str, reason: str) -> None:
    """With the reason; the parameters and what is computed from them are graded."""
    found = made(tmp_path, other, body)
    assert found.without == {"a": reason}
    assert set(found.graded) - {"y2"} == {"y1", "x", "W"}


@pytest.mark.parametrize(
    ("other", "name", "reason"),
    [
        (DRAWN, "y", "labels, by its name"),
        (DRAWN, "targets", "labels, by its name"),
        (DRAWN, "noise", "noise, by its name"),
        ("torch.rand(d, generator=g) + 1", "running_var", "running statistics"),
    ],
)
def test_some_inputs_are_known_by_their_names(tmp_path: Path, other: str, name: str, reason: str) -> None:
    """Those that everybody gives them."""
    assert made(tmp_path, other, f"y2 = y1 * {name}\nloss = y2.square().sum()", name).without == {name: reason}


@pytest.mark.parametrize(
    "other",
    [
        "torch.randn(d, generator=g)",
        "torch.zeros(d)",
        "torch.ones(d)",
        "torch.full((d,), 0.1)",
        "torch.randn((n, d), generator=g)",
    ],
    ids=["a weight", "a bias of zeros", "a weight of ones", "a small scale", "data"],
)
def test_parameters_and_data_are_graded(tmp_path: Path, other: str) -> None:
    """Also if they begin as zeros or ones."""
    found = made(tmp_path, other, "y2 = (y1 + 1) * (a + 1)\nloss = y2.square().sum()")
    assert found.without == {}
    assert "a" in found.graded


def test_what_is_computed_from_labels_alone_is_left_out(tmp_path: Path) -> None:
    """Smoothed labels are labels."""
    body = "q = a * 0.9 + 0.025\nlp = y1.log_softmax(1)\nloss = -(q * lp).sum(1).mean()"
    found = made(tmp_path, "F.one_hot(torch.randint(0, d, (n,), generator=g), d).float()", body)
    assert found.without == {"a": "a mask, or one-hot labels", "q": "computed from a alone"}


def test_the_weights_of_classes_have_no_gradient(tmp_path: Path) -> None:
    """PyTorch refuses to differentiate by them; they are given like any value."""
    body = "ix = y1.argmin(1)\nloss = F.cross_entropy(y1, ix, weight=a)"
    found = made(tmp_path, "torch.rand(d, generator=g) + 0.5", body)
    assert found.graded == ("y1", "x", "W")
    assert found.without == {}


def test_a_gradient_that_is_always_zero_is_left_out(tmp_path: Path) -> None:
    """Any tiny value would be right: the maximum that a softmax subtracts."""
    body = "top = y1.amax(1, keepdim=True)\ne = (y1 - top).exp()\np = e / e.sum(1, keepdim=True)\nloss = (p * a).sum()"
    found = made(tmp_path, DRAWN, body)
    assert found.without["top"] == "its gradient is zero in every case"
    assert "top" not in found.graded


PAIR = """
u = y1.mean(0)
v = y1.sum(0)
for k in range(2):
    u = 1 / (1 + v.exp())
    v = u * a.sum(0)
loss = (u + v).sum()
"""


def test_a_value_that_its_own_step_uses_is_left_out(tmp_path: Path) -> None:
    """Its gradient at the end of the step is not autograd's, which has the path inside the step, too."""
    found = made(tmp_path, DRAWN, PAIR)
    assert found.without["u"] == "the step that computes it uses it, too"
    assert {"v", "y1", "x", "W"} <= {*found.graded}


def test_a_value_that_its_own_step_uses_cannot_be_asked_for(tmp_path: Path) -> None:
    """The author is told what to change."""
    with pytest.raises(BrokenExercise, match="u cannot be graded: the step that computes it uses it, too"):
        made(tmp_path, DRAWN, PAIR, graded=("u",))


def test_the_file_says_what_is_not_graded(tmp_path: Path) -> None:
    """Beside the list in which an author can change it."""
    source = made(tmp_path, DRAWN, "loss = (y1 * a).sum()").source
    assert "# not graded: a, a cotangent: it stands in for the rest of a network; add it below to grade it" in source
    assert "GRADED = ['y1', 'x', 'W']" in source
