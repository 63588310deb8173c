"""Other entries in one place of a formula: some only, other sums and spreads, other places, another order."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change, spell, tensor_at
from grader.diagnosis.formula import Node, const, mul, one_minus, substituted, upstream
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts


# some entries only


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
        if share is None or bool((share != 0).all()) or share.shape != tensor_at(node, facts).shape:
            continue
        there = Node("fn", (node_of_ones,), _nonzero)
        other = path.via[0]
        yield Change(mul(node, there), Kind.MISSING_PATH, f"only what {other} reads takes part", 0.7)
        rest = mul(node, one_minus(there))
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
"""Which entries along a dimension stay, with the words for it."""


def masked(node: Node, facts: Facts) -> Iterator[Change]:
    """Some entries only."""
    value = tensor_at(node, facts)
    for dim in range(value.dim()):
        for which, text in _PARTS.items():
            part = Node("fn", (node,), _part(dim, which))
            yield Change(part, Kind.WRONG_INDEX, text.format(dim), 0.8)
    for index, text in columns_of(facts):
        for dim in range(value.dim()):
            at = Node("hot_at", (index, node), dim)
            yield Change(mul(node, at), Kind.WRONG_INDEX, f"only the places that {text} points to take part", 0.8)
            rest = mul(node, one_minus(at))
            yield Change(rest, Kind.WRONG_INDEX, f"the places that {text} points to are left out", 0.8)
        zero = Node("call", (node, index), _but_zero)
        yield Change(zero, Kind.WRONG_INDEX, f"what {text} has a 0 for is left out", 0.8)
    for atom in facts.atoms:
        if atom.op == "name" and tensor_at(atom, facts).shape == value.shape:
            for dim in range(value.dim()):
                at = mul(node, Node("hot", (atom,), ("argmax", dim)))
                yield Change(at, Kind.WRONG_INDEX, f"only the place of the largest {spell(atom)} takes part", 0.9)


def _but_zero(x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    kept = (index != 0).to(x.dtype)
    return x * kept.view(*index.shape, *[1] * (x.dim() - index.dim()))


def _part(dim: int, which: str) -> Callable[[torch.Tensor], torch.Tensor]:
    def mask(x: torch.Tensor) -> torch.Tensor:
        size = x.shape[dim]
        kept = torch.zeros(size, dtype=x.dtype)  # (size,), then 1 in every other dimension
        ends = {"but_last": (0, size - 1), "but_first": (1, size), "first": (0, 1), "last": (size - 1, size)}
        start, end = ends[which]
        kept[start:end] = 1.0
        return x * kept.view([size if d == dim else 1 for d in range(x.dim())])

    return mask


# what is summed, and what is spread


def sum_to(node: Node, facts: Facts) -> Iterator[Change]:
    """The sum over what was broadcast."""
    inner, like = node.args
    value, shape = tensor_at(inner, facts), tensor_at(like, facts)
    yield Change(inner, Kind.NOT_SUMMED, "it is not summed over what had been broadcast", 0)
    lead = value.dim() - shape.dim()
    summed = {d for d in range(value.dim()) if d < lead or (shape.shape[d - lead] == 1 and value.shape[d] > 1)}
    yield from _other_sums(inner, summed, value.dim(), like)
    if inner.op == "mul":
        yield from _apart(inner, tuple(sorted(summed)), like)


def _other_sums(inner: Node, summed: set[int], dims: int, like: Node) -> Iterator[Change]:
    for chosen in (c for count in (1, 2) for c in itertools.combinations(range(dims), count)):
        kind = Kind.NOT_SUMMED if set(chosen) < summed else Kind.WRONG_AXIS
        over = " and ".join(str(dim) for dim in chosen)
        for keep in (True, False) if set(chosen) != summed and len(chosen) < dims else ():
            total = Node("sum", (inner,), (chosen, keep))
            laid = Node("reshape", (total, like))
            yield Change(laid, kind, f"it is summed over dimension {over} instead, and laid out anew", 0.2)
            yield Change(total, kind, f"it is summed over dimension {over} instead", 0)
            yield Change(
                Node("mean", (inner,), (chosen, keep)), kind, f"it is averaged over dimension {over} instead", 0.1
            )
    if len(summed) < dims:
        for keep in (True, False):
            total = Node("sum", (inner,), (None, keep))
            yield Change(total, Kind.SUMMED_TOO_FAR, "it is summed over every dimension", 0)
            yield Change(Node("spread", (total, like)), Kind.SUMMED_TOO_FAR, "it is summed over every dimension", 0)


def _apart(inner: Node, summed: tuple[int, ...], like: Node) -> Iterator[Change]:
    a, b = (Node("sum", (arg,), (summed, True)) for arg in inner.args)
    product = mul(a, b)
    yield Change(product, Kind.SUMMED_TOO_FAR, "it is summed first and multiplied then", 0.5)
    yield Change(Node("sum_to", (product, like)), Kind.SUMMED_TOO_FAR, "it is summed first and multiplied then", 0.5)


def expand(node: Node, _: Facts) -> Iterator[Change]:
    """The gradient of a sum."""
    yield Change(node.args[0], Kind.NOT_EXPANDED, "it is not spread over what had been summed", 0)


def total(node: Node, facts: Facts) -> Iterator[Change]:
    """A sum inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            kind = Kind.WRONG_AXIS if other is not None else Kind.SUMMED_TOO_FAR
            yield Change(Node("sum", node.args, (other, keepdim)), kind, "a sum goes along another dimension", 0.3)
    yield Change(inner, Kind.NOT_SUMMED, "a sum is missing", 0.3)
    yield Change(Node("mean", node.args, node.data), Kind.CONSTANT_FACTOR, "it has a mean in the place of a sum", 0.3)
    if inner.op == "mul":
        a, b = inner.args
        for apart in (mul(Node("sum", (a,), node.data), b), mul(a, Node("sum", (b,), node.data))):
            yield Change(apart, Kind.SUMMED_TOO_FAR, "only one of two factors is summed", 1)


