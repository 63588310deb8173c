"""Closed forms that people write for several lines at once: softmax, cross entropy, normalisation.

Each is recognised by its numbers, never by its name, and compared with the right gradient before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.formula import Node, const, has_gradient, name, size, upstream
from grader.diagnosis.kinds import Kind

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
    alone: Change | None = None
    """The formula that takes each entry alone, where there is one that people write."""


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


def _is_softmax(y: torch.Tensor, x: torch.Tensor, dim: int) -> bool:
    """Whether a value is the softmax of another, places aside that are masked to zero."""
    there = y > 0
    if bool((y < 0).any()) or not torch.allclose(y.sum(dim), torch.ones((), dtype=y.dtype), rtol=1e-9):
        return False
    shift = torch.where(there, y.clamp(min=1e-300).log() - x, float("nan"))
    spread = shift.nan_to_num(float("-inf")).amax(dim) - shift.nan_to_num(float("inf")).amin(dim)
    return bool((spread.abs() <= _CLOSE).all())


def _soft(facts: Facts, dim: int, soft: torch.Tensor) -> Iterator[Node]:
    """The softmax of the variable: as a forward value that the function asked for, and computed."""
    x = facts.probe.numbers.values[facts.variable]
    for value in facts.values:
        if value in _floats(facts) and _alike(_floats(facts)[value], soft):
            yield name(value)
        elif value in _floats(facts) and _alike(_floats(facts)[value], torch.log_softmax(x, dim)):
            yield Node("fn", (name(value),), torch.exp)
    if _alike(soft, torch.softmax(x, dim)):
        yield Node("softmax", (name(facts.variable),), dim)


def _softmax(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.probe.numbers.values[facts.variable]
    for child in facts.evidence.depends_on:
        y = facts.probe.numbers.values[child]
        for dim in range(x.dim()):
            if x.shape == y.shape and _is_softmax(y, x, dim):
                for soft in _soft(facts, dim, y):
                    g = upstream(child)
                    shared = Node("sum", (Node("mul", (soft, g)),), ((dim,), True))
                    node = Node("mul", (soft, Node("sub", (g, shared))))
                    alone = Node("mul", (Node("mul", (soft, _one_minus(soft))), g))
                    yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, f"the softmax {child}", _alone(alone))
            if x.shape == y.shape and _alike(torch.log_softmax(x, dim), y):
                g = upstream(child)
                for soft in (*_soft(facts, dim, torch.softmax(x, dim)), Node("fn", (name(child),), torch.exp)):
                    shared = Node("sum", (g,), ((dim,), True))
                    node = Node("sub", (g, Node("mul", (soft, shared))))
                    alone = Node("mul", (_one_minus(soft), g))
                    yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, f"the log-softmax {child}", _alone(alone))


def _cross_entropy(facts: Facts) -> Iterator[ClosedForm]:
    values = facts.probe.numbers.values
    x = values[facts.variable]
    if facts.evidence.depends_on or x.dim() != 2 or facts.exercise.children(facts.variable) == ():
        return
    for index, target in values.items():
        if isinstance(target, torch.Tensor) and not target.is_floating_point() and target.shape == x.shape[:1]:
            for soft in _soft(facts, 1, torch.softmax(x, 1)):
                hot = Node("hot_at", (name(index), name(facts.variable)), 1)
                both = Node("sub", (soft, hot))
                rows = Node("size", (name(facts.variable),), (0,))
                title = "softmax and cross entropy at once"
                node = Node("div", (both, rows))
                yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, title, _alone(Node("mul", (node, hot))))
                for mask in _masks(facts, x):
                    counted = Node("mul", (both, Node("column", (mask,))))
                    node = Node("div", (counted, Node("sum", (mask,), (None, False))))
                    yield ClosedForm(node, Kind.FUSED_TERM, title)


def _one_minus(node: Node) -> Node:
    return Node("sub", (const(1.0), node))


def _alone(node: Node) -> Change:
    text = "each entry is taken alone, p(1-p), although every entry of a softmax depends on its whole row"
    return Change(node, Kind.SOFTMAX_JACOBIAN, text, 0.1)


def _masks(facts: Facts, x: torch.Tensor) -> Iterator[Node]:
    values = facts.probe.numbers.values
    for mask, value in values.items():
        if isinstance(value, torch.Tensor) and value.dtype == torch.bool and value.shape == x.shape[:1]:
            yield name(mask)


def _normalisation(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.probe.numbers.values[facts.variable]
    for unit, inverse, dim, centred in _normalised(x, _floats(facts)):
        for g in _towards(facts, unit):
            for outer, inner in _pulled_out(g, facts, dim):
                for freedom in (0, 1):
                    node = _normal_form(facts.variable, unit, inverse, inner, dim, freedom, centred=centred)
                    node = node if outer is None else Node("mul", (outer, node))
                    yield ClosedForm(node, Kind.FUSED_TERM, f"the normalisation {unit}")


def _pulled_out(g: Node, facts: Facts, dim: int) -> Iterator[tuple[Node | None, Node]]:
    """The gradient of the normalised value, and the same with a factor that is constant along it put in front."""
    x = facts.probe.numbers.values[facts.variable]
    if g.op == "mul":
        for outer, inner in (g.args, g.args[::-1]):
            value = facts.probe.numbers[outer]
            if not has_gradient(outer) and isinstance(value, torch.Tensor) and _constant_along(value, x.dim(), dim):
                yield outer, inner
    yield None, g


def _constant_along(value: torch.Tensor, dims: int, dim: int) -> bool:
    """Whether a value, broadcast to so many dimensions, is the same all along one of them."""
    own = dim - (dims - value.dim())
    return own < 0 or value.shape[own] == 1


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
