"""What people write in the place of one node of a forward line when they make one mistake."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from grader.diagnosis.candidates.mutations import mutations
from grader.diagnosis.forward_code import literal
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.diagnosis.candidates.mutations import Mutation, Surroundings
    from grader.diagnosis.phrases import Phrase

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
    phrase: Phrase | None = None
    """What the line has then, if its code would not say it."""


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
        every = ast.Subscript(node.value, ast.Tuple([ast.Slice(), *node.slice.elts[1:]], ast.Load()), ast.Load())
        yield Slip(every, Kind.WRONG_INDEX, 0.3)
        yield Slip(parsed(f"{ast.unparse(every)}.mean(0)"), Kind.WRONG_INDEX, 0.35)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _other_value(node, (around.values or {}).get(node.id), around.values or {})


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
    if name == "log_softmax":
        yield from _unlike_sums(node)
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
    if name == "relu" or (name == "clamp" and _from_zero(node)):
        yield from _other_gates(ast.unparse(inner if name == "relu" else function.value))


def _unlike_sums(node: ast.Call) -> Iterator[Slip]:
    """`x.log_softmax(1)` whose exponentials are summed over another dimension than the maximum was taken along."""
    call = node.func
    over = literal(node.args[0]) if node.args else None
    if isinstance(call, ast.Attribute) and over in (0, 1) and isinstance(over, int):
        x = ast.unparse(call.value)
        shifted = f"({x} - {x}.amax({over}, True))"
        yield Slip(
            parsed(f"{shifted} - {shifted}.exp().sum({1 - over}, keepdim=True).log()"),
            Kind.WRONG_AXIS,
            0.3,
            said("exponentials_summed", dim=1 - over),
        )


def _from_zero(node: ast.Call) -> bool:
    """Whether `x.clamp(0)` or `x.clamp(min=0)` is a relu."""
    bounds = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "min")]
    return len(bounds) == 1 and len(node.args) + len(node.keywords) == 1 and literal(bounds[0]) == 0


LEAKS = (0.01, 0.1, 0.2)
"""Slopes of a leaky relu that people choose."""


def _other_gates(x: str) -> Iterator[Slip]:
    """A relu that leaks, or one whose mask comes from elsewhere."""
    for leak in LEAKS:
        leaky = f"torch.where({x} > 0, {x}, {leak} * {x})"
        yield Slip(parsed(leaky), Kind.WRONG_OPERAND, 0.3, said("leaking", leak=leak, of=x))
    yield Slip(parsed(f"{x} * ({x} > 1)"), Kind.WRONG_OPERAND, 0.4)
    yield Slip(parsed(f"{x} * ({x}[:1] > 0)"), Kind.WRONG_INDEX, 0.35)


def parsed(text: str) -> ast.expr:
    """An expression's syntax tree."""
    return ast.parse(text, mode="eval").body


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
    inner, along = ast.unparse(call.func.value), ast.unparse(call.args[0])
    positive = parsed(f"torch.relu({inner}).sum({along})")
    yield Slip(positive, Kind.WRONG_OPERAND, 0.4, said("every_positive", of=inner))
    ties = f"({inner} * ({inner} == {inner}.amax({along}, keepdim=True))).sum({along})"
    yield Slip(parsed(ties), Kind.WRONG_INDEX, 0.35, said("each_largest"))
    yield Slip(parsed(f"{inner}.amax({along})"), Kind.WRONG_INDEX, 0.35, said("shared_by_largest"))
    dim = literal(call.args[0])
    if isinstance(dim, int) and dim > 1:
        most = ast.Call(ast.Attribute(node, "amax", ast.Load()), [ast.Constant(dim - 1), ast.Constant(value=True)], [])
        spread = ast.Call(ast.Attribute(most, "expand_as", ast.Load()), [node], [])
        yield Slip(spread, Kind.SUMMED_TOO_FAR, 0.4)
        largest = ast.unparse(node)
        alone = parsed(f"{largest} * ({largest} == {largest}.amax({dim - 1}, True))")
        yield Slip(alone, Kind.WRONG_AXIS, 0.4, said("largest_twice", dim=dim - 1))


def _other_value(node: ast.Name, value: Any, values: Mapping[str, Any]) -> Iterator[Slip]:
    if type(value) is int:
        yield from _other_size(node, value, values)
        return
    opposite = complement(node.id, value)
    if opposite is not None:
        yield Slip(opposite, Kind.WRONG_OPERAND, 0.2)
    if isinstance(value, torch.Tensor):
        yield from _other_tensor(node, value)


def _other_size(node: ast.Name, value: int, values: Mapping[str, Any]) -> Iterator[Slip]:
    for other, size in values.items():
        if type(size) is int and 0 < value < size and not size % value:
            yield Slip(parsed(f"{other} // {node.id}"), Kind.WRONG_INDEX, 0.3)
    yield Slip(parsed(f"{node.id} - 1"), Kind.CONSTANT_FACTOR, 0.2)
    yield Slip(parsed(f"{node.id} + 1"), Kind.CONSTANT_FACTOR, 0.6)
    for number in (0, 1):
        yield Slip(ast.Constant(number), Kind.WRONG_INDEX, 0.3)


def _other_tensor(node: ast.Name, value: torch.Tensor) -> Iterator[Slip]:
    if not value.is_floating_point() and value.dtype != torch.bool:
        for sign in ("-", "+"):
            yield Slip(parsed(f"{node.id} {sign} 1"), Kind.WRONG_INDEX, 0.3)
        yield Slip(parsed(f"{node.id}[:1].expand_as({node.id})"), Kind.WRONG_INDEX, 0.35)
    if value.dim() == 2 and value.shape[0] == value.shape[1]:
        mask = value.dtype == torch.bool or _is_binary(value)
        yield Slip(parsed(f"{node.id}.T"), Kind.WRONG_INDEX if mask else Kind.TRANSPOSED, 0.25)
    if value.dim() > 2:
        last, before = value.dim() - 1, value.dim() - 2
        for dims in (f"{before}, {last}", f"{last}"):
            yield Slip(parsed(f"{node.id}.flip({dims})"), Kind.WRONG_INDEX, 0.3)
        yield Slip(parsed(f"{node.id}.transpose({before}, {last})"), Kind.TRANSPOSED, 0.3)


def complement(name: str, value: Any) -> ast.expr | None:
    """`1 - p` of a number, `1 - mask` or `~mask` of a mask; None of anything else."""
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool:
        return parsed(f"~{name}")
    number = isinstance(value, float) or (isinstance(value, torch.Tensor) and (not value.dim() or _is_binary(value)))
    return parsed(f"1 - {name}") if number else None


def _is_binary(value: torch.Tensor) -> bool:
    return value.is_floating_point() and bool(((value == 0) | (value == 1)).all())
