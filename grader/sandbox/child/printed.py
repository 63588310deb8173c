"""What a learner's code prints to. It can look into this object: nothing leads from it to the calls that are made."""

from __future__ import annotations

import sys

from grader.sandbox.cleaning import TEXT_LIMIT


class Printed:
    """Stands in for stdout and stderr: keeps the first 2 KB."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.kept = ""
        self.cut = False

    def write(self, value: str) -> int:
        """Keep what still fits."""
        room = TEXT_LIMIT - len(self.kept)
        if room > 0:
            self.kept += str(value)[:room]
        self.cut = self.cut or len(value) > room
        return len(value)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """Nobody watches."""
        return False

    def start(self) -> None:
        """Empty it and put it in place, whatever the last call left there."""
        self.kept, self.cut = "", False
        sys.stdout = sys.stderr = self
