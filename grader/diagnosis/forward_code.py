"""The syntax of a forward line: calls in one normal form, and pieces of a line cut out and compiled."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType

    from grader.exercise.line import Line


def value_of(line: Line) -> ast.expr:
    """The right-hand side of a line."""
    if not isinstance(line.code, ast.Assign):
        raise AssertionError(f"line {line.number} assigns nothing")  # noqa: TRY004 every line does
    return line.code.value


_OF_ANY_VALUE = ("dtype", "shape", "device", "ndim")
"""Attributes of a tensor that do not depend on its numbers."""


def mentions(node: ast.AST, variable: str) -> bool:
    """Whether a piece of code reads the numbers of a variable, not just its shape or dtype."""
    if isinstance(node, ast.Attribute) and node.attr in _OF_ANY_VALUE:
        return False
    if isinstance(node, ast.Name):
        return node.id == variable
    return any(mentions(child, variable) for child in ast.iter_child_nodes(node))


def literal(node: ast.expr) -> float | int | None:
    """The value of a number with or without a sign; None for anything else."""
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def sums_in(line: Line) -> Iterator[ast.BinOp]:
    """The sums and differences inside a line, such as `(e + 1)` in `(e - 1)/(e + 1)`."""
    whole = value_of(line)
    for node in ast.walk(whole):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) and node is not whole:
            yield node


# calls


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a torch function or method, written either way; the operand comes first."""

    function: str
    """Its name; `[]` for a subscript, `t` for `.T`, `max.values` for the first result of `max`."""
    operand: ast.expr
    args: list[ast.expr] = field(default_factory=list)
    """The arguments after the operand."""
    keywords: dict[str, ast.expr] = field(default_factory=dict)

    def argument(self, position: int, keyword: str) -> ast.expr | None:
        """An argument after the operand, given by position or by keyword; None if it is missing."""
        return self.args[position] if len(self.args) > position else self.keywords.get(keyword)


def read_call(node: ast.expr, namespace: Mapping[str, Any]) -> Call | None:
    """A call, attribute or subscript in its normal form; None if the expression is not one of these.

    Args:
        node: the expression.
        namespace: distinguishes `torch.exp(x)` from `x.exp()`.
    """
    if isinstance(node, ast.Attribute):
        return _read_attribute(node, namespace)
    if isinstance(node, ast.Subscript):
        values = _extreme_values(node.value, namespace) if _is_zero(node.slice) else None
        return values or Call("[]", node.value, [node.slice])
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
    return _extreme_values(node.value, namespace) if node.attr == "values" else None


def _extreme_values(node: ast.expr, namespace: Mapping[str, Any]) -> Call | None:
    """A maximum or minimum along a dimension, of which the first result, the values, is used."""
    call = read_call(node, namespace)
    if call is None or call.function not in ("max", "min"):
        return None
    return Call(f"{call.function}.values", call.operand, call.args, call.keywords)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _is_module(node: ast.expr, namespace: Mapping[str, Any]) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and isinstance(namespace.get(node.id), ModuleType)


# pieces of a line, with `_x` for the value that autograd differentiates by


def compiled(node: ast.expr) -> CodeType:
    """An expression, ready to run."""
    expression = ast.fix_missing_locations(ast.Expression(copy.deepcopy(node)))
    return compile(expression, "forward.py", "eval")


def with_variable_out(node: ast.expr, variable: str) -> ast.expr:
    """The expression with every use of a variable replaced by `_x`."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name("_x", node.ctx) if node.id == variable else node

    found = Replace().visit(copy.deepcopy(node))
    if not isinstance(found, ast.expr):
        raise AssertionError("replacing a name gave no expression")  # noqa: TRY004 a name replaces a name
    return found


def with_part_out(node: ast.expr, part: ast.AST) -> ast.expr:
    """The expression with one of its direct parts replaced by `_x`."""
    copied = copy.copy(node)
    for where, value in ast.iter_fields(node):
        if value is part:
            setattr(copied, where, ast.Name("_x", ast.Load()))
        elif isinstance(value, list):
            setattr(copied, where, [ast.Name("_x", ast.Load()) if v is part else v for v in value])
    return copied
