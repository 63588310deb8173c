"""Wall-clock limits of one submission: one per call, one for all of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from grader.sandbox.types import TimedOut


@dataclass(frozen=True, slots=True)
class Limits:
    """Wall-clock seconds, kept by the grader; processor seconds, kept by the kernel."""

    call: float
    submission: float
    cpu: float


@dataclass(slots=True)
class Budget:
    """What a submission has used up while the grader waited for it."""

    limits: Limits
    spent: float = 0.0

    def deadline(self) -> float:
        """When the next answer has to be there."""
        return time.monotonic() + min(self.limits.call, max(0.0, self.limits.submission - self.spent))

    def spend(self, begun: float) -> float:
        """Charge the seconds since `begun`."""
        seconds = time.monotonic() - begun
        self.spent += seconds
        return seconds

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left for the whole submission."""
        return self.spent >= self.limits.submission

    def timed_out(self, seconds: float) -> TimedOut:
        """Which of the two limits was it?"""
        if self.exhausted:
            return TimedOut(limit=self.limits.submission, whole_submission=True, seconds=seconds)
        return TimedOut(limit=self.limits.call, seconds=seconds)
