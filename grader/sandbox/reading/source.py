"""From a file's bytes to its syntax tree: encodings, line endings, and every way in which it can fail to be Python."""

from __future__ import annotations

import ast
import codecs
import re
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.sandbox.cleaning import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPELLINGS = {
    "utf-8": "utf-8 utf8 u8 utf utf-8-sig",
    "latin-1": "latin-1 latin1 latin l1 iso-8859-1 iso8859-1 8859 cp819",
    "cp1252": "cp1252 windows-1252 1252",
    "iso8859-15": "iso8859-15 iso-8859-15 latin-9 latin9",
    "ascii": "ascii us-ascii 646",
    "mac-roman": "mac-roman macroman macintosh",
}
ENCODINGS = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()}
"""Encodings that a coding line may name. Others are not looked up: that imports a module, which the locked child cannot
do."""

# Looked up here, while files can still be opened; cp437 is for names in zip archives.
for _name in (*_SPELLINGS, "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp437", "idna"):
    codecs.lookup(_name)

_CODING_LINE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,40})")
MOST_BYTES = 256 << 10
LONGEST_LINE = 100
"""The most characters of a line with a syntax error that are shown."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotPythonError(Exception):
    """The submission is not Python; the message is shown to the learner."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    note: str | None = None


def decode(name: str, data: bytes) -> Source:
    """Decode a file as Python would, falling back to Latin-1 where Python would fail."""
    if len(data) > MOST_BYTES:
        raise NotPythonError(
            f"{name}: the file is larger than {MOST_BYTES >> 10} KB; submit only the code of your gradients"
        )
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
        note = None
    except (UnicodeError, LookupError):
        text = data.decode("latin-1")
        note = f"{name}: not UTF-8 and no encoding declared, read as Latin-1"
    return Source(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), note)


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    for line in data[:1000].splitlines()[:2]:
        coding = _CODING_LINE.match(line)
        if coding is not None:
            return ENCODINGS.get(coding[1].decode("ascii", "replace").lower().replace("_", "-"), "utf-8")
    return "utf-8"


def parse(name: str, text: str, begins: int = 1) -> ast.Module:
    """The syntax tree of a text whose first line has the number `begins` in messages."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, name)
    except SyntaxError as error:
        raise NotPythonError(*_sentence(name, error, text, begins)) from None
    except (RecursionError, MemoryError):
        raise NotPythonError(f"{name}: the code is nested too deeply to be read") from None
    except (ValueError, OverflowError) as error:
        raise NotPythonError(f"{name}: not valid Python text ({error})") from None


def _sentence(name: str, error: SyntaxError, text: str, begins: int) -> tuple[str, int | None]:
    row = error.lineno if isinstance(error.lineno, int) and error.lineno > 0 else None
    line = row and row + begins - 1
    place = f"{name}:{line}" if line else name
    lines = text.split("\n")
    said = shortened(str(error.msg or "invalid syntax"))
    said += newer(said, lines[row - 1] if row and row <= len(lines) else "")
    shown = quoted(lines, row)
    return f"{place}: {said if said.startswith('invalid syntax') else f'invalid syntax: {said}'}{shown}", line


_NEWER = (
    ((3, 12), r"", r"""\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[|\s*type\s+\w+\s*[\[=]"""),
    ((3, 12), r"f-string: |unterminated string|unmatched", r""".*\b(?i:f|rf|fr)["']"""),
    ((3, 14), r"", r"""\s*except\s+[\w.]+\s*,|.*\b(?i:t|rt|tr)["']"""),
)
"""Version of Python, message of an older one, and the line that it is the first to read: type parameters, anything
within f-strings, t-strings.
"""


def newer(said: str, line: str, running: tuple[int, int] = sys.version_info[:2]) -> str:
    """What is added about a line that may be an error only because this Python is older than the learner's."""
    for version, message, pattern in _NEWER:
        if running < version and re.match(message, said) and re.match(pattern, line):
            ours, theirs = (".".join(map(str, each)) for each in (running, version))
            return f" (read by Python {ours}; Python {theirs} may accept this line)"
    return ""


def quoted(lines: Sequence[str], line: int | None) -> str:
    """The line of a syntax error as the end of its sentence; empty if there is nothing on it."""
    text = lines[line - 1].expandtabs(4).strip() if line and line <= len(lines) else ""
    return f": `{shortened(text, LONGEST_LINE)}`" if text else ""
