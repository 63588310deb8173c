"""Every candidate of the search: the right formula changed in one place, or in one way throughout."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates import operands, operations, parts
from grader.diagnosis.candidates.arrangements import arranged, centered
from grader.diagnosis.candidates.change import RESULT, Change, floats
from grader.diagnosis.formula import (
    Node,
    added,
    const,
    distinct_leaves,
    exchanged,
    has_gradient,
    mul,
    same_leaf,
    substituted,
    upstream,
    walk,
)
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.phrases import Phrase

WHEREVER = 0.3
"""The extra cost of a change made wherever a value is used; see `Change.cost`."""

_SHAPE_ONLY = {
    **dict.fromkeys(("sum_to", "expand", "spread", "reshape", "scatter", "vjp", "rows", "uncopied"), (1,)),
    **dict.fromkeys(("ones", "size", "hot"), (0,)),
    "hot_at": (0, 1),
}
"""Arguments that give a shape or a position, not a value."""

_SPECIAL: dict[str, Callable[[Node, Facts], Iterator[Change]]] = {
    "neg": operations.neg,
    "softmax": operations.softmax,
    "sum_to": parts.sum_to,
    "expand": parts.expand,
    "sum": parts.total,
    "mean": parts.mean,
    "hot": parts.hot,
    "hot_at": parts.hot,
    "reshape": parts.reshape,
    "scatter": parts.scatter,
    "uncopied": parts.uncopied,
    "call": parts.gate,
}
"""Changes that apply to one operation only."""


def changes(root: Node, facts: Facts, *, light: bool = False) -> list[Change]:
    """Formulas that differ from this one in one place, and some that differ in one way throughout; likeliest first.

    Args:
        root: the right formula.
        facts: the values that the function could compute with.
        light: leave out far-fetched changes, for formulas of many operations.
    """
    everywhere = _all_over(root, facts, light=light)
    found = [*_in_one_place(root, facts, light=light), *everywhere, *_of_the_result(root, facts, light=light)]
    return sorted(found, key=attrgetter("cost"))


def with_epsilon(root: Node, number: float) -> Iterator[Change]:
    """A small constant added in one place, for an answer that is nearly right."""
    for place in _places(_Place(root)):
        if not has_gradient(place.node) and place.node.op != "const":
            for change in operations.stray_epsilon(place.node, number):
                yield place.holding(change)
    for part in _shared(root):
        if not has_gradient(part):
            for change in operations.stray_epsilon(part, number):
                yield _inside(partial(exchanged, root, part), change, more=0.1)


# in one place


@dataclass(frozen=True, eq=False, slots=True)
class _Place:
    """A part of a formula, and its parents."""

    node: Node
    index: int = 0
    """Which argument of its parent it is."""
    above: _Place | None = None

    def holding(self, change: Change) -> Change:
        """The whole formula with a change made at this place."""
        return change if self.above is None else _inside(self.whole, change)

    def whole(self, node: Node) -> Node:
        """The whole formula with another node at this place."""
        place = self
        while place.above is not None:
            node, place = place.above.node.with_arg(place.index, node), place.above
        return node


def _inside(within: Callable[[Node], Node], change: Change, phrase: Phrase | None = None, more: float = 0.0) -> Change:
    """A change of a part, turned into a change of the whole formula: a copy would take longer."""
    change.part = change.part if change.within is None else change.node
    change.within = within
    if phrase is not None:
        change.phrase = phrase
    change.cost += more
    return change


def _places(place: _Place) -> Iterator[_Place]:
    """This place and all below it that hold values, from left to right."""
    yield place
    shapes = _SHAPE_ONLY.get(place.node.op, ())
    for index, arg in enumerate(place.node.args):
        if index not in shapes:
            yield from _places(_Place(arg, index, place))


def _in_one_place(root: Node, facts: Facts, *, light: bool) -> Iterator[Change]:
    for place in _places(_Place(root)):
        for change in _here(place.node, facts, light=light or _inside_call(place)):
            yield place.holding(change)


def _inside_call(place: _Place) -> bool:
    above = place.above
    return above is not None and (above.node.op == "call" or _inside_call(above))


def _here(node: Node, facts: Facts, *, light: bool) -> Iterator[Change]:
    if node.op in ("name", "up"):
        yield from operands.leaf_changes(node, facts, light=light)
        used = not facts.answer.evidence.depends_on or node.data in facts.answer.evidence.depends_on
        if node.op == "up" and node.data != "loss" and used and not light:
            yield from parts.masked(node, facts)
            yield from parts.read_by(node, facts)
    elif node.op in operations.DONE:
        yield from (change for change in operations.binary_changes(node) if not _to_the_power_of_a_mask(change, facts))
        if not light:
            yield from _factors(node, facts)
    elif node.op == "const":
        yield from operations.number_changes(node)
    elif node.op in _SPECIAL:
        yield from _SPECIAL[node.op](node, facts)


def _to_the_power_of_a_mask(change: Change, facts: Facts) -> bool:
    """Whether it is what nobody writes: `x**mask` is 1 where the mask is 0."""
    node = change.part
    value = floats(node.args[1], facts) if node.op == "pow" and node.args[1].op == "name" else None
    return value is not None and (value.dtype == torch.bool or not value.is_floating_point())


def _factors(node: Node, facts: Facts) -> Iterator[Change]:
    for index, arg in enumerate(node.args):
        if has_gradient(node) and not has_gradient(arg):
            for change in operands.factor_changes(arg, facts):
                yield _inside(partial(node.with_arg, index), change)


# in one way throughout


def _all_over(root: Node, facts: Facts, *, light: bool) -> Iterator[Change]:
    """One value or part that is used more than once, changed wherever it is used."""
    for leaf in distinct_leaves(root):
        if _count(root, leaf) > 1:
            for change in operands.leaf_changes(leaf, facts, light=light):
                phrase = said("wherever_needed", leaf=leaf, change=change.phrase)
                yield _inside(partial(substituted, root, leaf), change, phrase, WHEREVER)
    for part in _shared(root):
        for change in _here(part, facts, light=light):
            phrase = said("everywhere_used", change=change.phrase)
            yield _inside(partial(exchanged, root, part), change, phrase, WHEREVER)
    yield from _other_dimensions(root, facts)


def _count(node: Node, leaf: Node) -> int:
    return int(same_leaf(node, leaf)) + sum(_count(arg, leaf) for arg in node.args)


def _shared(root: Node) -> list[Node]:
    """Parts that are used more than once."""
    seen: dict[Node, int] = {}
    for node in walk(root):
        seen[node] = seen.get(node, 0) + 1
    return [node for node, count in seen.items() if count > 1 and node.args]


def _other_dimensions(root: Node, facts: Facts) -> Iterator[Change]:
    """Every sum over another dimension."""
    sums = [node.data for node in walk(root) if node.op == "sum"]
    if len(sums) < 2:
        return
    for dims in [*((d,) for d in range(facts.answer.probe.expected.dim())), None]:
        for keep in (True, False):
            kind = Kind.SUMMED_TOO_FAR if dims is None else Kind.WRONG_AXIS
            phrase = said("sums_over_everything") if dims is None else said("sums_over_another", dim=dims[0])
            if (dims, keep) not in sums:
                yield Change(_resummed(root, (dims, keep)), kind, phrase, 0.5)


def _resummed(node: Node, data: tuple[tuple[int, ...] | None, bool]) -> Node:
    args = tuple(_resummed(arg, data) for arg in node.args)
    return Node(node.op, args, data if node.op == "sum" else node.data) if args else node


# the finished result, changed


def _of_the_result(root: Node, facts: Facts, *, light: bool) -> Iterator[Change]:
    if root.op in ("name", "up"):
        return
    yield from operands.combined(root, facts, RESULT, light=light)
    yield from operands.powers(root, said("whole_result"))
    yield from centered(root, facts, RESULT)
    yield from parts.filled(root, facts)
    yield from parts.gated(root)
    if not light:
        yield from parts.masked(root, facts)
        yield from arranged(root, facts, RESULT)


# every share of a sum, changed in the same way


def together(root: Node, facts: Facts) -> Iterator[Change]:
    """Mistakes that people make in every share of a gradient in the same way.

    Args:
        root: the sum of the shares.
        facts: the values that the function could compute with.
    """
    leaves = [leaf for leaf in distinct_leaves(root) if floats(leaf, facts) is not None]
    gradients = [leaf for leaf in leaves if leaf.op == "up"]
    values = [leaf for leaf in leaves if leaf.op == "name"]
    for one, other in itertools.combinations(leaves, 2):
        if one.op == other.op and _same_shape(one, other, facts):
            kind = Kind.OTHER_GRADIENT if one.op == "up" else Kind.WRONG_OPERAND
            yield Change(exchanged_leaves(root, one, other), kind, said("leaves_swapped", one=one, other=other), 1)
    yield from _throughout(root, gradients, values, facts)


def _throughout(root: Node, gradients: list[Node], values: list[Node], facts: Facts) -> Iterator[Change]:
    """What is left out, moved on or mixed up in every term."""
    if gradients:
        yield Change(_without(root, gradients), Kind.UPSTREAM_UNUSED, said("all_upstream_unused"), 0.5)
    if values:
        yield Change(_without(root, values), Kind.UPSTREAM_ONLY, said("all_derivatives_missing"), 0.5)
    for group in (gradients, values):
        yield from _moved_on(root, group, facts)
    yield from _of_sums(root)
    yield from _overwriting(root)
    straight = _not_transposed(root)
    if straight is not root:
        yield Change(straight, Kind.TRANSPOSED, said("no_matrix_transposed"), 0.5)
    skipped = _skipped(root, gradients, facts)
    if skipped is not None:
        yield Change(skipped, Kind.OTHER_GRADIENT, said("line_skipped"), 0.6)


_STEPS = (1, -1, 2, -2)
"""How far a group of values may be moved along the values of their shape, in the order of the forward pass."""


def _moved_on(root: Node, leaves: list[Node], facts: Facts) -> Iterator[Change]:
    """Several values of one shape, each taken for the one so many values later, or in reverse order."""
    for shape in dict.fromkeys(value.shape for leaf in leaves if (value := floats(leaf, facts)) is not None):
        alike = [leaf for leaf in leaves if (value := floats(leaf, facts)) is not None and value.shape == shape]
        if len(alike) < 3:
            continue
        order = [name for name in facts.answer.probe.numbers.values if _has_shape(name, shape, facts)]
        places = sorted(alike, key=lambda leaf: order.index(leaf.data))
        news = [list(reversed([leaf.data for leaf in places]))]
        news += [[_further(order, leaf.data, step) for leaf in places] for step in _STEPS]
        for names in news:
            pairs = [(leaf, new) for leaf, new in zip(places, names, strict=True) if new != leaf.data]
            if len(pairs) > 2 or (len(pairs) == 2 and pairs[0][1] != pairs[1][0].data):
                used, right = tuple(Node(old.op, (), new) for old, new in pairs), tuple(old for old, _ in pairs)
                kind = Kind.OTHER_GRADIENT if right[0].op == "up" else Kind.WRONG_OPERAND
                changed = _replaced(root, list(zip(right, used, strict=True)))
                yield Change(changed, kind, said("several_replaced", used=used, right=right), 0.7)
        none = [mul(const(0), places[0])]
        for others, when in (([*places[1:], *none], said("late")), ([*none, *places[:-1]], said("early"))):
            shifted = _replaced(root, list(zip(places, others, strict=True)))
            phrase = said("several_shifted", of=tuple(places), when=when)
            yield Change(shifted, Kind.WRONG_INDEX, phrase, 0.7)


def _has_shape(name: str, shape: torch.Size, facts: Facts) -> bool:
    value = facts.answer.probe.numbers.values.get(name)
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.shape == shape


def _further(order: list[str], name: str, step: int) -> str:
    """The name so many places later; the same one where there is none."""
    place = order.index(name) + step
    return order[place] if 0 <= place < len(order) else name


def _replaced(node: Node, pairs: list[tuple[Node, Node]]) -> Node:
    """The formula with several leaves replaced at once."""
    for leaf, new in pairs:
        if same_leaf(node, leaf) and not node.args:
            return new
    return Node(node.op, tuple(_replaced(arg, pairs) for arg in node.args), node.data)


def _overwriting(root: Node) -> Iterator[Change]:
    """One term put at its positions instead of being added there: `d[index] = dx` after the others."""
    terms = _summands(root)
    for term in terms if len(terms) > 1 else ():
        if term.op == "scatter":
            (g, like), (code, _) = term.args, term.data
            there = Node("scatter", (Node("ones", (g,)), like), (code, "last"))
            last = Node("scatter", term.args, (code, "last"))
            over = Node("call", (there, last, added([other for other in terms if other is not term])), _put)
            yield Change(over, Kind.REPEATED_INDEX, said("term_overwrites"), 0.3)


def _put(there: torch.Tensor, last: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    return torch.where(there != 0, last, others)


def _of_sums(root: Node) -> Iterator[Change]:
    """A sum of matrix products as one product of two sums."""
    terms = _summands(root)
    if len(terms) > 1 and all(term.op == "matmul" for term in terms):
        left, right = (added([term.args[side] for term in terms]) for side in (0, 1))
        yield Change(Node("matmul", (left, right)), Kind.SUMMED_TOO_FAR, said("summed_before_product"), 0.7)


def _not_transposed(node: Node) -> Node:
    """The formula without the transposes inside its matrix products."""
    args = [_not_transposed(arg) for arg in node.args]
    if node.op == "matmul":
        args = [arg.args[0] if arg.op == "t" else arg for arg in args]
    same = all(new is old for new, old in zip(args, node.args, strict=True))
    return node if same else Node(node.op, tuple(args), node.data)


def _summands(node: Node) -> list[Node]:
    return [term for arg in node.args for term in _summands(arg)] if node.op == "add" else [node]


def _same_shape(one: Node, other: Node, facts: Facts) -> bool:
    a, b = floats(one, facts), floats(other, facts)
    return a is not None and b is not None and a.shape == b.shape


def exchanged_leaves(root: Node, one: Node, other: Node) -> Node:
    """A formula with two of its leaves taken for each other."""
    held = Node("held")
    return substituted(substituted(substituted(root, one, held), other, one), held, other)


def _without(root: Node, leaves: list[Node]) -> Node:
    for leaf in leaves:
        root = substituted(root, leaf, Node("ones", (Node(leaf.op, (), leaf.data),)))
    return root


def _skipped(root: Node, gradients: list[Node], facts: Facts) -> Node | None:
    """The formula with each gradient that the function does not use replaced by the next line's, which skips a line."""
    before = root
    for leaf in gradients:
        children = facts.answer.exercise.children(leaf.data)
        if leaf.data not in facts.answer.evidence.depends_on and children and children != ("loss",):
            nexts = [upstream(child) for child in children]
            if all(_same_shape(leaf, child, facts) for child in nexts):
                root = substituted(root, leaf, added(nexts))
    return None if root is before else root
