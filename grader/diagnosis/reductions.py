"""The chain rule for operations along a dimension: sums, means, maxima, softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.chain import Back, Formulas, Operands, call_of, mul
from grader.diagnosis.nodes import Node, const

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from grader.diagnosis.calls import Call


def dims_of(d: Formulas, call: Call, position: int = 0) -> tuple[int, ...] | None:
    """The dimensions that a reduction goes along; None for all of them."""
    found = d.literal(call.argument(position, "dim"))
    if found is None or isinstance(found, bool):
        return None
    return (found,) if isinstance(found, int) else tuple(found)


def spread(d: Formulas, call: Call) -> Back:
    """Over what was summed."""
    x, dims = d.primal(call.operand), dims_of(d, call)
    kept = bool(d.literal(call.argument(1, "keepdim"), default=False))
    dropped = None if kept or dims is None else dims
    return lambda g: Node("expand", (g, x), dropped)


def total(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, spread(d, call)


def mean(d: Formulas, call: Call, _: ast.expr) -> Operands:
    back, size = spread(d, call), Node("size", (d.primal(call.operand),), dims_of(d, call))
    yield call.operand, lambda g: Node("div", (back(g), size))


def var(d: Formulas, call: Call, _: ast.expr) -> Operands:
    x, dims = d.primal(call.operand), dims_of(d, call)
    kept = bool(d.literal(call.keywords.get("keepdim"), default=False))
    unbiased = call.keywords.get("unbiased") or (call.args[1] if len(call.args) > 1 else None)
    correction = int(d.literal(call.keywords.get("correction"), default=int(d.literal(unbiased, default=True))))
    size: Node = Node("size", (x,), dims)
    freedom = Node("sub", (size, const(correction))) if correction else size
    centred = Node("sub", (x, Node("mean", (x,), (dims, True))))
    slope = Node("div", (mul(const(2.0), centred), freedom))
    yield call.operand, lambda g: mul(slope, Node("expand", (g, x), None if kept else dims))


def extreme(which: str) -> Callable[[Formulas, Call, ast.expr], Operands]:
    def rule(d: Formulas, call: Call, _: ast.expr) -> Operands:
        dims = dims_of(d, call)
        x = d.primal(call.operand)
        dim = None if dims is None else dims[0]
        yield call.operand, lambda g: mul(Node("hot", (x,), (which, dim)), spread(d, call)(g))

    return rule


def softmax(d: Formulas, call: Call, node: ast.expr) -> Operands:
    out = d.primal(node)
    dims = dims_of(d, call)

    def back(g: Node) -> Node:
        shared = Node("sum", (mul(out, g),), (dims, True))
        return mul(out, Node("sub", (g, shared)))

    yield call.operand, back


def log_softmax(d: Formulas, call: Call, node: ast.expr) -> Operands:
    out, dims = d.primal(node), dims_of(d, call)
    soft = call_of(torch.exp, out)
    yield call.operand, lambda g: Node("sub", (g, mul(soft, Node("sum", (g,), (dims, True)))))


def cross_entropy(d: Formulas, call: Call, _: ast.expr) -> Operands:
    target = call.argument(0, "target")
    if target is None or set(call.keywords) - {"target"} or len(call.args) > 1:
        return
    x = d.primal(call.operand)
    hot = Node("hot_at", (d.primal(target), x), 1)
    both = Node("sub", (Node("softmax", (x,), 1), hot))
    yield call.operand, lambda g: Node("mul", (Node("div", (both, Node("size", (x,), (0,)))), g))
