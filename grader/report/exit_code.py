"""Exit codes."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """pytest's exit codes, used by every command."""

    ALL_RIGHT = 0
    SOMETHING_WRONG = 1
    """Something is wrong or missing."""
    INTERRUPTED = 2
    OUR_FAULT = 3
    """An internal error of the grader, or a broken exercise: no grade was written."""
    USAGE = 4
