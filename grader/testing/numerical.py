"""Derivatives of a function that autograd cannot follow, such as one in numpy: central differences in float64.

Sixth order, from Fornberg's weights (Generation of Finite Difference Formulas, 1988, table 1), in two widths. Where the
two agree, the derivative is good to about ten digits. Where they do not, a kink is near: the narrow second-order
difference is taken instead.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import is_floating

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TOLERANCE = 1e-6
"""The largest error of a gradient that is compared with these, relative to the summed terms."""
MOST = 1 << 21
"""The most elements of a Jacobian: inputs times outputs."""
_WEIGHTS = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
_WIDE, _NARROW, _NARROWEST = 2.0**-7, 2.0**-10, 2.0**-20
_AGREES = 1e-7


def differentiable(function: Callable[..., Any], convert: Callable[[Any], Any], count: int) -> Callable[..., Any]:
    """The function as one that autograd can differentiate, by central differences.

    Args:
        function: called with its inputs by name; returns its output, or a tuple that begins with its outputs.
        convert: turns a float64 tensor into what the function takes.
        count: how many outputs it has; what it returns after them is not looked at.
    """

    @functools.wraps(function)
    def wrapped(**values: Any) -> Any:
        names = [name for name, value in values.items() if is_floating(value)]
        others = {name: convert(value) for name, value in values.items() if name not in names}

        def at(tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
            made = {name: convert(tensor.double()) for name, tensor in zip(names, tensors, strict=True)}
            result = function(**others, **made)
            found = tuple(result)[:count] if isinstance(result, (tuple, list)) else (result,)
            return [torch.as_tensor(each, dtype=torch.float64) for each in found]

        found = _Differences.apply(at, *(values[name] for name in names))  # type: ignore[no-untyped-call]
        return found[0] if len(found) == 1 else found

    return wrapped


class _Differences(torch.autograd.Function):
    """A function of tensors whose backward pass uses its Jacobian, computed once."""

    @staticmethod
    def forward(ctx: Any, at: Callable[..., list[torch.Tensor]], *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        ctx.at, ctx.jacobians = at, {}
        ctx.save_for_backward(*tensors)
        dtype = tensors[0].dtype if tensors else torch.float64
        return tuple(each.to(dtype, copy=True) for each in at(tensors))

    @staticmethod
    def backward(ctx: Any, *upstream: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        tensors = ctx.saved_tensors
        flat = torch.cat([each.flatten().double() for each in upstream])
        found: list[torch.Tensor | None] = []
        for which, tensor in enumerate(tensors):
            if not ctx.needs_input_grad[which + 1]:
                found.append(None)
                continue
            if which not in ctx.jacobians:
                ctx.jacobians[which] = _jacobian(ctx.at, tensors, which)
            found.append((flat @ ctx.jacobians[which]).view(tensor.shape))  # (outputs) @ (outputs, inputs)
        return (None, *found)


def _jacobian(
    at: Callable[..., list[torch.Tensor]], tensors: Sequence[torch.Tensor], which: int
) -> torch.Tensor:  # (outputs, inputs)
    base = [each.detach().double().clone() for each in tensors]
    columns = [_column(at, base, base[which].view(-1), k) for k in range(base[which].numel())]
    return torch.stack(columns, 1) if columns else torch.zeros(sum(each.numel() for each in at(base)), 0)


def _column(
    at: Callable[..., list[torch.Tensor]], base: Sequence[torch.Tensor], flat: torch.Tensor, k: int
) -> torch.Tensor:
    """The derivative of all outputs with respect to one number, which is moved in place and put back."""
    start = float(flat[k])
    size = 2.0 ** math.floor(math.log2(max(1.0, abs(start))))

    def moved(by: float) -> torch.Tensor:
        flat[k] = start + by
        values = torch.cat([each.flatten() for each in at([each.clone() for each in base])])
        flat[k] = start
        return values

    def difference(width: float, weights: Sequence[tuple[int, float]] = _WEIGHTS) -> torch.Tensor:
        terms = [weight * (moved(step * width) - moved(-step * width)) for step, weight in weights]
        return functools.reduce(torch.add, terms) / width

    wide, narrow = difference(size * _WIDE), difference(size * _NARROW)
    agree = (wide - narrow).abs() <= _AGREES * torch.maximum(narrow.abs(), torch.ones_like(narrow) * _AGREES)
    if bool(agree.all()):
        return narrow
    return torch.where(agree, narrow, difference(size * _NARROWEST, ((1, 0.5),)))


def too_large(inputs: Mapping[str, Any], outputs: Sequence[torch.Tensor]) -> int | None:
    """How many elements the largest Jacobian would have, if that is too many."""
    largest = max((value.numel() for value in inputs.values() if is_floating(value)), default=0)
    count = largest * sum(each.numel() for each in outputs)
    return count if count > MOST else None
