"""Progress on stderr: on a terminal a bar with rate, remaining time and the last rows; otherwise periodic lines."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Protocol, Self, TextIO

if TYPE_CHECKING:
    from rich.console import Console

    from grader.classroom.batch.store import Record

_LINE_SECONDS = 5.0
_REDRAWN_PER_SECOND = 8
_ROWS = 8
_COUNTED = 200
"""Number of most recent submissions that the rate is computed from."""
_COLORS = {"graded": "green", "refused": "red", "unreadable": "yellow", "missing": "bright_black", "failed": "magenta"}


class Show(Protocol):
    """Receives progress events."""

    def begin(self, total: int) -> None:
        """Grading starts; `total` submissions will get a row."""

    def done(self, record: Record, *, known: bool = False) -> None:
        """A submission has its row; `known` if it is from an earlier run."""

    def again(self, name: str, why: str) -> None:
        """A submission is retried after an internal error."""

    def say(self, text: str) -> None:
        """Something to know before the first submission is graded."""


class Plain:
    """Progress for logs: a line every few seconds, and everything unusual."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.total = 0
        self.count = 0
        self._pace = Pace()
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._told = time.monotonic()
        self._said = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.count != self._said:
            self._state()

    def begin(self, total: int) -> None:
        """Grading starts; `total` submissions will get a row."""
        self.total = total
        self._told = time.monotonic()

    def done(self, record: Record, *, known: bool = False) -> None:
        """A submission has its row; `known` if it is from an earlier run."""
        self.count += 1
        if not known:
            self._pace.count(record)
        if record.status == "failed":
            self.say(f"{record.name}: {record.entry['problem']}")
        if time.monotonic() - self._told >= _LINE_SECONDS:
            self._told = time.monotonic()
            self._state()

    def again(self, name: str, why: str) -> None:
        """A submission is retried."""
        self.say(f"{name}: retrying ({why})")

    def say(self, text: str) -> None:
        """Write one line. Grading does not end because nobody can see how far it is."""
        if self._quiet:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError:
            self._quiet = True

    def _state(self) -> None:
        self._said = self.count
        self.say(f"{self.count} of {self.total} submissions, {self._pace.told(self.total - self.count)}")


class Pace:
    """The current rate. It excludes the time that workers take to start, which would distort it."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._times: deque[float] = deque(maxlen=_COUNTED)

    def count(self, record: Record) -> None:
        """Count a row, if a worker graded it."""
        if record.key:
            self._times.append(time.monotonic())

    def told(self, left: int) -> str:
        """Rate, plus the remaining time from the second submission on."""
        now, done = time.monotonic(), len(self._times)
        return pace(done - 1, left, now - self._times[0]) if done > 1 else pace(done, 0, now - self._begun)


def pace(done: int, left: int, seconds: float) -> str:
    """Rate and remaining time; `done` and `left` count submissions."""
    rate = done / max(seconds, 1e-3)
    if not done or not left:
        return f"{rate:.1f}/s"
    to_go = round(left / rate)
    return f"{rate:.1f}/s, {to_go // 60}:{to_go % 60:02} left"


class Live:
    """Progress for a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._rows: deque[Record] = deque(maxlen=_ROWS)
        self._counts: Counter[str] = Counter()
        self._left = 0
        self._pace = Pace()
        self._bar = Progress(BarColumn(None), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
        self._task = self._bar.add_task("", total=None, pace="starting")
        self._console = console or Console(stderr=True)
        self._live = RichLive(
            get_renderable=self._drawn, console=self._console, refresh_per_second=_REDRAWN_PER_SECOND, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begin(self, total: int) -> None:
        """Grading starts; `total` submissions will get a row."""
        self._left = total
        self._bar.update(self._task, total=total)

    def done(self, record: Record, *, known: bool = False) -> None:
        """A submission has its row; `known` if it is from an earlier run."""
        self._rows.append(record)
        self._counts[record.status] += 1
        self._left -= 1
        if not known:
            self._pace.count(record)
        self._bar.update(self._task, advance=1, pace=self._pace.told(self._left))

    def again(self, name: str, why: str) -> None:
        """A submission is retried."""
        self.say(f"{name}: retrying ({why})")

    def say(self, text: str) -> None:
        """Write one line above the bar."""
        self._console.print(text, markup=False, highlight=False)

    def _drawn(self) -> Any:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for record in self._rows:
            table.add_row(
                *(Text(cell, style=style, overflow="ellipsis", no_wrap=True) for cell, style in cells(record))
            )
        counts = Text("  ".join(f"{count} {status}" for status, count in self._counts.most_common()))
        return Group(table, counts, self._bar)


def cells(record: Record) -> list[tuple[str, str]]:
    """One row of the live table."""
    score = record.entry["score"]
    points = f"{score['points']:>3} of {score['possible']}" if score else ""
    problem = record.entry["problem"] or ""
    return [(record.name, ""), (record.status, _COLORS.get(record.status, "")), (points, ""), (problem, "dim")]
