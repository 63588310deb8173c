"""Excel workbooks: the first sheet that is shown is the table."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.tables.delimited import MalformedTable
from grader.installation import how_to_install

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
        merged = [*book.active.merged_cells.ranges]
        for (row, column), text in cells.items():
            cell = book.active.cell(row + 1, column + 1)
            if any(cell.coordinate in each for each in merged):
                raise MalformedTable(f"its cell {cell.coordinate} is merged with others; split them first")
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
    sheet, formulas = (_loaded(content, data_only=data_only).active for data_only in (True, False))
    return Workbook(
        content,
        tuple(
            tuple(_text(cell) or _not_calculated(cell, formula) for cell, formula in zip(row, same, strict=True))
            for row, same in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
        ),
    )


def _loaded(content: bytes, *, data_only: bool) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise MalformedTable(
            f"reading Excel workbooks needs openpyxl: {how_to_install('xlsx')}, or save it as CSV UTF-8"
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


def _not_calculated(cell: Any, formula: Any) -> str:
    """The formula of a cell that no spreadsheet has calculated; empty for any other, and if the result is empty."""
    return str(formula.value) if formula.data_type == "f" and cell.data_type == "n" else ""


def _text(cell: Any) -> str:
    """A cell as people see it: numbers keep the leading zeros and the percent sign of their format."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return _figure(value, cell.number_format)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return str(value)


def _figure(value: float, shown: str) -> str:
    if shown.endswith("%"):
        return f"{100 * value:.10g}%"
    if not float(value).is_integer():
        return str(value)
    if abs(value) >= _EXACT:
        return f"{value:.14E}"  # its last digits are lost
    return f"{int(value):0{len(shown)}d}" if re.fullmatch("0+", shown) else str(int(value))
