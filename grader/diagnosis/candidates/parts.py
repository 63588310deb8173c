"""Changes of which entries a formula uses: only some, other sums and broadcasts, other positions, another order."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.arrangements import arranged
from grader.diagnosis.candidates.change import Change, tensor_at
from grader.diagnosis.chain_rule import positive
from grader.diagnosis.formula import Node, const, mul, one_minus, substituted, upstream
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Dimensions, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.phrases import Phrase


# some entries only


def columns_of(facts: Facts) -> Iterator[tuple[Node, Node | Phrase]]:
    """Integer tensors, and the columns of those with two dimensions, each with what a phrase refers to."""
    for index in facts.indices:
        yield index, index
        value = facts.answer.probe.numbers[index]
        for column in range(value.shape[1] if value.dim() == 2 else 0):
            yield Node("fn", (index,), _column(column)), said("column", column=column, of=index)


def _column(column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x[:, column]


def read_by(node: Node, facts: Facts) -> Iterator[Change]:
    """A value without the part that one of several lines uses, or with that part only."""
    for path in facts.deriver.by_line(node.data):
        child = upstream(path.via[0])
        node_of_ones = substituted(path.node, child, Node("ones", (child,)))
        share = facts.answer.probe.tensor(node_of_ones)
        if share is None or bool((share != 0).all()) or share.shape != tensor_at(node, facts).shape:
            continue
        there = Node("fn", (node_of_ones,), _nonzero)
        other = path.via[0]
        yield Change(mul(node, there), Kind.MISSING_PATH, said("only_part", other=other), 0.7)
        rest = mul(node, one_minus(there))
        yield Change(rest, Kind.MISSING_PATH, said("part_left_out", other=other), 0.7)


def _nonzero(x: torch.Tensor) -> torch.Tensor:
    return (x != 0).to(x.dtype)


def filled(root: Node, facts: Facts) -> Iterator[Change]:
    """Another value kept where nothing was read."""
    for atom in facts.atoms:
        if atom.op == "name":
            over = Node("call", (root, atom), _where_zero)
            yield Change(over, Kind.WRONG_OPERAND, said("filled", of=atom), 0.9)


def _where_zero(x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.where(x == 0, other, x)


def gate(node: Node, _: Facts) -> Iterator[Change]:
    """The opposite of a relu's mask."""
    if node.data is positive:
        yield Change(one_minus(node), Kind.WRONG_OPERAND, said("gate_turned", of=_gated(node)), 0.3)


def gated(root: Node) -> Iterator[Change]:
    """Ones where a relu's mask leaves nothing."""
    mask = root.args[0] if root.op == "mul" else root
    if mask.op == "call" and mask.data is positive:
        ones = Node("call", (mask, root), _ones_elsewhere)
        yield Change(ones, Kind.WRONG_OPERAND, said("ones_elsewhere", of=_gated(mask)), 0.4)


def _gated(mask: Node) -> Node | Phrase:
    (x,) = mask.args
    return x if x.op == "name" else said("input_of_relu")


