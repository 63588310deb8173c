"""Writes a file assembled from a notebook's cells: the learner's own lines, with their comments and spacing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from grader.sandbox.reading.own_names import is_gradient
from grader.sandbox.reading.steps import assigned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

INDENT: Final = "    "
_USUAL: Final = {"torch", "F"}
"""Imports that gradients still to be written will need."""


def rewrite(tree: ast.Module, lines: Sequence[str]) -> str:
    """The text of a file with a tree's answers and everything they use.

    It is the learner's own text if that parses to exactly the same tree, otherwise the tree unparsed.
    """
    body = list(_used(tree.body))
    try:
        text = _joined([_written(node, lines) for node in body], body)
        same = ast.dump(ast.parse(text)) == ast.dump(ast.parse(ast.unparse(ast.Module(body, []))))
    except (SyntaxError, ValueError, IndexError):
        same = False
    return text if same else ast.unparse(ast.Module(body, [])) + "\n"


def _used(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Answers, and the imports, helpers and constants that they use; a notebook has many others."""
    kept = {index for index, node in enumerate(body) if _bound(node) & _USUAL or any(map(_is_answer, _bound(node)))}
    waiting = list(kept)
    while waiting:
        names = {part.id for part in ast.walk(body[waiting.pop()]) if isinstance(part, ast.Name)}
        found = {index for index, node in enumerate(body) if names & _bound(node)} - kept
        kept |= found
        waiting += found
    return [node for index, node in enumerate(body) if index in kept]


def _is_answer(name: str) -> bool:
    return name == "gradients" or is_gradient(name)


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    return set(assigned(node))


def _joined(pieces: Iterable[str], body: Sequence[ast.stmt]) -> str:
    """Join statements, with two blank lines around functions, as is usual in Python."""
    text, before = "", None
    for piece, node in zip(pieces, body, strict=True):
        function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        gap = "" if before is None else "\n\n" if function or before else ""
        text += f"{gap}{piece}\n"
        before = function
    return text


def _written(node: ast.stmt, lines: Sequence[str]) -> str:
    if isinstance(node, ast.FunctionDef) and not lines[node.lineno - 1].lstrip().startswith(("def", "@")):
        return "\n".join(_function(node, lines))
    return "\n".join(_segment(node, lines))


def _function(made: ast.FunctionDef, lines: Sequence[str]) -> Iterator[str]:
    """A function made of flat lines: these lines, indented."""
    yield f"def {made.name}({', '.join(argument.arg for argument in made.args.args)}):"
    for node in made.body[:-1]:
        yield from (f"{INDENT}{line}" if line else "" for line in _segment(node, lines))
    yield f"{INDENT}return {made.name}"


def _segment(node: ast.stmt, lines: Sequence[str]) -> list[str]:
    """A statement's lines as the learner wrote them, with the comment above, dedented to column 0."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    last = node.end_lineno or node.lineno
    taken = list(lines[first - 1 : last])
    margin = taken[0][: len(taken[0]) - len(taken[0].lstrip())]
    rest = taken[-1].encode()[node.end_col_offset or 0 :].decode().strip()
    alone = len(margin) == (node.col_offset if first == node.lineno else len(margin))
    if not alone or (rest and not rest.startswith("#")) or '"""' in "".join(taken) or "'''" in "".join(taken):
        return ast.unparse(node).split("\n")
    while first > 1 and lines[first - 2].startswith(f"{margin}#"):
        first -= 1
        taken.insert(0, lines[first - 1])
    return [line[len(margin) :] if line.startswith(margin) else line.lstrip() for line in taken]
