"""What a run was asked for: everything that a grade depends on besides exercise and submission."""

from __future__ import annotations

from dataclasses import dataclass

LECTURE_SEED = 2147483647
"""The seed of the given minibatch, the lecture's own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a grade depends on besides exercise and submission."""

    seed: int = LECTURE_SEED
    batch_size: int | None = None
    criterion: str = "correct"
    """What scores: `correct`, `exact` or `approximate`. Never changes a verdict."""
    hidden_seed: int | None = None
    only: tuple[str, ...] = ()
    """Gradients to grade, all of them when empty; the chained pass is left out then."""
    exact_comparable: bool = True
    """Whether numerics are pinned; if not, `exact` is information only."""
