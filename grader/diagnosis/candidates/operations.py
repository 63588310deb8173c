"""Another operation, number or sign in one place of a formula."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.formula import Node, const, has_gradient, has_upstream
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DONE = {
    "add": "added",
    "sub": "subtracted",
    "mul": "multiplied",
    "div": "divided",
    "pow": "raised to a power",
    "matmul": "multiplied as matrices",
}
PLACES = ("hot", "hot_at")
NUMBERS = ("const", "size", "code")
SMALL = 1e-2
"""A number below this is an epsilon."""


def binary_changes(node: Node) -> Iterator[Change]:
    """Everything that one operation on two values can have been mistaken for."""
    yield from _swapped(node)
    yield from _dropped(node)
    if node.op in ("add", "sub"):
        yield from _weighted(node)
    if node.op == "pow" and node.args[1].op == "const":
        yield from _exponents(node)
    if node.op == "matmul":
        yield from _matrices(node)


def _swapped(node: Node) -> Iterator[Change]:
    left, right = node.args
    if any(arg.op == "const" and 0 < abs(arg.data) < SMALL for arg in node.args):
        return
    swaps = [(op, left, right) for op in ("add", "sub", "mul", "div", "pow") if op != node.op]
    swaps += [(op, right, left) for op in ("sub", "div", "pow")]
    swaps += [("matmul", left, right)] if node.op == "mul" else [("matmul", right, left)] if node.op == "matmul" else []
    for op, a, b in swaps:
        mistaken = f"two values are {DONE[op]} that have to be {DONE[node.op]}"
        text = mistaken if op != node.op else "two values have changed places"
        yield Change(Node(op, (a, b)), _swap_kind(node.op, op), text, 1.1)


def regrouped(node: Node) -> Iterator[Change]:
    """A product of several factors with one of its products mistaken for another operation."""
    factors = _factors(node)
    if not 3 <= len(factors) <= MOST_FACTORS:
        return
    for count in range(1, len(factors) // 2 + 1):
        for chosen in itertools.combinations(range(len(factors)), count):
            one = _product([factors[k] for k in chosen])
            other = _product([f for k, f in enumerate(factors) if k not in chosen])
            for op, a, b in (("add", one, other), ("sub", one, other), ("div", one, other), ("div", other, one)):
                text = f"two values are {DONE[op]} that have to be multiplied"
                yield Change(Node(op, (a, b)), _swap_kind("mul", op), text, 1.15)
            lost = "the upstream gradient does not take part" if has_gradient(one) else "a factor is missing"
            kind = Kind.UPSTREAM_UNUSED if has_gradient(one) else Kind.UPSTREAM_ONLY
            yield Change(other, kind, lost, 0.3)
            if has_gradient(one):
                yield Change(one, Kind.UPSTREAM_ONLY, "several factors are missing", 0.4)


MOST_FACTORS = 5


def _factors(node: Node) -> list[Node]:
    if node.op == "mul":
        return [factor for arg in node.args for factor in _factors(arg)]
    if node.op == "neg":
        return [const(-1.0), *_factors(node.args[0])]
    if node.op == "div":
        return [*_factors(node.args[0]), Node("pow", (node.args[1], const(-1)))]
    return [node]


def _product(factors: Sequence[Node]) -> Node:
    return functools.reduce(lambda a, b: Node("mul", (a, b)), factors)


def _swap_kind(right: str, wrong: str) -> Kind:
    if {right, wrong} <= {"add", "sub"}:
        return Kind.SIGN
    if right == wrong == "matmul":
        return Kind.TRANSPOSED
    if "pow" in (right, wrong) or {right, wrong} == {"mul", "div"}:
        return Kind.WRONG_POWER
    return Kind.WRONG_OPERAND


def _dropped(node: Node) -> Iterator[Change]:
    left, right = node.args
    for kept, lost in ((left, right), (right, left)):
        if lost.op == "const" and abs(lost.data) < SMALL:
            yield Change(kept, Kind.WRONG_EPSILON, f"the small number {lost.data:g} is missing", 0)
        elif node.op in ("add", "sub"):
            kind = Kind.MISSING_PATH if has_gradient(lost) or lost.op in PLACES else Kind.WRONG_OPERAND
            yield Change(kept, kind, "one of two terms is missing", 0 if has_gradient(lost) else 0.6)
        elif lost.op in PLACES:
            kind = Kind.WRONG_PATH if lost.op == "hot" else Kind.WRONG_INDEX
            yield Change(kept, kind, "it is not brought to the places that were read", 0)
        elif node.op == "pow":
            yield Change(kept, Kind.WRONG_POWER, "a power is missing", 0.5)
        elif has_upstream(lost) and not has_upstream(kept):
            yield Change(kept, Kind.UPSTREAM_UNUSED, "the upstream gradient does not take part", 0)
        else:
            kind = Kind.CONSTANT_FACTOR if lost.op in NUMBERS else Kind.UPSTREAM_ONLY
            yield Change(kept, kind, "a factor is missing", 0)


def _weighted(node: Node) -> Iterator[Change]:
    """One of two terms with another factor."""
    _left, _right = node.args
    if any(arg.op == "const" and abs(arg.data) < SMALL for arg in node.args):
        return
    for number, kind, text in (
        (-1, Kind.SIGN, "one term has the wrong sign"),
        (2, Kind.CONSTANT_FACTOR, "one term has a factor 2 too many"),
        (0.5, Kind.CONSTANT_FACTOR, "one term has a factor 1/2 too many"),
    ):
        for index in (0, 1):
            yield Change(node.with_arg(index, Node("mul", (const(number), node.args[index]))), kind, text, 1)


def _exponents(node: Node) -> Iterator[Change]:
    base, power = node.args
    p = power.data
    for other in dict.fromkeys((p + 1, p - 1, -p, p + 0.5, p - 0.5, p * 2, p / 2, 1, 2, -1, 0.5, -0.5, -2, 3, p + 2)):
        if other != p:
            changed = Node("pow", (base, const(other)))
            yield Change(changed, Kind.WRONG_POWER, f"the power {other:g} stands where another one belongs", 0.5)


def _matrices(node: Node) -> Iterator[Change]:
    left, right = node.args
    for index, arg in enumerate(node.args):
        turned = arg.args[0] if arg.op == "t" else Node("t", (arg,))
        yield Change(
            node.with_arg(index, turned), Kind.TRANSPOSED, "a matrix is turned that should not be, or not turned", 0
        )
    apart = Node("mul", (Node("sum", (left,), ((-1,), True)), Node("sum", (right,), ((-2,), True))))
    yield Change(apart, Kind.SUMMED_TOO_FAR, "both matrices are summed before they are multiplied", 0.5)


def number_changes(node: Node) -> Iterator[Change]:
    """Another number."""
    value = node.data
    if 0 < abs(value) < SMALL:
        yield from _epsilons(value)
        return
    for other in (value * 2, value / 2, -value, value + 1, value - 1):
        yield Change(const(other), Kind.CONSTANT_FACTOR, f"the number {other:g} stands where another one belongs", 1)


def _epsilons(value: float) -> Iterator[Change]:
    yield Change(const(0.0), Kind.WRONG_EPSILON, f"the small number {value:g} is missing", 0)
    for other in (*(10.0**-k for k in range(3, 13)), value * 2, value / 2, -value):
        if other != value:
            yield Change(const(other), Kind.WRONG_EPSILON, f"it has {other:g} for the small number {value:g}", 0.2)


def stray_epsilon(node: Node, number: float) -> Iterator[Change]:
    """A small number added where there is none."""
    text = f"a small number ({number:g}) is added that the forward pass does not have there"
    for changed in _with_number(node, const(number)):
        yield Change(changed, Kind.WRONG_EPSILON, text, 0.5 - 0.001 * math.log10(number))


def _with_number(node: Node, number: Node) -> Iterator[Node]:
    yield Node("add", (node, number))
    if node.op == "pow" and node.args[1].op == "const" and node.args[1].data < 0:
        below = Node("pow", (node.args[0], const(-node.args[1].data)))
        yield Node("pow", (Node("add", (below, number)), const(-1)))
    if node.op == "softmax":
        counts = Node("fn", node.args, torch.exp)
        total = Node("sum", (counts,), ((node.data,), True))
        yield Node("div", (counts, Node("add", (total, number))))
