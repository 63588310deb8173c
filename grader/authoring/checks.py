"""What an author's forward pass has to hold to, beyond its form."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import torch

from grader.case import Case, is_floating
from grader.lines import BrokenExercise, Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.exercise import Exercise

_EXTREMES = {"max", "amax", "min", "amin", "argmax", "argmin", "topk", "sort", "median", "kthvalue"}
_KINKS = {"relu", "abs", "clamp", "clamp_min", "clip", "sign"}


def check_values(path: Path, exercise: Exercise, case: Case) -> None:
    """One generator, the same numbers for the same seed, a scalar loss, no ties, no kinks hit."""
    torch.manual_seed(0)
    state = torch.random.get_rng_state()
    first, again, other = exercise.inputs(7, {}), exercise.inputs(7, {}), exercise.inputs(8, {})
    if not torch.equal(state, torch.random.get_rng_state()):
        raise BrokenExercise(
            f"{path}: inputs() draws from torch's global generator; make one of its own, "
            "`g = torch.Generator().manual_seed(seed)`, and pass it to every draw: `generator=g`"
        )
    if not _equal(first, again):
        raise BrokenExercise(
            f"{path}: inputs(7) gives other numbers the second time; draw everything from one seeded generator"
        )
    if _equal(first, other):
        raise BrokenExercise(f"{path}: inputs(7) and inputs(8) are the same; use the seed")
    for line in exercise.lines:
        _check_line(path, line, case)


def _equal(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return all(torch.equal(v, two[n]) if isinstance(v, torch.Tensor) else v == two[n] for n, v in one.items())


def _check_line(path: Path, line: Line, case: Case) -> None:
    """A tie at a maximum, or a value exactly at a kink, has no derivative that everybody agrees on."""
    for node in ast.walk(line.code):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        operand, method = _operand(node.func, node.args), node.func.attr
        value = case.graph.values.get(operand)
        if not is_floating(value):
            continue
        flat = value.flatten().tolist()
        if method in _EXTREMES and len(set(flat)) < len(flat):
            raise BrokenExercise(
                f"{path}:{line.number}: {operand} has equal values, and .{method}() may meet a tie; make them distinct"
            )
        if method in _KINKS and 0.0 in flat:
            raise BrokenExercise(
                f"{path}:{line.number}: {operand} is exactly 0 somewhere, where {method} has no derivative; avoid that"
            )


def _operand(function: ast.Attribute, arguments: Sequence[ast.expr]) -> str:
    """The name of what a call works on: x of x.max(1), torch.max(x) and F.relu(x); empty if it is no name."""
    receiver = function.value
    if isinstance(receiver, ast.Name) and receiver.id in ("torch", "F"):
        receiver = arguments[0] if arguments else receiver
    return receiver.id if isinstance(receiver, ast.Name) else ""
