"""What benchmarks/gradient_checks.py calls right or wrong is right or wrong, by autograd at several sizes."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
LAYERS = importlib.import_module("layer_implementations").layers()
ALL = [each for layer in LAYERS for each in layer.implementations]
RIGHT = [each for each in ALL if each.is_right]
WRONG = [each for each in ALL if not each.is_right]
FAR = 40.0
"""What some inputs are multiplied by, so that a limit at an absolute value is passed."""


def situations(layer: Any, *, far: bool) -> Iterator[tuple[dict[str, Tensor], Tensor, dict[str, Tensor]]]:
    """Inputs in float64, an upstream gradient and autograd's answer: at the default sizes, at larger ones, far away."""
    sizes = [each for each in inspect.signature(layer.inputs).parameters if each != "seed"]
    for seed, more, factor in ((0, 0, 1.0), (1, 2, 1.0), (2, 0, FAR))[: 3 if far else 2]:
        default = inspect.signature(layer.inputs).parameters
        drawn = layer.inputs(seed, **{name: default[name].default + more for name in sizes})
        inputs = {name: each.double() * factor if each.is_floating_point() else each for name, each in drawn.items()}
        leaves = [each.requires_grad_() for each in inputs.values() if each.is_floating_point()]
        out = layer.forward(**inputs)
        dout = torch.randn(out.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        grads = torch.autograd.grad(out, leaves, dout)
        named = dict(zip([name for name, each in inputs.items() if each.is_floating_point()], grads, strict=True))
        yield {name: each.detach() for name, each in inputs.items()}, dout, named


def error(implementation: Any) -> float:
    """The largest relative error of any gradient in any situation, asked twice; infinite for any other fault."""
    worst = 0.0
    backward = implementation.make()
    for inputs, dout, expected in situations(implementation.layer, far=not implementation.is_right):
        _out, cache = implementation.forward(**inputs)
        for _ in range(2):
            given = dout.clone()
            try:
                answer = backward(given, cache)
            except (RuntimeError, IndexError):
                return float("inf")
            answers = answer if isinstance(answer, tuple) else (answer,)
            if not torch.equal(given, dout):
                return float("inf")
            for name, got in zip(implementation.layer.returns, answers, strict=True):
                right = expected[name[1:]]
                if got.shape != right.shape:
                    return float("inf")
                worst = max(worst, float((got - right).abs().max() / right.abs().max().clamp(min=1e-9)))
    return worst


def test_fifteen_layers_have_two_right_and_eight_wrong_implementations_each() -> None:
    """The table of the documentation counts them."""
    assert len(LAYERS) == 15
    for layer in LAYERS:
        rights = [each.is_right for each in layer.implementations]
        assert sum(rights) >= 2, layer.name
        assert len(rights) - sum(rights) >= 8, layer.name
    assert len({each.name for each in ALL}) == len(ALL)


@pytest.mark.parametrize("implementation", RIGHT, ids=lambda each: each.name)
def test_a_right_implementation_agrees_with_autograd(implementation: Any) -> None:
    """To float32's precision, which some of them compute in."""
    assert error(implementation) < (2e-5 if "float32" in implementation.what else 1e-11)


@pytest.mark.parametrize("implementation", WRONG, ids=lambda each: each.name)
def test_a_wrong_implementation_differs(implementation: Any) -> None:
    """From autograd's answer, in a shape or between two calls."""
    assert error(implementation) > 1e-6
