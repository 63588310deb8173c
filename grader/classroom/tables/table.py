"""A table from any program that makes one, read whole and written back with only the cells changed that are ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from grader.classroom.tables.delimited import Delimited, MalformedTable, parsed
from grader.classroom.tables.encoding import UnknownEncoding, encoding_of, repaired
from grader.report.formats.csv_table import unguarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LARGEST: Final = 64 << 20
_HEAD_WITHIN = 30
"""The headings are among the first rows: above them, there may be a title."""
_WITH_COMMA, _WITH_POINT = re.compile(r"-?\d+,\d{1,4}"), re.compile(r"-?\d+\.\d{1,4}")
_FORMULA_OF_TEXT = re.compile(r'="([^"]*)"')
HEADINGS: Final = -1
"""The row of the headings, for `Table.filled`."""


class UnreadableTable(Exception):
    """This file is not a table that can be read: the message is one sentence."""


class Sheet(Protocol):
    """The file behind a table: all rows in it, and how to write it back."""

    @property
    def cells(self) -> Sequence[Sequence[str]]:
        """Every row of the file."""

    @property
    def separator(self) -> str:
        """What is between cells."""

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells replaced; rows are counted in the file.

        Raises:
            MalformedTable: the file cannot hold a text.
        """


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, and each row's cells as text."""

    name: str
    """Its file name, for messages."""
    head: tuple[str, ...]
    """The headings, without spaces around them."""
    rows: tuple[tuple[str, ...], ...]
    """The rows below the headings, each as long as `head`: shorter rows are padded, and surplus cells are kept."""
    _sheet: Sheet | None = field(default=None, repr=False, compare=False)
    _places: tuple[int, ...] = field(default=(), repr=False, compare=False)
    """The place in the file of the headings, then of each row."""

    def column(self, *headings: str) -> int | None:
        """The position of the first heading that the table has, whatever its case; None if it has none of them."""
        folded = [heading(each) for each in self.head]
        return next((folded.index(heading(each)) for each in headings if heading(each) in folded), None)

    def number(self, row: int) -> int:
        """A row's number as a spreadsheet shows it."""
        return self._places[row + 1] + 1

    def headed_by(self, row: int) -> Table:
        """The table below one of its rows, which has the headings."""
        head = tuple(cell.strip() for cell in self.rows[row])
        return replace(self, head=head, rows=self.rows[row + 1 :], _places=self._places[row + 1 :])

    @property
    def decimal_comma(self) -> bool:
        """Whether its numbers have a decimal comma."""
        cells = [cell.strip() for row in self.rows for cell in row]
        commas = sum(_WITH_COMMA.fullmatch(cell) is not None for cell in cells)
        points = sum(_WITH_POINT.fullmatch(cell) is not None for cell in cells)
        if commas == points == 0:  # a semicolon between cells means that the comma was needed for numbers
            return self._sheet is not None and self._sheet.separator == ";"
        return commas > points

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells, (row, column) -> text, replaced; every other byte is as it was read.

        The row `HEADINGS` and columns to the right of the last one may be filled, too.

        Raises:
            UnreadableTable: the file's encoding lacks a character of a text.
        """
        assert self._sheet is not None, "a table that was not read from a file cannot be written back"
        try:
            return self._sheet.filled({(self._places[row + 1], column): text for (row, column), text in cells.items()})
        except MalformedTable as error:
            raise UnreadableTable(f"{self.name} cannot be filled in: {error}") from None


def heading(text: str) -> str:
    """A heading in a form for comparison: case, spaces, underscores and hyphens do not matter."""
    return re.sub(r"[\s_\-]+", " ", repaired(text).casefold()).strip()


def read_table(path: Path) -> Table:
    """Read a table: CSV in any common encoding and dialect, or an Excel workbook with the extra `xlsx`.

    Raises:
        UnreadableTable: the file is too large, or not a table.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableTable(f"{path} is larger than {LARGEST >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(f"{path} cannot be read: {error.strerror}") from None
    return table_of(content, str(path))


def table_of(content: bytes, name: str) -> Table:
    """Read a table from bytes.

    Raises:
        UnreadableTable: the bytes are too many, or not a table.
    """
    if len(content) > LARGEST:
        raise UnreadableTable(f"{name} is larger than {LARGEST >> 20} MB")
    if (wrong := _other_program(content)) is not None:
        raise UnreadableTable(f"{name} {wrong}: save it as .xlsx or CSV")
    try:
        sheet = _workbook(content) if content.startswith(b"PK\x03\x04") else _delimited(content)
    except MalformedTable as error:
        raise UnreadableTable(f"{name} cannot be read as a table: {error}") from None
    return _table(sheet, name)


def _other_program(content: bytes) -> str | None:
    """What a file that is neither CSV nor .xlsx is, if people take it for one."""
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "is an old or password-protected Excel workbook"
    if content.startswith(b"PK\x03\x04") and b"mimetypeapplication/vnd.oasis.opendocument" in content[:120]:
        return "is an OpenDocument spreadsheet"
    if content.startswith(b"PK\x03\x04") and b"Index/Document.iwa" in content:
        return "is a Numbers spreadsheet"
    if content.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        return "is a web page or XML, whatever its name says"
    if content.startswith(b"%PDF-"):
        return "is a PDF"
    return None


def _workbook(content: bytes) -> Sheet:
    from grader.classroom.tables.workbook import read_workbook

    return read_workbook(content)


def _delimited(content: bytes) -> Delimited:
    try:
        encoding = encoding_of(content)
    except UnknownEncoding as error:
        raise MalformedTable(str(error)) from None
    return parsed(encoding.decode(content), encoding)


def _table(sheet: Sheet, name: str) -> Table:
    cells = [tuple(_meant(cell) for cell in row) for row in sheet.cells]
    places = [index for index, row in enumerate(cells) if any(cell.strip() for cell in row)]
    if not places:
        raise UnreadableTable(f"{name} is empty; a table with a row of headings is expected")
    first = _heading_row([cells[place] for place in places[:_HEAD_WITHIN]])
    places = places[first:]
    head = tuple(cell.strip() for cell in cells[places[0]])
    while head and not head[-1]:
        head = head[:-1]
    rows = tuple((*cells[place], *[""] * (len(head) - len(cells[place]))) for place in places[1:])
    return Table(name, head, rows, sheet, tuple(places))


def _heading_row(rows: Sequence[Sequence[str]]) -> int:
    """The first row that has about as many cells as the others: a title has one or two."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = sorted(filled)[len(filled) // 2]
    return next(
        (index for index, count in enumerate(filled) if count >= 2 and count > usual / 2 and len(rows[index]) >= usual),
        0,
    )


def _meant(cell: str) -> str:
    """A cell without what guards it: our apostrophe against formulas, or `="007"` against a lost zero."""
    cell = cell.replace("\0", "") if "\0" in cell else cell
    if cell.lstrip()[:1] not in ("'", "="):
        return cell
    formula = _FORMULA_OF_TEXT.fullmatch(cell.strip())
    return formula[1] if formula else unguarded(cell)
