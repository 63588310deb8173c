"""Pinned numerics: the environment and settings that make gradients bit-identical in grader and server.

Measured on six x86-64 CPU models: with these settings, made before torch loads, every reference gradient is identical
bit for bit; without them there are three different sets.
"""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import torch

PINNED_ENVIRONMENT = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "LC_ALL": "C.UTF-8",
}

TESTED_TORCH = ("2.4.1", "2.6.0", "2.9.1", "2.11.0", "2.13.0", "2.14.1", "2.15.0")
"""The releases of torch on which every worked solution, samples of the catalogues and of the attacks were run. Others
are tried before they are used: see `untested`."""
MEASURED_MACHINES = ("x86_64", "amd64")
"""What Python calls the processors between which reference gradients were compared bit for bit."""
_PLAIN = ("DEFAULT", "NO AVX")
"""What releases of torch call their plain kernels; up to 2.6, it is `NO AVX`."""


@dataclass(frozen=True, slots=True)
class Numerics:
    """The numeric settings of this process, as shown in the report."""

    torch: str
    cpu_capability: str
    threads: int
    env: dict[str, str]
    pinned: bool
    """Whether the exact verdict is comparable between machines."""
    problem: str | None
    """Why it is not, as a sentence for the user."""


def pin_environment() -> None:
    """Set the environment before torch loads. Does nothing if torch is already loaded: it would have no effect."""
    if "torch" not in sys.modules:
        os.environ.update(PINNED_ENVIRONMENT)


def _import_torch() -> ModuleType:
    """Import torch without its warning about the absence of numpy, which is intended."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
        import torch
    return torch


def pin_torch() -> Numerics:
    """Import torch in the pinned environment, single-threaded, without oneDNN, and report whether the pins work."""
    pin_environment()
    torch = _import_torch()
    torch.set_num_threads(1)
    torch.backends.mkldnn.set_flags(False)
    capability = str(torch.backends.cpu.get_cpu_capability())
    missing = [name for name, value in PINNED_ENVIRONMENT.items() if os.environ.get(name) != value]
    problem = None
    if capability not in _PLAIN:
        problem = (
            f"torch uses {capability} kernels instead of the default ones "
            "(torch was imported before the grader, or this is not x86-64): "
            "`exact` is only informative here"
        )
    elif missing:
        problem = f"{', '.join(missing)} could not be set before torch loaded: `exact` is only informative here"
    return Numerics(
        torch=str(torch.__version__),
        cpu_capability=capability,
        threads=torch.get_num_threads(),
        env={name: os.environ.get(name, "") for name in PINNED_ENVIRONMENT},
        pinned=problem is None,
        problem=problem,
    )


def float32_switch() -> Callable[[torch.dtype], None]:
    """A function that makes every name for float32 mean a dtype: `torch.float32`, `.float()`, `torch.FloatTensor`, ...

    In a float64 question these names mean float64. Otherwise code that uses one of them could only be judged to
    float32's seven digits, in which an epsilon of 1.1e-5 instead of 1e-5 is lost. complex64, whose parts are float32,
    changes with them. The real values are saved here, so call this before any other code can have changed them.
    """
    import torch

    real_type = torch.Tensor.type

    def wide_type(tensor: Any, dtype: Any = None, *rest: Any, **options: Any) -> Any:
        named = dtype.replace("FloatTensor", "DoubleTensor") if isinstance(dtype, str) else dtype
        return real_type(tensor, named, *rest, **options)

    wide: dict[tuple[Any, str], Any] = {
        (torch, "float32"): torch.float64,
        (torch, "float"): torch.float64,
        (torch, "complex64"): torch.complex128,
        (torch, "cfloat"): torch.complex128,
        (torch, "FloatTensor"): torch.DoubleTensor,
        (torch.Tensor, "float"): torch.Tensor.double,
        (torch.Tensor, "cfloat"): torch.Tensor.cdouble,  # type: ignore[attr-defined]
        (torch.Tensor, "type"): wide_type,
    }
    narrow, float64 = {key: getattr(*key) for key in wide}, torch.float64

    def switch(dtype: torch.dtype) -> None:
        for (owner, name), value in (wide if dtype is float64 else narrow).items():
            setattr(owner, name, value)

    return switch
