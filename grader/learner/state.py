"""What `grade` remembers of a learner: one plain text file, made to be synced and merged. It never holds a score.

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
    "# What `grade` remembers: the gradient you work on, and how many hints you have opened. No scores; copy it",
    "# to another machine, commit it, or delete it.",
)


@dataclass(slots=True)
class LearnerState:
    """Where somebody is, and which hints are open."""

    path: Path
    at: dict[str, str] = field(default_factory=dict)
    """Exercise -> the gradient worked on; the exercise worked on last comes last."""
    hints: dict[tuple[str, str], int] = field(default_factory=dict)
    """Exercise and gradient -> how many hints have been opened."""
    unknown: list[str] = field(default_factory=list)
    """Lines that another version may understand: they stay."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """What the file says; a file that is missing or damaged says less, and is no error."""
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
                self.hints[exercise, gradient] = max(known, int(count))  # two machines' files may have been joined
            case _:
                self.unknown.append(line)

    def go(self, exercise: str, gradient: str) -> None:
        """Work on this one now."""
        self.at.pop(exercise, None)
        self.at[exercise] = gradient

    def open_hint(self, exercise: str, gradient: str, most: int) -> int:
        """One more hint, as far as there are any: how many are open now."""
        count = min(self.hints.get((exercise, gradient), 0) + 1, most)
        self.hints[exercise, gradient] = count
        return count

    def forget(self, exercise: str, gradient: str) -> None:
        """Start over: its hints are closed again."""
        self.hints.pop((exercise, gradient), None)

    @property
    def text(self) -> str:
        """The file's content."""
        lines = [*HEAD]
        lines += [f"{exercise} at {gradient}" for exercise, gradient in self.at.items()]
        lines += [f"{exercise} hints {gradient} {count}" for (exercise, gradient), count in self.hints.items()]
        return "\n".join([*lines, *self.unknown]) + "\n"

    def write(self) -> bool:
        """Keep it; False where nothing can be written, which stops nobody from learning."""
        try:
            replace_file(self.path, self.text.encode())
        except OSError:
            return False
        return True
