"""Everything about one gradient, as a card of a page shows it, and the heat map of where it differs from autograd's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.row_facts import facts, mark, shape, short_place, solved, state, words
from grader.report.text import print_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Row

LIKELY = ("likely", "kind of mistake")
MOST_PRINTS, MOST_TEXT = 40, 8000
"""Lines and characters of what a function printed."""
NARROWEST = 24.0
MOST_PERCENT = 1000
"""A larger error is shown as more than this: its digits say nothing."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one gradient."""

    id: str
    name: str
    variable: str
    state: str
    mark: str
    verdict: str
    likely: tuple[str, str] | None
    """The likely mistake with its label: what a learner reads first."""
    facts: list[tuple[str, str]]
    lines: list[tuple[int, str, str]]
    """Number, text and role of the forward lines that matter."""
    printed: str
    columns: list[tuple[str, str, str, str]]
    """Local and chained, where there is a figure: exact, approximate, maxdiff."""
    cases: list[tuple[str, str, float]]
    """Sizes, error in words, and its length as a bar from 0 to 100."""
    map: HeatMap | None
    hints: list[tuple[str, str]]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where a gradient differs: levels from 1 to 9, or only the place of the worst element."""

    title: str
    cells: list[tuple[float, float, int]]
    columns: int
    rows: int
    width: float
    """Of a cell, as is the height; not square where the gradient is a column or a row."""
    height: float
    description: str


def card(row: Row, exercise: Exercise | None, prefix: str) -> Card:
    """A gradient's card."""
    hint = exercise.settings.hints.get(row["variable"]) if exercise else None
    told = _facts(row)
    return Card(
        id=f"{prefix}{row['name']}",
        name=row["name"],
        variable=row["variable"],
        state=state(row),
        mark=mark(row),
        verdict=words(row["verdict"]),
        likely=next((fact for fact in told if fact[0] in LIKELY), None),
        facts=[fact for fact in told if fact[0] not in LIKELY],
        lines=_lines(row["variable"], exercise) if exercise else [],
        printed="\n".join(print_lines(clean(row.get("printed", ""), MOST_TEXT), MOST_PRINTS)),
        columns=list(_columns(row)),
        cases=list(_cases(row)),
        map=heat_map(row),
        hints=[(title, text) for title, text in (("shape", hint.shape), ("derivative", hint.derivative)) if text]
        if hint
        else [],
        notes=[clean(note) for note in row["notes"]],
    )


def _facts(row: Row) -> list[tuple[str, str]]:
    """The facts, without the notes, which are at the end of the card, and without `next`: a card has hints."""
    told = [(label, clean(text)) for label, text in facts(row) if label not in ("note", "next")]
    where = short_place(row)
    return [*told, ("where", where)] if where else told


def _lines(variable: str, exercise: Exercise) -> list[tuple[int, str, str]]:
    made = exercise.producer.get(variable)
    found = [(made.number, made.head, "sets it")] if made else []
    return found + [(number, text, "uses it") for number, text in exercise.uses(variable)]


def _columns(row: Row) -> Iterator[tuple[str, str, str, str]]:
    for title in ("local", "chained"):
        columns = row[title]
        if columns and columns["maxdiff"] is not None:
            exact, near = ("yes" if columns[name] else "no" for name in ("exact", "approximate"))
            yield title, exact, near, "0" if columns["maxdiff"] == 0 else f"{columns['maxdiff']:.3g}"


def _cases(row: Row) -> Iterator[tuple[str, str, float]]:
    """One line for each case; none where a student may not see them and the report has only their number."""
    if not isinstance(row["cases"], list) or solved(row):
        return
    for case in row["cases"]:
        sizes = ", ".join(f"{line(name)} {size}" for name, size in case["sizes"].items()) or "the given sizes"
        score = case["score"]
        if score is not None:
            percent = 100 * score
            error = f"{percent:.3g}%" if percent < MOST_PERCENT else f"> {MOST_PERCENT}%"
            yield sizes, error, round(min(percent, 100.0), 1)


# The heat map


def heat_map(row: Row) -> HeatMap | None:
    """The pattern of the difference if the report has one, otherwise the place of the worst element."""
    if row.get("pattern"):
        return _pattern(row["pattern"])
    worst, sizes = row.get("worst"), row["shape"]
    if not worst or not sizes or len(sizes) > 2 or len(worst["index"]) != len(sizes) or worst.get("case"):
        return None
    rows, columns = (1, sizes[0]) if len(sizes) == 1 else sizes
    at = (0, worst["index"][0]) if len(sizes) == 1 else worst["index"]
    if not (0 <= at[0] < rows and 0 <= at[1] < columns):
        return None
    width, height = _cell(rows, columns)
    text = f"the largest difference is at {worst['index']} of shape {shape(sizes)}"
    cells = [(round(at[1] * width, 1), round(at[0] * height, 1), 9)]
    return HeatMap("where it is worst", cells, columns, rows, width, height, text)


def _pattern(pattern: Mapping[str, Any]) -> HeatMap | None:
    """Levels without values: `levels` is a list of strings of digits, one for each row."""
    levels = [str(each) for each in pattern["levels"]][:64]
    columns = max(map(len, levels), default=0)
    if not columns or columns > 64:
        return None
    width, height = _cell(len(levels), columns)
    cells = [
        (round(x * width, 1), round(y * height, 1), int(level))
        for y, text in enumerate(levels)
        for x, level in enumerate(text)
        if level in "123456789"
    ]
    share = len(cells) / sum(map(len, levels))
    return HeatMap(  # stronger is larger in the light and in the dark, where darker would be smaller
        "where it differs",
        cells,
        columns,
        len(levels),
        width,
        height,
        f"{share:.0%} of the elements differ; the stronger the color, the larger the difference",
    )


def _cell(rows: int, columns: int) -> tuple[float, float]:
    """Width and height of a cell: square, except that no map is narrower than a finger."""
    size = max(3.0, min(14.0, 280 / columns, 200 / rows))
    return round(max(size, NARROWEST / columns), 2), round(max(size, NARROWEST / rows), 2)
