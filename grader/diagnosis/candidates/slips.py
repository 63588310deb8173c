"""What people write in the place of one node of a forward line when they make one mistake."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from grader.diagnosis.candidates.mutations import mutations
from grader.diagnosis.forward_code import literal
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.diagnosis.candidates.mutations import Mutation, Surroundings

SMALL = 1e-2
"""A number below this is a small constant, there for numerical stability."""
EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
"""Small constants that people choose."""
MOST_DIMENSIONS = 4
"""The most dimensions of what a sum or mean runs over."""


class Slip(NamedTuple):
    """A replacement for one node of a line."""

    new: ast.AST
    kind: Kind
    cost: float


def slips(node: ast.AST, root: ast.AST, around: Surroundings) -> Iterator[Slip]:
    for mutation in mutations(node, around):
        if mutation.new is not None:
            yield Slip(mutation.new, *_told(mutation, node, root))
    if isinstance(node, ast.BinOp):
        yield from _outside_the_root(node)
    elif isinstance(node, ast.Constant):
        yield from _other_epsilons(node)
    elif isinstance(node, ast.Call):
        yield from _other_call(node)
    elif isinstance(node, ast.Attribute) and node.attr == "values":
        yield from _other_extreme(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        every = ast.Tuple([ast.Slice(), *node.slice.elts[1:]], ast.Load())
        yield Slip(ast.Subscript(node.value, every, ast.Load()), Kind.WRONG_INDEX, 0.3)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _other_value(node, (around.values or {}).get(node.id))


_TOLD = {
    "drop minus": (Kind.SIGN, 0.0),
    "add transpose": (Kind.TRANSPOSED, 0.2),
    "drop transpose": (Kind.TRANSPOSED, 0.0),
    "drop call": (Kind.WRONG_OPERAND, 0.1),
    "drop operand": (Kind.WRONG_OPERAND, 0.0),
    "flip flag": (Kind.WRONG_OPERAND, 0.2),
    "replace name": (Kind.WRONG_OPERAND, 0.3),
    "swap operands": (Kind.WRONG_OPERAND, 0.4),
    "swap operator": (Kind.WRONG_OPERAND, 1.0),
    "swap function": (Kind.WRONG_OPERAND, 0.4),
    "swap arguments": (Kind.WRONG_OPERAND, 0.5),
    "drop keyword": (Kind.WRONG_OPERAND, 0.3),
    "drop subscript": (Kind.WRONG_INDEX, 0.3),
}
"""The kind of a mutation, and how far-fetched it is."""
_SUMS = ("sum", "mean")


def _told(mutation: Mutation, node: ast.AST, root: ast.AST) -> tuple[Kind, float]:
    found = _TOLD.get(mutation.operator)
    match mutation.operator, node:
        case "drop operand", ast.BinOp(op=ast.Add() | ast.Sub()):
            found = (Kind.WRONG_EPSILON if _has_small(node) else Kind.MISSING_PATH), 0.0
        case "drop operand", ast.BinOp(op=ast.Pow()):
            found = Kind.WRONG_POWER, 0.0
        case "swap operator", ast.BinOp(op=ast.Add() | ast.Sub()) if _adds(mutation.new):
            found = Kind.SIGN, 0.1
        case "swap function", ast.Call(func=ast.Attribute(attr="sum" | "mean")):
            found = Kind.CONSTANT_FACTOR, 0.0
        case "change constant", ast.Constant(value=value):
            found = _of_number(node, root, value)
    return found or (Kind.WRONG_OPERAND, 1.0)


def _adds(node: ast.AST | None) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _has_small(node: ast.BinOp) -> bool:
    return any(_is_small(side) for side in (node.left, node.right))


def _is_small(node: ast.expr) -> bool:
    number = literal(node)
    return number is not None and 0 < abs(number) < SMALL


def _of_number(node: ast.Constant, root: ast.AST, value: Any) -> tuple[Kind, float]:
    if _is_small(node):
        return Kind.WRONG_EPSILON, 0.5
    for above in ast.walk(root):
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Pow) and above.right is node:
            return Kind.WRONG_POWER, 0.4
        if isinstance(above, ast.Call) and node in above.args and isinstance(value, int):
            return Kind.WRONG_AXIS, 0.3
        if isinstance(above, ast.Subscript) and node in ast.walk(above.slice):
            return Kind.WRONG_INDEX, 0.5
    return Kind.WRONG_OPERAND, 0.7


def _outside_the_root(node: ast.BinOp) -> Iterator[Slip]:
    """`(x + eps)**0.5` as `x**0.5 + eps`, and `(x + eps)**-0.5` as `(x**0.5 + eps)**-1`."""
    exponent, inner = literal(node.right), node.left
    if not isinstance(node.op, ast.Pow) or exponent is None or not isinstance(inner, ast.BinOp):
        return
    if isinstance(inner.op, ast.Add) and abs(exponent) < 1:
        root = ast.BinOp(inner.left, ast.Pow(), ast.Constant(abs(exponent)))
        outside: ast.expr = ast.BinOp(root, ast.Add(), inner.right)
        if exponent < 0:
            outside = ast.BinOp(outside, ast.Pow(), ast.UnaryOp(ast.USub(), ast.Constant(1)))
        yield Slip(outside, Kind.WRONG_EPSILON, 0.1)


def _other_epsilons(node: ast.Constant) -> Iterator[Slip]:
    if _is_small(node):
        for number in EPSILONS:
            yield Slip(ast.Constant(number), Kind.WRONG_EPSILON, 0.2)


ALONG = ("sum", "mean", "var", "max", "min", "amax", "amin", "softmax", "log_softmax", "logsumexp")
"""Functions along a dimension, which is their first argument."""
_SHAPED = ("tanh", "sigmoid", "relu", "exp")
"""Functions that are taken for one another."""


def _other_call(node: ast.Call) -> Iterator[Slip]:
    if not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    yield from _other_function(node, node.func)
    along = node.args[0] if node.args else None
    number = None if along is None else literal(along)
    if name in ALONG and along is not None and number is not None:
        for dim in range(MOST_DIMENSIONS):
            for kept in (keeping(node, dim), _along(node, dim)):
                yield Slip(kept, Kind.WRONG_AXIS, 0.1)
        if name in _SUMS:
            yield Slip(ast.Call(node.func, [], []), Kind.SUMMED_TOO_FAR, 0.2)
            if name == "mean":
                yield Slip(_bessel(node, along), Kind.CONSTANT_FACTOR, 0.1)
                yield Slip(ast.BinOp(node, ast.Mult(), ast.Constant(0)), Kind.MISSING_PATH, 0.3)


def _other_function(node: ast.Call, function: ast.Attribute) -> Iterator[Slip]:
    name, inner = function.attr, node.args[0] if node.args else function.value
    for other in _SHAPED if name in _SHAPED else ():
        yield Slip(_named(node, other), Kind.WRONG_OPERAND, 0.4)
    if name == "clamp":
        yield Slip(ast.Call(ast.Attribute(function.value, "abs", ast.Load()), [], []), Kind.WRONG_OPERAND, 0.3)
        yield Slip(_clamped(function.value), Kind.WRONG_OPERAND, 0.3)
    if name == "relu":
        yield Slip(_named(node, "abs"), Kind.WRONG_OPERAND, 0.3)
        yield Slip(_clamped(inner), Kind.WRONG_OPERAND, 0.3)


def _clamped(value: ast.expr) -> ast.Call:
    """What is negative only."""
    return ast.Call(ast.Attribute(value, "clamp", ast.Load()), [], [ast.keyword("max", ast.Constant(0))])


def _named(node: ast.Call, name: str) -> ast.Call:
    if not isinstance(node.func, ast.Attribute):
        raise AssertionError("no method")  # noqa: TRY004 its caller has checked it
    return ast.Call(ast.Attribute(node.func.value, name, ast.Load()), node.args, node.keywords)


def _along(node: ast.Call, dim: int) -> ast.Call:
    return ast.Call(node.func, [ast.Constant(dim), *node.args[1:]], node.keywords)


def keeping(node: ast.Call, dim: int) -> ast.Call:
    """The call along another dimension, which is kept."""
    others = [keyword for keyword in node.keywords if keyword.arg != "keepdim"]
    reduces = isinstance(node.func, ast.Attribute) and "softmax" not in node.func.attr
    kept = [ast.keyword("keepdim", ast.Constant(value=True))] if reduces else []
    return ast.Call(node.func, [ast.Constant(dim), *node.args[1:]], [*others, *kept])


def _bessel(node: ast.Call, along: ast.expr) -> ast.expr:
    """`x.sum(0) / (x.shape[0] - 1)` for `x.mean(0)`."""
    inner = node.func.value if isinstance(node.func, ast.Attribute) else node
    size = ast.Subscript(ast.Attribute(inner, "shape", ast.Load()), along, ast.Load())
    return ast.BinOp(_named(node, "sum"), ast.Div(), ast.BinOp(size, ast.Sub(), ast.Constant(1)))


def _other_extreme(node: ast.Attribute) -> Iterator[Slip]:
    """`x.mean(2)` or `x.sum(2)` for `x.max(2).values`, and the largest of another dimension as well."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return
    for other in _SUMS:
        yield Slip(_named(call, other), Kind.WRONG_OPERAND, 0.3)
    yield Slip(ast.Call(ast.Attribute(node, "clamp", ast.Load()), [ast.Constant(0)], []), Kind.WRONG_OPERAND, 0.4)
    dim = literal(call.args[0])
    if isinstance(dim, int) and dim > 1:
        most = ast.Call(ast.Attribute(node, "amax", ast.Load()), [ast.Constant(dim - 1), ast.Constant(value=True)], [])
        spread = ast.Call(ast.Attribute(most, "expand_as", ast.Load()), [node], [])
        yield Slip(spread, Kind.SUMMED_TOO_FAR, 0.4)


