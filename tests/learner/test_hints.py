"""Hints that are read off the forward pass, where an author has written none."""

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
    """One with a certain line, and without hints."""
    (folder / "forward.py").write_text(FORWARD % line)
    (folder / "exercise.toml").write_text('title = "Own"\nkind = "gradients"\n')
    return load_exercise(folder)


@pytest.mark.parametrize("name", list_exercises())
def test_a_ladder_has_three_steps_without_a_written_hint(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every line of our own exercises, and never the code."""
    known = load_exercise(name)
    monkeypatch.setattr(known, "settings", replace(known.settings, hints={}))
    for gradient in known.gradients:
        ladder = hints(known, gradient)
        assert len(ladder) == 3
        assert all(text.endswith((".", "`")) or "used on" in text for text in ladder)
        body = worked(known, gradient).splitlines()[-1].strip().removeprefix("return ")
        assert all(body not in text for text in ladder[1:] if len(body) > 12)


def test_what_an_author_writes_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other half is filled in."""
    own = exercise(tmp_path, "z = y.exp()")
    monkeypatch.setattr(own, "settings", replace(own.settings, hints={"y": Hint(shape="Like y.")}))
    assert hints(own, "dy")[1:] == ["Like y.", "Line 12: exp is its own derivative."]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("z = y + b", "a sum hands its gradient on"),
        ("z = y - b", "what something is taken away from gets the gradient unchanged"),
        ("z = b - y", "what is taken away gets the gradient with a minus"),
        ("z = b * y", "the derivative is the other factor"),
        ("z = y / b", "what is divided gets the gradient divided by the same"),
        ("z = b / y", "minus the fraction over it once more"),
        ("z = y**3", "one power less is left"),
        ("z = b**y", "the logarithm of its base"),
        ("z = y @ w", "multiply by the other one, turned"),
        ("z = -y", "a minus stays a minus"),
        ("z = y.T", "dimensions change places"),
        ("z = y[1:]", "back to the places that were read"),
        ("z = torch.tanh(y)", "one minus the square of what comes out"),
        ("z = fold(y)", "work out where fold takes one element, and go the same way back"),
        ("z = F.layer_norm(y, (3,), w, b)", "three terms, not one"),
        ("z = F.layer_norm(x, (3,), y, b)", "a gain is a factor"),
        ("z = y", "it is handed on as it is"),
        ("z = table[0](y)", "it is handed on as it is"),
    ],
)
def test_each_operation_has_its_rule(tmp_path: Path, line: str, words: str) -> None:
    """In words, with the number of its line."""
    said = derivative_in_words(exercise(tmp_path, line), "y")
    assert said.startswith("Line 12: ")
    assert words in said


def test_rules_come_in_the_order_of_the_way_back(tmp_path: Path) -> None:
    """From the line's result inwards."""
    said = derivative_in_words(exercise(tmp_path, "z = (y * w).sum() + b"), "y")
    places = [said.index(word) for word in ("a sum hands", "a sum spreads", "in a product")]
    assert places == sorted(places)


def test_a_variable_that_stands_twice_in_a_line_has_two_shares(tmp_path: Path) -> None:
    """They add up."""
    assert "stands there more than once" in derivative_in_words(exercise(tmp_path, "z = y * y.exp()"), "y")


def test_nothing_comes_back_through_detach(tmp_path: Path) -> None:
    """The other place is the only one."""
    said = derivative_in_words(exercise(tmp_path, "z = y - y.detach().max(1, keepdim=True).values"), "y")
    assert said == "Line 12: what something is taken away from gets the gradient unchanged."


def test_more_than_three_lines_are_not_all_told() -> None:
    """The weights of a network over time are read at every step."""
    assert derivative_in_words(load_exercise("rnn"), "Whh").endswith("every line that reads it adds its share.")


def test_a_shape_is_told_from_the_lines(tmp_path: Path) -> None:
    """A kept dimension, a value that may have been copied."""
    mlp = load_exercise("mlp")
    assert "keepdim=True: if bnmeani has a dimension of size 1, keep it" in shape_in_words(mlp, "bnmeani")
    assert "it was copied: sum over the copies" in shape_in_words(mlp, "bngain")
    assert (
        shape_in_words(exercise(tmp_path, "z = y * 2"), "y") == "A gradient has the shape of its variable: that of y."
    )


def test_the_first_hint_says_on_which_lines_a_variable_is_used() -> None:
    """One is shown with its text; of several, the numbers."""
    mlp = load_exercise("mlp")
    (line,) = mlp.readers["probs"]
    assert (
        hints(mlp, "dprobs")[0] == f"probs is used on one line of forward.py, {line.number}: `logprobs = probs.log()`"
    )
    numbers = ", ".join(str(line.number) for line in mlp.readers["counts"])
    assert hints(mlp, "dcounts")[0].startswith(f"counts is used on 2 lines of forward.py, {numbers}: as many paths")


def test_a_worked_solution_is_the_one_function_alone() -> None:
    """As it is written in the solution; of a training exercise, the function of all gradients."""
    assert worked(load_exercise("mlp"), "dh").startswith("def dh(dlogits, W2):\n")
    assert "\ndef " not in worked(load_exercise("mlp"), "dh")
    training = load_exercise("training")
    assert {worked(training, gradient)[:14] for gradient in training.gradients} == {"def gradients("}


def test_other_ways_are_the_blocks_that_write_this_gradient() -> None:
    """Each without the solution that it is laid over."""
    ways = other_ways(load_exercise("mlp"), "dprobs")
    assert ways
    assert all(note and "def dlogprobs" not in code and "dprobs" in code for note, code in ways)
