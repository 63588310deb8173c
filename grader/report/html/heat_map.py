"""Where a gradient differs from autograd's, as a picture without values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.report.row_facts import Row


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where a gradient differs: levels from 0 to 9, or only the place of the worst element."""

    title: str
    cells: list[tuple[float, float, int]]
    columns: int
    rows: int
    size: float
    description: str


def heat_map(row: Row) -> HeatMap | None:
    """The pattern of the difference where the report has one, else the place of the worst element."""
    if row.get("pattern"):
        return _pattern(row["pattern"])
    worst, shape = row.get("worst"), row["shape"]
    if not worst or not shape or len(shape) > 2 or len(worst["index"]) != len(shape) or worst.get("case"):
        return None
    rows, columns = (1, shape[0]) if len(shape) == 1 else shape
    at = (0, worst["index"][0]) if len(shape) == 1 else worst["index"]
    if not (0 <= at[0] < rows and 0 <= at[1] < columns):
        return None
    size = _cell(rows, columns)
    text = f"the largest difference is at {worst['index']} of shape {shape}"
    return HeatMap(
        "where it is worst", [(round(at[1] * size, 1), round(at[0] * size, 1), 9)], columns, rows, size, text
    )


def _pattern(pattern: Mapping[str, Any]) -> HeatMap | None:
    """Levels without values: `levels` is a list of strings of digits, one for each row."""
    levels = [str(each) for each in pattern["levels"]][:64]
    columns = max(map(len, levels), default=0)
    if not columns or columns > 64:
        return None
    size = _cell(len(levels), columns)
    cells = [
        (round(x * size, 1), round(y * size, 1), int(level))
        for y, text in enumerate(levels)
        for x, level in enumerate(text)
        if level in "123456789"
    ]
    share = len(cells) / sum(map(len, levels))
    return HeatMap(
        "where it differs", cells, columns, len(levels), size, f"{share:.0%} of the places differ; darker is larger"
    )


def _cell(rows: int, columns: int) -> float:
    return round(max(3.0, min(14.0, 280 / columns, 200 / rows)), 2)
