"""What a page shows of a submission: plain values, in words, made from the report and the exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.report.document import SCORING, headline, solved, words, worst_element
from grader.report.formats.told import chained_of, clean, first_break, kind, line, place, unseen
from grader.report.html.graph_layout import HEIGHT, curve, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise

    Entry = Mapping[str, Any]
    Row = Mapping[str, Any]

MARKS = {"right": "✓", "inexact": "≈", "wrong": "✗", "missing": "·", "given": ""}
CHARACTER = 7.9
"""Width of one character of a node's name."""


TAG = 84.0
"""Room for the flag at the chain's first break."""


def state(row: Row) -> str:
    """One of four, each with a sign, a colour and a border of its own."""
    if solved(row):
        return "right"
    if row["verdict"] == "not_started":
        return "missing"
    return "inexact" if row["verdict"] in SCORING else "wrong"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the graph."""

    name: str
    link: str
    state: str
    mark: str
    label: str
    x: float
    y: float
    width: float
    broken: bool
    """Whether the chain breaks first here."""
    inherits: bool
    """Whether it is right alone and gets wrong numbers from above."""

    @property
    def left(self) -> float:
        """Its left edge."""
        return round(self.x - self.width / 2, 1)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return round(self.y - HEIGHT / 2, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """The graph, ready to be drawn."""

    width: float
    height: float
    nodes: list[Box]
    edges: list[str]


def picture(entry: Entry, exercise: Exercise, prefix: str) -> Picture:
    """The forward pass as a graph, every variable coloured by its gradient's verdict."""
    rows = {row["variable"]: row for row in entry["gradients"]}
    pairs = list(dict.fromkeys((read, out) for each in exercise.lines for read in each.reads for out in each.outputs))
    linked = {name for pair in pairs for name in pair}
    names = [name for name in (*exercise.inputs_parameters, *exercise.producer) if name in linked]
    names = [name for name in names if name in rows or name == "loss" or not _clutter(name, exercise)]
    pairs = [pair for pair in pairs if set(pair) <= set(names)]
    widths = {name: 34 + CHARACTER * len(name) if name in rows else 16 + CHARACTER * len(name) for name in names}
    laid = lay_out(widths, pairs)
    cause = first_break(entry)
    nodes = [
        _node(name, rows.get(name), f"{prefix}d{name}", cause, (*laid.nodes[name], widths[name])) for name in names
    ]
    order = {variable: at for at, variable in enumerate(rows)}
    nodes.sort(key=lambda node: order.get(node.name, len(order)))
    width = max([laid.width, *(node.x + node.width / 2 + TAG for node in nodes if node.broken)])
    return Picture(round(width, 1), laid.height, nodes, [curve(points) for points in laid.edges.values()])


def _clutter(name: str, exercise: Exercise) -> bool:
    """Sizes and indices that half the lines read: no gradient goes through them, and their edges hide the others."""
    made = exercise.producer.get(name)
    if made is None:
        return len(exercise.readers.get(name, ())) > 2
    reads = set(made.reads)
    return not any(name in exercise.downstream(variable) for variable in exercise.graded) and bool(reads)


def _node(name: str, row: Row | None, link: str, cause: str | None, box: tuple[float, float, float]) -> Box:
    x, y, width = box
    if row is None:
        return Box(name, "", "given", "", f"{name}: given", x, y, width, broken=False, inherits=False)
    broken = cause == row["name"]
    inherits = bool(row["chained"] and solved(row) and not row["chained"]["correct"])
    label = f"{row['name']}: {words(row['verdict'])}"
    if broken:
        label += "; the chain breaks first here"
    elif inherits:
        label += "; right alone, but wrong numbers arrive from above"
    return Box(name, link, state(row), MARKS[state(row)], label, x, y, width, broken, inherits)


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
    now = state(row)
    hint = exercise.settings.hints.get(row["variable"]) if exercise else None
    return Card(
        id=f"{prefix}{row['name']}",
        name=row["name"],
        variable=row["variable"],
        state=now,
        mark=MARKS[now],
        verdict=words(row["verdict"]),
        facts=list(_facts(row)),
        lines=_lines(row["variable"], exercise) if exercise else [],
        columns=list(_columns(row)),
        cases=list(_cases(row)),
        map=heat_map(row),
        hints=[(title, text) for title, text in (("shape", hint.shape), ("derivative", hint.derivative)) if text]
        if hint
        else [],
        notes=[clean(note) for note in row["notes"]],
    )


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    if row["shape"] is not None:
        yield "your shape", f"({', '.join(map(str, row['shape']))}){' ' + line(row['dtype']) if row['dtype'] else ''}"
    if not solved(row):
        yield "found", clean(headline(row))
    if element := worst_element(row):
        yield "worst", clean(element)
    diagnosis = row["diagnosis"] or {}
    if diagnosis.get("message"):
        yield "likely", clean(diagnosis["message"])
    elif kind(row):
        yield "kind of mistake", kind(row)
    chained = row["chained"]
    if chained and not chained["correct"] and solved(row):
        cause = f" from {line(chained['first_cause'])}" if chained["first_cause"] else ""
        yield "in the chain", f"right alone; wrong numbers arrive{cause}"
    if where := place(row):
        yield "where", where


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


def totals(entry: Entry) -> list[tuple[str, str]]:
    """The figures at the head of a page."""
    score, count = entry["score"], len(entry["gradients"])
    if not score:
        return []
    found = [
        ("points", f"{score['points']} of {score['possible']}"),
        ("correct", f"{score['correct']} of {count}"),
        ("exact", f"{score['exact']} of {count}"),
        ("approximate", f"{score['approximate']} of {count}"),
    ]
    if score["chained_correct"] is not None:
        found.append(("chained", f"{score['chained_correct']} of {count}"))
    return found


def remarks(entry: Entry) -> list[str]:
    """What stands under the figures."""
    chained = chained_of(entry) if entry["gradients"] else None
    return [clean(text) for text in (chained, unseen(entry), *entry["notes"]) if text]
