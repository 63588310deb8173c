"""Changes of one value in a formula: another operand, power, function or upstream gradient."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.arrangements import arranged, centered
from grader.diagnosis.candidates.change import Change, floats
from grader.diagnosis.chain_rule import positive
from grader.diagnosis.formula import Node, const, mul, same_leaf
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Phrase, said

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
    "-{}": torch.neg,
    "2*{}": lambda x: 2 * x,
    "{}/2": lambda x: x / 2,
    "clamp({}, -1, 1)": lambda x: x.clamp(-1, 1),
    "clamp({}, 0, 1)": lambda x: x.clamp(0, 1),
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
    if node.op == "up" and facts.answer.evidence.depends_on and node.data not in facts.answer.evidence.depends_on:
        return
    yield from powers(node, node)
    yield from combined(node, facts, node, light=light)
    if not light:
        yield from functions(node, node)
        yield from arranged(node, facts, node)
        yield from centered(node, facts, node) if node.op == "name" else ()
        if node.op == "name":
            yield from _made_of_another(node, facts)


def _replaced(node: Node, facts: Facts, value: torch.Tensor) -> Iterator[Change]:
    right = _as_right(node, facts)
    for atom in facts.atoms:
        if same_leaf(atom, node):
            continue
        kind, phrase = replaced_kind(node, atom), said("value_replaced", used=atom, right=right)
        yield Change(atom, kind, phrase, 0.2)
        other = floats(atom, facts)
        if other is not None and other.numel() == value.numel() and other.shape != value.shape:
            yield Change(Node("reshape", (atom, node)), kind, said("reshaped_to_fit", change=phrase), 0.4)
    if node.op == "up":
        yield Change(Node("ones", (node,)), Kind.UPSTREAM_UNUSED, said("upstream_left_out", of=node), 0)
    else:
        yield Change(Node("ones", (node,)), Kind.UPSTREAM_ONLY, said("value_left_out"), 0)


def _as_right(node: Node, facts: Facts) -> Node | Phrase:
    """How a phrase refers to a leaf that something else is used for; of a layer's gradients, only dout is upstream."""
    if node.op != "up":
        return said("right_value")
    return node if facts.answer.exercise.is_layer else said("upstream_gradient")


def replaced_kind(node: Node, atom: Node) -> Kind:
    """The kind of mistake when one leaf is used instead of another."""
    if node.op == "name":
        return Kind.WRONG_OPERAND
    return Kind.OTHER_GRADIENT if atom.op == "up" else Kind.UPSTREAM_UNUSED


def powers(node: Node, mine: Node | Phrase) -> Iterator[Change]:
    """Powers of a value, which a phrase refers to as `mine`."""
    for power in POWERS:
        if node.op in ("name", "up"):  # it may have an exponent already
            phrase = said("exponent_times", of=mine, power=power)
        else:
            phrase = said("raised", of=mine, power=power)
        yield Change(Node("pow", (node, const(power))), Kind.WRONG_POWER, phrase, 1)


def functions(node: Node, mine: Node | Phrase) -> Iterator[Change]:
    """Functions of a value, which a phrase refers to as `mine`."""
    for form, function in FUNCTIONS.items():
        phrase = said("function_applied", function=form, of=mine)
        yield Change(Node("fn", (node,), function), Kind.WRONG_OPERAND, phrase, 1.2)


def combined(node: Node, facts: Facts, mine: Node | Phrase, *, light: bool = False) -> Iterator[Change]:
    """A value multiplied or divided by another one, or with another one added or subtracted."""
    for atom in facts.atoms:
        if not same_leaf(atom, node):
            yield Change(mul(node, atom), Kind.WRONG_OPERAND, said("extra_factor", of=mine, other=atom), 1)
            if not light:
                yield from _with_another(node, atom, mine)
        if atom.op == "name" and not light:
            gated = mul(node, Node("fn", (atom,), positive))
            phrase = said("extra_gate", of=mine, gate="({} > 0)", other=atom)
            yield Change(gated, Kind.WRONG_OPERAND, phrase, 1.3)
            yield from _slopes(node, atom, mine)


def _slopes(node: Node, atom: Node, mine: Node | Phrase) -> Iterator[Change]:
    """The derivative of a tanh or sigmoid as an extra factor, for one that belongs to the line before or after."""
    for form, function in _SLOPES.items():
        slope = Node("fn", (atom,), function)
        phrase = said("extra_slope", of=mine, slope=form, other=atom)
        yield Change(mul(node, slope), Kind.WRONG_OPERAND, phrase, 1.3)


def _with_another(node: Node, atom: Node, mine: Node | Phrase) -> Iterator[Change]:
    fields = {"of": mine, "other": atom}
    yield Change(Node("add", (node, atom)), Kind.WRONG_OPERAND, said("another_added", **fields), 1.5)
    yield Change(Node("sub", (node, atom)), Kind.WRONG_OPERAND, said("another_subtracted", **fields), 1.5)
    yield Change(Node("sub", (atom, node)), Kind.WRONG_OPERAND, said("subtracted_from_another", **fields), 1.5)


def factor_changes(node: Node, facts: Facts) -> Iterator[Change]:
    """Something else instead of the whole of a line's own derivative."""
    if node.op in ("name", "up", "const"):
        return
    yield from powers(node, said("derivative"))
    for atom in facts.atoms:
        if atom.op == "name":
            cost = 0.3 if node.op == "t" else 1  # the derivative of a matrix product is the other matrix
            yield Change(atom, Kind.WRONG_OPERAND, said("derivative_replaced", used=atom), cost)
    yield from _made_of_another(node, facts)


def _made_of_another(node: Node, facts: Facts) -> Iterator[Change]:
    """A power or a function of another value."""
    for atom in facts.atoms:
        if atom.op != "name" or same_leaf(atom, node):
            continue
        powers, functions = _said_of_another(atom.data)
        for power, phrase in zip(POWERS, powers, strict=True):
            yield Change(Node("pow", (atom, const(power))), Kind.WRONG_POWER, phrase, 1.2)
        for function, phrase in zip(FUNCTIONS.values(), functions, strict=True):
            yield Change(Node("fn", (atom,), function), Kind.WRONG_OPERAND, phrase, 1.3)
        value = floats(atom, facts)
        for dim in range(value.dim() if value is not None and value.dim() > 1 else 0):
            phrase = said("softmax_of_another", of=atom, dim=dim)
            yield Change(Node("softmax", (atom,), dim), Kind.WRONG_OPERAND, phrase, 1.3)


@functools.lru_cache(maxsize=256)
def _said_of_another(value: str) -> tuple[list[Phrase], list[Phrase]]:
    """The phrases for the powers and the functions of a value: most changes have one of them, so they are shared."""
    return (
        [said("another_raised", of=value, power=power) for power in POWERS],
        [said("function_of_another", function=form, of=value) for form in FUNCTIONS],
    )
