"""A formula changed in one place, with the words for it; and how its makers look values up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.kinds import Kind


@dataclass(eq=False, slots=True)
class Change:
    """What people write when they make one mistake."""

    part: Node
    """What is changed: the whole formula, or the part of it that goes `within`."""
    kind: Kind
    text: str
    """The end of a sentence that begins "your dX is the chain rule's formula, but "."""
    cost: float = 1.0
    """How far-fetched it is: of two that hold, the cheaper one is named. Only the order counts. The scale:

    0         something is left out: a factor, a term, a sum, a spread, a minus, a small number, the upstream gradient;
              or it runs over another dimension, or a factor of a matrix product is transposed
    0.1-0.3   the same operation elsewhere: another place, another order, another value that the function asked for
    0.4-0.6   a power or a function is left out or another one; a small number that the forward pass does not have
    0.7-0.9   only some entries take part
    1         one value more: a factor, a divisor, a power, a number; another sign or factor of one term
    1.1-1.3   another operation; a function of the value, or of another one
    1.5-1.6   one value more, added, subtracted or as an exponent

    On top come 0.3 for a change wherever a value is used, and in `search` what else has to be wrong with the share.
    """
    within: Callable[[Node], Node] | None = None

    @property
    def node(self) -> Node:
        """The whole formula. Made when it is asked for: of most changes nobody does."""
        if self.within is not None:
            self.part, self.within = self.within(self.part), None
        return self.part


def spell(node: Node) -> str:
    """A leaf as the learner writes it."""
    return f"d{node.data}" if node.op == "up" else str(node.data)


def tensor_at(node: Node, facts: Facts) -> torch.Tensor:
    """What a formula comes to on the smallest case; a tensor without dimensions where that is not a tensor."""
    value = facts.probe.numbers[node]
    return value if isinstance(value, torch.Tensor) else torch.zeros(())


def floats(node: Node, facts: Facts) -> torch.Tensor | None:
    """The same where it is a tensor to compute with; a mask counts as numbers."""
    value = facts.probe.numbers[node]
    usable = isinstance(value, torch.Tensor) and (value.is_floating_point() or value.dtype == torch.bool)
    return value if usable else None
