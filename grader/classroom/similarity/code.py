"""The code of a submission as text, and where each of its lines is in what was handed in.

No submission is run or parsed here: plain Python files are decoded, and archives and notebooks are read in a locked
child.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.grading.submission import ARCHIVES
from grader.sandbox.types import RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Reading, Wanted

GRADIENT = re.compile(r"^def[ \t]+(d\w+)[ \t]*\(", re.MULTILINE)
"""The head of a gradient's function."""
_INSIDE = frozenset(("", " ", "\t", "#", ")"))
"""How a line begins that belongs to the function above it: a multi-line head ends in a parenthesis."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_CODE = (
    "{}: no gradient found; expected a function such as dlogits or a line such as `dlogits = ...`. Ask for "
    "backward.py, or compare it by hand"
)


class NothingToCompare(Exception):
    """A submission has no text to compare: the message is the reason, in one sentence."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of an assembled text that are one function of a notebook or of flat lines."""

    start: int
    """Its first line in the text."""
    stop: int
    """The line after its last one."""
    file: str
    """Where it was written: `x.ipynb cell 3`."""
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Code:
    """A submission's code."""

    file: str
    """The student's name for the file that was read."""
    text: str = field(repr=False)
    assembled: bool = False
    """Whether the text was put together from a notebook or from lines outside functions."""
    stretches: tuple[Stretch, ...] = field(default=(), repr=False)

    def place(self, line: int) -> str:
        """Where a line of the text is in what was handed in: `backward.py:12`, or the file if the line is unknown."""
        if not self.assembled:
            return f"{self.file}:{line}"
        for each in self.stretches:
            if each.start <= line < each.stop:
                return f"{each.file}:{min(each.line + line - each.start, each.end_line)}"
        return self.file


def code_of(files: Mapping[str, bytes], sandbox: Callable[[], Sandbox], wanted: Wanted | None = None) -> Code:
    """The code that would be graded.

    A single Python file with functions is used as it is. In everything else (an archive, a notebook, flat lines,
    several files) a locked child finds the code, so that the same code gives the same text in any container.

    Args:
        files: the submission's files, name -> content.
        sandbox: starts a sandbox; called only if a child has to read something, never for plain Python files.
        wanted: the exercise, which decides between several files.

    Raises:
        NothingToCompare: the submission has no code, or the child cannot read it.
    """
    if len(files) == 1:
        ((name, content),) = files.items()
        if _is_python(name) and GRADIENT.search(text := _decoded(content)):
            return Code(name, text)
    with sandbox().open(files, RulesConfig(enabled=False), wanted) as session:
        reading = session.reading
    if reading.source and reading.functions:
        return _assembled(reading)
    text = _chosen(reading.file, files, sandbox, readable=reading.problem is None)
    if not text.strip():
        raise NothingToCompare(reading.problem or _NO_CODE.format(reading.file))
    return Code(reading.file, text)


def _assembled(reading: Reading) -> Code:
    stretches = tuple(
        Stretch(start, stop, written.file, written.line, written.end_line)
        for name, start, stop in gradients(reading.source)
        if (written := reading.functions.get(name)) is not None
    )
    return Code(reading.file, reading.source, assembled=True, stretches=stretches)


def gradients(text: str) -> Iterator[tuple[str, int, int]]:
    """The gradients' functions in a text: name, number of the first line, and number of the line after the last."""
    name, first, at = "", 0, 0
    for at, line in enumerate(text.split("\n"), 1):
        head = GRADIENT.match(line)
        if name and (head or line[:1] not in _INSIDE):
            yield name, first, at
            name = ""
        if head:
            name, first = head[1], at
    if name:
        yield name, first, at + 1


def _chosen(file: str, files: Mapping[str, bytes], sandbox: Callable[[], Sandbox], *, readable: bool) -> str:
    """The text of the Python file that the child chose, even if it could not parse it; empty if it is not Python.

    The child looks into archives only if there is no work beside them.
    """
    found = dict(files)
    for _ in range(2):  # the child reads an archive in an archive, too
        for archive in sorted(name for name in found if name.lower().endswith(ARCHIVES) and file not in found):
            found |= {member.name: member.content for member in sandbox().unpack(archive, found.pop(archive))}
    if file in found:
        return _decoded(found[file]) if _is_python(file) else ""
    if not readable:
        return ""
    # The child shortens long or odd names, so none matches: compare all files, or a name could avoid comparison.
    return "\n".join(_decoded(content) for name, content in sorted(found.items()) if _is_python(name))


def _is_python(name: str) -> bool:
    return name.lower().endswith(".py")


def _decoded(content: bytes) -> str:
    """Decode as Python or a Windows editor would; undecodable bytes become replacement characters."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
