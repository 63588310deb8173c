"""The code of a forward line, as syntax: calls brought into one form, and pieces of a line cut out and compiled."""

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


def value_of(line: Line) -> ast.expr:
    """What a line assigns."""
    if not isinstance(line.code, ast.Assign):
        raise AssertionError(f"line {line.number} assigns nothing")  # noqa: TRY004 a line always does
    return line.code.value


def mentions(node: ast.AST, variable: str) -> bool:
    """Whether a variable is read in a piece of code."""
    return any(isinstance(n, ast.Name) and n.id == variable for n in ast.walk(node))


def literal(node: ast.expr) -> float | int | None:
    """A number, with or without a sign; None for anything else."""
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


# calls


@dataclass(frozen=True, slots=True)
class Call:
    """A function or method of torch, written either way, with what it is applied to first."""

    function: str
    """Its name; `[]` for a subscript, `t` for `.T`, `max.values` for what `max` returns first."""
    operand: ast.expr
    args: list[ast.expr] = field(default_factory=list)
    """Those after the operand."""
    keywords: dict[str, ast.expr] = field(default_factory=dict)

    def argument(self, position: int, keyword: str) -> ast.expr | None:
        """An argument after the operand, however it was written."""
        return self.args[position] if len(self.args) > position else self.keywords.get(keyword)


def read_call(node: ast.expr, namespace: Mapping[str, Any]) -> Call | None:
    """A call, an attribute or a subscript, brought into one form; None if it is nothing of the kind.

    Args:
        node: the expression.
        namespace: tells `torch.exp(x)` from `x.exp()`.
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
    """The first of the two results of a maximum or minimum along a dimension."""
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


# pieces of a line, with `_x` for the value that autograd is to follow


def compiled(node: ast.expr) -> CodeType:
    """An expression, ready to run."""
    expression = ast.fix_missing_locations(ast.Expression(copy.deepcopy(node)))
    return compile(expression, "forward.py", "eval")


def with_variable_out(node: ast.expr, variable: str) -> ast.expr:
    """The expression with `_x` for a variable, wherever it is read."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name("_x", node.ctx) if node.id == variable else node

    found = Replace().visit(copy.deepcopy(node))
    if not isinstance(found, ast.expr):
        raise AssertionError("an expression stays one")  # noqa: TRY004 a name for a name
    return found


def with_part_out(node: ast.expr, part: ast.AST) -> ast.expr:
    """The expression with `_x` for one of its direct parts."""
    copied = copy.copy(node)
    for where, value in ast.iter_fields(node):
        if value is part:
            setattr(copied, where, ast.Name("_x", ast.Load()))
        elif isinstance(value, list):
            setattr(copied, where, [ast.Name("_x", ast.Load()) if v is part else v for v in value])
    return copied
