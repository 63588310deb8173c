"""Changes of one value in a formula: another operand, power, function or upstream gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change, floats, spell
from grader.diagnosis.chain_rule import positive
from grader.diagnosis.formula import Node, const, mul, same_leaf
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts

POWERS = (2, -1, 3, -2, 0.5, -0.5, -3, 4, -1.5, 1.5)
"""Exponents to try on a value."""


def _tanh_slope(x: torch.Tensor) -> torch.Tensor:
    return 1 - x * x


def _sigmoid_slope(x: torch.Tensor) -> torch.Tensor:
    return x * (1 - x)


FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "abs({})": torch.abs,
    "exp({})": torch.exp,
    "log({})": torch.log,
    "tanh({})": torch.tanh,
    "sigmoid({})": torch.sigmoid,
    "relu({})": torch.relu,
    "sign({})": torch.sign,
    "({} > 0)": positive,
    "(1 - {})": lambda x: 1 - x,
    "(1 - {}**2)": _tanh_slope,
    "{}*(1 - {})": _sigmoid_slope,
    "({} + 1)": lambda x: x + 1,
    "({} - 1)": lambda x: x - 1,
    "sin({})": torch.sin,
    "cos({})": torch.cos,
}
"""Functions to try on a value, as a message writes them."""
_SLOPES = {
    "(1 - {}**2)": _tanh_slope,
    "{}*(1 - {})": _sigmoid_slope,
}
"""The derivatives of tanh and sigmoid, in terms of their outputs."""


def leaf_changes(node: Node, facts: Facts, *, light: bool = False) -> Iterator[Change]:
    """Something else instead of a value."""
    value = floats(node, facts)
    if value is None or (node.op == "up" and node.data == "loss"):
        return
    yield from _replaced(node, facts, value)
    if node.op == "up" and facts.evidence.depends_on and node.data not in facts.evidence.depends_on:
        return
    yield from powers(node, spell(node))
    yield from combined(node, facts, spell(node), light=light)
    if value.dim() == 2 and value.shape[0] == value.shape[1]:
        yield Change(Node("t", (node,)), Kind.TRANSPOSED, f"{spell(node)} is transposed", 0.5)
    if not light:
        yield from functions(node, spell(node))
        for dim in range(value.dim() if node.op == "up" else 0):
            text = f"{spell(node)} is reversed along dimension {dim}"
            yield Change(Node("flip", (node,), (dim,)), Kind.PERMUTED, text, 1)
        if node.op == "name":
            yield from _made_of_another(node, facts)


def _replaced(node: Node, facts: Facts, value: torch.Tensor) -> Iterator[Change]:
    mine = spell(node)
    for atom in facts.atoms:
        if same_leaf(atom, node):
            continue
        kind = replaced_kind(node, atom)
        upstream = mine if facts.exercise.is_layer else "the upstream gradient"  # of a layer's, only dout is one
        text = f"{spell(atom)} is used instead of {upstream if node.op == 'up' else 'the right value'}"
        yield Change(atom, kind, text, 0.2)
        other = floats(atom, facts)
        if other is not None and other.numel() == value.numel() and other.shape != value.shape:
            yield Change(Node("reshape", (atom, node)), kind, f"{text}, reshaped to fit", 0.4)
    kind = Kind.UPSTREAM_UNUSED if node.op == "up" else Kind.UPSTREAM_ONLY
    yield Change(Node("ones", (node,)), kind, f"{mine} is left out" if node.op == "up" else "a factor is missing", 0)


def replaced_kind(node: Node, atom: Node) -> Kind:
    """The kind of mistake when one leaf is used instead of another."""
    if node.op == "name":
        return Kind.WRONG_OPERAND
    return Kind.OTHER_GRADIENT if atom.op == "up" else Kind.UPSTREAM_UNUSED


def powers(node: Node, mine: str) -> Iterator[Change]:
    """Powers of a value."""
    for power in POWERS:
        if node.op in ("name", "up"):  # it may have an exponent already
            text = f"the exponent of {mine} is {power:g} times the right one"
        else:
            text = f"{mine} is raised to the power {power:g}"
        yield Change(Node("pow", (node, const(power))), Kind.WRONG_POWER, text, 1)


def functions(node: Node, mine: str) -> Iterator[Change]:
    """Functions of a value."""
    for text, function in FUNCTIONS.items():
        spelled = text.replace("{}", mine)
        yield Change(Node("fn", (node,), function), Kind.WRONG_OPERAND, f"{spelled} is used instead of {mine}", 1.2)


def combined(node: Node, facts: Facts, mine: str, *, light: bool = False) -> Iterator[Change]:
    """A value multiplied or divided by another one, or with another one added or subtracted."""
    for atom in facts.atoms:
        other = spell(atom)
        if not same_leaf(atom, node):
            yield Change(mul(node, atom), Kind.WRONG_OPERAND, f"{mine} has an extra factor of {other}", 1)
            text = f"{mine} is divided by {other}, which does not belong there"
            yield Change(Node("div", (node, atom)), Kind.WRONG_OPERAND, text, 1)
            if not light:
                yield from _with_another(node, atom, mine, other)
        if atom.op == "name" and not light:
            gate = Node("fn", (atom,), positive)
            text = f"{mine} has an extra factor of ({other} > 0)"
            yield Change(mul(node, gate), Kind.WRONG_OPERAND, text, 1.3)
            yield from _slopes(node, atom, mine, other)


def _slopes(node: Node, atom: Node, mine: str, other: str) -> Iterator[Change]:
    """The derivative of a tanh or sigmoid as an extra factor, for one that belongs to the line before or after."""
    for text, function in _SLOPES.items():
        slope = Node("fn", (atom,), function)
        more = f"{mine} has an extra factor of {text.replace('{}', other)}"
        yield Change(mul(node, slope), Kind.WRONG_OPERAND, more, 1.3)


def _with_another(node: Node, atom: Node, mine: str, other: str) -> Iterator[Change]:
    yield Change(Node("add", (node, atom)), Kind.WRONG_OPERAND, f"{other} is added to {mine}", 1.5)
    yield Change(Node("sub", (node, atom)), Kind.WRONG_OPERAND, f"{other} is subtracted from {mine}", 1.5)
    yield Change(Node("sub", (atom, node)), Kind.WRONG_OPERAND, f"{mine} is subtracted from {other}", 1.5)
    yield Change(Node("pow", (node, atom)), Kind.WRONG_POWER, f"{mine} is raised to the power {other}", 1.6)


def squares(node: Node, facts: Facts) -> Iterator[Change]:
    """A square in which one of the two factors is another value."""
    base, power = node.args
    if power.op == "const" and power.data == 2:
        for atom in facts.atoms:
            text = f"{spell(atom)} is used instead of one of the two factors of a square"
            yield Change(mul(base, atom), Kind.WRONG_OPERAND, text, 1)


def factor_changes(node: Node, facts: Facts) -> Iterator[Change]:
    """Something else instead of the whole of a line's own derivative."""
    if node.op in ("name", "up", "const"):
        return
    yield from powers(node, "the derivative")
    for atom in facts.atoms:
        if atom.op == "name":
            text = f"{spell(atom)} is used instead of the line's own derivative"
            yield Change(atom, Kind.WRONG_OPERAND, text, 1)
    yield from _made_of_another(node, facts)


def _made_of_another(node: Node, facts: Facts) -> Iterator[Change]:
    """A power or a function of another value."""
    for atom in facts.atoms:
        if atom.op != "name" or same_leaf(atom, node):
            continue
        mine = spell(atom)
        for power in POWERS:
            text = f"{mine}**{power:g} is used instead of the right value"
            yield Change(Node("pow", (atom, const(power))), Kind.WRONG_POWER, text, 1.2)
        for form, function in FUNCTIONS.items():
            text = f"{form.replace('{}', mine)} is used instead of the right value"
            yield Change(Node("fn", (atom,), function), Kind.WRONG_OPERAND, text, 1.3)
        value = floats(atom, facts)
        for dim in range(value.dim() if value is not None and value.dim() > 1 else 0):
            text = f"softmax({mine}, {dim}) is used instead of the right value"
            yield Change(Node("softmax", (atom,), dim), Kind.WRONG_OPERAND, text, 1.3)
