"""Checks of an author's forward pass: finite values, no ties, no branches, gradients that agree with autograd.

Gradients are followed line by line through named tensors, so no line may branch or hide a tensor in a value that has
no gradient.
"""

from __future__ import annotations

import ast
import math
import sys
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from grader.exercise.case import leaves
from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.kinks import A_TIE, line_kinks, meets
from grader.exercise.whole_numbers import called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.exercise.case import Case
    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import ForwardFile
    from grader.exercise.kinks import Kink

_AGREEMENT = 1e-6
"""Largest allowed difference of two float64 gradients, relative to their terms; rounding stays far below it."""
_REMEDY = (
    "keep the operand in the function's domain, such as `(x**2 + 1).log()`, "
    "or apply a -inf mask inside the expression that removes it again"
)


_TO_NUMBER = frozenset(("item", "tolist", "float", "int", "bool"))
"""Functions and methods that make Python's numbers of a tensor."""


def check_branches(file: ForwardFile) -> None:
    """Refuse a condition on a number that is taken out of a tensor: the derivative would differ on each side.

    A condition on a tensor itself is found when forward() runs, by `NoBranches`; one on sizes and flags is allowed.
    """
    for line in file.lines:
        for node in line.nodes():
            if isinstance(node, (ast.IfExp, ast.If, ast.While)):
                calls = (inner for inner in ast.walk(node.test) if isinstance(inner, ast.Call))
                if any(called(call) in _TO_NUMBER for call in calls):
                    file.refuse(node.lineno, _BRANCH.format(what=f"`{ast.unparse(node.test)}`"))


_NOT_UNIQUE = {"svd": "svdvals", "eigh": "eigvalsh", "eig": "eigvals", "symeig": "eigvalsh"}
"""Decompositions whose vectors are a choice, and the function that computes the values alone."""