def _ones_elsewhere(mask: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return torch.where(mask > 0, x, 1.0)


_PARTS = ("but_last", "but_first", "only_first", "only_last", "only_half")
"""Which entries along a dimension are kept."""


def ends(node: Node, facts: Facts) -> Iterator[Change]:
    """A value without its first or last entries, or with those only."""
    for dim in range(tensor_at(node, facts).dim()):
        for which in _PARTS:
            part = Node("fn", (node,), _part(dim, which))
            yield Change(part, Kind.WRONG_INDEX, said(which, dim=dim), 0.8)
    yield from _edges(node, tensor_at(node, facts).dim())


def _edges(node: Node, dims: int) -> Iterator[Change]:
    """An image without its last or first row and column."""
    for which, key in (("but_last", "but_last_edge"), ("but_first", "but_first_edge")):
        if dims > 2:
            part = Node("fn", (Node("fn", (node,), _part(dims - 1, which)),), _part(dims - 2, which))
            yield Change(part, Kind.WRONG_INDEX, said(key, dims=Dimensions((dims - 2, dims - 1))), 0.85)


def masked(node: Node, facts: Facts) -> Iterator[Change]:
    """Only some entries of a value."""
    value = tensor_at(node, facts)
    yield from ends(node, facts)
    for index, column in columns_of(facts):
        for dim in range(value.dim()):
            at = Node("hot_at", (index, node), dim)
            yield Change(mul(node, at), Kind.WRONG_INDEX, said("only_indexed", index=column), 0.8)
            rest = mul(node, one_minus(at))
            yield Change(rest, Kind.WRONG_INDEX, said("indexed_left_out", index=column), 0.8)
    for atom in facts.atoms:
        if atom.op == "name" and tensor_at(atom, facts).shape == value.shape:
            for dim in range(value.dim()):
                at = mul(node, Node("hot", (atom,), ("argmax", dim)))
                yield Change(at, Kind.WRONG_INDEX, said("only_largest", of=atom), 0.9)


def _part(dim: int, which: str) -> Callable[[torch.Tensor], torch.Tensor]:
    def mask(x: torch.Tensor) -> torch.Tensor:
        size = x.shape[dim]
        kept = torch.zeros(size, dtype=x.dtype)  # (size,), then 1 in every other dimension
        start, end = {
            "but_last": (0, size - 1),
            "but_first": (1, size),
            "only_first": (0, 1),
            "only_last": (size - 1, size),
            "only_half": (0, size // 2),
        }[which]
        kept[start:end] = 1.0
        return x * kept.view([size if d == dim else 1 for d in range(x.dim())])

    return mask


# what is summed, and what is broadcast


def sum_to(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of the sum over what was broadcast."""
    inner, like = node.args
    value, shape = tensor_at(inner, facts), tensor_at(like, facts)
    yield Change(inner, Kind.NOT_SUMMED, said("not_summed"), 0)
    lead = value.dim() - shape.dim()
    summed = {d for d in range(value.dim()) if d < lead or (shape.shape[d - lead] == 1 and value.shape[d] > 1)}
    yield from _other_sums(inner, summed, value.dim(), like)
    if inner.op == "mul":
        yield from _apart(inner, tuple(sorted(summed)), like)


def _other_sums(inner: Node, summed: set[int], dims: int, like: Node) -> Iterator[Change]:
    for chosen in (c for count in (1, 2) for c in itertools.combinations(range(dims), count)):
        kind = Kind.NOT_SUMMED if set(chosen) < summed else Kind.WRONG_AXIS
        over = Dimensions(chosen)
        for keep in (True, False) if set(chosen) != summed and len(chosen) < dims else ():
            total = Node("sum", (inner,), (chosen, keep))
            laid = Node("reshape", (total, like))
            yield Change(laid, kind, said("summed_over_another_reshaped", over=over), 0.2)
            yield Change(total, kind, said("summed_over_another", over=over), 0)
    if len(summed) < dims:
        for keep in (True, False):
            total = Node("sum", (inner,), (None, keep))
            for made in (total, Node("spread", (total, like))):
                yield Change(made, Kind.SUMMED_TOO_FAR, said("summed_over_everything"), 0)


def _apart(inner: Node, summed: tuple[int, ...], like: Node) -> Iterator[Change]:
    a, b = (Node("sum", (arg,), (summed, True)) for arg in inner.args)
    product = mul(a, b)
    for made in (product, Node("sum_to", (product, like))):
        yield Change(made, Kind.SUMMED_TOO_FAR, said("summed_early"), 0.5)


def expand(node: Node, _: Facts) -> Iterator[Change]:
    """A sum's gradient that is not broadcast."""
    yield Change(node.args[0], Kind.NOT_EXPANDED, said("not_broadcast"), 0)


def total(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a sum inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            kind = Kind.WRONG_AXIS if other is not None else Kind.SUMMED_TOO_FAR
            yield Change(Node("sum", node.args, (other, keepdim)), kind, said("sum_over_another"), 0.3)
    yield Change(inner, Kind.NOT_SUMMED, said("sum_missing"), 0.3)
    yield Change(Node("mean", node.args, node.data), Kind.CONSTANT_FACTOR, said("mean_for_sum"), 0.3)


def mean(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a mean inside a formula."""
    (inner,) = node.args
    dims, keepdim = node.data
    for other in [*((d,) for d in range(tensor_at(inner, facts).dim())), None]:
        if other != dims:
            yield Change(Node("mean", node.args, (other, keepdim)), Kind.WRONG_AXIS, said("mean_over_another"), 0.3)
    yield Change(Node("sum", node.args, node.data), Kind.CONSTANT_FACTOR, said("sum_for_mean"), 0.3)
    yield Change(const(0.0), Kind.FUSED_TERM, said("mean_missing"), 0.5)
    if dims is not None:
        freedom = Node("sub", (Node("size", (inner,), dims), const(1)))
        bessel = Node("div", (Node("sum", node.args, node.data), freedom))
        yield Change(bessel, Kind.FUSED_TERM, said("mean_less_one"), 0.5)


# the positions that a gradient goes to


_EXTREMES = {"argmax": said("largest"), "argmin": said("smallest")}


def hot(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of the one position per row that gets the gradient: the largest, or the one that an index selects."""
    like = node.args[-1]
    dims = tensor_at(like, facts).dim()
    dim = node.data[1] if node.op == "hot" else node.data
    everywhere = Node("ones", (like,))
    if node.op == "hot":
        yield Change(everywhere, Kind.WRONG_PATH, said("sent_beyond_extreme", place=_EXTREMES[node.data[0]]), 0)
        yield from _other_extremes(node, dims)
    else:
        yield Change(everywhere, Kind.WRONG_INDEX, said("sent_everywhere"), 0)
    if dim is None:
        return
    first = Node("hot", (everywhere,), ("argmax", dim))
    yield Change(first, Kind.WRONG_INDEX, said("sent_to_first", dim=dim), 0.1)
    for index, column in columns_of(facts):
        at = Node("hot_at", (index, like), dim)
        yield Change(at, Kind.WRONG_INDEX, said("sent_to_indexed", index=column), 0.1)
        for change in arranged(index, facts, column):
            moved = Node("hot_at", (change.node, like), dim)
            yield Change(moved, Kind.WRONG_INDEX, said("index_arranged", change=change.phrase), 0.4)
    for atom in facts.atoms:
        if atom.op == "name" and node.op == "hot_at":
            for which, place in _EXTREMES.items():
                at = Node("hot", (atom,), (which, dim))
                yield Change(at, Kind.WRONG_INDEX, said("sent_to_extreme_of_another", place=place, of=atom), 0.2)
    yield from _beside(node, dim % max(1, dims), dims)


def _other_extremes(node: Node, dims: int) -> Iterator[Change]:
    for dim in (*range(dims), None):
        where = said("overall") if dim is None else said("along", dim=dim)
        for which, place in _EXTREMES.items():
            if (which, dim) != node.data:
                kind = Kind.WRONG_INDEX if which != node.data[0] else Kind.WRONG_AXIS
                phrase = said("sent_to_extreme", place=place, where=where)
                yield Change(Node("hot", node.args, (which, dim)), kind, phrase, 0.1)


def _beside(node: Node, dim: int, dims: int) -> Iterator[Change]:
    for shift in (1, -1):
        beside = Node("fn", (node,), _rolled(shift, dim))
        yield Change(beside, Kind.WRONG_INDEX, said("sent_beside"), 0.3)
        for other in range(dims):
            if other != dim:
                row = Node("fn", (node,), _rolled(shift, other))
                yield Change(row, Kind.WRONG_INDEX, said("sent_to_next_row"), 0.3)
    every = Node("fn", (node,), _everywhere(dim))
    yield Change(every, Kind.WRONG_INDEX, said("sent_in_every_row"), 0.3)


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
    yield Change(g, Kind.NOT_SUMMED, said("one_for_each_read"), 0)
    for mode in ("last", "first"):
        yield Change(Node("scatter", node.args, (code, mode)), Kind.REPEATED_INDEX, said("reads_overwrite"), 0)
    mean = Node("scatter", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, said("reads_averaged"), 0.1)
    for index, column in columns_of(facts):
        rows = Node("rows", (g, like, index), "plain")
        yield Change(rows, Kind.WRONG_INDEX, said("sent_to_indexed_rows", index=column), 0.1)
        for change in arranged(index, facts, column):
            moved = Node("rows", (g, like, change.node), "plain")
            yield Change(moved, Kind.WRONG_INDEX, said("rows_arranged", change=change.phrase), 0.4)
        turned = Node("rows", (g, like, index), "turned")
        yield Change(turned, Kind.PERMUTED, said("index_transposed", index=column), 0.1)


def uncopied(node: Node, _: Facts) -> Iterator[Change]:
    """Changes in how gradients return to what was copied."""
    code, _ = node.data
    for mode in ("last", "first"):
        yield Change(Node("uncopied", node.args, (code, mode)), Kind.REPEATED_INDEX, said("copies_overwrite"), 0)
        nonzero = Node("uncopied", node.args, (code, f"{mode} nonzero"))
        yield Change(nonzero, Kind.REPEATED_INDEX, said("nonzero_copies_overwrite"), 0.1)
    mean = Node("uncopied", node.args, (code, "mean"))
    yield Change(mean, Kind.CONSTANT_FACTOR, said("copies_averaged"), 0.1)


# the same values in another order

_ORDERS = {2: ((1, 0),), 3: ((0, 2, 1), (1, 0, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1))}
"""The wrong orders of the dimensions, by the number of dimensions."""


def reshape(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a reshape."""
    inner, like = node.args
    dims = tensor_at(like, facts).dim()
    yield Change(inner, Kind.PERMUTED, said("not_reshaped"), 0)
    for order in _ORDERS.get(dims, ()):
        for turn in (True, False):
            laid = Node("call", (inner, like), _laid(order, turn=turn))
            yield Change(laid, Kind.PERMUTED, said("reshaped_in_another_order"), 0.1)
    for dim in range(dims):
        yield Change(Node("flip", (node,), (dim,)), Kind.PERMUTED, said("reversed_after_reshape", dim=dim), 0.1)
        summed = Node("spread", (Node("sum", (node,), ((dim,), True)), like))
        yield Change(summed, Kind.SUMMED_TOO_FAR, said("summed_after_reshape", dim=dim), 0.1)


def _laid(order: tuple[int, ...], *, turn: bool) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    def lay(g: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        laid = g.reshape([like.shape[d] for d in order])
        return laid.permute([order.index(d) for d in range(len(order))]) if turn else laid

    return lay
