"""Changes of one operation, number or sign in a formula."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change, tensor_at
from grader.diagnosis.formula import Node, const, has_gradient, has_upstream, mul
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.diagnosis.facts import Facts

DONE = {
    "add": "added",
    "sub": "subtracted",
    "mul": "multiplied",
    "div": "divided",
    "pow": "combined as a power",
    "matmul": "matrix-multiplied",
}
"""The operations on two values, as a message writes them."""
_PLACES = ("hot", "hot_at")
"""Operations that are 1 at the positions that were read and 0 elsewhere."""
_NUMBERS = ("const", "size", "code")
"""Operations whose value is a number, not a tensor that the learner has."""
SMALL = 1e-2
"""A number below this is a small constant: an epsilon, not a factor. 1e-3 and 0.1 change no name of the catalogues."""
MOST_FACTORS = 5
"""A product of more factors is not regrouped: 5 can be split in 15 ways, 6 in 41, with 5 or 6 candidates each."""


def binary_changes(node: Node) -> Iterator[Change]:
    """Everything that an operation on two values can be mistaken for."""
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
        mistaken = f"two values are {DONE[op]} instead of {DONE[node.op]}"
        text = mistaken if op != node.op else "two values are swapped"
        yield Change(Node(op, (a, b)), _swap_kind(node.op, op), text, 1.1)


def regrouped(node: Node) -> Iterator[Change]:
    """A product of several factors in which one multiplication is mistaken for another operation."""
    factors = _factors(node)
    if not 3 <= len(factors) <= MOST_FACTORS:
        return
    for count in range(1, len(factors) // 2 + 1):
        for chosen in itertools.combinations(range(len(factors)), count):
            one = _multiplied([factors[k] for k in chosen])
            other = _multiplied([f for k, f in enumerate(factors) if k not in chosen])
            for op, a, b in (("add", one, other), ("sub", one, other), ("div", one, other), ("div", other, one)):
                text = f"two values are {DONE[op]} instead of multiplied"
                yield Change(Node(op, (a, b)), _swap_kind("mul", op), text, 1.15)
            lost = "the upstream gradient is never used" if has_gradient(one) else "a factor is missing"
            kind = Kind.UPSTREAM_UNUSED if has_gradient(one) else Kind.UPSTREAM_ONLY
            yield Change(other, kind, lost, 0.3)
            if has_gradient(one):
                yield Change(one, Kind.UPSTREAM_ONLY, "several factors are missing", 0.4)


def _factors(node: Node) -> list[Node]:
    if node.op == "mul":
        return [factor for arg in node.args for factor in _factors(arg)]
    if node.op == "neg":
        return [const(-1.0), *_factors(node.args[0])]
    if node.op == "div":
        return [*_factors(node.args[0]), Node("pow", (node.args[1], const(-1)))]
    return [node]


def _multiplied(factors: Sequence[Node]) -> Node:
    return functools.reduce(mul, factors)


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
            yield Change(kept, Kind.WRONG_EPSILON, f"the small constant {lost.data:g} is missing", 0)
        elif node.op in ("add", "sub"):
            kind = Kind.MISSING_PATH if has_gradient(lost) or lost.op in _PLACES else Kind.WRONG_OPERAND
            yield Change(kept, kind, "one of two terms is missing", 0 if has_gradient(lost) else 0.6)
        elif lost.op in _PLACES:
            kind = Kind.WRONG_PATH if lost.op == "hot" else Kind.WRONG_INDEX
            yield Change(kept, kind, "it is not limited to the positions that were read", 0)
        elif node.op == "pow":
            yield Change(kept, Kind.WRONG_POWER, "a power is missing", 0.5)
        elif has_upstream(lost) and not has_upstream(kept):
            yield Change(kept, Kind.UPSTREAM_UNUSED, "the upstream gradient is never used", 0)
        else:
            kind = Kind.CONSTANT_FACTOR if lost.op in _NUMBERS else Kind.UPSTREAM_ONLY
            yield Change(kept, kind, "a factor is missing", 0)


def _weighted(node: Node) -> Iterator[Change]:
    """A wrong factor on one of two terms."""
    if any(arg.op == "const" and abs(arg.data) < SMALL for arg in node.args):
        return
    for number, kind, text in (
        (-1, Kind.SIGN, "one term has the wrong sign"),
        (2, Kind.CONSTANT_FACTOR, "one term has an extra factor of 2"),
        (0.5, Kind.CONSTANT_FACTOR, "one term has an extra factor of 1/2"),
    ):
        for index in (0, 1):
            yield Change(node.with_arg(index, mul(const(number), node.args[index])), kind, text, 1)


def _exponents(node: Node) -> Iterator[Change]:
    base, power = node.args
    p = power.data
    for other in dict.fromkeys((p + 1, p - 1, -p, p + 0.5, p - 0.5, p * 2, p / 2, 1, 2, -1, 0.5, -0.5, -2, 3, p + 2)):
        if other != p:
            changed = Node("pow", (base, const(other)))
            yield Change(changed, Kind.WRONG_POWER, f"the exponent {other:g} is wrong", 0.5)


def _matrices(node: Node) -> Iterator[Change]:
    left, right = node.args
    for index, arg in enumerate(node.args):
        turned = arg.args[0] if arg.op == "t" else Node("t", (arg,))
        yield Change(
            node.with_arg(index, turned),
            Kind.TRANSPOSED,
            "a matrix is transposed that should not be, or the other way round",
            0,
        )
    apart = mul(Node("sum", (left,), ((-1,), True)), Node("sum", (right,), ((-2,), True)))
    yield Change(apart, Kind.SUMMED_TOO_FAR, "both matrices are summed before they are multiplied", 0.5)


def number_changes(node: Node) -> Iterator[Change]:
    """Changes of a number."""
    value = node.data
    if 0 < abs(value) < SMALL:
        yield from _epsilons(value)
        return
    for other in (value * 2, value / 2, -value, value + 1, value - 1):
        yield Change(const(other), Kind.CONSTANT_FACTOR, f"the number {other:g} is wrong", 1)


def _epsilons(value: float) -> Iterator[Change]:
    yield Change(const(0.0), Kind.WRONG_EPSILON, f"the small constant {value:g} is missing", 0)
    for other in (*(10.0**-k for k in range(3, 13)), value * 2, value / 2, -value):
        if other != value:
            yield Change(const(other), Kind.WRONG_EPSILON, f"the small constant is {other:g} instead of {value:g}", 0.2)


def stray_epsilon(node: Node, number: float) -> Iterator[Change]:
    """A small constant added where the forward pass has none."""
    text = f"a small constant ({number:g}) is added where the forward pass has none"
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


def neg(node: Node, _: Facts) -> Iterator[Change]:
    """A missing minus sign."""
    yield Change(node.args[0], Kind.SIGN, "a minus sign is missing", 0)


def softmax(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a softmax inside a formula."""
    (x,) = node.args
    dims = tensor_at(x, facts).dim()
    for dim in range(dims):
        if dim != node.data % dims:
            yield Change(Node("softmax", (x,), dim), Kind.WRONG_AXIS, "the softmax runs over the wrong dimension", 0)
    yield Change(x, Kind.SOFTMAX_JACOBIAN, "the softmax is missing", 0)
    for text, function in (
        ("exp is used instead of the softmax, without dividing by its sum", torch.exp),
        ("the sigmoid is used instead of the softmax", torch.sigmoid),
        ("the log-softmax is used instead of the softmax", _log_softmax(node.data)),
    ):
        yield Change(Node("fn", (x,), function), Kind.SOFTMAX_JACOBIAN, text, 0.3)


def _log_softmax(dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: torch.log_softmax(x, dim)
