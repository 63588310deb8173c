"""Everything about one gradient, as a card of a page shows it, and the heat map of where it differs from autograd's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.report.row_facts import facts, mark, short_place, solved, state, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Row


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one gradient."""

    id: str
    name: str
    variable: str
    state: str
    mark: str
    verdict: str
    facts: list[tuple[str, str]]
    lines: list[tuple[int, str, str]]
    """Number, text and role of the forward lines that matter."""
    columns: list[tuple[str, str, str, str]]
    """Local and chained: exact, approximate, maxdiff."""
    cases: list[tuple[str, str, float]]
    """Sizes, error in words, and its length as a bar from 0 to 100."""
    map: HeatMap | None
    hints: list[tuple[str, str]]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where a gradient differs: levels from 0 to 9, or only the place of the worst element."""

    title: str
    cells: list[tuple[float, float, int]]
    columns: int
    rows: int
    size: float
    description: str


def card(row: Row, exercise: Exercise | None, prefix: str) -> Card:
    """A gradient's card."""
    hint = exercise.settings.hints.get(row["variable"]) if exercise else None
    return Card(
        id=f"{prefix}{row['name']}",
        name=row["name"],
        variable=row["variable"],
        state=state(row),
        mark=mark(row),
        verdict=words(row["verdict"]),
        facts=_facts(row),
        lines=_lines(row["variable"], exercise) if exercise else [],
        columns=list(_columns(row)),
        cases=list(_cases(row)),
        map=heat_map(row),
        hints=[(title, text) for title, text in (("shape", hint.shape), ("derivative", hint.derivative)) if text]
        if hint
        else [],
        notes=[clean(note) for note in row["notes"]],
    )


def _facts(row: Row) -> list[tuple[str, str]]:
    """Without notes, which are at the end of the card, and without `next`: a card has hints."""
    told = [(label, clean(text)) for label, text in facts(row) if label not in ("note", "next")]
    where = short_place(row)
    return [*told, ("where", where)] if where else told


def _lines(variable: str, exercise: Exercise) -> list[tuple[int, str, str]]:
    made = exercise.producer.get(variable)
    found = [(made.number, made.text, "makes it")] if made else []
    return found + [(each.number, each.text, "reads it") for each in exercise.readers.get(variable, ())]


def _columns(row: Row) -> Iterator[tuple[str, str, str, str]]:
    for title in ("local", "chained"):
        if columns := row[title]:
            exact, near = ("yes" if columns[name] else "no" for name in ("exact", "approximate"))
            difference = columns["maxdiff"]
            figure = "none" if difference is None else "0" if difference == 0 else f"{difference:.3g}"
            yield title, exact, near, figure


def _cases(row: Row) -> Iterator[tuple[str, str, float]]:
    """Hidden cases are counted, not shown; here they come as a number."""
    if not isinstance(row["cases"], list) or solved(row):
        return
    for case in row["cases"]:
        sizes = ", ".join(f"{line(name)} {size}" for name, size in case["sizes"].items()) or "the given sizes"
        score = case["score"]
        if score is not None:
            yield sizes, f"{100 * score:.3g}%", round(min(score, 1.0) * 100, 1)


# The heat map


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
