"""CSV whose cells no spreadsheet takes for a formula, and the reading of other people's CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

from grader.report.clean_text import line

if TYPE_CHECKING:
    from collections.abc import Iterable

POINTS_POSSIBLE = "    Points Possible"
_DANGEROUS = ("=", "+", "-", "@")


def guard(value: object) -> str:
    """A cell as text. One that could be taken for a formula begins with an apostrophe, as spreadsheets have it."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return str(value)
    indent = "    " if value == POINTS_POSSIBLE else ""  # Canvas' own mark of that row
    text = indent + line(value, 2000)
    # Full-width signs and marks without width are normalised away by some programs before they look for a formula.
    first = unicodedata.normalize("NFKC", text).lstrip("\u200b\u200c\u200d\u2060\ufeff\u00ad '\"")[:1]
    return f"'{text}" if first in _DANGEROUS and first and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()


def written(rows: Iterable[Iterable[object]]) -> str:
    """A table: comma, quotes where needed, a line feed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue()


def read(text: str) -> list[list[str]]:
    """A table as spreadsheets and learning platforms save it: with or without a mark, comma, semicolon or tab."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)) if row]
