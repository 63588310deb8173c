"""Small changes of a syntax tree that change its mathematics: what stands for a slip of the pen."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Replaced(ast.NodeTransformer):
    """Replaces one node with another; None drops a statement."""

    def __init__(self, target: ast.AST, new: ast.AST | None) -> None:
        self._target, self._new = target, new

    def visit(self, node: ast.AST) -> Any:
        if node is self._target:
            return self._new
        found = self.generic_visit(node)
        if isinstance(found, (ast.For, ast.While, ast.If, ast.With, ast.FunctionDef)) and not found.body:
            found.body.append(ast.Pass())
        return found


@dataclass(frozen=True, slots=True)
class Mutation:
    """A replacement for a node."""

    operator: str
    """The kind of change."""
    new: ast.AST | None
    """None if the statement is dropped."""
    plain: bool = False
    """Whether it needs only the function itself; authors' solutions are tried with these alone."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The names that may replace a function's own."""

    parameters: Sequence[str]
    others: Sequence[str] = ()
    """Names that are not its parameters; they replace only a value of the same kind."""
    values: Mapping[str, Any] | None = None
    """A value of each name, which shows its kind."""


_BINARY: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_PLAIN_SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
_FUNCTIONS = {
    "sum": "mean",
    "mean": "sum",
    "argmax": "argmin",
    "exp": "tanh",
    "log": "exp",
    "tanh": "exp",
    "max": "min",
}
_PLAIN_CALLS = ("sum", "exp", "clone", "expand_as", "view")


def mutations(node: ast.AST, around: Surroundings) -> Iterator[Mutation]:  # noqa: C901 one case for each kind of node
    """Every way to change a node."""
    match node:
        case ast.BinOp():
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield Mutation("drop minus", operand, plain=True)
        case ast.Constant(value=bool() as value):
            yield Mutation("flip flag", ast.Constant(not value), plain=True)
        case ast.Constant(value=int() | float() as value):
            yield from _number(value)
        case ast.Name(ctx=ast.Load()):
            yield from _name(node, around)
        case ast.Attribute(attr="T" | "mT", value=inner):
            yield Mutation("drop transpose", inner, plain=True)
        case ast.Call():
            yield from _of_call(node)
        case ast.Subscript(value=inner, ctx=ast.Load()):
            yield Mutation("drop subscript", inner)
        case ast.AugAssign():
            yield from _added(node)
        case ast.Return(value=ast.expr() as inner):
            yield Mutation("add minus", ast.Return(ast.BinOp(ast.Constant(-1), ast.Mult(), inner)), plain=True)
            yield Mutation("add factor", ast.Return(ast.BinOp(ast.Constant(2), ast.Mult(), inner)), plain=True)
            yield Mutation("add transpose", ast.Return(_turned(inner)))


def _binary(node: ast.BinOp) -> Iterator[Mutation]:
    product = isinstance(node.op, ast.MatMult)
    yield Mutation("drop operand", node.left, plain=True)
    yield Mutation("drop operand", node.right, plain=True)
    for op in (ast.Mult,) if product else _BINARY:
        if not isinstance(node.op, op):
            plain = _PLAIN_SWAPS.get(type(node.op)) is op
            yield Mutation("swap operator", ast.BinOp(node.left, op(), node.right), plain)
    ordered = isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult))
    yield Mutation("swap operands", ast.BinOp(node.right, node.op, node.left), ordered)
    if product:
        yield Mutation("add transpose", ast.BinOp(_turned(node.left), node.op, node.right))
        yield Mutation("add transpose", ast.BinOp(node.left, node.op, _turned(node.right)))


def _turned(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _number(value: float) -> Iterator[Mutation]:
    for other in (value + 1, -value, value * 2):
        yield Mutation("change constant", ast.Constant(other), plain=True)
    for other in (value - 1, value / 2 if type(value) is float else 0):
        yield Mutation("change constant", ast.Constant(other))


def _name(node: ast.Name, around: Surroundings) -> Iterator[Mutation]:
    values, asked = around.values or {}, around.parameters
    for other in dict.fromkeys((*asked, *around.others)):
        plain = node.id in asked and other in asked
        known = node.id in values and other in values
        if other != node.id and (plain or (known and (other in asked or _alike(values[node.id], values[other])))):
            yield Mutation("replace name", ast.Name(other, ast.Load()), plain)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return one.shape == other.shape and one.is_floating_point() == other.is_floating_point()
    return type(one) is type(other)


def _of_call(node: ast.Call) -> Iterator[Mutation]:
    if isinstance(node.func, ast.Attribute):
        attribute, inside = node.func, node.func.value
        module = isinstance(inside, ast.Name) and inside.id in ("torch", "F", "math")
        if not module or node.args:
            inner = node.args[0] if module else inside
            yield Mutation("drop call", inner, plain=attribute.attr in _PLAIN_CALLS)
        if attribute.attr in _FUNCTIONS:
            renamed = copy.deepcopy(node)
            renamed.func = ast.Attribute(copy.deepcopy(inside), _FUNCTIONS[attribute.attr], ast.Load())
            yield Mutation("swap function", renamed, plain=attribute.attr == "sum")
    if len(node.args) > 1:
        yield Mutation(
            "swap arguments", ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
        )
    for index in range(len(node.keywords)):
        rest = [keyword for at, keyword in enumerate(node.keywords) if at != index]
        yield Mutation("drop keyword", ast.Call(node.func, node.args, rest))


def _added(node: ast.AugAssign) -> Iterator[Mutation]:
    yield Mutation("drop statement", None, plain=True)
    yield Mutation("overwrite", ast.Assign([node.target], node.value), plain=True)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield Mutation("swap operator", ast.AugAssign(node.target, other, node.value))
