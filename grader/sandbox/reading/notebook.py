"""Reads a notebook's code cells: the learner's functions, what they import, and the constants beside them.

A notebook is never run. Everything else in it (the forward pass, `loss.backward()`, plots) is ignored.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading.source import NotPythonError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 1 << 20
"""Limit for a notebook without its outputs, which are dropped before."""
MOST_CELLS = 2000

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_SHELL_RESULT = re.compile(r"^(\s*)([\w, ]+?)\s*=\s*[%!].*$")
_CELL_OF_PYTHON = re.compile(r"^%%(?:time|timeit|capture|prun|memit|grade)\b")


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell that could be read."""

    title: str
    """`net.ipynb cell 3`: used as the file name in every message."""
    first_line: int
    """The cell's first line, in the line numbering across all cells."""
    tree: ast.Module
    """Its line numbers also run across all cells."""


@dataclass(frozen=True, slots=True)
class Notebook:
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    lines: tuple[str, ...]
    """The text of all cells, line by line."""

    def place(self, line: int) -> tuple[str, int]:
        """Convert a line number across all cells into the cell's title and the line within it."""
        found = self.cells[0]
        for cell in self.cells:
            if cell.first_line <= line:
                found = cell
        return found.title, max(1, line - found.first_line + 1)


def read_notebook(name: str, data: bytes) -> Notebook:
    cells: list[Cell] = []
    notes: list[str] = []
    lines: list[str] = []
    for number, text in enumerate(_code_cells(name, data), 1):
        title = f"{name} cell {number}"
        try:
            tree = _parse_cell(title, text)
        except NotPythonError as error:
            notes.append(f"skipped: {error}")
        else:
            ast.increment_lineno(tree, len(lines))
            cells.append(Cell(title, len(lines) + 1, tree))
        lines += (*text.split("\n"), "")
    if not cells:
        raise NotPythonError(f"{name}: no code cell in this notebook could be read")
    return Notebook(tuple(cells), tuple(notes), tuple(lines))


def _code_cells(name: str, data: bytes) -> Iterator[str]:
    if len(data) > MOST_BYTES:
        raise NotPythonError(
            f"{name}: the code in this notebook is larger than {MOST_BYTES >> 20} MB; "
            "submit only the cells with your gradients"
        )
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotPythonError(f"{name}: not a valid notebook ({shortened(str(error), 80)})") from None
    for cell in _cells(document)[:MOST_CELLS]:
        text = _text(cell)
        if text is not None:
            yield text


def _cells(document: Any) -> list[Any]:
    """Format 4 has `cells`; format 3 has them in worksheets."""
    if not isinstance(document, dict):
        return []
    sheets = document.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    return _list(document.get("cells"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(cell: Any) -> str | None:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else None


def _parse_cell(title: str, text: str) -> ast.Module:
    """Try plain Python first: a line that starts with % may continue a formula."""
    first, _, rest = text.partition("\n")
    if first.startswith("%%"):
        text = f"\n{rest}" if _CELL_OF_PYTHON.match(first) else "\n" * rest.count("\n")
    try:
        return parse(title, text)
    except NotPythonError:
        plain = "\n".join(map(_without_magic, text.split("\n")))
        if plain == text:
            raise
    return parse(title, plain)


def _without_magic(line: str) -> str:
    magic = _MAGIC.match(line)
    if magic is not None:
        return f"{magic[1]}pass"
    result = _SHELL_RESULT.match(line)
    return f"{result[1]}{result[2]} = None" if result is not None else line


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement can be used as it is: an import, a function, a class or a plain constant."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return True
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    return isinstance(node.value, ast.Lambda) or _is_plain(node.value)


def _is_plain(node: ast.expr) -> bool:
    """A constant, or arithmetic on constants: `eps = 1e-5`, `shape = (32, 27)`, `scale = 1/32`."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_is_plain, node.elts))
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    return isinstance(node, ast.BinOp) and _is_plain(node.left) and _is_plain(node.right)
