"""What stands where autograd stood. A learner's code can look into these functions: they lead to torch and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

TENSOR: Final[Any] = torch._C.TensorBase  # noqa: SLF001  # its descriptors cannot be patched


class AutogradClosedError(RuntimeError):
    """What a learner's code gets who asks torch for a gradient."""


def closed(name: str) -> Callable[..., NoReturn]:
    """A function that refuses, whatever it is given."""

    def closed(*_args: object, **_kwargs: object) -> NoReturn:
        raise AutogradClosedError(f"{name} is closed here: derive this gradient by hand")

    return closed


def formula(*_args: object, **_kwargs: object) -> NoReturn:
    """The code of torch's own formulas: it works among any function's names."""
    raise RuntimeError("torch's formulas of derivatives are closed here: derive this gradient by hand")


def only_on(inference_mode: Callable[[Any], Any]) -> Callable[..., Any]:
    """As a switch or as a decorator, but never to leave inference mode."""

    def only_on(mode: Any = True) -> Any:  # noqa: FBT002  # torch's own signature
        if mode is False or mode is None:
            raise AutogradClosedError("torch.inference_mode(False) is closed here: derive this gradient by hand")
        return inference_mode(mode)

    return only_on


def requires_grad_(tensor: torch.Tensor, requires_grad: object = True) -> torch.Tensor:  # noqa: FBT002  # as torch
    """`Tensor.requires_grad_`, to switch off."""
    set_requires_grad(tensor, requires_grad)
    return tensor


def set_requires_grad(tensor: torch.Tensor, value: object) -> None:
    """Assigning to `Tensor.requires_grad`, to switch off."""
    if value:
        raise AutogradClosedError("requires_grad is closed here: derive this gradient by hand")
    TENSOR.requires_grad.__set__(tensor, False)


def grad_fn(tensor: torch.Tensor) -> None:
    """`Tensor.grad_fn`, of a tensor that has none."""
    if TENSOR.grad_fn.__get__(tensor) is not None:
        raise AutogradClosedError("grad_fn is closed here: derive this gradient by hand")
