"""Results on their way to the disk: written by a few threads, since a disk can sync several files in one go."""

from __future__ import annotations

import json
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from grader.classroom.batch.documents import for_duplicate, nothing_earned, rendered, ungraded, unloaded_head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.classroom.batch.display import Show
    from grader.classroom.batch.order import Graded, Order
    from grader.classroom.batch.store import Record, Store
    from grader.classroom.intake.handed_in import HandedIn
    from grader.grading.submission import Submission

WRITERS: Final = 8
MOST_WAITING: Final = 64
"""Results that may wait for the disk; then grading waits as well."""

_PLAIN_HEAD = ("version", "criterion", "settings_sha256", "numerics", "notes")


@dataclass(frozen=True, slots=True)
class Regraded:
    """A submission whose grade is another one than before."""

    before: Record
    after: Record


class Results:
    """Takes results in, in any order; a row is done when its documents are on the disk."""

    def __init__(self, order: Order, possible: int, handed_in: Sequence[HandedIn], store: Store, show: Show) -> None:
        self.order = order
        self.possible = possible
        self.store = store
        self.show = show
        self.changes: list[Regraded] = []
        self.duplicates = 0
        """Submissions that took over the result of the same code."""
        self.head: Mapping[str, Any] = unloaded_head(order)
        self._handed_in = {each.name: each for each in handed_in}
        self._writers = ThreadPoolExecutor(WRITERS, "writer")
        self._writes: dict[Future[None], Callable[[], None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever ends the batch: what was graded is kept."""
        try:
            self.settle(everything=True)
        finally:
            self._writers.shutdown()
            self.store.sync()

    @property
    def writes(self) -> Sequence[Future[None]]:
        """What is on its way to the disk."""
        return tuple(self._writes)

    def settle(self, *, everything: bool = False) -> None:
        """Book what is on the disk; wait for some of it where too much is waiting, or for all of it."""
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
        """Have a result written; `then` is called when it is there."""
        future = self._writers.submit(self.store.write, graded)
        self._writes[future] = partial(self._book, key, graded.entry, then)

    def known(self, record: Record) -> None:
        """A submission whose row was there before."""
        self.show.done(record, known=True)

    def unreadable(self, each: HandedIn, problem: str) -> None:
        """A row for what cannot be graded through its author's fault, unless it has that row already."""
        status = "missing" if each.missing else "unreadable"
        known = self.store.get(each.name)
        if known and self.store.has(each.name) and (known.status, known.entry["problem"]) == (status, problem):
            self.known(known)
        else:
            self._ungraded(each, status, problem, nothing_earned(self.possible))

    def failed(self, each: HandedIn, why: str) -> None:
        """A row without a grade: it was our fault."""
        self._ungraded(each, "failed", f"not graded through no fault of its own: {why}", None)

    def take_over(self, key: str, each: HandedIn, submission: Submission, other: str) -> None:
        """The result of somebody whose code is the same."""
        report = json.loads(self.store.document(other).read_bytes())["grader"]
        (entry,) = report["submissions"]
        file = next(iter(submission.files)) if len(submission.files) == 1 else None
        duplicate = for_duplicate(entry, each.name, str(submission.source), file)
        duplicate["notes"] = [*each.notes, *self._without_intake(duplicate["notes"], other)]
        duplicate["previous_score"] = self.previous(each.name)
        self.duplicates += 1
        self.keep(key, rendered(duplicate, {name: report[name] for name in _PLAIN_HEAD}, self.order))

    def previous(self, name: str) -> Mapping[str, Any] | None:
        """A submission's score until now."""
        record = self.store.get(name)
        return record.entry["score"] if record else None

    def _ungraded(self, each: HandedIn, status: str, problem: str, score: Mapping[str, Any] | None) -> None:
        entry = ungraded(each.name, str(each.source), self.order, status, problem, each.notes)
        entry |= {"score": score, "previous_score": self.previous(each.name)}
        self.keep("", rendered(entry, self.head, self.order))

    def _book(self, key: str, entry: Mapping[str, Any], then: Callable[[], None]) -> None:
        before = self.store.get(entry["name"])
        after = self.store.note(key, entry)
        if before is not None and _differs(before, after):
            self.changes.append(Regraded(before, after))
        self.show.done(after)
        then()

    def _without_intake(self, notes: list[str], other: str) -> list[str]:
        """The notes about the code; those about how somebody else handed it in stay with them."""
        theirs = self._handed_in[other].notes if other in self._handed_in else ()
        return notes[len(theirs) :] if tuple(notes[: len(theirs)]) == theirs else notes


def _differs(before: Record, after: Record) -> bool:
    return any(before.entry[name] != after.entry[name] for name in ("status", "score", "verdicts"))
