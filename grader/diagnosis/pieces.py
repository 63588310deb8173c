"""Pieces of a forward line: read, compiled, or with `_x` for a value that is to be differentiated by."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType

    from grader.exercise.forward import Line


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
    for field, value in ast.iter_fields(node):
        if value is part:
            setattr(copied, field, ast.Name("_x", ast.Load()))
        elif isinstance(value, list):
            setattr(copied, field, [ast.Name("_x", ast.Load()) if v is part else v for v in value])
    return copied


def _visited(transformer: ast.NodeTransformer, node: ast.expr) -> ast.expr:
    found = transformer.visit(copy.deepcopy(node))
    if not isinstance(found, ast.expr):
        raise AssertionError("an expression stays one")  # noqa: TRY004 a name for a name
    return found
