"""Changes of all shares of a gradient at once: values exchanged, every upstream gradient or every factor forgotten."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

from grader.diagnosis.candidates.change import Change, spell
from grader.diagnosis.candidates.operands import floats
from grader.diagnosis.formula import Node, distinct_leaves, substituted
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.diagnosis.facts import Facts


def together(root: Node, facts: Facts) -> Iterator[Change]:
    """What people do to every share of a sum in the same way."""
    leaves = [leaf for leaf in distinct_leaves(root) if floats(leaf, facts) is not None]
    for one, other in itertools.combinations(leaves, 2):
        if one.op == other.op and _same_shape(one, other, facts):
            kind = Kind.OTHER_GRADIENT if one.op == "up" else Kind.WRONG_OPERAND
            yield Change(_exchanged(root, one, other), kind, f"{spell(one)} and {spell(other)} have changed places", 1)
    gradients = [leaf for leaf in leaves if leaf.op == "up"]
    values = [leaf for leaf in leaves if leaf.op == "name"]
    if len(gradients) > 1:
        yield Change(_without(root, gradients), Kind.UPSTREAM_UNUSED, "no upstream gradient takes part", 0.5)
    if values:
        yield Change(_without(root, values), Kind.UPSTREAM_ONLY, "the lines' own derivatives are missing", 0.5)
    skipped = _skipped(root, gradients, facts)
    if skipped is not None:
        yield Change(skipped, Kind.OTHER_GRADIENT, "a line on the way back is skipped", 0.6)
    for leaf in gradients:
        for atom in facts.atoms:
            if atom.op == "up" and atom.data != leaf.data:
                text = f"{spell(atom)} stands in the place of {spell(leaf)}, in every share"
                yield Change(substituted(root, leaf, atom), Kind.OTHER_GRADIENT, text, 0.6)


def _skipped(root: Node, gradients: list[Node], facts: Facts) -> Node | None:
    """Every gradient that the function does not use replaced by that of the next line: the line between is left out."""
    before = root
    for leaf in gradients:
        children = facts.exercise.children(leaf.data)
        if leaf.data not in facts.evidence.depends_on and children and children != ("loss",):
            nexts = [Node("up", (), child) for child in children]
            if all(_same_shape(leaf, child, facts) for child in nexts):
                root = substituted(root, leaf, functools.reduce(lambda a, b: Node("add", (a, b)), nexts))
    return None if root is before else root


def _same_shape(one: Node, other: Node, facts: Facts) -> bool:
    a, b = floats(one, facts), floats(other, facts)
    return a is not None and b is not None and a.shape == b.shape


def _exchanged(root: Node, one: Node, other: Node) -> Node:
    held = Node("held")
    return substituted(substituted(substituted(root, one, held), other, one), held, other)


def _without(root: Node, leaves: list[Node]) -> Node:
    for leaf in leaves:
        root = substituted(root, leaf, Node("ones", (Node(leaf.op, (), leaf.data),)))
    return root
