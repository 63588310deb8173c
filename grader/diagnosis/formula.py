"""Gradient formulas as small trees that can be evaluated on a case and taken apart."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from operator import is_
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import default_dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import CodeType

FAULTS = (RuntimeError, TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError, AttributeError)
"""What an invalid formula raises; it is then not a candidate."""
LARGEST = 1 << 20
"""The most elements of a candidate's product (8 MB of float64): nobody means a product that broadcasts further."""


@dataclass(eq=False, slots=True)
class Node:
    """An operation and its arguments. Treated as immutable, but not frozen, since that makes construction too slow."""

    op: str
    """A key of the table at the end of this module, which says what it computes."""
    args: tuple[Node, ...] = ()
    data: Any = None

    def with_arg(self, index: int, new: Node) -> Node:
        """This node with one argument replaced."""
        return Node(self.op, (*self.args[:index], new, *self.args[index + 1 :]), self.data)


def name(value: str) -> Node:
    """A forward value."""
    return Node("name", (), value)


def upstream(variable: str) -> Node:
    """The gradient of a variable."""
    return Node("up", (), variable)


def const(value: float) -> Node:
    """A number."""
    return Node("const", (), value)


def mul(a: Node, b: Node) -> Node:
    """A product."""
    return Node("mul", (a, b))


def one_minus(x: Node) -> Node:
    """1 - x."""
    return Node("sub", (const(1.0), x))


def added(terms: Sequence[Node]) -> Node:
    """The sum of some formulas, at least one."""
    return functools.reduce(lambda a, b: Node("add", (a, b)), terms)


def broadcasts(shape: torch.Size, to: torch.Size) -> bool:
    """Whether a tensor of one shape can be broadcast to another."""
    padded = (1,) * (len(to) - len(shape)) + tuple(shape)
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(padded, to, strict=True))


# inspecting a formula, and replacing parts of it


def same_leaf(a: Node, b: Node) -> bool:
    """Whether two leaves are the same value."""
    return a.op == b.op and a.data == b.data


def distinct_leaves(node: Node) -> Iterator[Node]:
    """The values and gradients that a formula uses, each once, from left to right."""
    seen: list[Node] = []
    for leaf in _leaves(node):
        if leaf.op in ("name", "up") and not any(same_leaf(leaf, other) for other in seen):
            seen.append(leaf)
            yield leaf


def walk(node: Node) -> Iterator[Node]:
    """A formula and all its parts; one that is used twice comes twice."""
    yield node
    for arg in node.args:
        yield from walk(arg)


def _leaves(node: Node) -> Iterator[Node]:
    if not node.args:
        yield node
    for arg in node.args:
        yield from _leaves(arg)


def has_gradient(node: Node) -> bool:
    """Whether a formula contains an upstream gradient."""
    return node.op == "up" or any(has_gradient(arg) for arg in node.args)


def has_upstream(node: Node) -> bool:
    """Whether a formula contains a gradient other than that of the loss, which is 1."""
    return (node.op == "up" and node.data != "loss") or any(has_upstream(arg) for arg in node.args)


def size(node: Node) -> int:
    """How many operations a formula has."""
    return 1 + sum(size(arg) for arg in node.args)


def substituted(node: Node, leaf: Node, new: Node) -> Node:
    """The formula with a value replaced wherever it is used."""
    if same_leaf(node, leaf) and not node.args:
        return new
    args = [substituted(arg, leaf, new) for arg in node.args]
    return node if all(map(is_, args, node.args)) else Node(node.op, tuple(args), node.data)


def exchanged(node: Node, part: Node, new: Node) -> Node:
    """The formula with one part (this object, not an equal one) replaced wherever it is used."""
    if node is part:
        return new
    args = [exchanged(arg, part, new) for arg in node.args]
    return node if all(map(is_, args, node.args)) else Node(node.op, tuple(args), node.data)


# evaluating a formula


