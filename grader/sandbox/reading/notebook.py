"""Reads a notebook's code cells: the learner's functions, what they import, and the constants beside them.

A notebook is never run. Everything else in it (the forward pass, `loss.backward()`, plots) is ignored.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading.source import NotPythonError, decode, parse
from grader.sandbox.reading.steps import CellBody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_BYTES = 1 << 20
"""Of code. Outputs and attachments are not counted: plots alone often take more."""
MOST_CELLS = 2000

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun|memit)\s+(?:-\w+\s+(?:\d+\s+)?)*")
_SHELL_RESULT = re.compile(r"^(\s*)(\w[\w, ]*)=\s*[%!].*$")
_CELL_OF_PYTHON = re.compile(r"^%%(?:time|timeit|capture|prun|memit|grade)\b")
_PART = re.compile(
    r"^\W*(?:exercises?|exercice|exerc[ií]cio|ejercicio|esercizio|übung|aufgabe|упражнение|задание|al\w{1,2}t\wrma|egzersiz"
    r"|练习|練習|연습)\W*(\d{1,4})\b",
    re.IGNORECASE,
)
"""A heading such as `Exercise 2: ...`, in the languages that public notebooks are written in."""
_BORDER = re.compile(r"# (?:In\[.*\]:|%%)")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[ \t]*(?:\{?\.?(\w*)\}?)")
_PYTHON = ("python", "py", "python3", "ipython", "pycon")
_WRITES = re.compile(r"^[ \t]*(?:def[ \t]+(\w+)|(\w+)[ \t]*(?:\[.*?\][ \t]*)?[-+*/]?=(?!=))", re.MULTILINE)

_LOOP = re.compile(r"^[ \t]*(?:for|while)\b.*:", re.MULTILINE)
LOOP = "a loop"


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell that could be read."""

    title: str
    """`net.ipynb cell 3`: used as the file name in every message."""
    first_line: int
    """The cell's first line, in the line numbering across all cells."""
    tree: ast.Module
    """Its line numbers also run across all cells."""
    part: int | None
    """The number of the exercise that it belongs to, as in `# Exercise 2`."""
    begins: int
    """The number of its first line in messages."""


@dataclass(frozen=True, slots=True)
class Notebook:
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    lines: tuple[str, ...]
    """The text of all cells, line by line."""
    lost: dict[str, str]
    """Names written in cells that could not be read -> why not; `LOOP` for a cell with a loop in it."""

    def place(self, line: int) -> tuple[str, int]:
        """Convert a line number across all cells into the cell's title and the line within it."""
        found = self.cells[max(0, bisect_right(self.cells, line, key=lambda cell: cell.first_line) - 1)]
        return found.title, max(1, line - found.first_line + found.begins)


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a code cell, before it is parsed."""

    title: str
    text: str
    part: int | None
    begins: int = 1


def read_notebook(name: str, data: bytes) -> Notebook:
    """Read a notebook's cells, or the blocks of Python in a Markdown file."""
    found = [*(_blocks if name.lower().endswith(".md") else _code_cells)(name, data)]
    if sum(len(each.text) for each in found) > MOST_BYTES:
        raise NotPythonError(f"{name}: its code is larger than {MOST_BYTES >> 20} MB; submit only your own cells")
    cells: list[Cell] = []
    notes: list[str] = []
    lines: list[str] = []
    lost: dict[str, str] = {}
    for each in found:
        try:
            tree = _parse_cell(each)
        except NotPythonError as error:
            place, _, why = str(error).partition(": ")
            notes.append(f"{place}: skipped: {why}")
            written = [one or other for one, other in _WRITES.findall(each.text)]
            loop = [LOOP] if _LOOP.search(each.text) else []
            lost |= dict.fromkeys((*written, *loop), str(error))
        else:
            ast.increment_lineno(tree, len(lines))
            cells.append(Cell(each.title, len(lines) + 1, tree, each.part, each.begins))
        lines += (*each.text.split("\n"), "")
    if not cells:
        why = f": {notes[0].replace('skipped: ', '')}" if notes else ""
        raise NotPythonError(f"{name}: no code cell in this notebook could be read{why}")
    return Notebook(tuple(cells), tuple(notes), tuple(lines), lost)


