"""Closed forms that people write for several lines at once: softmax, cross entropy, normalisation.

Each is recognised by its numbers, never by its name, and compared with the right gradient before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.changes import size
from grader.diagnosis.kinds import Kind
from grader.diagnosis.nodes import Node, const, name, upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.diagnosis.facts import Facts

_CLOSE = 1e-9
LARGEST = 80
"""Operations in a formula that is taken apart further."""


@dataclass(frozen=True, eq=False, slots=True)
class ClosedForm:
    """A gradient written in one go."""

    node: Node
    kind: Kind
    """What a mistake inside it is called."""
    title: str


def closed_forms(facts: Facts) -> Iterator[ClosedForm]:
    """The closed forms that this gradient has."""
    for form in (*_softmax(facts), *_cross_entropy(facts), *_normalisation(facts)):
        if _right(form.node, facts):
            yield form


def _right(node: Node, facts: Facts) -> bool:
    for view in facts.views:
        made = view.tensor(node)
        if made is None or made.shape != view.expected.shape:
            return False
        if not float((made - view.expected).abs().max()) <= _CLOSE * max(view.scale, float(view.expected.abs().max())):
            return False
    return True


def _floats(facts: Facts) -> dict[str, torch.Tensor]:
    values = facts.probe.numbers.values
    return {n: v for n, v in values.items() if isinstance(v, torch.Tensor) and v.is_floating_point()}


def _alike(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-10, atol=1e-12)


def _soft(facts: Facts, dim: int) -> Iterator[Node]:
    """The softmax of the variable: as a forward value that the function asked for, and computed."""
    x = facts.probe.numbers.values[facts.variable]
    soft = torch.softmax(x, dim)
    for value in facts.values:
        if value in _floats(facts) and _alike(_floats(facts)[value], soft):
            yield name(value)
    yield Node("softmax", (name(facts.variable),), dim)


def _softmax(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.probe.numbers.values[facts.variable]
    for child in facts.evidence.depends_on:
        y = facts.probe.numbers.values[child]
        for dim in range(x.dim()):
            if x.shape == y.shape and _alike(torch.softmax(x, dim), y):
                for soft in _soft(facts, dim):
                    g = upstream(child)
                    shared = Node("sum", (Node("mul", (soft, g)),), ((dim,), True))
                    node = Node("mul", (soft, Node("sub", (g, shared))))
                    yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, f"the softmax {child}")


def _cross_entropy(facts: Facts) -> Iterator[ClosedForm]:
    values = facts.probe.numbers.values
    x = values[facts.variable]
    if facts.evidence.depends_on or x.dim() != 2:
        return
    for index, target in values.items():
        if isinstance(target, torch.Tensor) and not target.is_floating_point() and target.shape == x.shape[:1]:
            for soft in _soft(facts, 1):
                both = Node("sub", (soft, Node("hot_at", (name(index), name(facts.variable)), 1)))
                rows = Node("size", (name(facts.variable),), (0,))
                node = Node("div", (both, rows))
                yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, "softmax and cross entropy at once")


def _normalisation(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.probe.numbers.values[facts.variable]
    values = _floats(facts)
    for unit, inverse, dim, centred in _normalised(x, values):
        for g in _towards(facts, unit):
            for freedom in (0, 1):
                yield ClosedForm(
                    _normal_form(facts.variable, unit, inverse, g, dim, freedom, centred=centred),
                    Kind.FUSED_TERM,
                    f"the normalisation {unit}",
                )


def _normalised(x: torch.Tensor, values: dict[str, torch.Tensor]) -> Iterator[tuple[str, str, int, bool]]:
    for inverse, w in values.items():
        for dim in range(x.dim()):
            if w.dim() == x.dim() and w.shape[dim] == 1 and x.shape[dim] > 1 and _fits(w, x):
                for centred in (True, False):
                    unit = (x - x.mean(dim, keepdim=True) if centred else x) * w
                    yield from ((u, inverse, dim, centred) for u, v in values.items() if _alike(v, unit))


def _fits(w: torch.Tensor, x: torch.Tensor) -> bool:
    return all(a in (1, b) for a, b in zip(w.shape, x.shape, strict=True))


def _towards(facts: Facts, unit: str) -> Iterator[Node]:
    """The gradient of the normalised value, from what the function depends on."""
    if unit in facts.evidence.depends_on or not facts.evidence.depends_on:
        yield upstream(unit)
        return
    node = facts.summed(unit)
    if node is not None and size(node) <= LARGEST:
        yield node


def _normal_form(variable: str, unit: str, inverse: str, g: Node, dim: int, freedom: int, *, centred: bool) -> Node:
    """inverse/n * (n*g - sum(g) - n/(n-1)*unit*sum(g*unit))."""
    n = Node("size", (name(variable),), (dim,))
    bottom = Node("sub", (n, const(1))) if freedom else n
    correlation = Node("sum", (Node("mul", (g, name(unit))),), ((dim,), True))
    variance = Node("mul", (Node("mul", (Node("div", (n, bottom)), name(unit))), correlation))
    direct = Node("mul", (n, g))
    if centred:
        direct = Node("sub", (direct, Node("sum", (g,), ((dim,), True))))
    return Node("mul", (Node("div", (name(inverse), n)), Node("sub", (direct, variance))))
