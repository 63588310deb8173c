"""Tables as text: comma, semicolon, tab or pipe between cells. Every cell's place in the text is kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.classroom.tables.encoding import Encoding

_SEPARATORS: Final = "\t;,|"
"""Of those that fit equally well, the first is taken."""
_SEP_LINE = re.compile(r"\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_SAMPLE: Final = 1 << 17


class MalformedTable(Exception):
    """This is not a table, or cannot hold a text: the message is the end of a sentence."""


class Span(NamedTuple):
    """A cell: its place in the text, with its quotes, and what is written in it."""

    start: int
    end: int
    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Delimited:
    """The text of a table, and its cells."""

    text: str
    encoding: Encoding
    separator: str
    places: tuple[tuple[Span, ...], ...]

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """Every row of the file."""
        return tuple(tuple(cell.text for cell in row) for row in self.places)

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells replaced: everything else is kept as it is.

        Raises:
            MalformedTable: the encoding lacks a character.
        """
        always = all(cell.quoted for row in self.places for cell in row if cell.text)
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), text in cells.items():
            by_row.setdefault(row, {})[column] = text
        pieces, done = [], 0
        for row in sorted(by_row):
            for start, end, text in self._changes(self.places[row], by_row[row], always=always):
                pieces += [self.text[done:start], text]
                done = end
        try:
            return self.encoding.encode("".join([*pieces, self.text[done:]]))
        except UnicodeEncodeError as error:
            lacking = error.object[error.start : error.end]
            raise MalformedTable(
                f"its encoding, {self.encoding.name}, lacks {lacking}; save it as CSV UTF-8 first"
            ) from None

    def _changes(
        self, row: tuple[Span, ...], texts: Mapping[int, str], *, always: bool
    ) -> Iterator[tuple[int, int, str]]:
        """What replaces which part of the text, in order; cells behind the end of the row come last."""
        behind = dict.fromkeys(range(len(row), max(texts) + 1), "")
        for column in sorted(texts):
            if column >= len(row):
                behind[column] = self._written(texts[column], quoted=always)
            elif texts[column] != row[column].text:
                cell = row[column]
                yield cell.start, cell.end, self._written(texts[column], quoted=cell.quoted or always)
        if behind:
            yield row[-1].end, row[-1].end, "".join(self.separator + text for text in behind.values())

    def _written(self, text: str, *, quoted: bool) -> str:
        needed = any(char in text for char in (self.separator, '"', "\r", "\n")) or text != text.strip()
        return '"' + text.replace('"', '""') + '"' if needed or (quoted and text) else text


def parsed(text: str, encoding: Encoding) -> Delimited:
    """Find the separator and the cells of a table.

    Raises:
        MalformedTable: a quotation mark is never closed.
    """
    line = _SEP_LINE.match(text)
    begin = line.end() if line else 0
    separator = line[1] if line else _separator(text)
    places = tuple(_rows(text, separator, begin))
    return Delimited(text, encoding, separator, places)


def _separator(text: str) -> str:
    """The separator that gives the most rows of one length, of more than one cell."""
    sample = text[:_SAMPLE]

    def fit(separator: str) -> tuple[float, int, int]:
        widths = [len(row) for row in _rows(sample, separator, 0, strict=False) if len(row) > 1 or row[0].text.strip()]
        if not widths:
            return 0.0, 0, 0
        width, count = Counter(widths).most_common(1)[0]
        return (count / len(widths) if width > 1 else 0.0), width, -_SEPARATORS.index(separator)

    best = max(_SEPARATORS, key=fit)
    return best if fit(best)[0] else ","


@cache
def _cell(separator: str) -> re.Pattern[str]:
    """A cell and what ends it. A quotation mark is doubled in a quoted cell."""
    other = f"[^{re.escape(separator)}\r\n]*+"
    return re.compile(
        rf' *+"(?P<quoted>(?:[^"]++|"")*+)"(?P<rest>{other})(?P<quoted_end>{re.escape(separator)}|\r\n|\r|\n|\Z)'
        rf"|(?P<plain>{other})(?P<plain_end>{re.escape(separator)}|\r\n|\r|\n|\Z)"
    )


def _rows(text: str, separator: str, begin: int, *, strict: bool = True) -> Iterator[tuple[Span, ...]]:
    """Every row, blank ones included. Unless `strict`, a quotation mark that is never closed is a character."""
    pattern, at, row = _cell(separator), begin, list[Span]()
    while at < len(text) or row:
        found = pattern.match(text, at)
        assert found is not None, "a cell may be empty"
        quoted = found["quoted"] is not None
        end = found["quoted_end"] if quoted else found["plain_end"]
        if quoted:
            value = found["quoted"].replace('""', '"') + found["rest"].rstrip()
            stray = bool(found["rest"].strip()) and "\n" in found["quoted"]
        else:
            value, stray = found["plain"], found["plain"].lstrip(" ").startswith('"')
        if stray and strict:
            number = len(re.findall(r"\r\n|\r|\n", text[:at])) + 1
            raise MalformedTable(f"the quotation mark that opens in line {number} is never closed")
        row.append(Span(at, found.end() - len(end), value, quoted))
        at = found.end()
        if end != separator:
            yield tuple(row)
            row = []
