"""Isolation levels and time limits for a learner's code; `host/session.py` enforces the time limits.

Imports little, because the help of every command needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

CALL_SECONDS: Final = 10.0
"""Default time limit for one call of a learner's function, in seconds."""
WATCH_CALL_SECONDS: Final = 3.0
"""The same for `grade watch`, where one hanging function delays every verdict by this long."""
SUBMISSION_SECONDS: Final = 60.0
"""Default time limit for all calls of a submission together, in seconds."""


class Level(IntEnum):
    """How strongly a learner's code is isolated, as found by the self-test."""

    NONE = 0
    PROCESS = 1
    PARTIAL = 2
    LOCKED = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in wall-clock seconds, enforced by the grader, and in CPU seconds, enforced by the kernel."""

    call: float
    submission: float
    cpu: float
