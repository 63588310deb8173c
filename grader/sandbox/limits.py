"""How far a learner's code is to be locked in, and how long it may take; `host/session.py` enforces the seconds.

Light, because the help of every command needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

CALL_SECONDS: Final = 10.0
"""How long one call of a learner's function may take, unless said otherwise."""
WATCH_CALL_SECONDS: Final = 3.0
"""The same in `grade watch`, where one hanging function delays every verdict by as much."""
SUBMISSION_SECONDS: Final = 60.0
"""How long all of a submission's calls together may take."""


class Level(IntEnum):
    """How far a learner's code is locked in, decided by self-test."""

    NONE = 0
    PROCESS = 1
    PARTIAL = 2
    LOCKED = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Limits:
    """Wall-clock seconds, kept by the grader; processor seconds, kept by the kernel."""

    call: float
    submission: float
    cpu: float
