"""The original stubs of an exercise, and restoring one in a learner's file."""

from __future__ import annotations

import ast
import re
from textwrap import dedent
from typing import TYPE_CHECKING

from grader.exercise.forward import find_function
from grader.exercise.shelf import WORKSPACE, installed

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Function

_LINE_END = re.compile(rb"\r\n|\r|\n")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class NoReset(Exception):
    """A stub cannot be restored; the message says why and what to do."""


def function_name(exercise: Exercise, gradient: str) -> str:
    """The function that computes a gradient: its own, the one of a training exercise, or one of a layer's."""
    if form := exercise.settings.form:
        return next((call.name for call in form.calls if gradient in call.returns), form.backward.name)
    return "gradients" if exercise.kind == "training" else gradient


def function_names(exercise: Exercise) -> tuple[str, ...]:
    """The functions that a learner writes, in the order of the report."""
    return tuple(dict.fromkeys(function_name(exercise, gradient) for gradient in exercise.gradients))


def _pristine_file(exercise: Exercise) -> Path | None:
    """The file with the original stubs: the installed one, else the one beside an exercise of `--exercises`.

    None if that is a learner's own file: a workspace exercise that is not installed has no other.
    """
    folders, own = installed(exercise.name), exercise.directory
    if not folders and own.parent == WORKSPACE.resolve():
        return None
    return (own if own in folders or not folders else folders[0]) / "backward.py"


def pristine_stub(exercise: Exercise, gradient: str) -> str:
    """The original text of a stub.

    Raises:
        NoReset: the exercise has no original stub for this gradient.
    """
    file, name = _pristine_file(exercise), function_name(exercise, gradient)
    text = function_text(file.read_text(encoding="utf-8"), name) if file and file.is_file() else ""
    if not text:
        raise NoReset(f"no stub of {name} is installed with {exercise.name}, so there is nothing to restore")
    return text


def signature_and_docstring(stub: str) -> tuple[str, str]:
    """`def dprobs(dlogprobs, probs):` on one line, and the stub's docstring."""
    node = ast.parse(stub).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise TypeError(f"not a function: {stub}")
    return f"def {node.name}({ast.unparse(node.args)}):", ast.get_docstring(node) or ""


def function_text(source: str, name: str) -> str:
    """The lines of a function in a trusted file, or of a method with its decorators; empty if there is none.

    A learner's file is never parsed in this process: the sandbox's child does that.
    """
    node = find_function(ast.parse(source), name)
    if node is None:
        return ""
    first = min(each.lineno for each in (node, *(node.decorator_list if "." in name else ())))
    return dedent("\n".join(source.splitlines()[first - 1 : node.end_lineno]))


def put_back(content: bytes, function: Function | None, stub: str) -> tuple[bytes, bytes]:
    """A file's bytes with one function replaced by its stub, and the bytes that were removed.

    Everything else stays byte for byte. If the file has no such function, the stub is appended.
    """
    if content.startswith(_WIDE):
        raise NoReset("the file is UTF-16; save it as UTF-8 first")
    ending = _line_end(content)
    if function is None:
        gap = b"" if not content.strip() else ending * (2 if content.endswith((b"\n", b"\r")) else 3)
        return content + gap + _as_lines(stub, b"", ending) + ending, b""
    start, end = _span(content, function)
    taken = content[start:end]
    margin = taken[: len(taken) - len(taken.lstrip(b" \t"))]
    _check_alone(taken[len(margin) :], function)
    return content[:start] + _as_lines(stub, margin, ending) + content[end:], taken


def _check_alone(taken: bytes, function: Function) -> None:
    """Refuse a function that shares its line with another statement, which would be removed with it."""
    begins = (b"def ", b"async ", b"@", function.name.encode(), b"\xef\xbb\xbf")
    if not taken.startswith(begins):
        raise NoReset(
            f"{function.file}:{function.line}: {function.name} shares its line with other code; put it on its own line"
        )


def _as_lines(stub: str, margin: bytes, ending: bytes) -> bytes:
    return ending.join(margin + line.encode() if line else b"" for line in stub.split("\n"))


def _span(content: bytes, function: Function) -> tuple[int, int]:
    """Where the function's lines begin and end, without the last one's line end."""
    starts, ends = [0], []
    for found in _LINE_END.finditer(content):
        ends.append(found.start())
        starts.append(found.end())
    ends.append(len(content))
    first, last = (function.begins or function.line) - 1, function.end_line - 1
    if not 0 <= first <= last < len(ends):
        raise NoReset("the file has changed in the meantime; try again")
    mark = 3 if first == 0 and content.startswith(b"\xef\xbb\xbf") else 0
    return starts[first] + mark, ends[last]


def _line_end(content: bytes) -> bytes:
    found = _LINE_END.search(content)
    return found.group() if found else b"\n"


def find_by_text(content: bytes, name: str) -> tuple[int, int] | None:
    """First and last line of a function in a file that is not valid Python at the moment, by its `def` at column 0.

    It ends before the next statement or comment at column 0.
    """
    lines = _LINE_END.split(content.removeprefix(b"\xef\xbb\xbf"))
    heads = [number for number, line in enumerate(lines) if re.match(rb"(async )?def %s\b" % name.encode(), line)]
    if len(heads) != 1:
        return None
    first = last = heads[0]
    for number in range(first + 1, len(lines)):
        if re.match(rb"(async )?def |@|class |import |from |[A-Za-z_]\w*\s*=|#", lines[number]):
            break
        last = number if lines[number].strip() else last
    while first > 0 and lines[first - 1].startswith(b"@"):
        first -= 1
    return first + 1, last + 1
