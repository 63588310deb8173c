"""Training with the learner's own gradients."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "training" / "backward.py").read_text()
FEW_STEPS = 5


@pytest.fixture(scope="module")
def grade(sandbox: Sandbox) -> Any:
    """Grade a source for the training exercise; every step is like the first, so there are only a few."""

    @cache
    def graded(source: str, steps: int = FEW_STEPS) -> dict[str, Any]:
        exercise = load_exercise("training")
        exercise.constants["STEPS"] = steps
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        return start_grading(exercise, submission, sandbox).document()

    return graded


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    """Verdict by gradient."""
    return {row["name"]: row["verdict"] for row in document["gradients"]}


def test_the_solution_follows_autograd_s_run_for_200_steps(grade: Any) -> None:
    """Every loss and all seven parameters."""
    document = grade(SOLUTION, 200)
    assert set(verdicts(document).values()) <= {"correct", "exact"}
    assert len(document["training"]["losses"]) == 200
    assert document["training"]["losses_right"]
    assert document["training"]["largest_loss_difference"] < 1e-12
    assert document["score"]["chained_correct"] == 7


def test_training_lowers_the_loss(grade: Any) -> None:
    """It is a real run."""
    losses = grade(SOLUTION, 200)["training"]["reference_losses"]
    assert losses[-1] < losses[0] - 0.5


def test_a_wrong_gradient_fails_itself_and_the_run(grade: Any) -> None:
    """The others agree with autograd at the learner's own parameters."""
    document = grade(SOLUTION.replace("return [", "db2 = db2*1.001\n    return ["))
    assert [name for name, verdict in verdicts(document).items() if verdict == "wrong_values"] == ["db2"]
    assert not document["training"]["losses_right"]
    assert document["score"]["chained_correct"] == 0


def test_a_wrong_shape_stops_the_run_at_that_step(grade: Any) -> None:
    """There is no gradient to update with."""
    document = grade(SOLUTION.replace("return [", "db2 = db2[:5]\n    return ["))
    assert verdicts(document)["db2"] == "wrong_shape"
    assert document["training"]["stopped"] == "in step 0"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("def gradients(n):\n    raise NotImplementedError", "not_started"),
        ("def gradients(n):\n    return [1, 2]", "wrong_type"),
        ("def gradients(m):\n    return m", "unknown_parameter"),
        ("def gradients(n):\n    return n/0", "raised"),
        ("def gradient(n):\n    return n", "not_started"),
        ("def gradients(logits):\n    logits.backward()", "refused"),
        ("def gradients(:", "raised"),
    ],
)
def test_a_function_without_gradients_gives_all_seven_rows_its_verdict(grade: Any, source: str, verdict: str) -> None:
    """One function, one sentence."""
    document = grade(source)
    assert set(verdicts(document).values()) == {verdict}
    assert document["score"]["points"] == 0


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def gradients(n):\n    return n/0", 2),
        ("def gradients(logits):\n    logits.backward()", 2),
        ("def gradients(n, most=1/0):\n    return [n]", 1),
        ("def gradients(:", 1),
        ("\ndef gradients(m):\n    return m", 2),
    ],
)
def test_a_row_points_to_the_line_with_its_problem(grade: Any, source: str, line: int) -> None:
    """As if each gradient had its own function; otherwise to the function."""
    assert {row["line"] for row in grade(source)["gradients"]} == {line}


OWN = """

def gradients(C, W1, W2, bngain, Xb, Yb, n, emb, embcat, bnvar_inv, bnraw, h, logits):
    mine = _own(C, W1, W2, bngain, Xb, Yb, n, emb, embcat, bnvar_inv, bnraw, h, logits)
    return [grad*(n/32) for grad in mine]
"""


def test_a_hard_coded_size_is_found_at_other_sizes(grade: Any) -> None:
    """32 is the size of this minibatch only; a null gradient cannot show that."""
    found = verdicts(grade(SOLUTION.replace("def gradients(", "def _own(", 1) + OWN))
    assert found.pop("db1") == "correct"
    assert set(found.values()) == {"hard_coded"}


def test_a_null_gradient_is_noted(grade: Any) -> None:
    """It cannot be verified here, and the row says so."""
    rows = {row["name"]: row for row in grade(SOLUTION)["gradients"]}
    assert any("zero up to rounding" in note for note in rows["db1"]["notes"])
    assert not any("zero up to rounding" in note for note in rows["db2"]["notes"])


@pytest.mark.slow
def test_a_transformer_trains_on_names_and_generates_some(sandbox: Sandbox) -> None:
    """The generalized exercise: sixteen parameters, any other inputs, and names at the end."""
    source = (ROOT / "solutions" / "gpt2_training" / "backward.py").read_text()
    submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
    document = start_grading(load_exercise("gpt2_training"), submission, sandbox).document()
    assert set(verdicts(document).values()) <= {"correct", "exact"}
    assert document["score"]["chained_correct"] == 16
    run = document["training"]
    assert run["losses"][-1] < run["losses"][0] - 1
    assert len(run["samples"]) == 8
    assert all(name.isalpha() for name in run["samples"])


CUTS = {
    "hidden units": ("dW2", "torch.cat([dW2[:64], 0*dW2[64:]])"),
    "columns": ("dbnbias", "torch.cat([dbnbias[:, :64], 0*dbnbias[:, 64:]], 1)"),
    "rows": ("dW1", "torch.cat([dW1[:30], 0*dW1[30:]])"),
    "letters": ("dC", "torch.cat([dC[:27], 0*dC[27:]])"),
}


def test_what_the_run_never_reaches_is_tested_at_other_sizes(grade: Any) -> None:
    """The steps at the given sizes never truncate anything at 64."""
    cut = "\n    ".join(f"{name} = {wrong}" for name, wrong in CUTS.values())
    document = grade(SOLUTION.replace("return [", f"{cut}\n    return ["))
    found = {name for name, verdict in verdicts(document).items() if verdict == "hard_coded"}
    assert found == {name for name, _ in CUTS.values()}
    assert document["training"]["losses_right"]


def test_a_threshold_on_the_gradient_of_the_loss_is_found(grade: Any) -> None:
    """It is 1 in every step, and far from 1 at other sizes."""
    source = SOLUTION.replace("def gradients(", "def gradients(dloss, ").replace(
        "return [", "db2 = db2*dloss.clamp(-3, 3)\n    return [dloss*each for each in ["
    )
    whole = source.replace("bngain, dbnbias]", "bngain, dbnbias]]")
    assert whole.count("]]") == 1
    document = grade(whole.replace("db2 = db2*dloss.clamp(-3, 3)", "db2 = db2*(dloss.clamp(-3, 3)/dloss)"))
    assert [name for name, verdict in verdicts(document).items() if verdict == "hard_coded"] == ["db2"]
