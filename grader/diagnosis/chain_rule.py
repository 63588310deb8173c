"""The chain rule for the operations of a forward pass, as formulas that can be taken apart.

A rule gives, for each operand of an operation, the step from the operation's gradient to the operand's. The caller sums
over what was broadcast. `derive` compares every formula with autograd's gradient before it is used.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import torch

from grader.diagnosis.formula import Node, Numbers, const, mul, one_minus

if TYPE_CHECKING:
    from types import CodeType

    from grader.diagnosis.forward_code import Call

Back = Callable[[Node], Node]
"""From the gradient of an expression to the gradient of one of its operands."""
Operands = Iterator[tuple[ast.expr, Back]]
Rule = Callable[["Formulas", "Call", ast.expr], Operands]
"""The rule of a function or method, for a call of it and the whole expression."""


class Formulas(Protocol):
    """What the rules need from the object that takes a line apart."""

    numbers: Numbers

    def primal(self, node: ast.expr) -> Node:
        """The forward value of an expression, as a formula."""

    def literal(self, node: ast.expr | None, default: Any = None) -> Any:
        """The value of an argument; `default` if there is none."""

    def code(self, node: ast.expr) -> CodeType:
        """An expression, compiled."""


def positive(x: torch.Tensor) -> torch.Tensor:
    """1 where a value is positive, otherwise 0: the derivative of relu."""
    return (x > 0).to(x.dtype)


def _call(function: Callable[..., Any], *args: Node) -> Node:
    return Node("call", args, function)


def _same(_: Formulas, call: Call, __: ast.expr) -> Operands:
    yield call.operand, lambda g: g


# two operands


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
    """d(a/b) = da / b - a * b**-2 * db."""
    top, bottom = d.primal(node.left), d.primal(node.right)
    yield node.left, lambda g: Node("div", (g, bottom))
    yield node.right, lambda g: mul(Node("neg", (mul(top, Node("pow", (bottom, const(-2)))),)), g)


def _pow(d: Formulas, node: ast.BinOp) -> Operands:
    """The exponent has to be a number; there is no rule for its gradient."""
    base = d.primal(node.left)
    exponent = d.literal(node.right)
    if isinstance(exponent, (int, float)):
        lowered = base if exponent == 2 else Node("pow", (base, const(exponent - 1)))
        yield node.left, lambda g: mul(mul(const(exponent), lowered), g)


def _pow_call(d: Formulas, call: Call, _: ast.expr) -> Operands:
    exponent = call.argument(0, "exponent")
    if exponent is not None:
        yield from _pow(d, ast.BinOp(call.operand, ast.Pow(), exponent))


def _matmul(d: Formulas, node: ast.BinOp) -> Operands:
    """For a (..., n, k) times b (..., k, m): g @ b.T is (..., n, k), and a.T @ g is (..., k, m)."""
    a, b = d.primal(node.left), d.primal(node.right)
    yield node.left, lambda g: Node("matmul", (g, Node("t", (b,))))
    yield node.right, lambda g: Node("matmul", (Node("t", (a,)), g))


def _matmul_call(d: Formulas, call: Call, _: ast.expr) -> Operands:
    other = call.argument(0, "other")
    if other is not None:
        yield from _matmul(d, ast.BinOp(call.operand, ast.MatMult(), other))


BINARY: dict[type[ast.operator], Callable[[Formulas, ast.BinOp], Operands]] = {
    ast.Add: _add,
    ast.Sub: _sub,
    ast.Mult: _mul,
    ast.Div: _div,
    ast.Pow: _pow,
    ast.MatMult: _matmul,
}
"""The rules of Python's operators."""


# elementwise functions


def _elementwise(derivative: Callable[[Node, Node], Node]) -> Rule:
    """The rule of a function whose derivative is a formula of its input x and output y."""

    def rule(d: Formulas, call: Call, node: ast.expr) -> Operands:
        factor = derivative(d.primal(call.operand), d.primal(node))
        yield call.operand, lambda g: mul(factor, g)

    return rule


