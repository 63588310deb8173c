"""Takes the first round out of a notebook's training loop, where the forward and the backward pass are only in that."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.sandbox.reading.notebook import Cell


def with_first_round(data: bytes, cell: Cell, loop: ast.For | ast.While) -> bytes | None:
    """The notebook with `if True:` instead of a loop's head, so that its lines are read as any others.

    No line moves: what the head binds is put before the first statement of the body.

    Args:
        data: the notebook.
        cell: one of its cells.
        loop: a loop at the top level of that cell.

    Returns:
        None if the loop is written in another way than notebooks usually have it.
    """
    document = json.loads(data.decode("utf-8-sig"))
    codes = [each for each in document.get("cells", ()) if each.get("cell_type") == "code"]
    number = int(cell.title.rpartition(" ")[2])
    if number > len(codes) or loop.orelse:
        return None
    before = cell.first_line - 1
    lines = _text(codes[number - 1]).split("\n")
    head, first = loop.lineno - before, loop.body[0].lineno - before
    if first <= head or not lines[head - 1].lstrip().startswith(("for ", "while ")):
        return None
    margin = lines[head - 1][: len(lines[head - 1]) - len(lines[head - 1].lstrip())]
    colon = (loop.iter if isinstance(loop, ast.For) else loop.test).end_lineno or loop.lineno
    lines[head - 1 : colon - before] = [f"{margin}if True:", *[""] * (colon - loop.lineno)]
    if isinstance(loop, ast.For) and not isinstance(loop.body[0], _COMPOUND):
        begun = f"{ast.unparse(loop.target)} = next(iter({ast.unparse(loop.iter)}))"
        text = lines[first - 1]
        lines[first - 1] = f"{text[: loop.body[0].col_offset]}{begun}; {text[loop.body[0].col_offset :]}"
    codes[number - 1]["source"] = "\n".join(lines)
    return json.dumps(document).encode()


_COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    text: str = "".join(source) if isinstance(source, list) else source
    return text.replace("\r\n", "\n").replace("\r", "\n")
