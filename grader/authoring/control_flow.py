"""What gradients can be followed through, line by line: tensors under names, never a choice between two lines."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from grader.exercise.case import Case, default_dtype, is_floating
from grader.exercise.forward import BrokenExercise, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.exercise.exercise import Exercise

_AGREEMENT = 1e-6
"""How far two float64 gradients of one value may differ, relative to their terms: rounding stays far below."""


def check_branches(path: Path, lines: Sequence[Line]) -> None:
    """No line of forward() chooses between values: it would have another derivative on either side."""
    for line in lines:
        for node in ast.walk(line.code):
            if isinstance(node, ast.IfExp):
                sides = ", ".join(ast.unparse(part) for part in (node.test, node.body, node.orelse))
                raise BrokenExercise(
                    f"{path}:{node.lineno}: a conditional expression is a branch that depends on the data; "
                    f"write both sides with torch.where, such as `torch.where({sides})`, or leave one out"
                )
            if isinstance(node, ast.BoolOp):
                word = "and" if isinstance(node.op, ast.And) else "or"
                raise BrokenExercise(
                    f"{path}:{node.lineno}: `{word}` is a branch that depends on the data; write both sides with "
                    f"torch.where, or combine masks with `{'&' if word == 'and' else '|'}`"
                )


class NoBranches(TorchFunctionMode):
    """While forward() runs, the author's code may not ask whether a tensor is true: that is a branch, too.

    This finds what is not written in forward() itself: the `if` of a helper function, the `if` of a comprehension,
    and max(a, b) of Python. An assertion may ask; it chooses nothing.
    """

    def __init__(self, path: Path, tree: ast.Module) -> None:
        super().__init__()
        self.path = path
        asserts = (node for node in ast.walk(tree) if isinstance(node, ast.Assert))
        self.allowed = {k for node in asserts for k in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        caller = sys._getframe(1)  # noqa: SLF001 who asks: torch itself may
        if (
            func is torch.Tensor.__bool__
            and caller.f_code.co_filename == str(self.path)
            and caller.f_lineno not in self.allowed
        ):
            raise BrokenExercise(
                f"{self.path}:{caller.f_lineno}: this asks whether a tensor is true (`if`, `and`, `or`, `not`, "
                "`max(a, b)`), which is a branch that depends on the data; write both sides with torch.where "
                "(or torch.maximum), or leave one out"
            )
        return func(*args, **(kwargs or {}))


def check_holders(path: Path, lines: Sequence[Line], values: Mapping[str, Any]) -> None:
    """A list, tuple or dict of tensors has no gradient of its own, so what went into it would lose its own."""
    for line in lines:
        for name in line.outputs:
            value = values[name]
            if not isinstance(value, torch.Tensor) and any(t.requires_grad for t in tensors(value)):
                raise BrokenExercise(
                    f"{path}:{line.number}: {name} is a {type(value).__name__} of tensors, and gradients are followed "
                    "through tensors only; give each tensor a name of its own (`a, b = ...`, `m = x.max(1).values`), "
                    "or put them together inside the line that reads them"
                )


def check_followed(path: Path, exercise: Exercise, case: Case) -> None:
    """The gradients put together line by line are those of autograd on the whole forward pass, in float64."""
    inputs = {name: case.inputs[name] for name in exercise.inputs_parameters}
    leaves = {n: v.detach().double().requires_grad_() if is_floating(v) else v for n, v in inputs.items()}
    with default_dtype(torch.float64):
        values = exercise.forward(leaves)
    wanted = [values[name] for name in exercise.graded]
    grads = torch.autograd.grad(values["loss"], wanted, materialize_grads=True)
    for name, grad in zip(exercise.graded, grads, strict=True):
        error = float((grad - case.true.total(name)).abs().max())
        if not error <= _AGREEMENT * case.true.magnitude(name):
            line = exercise.readers[name][0]
            raise BrokenExercise(
                f"{path}:{line.number}: the gradient of {name} cannot be followed from line to line: it comes out "
                "otherwise than autograd's over the whole forward pass. Let every line read tensors by their names: "
                "no function made in forward(), no object that keeps a tensor"
            )


def tensors(value: object) -> Iterator[torch.Tensor]:
    """The tensors that a value is or holds."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple | set | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from tensors(inner)