def _log(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("div", (g, d.primal(call.operand)))


def _masked_fill(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """The gradient is zero where the mask is set."""
    mask = call.argument(0, "mask")
    if mask is not None:
        kept = _call(torch.logical_not, d.primal(mask))
        yield call.operand, lambda g: mul(kept, g)


def _gelu(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """The tanh approximation, as torch documents it; the erf form has no rule.

    y = x/2 * (1 + t), where t = tanh(r * (x + 0.044715 * x**3)) and r = sqrt(2/pi), so that
    dy/dx = (1 + t)/2 + x/2 * (1 - t**2) * r * (1 + 3 * 0.044715 * x**2).
    """
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


# sums, means and maxima along dimensions


def _dims(d: Formulas, call: Call) -> tuple[int, ...] | None:
    """The dimensions that a reduction runs over; None for all of them."""
    found = d.literal(call.argument(0, "dim"))
    if found is None or isinstance(found, bool):
        return None
    return (found,) if isinstance(found, int) else tuple(found)


def _spread(d: Formulas, call: Call) -> Back:
    """Broadcasts the gradient over what was summed."""
    x, dims = d.primal(call.operand), _dims(d, call)
    kept = bool(d.literal(call.argument(1, "keepdim"), default=False))
    dropped = None if kept or dims is None else dims
    return lambda g: Node("expand", (g, x), dropped)


def _sum(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, _spread(d, call)


def _mean(d: Formulas, call: Call, _: ast.expr) -> Operands:
    back, count = _spread(d, call), Node("size", (d.primal(call.operand),), _dims(d, call))
    yield call.operand, lambda g: Node("div", (back(g), count))


def _var(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """2 * (x - mean) / (n - correction): the share through the mean sums to zero."""
    x, dims = d.primal(call.operand), _dims(d, call)
    kept = bool(d.literal(call.keywords.get("keepdim"), default=False))
    unbiased = call.keywords.get("unbiased") or (call.args[1] if len(call.args) > 1 else None)
    correction = int(d.literal(call.keywords.get("correction"), default=int(d.literal(unbiased, default=True))))
    count: Node = Node("size", (x,), dims)
    freedom = Node("sub", (count, const(correction))) if correction else count
    centered = Node("sub", (x, Node("mean", (x,), (dims, True))))
    slope = Node("div", (mul(const(2.0), centered), freedom))
    yield call.operand, lambda g: mul(slope, Node("expand", (g, x), None if kept else dims))


def _extreme(which: str) -> Rule:
    """Only the position of the maximum or minimum gets the gradient; of several equal ones, the first."""

    def rule(d: Formulas, call: Call, _: ast.expr) -> Operands:
        dims = _dims(d, call)
        x = d.primal(call.operand)
        dim = None if dims is None else dims[0]
        yield call.operand, lambda g: mul(Node("hot", (x,), (which, dim)), _spread(d, call)(g))

    return rule


# softmax and its relatives, and layer norm: derivatives with several terms


def _softmax(d: Formulas, call: Call, node: ast.expr) -> Operands:
    """For p = softmax(x), dp_i/dx_j = p_i * ((i == j) - p_j), so g comes back as p * (g - sum(p * g))."""
    out, dims = d.primal(node), _dims(d, call)
    yield call.operand, lambda g: mul(out, Node("sub", (g, Node("sum", (mul(out, g),), (dims, True)))))


def _log_softmax(d: Formulas, call: Call, node: ast.expr) -> Operands:
    """For y = log softmax(x), dy_i/dx_j = (i == j) - p_j, so g comes back as g - p * sum(g)."""
    out, dims = d.primal(node), _dims(d, call)
    soft = _call(torch.exp, out)
    yield call.operand, lambda g: Node("sub", (g, mul(soft, Node("sum", (g,), (dims, True)))))


def _logsumexp(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """The derivative of logsumexp is the softmax; for one dimension only."""
    dims = _dims(d, call)
    if dims is not None and len(dims) == 1:
        back = _spread(d, call)
        yield call.operand, lambda g: mul(Node("softmax", (d.primal(call.operand),), dims[0]), back(g))


def _cross_entropy(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """(softmax(x) - one_hot(target)) / n, for x (n, classes) and the mean over n; calls with options have no rule."""
    target = call.argument(0, "target")
    if target is None or set(call.keywords) - {"target"} or len(call.args) > 1:
        return
    x = d.primal(call.operand)
    hot = Node("hot_at", (d.primal(target), x), 1)
    both = Node("sub", (Node("softmax", (x,), 1), hot))
    yield call.operand, lambda g: mul(Node("div", (both, Node("size", (x,), (0,)))), g)


def _layer_norm(d: Formulas, call: Call, _: ast.expr) -> Operands:
    """Over the last dimension: the gradients of the gain, of the bias and, with three terms, of the input x.

    With u = (x - mean) * inverse and h = gain * g, h comes back as inverse * (h - mean(h) - u * mean(h * u)): the
    terms of x itself, of its mean and of its variance.
    """
    shape, weight, bias = (call.argument(k, name) for k, name in enumerate(("normalized_shape", "weight", "bias")))
    if shape is None or len(d.literal(shape)) != 1:
        return
    x, epsilon = d.primal(call.operand), d.literal(call.argument(3, "eps"), default=1e-5)  # torch's default
    over = ((-1,), True)
    centered = Node("sub", (x, Node("mean", (x,), over)))
    variance = Node("mean", (Node("pow", (centered, const(2))),), over)
    inverse = Node("pow", (Node("add", (variance, const(epsilon))), const(-0.5)))
    unit = mul(centered, inverse)

    def back(g: Node) -> Node:
        scaled = g if weight is None else mul(d.primal(weight), g)
        shared = Node("sub", (scaled, Node("mean", (scaled,), over)))
        return mul(inverse, Node("sub", (shared, mul(unit, Node("mean", (mul(scaled, unit),), over)))))

    yield call.operand, back
    if weight is not None:
        yield weight, lambda g: mul(unit, g)
    if bias is not None:
        yield bias, lambda g: g


# other shapes, other positions


def _reshaped(d: Formulas, call: Call, _: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("reshape", (g, d.primal(call.operand)))


def _transpose(d: Formulas, call: Call, _: ast.expr) -> Operands:
    dims = tuple(d.literal(argument) for argument in call.args) or None
    yield call.operand, lambda g: Node("t", (g,), dims)


def _permute(d: Formulas, call: Call, _: ast.expr) -> Operands:
    order = [d.literal(argument) for argument in call.args]
    order = list(order[0]) if len(order) == 1 and not isinstance(order[0], int) else order
    back = tuple(order.index(k) for k in range(len(order)))
    yield call.operand, lambda g: Node("permute", (g,), back)


def _subscript(d: Formulas, call: Call, node: ast.expr) -> Operands:
    """A subscript; one that reads one position per row gets a form of its own."""
    index = _one_in_each_row(d, call, node)
    if index is not None:
        x = d.primal(call.operand)
        yield call.operand, lambda g: mul(Node("hot_at", (index, x), 1), Node("column", (g,)))
        return
    key = ast.Subscript(ast.Name("_key", ast.Load()), call.args[0], ast.Load())
    code = d.code(key)
    yield call.operand, lambda g: Node("scatter", (g, d.primal(call.operand)), (code, "add"))


def _one_in_each_row(d: Formulas, call: Call, node: ast.expr) -> Node | None:
    """The index of `x[range(n), index]`, for x (n, m) and index (n,); None for any other subscript."""
    key = call.args[0]
    if not isinstance(key, ast.Tuple) or len(key.elts) != 2:
        return None
    x, index = d.numbers[d.primal(call.operand)], d.numbers[d.primal(key.elts[1])]
    if not isinstance(x, torch.Tensor) or not isinstance(index, torch.Tensor) or index.shape != x.shape[:1]:
        return None
    read = d.numbers[d.primal(node)]
    rows = torch.arange(len(index))  # (n,)
    alike = isinstance(read, torch.Tensor) and read.shape == index.shape and torch.equal(read, x[rows, index])
    return d.primal(key.elts[1]) if alike and x.dim() == 2 else None


RULES: dict[str, Rule] = {
    "exp": _elementwise(lambda _, y: y),
    "log": _log,
    "tanh": _elementwise(lambda _, y: one_minus(Node("pow", (y, const(2))))),
    "sigmoid": _elementwise(lambda _, y: mul(y, one_minus(y))),
    "sqrt": _elementwise(lambda _, y: Node("div", (const(0.5), y))),
    "rsqrt": _elementwise(lambda x, _: mul(const(-0.5), Node("pow", (x, const(-1.5))))),
    "square": _elementwise(lambda x, _: mul(const(2), x)),
    "reciprocal": _elementwise(lambda x, _: Node("neg", (Node("pow", (x, const(-2))),))),
    "relu": _elementwise(lambda x, _: _call(positive, x)),
    "abs": _elementwise(lambda x, _: _call(torch.sign, x)),
    "sin": _elementwise(lambda x, _: _call(torch.cos, x)),
    "cos": _elementwise(lambda x, _: Node("neg", (_call(torch.sin, x),))),
    "neg": _elementwise(lambda _, __: const(-1.0)),
    "gelu": _gelu,
    "masked_fill": _masked_fill,
    "pow": _pow_call,
    "matmul": _matmul_call,
    "mm": _matmul_call,
    "bmm": _matmul_call,
    "sum": _sum,
    "mean": _mean,
    "var": _var,
    "max.values": _extreme("argmax"),
    "min.values": _extreme("argmin"),
    "amax": _extreme("argmax"),
    "amin": _extreme("argmin"),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "cross_entropy": _cross_entropy,
    "layer_norm": _layer_norm,
    "view": _reshaped,
    "reshape": _reshaped,
    "view_as": _reshaped,
    "flatten": _reshaped,
    "unflatten": _reshaped,
    "squeeze": _reshaped,
    "unsqueeze": _reshaped,
    "contiguous": _same,
    "clone": _same,
    "t": _transpose,
    "transpose": _transpose,
    "permute": _permute,
    "[]": _subscript,
}
"""The rules of torch functions and methods by name; `[]` is a subscript, `max.values` the first result of `max`."""
