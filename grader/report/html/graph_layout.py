"""Layout of a computation graph: layers from the inputs down to the loss, with few crossings.

Uses Grandalf (Sugiyama's method in pure Python, a hundred kilobytes), which needs no compiler and no Graphviz and gives
the same layout for the same graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from grader.report.html.render import check_libraries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEIGHT = 30.0
MARGIN = 12.0
_GAP_X, _GAP_Y = 18, 26

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Centers of the nodes, and the points that each edge passes through."""

    width: float
    height: float
    nodes: dict[str, Point]
    edges: dict[tuple[str, str], tuple[Point, ...]]


class _View:
    """The view that Grandalf expects of a node or an edge."""

    def __init__(self, width: float = 4, height: float = 4) -> None:
        self.w, self.h = width, height
        self.xy: Point = (0.0, 0.0)
        self.points: list[Point] = []

    def setpath(self, points: Sequence[Point]) -> None:
        self.points = list(points)


def lay_out(widths: Mapping[str, float], pairs: Sequence[tuple[str, str]]) -> Layout:
    """A graph's layout.

    Args:
        widths: node -> its width.
        pairs: (variable, variable that is computed from it). The graph is laid out from the loss up, so that an input
            is right above the line that reads it and not at the top of the page.
    """
    check_libraries()
    from grandalf.graphs import Edge, Graph, Vertex  # type: ignore[import-untyped]
    from grandalf.layouts import SugiyamaLayout  # type: ignore[import-untyped]

    vertices = {name: Vertex(name) for name in widths}
    for name, vertex in vertices.items():
        vertex.view = _View(widths[name], HEIGHT)
    edges = {(above, below): Edge(vertices[below], vertices[above]) for above, below in pairs}
    for edge in edges.values():
        edge.view = _View()
    graph, right = Graph(list(vertices.values()), list(edges.values())), 0.0
    places: dict[str, Point] = {}
    paths: dict[tuple[str, str], tuple[Point, ...]] = {}
    for component in graph.C:
        drawing = SugiyamaLayout(component)
        drawing.xspace, drawing.yspace = _GAP_X, _GAP_Y
        drawing.init_all()
        drawing.draw(16)
        right = _place(component, edges, places, paths, right)
    return _turned(widths, places, paths)


def _place(component: Any, edges: Mapping[Any, Any], places: Any, paths: Any, right: float) -> float:
    """Put one connected part to the right of those before it."""
    inside = {vertex.data: vertex for vertex in component.sV if isinstance(vertex.data, str)}
    left = min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in inside.values())
    for name, vertex in inside.items():
        places[name] = (vertex.view.xy[0] - left + right, vertex.view.xy[1])
    _separate(places, {name: vertex.view.w for name, vertex in inside.items()})
    for pair, edge in edges.items():
        if pair[0] in inside:
            bends = [(x - left + right, y) for x, y in edge.view.points[1:-1]]
            paths[pair] = tuple(bends)
    reach: float = max(places[name][0] + inside[name].view.w / 2 for name in inside)
    return reach + 3 * _GAP_X


def _separate(places: dict[str, Point], widths: Mapping[str, float]) -> None:
    """Move overlapping nodes of a layer apart; Grandalf sometimes places one on top of another."""
    layers: dict[float, list[str]] = {}
    for name in widths:
        layers.setdefault(places[name][1], []).append(name)
    for layer in layers.values():
        layer.sort(key=lambda name: places[name][0])
        for left, right in pairwise(layer):
            least = places[left][0] + (widths[left] + widths[right]) / 2 + _GAP_X / 2
            places[right] = (max(places[right][0], least), places[right][1])


def _turned(widths: Mapping[str, float], places: Mapping[str, Point], paths: Mapping[Any, Any]) -> Layout:
    """Flip the layout so that the loss is at the bottom and every coordinate is positive."""
    bends = [point for path in paths.values() for point in path]
    left = min([x - widths[name] / 2 for name, (x, _) in places.items()] + [x for x, _ in bends])
    right = max([x + widths[name] / 2 for name, (x, _) in places.items()] + [x for x, _ in bends])
    top, bottom = min(y for _, y in places.values()), max(y for _, y in places.values())

    def turn(point: Point) -> Point:
        return (round(point[0] - left + MARGIN, 1), round(bottom - point[1] + MARGIN + HEIGHT / 2, 1))

    nodes = {name: turn(point) for name, point in places.items()}
    edges = {
        pair: (
            (nodes[pair[0]][0], nodes[pair[0]][1] + HEIGHT / 2),
            *(turn(point) for point in reversed(path)),
            (nodes[pair[1]][0], nodes[pair[1]][1] - HEIGHT / 2),
        )
        for pair, path in paths.items()
    }
    return Layout(round(right - left + 2 * MARGIN, 1), round(bottom - top + HEIGHT + 2 * MARGIN, 1), nodes, edges)


def curve(points: Sequence[Point]) -> str:
    """An SVG path that leaves each point vertically and enters the next one vertically."""
    (x, y), *rest = points
    text = f"M{x:g},{y:g}"
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        text += f"C{x:g},{middle:g} {to_x:g},{middle:g} {to_x:g},{to_y:g}"
        x, y = to_x, to_y
    return text
