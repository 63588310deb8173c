"""A line of a forward pass: what it computes, from what, and the code that does it."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

STEP = "one_step"
"""What `code` calls in place of the statements of a step."""


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
    """The assignment; of a step, a call of STEP that stands for its statements."""
    body: tuple[ast.stmt, ...] = field(default=(), repr=False, compare=False)
    """The statements of a step; empty if `code` is all there is."""
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

    def nodes(self) -> Iterator[ast.AST]:
        """Every node of the code that is run."""
        for statement in self.body or (self.code,):
            yield from ast.walk(statement)


@functools.cache
def compiled(line: Line) -> CodeType:
    """A line's code, to be run with the values that it reads as names."""
    return compile(ast.Module(list(line.body or (line.code,)), []), f"forward.py:{line.number}", "exec")


class NotALine(Exception):
    """A statement that cannot be part of a forward pass."""

    def __init__(self, node: ast.AST, why: str) -> None:
        super().__init__(why)
        self.number: int = getattr(node, "lineno", 0)
        self.why = why
