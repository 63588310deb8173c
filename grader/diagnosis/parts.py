"""Some entries only, or other entries besides: what is left out, and what is left standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.changes import Change, spell, substituted
from grader.diagnosis.kinds import Kind
from grader.diagnosis.nodes import Node, const, upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts


def tensor_of_node(node: Node, facts: Facts) -> torch.Tensor:
    value = facts.probe.numbers[node]
    return value if isinstance(value, torch.Tensor) else torch.zeros(())


def columns_of(facts: Facts) -> Iterator[tuple[Node, str]]:
    """Integer tensors, and the columns of those that have any."""
    for index in facts.indices:
        yield index, spell(index)
        value = facts.probe.numbers[index]
        for column in range(value.shape[1] if value.dim() == 2 else 0):
            yield Node("fn", (index,), _column(column)), f"column {column} of {spell(index)}"


def _column(column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x[:, column]


def read_by(node: Node, facts: Facts) -> Iterator[Change]:
    """What one of several lines reads of a value, left out or alone."""
    for path in facts.deriver.by_line(node.data):
        child = upstream(path.via[0])
        node_of_ones = substituted(path.node, child, Node("ones", (child,)))
        share = facts.probe.tensor(node_of_ones)
        if share is None or bool((share != 0).all()) or share.shape != tensor_of_node(node, facts).shape:
            continue
        there = Node("fn", (node_of_ones,), _nonzero)
        other = path.via[0]
        yield Change(Node("mul", (node, there)), Kind.MISSING_PATH, f"only what {other} reads takes part", 0.7)
        rest = Node("mul", (node, Node("sub", (const(1.0), there))))
        yield Change(rest, Kind.MISSING_PATH, f"what {other} reads is left out", 0.7)


def _nonzero(x: torch.Tensor) -> torch.Tensor:
    return (x != 0).to(x.dtype)


def filled(root: Node, facts: Facts) -> Iterator[Change]:
    """Another value left standing where nothing was read."""
    for atom in facts.atoms:
        if atom.op == "name":
            over = Node("call", (root, atom), _where_zero)
            yield Change(over, Kind.WRONG_OPERAND, f"it starts from {spell(atom)} instead of zeros", 0.9)


def _where_zero(x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.where(x == 0, other, x)


_PARTS = {
    "but_last": "the last entry along dimension {} is left out",
    "but_first": "the first entry along dimension {} is left out",
    "first": "only the first entry along dimension {} takes part",
    "last": "only the last entry along dimension {} takes part",
}


def masked(node: Node, facts: Facts) -> Iterator[Change]:
    """Some entries only."""
    value = tensor_of_node(node, facts)
    for dim in range(value.dim()):
        for which, text in _PARTS.items():
            part = Node("fn", (node,), _part(dim, which))
            yield Change(part, Kind.WRONG_INDEX, text.format(dim), 0.8)
    for index, text in columns_of(facts):
        for dim in range(value.dim()):
            at = Node("hot_at", (index, node), dim)
            yield Change(
                Node("mul", (node, at)), Kind.WRONG_INDEX, f"only the places that {text} points to take part", 0.8
            )
            rest = Node("mul", (node, Node("sub", (const(1.0), at))))
            yield Change(rest, Kind.WRONG_INDEX, f"the places that {text} points to are left out", 0.8)
        zero = Node("call", (node, index), _but_zero)
        yield Change(zero, Kind.WRONG_INDEX, f"what {text} has a 0 for is left out", 0.8)
    for atom in facts.atoms:
        if atom.op == "name" and tensor_of_node(atom, facts).shape == value.shape:
            for dim in range(value.dim()):
                at = Node("mul", (node, Node("hot", (atom,), ("argmax", dim))))
                yield Change(at, Kind.WRONG_INDEX, f"only the place of the largest {spell(atom)} takes part", 0.9)


def _but_zero(x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    kept = (index != 0).to(x.dtype)
    return x * kept.view(*index.shape, *[1] * (x.dim() - index.dim()))


def _part(dim: int, which: str) -> Callable[[torch.Tensor], torch.Tensor]:
    def mask(x: torch.Tensor) -> torch.Tensor:
        size = x.shape[dim]
        kept = torch.zeros(size, dtype=x.dtype)
        ends = {"but_last": (0, size - 1), "but_first": (1, size), "first": (0, 1), "last": (size - 1, size)}
        start, end = ends[which]
        kept[start:end] = 1.0
        return x * kept.view([size if d == dim else 1 for d in range(x.dim())])

    return mask