def check_unique(file: ForwardFile) -> None:
    """Refuse singular vectors and eigenvectors: each may be multiplied by -1, so a gradient of theirs is a choice."""
    for line in file.lines:
        for node in line.nodes():
            if isinstance(node, ast.Assign) and (only := _NOT_UNIQUE.get(called(node.value))):
                target = node.targets[0]
                names = [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
                if not isinstance(target, ast.Tuple) or sum(name != "_" for name in names) > 1:
                    file.refuse(
                        node.lineno,
                        f"{called(node.value)} returns vectors that are unique only up to their sign, so their "
                        f"gradients are a choice of PyTorch's; use the values alone: `torch.linalg.{only}(...)`",
                    )


_BRANCH = (
    "{what} is a condition on a tensor's values, so this is a data-dependent branch; "
    "compute both sides with torch.where (or torch.maximum), or keep only one"
)


class NoBranches(TorchFunctionMode):
    """Refuses to let the author's code take the truth value of a tensor while forward() runs: that is a branch.

    It is also one in a helper function or a comprehension, and Python's max(a, b). Assertions are allowed, as they
    choose nothing.
    """

    def __init__(self, file: ForwardFile) -> None:
        super().__init__()
        self.file = file
        asserts = (node for node in ast.walk(file.tree) if isinstance(node, ast.Assert))
        self.allowed = {k for node in asserts for k in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        caller = sys._getframe(1)  # noqa: SLF001 the caller: torch itself may do this
        if (
            func is torch.Tensor.__bool__
            and caller.f_code.co_filename == str(self.file.path)
            and caller.f_lineno not in self.allowed
        ):
            self.file.refuse(
                caller.f_lineno,
                "this takes the truth value of a tensor (`if`, `and`, `or`, `not`, `max(a, b)`), which is a "
                "data-dependent branch; compute both sides with torch.where (or torch.maximum), or keep only one",
            )
        return func(*args, **(kwargs or {}))


def check_followed(file: ForwardFile, exercise: Exercise, case: Case) -> tuple[str, ...]:
    """Check that the line-by-line gradients equal autograd's over the whole forward pass, in float64.

    Returns:
        The variables that cannot be graded, as the step that computes them uses them, too.
    """
    inputs = {name: case.inputs[name] for name in exercise.inputs_parameters}
    wide = {name: value.double() if is_floating(value) else value for name, value in inputs.items()}
    with default_dtype(torch.float64):
        values = exercise.forward(leaves(wide, exercise.class_weights))
    wanted = [values[name] for name in exercise.graded]
    grads = torch.autograd.grad(values["loss"], wanted, materialize_grads=True)
    inside = []
    for name, grad in zip(exercise.graded, grads, strict=True):
        error = float((grad - case.true.total(name)).abs().max())
        if not error <= _AGREEMENT * case.true.magnitude(name):
            made = exercise.producer.get(name)
            if made is not None and made.body and len(made.outputs) > 1:
                inside.append(name)
                continue
            _refuse_alias(file, exercise, values, name)
            file.refuse(
                exercise.readers[name][0].number,
                f"the gradient of {name} cannot be followed line by line: it differs from autograd's over the whole "
                "forward pass. Have every line read tensors by name: "
                "do not define functions in forward() or keep tensors in objects",
            )
    return tuple(inside)


def _refuse_alias(file: ForwardFile, exercise: Exercise, values: Mapping[str, Any], name: str) -> None:
    """Refuse two names for one tensor: autograd has one gradient for both, but each has its own line here."""
    line = exercise.producer.get(name)
    for other in line.reads if line else ():
        if line and values[other] is values[name]:
            file.refuse(
                line.number,
                f"{name} is the same tensor as {other}, so autograd cannot tell their gradients apart; "
                f"use only one of the names, or make a copy: `{name} = {other}.clone()`",
            )


def check_finite(case: Case) -> None:
    """Check that every forward value is finite, in float32 (given to learners) and in float64 (which decides)."""
    file, made = case.exercise.file, {name: line.number for line in case.exercise.lines for name in line.outputs}
    for values in (case.values, case.graph.values):
        for name in [*case.exercise.inputs_parameters, *made]:
            if (came := _not_finite(values[name])) and not _is_masked(case, name):
                remedy = _REMEDY if name in made else "draw other values for it"
                file.refuse(
                    made[name] if name in made else input_line(file, name),
                    f"{name} is not finite: {came}, for seed {case.seed} and {_sizes_text(case.sizes)}; {remedy}",
                )


def _is_masked(case: Case, name: str) -> bool:
    """Whether a variable is infinite only where a mask made it -inf, so that its gradients are finite all the same."""
    value = case.graph.values[name]
    if not is_floating(value) or bool(value.isnan().any()) or bool(value.isposinf().any()):
        return False
    if name not in case.graph.differentiable:
        return True
    cut = case.cut(tuple(case.cotangents))
    made_from = [n for step in case.graph.steps if name in step.outputs for n in step.leaves]
    return all(bool(cut.cut(each).isfinite().all()) for each in (name, *made_from))


def _not_finite(value: object) -> str:
    """What is wrong, such as `nan in 24 of 48 elements`; empty if every value is finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"it is {value}"
    for tensor in tensors(value):
        nans, wrong = int(tensor.isnan().sum()), int((~tensor.isfinite()).sum())
        if wrong:
            return f"{'nan' if nans else 'infinite'} in {nans or wrong} of {tensor.numel()} elements"
    return ""


def _sizes_text(sizes: Mapping[str, int]) -> str:
    return "sizes " + ", ".join(f"{name}={size}" for name, size in sizes.items()) if sizes else "the default sizes"


def input_line(file: ForwardFile, name: str) -> int:
    """The line of inputs() that assigns a name; its first line if no plain assignment does."""
    function = file.function("inputs")
    stores = (n for n in ast.walk(function or file.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return next((node.lineno for node in stores if node.id == name), function.lineno if function else 1)


def check_ties_and_kinks(file: ForwardFile, case: Case) -> None:
    """Refuse ties at a maximum and values exactly at a kink: the derivative there is only a convention.

    Only where a graded gradient depends on it: a clamp of labels has no effect on any.
    """
    for number, sentence in kinks_met(case):
        file.refuse(number, sentence)


def kinks_met(case: Case) -> Iterator[tuple[int, str]]:
    """The line and a sentence for each tie or kink that a graded gradient depends on."""
    graded = case.exercise.graded
    reached = frozenset(graded).union(*(case.exercise.downstream(name) for name in graded))
    for line in case.exercise.lines:
        for kink in line_kinks(line):
            where = meets(kink, case.exercise, case.graph.values) if kink.names & reached else None
            if where is not None:
                yield line.number, _kink_sentence(kink, where)


def _kink_sentence(kink: Kink, where: str) -> str:
    """What an operation's operand hits, and what an author can do about it."""
    if kink.tied and where != A_TIE:
        return (
            f"{kink.operand} equals {where} in some elements, where {kink.operation} may take either's derivative; "
            "adjust the inputs or forward() to avoid this"
        )
    if kink.tied:
        return f"{kink.operand} has equal values, so .{kink.operation}() may hit a tie; make them distinct"
    return (
        f"{kink.operand} is exactly {where} in some elements, where {kink.operation} has no derivative; "
        "adjust the inputs or forward() to avoid this"
    )


def tensors(value: object) -> Iterator[torch.Tensor]:
    """The tensors that a value is or contains."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple, set, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from tensors(inner)
