"""Closed forms that people write for several lines at once: softmax, cross entropy, normalization.

Each is recognized by its values, never by its name, and compared with the right gradient before it is used. So no
formula has to be proved here; each is derived in the docstring of the function that builds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.formula import Node, broadcasts, const, has_gradient, mul, name, one_minus, size, upstream
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.phrases import Phrase

_CLOSE = 1e-9
"""How close a closed form has to be to the right gradient, relative to the size of its terms, and how much a constant
may vary. From 1e-11 to 1e-7 every name of the catalogues is the same."""
MOST_NODES = 80
"""The most operations in the gradient of a normalized value, written in what the function uses; larger ones are not
tried. 40 and 160 give all of the catalogues the same names."""


@dataclass(frozen=True, eq=False, slots=True)
class ClosedForm:
    """A gradient through several lines, written as one formula."""

    node: Node
    kind: Kind
    """The kind of a mistake inside it."""
    title: Phrase
    alone: Change | None = None
    """The common mistake that treats each entry on its own, if the form has one."""
    others: tuple[Change, ...] = ()
    """Formulas of other functions that people take for this one."""


def closed_forms(facts: Facts) -> Iterator[ClosedForm]:
    """The closed forms that this gradient has."""
    for form in (*_softmax(facts), *_cross_entropy(facts), *_normalization(facts)):
        if _right(form.node, facts):
            yield form


def _right(node: Node, facts: Facts) -> bool:
    for view in facts.answer.views:
        made = view.tensor(node)
        if made is None or made.shape != view.expected.shape:
            return False
        if not float((made - view.expected).abs().max()) <= _CLOSE * max(view.scale, float(view.expected.abs().max())):
            return False
    return True


def _floats(facts: Facts) -> dict[str, torch.Tensor]:
    values = facts.answer.probe.numbers.values
    return {n: v for n, v in values.items() if isinstance(v, torch.Tensor) and v.is_floating_point()}


def _alike(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-10, atol=1e-12)


# softmax and log-softmax


def _softmax(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.answer.probe.numbers.values[facts.answer.variable]
    for child in facts.answer.evidence.depends_on:
        y = facts.answer.probe.numbers.values[child]
        for dim in range(x.dim() if x.shape == y.shape else 0):
            if _is_softmax(y, x, dim):
                for soft in _soft(facts, dim, y):
                    yield _softmax_form(child, soft, dim)
                if not _alike(torch.softmax(x, dim), y):
                    yield _masked_form(child, facts.answer.variable, dim)
            if _alike(torch.log_softmax(x, dim), y):
                for soft in (*_soft(facts, dim, torch.softmax(x, dim)), Node("fn", (name(child),), torch.exp)):
                    yield _log_softmax_form(child, soft, dim)


def _softmax_form(child: str, soft: Node, dim: int) -> ClosedForm:
    """`alone` has only the diagonal of the Jacobian."""
    g = upstream(child)
    alone = mul(mul(soft, one_minus(soft)), g)
    log = Node("sub", (g, mul(soft, Node("sum", (g,), ((dim,), True)))))
    others = (
        Change(log, Kind.SOFTMAX_JACOBIAN, said("form_of_log_softmax"), 0.1),
        Change(Node("sub", (soft, g)), Kind.SOFTMAX_JACOBIAN, said("upstream_subtracted", of=child), 0.2),
    )
    title = said("softmax_form", of=child)
    return ClosedForm(_through_softmax(child, soft, dim), Kind.SOFTMAX_JACOBIAN, title, _alone(alone), others)


def _masked_form(child: str, variable: str, dim: int) -> ClosedForm:
    """The softmax of values that are masked before it; `alone` forgets the mask."""
    unmasked = _through_softmax(child, Node("softmax", (name(variable),), dim), dim)
    without = Change(unmasked, Kind.SOFTMAX_JACOBIAN, said("mask_missing"), 0.1)
    title = said("masked_softmax_form", of=child)
    return ClosedForm(_through_softmax(child, name(child), dim), Kind.SOFTMAX_JACOBIAN, title, without)


def _through_softmax(child: str, soft: Node, dim: int) -> Node:
    """p * (g - sum(p * g)): g times the Jacobian dp_i/dx_j = p_i * ((i == j) - p_j)."""
    g = upstream(child)
    return mul(soft, Node("sub", (g, Node("sum", (mul(soft, g),), ((dim,), True)))))


def _log_softmax_form(child: str, soft: Node, dim: int) -> ClosedForm:
    """g - p * sum(g): g times the Jacobian dy_i/dx_j = (i == j) - p_j; `alone` has only its diagonal."""
    g = upstream(child)
    shared = Node("sum", (g,), ((dim,), True))
    alone = mul(one_minus(soft), g)
    node = Node("sub", (g, mul(soft, shared)))
    return ClosedForm(node, Kind.SOFTMAX_JACOBIAN, said("log_softmax_form", of=child), _alone(alone))


def _alone(node: Node) -> Change:
    return Change(node, Kind.SOFTMAX_JACOBIAN, said("entries_alone"), 0.1)


def _is_softmax(y: torch.Tensor, x: torch.Tensor, dim: int) -> bool:
    """Whether a value is the softmax of another, ignoring positions that are masked to zero.

    If so, its logarithm is x minus one number per row.
    """
    there = y > 0
    if bool((y < 0).any()) or not torch.allclose(y.sum(dim), torch.ones((), dtype=y.dtype), rtol=1e-9):
        return False
    shift = torch.where(there, y.clamp(min=1e-300).log() - x, float("nan"))  # in x's shape; NaN where masked
    spread = shift.nan_to_num(float("-inf")).amax(dim) - shift.nan_to_num(float("inf")).amin(dim)
    return bool((spread.abs() <= _CLOSE).all())


def _soft(facts: Facts, dim: int, soft: torch.Tensor) -> Iterator[Node]:
    """The softmax of the variable: as a parameter of the function, from a log-softmax parameter, and computed."""
    x, floats = facts.answer.probe.numbers.values[facts.answer.variable], _floats(facts)
    for value in facts.values:
        if value in floats and _alike(floats[value], soft):
            yield name(value)
        elif value in floats and _alike(floats[value], torch.log_softmax(x, dim)):
            yield Node("fn", (name(value),), torch.exp)
    if _alike(soft, torch.softmax(x, dim)):
        yield Node("softmax", (name(facts.answer.variable),), dim)


# softmax and cross entropy combined


def _cross_entropy(facts: Facts) -> Iterator[ClosedForm]:
    """(softmax - one_hot) / n, for x (n, classes): the lecture's second exercise.

    With loss = -mean(log p[target]), the log-softmax gets g = -one_hot/n, and g - p * sum(g) is (p - one_hot)/n. With a
    mask over the rows, the mean runs over the rows that it keeps.
    """
    values = facts.answer.probe.numbers.values
    x, variable = values[facts.answer.variable], name(facts.answer.variable)
    if facts.answer.evidence.depends_on or x.dim() != 2 or facts.answer.exercise.children(facts.answer.variable) == ():
        return
    title = said("cross_entropy_form")
    for index, target in values.items():
        if isinstance(target, torch.Tensor) and not target.is_floating_point() and target.shape == x.shape[:1]:
            for soft in _soft(facts, 1, torch.softmax(x, 1)):
                hot = Node("hot_at", (name(index), variable), 1)
                both = Node("sub", (soft, hot))
                count = Node("size", (variable,), (0,))
                node = Node("div", (both, count))
                yield ClosedForm(node, Kind.SOFTMAX_JACOBIAN, title, _alone(mul(node, hot)))
                early = Node("sub", (Node("div", (soft, count)), hot))
                divided = Change(early, Kind.FUSED_TERM, said("only_probabilities_divided"), 0.1)
                yield ClosedForm(node, Kind.FUSED_TERM, title, divided)
                for mask in _masks(facts, x):
                    counted = mul(both, Node("column", (mask,)))
                    kept = Node("div", (counted, Node("sum", (mask,), (None, False))))
                    yield ClosedForm(kept, Kind.FUSED_TERM, title)


def _masks(facts: Facts, x: torch.Tensor) -> Iterator[Node]:
    for mask, value in facts.answer.probe.numbers.values.items():
        if isinstance(value, torch.Tensor) and value.dtype == torch.bool and value.shape == x.shape[:1]:
            yield name(mask)


# normalization: batch norm, layer norm, RMS norm


def _normalization(facts: Facts) -> Iterator[ClosedForm]:
    x = facts.answer.probe.numbers.values[facts.answer.variable]
    for unit, inverse, dim, centered in _normalized(x, _floats(facts)):
        title = said("normalization_form", of=unit)
        for g in _towards(facts, unit):
            for outer, inner in _pulled_out(g, facts, dim):
                for freedom in (0, 1):
                    node = _normal_form(facts.answer.variable, unit, inverse, inner, dim, freedom, centered=centered)
                    node = node if outer is None else mul(outer, node)
                    form = partial(_normal_form, facts.answer.variable, unit, inverse, dim=dim, freedom=freedom)
                    alone = None
                    if outer is None and inner.op == "mul" and not has_gradient(inner.args[0]):
                        alone = _late(inner.args[0], form(inner.args[1], centered=centered))
                    if outer is None and not centered:
                        yield ClosedForm(node, Kind.FUSED_TERM, title, _centered(form(inner, centered=True)))
                    yield ClosedForm(node, Kind.FUSED_TERM, title, alone)


def _normalized(x: torch.Tensor, values: dict[str, torch.Tensor]) -> Iterator[tuple[str, Node, int, bool]]:
    """Forward values unit = (x - mean) * inverse, or x * inverse: unit, inverse, the dimension, whether centered.

    The inverse is a forward value, or 1 over one.
    """
    for known, w in values.items():
        for dim in range(x.dim()):
            if not _constant_along(w, x.dim(), dim) or x.shape[dim] == 1 or not broadcasts(w.shape, x.shape):
                continue
            for inverse in (name(known), Node("pow", (name(known), const(-1)))):
                for centered in (True, False):
                    less = x - x.mean(dim, keepdim=True) if centered else x
                    unit = less * w if inverse.op == "name" else less / w
                    yield from ((u, inverse, dim, centered) for u, v in values.items() if _alike(v, unit))


def _towards(facts: Facts, unit: str) -> Iterator[Node]:
    """The gradient of the normalized value, in terms of what the function depends on."""
    if unit in facts.answer.evidence.depends_on or not facts.answer.evidence.depends_on:
        yield upstream(unit)
        return
    node = facts.summed(unit)
    if node is not None and size(node) <= MOST_NODES:
        yield node


def _pulled_out(g: Node, facts: Facts, dim: int) -> Iterator[tuple[Node | None, Node]]:
    """The gradient of the normalized value, also with any factor that is constant along the dimension pulled out."""
    x = facts.answer.probe.numbers.values[facts.answer.variable]
    if g.op == "mul":
        for outer, inner in (g.args, g.args[::-1]):
            value = facts.answer.probe.numbers[outer]
            if not has_gradient(outer) and isinstance(value, torch.Tensor) and _constant_along(value, x.dim(), dim):
                yield outer, inner
    yield None, g


def _late(factor: Node, node: Node) -> Change:
    return Change(mul(factor, node), Kind.FUSED_TERM, said("factor_outside_means"), 0.1)


def _centered(node: Node) -> Change:
    return Change(node, Kind.FUSED_TERM, said("mean_not_subtracted"), 0.1)


def _constant_along(value: torch.Tensor, dims: int, dim: int) -> bool:
    """Whether a value, broadcast to `dims` dimensions, is constant along `dim`."""
    own = dim - (dims - value.dim())
    return own < 0 or value.shape[own] == 1


def _normal_form(variable: str, unit: str, inverse: Node, g: Node, dim: int, freedom: int, *, centered: bool) -> Node:
    """inverse/n * (n*g - sum(g) - n/(n-1)*unit*sum(g*unit)): the lecture's third exercise.

    The three terms come back directly, through the mean (if x is centered), and through the variance, whose share is
    unit/(n - freedom) * sum(g*unit): freedom is 1 with Bessel's correction, otherwise 0.
    """
    n = Node("size", (name(variable),), (dim,))
    bottom = Node("sub", (n, const(1))) if freedom else n
    correlation = Node("sum", (mul(g, name(unit)),), ((dim,), True))
    variance = mul(mul(Node("div", (n, bottom)), name(unit)), correlation)
    direct = mul(n, g)
    if centered:
        direct = Node("sub", (direct, Node("sum", (g,), ((dim,), True))))
    return mul(Node("div", (inverse, n)), Node("sub", (direct, variance)))
