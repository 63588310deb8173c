"""What is to be graded: which submissions of a class, and on which exercise."""

from __future__ import annotations

import fnmatch
import math
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from grader.exercise.nearest import did_you_mean
from grader.exercise.settings import Settings
from grader.exercise.shelf import UnknownExercise, by_functions
from grader.grading.run import start_sandbox
from grader.grading.submission import UnreadableSubmission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.batch.store import Record
    from grader.classroom.intake.handed_in import HandedIn
    from grader.exercise.exercise import Exercise
    from grader.exercise.shelf import Shelf

AGAIN = frozenset(("failed", "unreadable", "refused"))
ABNORMAL = frozenset(("timed_out", "killed"))
"""What `--failed` grades again: states of submissions, and verdicts that an overloaded machine may have caused."""

VOTERS = 25
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which submissions are to be graded: whatever is given has to hold."""

    only: tuple[str, ...] = ()
    """Names, in which * matches anything."""
    since: float = -math.inf
    """Changed at this time or later, in seconds since the epoch."""
    failed: bool = False
    """Those that went wrong."""
    force: bool = False

    @property
    def again(self) -> bool:
        """Whether what is selected is graded even if it was."""
        return self.force or self.failed

    def takes(self, each: HandedIn, record: Record | None) -> bool:
        """Whether a submission, with what is known of it from before, is selected."""
        if self.only and not any(_is_called(each, pattern) for pattern in self.only):
            return False
        return each.modified >= self.since and not (self.failed and not _went_wrong(record))


def check_only(patterns: Sequence[str], handed_in: Sequence[HandedIn]) -> None:
    """Nobody's grading is left out because of a misspelt name.

    Raises:
        click.UsageError: a pattern that nobody is called.
    """
    for pattern in patterns:
        if not any(_is_called(each, pattern) for each in handed_in):
            meant = did_you_mean(pattern, [each.name for each in handed_in], "")
            raise click.UsageError(f"--only {pattern}: nobody is called that. {meant}".rstrip())


def _is_called(each: HandedIn, pattern: str) -> bool:
    names = (each.name, each.raw, each.who.id, each.who.name, each.who.email)
    return any(fnmatch.fnmatchcase(name.casefold(), pattern.casefold()) for name in names if name)


def _went_wrong(record: Record | None) -> bool:
    return record is None or record.status in AGAIN or not ABNORMAL.isdisjoint(record.entry["verdicts"].values())


def moment(text: str | None) -> float:
    """`2026-03-01`, `2026-03-01T12:00` or `8h` ago, as seconds since the epoch; without a text, before everything."""
    if text is None:
        return -math.inf
    if found := re.fullmatch(r"(\d{1,6})([mhdw])", text.strip()):
        return time.time() - int(found[1]) * _UNITS[found[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        raise click.UsageError(f"--since {text}: a date such as 2026-03-01 or a time ago such as 90m, 8h, 2d") from None


def by_vote(source: Path, handed_in: Sequence[HandedIn], shelf: Shelf) -> Exercise:
    """The exercise that most of a class's first submissions are for, by the functions they define.

    Raises:
        click.UsageError: none, or a tie.
    """
    votes: Counter[str] = Counter()
    for functions in islice(_readings(handed_in), VOTERS):
        try:
            votes[by_functions(source, functions, shelf, shelf.load).name] += 1
        except UnknownExercise:
            continue
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        raise click.UsageError(f"which exercise is {source} for? Say it with --exercise: {', '.join(shelf.names())}")
    return shelf.load(ranked[0][0])


def _readings(handed_in: Sequence[HandedIn]) -> Iterator[list[str]]:
    """The functions of every readable submission, as a locked child reads them."""
    with start_sandbox(Settings()) as sandbox:
        for each in handed_in:
            try:
                submission = each.read("")
            except UnreadableSubmission:
                continue
            with sandbox.open(submission.files) as session:
                if session.reading.functions:
                    yield list(session.reading.functions)
