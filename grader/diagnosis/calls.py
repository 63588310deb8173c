"""Calls, attributes and subscripts of a forward pass, brought into one form."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
