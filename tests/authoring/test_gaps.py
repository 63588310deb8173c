"""Why tests accept a mistake: by what the grader has found in it, not by its label."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.authoring.gaps import Gap, explained
from grader.authoring.gaps import gap as gap_of
from grader.authoring.own_tests import Tried
from grader.authoring.verification import Verification
from grader.exercise.catalogue import Form, solution_file, wrong_forms
from grader.exercise.shelf import load_exercise
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from grader.authoring.gaps import Found
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox


@pytest.fixture
def verification(sandbox: Sandbox, mlp: Exercise) -> Verification:
    """Of the mlp."""
    return Verification(mlp, sandbox)


def tried(mlp: Exercise, function: str, *, kind: str | None = "drawn", accepted: bool = True) -> Tried:
    """A form that redefines one function."""
    name = function[len("def ") :].partition("(")[0]
    solution = solution_file(mlp).read_text(encoding="utf-8")
    return Tried(Form(Path(f"{name}.py"), 1, kind, function, (name,), function, solution), accepted)


@pytest.mark.parametrize(
    ("function", "gap"),
    [
        ("def dbngain(dhpreact, bnraw):\n    return (bnraw * dhpreact).sum(0)", Gap.SHAPE),
        ("def dh(dlogits, W2):\n    return (dlogits @ W2.T).double().to(torch.float16)", Gap.DTYPE),
        ("def dh(dlogits, W2):\n    return dlogits @ W2.T * float('nan')", Gap.FINITE),
        ("def db1(dhprebn):\n    return torch.zeros_like(dhprebn[0])", Gap.NULL),
        ("def dlogit_maxes(dnorm_logits):\n    return (-0.5*dnorm_logits).sum(1, keepdim=True)", Gap.NULL),
        ("def dhprebn(dbndiff, dbnmeani, hprebn):\n    return dbndiff + dbnmeani/32", Gap.SIZES),
        ("def dh(dlogits, W2):\n    return 2 * dlogits @ W2.T", Gap.LOOSE),
        ("def dh(dlogits, W2):\n    return 1.000001 * dlogits @ W2.T", Gap.CLOSE),
        ("def dhpreact(dh, h):\n    return (1 - h*h).clamp(min=1e-7) * dh", Gap.EXTREME),
        (
            "def dcounts_sum_inv(dprobs, counts, Yb, n):\n    return (counts * dprobs)[range(n), Yb].view(-1, 1)",
            Gap.UPSTREAM,
        ),
        ("def dlogprobs(logprobs, Yb, n):\n    raise ValueError", Gap.OTHER),
    ],
)
def test_the_gap_is_what_the_grader_has_found(
    verification: Verification, mlp: Exercise, function: str, gap: Gap
) -> None:
    """A mistake that was rejected says that the gradient is tested."""
    other = tried(mlp, f"{function}  # another", accepted=False)
    found = explained([tried(mlp, function), other], verification)
    assert [each.gap for each in found.accepted] == [gap]
    assert found.accepted[0].row.name == function[4:].partition("(")[0]


def test_a_gradient_in_which_everything_far_off_is_accepted_is_not_tested(
    verification: Verification, mlp: Exercise
) -> None:
    """Everything accepted in it has this one gap."""
    twice = tried(mlp, "def dh(dlogits, W2):\n    return 2 * dlogits @ W2.T")
    flat = tried(mlp, "def dh(dlogits, W2):\n    return (dlogits @ W2.T).view(-1)")
    assert gaps(explained([twice, flat], verification)) == {Gap.NOT_COMPARED: 2}
    refused = tried(mlp, "def dh(dlogits, W2):\n    return 3 * dlogits @ W2.T", accepted=False)
    assert gaps(explained([twice, flat, refused], verification)) == {Gap.LOOSE: 1, Gap.SHAPE: 1}


def test_what_the_grader_accepts_as_well_is_left_out(verification: Verification, mlp: Exercise) -> None:
    """It counts as no mistake."""
    found = explained([tried(mlp, "def dh(dlogits, W2):\n    return (W2 @ dlogits.T).T", kind="mutant")], verification)
    assert (found.accepted, found.mistakes, len(found.equivalent)) == ([], [], 1)


def test_right_forms_count_apart(verification: Verification, mlp: Exercise) -> None:
    """Whether they are accepted or not."""
    function = "def dh(dlogits, W2):\n    return (W2 @ dlogits.T).T"
    found = explained(
        [tried(mlp, function, kind=None), tried(mlp, f"{function}  # again", kind=None, accepted=False)], verification
    )
    assert (len(found.right), len(found.rejected), found.mistakes, found.accepted) == (2, 1, [], [])


def test_gradients_come_in_the_order_of_the_exercise_and_kinds_by_share(
    verification: Verification, mlp: Exercise
) -> None:
    """The order of the backward pass, and the kinds that the tests see least first."""
    found = explained(
        [
            tried(mlp, "def dW2(dlogits, h):\n    return 2 * h.T @ dlogits", kind="constant_factor"),
            tried(mlp, "def dh(dlogits, W2):\n    return -dlogits @ W2.T", kind="sign"),
            tried(mlp, "def dh(dlogits, W2):\n    return 5 * dlogits @ W2.T", kind="constant_factor", accepted=False),
        ],
        verification,
    )
    assert list(found.by_gradient()) == ["dh", "dW2"]
    assert found.by_kind() == {"sign": (1, 1), "constant_factor": (1, 2)}
    assert (found.tried_of("dh"), found.tried_of("dW2")) == (2, 1)


def gaps(found: Found) -> dict[Gap, int]:
    """How many mistakes each gap lets through."""
    return {gap: len(those) for gap, those in found.gaps()}


@pytest.mark.parametrize(("largest", "gap"), [(1e-8, Gap.SMALL), (1.0, Gap.CLOSE)])
def test_a_difference_that_is_large_beside_the_gradient_is_hidden_by_an_absolute_tolerance(
    largest: float, gap: Gap
) -> None:
    """`torch.allclose` allows 1e-8 of anything."""
    row: Any = SimpleNamespace(
        verdict=Verdict.WRONG_VALUES, variable="y", local={"exact": False, "approximate": True, "maxdiff": 5e-9}
    )
    cases: Any = SimpleNamespace(
        null=frozenset(), given=SimpleNamespace(reference={"y": torch.tensor([0.0, -largest])})
    )
    assert gap_of(row, cases) is gap


def test_what_only_further_calls_show_asks_for_more_calls(sandbox: Sandbox) -> None:
    """A layer that is right in every case by itself, and keeps its input on the class."""
    relu = load_exercise("static_relu")
    forms = [form for form in wrong_forms(relu) if "instead of in the cache" in form.note or "laid over" in form.note]
    found = explained([Tried(form, accepted=True) for form in forms], Verification(relu, sandbox))
    assert gaps(found) == {Gap.AGAIN: 2}
