"""Excel workbooks: the first sheet that is shown is the table."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.tables.delimited import MalformedTable

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST: Final = 512 << 20
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_EXACT: Final = 10**15
"""A spreadsheet keeps 15 digits."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook's bytes, and the cells of its first sheet."""

    content: bytes
    cells: tuple[tuple[str, ...], ...]
    separator: str = ""

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The workbook with these cells replaced; formulas and formats stay."""
        book = _loaded(self.content, data_only=False)
        for (row, column), text in cells.items():
            cell = book.active.cell(row + 1, column + 1)
            if _NUMBER.fullmatch(text):
                cell.value = float(text) if "." in text else int(text)
            else:
                cell.value = text or None
                if text:
                    cell.data_type = "s"  # never a formula
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def read_workbook(content: bytes) -> Workbook:
    """Read the sheet that is shown when the workbook is opened.

    Raises:
        MalformedTable: it is damaged, or openpyxl is not installed.
    """
    sheet = _loaded(content, data_only=True).active
    return Workbook(content, tuple(tuple(_text(cell) for cell in row) for row in sheet.iter_rows()))


def _loaded(content: bytes, *, data_only: bool) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise MalformedTable(
            "reading Excel workbooks needs openpyxl: pip install 'backprop-grader[xlsx]', or save it as CSV UTF-8"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise MalformedTable(f"it holds more than {_LARGEST >> 20} MB")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise MalformedTable(f"it is not a whole Excel workbook ({error})") from None
    if not hasattr(book.active, "iter_rows"):
        raise MalformedTable("it opens on a sheet without cells")
    return book


def _text(cell: Any) -> str:
    """A cell as people see it: numbers keep the leading zeros of their format."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, int) and abs(value) >= _EXACT:
        return f"{value:.14E}"  # its last digits are lost
    if isinstance(value, int) and re.fullmatch("0+", cell.number_format):
        return f"{value:0{len(cell.number_format)}d}"
    if isinstance(value, datetime | date | time):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return str(value)
