"""Hints generated from the forward pass, for exercises without written ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader.exercise.exercise_toml import Hint
from grader.exercise.shelf import list_exercises, load_exercise
from grader.learner.hints import derivative_in_words, hints, other_ways, shape_in_words, worked

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise

FORWARD = """
GRADED = ["y"]
SIZES = []


def inputs(seed, n=3):
    return {}


def forward(x, w, b, v):
    y = x * 2
    %s
    loss = z.sum()
    return locals()
"""


def exercise(folder: Path, line: str) -> Exercise:
    """An exercise with the given line, and without hints."""
    (folder / "forward.py").write_text(FORWARD % line)
    (folder / "exercise.toml").write_text('title = "Own"\nkind = "gradients"\n')
    return load_exercise(folder)


@pytest.mark.parametrize("name", list_exercises())
def test_there_are_three_hints_without_written_ones(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every line of our own exercises, and never the code."""
    known = load_exercise(name)
    monkeypatch.setattr(known, "settings", replace(known.settings, hints={}))
    for gradient in (name for name in known.gradients if name.startswith("d")):  # a layer's `out` is no gradient
        ladder = hints(known, gradient)
        assert len(ladder) == 3
        assert all(text.endswith((".", "`")) or "used on" in text for text in ladder)
        body = worked(known, gradient).splitlines()[-1].strip().removeprefix("return ")
        assert all(body not in text for text in ladder[1:] if len(body) > 12)


def test_a_hint_by_the_author_takes_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing one is generated."""
    own = exercise(tmp_path, "z = y.exp()")
    monkeypatch.setattr(own, "settings", replace(own.settings, hints={"y": Hint(shape="Like y.")}))
    assert hints(own, "dy")[1:] == ["Like y.", "Line 12: exp is its own derivative."]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("z = y + b", "addition passes its gradient on unchanged to both terms"),
        ("z = y - b", "the first term gets the gradient unchanged"),
        ("z = b - y", "the second term gets the negative gradient"),
        ("z = b * y", "the derivative is the other factor"),
        ("z = y / b", "the numerator gets the gradient divided by the denominator"),
        ("z = b / y", "minus the quotient divided by the denominator"),
        ("z = y**3", "the power is reduced by one"),
        ("z = b**y", "the logarithm of its base"),
        ("z = y @ w", "multiply by the other matrix, transposed"),
        ("z = -y", "a minus sign negates the gradient"),
        ("z = y.T", "dimensions are swapped"),
        ("z = y[1:]", "back to the positions that were read"),
        ("z = torch.tanh(y)", "one minus the square of its output"),
        ("z = fold(y)", "work out where fold puts each element, and send its gradient back the same way"),
        ("z = F.layer_norm(y, (3,), w, b)", "three terms, not one"),
        ("z = F.layer_norm(x, (3,), y, b)", "the normalized values are multiplied by the weight"),
        ("for t in range(2): z = y * t", "used inside a step of several statements; go back through them"),
        ("z = table[0](y)", "it is passed on unchanged"),
    ],
)
def test_each_operation_has_its_rule(tmp_path: Path, line: str, words: str) -> None:
    """In words, after the line number."""
    said = derivative_in_words(exercise(tmp_path, line), "y")
    assert said.startswith("Line 12: ")
    assert words in said


def test_rules_come_in_backward_order(tmp_path: Path) -> None:
    """From the line's result inwards."""
    said = derivative_in_words(exercise(tmp_path, "z = (y * w).sum() + b"), "y")
    places = [said.index(word) for word in ("addition passes", "a sum broadcasts", "in a product")]
    assert places == sorted(places)


def test_a_variable_used_twice_in_a_line_has_two_shares(tmp_path: Path) -> None:
    """They add up."""
    assert "used more than once there" in derivative_in_words(exercise(tmp_path, "z = y * y.exp()"), "y")


def test_no_gradient_flows_through_detach(tmp_path: Path) -> None:
    """Only the other use counts."""
    said = derivative_in_words(exercise(tmp_path, "z = y - y.detach().max(1, keepdim=True).values"), "y")
    assert said == "Line 12: in a subtraction, the first term gets the gradient unchanged."


def test_at_most_three_lines_are_explained() -> None:
    """The weights of a recurrent network are used at every step."""
    assert derivative_in_words(load_exercise("rnn"), "Whh").endswith("every line that uses it adds its share.")


def test_the_shape_hint_is_read_from_the_lines(tmp_path: Path) -> None:
    """A kept dimension, a variable that may have been broadcast."""
    mlp = load_exercise("mlp")
    assert "keepdim=True: if bnmeani has a dimension of size 1, keep it" in shape_in_words(mlp, "bnmeani")
    assert "it was broadcast: sum over the broadcast dimensions" in shape_in_words(mlp, "bngain")
    assert (
        shape_in_words(exercise(tmp_path, "z = y * 2"), "y") == "A gradient has the shape of its variable: that of y."
    )


def test_the_first_hint_says_on_which_lines_a_variable_is_used() -> None:
    """A single line is quoted; several are listed by number."""
    mlp = load_exercise("mlp")
    (line,) = mlp.readers["probs"]
    assert (
        hints(mlp, "dprobs")[0] == f"probs is used on one line of forward.py ({line.number}): `logprobs = probs.log()`"
    )
    numbers = ", ".join(str(line.number) for line in mlp.readers["counts"])
    assert hints(mlp, "dcounts")[0].startswith(f"counts is used on 2 lines of forward.py ({numbers}); the")


def test_a_worked_solution_is_a_single_function() -> None:
    """As written in the solution; for a training exercise, the function for all gradients."""
    assert worked(load_exercise("mlp"), "dh").startswith("def dh(dlogits, W2):\n")
    assert "\ndef " not in worked(load_exercise("mlp"), "dh")
    training = load_exercise("training")
    assert {worked(training, gradient)[:14] for gradient in training.gradients} == {"def gradients("}


def test_other_ways_are_the_blocks_that_write_this_gradient() -> None:
    """Each without the solution that it overrides."""
    ways = other_ways(load_exercise("mlp"), "dprobs")
    assert ways
    assert all(note and "def dlogprobs" not in code and "dprobs" in code for note, code in ways)
