"""The chain rule for the operations that a forward pass is made of, as formulas that can be taken apart."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.nodes import Node, const

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.diagnosis.derive import Deriver

    Back = Callable[[Node], Node]
    """From the gradient of an expression to the gradient of one of its parts."""
    Operands = Iterator[tuple[ast.expr, Back]]


@dataclass(frozen=True, slots=True)
class Call:
    """A function or method of torch, written either way, with what it is applied to first."""

    function: str
    operand: ast.expr
    args: list[ast.expr] = field(default_factory=list)
    keywords: dict[str, ast.expr] = field(default_factory=dict)

    def argument(self, position: int, keyword: str) -> ast.expr | None:
        """An argument after the operand, however it was written."""
        return self.args[position] if len(self.args) > position else self.keywords.get(keyword)


def read_call(node: ast.expr, namespace: Mapping[str, Any]) -> Call | None:
    """A call, an attribute or a subscript, brought into one form; None if it is nothing of the kind."""
    if isinstance(node, ast.Attribute):
        return _read_attribute(node, namespace)
    if isinstance(node, ast.Subscript):
        inner = read_call(node.value, namespace)
        if inner is not None and inner.function in ("max", "min") and _is_zero(node.slice):
            return Call(f"{inner.function}.values", inner.operand, inner.args, inner.keywords)
        return Call("[]", node.value, [node.slice])
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    keywords = {k.arg: k.value for k in node.keywords if k.arg is not None}
    if _is_module(node.func.value, namespace):
        operand = node.args[0] if node.args else keywords.pop("input", None)
        return None if operand is None else Call(node.func.attr, operand, list(node.args[1:]), keywords)
    return Call(node.func.attr, node.func.value, list(node.args), keywords)


def _read_attribute(node: ast.Attribute, namespace: Mapping[str, Any]) -> Call | None:
    if node.attr in ("T", "mT"):
        return Call("t", node.value)
    inner = read_call(node.value, namespace)
    if node.attr == "values" and inner is not None and inner.function in ("max", "min"):
        return Call(f"{inner.function}.values", inner.operand, inner.args, inner.keywords)
    return None


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _is_module(node: ast.expr, namespace: Mapping[str, Any]) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and isinstance(namespace.get(node.id), ModuleType)


# between two operands


def mul(a: Node, b: Node) -> Node:
    """A product."""
    return Node("mul", (a, b))


def _add(d: Deriver, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: g
    yield node.right, lambda g: g


def _sub(d: Deriver, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: g
    yield node.right, lambda g: Node("neg", (g,))


def _mul(d: Deriver, node: ast.BinOp) -> Operands:
    yield node.left, lambda g: mul(d.primal(node.right), g)
    yield node.right, lambda g: mul(d.primal(node.left), g)


def _div(d: Deriver, node: ast.BinOp) -> Operands:
    top, bottom = d.primal(node.left), d.primal(node.right)
    yield node.left, lambda g: Node("div", (g, bottom))
    yield node.right, lambda g: mul(Node("neg", (Node("mul", (top, Node("pow", (bottom, const(-2))))),)), g)


def _pow(d: Deriver, node: ast.BinOp) -> Operands:
    base = d.primal(node.left)
    exponent = d.literal(node.right)
    if isinstance(exponent, int | float):
        lowered = base if exponent == 2 else Node("pow", (base, const(exponent - 1)))
        yield node.left, lambda g: mul(mul(const(exponent), lowered), g)


def _matmul(d: Deriver, node: ast.BinOp) -> Operands:
    return _product(d, node.left, node.right)


def _product(d: Deriver, left: ast.expr, right: ast.expr) -> Operands:
    a, b = d.primal(left), d.primal(right)
    yield left, lambda g: Node("matmul", (g, Node("t", (b,))))
    yield right, lambda g: Node("matmul", (Node("t", (a,)), g))


BINARY: dict[type[ast.operator], Callable[[Deriver, ast.BinOp], Operands]] = {
    ast.Add: _add,
    ast.Sub: _sub,
    ast.Mult: _mul,
    ast.Div: _div,
    ast.Pow: _pow,
    ast.MatMult: _matmul,
}


# element by element: the derivative from what went in and what came out


def _elementwise(derivative: Callable[[Node, Node], Node]) -> Callable[[Deriver, Call, ast.expr], Operands]:
    def rule(d: Deriver, call: Call, node: ast.expr) -> Operands:
        factor = derivative(d.primal(call.operand), d.primal(node))
        yield call.operand, lambda g: mul(factor, g)

    return rule


def _call(function: Callable[..., Any], *args: Node) -> Node:
    return Node("call", args, function)


def _positive(x: torch.Tensor) -> torch.Tensor:
    return (x > 0).to(x.dtype)


def _log(d: Deriver, call: Call, node: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("div", (g, d.primal(call.operand)))


def _power_call(d: Deriver, call: Call, node: ast.expr) -> Operands:
    argument = call.argument(0, "exponent")
    if argument is not None:
        yield from _pow(d, ast.BinOp(call.operand, ast.Pow(), argument))


def _matmul_call(d: Deriver, call: Call, node: ast.expr) -> Operands:
    other = call.argument(0, "other")
    if other is not None:
        yield from _product(d, call.operand, other)


def _one_minus(x: Node) -> Node:
    return Node("sub", (const(1.0), x))


# along a dimension


def dims_of(d: Deriver, call: Call, position: int = 0) -> tuple[int, ...] | None:
    """The dimensions that a reduction goes along; None for all of them."""
    found = d.literal(call.argument(position, "dim"))
    if found is None or isinstance(found, bool):
        return None
    return (found,) if isinstance(found, int) else tuple(found)


def _spread(d: Deriver, call: Call, node: ast.expr) -> Back:
    """Over what was summed."""
    x, dims = d.primal(call.operand), dims_of(d, call)
    kept = bool(d.literal(call.argument(1, "keepdim"), default=False))
    dropped = None if kept or dims is None else dims
    return lambda g: Node("expand", (g, x), dropped)


def _sum(d: Deriver, call: Call, node: ast.expr) -> Operands:
    yield call.operand, _spread(d, call, node)


def _mean(d: Deriver, call: Call, node: ast.expr) -> Operands:
    spread, size = _spread(d, call, node), Node("size", (d.primal(call.operand),), dims_of(d, call))
    yield call.operand, lambda g: Node("div", (spread(g), size))


def _var(d: Deriver, call: Call, node: ast.expr) -> Operands:
    x, dims = d.primal(call.operand), dims_of(d, call)
    kept = bool(d.literal(call.keywords.get("keepdim"), default=False))
    unbiased = call.keywords.get("unbiased") or (call.args[1] if len(call.args) > 1 else None)
    correction = int(d.literal(call.keywords.get("correction"), default=int(d.literal(unbiased, default=True))))
    size: Node = Node("size", (x,), dims)
    freedom = Node("sub", (size, const(correction))) if correction else size
    spread = Node("sub", (x, Node("mean", (x,), (dims, True))))
    slope = Node("div", (mul(const(2.0), spread), freedom))
    yield call.operand, lambda g: mul(slope, Node("expand", (g, x), None if kept else dims))


def _extreme(which: str) -> Callable[[Deriver, Call, ast.expr], Operands]:
    def rule(d: Deriver, call: Call, node: ast.expr) -> Operands:
        dims = dims_of(d, call)
        x = d.primal(call.operand)
        dim = None if dims is None else dims[0]
        yield call.operand, lambda g: mul(Node("hot", (x,), (which, dim)), _spread(d, call, node)(g))

    return rule


def _softmax(d: Deriver, call: Call, node: ast.expr) -> Operands:
    out = d.primal(node)
    dims = dims_of(d, call)

    def back(g: Node) -> Node:
        shared = Node("sum", (mul(out, g),), (dims, True))
        return mul(out, Node("sub", (g, shared)))

    yield call.operand, back


def _log_softmax(d: Deriver, call: Call, node: ast.expr) -> Operands:
    out, dims = d.primal(node), dims_of(d, call)
    soft = _call(torch.exp, out)
    yield call.operand, lambda g: Node("sub", (g, mul(soft, Node("sum", (g,), (dims, True)))))


def _cross_entropy(d: Deriver, call: Call, node: ast.expr) -> Operands:
    target = call.argument(0, "target")
    if target is None or set(call.keywords) - {"target"} or len(call.args) > 1:
        return
    x = d.primal(call.operand)
    hot = Node("hot_at", (d.primal(target), x), 1)
    both = Node("sub", (Node("softmax", (x,), 1), hot))
    yield call.operand, lambda g: Node("mul", (Node("div", (both, Node("size", (x,), (0,)))), g))


# other places, other shapes


def _laid_out(d: Deriver, call: Call, node: ast.expr) -> Operands:
    yield call.operand, lambda g: Node("reshape", (g, d.primal(call.operand)))


def _same(d: Deriver, call: Call, node: ast.expr) -> Operands:
    yield call.operand, lambda g: g


def _transpose(d: Deriver, call: Call, node: ast.expr) -> Operands:
    dims = tuple(d.literal(argument) for argument in call.args) or None
    yield call.operand, lambda g: Node("t", (g,), dims)


def _permute(d: Deriver, call: Call, node: ast.expr) -> Operands:
    order = [d.literal(argument) for argument in call.args]
    order = list(order[0]) if len(order) == 1 and not isinstance(order[0], int) else order
    back = tuple(order.index(k) for k in range(len(order)))
    yield call.operand, lambda g: Node("permute", (g,), back)


def _subscript(d: Deriver, call: Call, node: ast.expr) -> Operands:
    """A subscript; one that reads one place in each row is written as such."""
    index = _one_in_each_row(d, call, node)
    if index is not None:
        x = d.primal(call.operand)
        yield call.operand, lambda g: mul(Node("hot_at", (index, x), 1), Node("column", (g,)))
        return
    key = ast.Subscript(ast.Name("_key", ast.Load()), call.args[0], ast.Load())
    code = d.code(key)
    yield call.operand, lambda g: Node("scatter", (g, d.primal(call.operand)), (code, "add"))


def _one_in_each_row(d: Deriver, call: Call, node: ast.expr) -> Node | None:
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


RULES: dict[str, Callable[[Deriver, Call, ast.expr], Operands]] = {
    "exp": _elementwise(lambda x, y: y),
    "log": _log,
    "tanh": _elementwise(lambda x, y: _one_minus(Node("pow", (y, const(2))))),
    "sigmoid": _elementwise(lambda x, y: mul(y, _one_minus(y))),
    "sqrt": _elementwise(lambda x, y: Node("div", (const(0.5), y))),
    "rsqrt": _elementwise(lambda x, y: mul(const(-0.5), Node("pow", (x, const(-1.5))))),
    "square": _elementwise(lambda x, y: mul(const(2), x)),
    "reciprocal": _elementwise(lambda x, y: Node("neg", (Node("pow", (x, const(-2))),))),
    "relu": _elementwise(lambda x, y: _call(_positive, x)),
    "abs": _elementwise(lambda x, y: _call(torch.sign, x)),
    "sin": _elementwise(lambda x, y: _call(torch.cos, x)),
    "cos": _elementwise(lambda x, y: Node("neg", (_call(torch.sin, x),))),
    "neg": _elementwise(lambda x, y: const(-1.0)),
    "pow": _power_call,
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
    "cross_entropy": _cross_entropy,
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
