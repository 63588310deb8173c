"""Formulas that are the right one but for one place, the likeliest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnosis import operands, operations, places
from grader.diagnosis.changes import Change, distinct_leaves, has_gradient, same_leaf, spell, substituted
from grader.diagnosis.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts

_SHAPE_ONLY = {"sum_to": (1,), "expand": (1,), "spread": (1,), "reshape": (1,), "scatter": (1,), "vjp": (1,), "ones": (0,),
               "size": (0,), "rows": (1,), "hot": (0,), "hot_at": (0, 1)}  # fmt: skip
"""Arguments that say a shape or a place, not a value."""

_SPECIAL: dict[str, Callable[[Node, Facts], Iterator[Change]]] = {
    "sum_to": places.sum_to,
    "expand": places.expand,
    "sum": places.total,
    "mean": places.mean,
    "neg": places.neg,
    "softmax": places.softmax,
    "hot": places.hot,
    "hot_at": places.hot,
    "reshape": places.reshape,
    "scatter": places.scatter,
}


def changes(root: Node, facts: Facts) -> list[Change]:
    """Every formula that differs from this one in one place, and some that differ all over in one way."""
    found = [*_in_one_place(root, facts), *_all_over(root, facts), *_of_the_result(root, facts)]
    return sorted(found, key=lambda change: change.cost)


def _in_one_place(node: Node, facts: Facts) -> Iterator[Change]:
    yield from _here(node, facts)
    for index, arg in enumerate(node.args):
        if index not in _SHAPE_ONLY.get(node.op, ()):
            for change in _in_one_place(arg, facts):
                yield Change(node.with_arg(index, change.node), change.kind, change.text, change.cost)


def _here(node: Node, facts: Facts) -> Iterator[Change]:
    if node.op in ("name", "up"):
        yield from operands.leaf_changes(node, facts)
        if node.op == "up":
            yield from places.masked(node, facts)
    elif node.op in operations.DONE:
        yield from operations.binary_changes(node)
        for index, arg in enumerate(node.args):
            if has_gradient(node) and not has_gradient(arg):
                for change in operands.factor_changes(arg, facts):
                    yield Change(node.with_arg(index, change.node), change.kind, change.text, change.cost)
    elif node.op == "const":
        yield from operations.number_changes(node)
    elif node.op in _SPECIAL:
        yield from _SPECIAL[node.op](node, facts)


def _all_over(root: Node, facts: Facts) -> Iterator[Change]:
    """One value replaced wherever it stands, where it stands more than once."""
    for leaf in distinct_leaves(root):
        if _count(root, leaf) > 1:
            for change in operands.leaf_changes(leaf, facts):
                node = substituted(root, leaf, change.node)
                yield Change(node, change.kind, f"wherever {spell(leaf)} belongs, {change.text}", change.cost + 0.3)


def _count(node: Node, leaf: Node) -> int:
    return int(same_leaf(node, leaf)) + sum(_count(arg, leaf) for arg in node.args)


def _of_the_result(root: Node, facts: Facts) -> Iterator[Change]:
    if root.op in ("name", "up"):
        return
    yield from operands.combined(root, facts, "it")
    yield from operands.powers(root, "the whole")
    yield from places.masked(root, facts)


def with_epsilons(node: Node) -> Iterator[Change]:
    """A small number added in one place, for an answer that is nearly right."""
    if not has_gradient(node) and node.op != "const":
        yield from operations.stray_epsilons(node)
    for index, arg in enumerate(node.args):
        if index not in _SHAPE_ONLY.get(node.op, ()):
            for change in with_epsilons(arg):
                yield Change(node.with_arg(index, change.node), change.kind, change.text, change.cost)
