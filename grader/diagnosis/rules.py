"""The chain rule for the operations that a forward pass is made of, as formulas that can be taken apart."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import torch

from grader.diagnosis import layers, reductions
from grader.diagnosis.chain import Formulas, Operands, call_of, mul
from grader.diagnosis.nodes import Node, const

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.calls import Call


def _add(_: Formulas, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: g
    yield node.right, lambda g: g


def _sub(_: Formulas, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: g
    yield node.right, lambda g: Node("neg", (g,))


def _mul(d: Formulas, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: mul(d.primal(node.right), g)
    yield node.right, lambda g: mul(d.primal(node.left), g)


def _div(d: Formulas, node: ast.BinOp) -> Operands:
    top, bottom = d.primal(node.left), d.primal(node.right)
    yield node.left, lambda g: Node("div", (g, bottom))
    yield node.right, lambda g: mul(Node("neg", (Node("mul", (top, Node("pow", (bottom, const(-2))))),)), g)


def _pow(d: Formulas, node: ast.BinOp) -> Operands:
    base = d.primal(node.left)
    exponent = d.literal(node.right)
    if isinstance(exponent, int | float):
        lowered = base if exponent == 2 else Node("pow", (base, const(exponent - 1)))
        yield node.left, lambda g: mul(mul(const(exponent), lowered), g)


def _matmul(d: Formulas, node: ast.BinOp) -> Operands:
    return _product(d, node.left, node.right)


def _product(d: Formulas, left: ast.expr, right: ast.expr) -> Operands:
    a, b = d.primal(left), d.primal(right)
    yield left, lambda g: Node("matmul", (g, Node("t", (b,))))
    yield right, lambda g: Node("matmul", (Node("t", (a,)), g))


BINARY: dict[type[ast.operator], Callable[[Formulas, ast.BinOp], Operands]] = {
    ast.Add: _add,
    ast.Sub: _sub,
    ast.Mult: _mul,
    ast.Div: _div,
    ast.Pow: _pow,
    ast.MatMult: _matmul,
}


# element by element: the derivative from what went in and what came out


def _elementwise(derivative: Callable[[Node, Node], Node]) -> Callable[[Formulas, Call, ast.expr], Operands]:
    def rule(d: Formulas, call: Call, node: ast.expr) -> Operands:
        factor = derivative(d.primal(call.operand), d.primal(node))
        yield call.operand, lambda g: mul(factor, g)

    return rule


def _positive(x: torch.Tensor) -> torch.Tensor:
    return (x > 0).to(x.dtype)


def _log(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("div", (g, d.primal(call.operand)))


def _power_call(d: Formulas, call: Call, _: ast.expr) -> Operands:
    argument = call.argument(0, "exponent")
    if argument is not None:
        yield from _pow(d, ast.BinOp(call.operand, ast.Pow(), argument))


def _matmul_call(d: Formulas, call: Call, _: ast.expr) -> Operands:
    other = call.argument(0, "other")
    if other is not None:
        yield from _product(d, call.operand, other)


def _one_minus(x: Node) -> Node:
    return Node("sub", (const(1.0), x))


# other places, other shapes


def _laid_out(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("reshape", (g, d.primal(call.operand)))


def _same(_: Formulas, call: Call, __: ast.expr) -> Operands:
    yield call.operand, lambda g: g


def _transpose(d: Formulas, call: Call, _: ast.expr) -> Operands:
    dims = tuple(d.literal(argument) for argument in call.args) or None
    yield call.operand, lambda g: Node("t", (g,), dims)


def _permute(d: Formulas, call: Call, _: ast.expr) -> Operands:
    order = [d.literal(argument) for argument in call.args]
    order = list(order[0]) if len(order) == 1 and not isinstance(order[0], int) else order
    back = tuple(order.index(k) for k in range(len(order)))
    yield call.operand, lambda g: Node("permute", (g,), back)


def _subscript(d: Formulas, call: Call, node: ast.expr) -> Operands:
    """A subscript; one that reads one place in each row is written as such."""
    index = _one_in_each_row(d, call, node)
    if index is not None:
        x = d.primal(call.operand)
        yield call.operand, lambda g: mul(Node("hot_at", (index, x), 1), Node("column", (g,)))
        return
    key = ast.Subscript(ast.Name("_key", ast.Load()), call.args[0], ast.Load())
    code = d.code(key)
    yield call.operand, lambda g: Node("scatter", (g, d.primal(call.operand)), (code, "add"))


def _one_in_each_row(d: Formulas, call: Call, node: ast.expr) -> Node | None:
    key = call.args[0]
    if not isinstance(key, ast.Tuple) or len(key.elts) != 2:
        return None
    x, index = d.numbers[d.primal(call.operand)], d.numbers[d.primal(key.elts[1])]
    if not isinstance(x, torch.Tensor) or not isinstance(index, torch.Tensor) or index.shape != x.shape[:1]:
        return None
    read = d.numbers[d.primal(node)]
    rows = torch.arange(len(index))
    alike = isinstance(read, torch.Tensor) and read.shape == index.shape and torch.equal(read, x[rows, index])
    return d.primal(key.elts[1]) if alike and x.dim() == 2 else None


RULES: dict[str, Callable[[Formulas, Call, ast.expr], Operands]] = {
    "exp": _elementwise(lambda _, y: y),
    "log": _log,
    "tanh": _elementwise(lambda _, y: _one_minus(Node("pow", (y, const(2))))),
    "sigmoid": _elementwise(lambda _, y: mul(y, _one_minus(y))),
    "sqrt": _elementwise(lambda _, y: Node("div", (const(0.5), y))),
    "rsqrt": _elementwise(lambda x, _: mul(const(-0.5), Node("pow", (x, const(-1.5))))),
    "square": _elementwise(lambda x, _: mul(const(2), x)),
    "reciprocal": _elementwise(lambda x, _: Node("neg", (Node("pow", (x, const(-2))),))),
    "relu": _elementwise(lambda x, _: call_of(_positive, x)),
    "abs": _elementwise(lambda x, _: call_of(torch.sign, x)),
    "sin": _elementwise(lambda x, _: call_of(torch.cos, x)),
    "cos": _elementwise(lambda x, _: Node("neg", (call_of(torch.sin, x),))),
    "neg": _elementwise(lambda _, __: const(-1.0)),
    "pow": _power_call,
    "matmul": _matmul_call,
    "mm": _matmul_call,
    "bmm": _matmul_call,
    "sum": reductions.total,
    "mean": reductions.mean,
    "var": reductions.var,
    "max.values": reductions.extreme("argmax"),
    "min.values": reductions.extreme("argmin"),
    "amax": reductions.extreme("argmax"),
    "amin": reductions.extreme("argmin"),
    "softmax": reductions.softmax,
    "log_softmax": reductions.log_softmax,
    "cross_entropy": reductions.cross_entropy,
    "logsumexp": layers.logsumexp,
    "masked_fill": layers.masked_fill,
    "layer_norm": layers.layer_norm,
    "gelu": layers.gelu,
    "view": _laid_out,
    "reshape": _laid_out,
    "view_as": _laid_out,
    "flatten": _laid_out,
    "unflatten": _laid_out,
    "squeeze": _laid_out,
    "unsqueeze": _laid_out,
    "contiguous": _same,
    "clone": _same,
    "t": _transpose,
    "transpose": _transpose,
    "permute": _permute,
    "[]": _subscript,
}
