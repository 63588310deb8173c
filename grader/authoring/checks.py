"""What an author's forward pass has to hold to: values that are finite, no ties, no branches, gradients that add up.

Gradients are followed line by line, through tensors under names. So no line may choose between two others, nor hide a
tensor in something that has no gradient.
"""

from __future__ import annotations

import ast
import math
import sys
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.kinks import line_kinks, meets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.exercise.case import Case
    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import ForwardFile
    from grader.exercise.kinks import Kink

_AGREEMENT = 1e-6
"""How far two float64 gradients of one value may differ, relative to their terms: rounding stays far below."""
_REMEDY = (
    "keep what it reads where it is defined (such as `(x**2 + 1).log()`), "
    "or write a mask of -inf inside the one expression that takes it away again"
)


def check_branches(file: ForwardFile) -> None:
    """No line of forward() chooses between values: it would have another derivative on either side."""
    for line in file.lines:
        for node in ast.walk(line.code):
            if isinstance(node, ast.IfExp):
                sides = ", ".join(ast.unparse(part) for part in (node.test, node.body, node.orelse))
                file.refuse(
                    node.lineno,
                    "a conditional expression is a branch that depends on the data; "
                    f"write both sides with torch.where, such as `torch.where({sides})`, or leave one out",
                )
            if isinstance(node, ast.BoolOp):
                word = "and" if isinstance(node.op, ast.And) else "or"
                file.refuse(
                    node.lineno,
                    f"`{word}` is a branch that depends on the data; write both sides with "
                    f"torch.where, or combine masks with `{'&' if word == 'and' else '|'}`",
                )


class NoBranches(TorchFunctionMode):
    """While forward() runs, the author's code may not ask whether a tensor is true: that is a branch, too.

    This finds what is not written in forward() itself: the `if` of a helper function, the `if` of a comprehension,
    and max(a, b) of Python. An assertion may ask; it chooses nothing.
    """

    def __init__(self, file: ForwardFile) -> None:
        super().__init__()
        self.file = file
        asserts = (node for node in ast.walk(file.tree) if isinstance(node, ast.Assert))
        self.allowed = {k for node in asserts for k in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        caller = sys._getframe(1)  # noqa: SLF001 who asks: torch itself may
        if (
            func is torch.Tensor.__bool__
            and caller.f_code.co_filename == str(self.file.path)
            and caller.f_lineno not in self.allowed
        ):
            self.file.refuse(
                caller.f_lineno,
                "this asks whether a tensor is true (`if`, `and`, `or`, `not`, `max(a, b)`), which is a branch that "
                "depends on the data; write both sides with torch.where (or torch.maximum), or leave one out",
            )
        return func(*args, **(kwargs or {}))


def check_containers(file: ForwardFile, values: Mapping[str, Any]) -> None:
    """A list, tuple or dict of tensors has no gradient of its own, so what went into it would lose its own."""
    for line in file.lines:
        for name in line.outputs:
            value = values[name]
            if not isinstance(value, torch.Tensor) and any(t.requires_grad for t in tensors(value)):
                file.refuse(
                    line.number,
                    f"{name} is a {type(value).__name__} of tensors, and gradients are followed "
                    "through tensors only; give each tensor a name of its own (`a, b = ...`, `m = x.max(1).values`), "
                    "or put them together inside the line that reads them",
                )


def check_followed(file: ForwardFile, exercise: Exercise, case: Case) -> None:
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
            _refuse_alias(file, exercise, values, name)
            file.refuse(
                exercise.readers[name][0].number,
                f"the gradient of {name} cannot be followed from line to line: it comes out "
                "otherwise than autograd's over the whole forward pass. Let every line read tensors by their names: "
                "no function made in forward(), no object that keeps a tensor",
            )


def _refuse_alias(file: ForwardFile, exercise: Exercise, values: Mapping[str, Any], name: str) -> None:
    """Two names of one tensor have one gradient between them in autograd, and a line each here."""
    line = exercise.producer.get(name)
    for other in line.reads if line else ():
        if line and values[other] is values[name]:
            file.refuse(
                line.number,
                f"{name} is the same tensor as {other}, so autograd cannot tell their gradients apart; "
                f"use one of the names, or make a copy: `{name} = {other}.clone()`",
            )


def check_finite(file: ForwardFile, case: Case) -> None:
    """Every forward value is finite, in float32, which learners are given, and in float64, which decides."""
    made = {name: line.number for line in case.exercise.lines for name in line.outputs}
    for values in (case.values, case.graph.values):
        for name in [*case.exercise.inputs_parameters, *made]:
            if came := _not_finite(values[name]):
                remedy = _REMEDY if name in made else "draw other numbers there"
                file.refuse(
                    made[name] if name in made else input_line(file, name),
                    f"{name} is not finite: {came}, for seed {case.seed} and {_sizes_text(case.sizes)}; {remedy}",
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


def input_line(file: ForwardFile, name: str) -> int:
    """The line of inputs() that makes a name; where inputs() begins, if none does so plainly."""
    function = file.function("inputs")
    stores = (n for n in ast.walk(function or file.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return next((node.lineno for node in stores if node.id == name), function.lineno if function else 1)


def check_ties_and_kinks(file: ForwardFile, case: Case) -> None:
    """A tie at a maximum, or a value exactly at a kink, has no derivative that everybody agrees on."""
    for line in file.lines:
        for kink in line_kinks(line):
            where = meets(kink, case.exercise, case.graph.values)
            if where is not None:
                file.refuse(line.number, _kink_sentence(kink, where))


def _kink_sentence(kink: Kink, where: str) -> str:
    if kink.tied:
        return f"{kink.operand} has equal values, and .{kink.operation}() may meet a tie; make them distinct"
    return f"{kink.operand} is exactly {where} somewhere, where {kink.operation} has no derivative; avoid that"


def tensors(value: object) -> Iterator[torch.Tensor]:
    """The tensors that a value is or holds."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple | set | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from tensors(inner)
