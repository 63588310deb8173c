"""Which values are floating tensors, and running code with another default dtype."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeGuard

import torch

from grader.sandbox.numerics import float32_switch

if TYPE_CHECKING:
    from collections.abc import Iterator

_let_float32_mean = float32_switch()


@contextlib.contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Within this, `torch.zeros(...)`, `.float()` and the like return tensors of this dtype."""
    before, named = torch.get_default_dtype(), torch.float  # a notebook may have set another default
    torch.set_default_dtype(dtype)
    _let_float32_mean(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
        _let_float32_mean(named)


def is_floating(value: object) -> TypeGuard[torch.Tensor]:
    """Whether a forward value is a tensor that can have a gradient."""
    return isinstance(value, torch.Tensor) and value.is_floating_point()
