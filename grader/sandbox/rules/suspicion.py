"""Notes for the instructor: code that looks like finite differences or hand-written automatic differentiation.

Never a rule and never a zero: both are legitimate mathematics, only not what the exercise asks for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sandbox.rules.syntax import FileFacts

_PLUS = frozenset(("__add__", "__radd__"))
_TIMES = frozenset(("__mul__", "__rmul__", "__matmul__", "__truediv__"))
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


def notes(facts: FileFacts) -> Iterator[tuple[int, str]]:
    """Line and sentence of everything an instructor may want to look at."""
    for name, line, methods in facts.classes:
        if methods & _PLUS and methods & _TIMES:
            yield line, f"class {name} defines + and *: perhaps dual numbers or a tape written by hand"
    for statement in {id(statement): statement for statement in facts.differences}.values():
        for node in _functions(statement.node):
            if _takes_differences(node):
                name = getattr(node, "name", "a lambda")
                yield node.lineno, f"{name} divides the difference of two evaluations: perhaps finite differences"


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield part


def _takes_differences(function: ast.AST) -> bool:
    parts = list(ast.walk(function))
    if not any(isinstance(part, _LOOPS) for part in parts):
        return False
    evaluated = dict(_evaluations(parts))
    return any(
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Div)
        and isinstance(part.left, ast.BinOp)
        and isinstance(part.left.op, ast.Sub)
        and _same_function(part.left.left, part.left.right, evaluated)
        for part in parts
    )


def _evaluations(parts: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """`up = loss(x + eps)` -> ("up", "loss")."""
    for part in parts:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            called = _called(part.value, {})
            if called is not None:
                yield part.targets[0].id, called


def _called(node: ast.expr, evaluated: dict[str, str]) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _called(node.func.value, evaluated)
    return evaluated.get(node.id) if isinstance(node, ast.Name) else None


def _same_function(left: ast.expr, right: ast.expr, evaluated: dict[str, str]) -> bool:
    called = _called(left, evaluated)
    return called is not None and called == _called(right, evaluated)
