"""A formula changed in one place, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """How far-fetched it is: of two that hold, the cheaper one is named."""
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
