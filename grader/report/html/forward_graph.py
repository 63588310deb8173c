"""The forward pass as a graph, each variable colored by the state of its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.report.html.graph_layout import HEIGHT, curve, lay_out
from grader.report.row_facts import inherits, mark, state, words
from grader.report.submission_facts import first_break

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry, Row

CHARACTER = 7.9
"""Width of one character of a node's name."""
TAG = 84.0
"""Space for the flag where the chain first breaks."""


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
    """Whether it is right on its own but receives wrong upstream gradients."""

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
    """The forward pass as a graph, each variable colored by the verdict on its gradient."""
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
    """Whether a variable is a size or an index that many lines read: no gradient flows through it."""
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
    label = f"{row['name']}: {words(row['verdict'])}"
    if broken:
        label += "; the chain breaks first here"
    elif inherits(row):
        label += "; right on its own, but receives wrong upstream gradients"
    return Box(name, link, state(row), mark(row), label, x, y, width, broken, inherits(row))
