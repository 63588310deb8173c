"""The code of a forward line: calls brought into one form, and pieces of it compiled or with `_x` for a value."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from grader.exercise.forward import Line


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


def literal(node: ast.expr) -> float | int | None:
    """A number, with or without a sign."""
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def value_of(line: Line) -> ast.expr:
    if not isinstance(line.code, ast.Assign):
        raise AssertionError(f"line {line.number} assigns nothing")  # noqa: TRY004 a line always does
    return line.code.value


def mentions(node: ast.AST, variable: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == variable for n in ast.walk(node))


def compiled(node: ast.expr) -> CodeType:
    expression = ast.fix_missing_locations(ast.Expression(copy.deepcopy(node)))
    return compile(expression, "forward.py", "eval")


def with_variable_out(node: ast.expr, variable: str) -> ast.expr:
    """The expression with `_x` for a variable."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name("_x", node.ctx) if node.id == variable else node

    return _visited(Replace(), node)


def with_part_out(node: ast.expr, part: ast.AST) -> ast.expr:
    """The expression with `_x` for one of its parts."""
    copied = copy.copy(node)
    for where, value in ast.iter_fields(node):
        if value is part:
            setattr(copied, where, ast.Name("_x", ast.Load()))
        elif isinstance(value, list):
            setattr(copied, where, [ast.Name("_x", ast.Load()) if v is part else v for v in value])
    return copied


def _visited(transformer: ast.NodeTransformer, node: ast.expr) -> ast.expr:
    found = transformer.visit(copy.deepcopy(node))
    if not isinstance(found, ast.expr):
        raise AssertionError("an expression stays one")  # noqa: TRY004 a name for a name
    return found
