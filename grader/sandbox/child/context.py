"""What a learner's `torch.autograd.Function` is written with: a base class and a ctx, with no engine behind them.

`apply`, which would run PyTorch's own, is refused: the grader calls forward and backward itself.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

import torch

from grader.sandbox.child import refusals

_PLAIN: Final = torch.Tensor


class FunctionCtx:
    """`ctx`: keeps tensors between forward and backward; other attributes are set on it like on any object.

    Args:
        needs_input_grad: for each argument of forward, whether it is a tensor whose gradient is asked for.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self.saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for the backward function, in place of those kept before.

        Raises:
            TypeError: something else than a tensor or None, as in PyTorch.
        """
        for position, each in enumerate(tensors):
            if each is not None and type(each) is not _PLAIN:
                raise TypeError(
                    f"save_for_backward can only save tensors, but argument {position} is of type "
                    f"{type(each).__name__}; set it as an attribute: ctx.name = value"
                )
        self.saved_tensors = tensors


class FunctionBase:
    """Stands in for `torch.autograd.Function`: a plain class that static methods are put into."""

    @classmethod
    def apply(cls, *_arguments: Any, **_more: Any) -> NoReturn:
        """Refused, as every use of autograd is."""
        refusals.closed("torch.autograd.Function.apply")()


def once_differentiable(function: Any) -> Any:
    """Stands in for `torch.autograd.function.once_differentiable`, which matters for second derivatives only."""
    return function


def install() -> None:
    """Put them in the place of PyTorch's, for every name that leads to those."""
    for module in (torch.autograd, torch.autograd.function):
        vars(module)["Function"] = FunctionBase
    vars(torch.autograd.function)["once_differentiable"] = once_differentiable
