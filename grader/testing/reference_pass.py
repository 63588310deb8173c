"""The forward pass that a backward pass is compared with: in torch, followed line by line where that can be done."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.nearest import did_you_mean
from grader.testing import numerical
from grader.testing.calling import title
from grader.testing.composite import Composite
from grader.testing.plan import described_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.testing.plan import Plan

ONE_SIZE = "one size only: a number hard-coded for these sizes would not be found"
NUMERICAL = (
    "compared with central differences in float64, which are good to about six digits; pass reference=, the forward "
    "pass in torch, to compare with autograd"
)


def reference_pass(plan: Plan, *, near: bool) -> tuple[Composite, list[str]]:
    """The forward pass as an exercise, with sizes for its cases, and notes about the check.

    Args:
        near: whether the sizes are to stay near the given ones.

    Raises:
        ValueError: there is nothing to compare with.
    """
    notes: list[str] = []
    exercise = _made(plan, _with_given(plan.function, plan.request.given))
    problem = _problem(exercise)
    if exercise.is_followed and (problem is not None or not exercise.lines_agree()):
        exercise.opaque()  # the whole call may work where its lines, by themselves, do not
        problem = _problem(exercise)
    if plan.request.reference is None and not plan.by_gradient and (problem is not None or plan.draws.arrays):
        exercise = _by_differences(plan)
        notes.append(NUMERICAL)
    elif problem is not None:
        raise ValueError(problem)
    _check_random(exercise, plan)
    if plan.by_gradient:
        if not exercise.is_followed:
            raise ValueError(
                f"the lines of {title(plan.function)} cannot be followed: each must assign one new name, "
                "`name = ...`, and the last must be `return locals()`"
            )
        _check_gradients(plan, exercise)
        exercise.graded = _from_the_loss(exercise)
    plan.draws.find_sizes(lambda sizes: _runs(exercise, sizes), plan.request.sizes, near=near)
    exercise.sizes = plan.draws.sizes
    if not exercise.sizes:
        notes.append(ONE_SIZE)
    return exercise, notes


def _raised_by(plan: Plan) -> str | None:
    """What the forward pass raises even as the author calls it; None if it runs, but not in float64."""
    convert = _array if plan.draws.arrays else _copy
    values = {name: convert(plan.known[name]) for name in plan.taken}
    try:
        result = _with_given(plan.function, plan.request.given)(**values)
    except Exception as error:  # noqa: BLE001 an author's function may raise anything
        shapes = ", ".join(f"{name} {tuple(value.shape)}" for name, value in values.items() if hasattr(value, "shape"))
        return f"{title(plan.function)} raised {type(error).__name__}: {error}, for the given inputs: {shapes}"
    first = result[0] if isinstance(result, (tuple, list)) and result else result
    if not plan.upstream and hasattr(first, "ndim") and first.ndim:
        return f"{title(plan.function)} returns {described_value(first)}, not a number; upstream=None is for a loss"
    return None


def _check_random(exercise: Composite, plan: Plan) -> None:
    """Check that the forward pass draws no random numbers: the next call would draw others."""
    found = []
    for seed in (1, 2):
        torch.default_generator.manual_seed(seed)
        found.append(exercise.output_values(plan.known))
    for one, other in zip(*found, strict=True):
        if not torch.equal(torch.nan_to_num(one.detach()), torch.nan_to_num(other.detach())):
            raise ValueError(
                f"{title(plan.function)} returns something else in every call: what it draws at random, such as a "
                "mask, has to be one of the inputs"
            )


def _check_gradients(plan: Plan, exercise: Composite) -> None:
    """Check that each function is named after a value of the forward pass."""
    known = (*exercise.taken, *exercise.producer)
    for name in plan.functions:
        if name[:1] != "d" or name[1:] not in known:
            meant = did_you_mean(name, [f"d{each}" for each in known], f"It has {', '.join(known)}.")
            raise ValueError(
                f"backward has {name}, which is the gradient of nothing in {title(plan.function)}. {meant}"
            )


def _made(plan: Plan, function: Callable[..., Any]) -> Composite:
    arrays = "numpy" if plan.draws.arrays else "torch"
    form = None if plan.layer is None else replace(plan.layer.passes, arrays=arrays)
    return Composite(function, plan.taken, plan.outputs, plan.upstream, plan.graded, form, plan.draws)


def _by_differences(plan: Plan) -> Composite:
    """A forward pass that autograd cannot follow."""
    convert = _array if plan.draws.arrays else _copy
    function = _with_given(plan.function, plan.request.given)
    exercise = _made(plan, numerical.differentiable(function, convert, len(plan.outputs)))
    exercise.opaque()
    if again := (plan.request.dtype is None and _raised_by(plan)) or _problem(exercise):
        raise ValueError(again)
    if count := numerical.too_large(plan.known, exercise.output_values(plan.known)):
        raise ValueError(
            f"{title(plan.function)} cannot be followed by autograd, and is too large for central differences: "
            f"{count:,} numbers; pass smaller inputs, or reference=, the forward pass in torch"
        )
    exercise.tolerance, exercise.hides_terms = numerical.TOLERANCE, False  # differences round far more than terms do
    plan.labels["autograd's"] = "those of central differences"
    return exercise


def _with_given(function: Callable[..., Any], given: Mapping[str, Any]) -> Callable[..., Any]:
    """The function with further arguments; itself if it takes none of them."""
    taken = {name: value for name, value in given.items() if name in inspect.signature(function).parameters}
    if not taken:
        return function

    def called(**values: Any) -> Any:
        return function(**values, **taken)

    called.__name__ = title(function)
    return called


def _runs(exercise: Composite, sizes: Mapping[str, int]) -> bool:
    """Whether the forward pass runs at these sizes."""
    try:
        with torch.no_grad():
            exercise.output_values(exercise.inputs(exercise.seed, sizes))
    except Exception:  # noqa: BLE001 an author's function may raise anything
        return False
    return True


def _problem(exercise: Composite) -> str | None:
    """Why a forward pass cannot be differentiated in float64 on the given inputs; None if it can."""
    try:
        drawn = exercise.inputs(exercise.seed, {})
        with default_dtype(torch.float64):
            leaves = {
                n: v.double().requires_grad_(n in exercise.taken) if is_floating(v) else v for n, v in drawn.items()
            }
            loss = exercise.forward(leaves)["loss"]
    except Exception as error:  # noqa: BLE001 an author's function may raise anything
        return (
            f"{exercise.name} cannot be run in float64: {type(error).__name__}: {error}; pass reference=, the forward "
            "pass as a differentiable function in torch"
        )
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        return f"{exercise.name} returns {described_value(loss)}, not a number; upstream=None is for a loss"
    if loss.requires_grad:
        return None
    return f"{exercise.name} cannot be differentiated by autograd; pass reference=, the forward pass in torch"


def _from_the_loss(exercise: Composite) -> tuple[str, ...]:
    """The graded variables in the order of the backward pass."""
    made = {output: line.number for line in exercise.lines for output in line.outputs}
    read = {name: lines[-1].number - 0.5 for name, lines in exercise.readers.items()}
    return tuple(sorted(exercise.graded, key=lambda name: -made.get(name, read.get(name, 0.0))))


def _array(value: Any) -> Any:
    return value.detach().clone().numpy() if isinstance(value, torch.Tensor) else value


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else value
