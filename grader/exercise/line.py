"""A line of a forward pass: what it computes, from what, and the code that does it."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import CodeType

STEP = "_step_for_"
"""How the function begins that `code` calls in place of the statements of a step."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the forward pass: `outputs = f(reads)`.

    A *step* is several statements, or a loop, that are differentiated as one line: what they compute on the way has no
    gradient of its own.
    """

    number: int
    text: str
    outputs: tuple[str, ...]
    reads: tuple[str, ...]
    """Names it reads that are inputs or outputs of earlier lines, in order of appearance."""
    code: ast.stmt = field(repr=False, compare=False)
    """The assignment; of a step, a call of the function that its statements are."""
    body: tuple[ast.stmt, ...] = field(default=(), repr=False, compare=False)
    """The statements of a step; empty if there are none besides `code`."""
    before: str = field(default="", compare=False)
    """The text of statements of the body that stand further above: a loop that fills a list."""

    @property
    def head(self) -> str:
        """The first line of a step, with `...` if there are more; else the text."""
        first, *more = self.text.split("\n")
        return f"{first} ..." if more and self.body else self.text

    @property
    def whole(self) -> str:
        """Everything that the line does, as it stands in the file."""
        return f"{self.before}\n{self.text}" if self.before else self.text

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last line of the file that it takes up."""
        statements = self.body or (self.code,)
        return min(s.lineno for s in statements), max(s.end_lineno or s.lineno for s in statements)

    def statements(self) -> Iterator[ast.stmt]:
        """The statements of a step that contain no others."""
        for node in self.nodes() if self.body else ():
            if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                yield node

    def nodes(self) -> Iterator[ast.AST]:
        """Every node of the code that is run."""
        for statement in self.body or (self.code,):
            yield from ast.walk(statement)

    def step(self, module: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
        """The function that `code` calls, by its name; none if the line is no step.

        Args:
            module: the names that the file defines.
        """
        if not self.body:
            return {}

        def run(*values: Any) -> Any:
            namespace = {**module, **dict(zip(self.reads, values, strict=True))}
            exec(_compiled_body(self), namespace)  # noqa: S102 statements of the trusted forward.py
            found = [namespace[name] for name in self.outputs]
            return found[0] if len(found) == 1 else tuple(found)

        return {f"{STEP}{self.outputs[0]}": run}


@functools.cache
def compiled(line: Line) -> CodeType:
    """A line's code, to be run with the values that it reads as names."""
    return compile(ast.Module([line.code], []), f"forward.py:{line.number}", "exec")


@functools.cache
def _compiled_body(line: Line) -> CodeType:
    return compile(ast.Module(list(line.body), []), f"forward.py:{line.number}", "exec")


class NotALine(Exception):
    """A statement that cannot be part of a forward pass."""

    def __init__(self, node: ast.AST, why: str) -> None:
        super().__init__(why)
        self.number: int = getattr(node, "lineno", 0)
        self.why = why
