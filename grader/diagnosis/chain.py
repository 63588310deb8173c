"""What the chain rule's rules share: whom they ask, and what they give."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from grader.diagnosis.nodes import Node, Numbers

if TYPE_CHECKING:
    from types import CodeType

Back = Callable[[Node], Node]
"""From the gradient of an expression to the gradient of one of its parts."""
Operands = Iterator[tuple[ast.expr, Back]]


class Formulas(Protocol):
    """What the rules ask of whoever takes a line apart."""

    numbers: Numbers

    def primal(self, node: ast.expr) -> Node:
        """The forward value of an expression."""

    def literal(self, node: ast.expr | None, default: Any = None) -> Any:
        """What an argument says."""

    def code(self, node: ast.expr) -> CodeType:
        """An expression, ready to run."""


def mul(a: Node, b: Node) -> Node:
    """A product."""
    return Node("mul", (a, b))


def call_of(function: Callable[..., Any], *args: Node) -> Node:
    return Node("call", args, function)