class Numbers:
    """The numbers of one case: evaluates formulas on them, each once.

    Args:
        values: the values of the forward pass, by name.
        total: the gradient of a variable, float64, in the variable's shape.
        module: the names that forward.py's lines may use.
    """

    def __init__(self, values: Mapping[str, Any], total: Callable[[str], torch.Tensor], module: dict[str, Any]) -> None:
        self.values = values
        self.total = total
        self.namespace = {**module, **values}
        self._known: dict[Node, Any] = {}
        self._positions: dict[tuple[CodeType, torch.Size], torch.Tensor] = {}

    def __getitem__(self, node: Node) -> Any:
        """The value of a formula; None if it is invalid."""
        found = self._known.get(node, self)
        if found is self:
            found = self._known[node] = self._compute(node)
        return found

    def tensor(self, node: Node) -> torch.Tensor | None:
        """The value of a formula in float64; None unless it is a tensor or a number."""
        found = self[node]
        if isinstance(found, torch.Tensor):
            return found if found.dtype == torch.float64 else found.double()
        if isinstance(found, (float, int)) and not isinstance(found, bool):
            return torch.tensor(float(found), dtype=torch.float64)  # ()
        return None

    @property
    def computed(self) -> int:
        """How many operations and values have been computed so far."""
        return len(self._known)

    def run(self, code: CodeType, **extra: Any) -> Any:
        """Run a piece of the forward pass."""
        with default_dtype(torch.float64):
            return eval(code, {**self.namespace, **extra})  # noqa: S307 a piece of the trusted forward.py

    def positions(self, code: CodeType, shape: torch.Size) -> torch.Tensor:
        """The flat positions that a subscript reads in a value of this shape: int64, (elements read,)."""
        if (code, shape) not in self._positions:
            key = self.run(code, _key=_Key())
            self._positions[code, shape] = torch.arange(shape.numel()).view(shape)[key].reshape(-1)
        return self._positions[code, shape]

    def _compute(self, node: Node) -> Any:
        args, known = [], self._known
        for arg in node.args:
            found = known.get(arg, self)
            if found is self:
                found = self[arg]
            if found is None:
                return None
            args.append(found)
        try:
            return _OPERATIONS[node.op](self, node.data, *args)
        except FAULTS:
            return None


class _Key:
    """`_Key()[a, b]` returns what is between the brackets."""

    def __getitem__(self, key: Any) -> Any:
        return key


# the operations: arithmetic, sums and broadcasts


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.numel() * b.numel() > LARGEST:
        _check_size(a.shape, b.shape)
    return a * b


def _check_size(a: torch.Size, b: torch.Size) -> None:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    padded = (1,) * (len(longer) - len(shorter)) + tuple(shorter)
    if math.prod(max(pair) for pair in zip(longer, padded, strict=True)) > LARGEST:
        raise ValueError("too large to be meant")


def _power(base: Any, exponent: Any) -> Any:
    found = base**exponent
    return None if isinstance(found, complex) else found


def _fold(function: str) -> Callable[..., Any]:
    """A sum or mean over some dimensions, or over all of them for None."""

    def fold(_: Numbers, data: tuple[tuple[int, ...] | None, bool], x: torch.Tensor) -> Any:
        dims, keepdim = data
        dims = tuple(range(x.dim())) if dims is None else dims
        return getattr(x, function)(dims, keepdim=keepdim) if x.dim() else x

    return fold


def _sum_to(value: Any, like: Any) -> Any:
    return value.sum_to_size(like.shape) if isinstance(value, torch.Tensor) else value


def _expand(value: torch.Tensor, like: torch.Tensor, dims: tuple[int, ...] | None) -> torch.Tensor:
    """The gradient of a sum: broadcast over the summed dimensions, of which `dims` were dropped."""
    for dim in sorted(d % like.dim() for d in dims or ()):
        value = value.unsqueeze(dim)
    return value.expand(like.shape)


def _size(_: Numbers, dims: tuple[int, ...] | None, x: torch.Tensor) -> int:
    return x.numel() if dims is None else math.prod(x.shape[d] for d in dims)


# gradients sent back to the positions that were read


