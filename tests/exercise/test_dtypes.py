"""In a float64 run, every name for float32 means float64; afterwards everything is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.exercise.dtypes import default_dtype, is_floating

if TYPE_CHECKING:
    from collections.abc import Callable

FLOAT32 = torch.float32


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.float(),
        lambda x: x.to(torch.float32),
        lambda x: x.type(torch.FloatTensor),
        lambda x: x.type("torch.FloatTensor"),
        lambda x: x.to(torch.complex64).real,
        lambda x: x.cfloat().real,
        lambda _: torch.FloatTensor([1.0]),
        lambda _: torch.ones(1),
    ],
)
def test_every_name_means_float64(make: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """And float32 again afterwards."""
    x = torch.ones(2)
    with default_dtype(torch.float64):
        assert make(x).dtype == torch.float64
    assert make(x).dtype == FLOAT32


def test_another_default_dtype_and_its_names_are_restored() -> None:
    """A notebook may compute in float64; its `torch.float32` is float32 all the same."""
    torch.set_default_dtype(torch.float64)
    try:
        with default_dtype(torch.float64):
            pass
        assert torch.get_default_dtype() is torch.float64
        assert torch.float32 is FLOAT32
        assert torch.ones(1).float().dtype == FLOAT32
    finally:
        torch.set_default_dtype(FLOAT32)


def test_a_nested_run_restores_the_outer_one_s_names() -> None:
    """They end in their order."""
    with default_dtype(torch.float64):
        with default_dtype(torch.float64):
            pass
        assert torch.ones(1, dtype=FLOAT32).float().dtype == torch.float64
    assert torch.float32 is FLOAT32


def test_integer_tensors_and_python_numbers_are_not_floating() -> None:
    """Only tensors that can have a gradient are."""
    assert is_floating(torch.ones(1))
    assert not is_floating(torch.ones(1, dtype=torch.long))
    assert not is_floating(1.0)
