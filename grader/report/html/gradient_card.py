"""Everything about one gradient, as a card of a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.report.clean_text import clean, line
from grader.report.html.heat_map import heat_map
from grader.report.row_facts import facts, mark, short_place, solved, state, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.exercise import Exercise
    from grader.report.html.heat_map import HeatMap
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
    """All but the notes, which stand at the foot, and what to do next: the hints say that."""
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
