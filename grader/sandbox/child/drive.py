"""The only frame beneath a learner's: it leads to none of the grader's objects.

The logic and the state are in an iterator, suspended while a learner's code runs. It is on this frame's value stack,
which has no names in Python, and whatever a learner's code leaves behind is dropped here.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Result = tuple[object, BaseException | None, str | None]
    """What a call returned, or what it raised, and the exception's message (None if it cannot be shown)."""
    Driven = tuple[list[Iterator[Callable[[], object]]], list[Result]]
    """The arguments of `drive`."""


def drive(steps: list[Iterator[Callable[[], object]]], result: list[Result]) -> None:
    """Make one call after the other.

    Args:
        steps: holds an iterator over what to call, which is removed from the list.
        result: its only item is the result of the last call.
    """
    for act in steps.pop():
        gc.enable()
        try:
            result[0] = act(), None, None
        except BaseException as error:  # noqa: BLE001  (SystemExit and KeyboardInterrupt are the learner's, too)
            result[0] = None, error, _said(error)
        gc.disable()  # otherwise a learner's __del__ could run wherever garbage is collected
        sys.settrace(None)
        sys.setprofile(None)


def _said(error: BaseException) -> str | None:
    try:
        return "".join([str(error)])  # an exact str, whatever a learner's __str__ returned
    except BaseException:  # noqa: BLE001
        return None
