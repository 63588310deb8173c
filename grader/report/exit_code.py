"""How a command ends."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """pytest's exit codes, which every command follows."""

    ALL_RIGHT = 0
    SOMETHING_WRONG = 1
    """Something is wrong or missing."""
    INTERRUPTED = 2
    OUR_FAULT = 3
    """A fault of the grader's own, or of an exercise: no grade was written."""
    USAGE = 4
