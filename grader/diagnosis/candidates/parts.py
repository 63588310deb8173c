"""Changes of which entries a formula uses: only some, other sums and broadcasts, other positions, another order."""

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
    """Integer tensors, and the columns of those with two dimensions, each with its description."""
    for index in facts.indices:
        yield index, spell(index)
        value = facts.probe.numbers[index]
        for column in range(value.shape[1] if value.dim() == 2 else 0):
            yield Node("fn", (index,), _column(column)), f"column {column} of {spell(index)}"


def _column(column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x[:, column]


def read_by(node: Node, facts: Facts) -> Iterator[Change]:
    """A value without the part that one of several lines uses, or with that part only."""
    for path in facts.deriver.by_line(node.data):
        child = upstream(path.via[0])
        node_of_ones = substituted(path.node, child, Node("ones", (child,)))
        share = facts.probe.tensor(node_of_ones)
        if share is None or bool((share != 0).all()) or share.shape != tensor_at(node, facts).shape:
            continue
        there = Node("fn", (node_of_ones,), _nonzero)
        other = path.via[0]
        yield Change(mul(node, there), Kind.MISSING_PATH, f"only the part used in {other} is included", 0.7)
        rest = mul(node, one_minus(there))
        yield Change(rest, Kind.MISSING_PATH, f"the part used in {other} is left out", 0.7)


def _nonzero(x: torch.Tensor) -> torch.Tensor:
    return (x != 0).to(x.dtype)


def filled(root: Node, facts: Facts) -> Iterator[Change]:
    """Another value kept where nothing was read."""
    for atom in facts.atoms:
        if atom.op == "name":
            over = Node("call", (root, atom), _where_zero)
            yield Change(over, Kind.WRONG_OPERAND, f"it starts from {spell(atom)} instead of zeros", 0.9)


def _where_zero(x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.where(x == 0, other, x)


_PARTS = {
    "but_last": "the last entry along dimension {} is left out",
    "but_first": "the first entry along dimension {} is left out",
    "first": "only the first entry along dimension {} is used",
    "last": "only the last entry along dimension {} is used",
}
"""Which entries along a dimension are kept, as a message writes it."""


def ends(node: Node, facts: Facts) -> Iterator[Change]:
    """A value without its first or last entries, or with those only."""
    for dim in range(tensor_at(node, facts).dim()):
        for which, text in _PARTS.items():
            part = Node("fn", (node,), _part(dim, which))
            yield Change(part, Kind.WRONG_INDEX, text.format(dim), 0.8)


def masked(node: Node, facts: Facts) -> Iterator[Change]:
    """Only some entries of a value."""
    value = tensor_at(node, facts)
    yield from ends(node, facts)
    for index, text in columns_of(facts):
        for dim in range(value.dim()):
            at = Node("hot_at", (index, node), dim)
            yield Change(mul(node, at), Kind.WRONG_INDEX, f"only the positions indexed by {text} are used", 0.8)
            rest = mul(node, one_minus(at))
            yield Change(rest, Kind.WRONG_INDEX, f"the positions indexed by {text} are left out", 0.8)
        zero = Node("call", (node, index), _but_zero)
        yield Change(zero, Kind.WRONG_INDEX, f"entries where {text} is 0 are left out", 0.8)
    for atom in facts.atoms:
        if atom.op == "name" and tensor_at(atom, facts).shape == value.shape:
            for dim in range(value.dim()):
                at = mul(node, Node("hot", (atom,), ("argmax", dim)))
                yield Change(
                    at, Kind.WRONG_INDEX, f"only the position of the largest entry of {spell(atom)} is used", 0.9
                )


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


# what is summed, and what is broadcast


def sum_to(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of the sum over what was broadcast."""
    inner, like = node.args
    value, shape = tensor_at(inner, facts), tensor_at(like, facts)
    yield Change(inner, Kind.NOT_SUMMED, "it is not summed over what was broadcast", 0)
    lead = value.dim() - shape.dim()
    summed = {d for d in range(value.dim()) if d < lead or (shape.shape[d - lead] == 1 and value.shape[d] > 1)}
    yield from _other_sums(inner, summed, value.dim(), like)
    if inner.op == "mul":
        yield from _apart(inner, tuple(sorted(summed)), like)


def _other_sums(inner: Node, summed: set[int], dims: int, like: Node) -> Iterator[Change]:
    for chosen in (c for count in (1, 2) for c in itertools.combinations(range(dims), count)):
        kind = Kind.NOT_SUMMED if set(chosen) < summed else Kind.WRONG_AXIS
        over = f"dimension{'s' * (len(chosen) > 1)} {' and '.join(map(str, chosen))}"
        for keep in (True, False) if set(chosen) != summed and len(chosen) < dims else ():
            total = Node("sum", (inner,), (chosen, keep))
            laid = Node("reshape", (total, like))
            yield Change(laid, kind, f"it is summed over {over} instead, then reshaped", 0.2)
            yield Change(total, kind, f"it is summed over {over} instead", 0)
            yield Change(Node("mean", (inner,), (chosen, keep)), kind, f"it is averaged over {over} instead", 0.1)
    if len(summed) < dims:
        for keep in (True, False):
            total = Node("sum", (inner,), (None, keep))
            yield Change(total, Kind.SUMMED_TOO_FAR, "it is summed over every dimension", 0)
            yield Change(Node("spread", (total, like)), Kind.SUMMED_TOO_FAR, "it is summed over every dimension", 0)


def _apart(inner: Node, summed: tuple[int, ...], like: Node) -> Iterator[Change]:
    a, b = (Node("sum", (arg,), (summed, True)) for arg in inner.args)
    product = mul(a, b)
    yield Change(product, Kind.SUMMED_TOO_FAR, "it is summed before it is multiplied", 0.5)
    yield Change(Node("sum_to", (product, like)), Kind.SUMMED_TOO_FAR, "it is summed before it is multiplied", 0.5)


def expand(node: Node, _: Facts) -> Iterator[Change]:
    """A sum's gradient that is not broadcast."""
    yield Change(node.args[0], Kind.NOT_EXPANDED, "it is not broadcast over what was summed", 0)


def total(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a sum inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            kind = Kind.WRONG_AXIS if other is not None else Kind.SUMMED_TOO_FAR
            yield Change(Node("sum", node.args, (other, keepdim)), kind, "a sum runs over the wrong dimension", 0.3)
    yield Change(inner, Kind.NOT_SUMMED, "a sum is missing", 0.3)
    yield Change(Node("mean", node.args, node.data), Kind.CONSTANT_FACTOR, "a mean is used instead of a sum", 0.3)
    if inner.op == "mul":
        a, b = inner.args
        for apart in (mul(Node("sum", (a,), node.data), b), mul(a, Node("sum", (b,), node.data))):
            yield Change(apart, Kind.SUMMED_TOO_FAR, "only one of two factors is summed", 1)


def mean(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a mean inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            yield Change(
                Node("mean", node.args, (other, keepdim)), Kind.WRONG_AXIS, "a mean runs over the wrong dimension", 0.3
            )
    yield Change(Node("sum", node.args, node.data), Kind.CONSTANT_FACTOR, "a sum is used instead of a mean", 0.3)
    yield Change(const(0.0), Kind.FUSED_TERM, "a mean is missing", 0.5)
    if dims is not None:
        freedom = Node("sub", (Node("size", (inner,), dims), const(1)))
        bessel = Node("div", (Node("sum", node.args, node.data), freedom))
        yield Change(bessel, Kind.FUSED_TERM, "a mean is divided by one less than the count (Bessel's correction)", 0.5)


# the positions that a gradient goes to


def hot(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of the one position per row that gets the gradient: the largest, or the one that an index selects."""
    like = node.args[-1]
    dims = tensor_at(like, facts).dim()
    dim = node.data[1] if node.op == "hot" else node.data
    kind = Kind.WRONG_PATH if node.op == "hot" else Kind.WRONG_INDEX
    yield Change(Node("ones", (like,)), kind, "it is sent to every position instead of only those that were read", 0)
    if node.op == "hot":
        yield from _other_extremes(node, dims)
    if dim is None:
        return
    first = Node("hot", (Node("ones", (like,)),), ("argmax", dim))
    yield Change(first, Kind.WRONG_INDEX, f"it is sent to the first entry along dimension {dim}", 0.1)
    for index, text in columns_of(facts):
        at = Node("hot_at", (index, like), dim)
        yield Change(at, Kind.WRONG_INDEX, f"it is sent to the positions indexed by {text}", 0.1)
    for atom in facts.atoms:
        if atom.op == "name" and node.op == "hot_at":
            for which in ("argmax", "argmin"):
                at = Node("hot", (atom,), (which, dim))
                place = "largest" if which == "argmax" else "smallest"
                yield Change(
                    at, Kind.WRONG_INDEX, f"it is sent to the position of the {place} entry of {spell(atom)}", 0.2
                )
    yield from _beside(node, dim % max(1, dims), dims)


def _other_extremes(node: Node, dims: int) -> Iterator[Change]:
    for dim in (*range(dims), None):
        for which in ("argmax", "argmin"):
            if (which, dim) != node.data:
                kind = Kind.WRONG_INDEX if which != node.data[0] else Kind.WRONG_AXIS
                place = "the smallest" if which == "argmin" else "the largest"
                along = "overall" if dim is None else f"along dimension {dim}"
                yield Change(Node("hot", node.args, (which, dim)), kind, f"it is sent to {place} entry {along}", 0.1)


def _beside(node: Node, dim: int, dims: int) -> Iterator[Change]:
    for shift in (1, -1):
        beside = Node("fn", (node,), _rolled(shift, dim))
        yield Change(beside, Kind.WRONG_INDEX, "it is sent to the position next to the one that was read", 0.3)
        for other in range(dims):
            if other != dim:
                row = Node("fn", (node,), _rolled(shift, other))
                yield Change(row, Kind.WRONG_INDEX, "it is sent to the position that belongs to the next row", 0.3)
    every = Node("fn", (node,), _everywhere(dim))
    yield Change(every, Kind.WRONG_INDEX, "every row's position is used in all rows, as in an index [:, i]", 0.3)


def _rolled(shift: int, dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x.roll(shift, dim)


def _everywhere(dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    def mask(x: torch.Tensor) -> torch.Tensor:
        others = tuple(d for d in range(x.dim()) if d != dim)
        return x.amax(others, keepdim=True).expand(x.shape)

    return mask


def scatter(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes in how gradients return to where their values were read."""
    g, like = node.args
    code, _ = node.data
    yield Change(
        g, Kind.NOT_SUMMED, "it has one gradient for every element read, not one for every element of the variable", 0
    )
    for mode in ("last", "first"):
        text = "gradients overwrite each other where a position was read more than once"
        yield Change(Node("scatter", node.args, (code, mode)), Kind.REPEATED_INDEX, text, 0)
    mean = Node("scatter", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, "gradients are averaged where a position was read more than once", 0.1)
    for index, text in columns_of(facts):
        rows = Node("rows", (g, like, index), "plain")
        yield Change(rows, Kind.WRONG_INDEX, f"the gradients are sent to the rows indexed by {text}", 0.1)
        turned = Node("rows", (g, like, index), "turned")
        yield Change(turned, Kind.PERMUTED, f"{text} is transposed, but the gradient is not", 0.1)


def uncopied(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes in how gradients return to what was copied."""
    code, _ = node.data
    for mode in ("last", "first"):
        text = "gradients overwrite each other where an element was copied more than once"
        yield Change(Node("uncopied", node.args, (code, mode)), Kind.REPEATED_INDEX, text, 0)
    mean = Node("uncopied", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, "gradients are averaged where an element was copied more than once", 0.1)
    for dim in range(tensor_at(node.args[0], facts).dim()):
        turned = node.with_arg(0, Node("flip", (node.args[0],), (dim,)))
        yield Change(turned, Kind.WRONG_INDEX, f"it is sent back in reverse order along dimension {dim}", 0.3)


# the same values in another order

_ORDERS = {2: ((1, 0),), 3: ((0, 2, 1), (1, 0, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1))}
"""The wrong orders of the dimensions, by the number of dimensions."""


def reshape(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a reshape."""
    inner, like = node.args
    dims = tensor_at(like, facts).dim()
    yield Change(inner, Kind.PERMUTED, "it is not reshaped to the variable's shape", 0)
    for order in _ORDERS.get(dims, ()):
        for turn in (True, False):
            laid = Node("call", (inner, like), _laid(order, turn=turn))
            yield Change(laid, Kind.PERMUTED, "it is reshaped with the dimensions in the wrong order", 0.1)
    for dim in range(dims):
        yield Change(Node("flip", (node,), (dim,)), Kind.PERMUTED, f"it is reversed along dimension {dim}", 0.1)
        summed = Node("spread", (Node("sum", (node,), ((dim,), True)), like))
        yield Change(summed, Kind.SUMMED_TOO_FAR, f"it is summed over dimension {dim}", 0.1)


def _laid(order: tuple[int, ...], *, turn: bool) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    def lay(g: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        laid = g.reshape([like.shape[d] for d in order])
        return laid.permute([order.index(d) for d in range(len(order))]) if turn else laid

    return lay
