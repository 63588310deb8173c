"""What a check of a backward pass is given: a layer, and right and wrong implementations of its backward pass.

The layers themselves are in `dense_layers.py`, `normalizing_layers.py` and `indexed_layers.py`, written the way authors
write them: a forward pass that keeps a cache, and `backward(dout, cache)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Backward = Callable[[Tensor, Any], Any]
    Forward = Callable[..., Any]


class Implementation(NamedTuple):
    """One backward pass, and what is right or wrong about it."""

    layer: Layer
    what: str
    is_right: bool
    make: Callable[[], Backward]
    """Makes the function anew, so that what it keeps between calls is not seen by the next check."""
    forward: Forward
    """The forward pass that fills the cache: the layer's own, unless the implementation brings one along."""

    @property
    def name(self) -> str:
        """The layer's name and the description."""
        return f"{self.layer.name}: {self.what}"


class Layer:
    """A layer with everything that was written for its backward pass.

    Args:
        forward: the layer as a composite of torch's operations; its name is the layer's.
        with_cache: the same, returning `out, cache`.
        inputs: draws the inputs of a seed; further parameters are sizes with the default that checks of one shape see.
        returns: what a backward pass returns, `d<input>` each.
    """

    def __init__(
        self, forward: Forward, with_cache: Forward, inputs: Callable[..., dict[str, Tensor]], returns: tuple[str, ...]
    ) -> None:
        self.name = forward.__name__
        self.forward = forward
        self.with_cache = with_cache
        self.inputs = inputs
        self.returns = returns
        self.implementations: list[Implementation] = []

    def right(self, what: str, *, forward: Forward | None = None) -> Callable[[Backward], Backward]:
        """Register a right implementation, with a forward pass of its own if it has one."""
        return lambda backward: self._add(what, backward, is_right=True, forward=forward)

    def wrong(self, what: str) -> Callable[[Backward], Backward]:
        """Register a wrong implementation."""
        return lambda backward: self._add(what, backward, is_right=False)

    def wrong_with_state(self, what: str) -> Callable[[Callable[[], Backward]], Callable[[], Backward]]:
        """Register a function that makes a wrong implementation, which keeps something between calls."""

        def register(make: Callable[[], Backward]) -> Callable[[], Backward]:
            self.implementations.append(Implementation(self, what, False, make, self.with_cache))
            return make

        return register

    def _add(self, what: str, backward: Backward, *, is_right: bool, forward: Forward | None = None) -> Backward:
        backward.__name__ = backward.__qualname__ = f"{self.name}_backward"
        made = Implementation(self, what, is_right, lambda: backward, forward or self.with_cache)
        self.implementations.append(made)
        return backward


def layers() -> list[Layer]:
    """All layers, in the order in which they are written."""
    import dense_layers  # they import this module
    import indexed_layers
    import normalizing_layers

    modules = (dense_layers, normalizing_layers, indexed_layers)
    return [value for module in modules for value in vars(module).values() if isinstance(value, Layer)]


def normal(seed: int, **shapes: tuple[int, ...]) -> dict[str, Tensor]:
    """Normally distributed float32 tensors of these shapes."""
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def integers(seed: int, below: int, shape: tuple[int, ...]) -> Tensor:
    """Integers from 0."""
    return torch.randint(0, below, shape, generator=torch.Generator().manual_seed(seed + 1))
