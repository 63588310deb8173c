"""What `grade` remembers about a learner: a plain text file that can be synced and merged. It never holds scores.

mlp at dcounts
mlp hints dcounts 2
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from grader.report.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".grade-state.txt"
MOST_BYTES = 1 << 20

HEAD = (
    "# What `grade` remembers: the gradient you are working on, and how many hints you have opened. No scores.",
    "# You can copy it to another machine, commit it or delete it.",
)


@dataclass(slots=True)
class LearnerState:
    """The gradient a learner is working on, and the hints opened."""

    path: Path
    at: dict[str, str] = field(default_factory=dict)
    """Exercise -> the gradient worked on. The most recent exercise comes last."""
    hints: dict[tuple[str, str], int] = field(default_factory=dict)
    """Exercise and gradient -> how many hints have been opened."""
    unknown: list[str] = field(default_factory=list)
    """Lines of another version or format, written back unchanged."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file. A missing or damaged one is not an error: lines that can be read are kept."""
        found = cls(path)
        try:
            text = path.read_bytes()[:MOST_BYTES].decode("utf-8", "replace") if path.is_file() else ""
        except OSError:
            text = ""
        for line in text.splitlines():
            found._take(line)
        return found

    def _take(self, line: str) -> None:
        match line.split():
            case [] | ["#", *_]:
                pass
            case [exercise, "at", gradient]:
                self.at.pop(exercise, None)
                self.at[exercise] = gradient
            case [exercise, "hints", gradient, count] if count.isascii() and count.isdigit() and len(count) < 4:
                known = self.hints.get((exercise, gradient), 0)
                self.hints[exercise, gradient] = max(known, int(count))  # files from two machines may have been merged
            case _:
                self.unknown.append(line)

    def go(self, exercise: str, gradient: str) -> None:
        """Make this the gradient worked on."""
        self.at.pop(exercise, None)
        self.at[exercise] = gradient

    def open_hint(self, exercise: str, gradient: str, most: int) -> int:
        """Open one more hint, up to `most`. Returns how many are open."""
        count = min(self.hints.get((exercise, gradient), 0) + 1, most)
        self.hints[exercise, gradient] = count
        return count

    def forget(self, exercise: str, gradient: str) -> None:
        """Close the hints of a gradient."""
        self.hints.pop((exercise, gradient), None)

    @property
    def text(self) -> str:
        """The content of the file."""
        lines = [*HEAD]
        lines += [f"{exercise} at {gradient}" for exercise, gradient in self.at.items()]
        lines += [f"{exercise} hints {gradient} {count}" for (exercise, gradient), count in self.hints.items()]
        return "\n".join([*lines, *self.unknown]) + "\n"

    def write(self) -> bool:
        """Write the file. Returns False, without an error, if it cannot be written."""
        try:
            replace_file(self.path, self.text.encode())
        except OSError:
            return False
        return True