def _scatter(numbers: Numbers, data: tuple[CodeType, str], g: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    code, mode = data
    return _put(numbers.positions(code, like.shape), g, like, mode)


def _uncopied(numbers: Numbers, data: tuple[CodeType, str], g: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    code, mode = data
    index = copied_from(numbers, code, like)
    if index is None:
        raise ValueError("not a copy")
    kept = index.reshape(-1) >= 0
    if mode.endswith(" nonzero"):
        kept &= g.reshape(-1) != 0
    return _put(index.reshape(-1)[kept], g.reshape(-1)[kept], like, mode)


def copied_from(numbers: Numbers, code: CodeType, like: torch.Tensor) -> torch.Tensor | None:
    """The flat position that each element of a result comes from, for a piece of the forward pass that only copies.

    int64, in the shape of the piece's result; -1 for elements that come from elsewhere. None if it does more than copy.
    To find out, every position is increased by its own number, which shows up in the result, and then by random
    numbers, which have to arrive unchanged.
    """
    counted = torch.arange(1, like.numel() + 1, dtype=torch.float64).view(like.shape)
    drawn = torch.rand(like.shape, generator=torch.Generator().manual_seed(like.numel()), dtype=torch.float64)
    base, first, second = (numbers.run(code, _x=x) for x in (like, like + counted, like + drawn))
    if not isinstance(base, torch.Tensor) or not bool(torch.isfinite(base).all()):
        return None
    index = (first - base).round().long() - 1
    expected = torch.where(index >= 0, drawn.reshape(-1)[index.clamp(0, like.numel() - 1)], 0.0)
    copies = bool((index < like.numel()).all()) and torch.allclose(second - base, expected, atol=1e-9)
    return index if copies else None


def _put(index: torch.Tensor, g: torch.Tensor, like: torch.Tensor, mode: str) -> torch.Tensor:
    """Gradients put at flat positions: added up, averaged, or with the first or last overwriting the others.

    Args:
        index: int64, (elements read,).
        g: as many elements, or one that is used for all.
        mode: "add", "mean", "first" or "last"; where zeros are left out, "first nonzero" or "last nonzero".
    """
    flat, g = torch.zeros(like.numel(), dtype=torch.float64), g.reshape(-1)  # (like.numel(),), (elements read,)
    if index.numel() != g.numel():
        g = g.expand(index.numel())
    if mode == "add":
        return flat.index_add_(0, index, g).view(like.shape)
    if mode == "mean":
        count = torch.zeros_like(flat).index_add_(0, index, torch.ones_like(g)).clamp(min=1)
        return flat.index_add_(0, index, g).div_(count).view(like.shape)
    if mode.startswith("first"):
        index, g = index.flip(0), g.flip(0)
    flat[index] = g
    return flat.view(like.shape)


def _rows(_: Numbers, mode: str, g: torch.Tensor, like: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Gradients added to the rows that another index selects, or for "turned" that its transpose selects."""
    width = like.shape[1:].numel()
    lead = g.shape[: g.dim() - (like.dim() - 1)]  # g is (*lead, *like.shape[1:])
    if mode == "turned":
        index = index.transpose(0, 1).reshape(-1)
    else:
        index = index.reshape(index.shape + (1,) * (len(lead) - index.dim())).expand(lead).reshape(-1)
    found = torch.zeros(like.shape[0], width, dtype=torch.float64)
    return found.index_add_(0, index, g.reshape(-1, width)).view(like.shape)


def _hot(_: Numbers, data: tuple[str, int | None], x: torch.Tensor) -> torch.Tensor:
    """Ones at the maximum (or minimum) along a dimension, or overall for None; in the shape of x."""
    which, dim = data
    if dim is None:
        flat = x.reshape(-1)
        return torch.zeros_like(flat).index_fill_(0, getattr(flat, which)(0), 1.0).view(x.shape)
    return torch.zeros_like(x).scatter_(dim, getattr(x, which)(dim, keepdim=True), 1.0)


def _hot_at(_: Numbers, dim: int, index: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Ones at the positions that an integer tensor selects, one per row; in the shape of `like`."""
    rows = like.select(dim, 0)
    if index.is_floating_point() or index.numel() != rows.numel():
        raise ValueError("not an index")
    index = index.reshape(rows.shape)
    return torch.zeros_like(like).scatter_(dim, index.unsqueeze(dim), 1.0)


def _vjp(numbers: Numbers, data: tuple[CodeType, int | None], g: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The gradient of a piece of the forward pass that is not taken apart; it reads its input as `_x`."""
    code, output = data
    leaf = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        out = numbers.run(code, _x=leaf)
        out = out if output is None else out[output]
        if not out.requires_grad:  # only a shape was read
            return torch.zeros_like(x)
        return torch.autograd.grad((out * g).sum(), leaf, materialize_grads=True)[0]


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "name": lambda n, d: n.values[d],
    "up": lambda n, d: n.total(d),
    "const": lambda _, d: d,
    "code": lambda n, d: n.run(d),
    "add": lambda _, __, a, b: a + b,
    "terms": lambda _, __, a, b: a + b,
    "sub": lambda _, __, a, b: a - b,
    "mul": lambda _, __, a, b: _times(a, b),
    "div": lambda _, __, a, b: a / b,
    "pow": lambda _, __, a, b: _power(a, b),
    "matmul": lambda _, __, a, b: a @ b,
    "neg": lambda _, __, a: -a,
    "fn": lambda _, d, a: d(a),
    "call": lambda _, d, *a: d(*a),
    "softmax": lambda _, d, a: torch.softmax(a, d),
    "ones": lambda _, __, a: torch.ones_like(a),
    "size": _size,
    "sum": _fold("sum"),
    "mean": _fold("mean"),
    "sum_to": lambda _, __, a, b: _sum_to(a, b),
    "expand": lambda _, d, a, b: _expand(a, b, d),
    "spread": lambda _, __, a, b: torch.broadcast_to(a, b.shape),
    "column": lambda _, __, a: a.unsqueeze(-1),
    "reshape": lambda _, __, a, like: a.reshape(like.shape),
    "t": lambda _, d, a: a.transpose(*(d or (-2, -1))),
    "permute": lambda _, d, a: a.permute(d),
    "flip": lambda _, d, a: a.flip(d),
    "scatter": _scatter,
    "uncopied": _uncopied,
    "rows": _rows,
    "hot": _hot,
    "hot_at": _hot_at,
    "vjp": _vjp,
}
"""What each operation of a `Node` computes, from the numbers, the node's data and its arguments."""
