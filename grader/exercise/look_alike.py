"""The wrong exercise, handed in by mistake: which one its names are those of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from grader.exercise.shelf import exercises_directory, is_exercise, load_exercise, readable

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from grader.exercise.exercise import Exercise

_ENOUGH = 0.5
"""The share of another exercise's names that must be there."""
_NEARLY_ALL = 0.8
"""The same if some of the names are those of the exercise that was asked for."""


def looks_like(exercise: Exercise, names: Collection[str], *, flat: bool = False) -> str:
    """A sentence on the other exercise that answers with these names belong to; empty if there is none.

    Args:
        exercise: the one that was asked for. If the names answer some of it, the other must account for more of them,
            and be complete but for a few.
        names: the answers that there are.
        flat: whether they are in a notebook, which may have several exercises of its series.
    """
    own = len(set(exercise.answers).intersection(names))
    found = [
        (count, count / len(other.answers), other)
        for other in _beside(exercise.directory.parent)
        if other.name != exercise.name
        and not (exercise.is_layer and other.is_layer)  # layers share their file
        and (count := len(set(other.answers).intersection(names))) > own
    ]
    count, share, other = max(found, key=lambda each: each[:2], default=(0, 0.0, exercise))
    if flat and other.settings.series and other.settings.series == exercise.settings.series:
        return ""
    if share < (_NEARLY_ALL if own else _ENOUGH) or 2 * own > len(exercise.answers):
        return ""
    return (
        f"this looks like {other.name} ({count} of {len(other.answers)} of its names), not like "
        f"{exercise.name}: submit the work on {exercise.name}, or grade it with --exercise {other.name}"
    )


@cache
def _beside(folder: Path) -> tuple[Exercise, ...]:
    """The exercises in a folder, and the installed ones."""
    paths = {
        path.name: path for root in (exercises_directory(), folder) for path in root.iterdir() if is_exercise(path)
    }
    found = (readable(name, lambda name: load_exercise(paths[name])) for name in sorted(paths))
    return tuple(exercise for exercise in found if exercise is not None)
