"""A submission's answers: the functions `d<variable>` at its top level, as the syntax tree has them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.sandbox.types import Finding, Function, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ANSWER = re.compile(r"d\w+|gradients")
"""What a learner's answer is called: `dlogits`; the training exercise asks for `gradients`."""

MOST_FUNCTIONS = 300
MOST_PARAMETERS = 255
LONGEST_NAME = 100


def definitions(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Every function that an answer's name is bound to at top level, inside `if` and `try` as well."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            if not isinstance(node, ast.ClassDef):
                for inner in _blocks(node):
                    yield from definitions(inner)
            continue
        yield from ((name, node) for name in names if ANSWER.fullmatch(name))


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def function(
    name: str, node: ast.stmt, place: Callable[[int], tuple[str, int]], findings: tuple[Finding, ...]
) -> Function:
    """One answer. `place` says in which file, or cell, a line stands."""
    inner = node.value if isinstance(node, ast.Assign) else node
    assert isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    file, line = place(node.lineno)
    end = line + max(0, (node.end_lineno or node.lineno) - node.lineno)
    begins = line - node.lineno + min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return Function(name, file, line, end, tuple(_parameters(inner.args))[:MOST_PARAMETERS], findings, begins)


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        kind = "positional_only" if index < len(arguments.posonlyargs) else "positional"
        yield _parameter(argument, kind, has_default=index >= without)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, "var_positional")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, "keyword_only", has_default=default is not None)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, "var_keyword")


def _parameter(argument: ast.arg, kind: str, *, has_default: bool = False) -> Parameter:
    return Parameter(argument.arg[:LONGEST_NAME], kind, has_default)
