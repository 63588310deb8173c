"""Changes of one operation, number or sign in a formula."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change, tensor_at
from grader.diagnosis.formula import Node, const, has_gradient, has_upstream, mul
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.diagnosis.facts import Facts

DONE = {
    "add": said("added"),
    "sub": said("subtracted"),
    "mul": said("multiplied"),
    "div": said("divided"),
    "pow": said("combined_as_power"),
    "matmul": said("matrix_multiplied"),
}
"""The operations on two values, as a phrase refers to them."""
_SIGNED, _EITHER_SIGN = ("add", "sub"), said("added_or_subtracted")
"""Which of the two it is depends on where the learner has a minus sign."""
_PLACES = ("hot", "hot_at")
"""Operations that are 1 at the positions that were read and 0 elsewhere."""
_NUMBERS = ("const", "size", "code")
"""Operations whose value is a number, not a tensor that the learner has."""
SMALL = 1e-2
"""A number below this is a small constant: an epsilon, not a factor. 1e-3 and 0.1 change no name of the catalogues."""


def binary_changes(node: Node) -> Iterator[Change]:
    """Everything that an operation on two values can be mistaken for."""
    yield from _swapped(node)
    yield from _dropped(node)
    if node.op in ("add", "sub"):
        yield from _weighted(node)
    if node.op == "pow" and node.args[1].op == "const":
        yield from _exponents(node)
        yield from _after_the_root(node)
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
        wrong = _EITHER_SIGN if op in _SIGNED and node.op not in _SIGNED else DONE[op]
        mistaken = said("operation_replaced", wrong=wrong, right=DONE[node.op])
        phrase = mistaken if op != node.op else said("operands_swapped")
        yield Change(Node(op, (a, b)), _swap_kind(node.op, op), phrase, 1.1)


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
            yield Change(kept, Kind.WRONG_EPSILON, said("epsilon_dropped", number=lost.data), 0)
        elif node.op in ("add", "sub"):
            kind = Kind.MISSING_PATH if has_gradient(lost) or lost.op in _PLACES else Kind.WRONG_OPERAND
            alone = Node("neg", (kept,)) if node.op == "sub" and kept is right else kept
            yield Change(alone, kind, said("term_missing"), 0 if has_gradient(lost) else 0.6)
        elif lost.op in _PLACES:
            if lost.op == "hot_at":  # `parts` has every other set of positions
                yield Change(kept, Kind.WRONG_INDEX, said("one_for_each_row"), 0)
        elif node.op == "pow":
            yield Change(kept, Kind.WRONG_POWER, said("power_missing"), 0.5)
        elif has_upstream(lost) and not has_upstream(kept):
            yield Change(kept, Kind.UPSTREAM_UNUSED, said("upstream_unused"), 0)
        else:
            kind = Kind.CONSTANT_FACTOR if lost.op in _NUMBERS else Kind.UPSTREAM_ONLY
            yield Change(kept, kind, said("factor_missing"), 0)


def _weighted(node: Node) -> Iterator[Change]:
    """A wrong factor on one term."""
    if any(arg.op == "const" and abs(arg.data) < SMALL for arg in node.args):
        return
    for number, kind, phrase in (
        (-1, Kind.SIGN, said("term_negated")),
        (2, Kind.CONSTANT_FACTOR, said("term_scaled", factor="2")),
        (0.5, Kind.CONSTANT_FACTOR, said("term_scaled", factor="1/2")),
    ):
        for index in (0, 1):
            yield Change(node.with_arg(index, mul(const(number), node.args[index])), kind, phrase, 1)


def _exponents(node: Node) -> Iterator[Change]:
    base, power = node.args
    p = power.data
    for other in dict.fromkeys((p + 1, p - 1, -p, p + 0.5, p - 0.5, p * 2, p / 2, 1, 2, -1, 0.5, -0.5, -2, 3, p + 2)):
        if other not in (p, 0):
            changed = Node("pow", (base, const(other)))
            yield Change(changed, Kind.WRONG_POWER, said("exponent_wrong", exponent=other), 0.5)


def _after_the_root(node: Node) -> Iterator[Change]:
    """`(x**0.5 + eps)**(2*p)` for `(x + eps)**p`."""
    inner, power = node.args
    if inner.op == "add" and inner.args[1].op == "const" and 0 < abs(inner.args[1].data) < SMALL:
        root = Node("add", (Node("pow", (inner.args[0], const(0.5))), inner.args[1]))
        outside = Node("pow", (root, const(2 * power.data)))
        yield Change(outside, Kind.WRONG_EPSILON, said("epsilon_after_power", number=inner.args[1].data), 0.3)


def _matrices(node: Node) -> Iterator[Change]:
    left, right = node.args
    for index, arg in enumerate(node.args):
        turned = arg.args[0] if arg.op == "t" else Node("t", (arg,))
        yield Change(node.with_arg(index, turned), Kind.TRANSPOSED, said("matrix_transposed"), 0)
    apart = mul(Node("sum", (left,), ((-1,), True)), Node("sum", (right,), ((-2,), True)))
    yield Change(apart, Kind.SUMMED_TOO_FAR, said("matrices_summed"), 0.5)
    yield Change(Node("call", (left, right), _of_totals), Kind.SUMMED_TOO_FAR, said("matrices_summed_throughout"), 0.5)


def _of_totals(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """The outer product of the sums over everything but the rows of one and the columns of the other: (n, m)."""
    return torch.outer(left.transpose(-2, -1).flatten(0, -2).sum(0), right.flatten(0, -2).sum(0))


def number_changes(node: Node) -> Iterator[Change]:
    """Changes of a number."""
    value = node.data
    if 0 < abs(value) < SMALL:
        yield from _epsilons(value)
        return
    for other in (value * 2, value / 2, -value, value + 1, value - 1):
        yield Change(const(other), Kind.CONSTANT_FACTOR, said("number_wrong", number=other), 1)


def _epsilons(value: float) -> Iterator[Change]:
    yield Change(const(0.0), Kind.WRONG_EPSILON, said("epsilon_missing", number=value), 0)
    for other in (*(10.0**-k for k in range(3, 13)), value * 2, value / 2, -value):
        if other != value:
            phrase = said("epsilon_replaced", wrong=other, right=value)
            yield Change(const(other), Kind.WRONG_EPSILON, phrase, 0.2)


def stray_epsilon(node: Node, number: float) -> Iterator[Change]:
    """A small constant added where the forward pass has none."""
    phrase = said("epsilon_added", number=number)
    for changed in _with_number(node, const(number)):
        yield Change(changed, Kind.WRONG_EPSILON, phrase, 0.5 - 0.001 * math.log10(number))


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
    yield Change(node.args[0], Kind.SIGN, said("minus_missing"), 0)


def softmax(node: Node, facts: Facts) -> Iterator[Change]:
    """Changes of a softmax inside a formula."""
    (x,) = node.args
    dims = tensor_at(x, facts).dim()
    for dim in range(dims):
        if dim != node.data % dims:
            yield Change(Node("softmax", (x,), dim), Kind.WRONG_AXIS, said("softmax_over_another"), 0)
    yield Change(x, Kind.SOFTMAX_JACOBIAN, said("softmax_missing"), 0)
    for phrase, function in (
        (said("exp_for_softmax"), torch.exp),
        (said("sigmoid_for_softmax"), torch.sigmoid),
        (said("log_softmax_for_softmax"), _log_softmax(node.data)),
    ):
        yield Change(Node("fn", (x,), function), Kind.SOFTMAX_JACOBIAN, phrase, 0.3)


def _log_softmax(dim: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: torch.log_softmax(x, dim)
