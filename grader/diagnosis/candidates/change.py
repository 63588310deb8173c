"""A formula changed in one place, with its description, and helpers for the modules that make changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.facts import is_mask
from grader.diagnosis.phrases import Phrase, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.kinds import Kind


@dataclass(eq=False, slots=True)
class Change:
    """A formula that people write when they make one mistake."""

    part: Node
    """The changed formula, or the changed part of it, which `within` puts back into the whole."""
    kind: Kind
    phrase: Phrase
    """The end of a sentence that starts with "your dX is right except for one thing: "."""
    cost: float = 1.0
    """How far-fetched it is: if two hold, the cheaper one is reported. Only the order counts. The scale:

    0         something is missing: a factor, a term, a sum, a broadcast, a minus sign, a small constant, the upstream
              gradient; or it runs over another dimension, or a factor of a matrix product is transposed
    0.1-0.3   the same operation elsewhere: another position, another order, another parameter of the function
    0.4-0.6   a power or function is missing or wrong; a small constant that the forward pass does not have
    0.7-0.9   only some entries are used
    1         an extra value: a factor, a divisor, a power, a number; the wrong sign or factor on one term
    1.1-1.3   another operation; a function of the value, or of another one
    1.5-1.6   an extra value that is added, subtracted or used as an exponent

    A change wherever a value is used costs 0.3 more; `search` adds the cost of anything else wrong with the share.
    """
    within: Callable[[Node], Node] | None = None

    @property
    def node(self) -> Node:
        """The whole formula, built on first use: for most changes it is never needed."""
        if self.within is not None:
            self.part, self.within = self.within(self.part), None
        return self.part


RESULT = said("result")
"""How a phrase refers to the whole result."""


def tensor_at(node: Node, facts: Facts) -> torch.Tensor:
    """The value of a formula on the smallest case; a 0-d zero if that is not a tensor."""
    value = facts.answer.probe.numbers[node]
    return value if isinstance(value, torch.Tensor) else torch.zeros(())


def floats(node: Node, facts: Facts) -> torch.Tensor | None:
    """The value of a formula on the smallest case if it is a floating-point tensor or a mask; None otherwise."""
    value = facts.answer.probe.numbers[node]
    usable = isinstance(value, torch.Tensor) and (value.is_floating_point() or is_mask(value))
    return value if usable else None
