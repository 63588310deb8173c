"""The settings of a run: everything that a grade depends on besides exercise and submission."""

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
    """How much of a grade to show, from everything to nothing."""

    FULL = "full"
    KIND = "kind"
    VERDICT = "verdict"
    NONE = "none"


class Visibility(StrEnum):
    """When students see their results, in Gradescope's terms."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. Parsed once, when the run begins; no code below looks up an option by name."""

    seed: int = LECTURE_SEED
    batch_size: int | None = None
    """Examples in the given minibatch; None for the exercise's default."""
    hidden_seed: int | None = None
    """The seed of the hidden cases; None for the fixed ones that everybody can see."""
    criterion: Criterion = Criterion.CORRECT
    feedback: Feedback = Feedback.FULL
    isolation: Level = Level.NONE
    """The lowest isolation level accepted."""
    timeout: float = CALL_SECONDS
    """Seconds for one call."""
    imports: tuple[str, ...] = ()
    """Modules that the exercises allow beyond the built-in list."""
    only: tuple[str, ...] = ()
    """Gradients to grade (all if empty); with a selection, the chained pass is skipped."""
    explained: bool = True
    """Whether wrong gradients are diagnosed, which changes no verdict and takes longer than it."""
    exact_comparable: bool = True
    """Whether numerics are pinned; if not, `exact` is for information only."""

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Settings:
        """Restore settings from `dataclasses.asdict` and JSON, where enums are plain values and tuples are lists."""
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
