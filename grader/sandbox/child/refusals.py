"""Replacements for autograd's functions. A learner's code can inspect them: they lead to torch and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

TENSOR: Final[Any] = torch.Tensor.__base__  # its descriptors cannot be patched


class AutogradClosedError(RuntimeError):
    """Raised when a learner's code asks torch for a gradient."""


def closed(name: str) -> Callable[..., NoReturn]:
    """A function that raises `AutogradClosedError`, whatever its arguments."""

    def closed(*_args: object, **_kwargs: object) -> NoReturn:
        raise AutogradClosedError(f"{name} is disabled here: derive the gradient by hand")

    return closed


def formula(*_args: object, **_kwargs: object) -> NoReturn:
    """Replaces the code of torch's own derivative formulas: it works with any function's globals."""
    raise RuntimeError("torch's derivative formulas are disabled here: derive the gradient by hand")


def only_on(inference_mode: Callable[[Any], Any]) -> Callable[..., Any]:
    """Wrap `inference_mode`: it still works as a switch or a decorator, but never turns inference mode off."""

    def only_on(mode: Any = True) -> Any:  # noqa: FBT002  # torch's own signature
        if mode is False or mode is None:
            raise AutogradClosedError("torch.inference_mode(False) is disabled here: derive the gradient by hand")
        return inference_mode(mode)

    return only_on


def requires_grad_(tensor: torch.Tensor, requires_grad: object = True) -> torch.Tensor:  # noqa: FBT002  # as torch
    """`Tensor.requires_grad_`, which can only switch off."""
    set_requires_grad(tensor, requires_grad)
    return tensor


def set_requires_grad(tensor: torch.Tensor, value: object) -> None:
    """Assignment to `Tensor.requires_grad`, which can only switch off."""
    if value:
        raise AutogradClosedError("requires_grad is disabled here: derive the gradient by hand")
    TENSOR.requires_grad.__set__(tensor, False)


def grad_fn(tensor: torch.Tensor) -> None:
    """`Tensor.grad_fn`, which is None or refused."""
    if TENSOR.grad_fn.__get__(tensor) is not None:
        raise AutogradClosedError("grad_fn is disabled here: derive the gradient by hand")
