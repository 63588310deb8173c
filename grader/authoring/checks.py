"""What an author's forward pass has to hold to, beyond its form: values that are finite, no ties, no kinks hit."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from grader.authoring.control_flow import tensors
from grader.exercise.case import Case, is_floating
from grader.exercise.forward import BrokenExercise, Line, find_function

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import torch

_EXTREMES = {"max", "amax", "min", "amin", "argmax", "argmin"}
_ORDERS = {"topk", "sort", "median", "kthvalue"}
_KINKS = {"relu", "abs", "clamp", "clamp_min", "clip", "sign"}


def check_finite(path: Path, tree: ast.Module, case: Case) -> None:
    """Every forward value is finite, in float32, which learners are given, and in float64, which decides."""
    made = {name: line.number for line in case.exercise.lines for name in line.outputs}
    for values in (case.values, case.graph.values):
        for name in [*case.exercise.inputs_parameters, *made]:
            came = _not_finite(values[name])
            if came:
                where, remedy = (
                    (made[name], _REMEDY) if name in made else (_input_line(tree, name), "draw other numbers there")
                )
                raise BrokenExercise(
                    f"{path}:{where}: {name} is not finite: {came}, for seed {case.seed} and "
                    f"{_sizes_text(case.sizes)}; {remedy}"
                )


_REMEDY = (
    "keep what it reads where it is defined (such as `(x**2 + 1).log()`), "
    "or write a mask of -inf inside the one expression that takes it away again"
)


def _not_finite(value: object) -> str:
    """What is wrong, `nan in 24 of 48 places`; empty if all is finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"it is {value}"
    for tensor in tensors(value):
        nans, wrong = int(tensor.isnan().sum()), int((~tensor.isfinite()).sum())
        if wrong:
            return f"{'nan' if nans else 'infinite'} in {nans or wrong} of {tensor.numel()} places"
    return ""


def _sizes_text(sizes: Mapping[str, int]) -> str:
    return "the sizes " + ", ".join(f"{name}={size}" for name, size in sizes.items()) if sizes else "the default sizes"


def _input_line(tree: ast.Module, name: str) -> int:
    """The line of inputs() that makes a name; where inputs() begins, if none does so plainly."""
    function = find_function(tree, "inputs")
    stores = (n for n in ast.walk(function or tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return next((node.lineno for node in stores if node.id == name), function.lineno if function else 1)


def check_edges(path: Path, case: Case) -> None:
    """A tie at a maximum, or a value exactly at a kink, has no derivative that everybody agrees on."""
    for line in case.exercise.lines:
        _check_line(path, line, case)


def _check_line(path: Path, line: Line, case: Case) -> None:
    for node in ast.walk(line.code):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        operand, others = _operand(node.func, node.args)
        method, value = node.func.attr, case.graph.values.get(operand)
        if not is_floating(value):
            continue
        if method in _EXTREMES | _ORDERS and _ties(value, method, _dimension(others, node.keywords)):
            raise BrokenExercise(
                f"{path}:{line.number}: {operand} has equal values, and .{method}() may meet a tie; make them distinct"
            )
        if method in _KINKS and bool((value == 0).any()):
            raise BrokenExercise(
                f"{path}:{line.number}: {operand} is exactly 0 somewhere, where {method} has no derivative; avoid that"
            )


def _operand(function: ast.Attribute, arguments: Sequence[ast.expr]) -> tuple[str, Sequence[ast.expr]]:
    """The name of what a call works on (x of x.max(1), torch.max(x, 1), F.relu(x); or nothing), and the rest."""
    receiver = function.value
    if isinstance(receiver, ast.Name) and receiver.id in ("torch", "F") and arguments:
        receiver, arguments = arguments[0], arguments[1:]
    return (receiver.id if isinstance(receiver, ast.Name) else ""), arguments


def _dimension(arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> int | None:
    """The dimension that a maximum runs along, where the line says it as a number."""
    said = [k.value for k in keywords if k.arg in ("dim", "axis")] or list(arguments[:1])
    try:
        dimension: Any = ast.literal_eval(said[0]) if said else None
    except ValueError:
        return None
    return dimension if type(dimension) is int else None


def _ties(value: torch.Tensor, method: str, dimension: int | None) -> bool:
    """Whether two equal values compete: for the first place, or for any place where all places are read."""
    if method in _ORDERS:
        dimension = None  # the first argument may be another number, such as how many
    rows = value.reshape(1, -1) if dimension is None else value.movedim(dimension, -1)
    ordered = rows.sort(-1, descending="max" in method).values
    equal = ordered[..., 1:] == ordered[..., :-1]
    return bool((equal[..., :1] if method in _EXTREMES else equal).any())
