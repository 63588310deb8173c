"""Flat lines of a notebook, one by one and assembled into functions, without a child."""

from __future__ import annotations

import ast

import pytest

from grader.sandbox.reading import flat_lines
from grader.sandbox.reading.own_names import is_gradient
from grader.sandbox.reading.rewriting import rewrite
from grader.sandbox.reading.slicing import Around
from grader.sandbox.reading.steps import CellBody, Step, is_placeholder, step_of


def step(line: str) -> Step:
    """One statement."""
    return step_of(ast.parse(line).body[0], 0)


@pytest.mark.parametrize(
    ("line", "fresh", "touched", "reads"),
    [
        ("dx = dy * w", {"dx"}, set(), ["dy", "w"]),
        ("dx = dx + dy", set(), {"dx"}, ["dx", "dy"]),
        ("dx += dy", set(), {"dx"}, ["dy"]),
        ("dx[0] = dy", set(), {"dx"}, ["dx", "dy"]),
        ("dx.add_(dy)", set(), {"dx"}, ["dx", "dy"]),
        ("dx.data[0] = 1", set(), {"dx"}, ["dx"]),
        ("dx, dw = dy, dy", {"dx", "dw"}, set(), ["dy"]),
        ("dx = [v for v in rows]", {"dx"}, set(), ["rows"]),
        ("f = lambda a: a + b", {"f"}, set(), ["b"]),
        ("for k in range(n): dx[k] = dy", {"k"}, {"dx"}, ["range", "n", "dx", "dy"]),
        ("for k in rows:\n    dx = zero\n    dx[k] += dy", {"k", "dx"}, set(), ["rows", "zero", "dy"]),
        ("for k in rows:\n    total = total + k", {"k"}, {"total"}, ["rows", "total"]),
        ("def spread(a):\n    return a @ w", {"spread"}, set(), ["w"]),
        ("with torch.no_grad() as g:\n    dx = dy", {"g", "dx"}, set(), ["torch", "dy"]),
    ],
)
def test_a_line_sets_changes_and_reads_names(line: str, fresh: set[str], touched: set[str], reads: list[str]) -> None:
    """In the order of the text."""
    found = step(line)
    assert (found.fresh, found.touched, list(found.reads)) == (fresh, touched, reads)


@pytest.mark.parametrize(
    ("name", "gradient"), [("dx", True), ("d_x", True), ("data", False), ("d", False), ("x", False)]
)
def test_other_names_starting_with_d_are_not_gradients(name: str, gradient: bool) -> None:
    """`data` and `device` are in every notebook."""
    assert is_gradient(name) is gradient


@pytest.mark.parametrize("line", ["dx = None", "dx = ...", "dx = dw = None", "dx, dw = None, None"])
def test_a_placeholder_is_not_an_answer(line: str) -> None:
    """It is a gradient still to be written."""
    assert is_placeholder(ast.parse(line).body[0])
    assert not is_placeholder(ast.parse(line.replace("d", "t")).body[0])


def test_lines_become_functions_that_take_what_they_read() -> None:
    """With the intermediate values that they use; other gradients are parameters."""
    text = "scale = 1 / 4\nhelp = dy * scale  # per row\ndx = help @ w.T\ndw = x.T @ dx\n"
    tree = ast.parse(text)
    made = flat_lines.functions([CellBody(tree.body)], Around(frozenset(), frozenset()), None)
    assert made.notes == ()
    assert rewrite(ast.Module(list(made.functions), []), text.split("\n")) == (
        "def dx(dy, w):\n    scale = 1 / 4\n    help = dy * scale  # per row\n    dx = help @ w.T\n    return dx\n\n\n"
        "def dw(x, dx):\n    dw = x.T @ dx\n    return dw\n"
    )
