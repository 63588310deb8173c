"""What a run was asked for: everything that a grade depends on besides exercise and submission."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from grader.sandbox.limits import CALL_SECONDS, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

LECTURE_SEED = 2147483647
"""The seed of the given minibatch, the lecture's own."""


class Criterion(StrEnum):
    """What earns points. Never changes a verdict."""

    CORRECT = "correct"
    EXACT = "exact"
    APPROXIMATE = "approximate"


class Feedback(StrEnum):
    """How much of a grade its reader is shown, from everything down to nothing."""

    FULL = "full"
    KIND = "kind"
    VERDICT = "verdict"
    NONE = "none"


class Visibility(StrEnum):
    """When students see their results, in Gradescope's words."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. Parsed once, where the run begins; nobody below asks for an option by its name."""

    seed: int = LECTURE_SEED
    batch_size: int | None = None
    """Examples in the given minibatch; None for the exercise's own number."""
    hidden_seed: int | None = None
    """What the further cases are drawn from; None for the cases that everybody sees."""
    criterion: Criterion = Criterion.CORRECT
    feedback: Feedback = Feedback.FULL
    isolation: Level = Level.NONE
    """The lowest isolation accepted."""
    timeout: float = CALL_SECONDS
    """Seconds for one call."""
    imports: tuple[str, ...] = ()
    """Modules that the exercises allow beyond the built-in list."""
    only: tuple[str, ...] = ()
    """Gradients to grade, all of them when empty; the chained pass is left out then."""
    exact_comparable: bool = True
    """Whether numerics are pinned; if not, `exact` is information only."""

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Settings:
        """What `dataclasses.asdict` and JSON made of it: enums are plain values there, and tuples are lists."""
        return cls(
            **{
                **known,
                "criterion": Criterion(known["criterion"]),
                "feedback": Feedback(known["feedback"]),
                "isolation": Level(known["isolation"]),
                "imports": tuple(known["imports"]),
                "only": tuple(known["only"]),
            }
        )
