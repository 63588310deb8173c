"""Flat lines of a notebook, one by one and assembled into functions, without a child."""

from __future__ import annotations

import ast

import pytest

from grader.exercise.shelf import load_exercise
from grader.sandbox.reading import flat_lines
from grader.sandbox.reading.own_names import OwnNames, is_gradient
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


@pytest.mark.parametrize("spelled", ["d_{}", "grad_{}", "{}_grad", "dL_d{}", "{}_bar"])
@pytest.mark.parametrize("exercise", ["attention", "rope", "dropout_residual"])
def test_a_gradient_s_line_is_not_taken_for_a_line_of_the_forward_pass(exercise: str, spelled: str) -> None:
    """`grad_qk = grad_att * hs**-0.5` looks like `att = qk * hs**-0.5`; only the spelling tells them apart."""
    wanted = load_exercise(exercise).wanted
    own = {f"d{name}": spelled.format(name) for name in wanted.parameters} | {
        gradient: spelled.format(gradient[1:]) for gradient in wanted.answers
    }
    solution = ast.parse(
        (load_exercise(exercise).directory.parents[1] / "solutions" / exercise / "backward.py").read_text()
    )
    lines = [
        line
        for function in solution.body
        if isinstance(function, ast.FunctionDef)
        for line in [
            *function.body[:-1],
            ast.parse(f"{function.name} = {ast.unparse(function.body[-1].value)}").body[0],
        ]
    ]
    for node in (part for line in lines for part in ast.walk(line) if isinstance(part, ast.Name)):
        node.id = own.get(node.id, node.id)
    names = OwnNames(wanted, [step_of(line, 0) for line in lines])
    assert {names.gradient(own[gradient]) for gradient in wanted.answers} == set(wanted.answers)
