"""Choose what to grade: which submissions of a class, and on which exercise."""

from __future__ import annotations

import fnmatch
import glob
import math
import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from grader.exercise.matching import Matching, best
from grader.exercise.nearest import did_you_mean
from grader.exercise.settings import Settings
from grader.exercise.shelf import UnknownExercise, curriculum
from grader.grading.service import start_sandbox
from grader.grading.submission import UnreadableSubmission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.classroom.batch.store import Record
    from grader.classroom.intake.handed_in import HandedIn
    from grader.exercise.exercise import Exercise
    from grader.exercise.shelf import Shelf
    from grader.sandbox.types import Survey

AGAIN = frozenset(("failed", "unreadable", "refused"))
ABNORMAL = frozenset(("timed_out", "killed"))
"""What `--failed` regrades: these submission statuses, and verdicts that an overloaded machine may have caused."""

VOTERS = 25
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which submissions to grade: those that meet every condition given."""

    only: tuple[str, ...] = ()
    """Names or patterns; * matches anything."""
    since: float = -math.inf
    """Only submissions changed at this time or later, in seconds since the epoch."""
    failed: bool = False
    """Only submissions that could not be graded properly: see `AGAIN` and `ABNORMAL`."""
    force: bool = False

    @property
    def again(self) -> bool:
        """Whether selected submissions are graded even if they have a result."""
        return self.force or self.failed

    def among(self, handed_in: Sequence[HandedIn]) -> Selection:
        """This selection of a class: whoever is called exactly like a pattern is meant by it, brackets and all.

        Raises:
            click.UsageError: a pattern matches no submission, so that somebody would silently be left out.
        """
        return replace(self, only=tuple(_meant(pattern, handed_in) for pattern in self.only))

    def takes(self, each: HandedIn, record: Record | None) -> bool:
        """Whether a submission is selected, given its record from earlier runs."""
        if self.only and not any(_is_called(each, pattern) for pattern in self.only):
            return False
        return each.modified >= self.since and not (self.failed and not _went_wrong(record))


def _meant(pattern: str, handed_in: Sequence[HandedIn]) -> str:
    for meant in (glob.escape(pattern), pattern):
        if any(_is_called(each, meant) for each in handed_in):
            return meant
    close = did_you_mean(pattern, [each.name for each in handed_in], "")
    raise click.UsageError(f"--only {pattern}: no submission matches. {close}".rstrip())


def _is_called(each: HandedIn, pattern: str) -> bool:
    names = (each.name, each.raw, each.who.id, each.who.name, each.who.email, each.who.login)
    return any(fnmatch.fnmatchcase(name.casefold(), pattern.casefold()) for name in names if name)


def _went_wrong(record: Record | None) -> bool:
    return record is None or record.status in AGAIN or not ABNORMAL.isdisjoint(record.entry["verdicts"].values())


def moment(text: str | None) -> float:
    """Parse `2026-03-01`, `2026-03-01T12:00` or `8h` (ago).

    Returns:
        Seconds since the epoch; minus infinity without a text.

    Raises:
        click.UsageError: the text is neither a date nor a time ago.
    """
    if text is None:
        return -math.inf
    if found := re.fullmatch(r"(\d{1,6})([mhdw])", text.strip()):
        return time.time() - int(found[1]) * _UNITS[found[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        raise click.UsageError(f"--since {text}: expected a date (2026-03-01) or an age (90m, 8h, 2d)") from None


@dataclass(frozen=True, slots=True)
class Vote:
    """The exercises that a class's submissions are for: one, or the layers of an assignment."""

    exercises: tuple[Exercise, ...]
    rare: tuple[str, ...] = ()
    """Layers that only a few submissions have, and that are therefore not graded."""


_LAYERS = ""
"""What submissions vote for that have layers: all of them together."""


def by_vote(source: Path, handed_in: Sequence[HandedIn], shelf: Shelf) -> Vote:
    """Infer the exercise that most of a class's first submissions are for, from the functions they define.

    If these are files of layers, every layer counts whose functions stand in at least half of them, begun or not.

    Raises:
        click.UsageError: no submission fits an exercise, or there is a tie.
    """
    votes: Counter[str] = Counter()
    layers: Counter[str] = Counter()
    matching = Matching(shelf)
    for surveys in islice(_readings(handed_in), VOTERS):
        try:
            found = matching.matches(source, surveys)
        except UnknownExercise:
            continue
        chosen = best(found).exercise
        votes[_LAYERS if chosen.is_layer else chosen.name] += 1
        if chosen.is_layer:
            layers.update(match.exercise.name for match in matching.assignment(source, surveys))
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        names = ", ".join(shelf.names())
        raise click.UsageError(f"cannot infer the exercise from {source}; name it with --exercise: {names}")
    if ranked[0][0] != _LAYERS:
        return Vote((shelf.load(ranked[0][0]),))
    common = [name for name, count in layers.items() if 2 * count >= votes[_LAYERS]]
    rare = tuple(sorted(layers.keys() - {*common}))
    return Vote(tuple(sorted(map(shelf.load, common), key=curriculum)), rare)


def _readings(handed_in: Sequence[HandedIn]) -> Iterator[tuple[Survey, ...]]:
    """The names in the files of every readable submission, read in a locked child."""
    with start_sandbox(Settings()) as sandbox:
        for each in handed_in:
            try:
                submission = each.read()
            except UnreadableSubmission:
                continue
            with sandbox.open(submission.files) as session:
                if session.reading.surveys:
                    yield session.reading.surveys
