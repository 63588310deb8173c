"""Inputs that hold several tensors are taken apart into variables with good names."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import torch

from grader.exercise.packing import contents, is_packed, leaves, packing


@dataclass
class Params:
    """A dataclass as authors write it."""

    W: torch.Tensor
    b: torch.Tensor


class Pair(NamedTuple):
    """A named tuple."""

    W: torch.Tensor
    b: torch.Tensor


W, B = torch.ones(2), torch.zeros(3)
BODIES = {
    "plain": "pass",
    "unpacked": "V, c = p",
    "looped": "for M, v in p: pass",
    "enumerated": "for i, M in enumerate(p): pass",
    "zipped": "for M, v in zip(p, q): pass",
}


def packed(value: Any, body: str = "plain", *, prefixed: bool = False) -> str:
    """The expression for an input p, given how forward() uses it."""
    function = ast.parse(f"def forward(p):\n    {BODIES[body]}").body[0]
    assert isinstance(function, ast.FunctionDef)
    return packing("p", value, function, prefixed=prefixed)


@pytest.mark.parametrize(
    ("value", "body", "text"),
    [
        ({"W": W, "b": B}, "plain", "{'W': W, 'b': b}"),
        (Params(W, B), "plain", "Params(W=W, b=b)"),
        (Pair(W, B), "plain", "Pair(W=W, b=b)"),
        (SimpleNamespace(W=W, b=B), "plain", "SimpleNamespace(W=W, b=b)"),
        ([W, B], "plain", "[p0, p1]"),
        ((W,), "plain", "(p0,)"),
        ([W, B], "unpacked", "[V, c]"),
        ([W, B], "enumerated", "[M0, M1]"),
        ([W, B], "zipped", "[M0, M1]"),
        ([(W, B), (W, B)], "looped", "[(M0, v0,), (M1, v1,)]"),
        ([{"W": W}, {"W": W}], "plain", "[{'W': W0}, {'W': W1}]"),
        ([{"W1": W}, {"W1": W}], "plain", "[{'W1': W1_0}, {'W1': W1_1}]"),
        ({"a": {"W": W}, "b": {"W": W}}, "plain", "{'a': {'W': a_W}, 'b': {'W': b_W}}"),
    ],
)
def test_each_tensor_gets_the_name_that_the_author_uses(value: Any, body: str, text: str) -> None:
    """Its key, the name in a loop with its place, or the parameter's with its place."""
    assert packed(value, body) == text
    assert len(leaves(ast.parse(text, mode="eval").body)) == len(list(contents(value)))


def test_a_name_that_is_taken_gets_the_parameters_in_front() -> None:
    """So that no two variables share one."""
    assert packed({"W": W, "b": [B]}, prefixed=True) == "{'W': p_W, 'b': [p_b0]}"


@pytest.mark.parametrize(("value", "holds"), [(W, False), ([1, 2], False), ("text", False), ([W], True), ({}, False)])
def test_only_what_holds_tensors_is_taken_apart(value: Any, holds: bool) -> None:
    """A list of numbers is a plain input."""
    assert is_packed(value) is holds
