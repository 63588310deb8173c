"""Which gradients a learner writes: those of parameters, of other data, and of what is computed from them.

Cotangents, masks, labels, noise and constants have gradients too, but nobody derives them. They are recognized by their
values, by where they are read, and by the names that everybody gives them. An author can grade any of them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import is_floating
from grader.exercise.whole_numbers import called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.exercise.forward import ForwardFile
    from grader.exercise.line import Line

# fmt: off
_LABELS = frozenset((
    "y", "yb", "ys", "ytrue", "y_true", "ytr", "target", "targets", "label", "labels", "reward", "rewards", "returns",
    "ret", "advantage", "advantages", "adv", "old_logp", "old_log_probs", "logp_old",
))
_NOISE = frozenset(("noise", "eps", "epsilon", "gumbel", "gumbels"))
_STATISTICS = frozenset(("running_mean", "running_var", "running_std"))
# fmt: on


@dataclass(frozen=True, slots=True)
class _Seen:
    """One input, as two seeds draw it."""

    name: str
    value: torch.Tensor
    other: torch.Tensor

    @property
    def is_constant(self) -> bool:
        """Whether it does not depend on the seed."""
        return self.value.shape == self.other.shape and bool((self.value == self.other).all())

    @property
    def is_initial(self) -> bool:
        """Whether it has the same number everywhere, as a parameter that begins as zeros or ones."""
        return self.value.dim() > 0 and bool((self.value == self.value.flatten()[:1]).all())


def _is_mask(seen: _Seen) -> bool:
    """Whether each element is 0 or one other number."""
    found = {*seen.value.flatten().tolist()}
    return len(found) == 2 and 0.0 in found


def _is_whole(seen: _Seen) -> bool:
    return seen.value.numel() > 1 and bool((seen.value == seen.value.round()).all())


def _is_distribution(seen: _Seen) -> bool:
    if seen.value.dim() == 0 or seen.value.shape[-1] == 1:
        return False
    sums = seen.value.sum(-1)
    return bool((seen.value >= 0).all()) and torch.allclose(sums, torch.ones_like(sums))


_REASONS: tuple[tuple[str, Callable[[_Seen], bool]], ...] = (
    ("running statistics", lambda seen: seen.name.lower() in _STATISTICS),
    ("a constant: the same for every seed", lambda seen: seen.is_constant and not seen.is_initial),
    ("a mask, or one-hot labels", lambda seen: not seen.is_initial and _is_mask(seen)),
    ("counts or labels: whole numbers", lambda seen: not seen.is_initial and _is_whole(seen)),
    ("labels: probabilities", lambda seen: not seen.is_initial and _is_distribution(seen)),
    ("labels, by its name", lambda seen: seen.name.lower() in _LABELS),
    ("noise, by its name", lambda seen: seen.name.lower() in _NOISE),
)


def left_out(
    file: ForwardFile, inputs: Mapping[str, Any], others: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, str]:
    """The variables with a gradient that a learner need not write, and why.

    Args:
        inputs: those of one seed.
        others: those of another seed.
        values: every value of the first, with autograd's graph.
    """
    found: dict[str, str] = {}
    for name, value in inputs.items():
        if is_floating(value) and name in file.parameters:
            seen = _Seen(name, value, others[name])
            reason = next((reason for reason, fits in _REASONS if fits(seen)), None)
            for why, fits in _PLACES:
                reason = why if reason is None and fits(file.lines, name, values) else reason
            found.update({name: reason} if reason else {})
    for line in file.lines:  # what is computed from these alone
        sources = [name for name in line.reads if is_floating(values.get(name)) and values[name].requires_grad]
        if sources and all(name in found for name in sources):
            found.update((name, f"computed from {' and '.join(sources)} alone") for name in line.outputs)
    return found


def _is_compared(lines: Sequence[Line], name: str, values: Mapping[str, Any]) -> bool:
    """Whether an input is only subtracted from a computed value of its shape, or given to a loss function beside it."""
    readers = [line for line in lines if name in line.reads]
    pairs = [pair for line in readers for node in line.nodes() for pair in _pairs(node) if name in pair]
    others = [values.get(other) for pair in pairs for other in pair if other != name]
    computed = [each for each in others if isinstance(each, torch.Tensor) and each.grad_fn is not None]
    return len(readers) == 1 and bool(computed) and all(each.shape == values[name].shape for each in computed)


def _pairs(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The two names in `a - b`, or in `F.mse_loss(a, b)`."""
    sides: Sequence[ast.expr] = ()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        sides = (node.left, node.right)
    elif isinstance(node, ast.Call) and called(node).endswith("_loss"):
        sides = node.args[:2]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    if len(names) == 2:
        yield names[0], names[1]


def _is_cotangent(lines: Sequence[Line], name: str, values: Mapping[str, Any]) -> bool:
    """Whether an input is read only by `loss = (out * cot).sum()`, in the shape of what it is multiplied by."""
    readers = [line for line in lines if name in line.reads]
    if len(readers) != 1 or "sum" not in readers[0].text:
        return False
    for node in readers[0].nodes():
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            sides = [side.id for side in (node.left, node.right) if isinstance(side, ast.Name)]
            other = next((values[side] for side in sides if side != name and side in values), None)
            if name in sides and isinstance(other, torch.Tensor) and other.shape == values[name].shape:
                return other.grad_fn is not None
    return False


_PLACES: tuple[tuple[str, Callable[[Sequence[Line], str, Mapping[str, Any]], bool]], ...] = (
    ("a cotangent: it stands in for the rest of a network", _is_cotangent),
    ("labels: compared with what is computed", _is_compared),
)
