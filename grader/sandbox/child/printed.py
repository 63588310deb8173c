"""Captures what a learner's code prints. The code can inspect this object: it does not lead to the calls being made."""

from __future__ import annotations

import sys

from grader.sandbox.cleaning import TEXT_LIMIT


class Printed:
    """Replaces stdout and stderr, and keeps the first 2 KB."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.kept = ""
        self.cut = False

    def write(self, value: str) -> int:
        """Keep as much as still fits."""
        room = TEXT_LIMIT - len(self.kept)
        if room > 0:
            self.kept += str(value)[:room]
        self.cut = self.cut or len(value) > room
        return len(value)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def isatty(self) -> bool:
        """Not a terminal."""
        return False

    def start(self) -> None:
        """Empty it and make it stdout and stderr again, whatever the last call left there."""
        self.kept, self.cut = "", False
        sys.stdout = sys.stderr = self