def mean(node: Node, facts: Facts) -> Iterator[Change]:
    """A mean inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            yield Change(
                Node("mean", node.args, (other, keepdim)), Kind.WRONG_AXIS, "a mean goes along another dimension", 0.3
            )
    yield Change(Node("sum", node.args, node.data), Kind.CONSTANT_FACTOR, "it has a sum in the place of a mean", 0.3)
    yield Change(const(0.0), Kind.FUSED_TERM, "a mean is missing", 0.5)
    if dims is not None:
        freedom = Node("sub", (Node("size", (inner,), dims), const(1)))
        bessel = Node("div", (Node("sum", node.args, node.data), freedom))
        yield Change(bessel, Kind.FUSED_TERM, "a mean is divided by one less than there are (Bessel's correction)", 0.5)


# the places that a gradient goes to


def hot(node: Node, facts: Facts) -> Iterator[Change]:
    """One place in each row: the largest, or the one that an index points to."""
    like = node.args[-1]
    dims = tensor_at(like, facts).dim()
    dim = node.data[1] if node.op == "hot" else node.data
    kind = Kind.WRONG_PATH if node.op == "hot" else Kind.WRONG_INDEX
    yield Change(Node("ones", (like,)), kind, "it goes to all places, not to the ones that were read", 0)
    if node.op == "hot":
        yield from _other_extremes(node, dims)
    if dim is None:
        return
    first = Node("hot", (Node("ones", (like,)),), ("argmax", dim))
    yield Change(first, Kind.WRONG_INDEX, f"it goes to the first entry along dimension {dim}", 0.1)
    for index, text in columns_of(facts):
        at = Node("hot_at", (index, like), dim)
        yield Change(at, Kind.WRONG_INDEX, f"it goes to the places that {text} points to", 0.1)
    for atom in facts.atoms:
        if atom.op == "name" and node.op == "hot_at":
            for which in ("argmax", "argmin"):
                at = Node("hot", (atom,), (which, dim))
                place = "largest" if which == "argmax" else "smallest"
                yield Change(at, Kind.WRONG_INDEX, f"it goes to the place of the {place} {spell(atom)}", 0.2)
    yield from _beside(node, dim % max(1, dims), dims)


def _other_extremes(node: Node, dims: int) -> Iterator[Change]:
    for dim in (*range(dims), None):
        for which in ("argmax", "argmin"):
            if (which, dim) != node.data:
                kind = Kind.WRONG_INDEX if which != node.data[0] else Kind.WRONG_AXIS
                place = "the smallest" if which == "argmin" else "the largest"
                along = "of all" if dim is None else f"along dimension {dim}"
                yield Change(Node("hot", node.args, (which, dim)), kind, f"it goes to {place} entry {along}", 0.1)


def _beside(node: Node, dim: int, dims: int) -> Iterator[Change]:
    for shift in (1, -1):
        beside = Node("fn", (node,), _rolled(shift, dim))
        yield Change(beside, Kind.WRONG_INDEX, "it goes to the place beside the one that was read", 0.3)
        for other in range(dims):
            if other != dim:
                row = Node("fn", (node,), _rolled(shift, other))
                yield Change(row, Kind.WRONG_INDEX, "it goes to the place that belongs to the next row", 0.3)
    every = Node("fn", (node,), _everywhere(dim))
    yield Change(every, Kind.WRONG_INDEX, "every row's place is taken in all rows: a colon selects all of them", 0.3)


def _rolled(shift: int, dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x.roll(shift, dim)


def _everywhere(dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    def mask(x: torch.Tensor) -> torch.Tensor:
        others = tuple(d for d in range(x.dim()) if d != dim)
        return x.amax(others, keepdim=True).expand(x.shape)

    return mask


def scatter(node: Node, facts: Facts) -> Iterator[Change]:
    """Gradients brought back to where their values were read."""
    g, like = node.args
    code, _ = node.data
    yield Change(
        g, Kind.NOT_SUMMED, "it has one gradient for every place that was read, not for every place it was read from", 0
    )
    for mode in ("last", "first"):
        text = "gradients overwrite each other where a place was read more than once; they have to add up"
        yield Change(Node("scatter", node.args, (code, mode)), Kind.REPEATED_INDEX, text, 0)
    mean = Node("scatter", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, "gradients are averaged where a place was read more than once", 0.1)
    for index, text in columns_of(facts):
        rows = Node("rows", (g, like, index), "plain")
        yield Change(rows, Kind.WRONG_INDEX, f"the gradients go to the rows that {text} points to", 0.1)
        turned = Node("rows", (g, like, index), "turned")
        yield Change(turned, Kind.PERMUTED, f"the rows of {text} are turned, those of the gradient are not", 0.1)


def uncopied(node: Node, facts: Facts) -> Iterator[Change]:
    """Gradients brought back to what was copied."""
    code, _ = node.data
    for mode in ("last", "first"):
        text = "gradients overwrite each other where an element was copied more than once; they have to add up"
        yield Change(Node("uncopied", node.args, (code, mode)), Kind.REPEATED_INDEX, text, 0)
    mean = Node("uncopied", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, "gradients are averaged where an element was copied more than once", 0.1)
    for dim in range(tensor_at(node.args[0], facts).dim()):
        turned = node.with_arg(0, Node("flip", (node.args[0],), (dim,)))
        yield Change(turned, Kind.WRONG_INDEX, f"it is brought back in reverse along dimension {dim}", 0.3)


# the same numbers in another order

_ORDERS = {2: ((1, 0),), 3: ((0, 2, 1), (1, 0, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1))}
"""Orders of the dimensions other than the right one, by their number."""


def reshape(node: Node, facts: Facts) -> Iterator[Change]:
    """The same numbers laid out anew."""
    inner, like = node.args
    dims = tensor_at(like, facts).dim()
    yield Change(inner, Kind.PERMUTED, "it is not laid out as the variable is", 0)
    for order in _ORDERS.get(dims, ()):
        for turn in (True, False):
            laid = Node("call", (inner, like), _laid(order, turn=turn))
            yield Change(laid, Kind.PERMUTED, "it is laid out with the dimensions in another order", 0.1)
    for dim in range(dims):
        yield Change(
            Node("flip", (node,), (dim,)), Kind.PERMUTED, f"it stands back to front along dimension {dim}", 0.1
        )
        summed = Node("spread", (Node("sum", (node,), ((dim,), True)), like))
        yield Change(summed, Kind.SUMMED_TOO_FAR, f"it is summed over dimension {dim}", 0.1)


def _laid(order: tuple[int, ...], *, turn: bool) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    def lay(g: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        laid = g.reshape([like.shape[d] for d in order])
        return laid.permute([order.index(d) for d in range(len(order))]) if turn else laid

    return lay
