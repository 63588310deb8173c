"""The same verdict as `grade`'s in anybody's test suite: one assertion about a backward pass, without a sandbox.

    from grader.testing import check_backward

    def test_layernorm():
        check_backward(layernorm, layernorm_backward, inputs=make_inputs, returns=("dx", "dw", "db"))

Importing this loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.testing.backward import check_backward, compare_backward
    from grader.testing.comparison import Comparison, Gradient, WrongGradients
    from grader.testing.loss_gradients import check_gradients, compare_gradients

_DOOR = {
    "Comparison": "grader.testing.comparison",
    "Gradient": "grader.testing.comparison",
    "WrongGradients": "grader.testing.comparison",
    "check_backward": "grader.testing.backward",
    "check_gradients": "grader.testing.loss_gradients",
    "compare_backward": "grader.testing.backward",
    "compare_gradients": "grader.testing.loss_gradients",
}

__all__ = [
    "Comparison",
    "Gradient",
    "WrongGradients",
    "check_backward",
    "check_gradients",
    "compare_backward",
    "compare_gradients",
]


if not TYPE_CHECKING:  # to a type checker, any name would be there, of any type

    def __getattr__(name: str) -> Any:
        if name in _DOOR:
            return getattr(import_module(_DOOR[name]), name)
        raise AttributeError(f"module 'grader.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