def cells_of_script(body: Sequence[ast.stmt], lines: Sequence[str]) -> list[CellBody]:
    """Split a script's statements into cells: where it was exported from a notebook, and at each exercise's number."""
    cells: list[CellBody] = [CellBody([])]
    previous = 0
    for node in opened(body):
        between = lines[previous : node.lineno - 1]
        part = part_of("\n".join(between), cells[-1].part)
        if part != cells[-1].part or any(map(_BORDER.match, between)):
            cells.append(CellBody([], part))
        cells[-1].body.append(node)
        previous = node.end_lineno or node.lineno
    return cells


def part_of(text: str, before: int | None, *, code: bool = True) -> int | None:
    """The number of the exercise that a cell begins (`# Exercise 2`); else that of the cell before it.

    A text that lists several exercises begins none of them.
    """
    lines = [line for line in text.split("\n") if not code or line.lstrip().startswith("#")]
    found = {int(match[1]) for line in lines if (match := _PART.match(line))}
    return found.pop() if len(found) == 1 else before


def _code_cells(name: str, data: bytes) -> Iterator[_Text]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotPythonError(f"{name}: not a valid notebook ({shortened(str(error), 80)})") from None
    part, number = None, 0
    for cell in _cells(document)[:MOST_CELLS]:
        text = _text(cell)
        if text is None:
            continue
        code = cell.get("cell_type") == "code"
        part = part_of(text, part, code=code)
        if code:
            number += 1
            yield _Text(f"{name} cell {number}", text, part)


def _blocks(name: str, data: bytes) -> Iterator[_Text]:
    """The fenced blocks of Python in a Markdown file."""
    fence, part, block, begins = "", None, list[str](), 0
    for number, line in enumerate(decode(name, data).text.split("\n"), 1):
        mark = _FENCE.match(line)
        if not fence and mark is not None:
            fence = mark[1] if mark[2].lower() in _PYTHON else f"{mark[1]} "
            block, begins = [], number + 1
        elif fence and line.strip() and set(line.strip()) == {fence[0]} and len(line.strip()) >= len(fence.strip()):
            text = "\n".join(block)
            if not fence.endswith(" "):
                part = part_of(text, part)
                yield _Text(name, text, part, begins)
            fence = ""
        elif fence:
            block.append(line)
        else:
            part = part_of(line, part, code=False)


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
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "heading"):
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else None


def _parse_cell(cell: _Text) -> ast.Module:
    """Try plain Python first: a line that starts with % may continue a formula."""
    text = cell.text
    first, _, rest = text.partition("\n")
    if first.startswith("%%"):
        text = f"\n{rest}" if _CELL_OF_PYTHON.match(first) else "\n" * rest.count("\n")
    try:
        return parse(cell.title, text, cell.begins)
    except NotPythonError:
        plain = "\n".join(_without_magics(text.split("\n")))
        if plain == text:
            raise
    return parse(cell.title, plain, cell.begins)


def _without_magics(lines: Iterable[str]) -> Iterator[str]:
    """Lines without magics, and without the lines that a magic ending in a backslash goes on to."""
    goes_on = False
    for line in lines:
        magic = goes_on or _MAGIC.match(line) is not None
        yield "" if goes_on else _without_magic(line)
        goes_on = magic and line.rstrip().endswith("\\")


def _without_magic(line: str) -> str:
    timed = _TIMED.match(line)
    if timed is not None and timed.end() < len(line):  # `%time dh = ...` assigns dh
        return f"{timed[1]}{line[timed.end() :]}"
    magic = _MAGIC.match(line)
    if magic is not None:
        return f"{magic[1]}pass"
    result = _SHELL_RESULT.match(line)
    return f"{result[1]}{result[2].rstrip()} = None" if result is not None else line


def opened(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a cell, those inside `if True:`, `try:` and `with torch.no_grad():` among them."""
    for node in body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            yield from opened(node.body if node.test.value else node.orelse)
        elif isinstance(node, ast.Try) or (isinstance(node, ast.With) and all(not i.optional_vars for i in node.items)):
            yield from opened(node.body)
        else:
            yield node


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement can be used as it is: an import, a function, a class or a plain constant."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    return isinstance(node.value, ast.Lambda) or _is_plain(node.value)


def _is_plain(node: ast.expr) -> bool:
    """A constant, or arithmetic on constants: `eps = 1e-5`, `shape = (32, 27)`, `scale = 1/32`."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(_is_plain, node.elts))
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    return isinstance(node, ast.BinOp) and _is_plain(node.left) and _is_plain(node.right)
