"""Whether a function was begun, what is said if it returns nothing, and which names it takes from outside."""

from __future__ import annotations

import textwrap

import pytest

from grader.sandbox.reading.reading import read
from grader.sandbox.types import Function, RulesConfig


def function(source: str, name: str = "dx") -> Function:
    """The function as the locked child reads it."""
    return read({"backward.py": source.encode()}, RulesConfig()).reading.functions[name]


def with_body(body: str, name: str = "dx") -> Function:
    return function(f"def {name}(dy, y):\n{textwrap.indent(body, '    ')}\n", name)


@pytest.mark.parametrize(
    "body",
    [
        '"""doc"""\n# TODO: write dx\nraise NotImplementedError',
        "raise NotImplementedError('later')",
        "pass",
        "...",
        "return",
        "return None",
        '"""doc"""',
        "dx = None",
        "dx = None  # TODO\nreturn dx",
    ],
)
def test_a_body_that_says_nothing_is_not_begun(body: str) -> None:
    """The handed-out stub, and the ways of leaving a function for later."""
    assert not with_body(body).begun


def test_a_lambda_that_gives_none_is_not_begun() -> None:
    """The stub of somebody who writes lambdas."""
    assert not function("dx = lambda dy: None").begun


def test_a_lambda_that_gives_none_otherwise_is_begun() -> None:
    """It has no `return` to forget."""
    assert function("dx = lambda dy: print(dy)").unreturned == "returns nothing: what follows the colon has no value"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("dx = dy * y", "returns nothing: add `return dx` at the end"),
        ("g = dy * y\nh = g + 1", "returns nothing: add `return h` at the end"),
        ("dx = dy * y\nh = g + 1", "returns nothing: add `return dx` at the end"),
        ("for row in y:\n    dx = row", "returns nothing: add `return dx` at the end"),
        ("dx = y + 0\ndx.index_add_(0, y, dy)", "returns nothing: add `return dx` at the end"),
        ("dx = y\nraise NotImplementedError", "returns nothing: add `return dx` at the end"),
        ("y[0] = dy", "returns nothing: add a `return` of the gradient at the end"),
        ("dy * y", "returns nothing: put `return` in front of its last line"),
        ("(dy * y).sum(0)", "returns nothing: put `return` in front of its last line"),
        (
            "dx = dy * y\nprint(dx)",
            "returns nothing: print shows a value and does not return it; add `return dx` at the end",
        ),
        ("dx = dy * y\nreturn", "returns nothing: a `return` without a value gives None; write `return dx`"),
        ("def inner():\n    return y\ndx = inner()", "returns nothing: add `return dx` at the end"),
    ],
)
def test_a_forgotten_return_is_begun_and_says_which_to_add(body: str, said: str) -> None:
    """The value with the function's name is the one to return, otherwise the last one assigned."""
    assert with_body(body).unreturned == said


@pytest.mark.parametrize(
    "body",
    [
        "if y > 0:\n    return dy",
        "if y > 0:\n    return dy\nelif y < 0:\n    return y",
        "if y > 0:\n    return dy\nreturn",
        "for row in y:\n    return row",
        "with y:\n    if dy:\n        return y",
        "try:\n    return y\nexcept ValueError:\n    pass",
    ],
)
def test_a_return_in_some_branches_only_is_said(body: str) -> None:
    """Which branch it was depends on the values."""
    assert with_body(body).unreturned == "returned nothing: one of its branches ends without a `return` of the gradient"


@pytest.mark.parametrize(
    "body",
    [
        "return print(dy)",
        "rows = []\nreturn rows.append(dy)",
        "if y > 0:\n    return dy\nelse:\n    return print(y)",
        "with y:\n    return dy",
        "raise NotImplementedError\nreturn dy",
    ],
)
def test_where_every_branch_returns_something_its_value_is_none(body: str) -> None:
    """The `return` is there: what it returns has to be looked at."""
    assert with_body(body).unreturned.startswith("returned nothing: what follows its `return` is None")


def test_the_function_of_a_training_exercise_returns_all_gradients() -> None:
    """The last value assigned is only one of them."""
    said = with_body("dC = dy\ndW = y", "gradients").unreturned
    assert said == "returns nothing: add a `return` of all gradients at the end"


def test_an_endless_chain_of_branches_is_read() -> None:
    """A file written to break the reader."""
    chain = "if y == 0:\n    return y\n" + "".join(f"elif y == {i}:\n    return y\n" for i in range(400))
    assert "one of its branches" in with_body(chain).unreturned
    assert len(with_body(f"{'x' * 90} = dy").unreturned) < 120


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def dx(dy):\n    y = dy * 2\n    return torch.exp(y * n)", ("n", "torch")),
        ("def dx(dy):\n    return [row * k for row in dy]", ("k",)),
        ("def dx(dy):\n    def inner(z):\n        return z * w\n    return inner(dy)", ("inner", "w")),
        ("dx = lambda dy, y: dy * y * z", ("z",)),
        ("def dx(dy):\n    dx += dy\n    return dx", ()),
        ("def dx(dy):\n    global calls\n    calls += 1\n    return dy * calls", ("calls",)),
    ],
)
def test_the_names_that_a_function_takes_from_outside(source: str, names: tuple[str, ...]) -> None:
    """Neither parameters nor assigned: modules, helpers, or parameters that were forgotten."""
    assert function(source).borrowed == names
