"""The chain rule for layers that a forward pass calls by one name: layer norm, gelu, logsumexp, masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.chain import Formulas, Operands, call_of, mul
from grader.diagnosis.nodes import Node, const
from grader.diagnosis.reductions import dims_of, spread

if TYPE_CHECKING:
    import ast

    from grader.diagnosis.calls import Call


def logsumexp(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """Its derivative is the softmax."""
    dims = dims_of(d, call)
    if dims is not None and len(dims) == 1:
        back = spread(d, call)
        yield call.operand, lambda g: mul(Node("softmax", (d.primal(call.operand),), dims[0]), back(g))


def masked_fill(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """Nothing comes back from where the mask is."""
    mask = call.argument(0, "mask")
    if mask is not None:
        kept = call_of(torch.logical_not, d.primal(mask))
        yield call.operand, lambda g: mul(kept, g)


def layer_norm(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """Over the last dimension: the gain's gradient, the bias's, and three terms for what is normalised."""
    shape, weight, bias = (call.argument(k, name) for k, name in enumerate(("normalized_shape", "weight", "bias")))
    if shape is None or len(d.literal(shape)) != 1:
        return
    x, epsilon = d.primal(call.operand), d.literal(call.argument(3, "eps"), default=1e-5)
    over = ((-1,), True)
    centred = Node("sub", (x, Node("mean", (x,), over)))
    variance = Node("mean", (Node("pow", (centred, const(2))),), over)
    inverse = Node("pow", (Node("add", (variance, const(epsilon))), const(-0.5)))
    unit = mul(centred, inverse)

    def back(g: Node) -> Node:
        scaled = g if weight is None else mul(d.primal(weight), g)
        shared = Node("sub", (scaled, Node("mean", (scaled,), over)))
        return mul(inverse, Node("sub", (shared, mul(unit, Node("mean", (mul(scaled, unit),), over)))))

    yield call.operand, back
    if weight is not None:
        yield weight, lambda g: mul(unit, g)
    if bias is not None:
        yield bias, lambda g: g


def gelu(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """The form with tanh; the one with erf stays one operation."""
    if d.literal(call.argument(0, "approximate"), default="none") != "tanh":
        return
    x = d.primal(call.operand)
    root = const(math.sqrt(2 / math.pi))
    cube = Node("add", (x, mul(const(0.044715), Node("pow", (x, const(3))))))
    tanh = Node("fn", (mul(root, cube),), torch.tanh)
    inner = Node("add", (const(1), mul(mul(const(3), const(0.044715)), Node("pow", (x, const(2))))))
    slope = mul(Node("sub", (const(1), Node("pow", (tanh, const(2))))), mul(root, inner))
    both = Node("add", (mul(const(0.5), Node("add", (const(1), tanh))), mul(mul(const(0.5), x), slope)))
    yield call.operand, lambda g: mul(both, g)
