"""The chain rule for the operations that a forward pass is made of, as formulas that can be taken apart."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import torch

from grader.diagnosis.formula import Node, Numbers, const

if TYPE_CHECKING:
    from types import CodeType

    from grader.diagnosis.forward_code import Call

Back = Callable[[Node], Node]
"""From the gradient of an expression to the gradient of one of its parts."""
Operands = Iterator[tuple[ast.expr, Back]]


class Formulas(Protocol):
    """What the rules ask of whoever takes a line apart."""

    numbers: Numbers

    def primal(self, node: ast.expr) -> Node:
        """The forward value of an expression."""

    def literal(self, node: ast.expr | None, default: Any = None) -> Any:
        """What an argument says."""

    def code(self, node: ast.expr) -> CodeType:
        """An expression, ready to run."""


def mul(a: Node, b: Node) -> Node:
    """A product."""
    return Node("mul", (a, b))


def call_of(function: Callable[..., Any], *args: Node) -> Node:
    return Node("call", args, function)


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
    "sum": total,
    "mean": mean,
    "var": var,
    "max.values": extreme("argmax"),
    "min.values": extreme("argmin"),
    "amax": extreme("argmax"),
    "amin": extreme("argmin"),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "cross_entropy": cross_entropy,
    "logsumexp": logsumexp,
    "masked_fill": masked_fill,
    "layer_norm": layer_norm,
    "gelu": gelu,
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
