"""A value with its entries arranged otherwise: shifted, averaged, one entry for all, or laid out anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grader.diagnosis.candidates.change import Change, tensor_at
from grader.diagnosis.formula import Node
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.phrases import Phrase

MOST_DIMENSIONS = 4
"""Values of more dimensions are not arranged otherwise."""


def arranged(node: Node, facts: Facts, mine: Node | Phrase) -> Iterator[Change]:
    """Other arrangements of a value, which a phrase refers to as `mine`; all have its shape.

    Args:
        node: a formula for the value.
        facts: the values that the function could compute with.
        mine: how to refer to it.
    """
    dims = tensor_at(node, facts).dim()
    for dim in range(dims if dims <= MOST_DIMENSIONS else 0):
        yield from _along(node, dim, mine)
    if dims == 2:
        laid = Node("fn", (node,), _laid_anew)
        yield Change(laid, Kind.PERMUTED, said("laid_anew", of=mine), 0.9)


def _along(node: Node, dim: int, mine: Node | Phrase) -> Iterator[Change]:
    for shift in (1, -1):
        shifted = Node("fn", (node,), partial(_shifted, shift=shift, dim=dim))
        yield Change(shifted, Kind.WRONG_INDEX, said("shifted", of=mine, dim=dim), 0.9)
    yield Change(Node("flip", (node,), (dim,)), Kind.PERMUTED, said("value_reversed", of=mine, dim=dim), 1)
    for key, function, kind in (
        ("first_for_all", _first_for_all, Kind.WRONG_INDEX),
        ("last_for_all", _last_for_all, Kind.WRONG_INDEX),
        ("averaged_along", _averaged, Kind.SUMMED_TOO_FAR),
        ("summed_along", _summed, Kind.SUMMED_TOO_FAR),
        ("sorted", _sorted, Kind.WRONG_INDEX),
    ):
        yield Change(Node("fn", (node,), partial(function, dim=dim)), kind, said(key, of=mine, dim=dim), 1)


def centered(node: Node, facts: Facts, mine: Node | Phrase) -> Iterator[Change]:
    """A value less its mean or its sum over a dimension, or over everything."""
    for dim in range(tensor_at(node, facts).dim()):
        for op in ("mean", "sum"):
            less = Node("sub", (node, Node(op, (node,), ((dim,), True))))
            yield Change(less, Kind.WRONG_PATH, said("centered", of=mine, op=op, dim=dim), 1.2)
    less = Node("sub", (node, Node("mean", (node,), (None, False))))
    yield Change(less, Kind.WRONG_PATH, said("centered_overall", of=mine), 1.25)


def _shifted(x: torch.Tensor, shift: int, dim: int) -> torch.Tensor:
    return x.roll(shift, dim)


def _first_for_all(x: torch.Tensor, dim: int) -> torch.Tensor:
    return x.narrow(dim, 0, 1).expand(x.shape)


def _last_for_all(x: torch.Tensor, dim: int) -> torch.Tensor:
    return x.narrow(dim, -1, 1).expand(x.shape)


def _averaged(x: torch.Tensor, dim: int) -> torch.Tensor:
    return x.mean(dim, keepdim=True).expand(x.shape)


def _summed(x: torch.Tensor, dim: int) -> torch.Tensor:
    return x.sum(dim, keepdim=True).expand(x.shape)


def _sorted(x: torch.Tensor, dim: int) -> torch.Tensor:
    return x.sort(dim).values


def _laid_anew(x: torch.Tensor) -> torch.Tensor:
    return x.mT.reshape(x.shape)