def _other_value(node: ast.Name, value: Any) -> Iterator[Slip]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield Slip(ast.BinOp(node, ast.Sub(), ast.Constant(1)), Kind.CONSTANT_FACTOR, 0.2)
        yield Slip(ast.BinOp(node, ast.Add(), ast.Constant(1)), Kind.CONSTANT_FACTOR, 0.6)
        for number in (0, 1):
            yield Slip(ast.Constant(number), Kind.WRONG_INDEX, 0.3)
        return
    if isinstance(value, torch.Tensor) and not value.is_floating_point() and value.dtype != torch.bool:
        for op in (ast.Sub(), ast.Add()):
            yield Slip(ast.BinOp(node, op, ast.Constant(1)), Kind.WRONG_INDEX, 0.3)
    binary = isinstance(value, torch.Tensor) and _is_binary(value)
    if isinstance(value, float) or binary or (isinstance(value, torch.Tensor) and not value.dim()):
        yield Slip(ast.BinOp(ast.Constant(1), ast.Sub(), node), Kind.WRONG_OPERAND, 0.2)
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool:
        yield Slip(ast.UnaryOp(ast.Invert(), node), Kind.WRONG_OPERAND, 0.2)
    if isinstance(value, torch.Tensor) and value.dim() > 2:
        dims: list[ast.expr] = [ast.Constant(value.dim() - 2), ast.Constant(value.dim() - 1)]
        for turned in (dims, dims[1:]):
            yield Slip(ast.Call(ast.Attribute(node, "flip", ast.Load()), turned, []), Kind.WRONG_INDEX, 0.3)
        yield Slip(ast.Call(ast.Attribute(node, "transpose", ast.Load()), dims, []), Kind.TRANSPOSED, 0.3)


def _is_binary(value: torch.Tensor) -> bool:
    return value.is_floating_point() and bool(((value == 0) | (value == 1)).all())
