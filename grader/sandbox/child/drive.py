"""The one frame beneath a learner's: it leads to nothing of ours.

What decides and remembers is an iterator, suspended while a learner's code runs. It stands on this frame's stack of
values, to which Python has no names, and whatever a learner leaves behind is dropped here.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Result = tuple[object, BaseException | None, str | None]
    """What a call returned, or else what it raised, and the message of that (None if it cannot be shown)."""
    Driven = tuple[list[Iterator[Callable[[], object]]], list[Result]]
    """The arguments of `drive`."""


def drive(steps: list[Iterator[Callable[[], object]]], result: list[Result]) -> None:
    """Make one call after the other.

    Args:
        steps: an iterator over what to call; it is taken out.
        result: its only item is what the last call came to.
    """
    for act in steps.pop():
        gc.enable()
        try:
            result[0] = act(), None, None
        except BaseException as error:  # noqa: BLE001  (SystemExit and KeyboardInterrupt are a learner's, too)
            result[0] = None, error, _said(error)
        gc.disable()  # a learner's __del__ would run wherever garbage is collected
        sys.settrace(None)
        sys.setprofile(None)


def _said(error: BaseException) -> str | None:
    try:
        return "".join([str(error)])  # an exact str, whatever a learner's __str__ returned
    except BaseException:  # noqa: BLE001
        return None
