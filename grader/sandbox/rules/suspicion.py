"""Notes for the instructor: code that looks like finite differences or hand-written automatic differentiation.

A note is not a violation and never costs points: this is legitimate mathematics, but not what the exercise asks for.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from grader.sandbox.rules.following import MOST_NODES, Function, blocks, helpers, size
from grader.sandbox.rules.slopes import slopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.sandbox.rules.syntax import FileFacts

_PLUS = frozenset(("__add__", "__radd__"))
_TIMES = frozenset(("__mul__", "__rmul__", "__matmul__", "__truediv__"))
MOST_QUOTIENTS = 1000
"""Per file; the longest file in the catalogs has 94. This limits the cost of a hostile file to about a second."""


def notes(facts: FileFacts) -> Iterator[tuple[int, str]]:
    """Line number and text of a note for everything an instructor may want to look at."""
    for name, line, methods in facts.classes:
        if methods & _PLUS and methods & _TIMES:
            yield line, f"class {name} defines + and *: possibly dual numbers or a hand-written autograd tape"
    functions = [found for statement in facts.statements for found in _functions(statement.nodes)]
    short = helpers([(name, node) for name, node, _ in functions])
    gradients = {name for name, module in facts.modules.items() if module == "torch.gradient"}
    quotients = iter(range(MOST_QUOTIENTS))
    for name, node, parts in functions:
        called = name or "a lambda"
        difference, imaginary = slopes(node, parts, short, quotients)
        if difference:
            yield node.lineno, f"{called} divides the difference of two evaluations: possibly finite differences"
        if imaginary:
            yield node.lineno, f"{called} divides an imaginary part by a step: possibly complex-step differentiation"
        if _calls_gradient(parts, gradients, facts.modules):
            yield node.lineno, f"{called} calls torch.gradient: possibly finite differences"
        if not name.startswith("__") and _carries_derivatives(node):  # a class that does is noted above
            yield node.lineno, f"{called} multiplies values and their derivatives in pairs: possibly dual numbers"


def _functions(nodes: list[ast.AST]) -> Iterator[tuple[str, Function, list[ast.AST]]]:
    """The name, node and inner nodes of every function in a statement; a lambda's name is what it is assigned to."""
    inside = [part for part in nodes if isinstance(part, Function)]
    if inside == nodes[:1] and isinstance(nodes[0], ast.FunctionDef):
        yield nodes[0].name, nodes[0], nodes  # the usual case: no second walk
        return
    named = {
        id(part.value): target.id
        for part in nodes
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Lambda)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    for part in inside:
        yield named.get(id(part), "") if isinstance(part, ast.Lambda) else part.name, part, list(ast.walk(part))


def _calls_gradient(parts: Iterable[ast.AST], names: set[str], modules: dict[str, str]) -> bool:
    """Whether `torch.gradient` is used, under its own name or an imported one."""
    return any(
        (isinstance(part, ast.Name) and part.id in names)
        or (
            isinstance(part, ast.Attribute)
            and part.attr == "gradient"
            and isinstance(part.value, ast.Name)
            and modules.get(part.value.id) == "torch"
        )
        for part in parts
    )


def _carries_derivatives(function: Function) -> bool:
    """Whether it returns `(a*b, a*db + da*b)`: the product, and the product rule."""
    values = [function.body] if isinstance(function, ast.Lambda) else _returned(function.body)
    return any(_is_product_rule(*pair) for value in values if (pair := _pair(value)) is not None)


def _returned(body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    """The expressions that a function returns, without those of functions inside it."""
    for node in body:
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for inner in blocks(node):
                yield from _returned(inner)


def _pair(value: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    parts = value.args if isinstance(value, ast.Call) else getattr(value, "elts", [])
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _is_product_rule(product: ast.expr, rule: ast.expr) -> bool:
    if not isinstance(rule, ast.BinOp) or not isinstance(rule.op, ast.Add):
        return False
    whole, terms = _factors(product), (_factors(rule.left), _factors(rule.right))
    if whole is None or terms[0] is None or terms[1] is None:
        return False
    for first, second in itertools.permutations(whole):
        if first in terms[0] and second in terms[1]:
            return len({*whole, *terms[0], *terms[1]}) == 4
    return False


def _factors(node: ast.expr) -> tuple[str, str] | None:
    """The two factors of a product, as text to compare."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult)) and size(node) <= MOST_NODES:
        return ast.dump(node.left), ast.dump(node.right)
    return None
