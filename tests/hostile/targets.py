"""Where attacks take place: a sandbox, targets to hit, and the results of an untouched run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import Submission

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox

SECRET = "a-secret-of-the-grader"
NEXT = ("dhprebn",)
"""What is graded between two attacks. A server that was changed stays so; after the last one everything is graded."""


@dataclass
class Range:
    """Where attacks take place."""

    sandbox: Sandbox
    exercise: Exercise
    cases: Cases
    solution: str
    target: Path
    listener: socket.socket
    way: str = ""

    def __post_init__(self) -> None:
        self.honest = self.grade_honestly()
        self.honest_next = self.grade_honestly(NEXT)

    def places(self) -> dict[str, str]:
        return {
            "TMP": str(self.target),
            "PORT": str(self.listener.getsockname()[1]),
            "GRADER": str(os.getpid()),
            "SOLUTION": str(self.exercise.directory.parent.parent / "solutions" / "mlp" / "backward.py"),
            "OTHER": str(self.target / "other.py"),
            "SECRET": SECRET,
        }

    def grade(self, source: bytes, only: tuple[str, ...] = ()) -> list[Row]:
        submission = Submission("attack", self.target / "backward.py", {"backward.py": source})
        grading = start_grading(self.exercise, submission, self.sandbox, Settings(only=only), self.cases)
        try:
            return list(grading.rows())
        finally:
            grading.close()

    def grade_honestly(self, only: tuple[str, ...] = ()) -> list[dict[str, object]]:
        return [{**row.as_dict(), "duration_s": 0} for row in self.grade(self.solution.encode(), only)]
