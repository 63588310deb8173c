"""Forms of different gradients in one submission: which may share one, and that each is judged as if alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.authoring.side_by_side import side_by_side
from grader.authoring.verification import Verification
from grader.exercise.catalogue import Form, solution_file
from grader.exercise.shelf import load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox

SOLUTION = "import math\n\ndef half(x):\n    return x / 2\n\ndef dx(dy):\n    return half(dy)\n"


def form(gradient: str, block: str, solution: str = SOLUTION) -> Form:
    """One that writes this gradient anew."""
    return Form(Path("d.py"), 1, None, "n", (gradient,), block, solution)


def sizes(*forms: Form) -> list[int]:
    """How many forms each submission holds."""
    return sorted(len(group.forms) for group in side_by_side(forms))


DX, DY = form("dx", "def dx(dy):\n    return dy"), form("dy", "def dy(dz):\n    return dz")


def test_forms_of_different_gradients_share_a_submission() -> None:
    """It has the blocks of both."""
    (group,) = side_by_side([DX, DY])
    assert group.as_one().gradients == ("dx", "dy")
    assert group.as_one().source == f"{SOLUTION}\n\n{DX.block}\n\n{DY.block}\n"


@pytest.mark.parametrize(
    "other",
    [
        form("dx", "def dx(dy):\n    return 2 * dy"),
        form("dy", "def dy(dz):\n    return dx(dz)"),
        form("dy", "def dy(dz):\n    return (lambda: [dx(one) for one in dz])()"),
        form("dy", "old = dx\ndef dy(dz):\n    return old(dz)"),
        form("dy", "def half(x):\n    return x\ndef dy(dz):\n    return half(dz)"),
        form("dy", "from math import dx\ndef dy(dz):\n    return dz"),
        form("dy", "def dy(dz):\n    return dz", f"{SOLUTION}\nn = 1\n"),
        form("dy", "a complete = submission", ""),
    ],
    ids=[
        "the same",
        "calls it",
        "calls it inside",
        "reads it",
        "what others call",
        "imports it",
        "another",
        "complete",
    ],
)
def test_a_form_that_would_notice_or_be_noticed_is_alone(other: Form) -> None:
    """In either order."""
    assert sizes(DX, other) == sizes(other, DX) == [1, 1]


def test_a_parameter_that_is_called_like_a_gradient_is_not_that_gradient() -> None:
    """As in every exercise: `dy` is what `dx` is given."""
    assert sizes(DY, form("dx", "def dx(dy):\n    return dy * dy.sum()")) == [2]


RIGHT = "def dx1(dr1, dr2, cos, sin):\n    return dr1 * cos + sin * dr2"
WRONG = "def dx2(dr1, dr2, cos, sin):\n    return dr2 * cos + dr1 * sin"
ENDLESS = "def dr1(dout, half):\n    while True:\n        pass"


@pytest.fixture
def verification(sandbox: Sandbox) -> Verification:
    """Of a small exercise."""
    return Verification(load_exercise("rope"), sandbox)


def laid(verification: Verification, *blocks: str) -> list[Form]:
    """Each of these functions over the exercise's worked solution."""
    solution = solution_file(verification.exercise).read_text(encoding="utf-8")
    return [form(block.removeprefix("def ").partition("(")[0], block, solution) for block in blocks]


def test_each_form_has_its_own_verdict(verification: Verification) -> None:
    """Of those in one submission, too."""
    forms = laid(verification, WRONG, RIGHT)
    assert sizes(*forms) == [2]
    assert list(verification.accepted(forms)) == ["wrong/d.py:1 (None: n) was accepted: dx1"]
    (sentence,) = verification.rejected(forms)
    assert sentence.startswith("right/d.py:1 (n): dx2 is wrong_values")


def test_a_rejected_form_is_reported_with_the_lines_of_its_own_file(verification: Verification) -> None:
    """As an author finds it there, below the worked solution."""
    forms = laid(verification, RIGHT, "def dx2(dr1, dr2, cos, sin):\n    return dr2 @ cos")
    (sentence,) = verification.rejected(forms)
    last = forms[1].source.count("\n")
    assert f"(backward.py:{last})" in sentence


def test_a_form_that_never_returns_rejects_no_other(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has used up would be missing to the others, so that each is graded alone."""
    verification, asked = Verification(load_exercise("rope"), sandbox), []
    monkeypatch.setattr(verification, "grade", spied(verification.grade, asked))
    forms = laid(verification, ENDLESS, RIGHT)
    assert list(verification.accepted(forms)) == ["wrong/d.py:1 (None: n) was accepted: dx1"]
    assert [each.gradients for each in asked] == [("dr1", "dx1"), ("dr1",), ("dx1",)]


def spied(grade: Callable[[Form], list[Row]], asked: list[Form]) -> Callable[[Form], list[Row]]:
    """The same, with a list of what was graded."""

    def spy(form: Form) -> list[Row]:
        asked.append(form)
        return grade(form)

    return spy
