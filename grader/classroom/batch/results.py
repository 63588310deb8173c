"""Write results to disk in several threads, since a disk can sync several files at once."""

from __future__ import annotations

import json
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from grader.classroom.batch.documents import asides_of, for_duplicate, nothing_earned, rendered, ungraded, unloaded_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.classroom.batch.display import Show
    from grader.classroom.batch.order import Graded, Order
    from grader.classroom.batch.store import Record, Store
    from grader.classroom.intake.handed_in import HandedIn
    from grader.grading.submission import Submission

WRITERS: Final = 8
MOST_WAITING: Final = 64
"""Maximum number of results waiting to be written; beyond it, grading waits."""

_SHOWN: Final = ("points", "possible", "correct", "exact", "chained_correct")
"""The parts of a score that grades.csv shows."""
_PLAIN_HEAD = ("version", "criterion", "settings_sha256", "numerics", "notes")


@dataclass(frozen=True, slots=True)
class Regraded:
    """A submission whose grade changed."""

    before: Record
    after: Record


class Results:
    """Takes results in any order; a row is done when its reports are on disk."""

    def __init__(self, order: Order, possible: int, handed_in: Sequence[HandedIn], store: Store, show: Show) -> None:
        self.order = order
        self.possible = possible
        self.store = store
        self.show = show
        self.changes: list[Regraded] = []
        self.duplicates = 0
        """Number of submissions that reused the result of identical code."""
        self.head: Mapping[str, Any] = unloaded_head(order)
        self._handed_in = {each.name: each for each in handed_in}
        self._writers = ThreadPoolExecutor(WRITERS, "writer")
        self._writes: dict[Future[None], Callable[[], None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Keep what was graded, whatever ended the batch."""
        try:
            self.settle(everything=True)
        finally:
            self._writers.shutdown()
            self.store.sync()

    @property
    def writes(self) -> Sequence[Future[None]]:
        """Pending writes."""
        return tuple(self._writes)

    def settle(self, *, everything: bool = False) -> None:
        """Record the writes that are done. Waits while too many are pending, or for all of them with `everything`."""
        while self._writes:
            most = 0 if everything else MOST_WAITING
            pause = None if len(self._writes) > most else 0
            finished, _ = wait(self._writes, timeout=pause, return_when=FIRST_COMPLETED)
            for future in finished:
                booked = self._writes.pop(future)
                future.result()
                booked()
            if not finished or (not everything and len(self._writes) <= most):
                return

    def keep(self, key: str, graded: Graded, then: Callable[[], None] = lambda: None) -> None:
        """Write a result in the background; `then` is called when it is on disk."""
        future = self._writers.submit(self.store.write, graded)
        self._writes[future] = partial(self._book, key, graded.entry, then)

    def known(self, record: Record) -> None:
        """A submission already had its row."""
        self.show.done(record, known=True)

    def unreadable(self, each: HandedIn, problem: str) -> None:
        """Write a row for a submission that its own content made ungradable, unless it already has that row."""
        status = "missing" if each.missing else "unreadable"
        known = self.store.get(each.name)
        if known and self.store.has(each.name) and (known.status, known.entry["problem"]) == (status, problem):
            self.known(known)
        else:
            self._ungraded(each, status, problem, nothing_earned(self.possible))

    def failed(self, each: HandedIn, why: str) -> None:
        """Write a row without a grade, after an internal error."""
        self._ungraded(each, "failed", f"internal error: {why}", None)

    def inaccessible(self, each: HandedIn, why: str) -> None:
        """Write a row without a grade for a submission that the grader could not read."""
        self._ungraded(each, "failed", why, None)

    def take_over(self, key: str, each: HandedIn, submission: Submission, other: str) -> None:
        """Reuse the result of another submission with identical code."""
        full = self.store.document(other).read_bytes()
        report = json.loads(full)["grader"]
        (entry,) = report["submissions"]
        asides = asides_of(full, self.store.student(other).read_bytes())
        file = next(iter(submission.files)) if len(submission.files) == 1 else None
        duplicate = for_duplicate(entry, each.name, str(submission.source), file)
        asides = for_duplicate({**entry, "notes": asides}, each.name, str(submission.source), file)["notes"]
        duplicate["notes"] = [*each.notes, *self._without_intake(duplicate["notes"], other)]
        duplicate["previous_score"] = self.previous(each.name)
        self.duplicates += 1
        self.keep(key, rendered(duplicate, {name: report[name] for name in _PLAIN_HEAD}, self.order, asides))

    def previous(self, name: str) -> Mapping[str, Any] | None:
        """A submission's score from the previous run; None if there is none."""
        record = self.store.get(name)
        return record.entry["score"] if record else None

    def _ungraded(self, each: HandedIn, status: str, problem: str, score: Mapping[str, Any] | None) -> None:
        entry = ungraded(each.name, str(each.source), self.order, status, problem, each.notes)
        entry |= {"score": score, "previous_score": self.previous(each.name)}
        self.keep("", rendered(entry, self.head, self.order))

    def _book(self, key: str, entry: Mapping[str, Any], then: Callable[[], None]) -> None:
        before = self.store.get(entry["name"])
        after = self.store.note(key, entry)
        if before is not None and differs(before, after):
            self.changes.append(Regraded(before, after))
        self.show.done(after)
        then()

    def _without_intake(self, notes: list[str], other: str) -> list[str]:
        """The notes about the code, without those about how the other submission was handed in."""
        theirs = self._handed_in[other].notes if other in self._handed_in else ()
        return notes[len(theirs) :] if tuple(notes[: len(theirs)]) == theirs else notes


def differs(before: Record, after: Record) -> bool:
    """Whether something changed that a table or a summary shows."""
    return _visible(before) != _visible(after)


def _visible(record: Record) -> tuple[Any, ...]:
    score = record.entry["score"]
    shown = score and record.status != "missing"
    return record.status, [score.get(name) for name in _SHOWN] if shown else None, record.entry["verdicts"]
