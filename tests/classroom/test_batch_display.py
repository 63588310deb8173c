"""Progress: periodic lines in a log, a table and a bar on a terminal."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console

from grader.classroom.batch import display
from grader.classroom.batch.display import Live, Pace, Plain, pace
from grader.classroom.batch.store import Record

SCORE = {"points": 2, "possible": 3}


def record(name: str, status: str = "graded", problem: str | None = None, score: Any = SCORE) -> Record:
    """A record for one row."""
    return Record("k", {"name": name, "status": status, "problem": problem, "score": score})


@pytest.mark.parametrize(
    ("done", "left", "seconds", "said"),
    [
        (0, 5, 3.0, "0.0/s"),
        (10, 0, 5.0, "2.0/s"),
        (10, 100, 5.0, "2.0/s, 0:50 left"),
        (1, 600, 1.0, "1.0/s, 10:00 left"),
    ],
)
def test_the_pace_is_a_rate_and_the_remaining_time(done: int, left: int, seconds: float, said: str) -> None:
    """In minutes and seconds, and only once something is done."""
    assert pace(done, left, seconds) == said


def test_the_pace_excludes_the_time_that_workers_take_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """And rows that needed no worker, and rows from long ago."""
    now = [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    told = Pace()
    told.count(Record("", record("a").entry))
    assert told.told(50) == "0.0/s"
    for now[0] in (20.0, 20.5, 21.0):
        told.count(record("b"))
    assert told.told(50) == "2.0/s, 0:25 left"
    for step in range(display._COUNTED):
        now[0] = 30.0 + step
        told.count(record("c"))
    assert told.told(50) == "1.0/s, 0:50 left"


def test_no_state_is_shown_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line may be due just before the end."""
    now = [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    with Plain(stream) as plain:
        plain.begin(1)
        now[0] = 6.0
        plain.done(record("a"))
    assert stream.getvalue().count("1 of 1 submissions") == 1


def test_a_log_that_takes_no_more_is_given_up() -> None:
    """Grading goes on when its log is full."""

    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

    with Plain(Full()) as plain:
        plain.begin(1)
        plain.again("a", "died")
        plain.done(record("a"))


def test_a_log_has_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many submissions there are."""
    stream = io.StringIO()
    with Plain(stream) as plain:
        plain.begin(3000)
        for n in range(3000):
            plain.done(record(f"s{n}"), known=n < 1000)
    lines = stream.getvalue().splitlines()
    assert len(lines) <= 3
    assert lines[-1].startswith("3000 of 3000 submissions, ")


def test_a_log_shows_the_state_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With rate and remaining time."""
    monkeypatch.setattr(display, "_LINE_SECONDS", 0)
    stream = io.StringIO()
    plain = Plain(stream)
    plain.begin(3)
    plain.done(record("a"))
    assert "left" not in stream.getvalue(), "the first row says nothing about the rate"
    plain.done(record("b"))
    assert "2 of 3 submissions" in stream.getvalue()
    assert "left" in stream.getvalue()


def test_a_log_names_retries_and_failures() -> None:
    """No internal error is silent."""
    stream = io.StringIO()
    plain = Plain(stream)
    plain.again("a", "the worker process died (signal 9, SIGKILL)")
    plain.done(record("a", "failed", "internal error: x", None))
    assert "a: retrying (the worker process died (signal 9, SIGKILL))" in stream.getvalue()
    assert "a: internal error: x" in stream.getvalue()


def test_quiet_is_quiet() -> None:
    """Results go to stdout, nothing to stderr."""
    stream = io.StringIO()
    with Plain(stream, quiet=True) as plain:
        plain.begin(1)
        plain.again("a", "x")
        plain.done(record("a", "failed", "x", None))
    assert stream.getvalue() == ""


def test_a_terminal_shows_the_last_rows_counts_and_a_bar() -> None:
    """Names and messages are shown verbatim, not as markup."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    with Live(console) as live:
        live.begin(20)
        for n in range(10):
            live.done(record(f"s{n}"))
        live.done(record("[bold]eve[/]", "unreadable", "x" * 300))
        live.again("s3", "died")
        with console.capture() as shown:
            console.print(live._drawn())
    text = shown.get()
    assert "s9" in text
    assert "s0" not in text, "only the last rows"
    assert "[bold]eve[/]" in text
    assert "2 of 3" in text
    assert "10 graded  1 unreadable" in text
    assert "11/20" in text
    assert max(len(re.sub(r"\x1b\[\w+", "", line)) for line in text.splitlines()) <= 100
