"""A formula changed in one place, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_
from typing import TYPE_CHECKING

from grader.diagnosis.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.kinds import Kind


@dataclass(eq=False, slots=True)
class Change:
    """What people write when they make one mistake."""

    part: Node
    """What is changed: the whole formula, or the part of it that goes `within`."""
    kind: Kind
    text: str
    """The end of a sentence that begins "your dX is the chain rule's formula, but "."""
    cost: float = 1.0
    """How far-fetched it is: of two that hold, the cheaper one is named."""
    within: Callable[[Node], Node] | None = None

    @property
    def node(self) -> Node:
        """The whole formula. Made when it is asked for: of most changes nobody does."""
        if self.within is not None:
            self.part, self.within = self.within(self.part), None
        return self.part


def spell(node: Node) -> str:
    """A leaf as the learner writes it."""
    return f"d{node.data}" if node.op == "up" else str(node.data)


def same_leaf(a: Node, b: Node) -> bool:
    """Whether two leaves are the same value."""
    return a.op == b.op and a.data == b.data


def has_gradient(node: Node) -> bool:
    """Whether an upstream gradient takes part in a formula."""
    return node.op == "up" or any(has_gradient(arg) for arg in node.args)


def has_upstream(node: Node) -> bool:
    """Whether a gradient other than the loss's own takes part, which is 1."""
    return (node.op == "up" and node.data != "loss") or any(has_upstream(arg) for arg in node.args)


def distinct_leaves(node: Node) -> Iterator[Node]:
    """The values a formula is made of, each once."""
    seen: list[Node] = []
    for leaf in _leaves(node):
        if leaf.op in ("name", "up") and not any(same_leaf(leaf, other) for other in seen):
            seen.append(leaf)
            yield leaf


def _leaves(node: Node) -> Iterator[Node]:
    if not node.args:
        yield node
    for arg in node.args:
        yield from _leaves(arg)


def substituted(node: Node, leaf: Node, new: Node) -> Node:
    """The formula with a value replaced wherever it stands."""
    if same_leaf(node, leaf) and not node.args:
        return new
    args = [substituted(arg, leaf, new) for arg in node.args]
    return node if all(map(is_, args, node.args)) else Node(node.op, tuple(args), node.data)


def exchanged(node: Node, part: Node, new: Node) -> Node:
    """The formula with one part, wherever it is used, replaced."""
    if node is part:
        return new
    args = [exchanged(arg, part, new) for arg in node.args]
    return node if all(map(is_, args, node.args)) else Node(node.op, tuple(args), node.data)


def size(node: Node) -> int:
    """How many operations a formula has."""
    return 1 + sum(size(arg) for arg in node.args)
