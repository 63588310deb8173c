"""The batch itself: submissions in a stable order, each graded at most once, each with a row at the end."""

from __future__ import annotations

import json
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from grader.batch.documents import for_twin, nothing_earned, rendered, ungraded, unloaded_head
from grader.batch.grades import Line, write_grades
from grader.batch.order import Graded, Order, Task
from grader.exercise import BrokenExercise
from grader.names import NamesError
from grader.sandbox.outcome import SandboxError
from grader.submission import Submission, UnreadableSubmission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from grader.batch.store import Record, Store
    from grader.batch.workers import Workers
    from grader.intake.handed_in import HandedIn

MOST_FAILED: Final = 10
"""After so many failures in a row, and nothing graded between them, it is not the submissions: the batch stops."""

TRIES: Final = 2
"""How often a submission is begun before it counts as failed through our fault."""

_TABLE_SECONDS: Final = 5.0
_TABLE_SHARE: Final = 20
"""The table is written again after this many times what writing it took."""


class Show(Protocol):
    """Who is told how it goes."""

    def begin(self, total: int) -> None:
        """So many submissions are to have a row."""

    def done(self, record: Record, *, known: bool = False) -> None:
        """A submission has its row; `known` if it had it before."""

    def again(self, name: str, why: str) -> None:
        """A submission is begun again, through no fault of its own."""


@dataclass(slots=True)
class Work:
    """A submission on its way."""

    handed_in: HandedIn
    submission: Submission
    key: str
    previous: Mapping[str, Any] | None
    tries: int = 0
    begun: float = 0.0
    twins: list[Work] = field(default_factory=list)
    """Others with the same code, waiting for this one."""

    def task(self) -> bytes:
        """As a worker gets it."""
        submission = self.submission
        files = submission.files
        return Task(submission.name, str(submission.source), files, self.handed_in.notes, self.previous).encode()


@dataclass(frozen=True, slots=True)
class Change:
    """A submission whose grade is another one than before."""

    before: Record
    after: Record


class Batch:
    """Everything handed in, graded into a store."""

    def __init__(
        self,
        order: Order,
        possible: int,
        gradients: Sequence[str],
        handed_in: Sequence[HandedIn],
        store: Store,
        show: Show,
    ) -> None:
        self.order = order
        self.possible = possible
        self.gradients = gradients
        self.handed_in = handed_in
        self.store = store
        self.show = show
        self.changes: list[Change] = []
        self.graded = 0
        """Submissions graded in this run, not counting those found done."""
        self.twins = 0
        """Submissions that took over the result of the same code."""
        self._head: dict[str, Any] = unloaded_head(order)
        self._again = False
        self._failed = 0
        self._finished: dict[str, str] = {}
        self._under_way: dict[str, Work] = {}
        self._futures: dict[Future[bytes], Work] = {}
        self._table_due = 0.0

    def run(
        self,
        workers: Callable[[], Workers],
        *,
        again: bool = False,
        selected: Callable[[HandedIn], bool] = lambda _: True,
    ) -> None:
        """Grade what has no result yet, or with `again` everything selected. The workers start only if needed."""
        self._again = again
        self._finished = {} if again else self.store.by_key()
        chosen = [each for each in self.handed_in if selected(each)]
        work = self._work(chosen)
        first = next(work, None)
        try:
            if first is not None:
                running = workers()
                self._head = running.hello()
                self._drive(running, first, work)
        finally:
            self.store.sync()
            self.write_table()

    def write_table(self) -> None:
        """grades.csv, as far as it is known."""
        begun = time.monotonic()
        lines = (Line(each, self.store.get(each.name)) for each in self.handed_in)
        write_grades(self.store.directory, lines, self.gradients)
        now = time.monotonic()
        self._table_due = now + max(_TABLE_SECONDS, _TABLE_SHARE * (now - begun))

    # what has to be done

    def _work(self, chosen: Sequence[HandedIn]) -> Iterator[Work]:
        """What has to be graded, in order; what needs no grading is settled on the way."""
        self.show.begin(len(chosen))
        for each in chosen:
            try:
                submission = each.read(self.order.exercise)
            except UnreadableSubmission as error:
                self._unreadable(each, str(error))
                continue
            work = Work(each, submission, self.order.key(submission), self._previous(each.name))
            if self._is_done(work):
                self.show.done(self.store[each.name], known=True)
            elif not self._twin(work):
                yield work

    def _is_done(self, work: Work) -> bool:
        name = work.handed_in.name
        if self._again or self.store.key(name) != work.key:
            return False
        return self.store.has(name)

    def _twin(self, work: Work) -> bool:
        """Whether somebody's code is the same: then its result is, now or when it is there."""
        if work.key in self._under_way:
            self._under_way[work.key].twins.append(work)
            return True
        other = self._finished.get(work.key)
        if other is None or other == work.handed_in.name or not self.store.has(other):
            return False
        self._take_over(work, other)
        return True

    def _take_over(self, work: Work, other: str) -> None:
        report = json.loads(self.store.document(other).read_bytes())["grader"]
        entry, submission = report["submissions"][0], work.submission
        file = next(iter(submission.files)) if len(submission.files) == 1 else None
        notes = self.store[other].entry["notes"]
        twin = for_twin(entry, submission.name, str(submission.source), file)
        twin["notes"] = [*work.handed_in.notes, *_without_intake(twin["notes"], notes, other, self.handed_in)]
        twin["previous_score"] = work.previous
        head = {name: report[name] for name in ("version", "criterion", "settings_sha256", "numerics", "notes")}
        self.twins += 1
        self._keep(work.handed_in, work.key, rendered(twin, head, self.order))

    def _unreadable(self, each: HandedIn, problem: str) -> None:
        status = "missing" if each.missing else "unreadable"
        known = self.store.get(each.name)
        if known and self.store.has(each.name) and (known.status, known.entry["problem"]) == (status, problem):
            self.show.done(known, known=True)
            return
        self._settle(each, status, problem, nothing_earned(self.possible))

    def _settle(self, each: HandedIn, status: str, problem: str, score: Mapping[str, Any] | None) -> None:
        """A row for what was not graded."""
        entry = ungraded(each.name, str(each.source), self.order, status, problem, each.notes)
        entry |= {"score": score, "previous_score": self._previous(each.name)}
        self._keep(each, "", rendered(entry, self._head, self.order))

    def _previous(self, name: str) -> Mapping[str, Any] | None:
        record = self.store.get(name)
        return record.entry["score"] if record else None

    # doing it

    def _drive(self, workers: Workers, first: Work, rest: Iterator[Work]) -> None:
        waiting: deque[Work] = deque([first])
        exhausted = False
        while True:
            while len(self._futures) < 2 * workers.slots and not (exhausted and not waiting):
                work = waiting.popleft() if waiting else next(rest, None)
                if work is None:
                    exhausted = True
                    continue
                self._begin(workers, work)
            if not self._futures:
                return
            finished, _ = wait(self._futures, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in (*finished, *self._overdue(workers.patience)):
                if (work := self._end(future)) is not None:
                    waiting.append(work)
            if time.monotonic() >= self._table_due:
                self.write_table()

    def _begin(self, workers: Workers, work: Work) -> None:
        work.tries += 1
        work.begun = time.monotonic()
        self._under_way[work.key] = work
        self._futures[workers.submit(work.task())] = work

    def _overdue(self, patience: float) -> list[Future[bytes]]:
        """Tasks that nobody will answer any more."""
        now = time.monotonic()
        return [f for f, work in self._futures.items() if now - work.begun > patience and not f.done()]

    def _end(self, future: Future[bytes]) -> Work | None:
        """Keep a result; a work to begin again if it has none and may still get one."""
        work = self._futures.pop(future)
        try:
            graded = Graded.decode(future.result(timeout=0))
        except (BrokenExercise, NamesError):
            raise
        except Exception as error:  # noqa: BLE001  a worker's end, whichever way the cluster calls it
            return self._lost(work, error)
        del self._under_way[work.key]
        self._finished[work.key] = work.handed_in.name
        self.graded += 1
        self._failed = 0
        self._keep(work.handed_in, work.key, graded)
        for twin in work.twins:
            self._take_over(twin, work.handed_in.name)
        return None

    def _lost(self, work: Work, error: Exception) -> Work | None:
        said = "no answer came" if isinstance(error, TimeoutError) else str(error).strip() or type(error).__name__
        why = said.splitlines()[-1][:300]
        self.store.log(f"{work.handed_in.name}, try {work.tries}: {said}")
        if work.tries < TRIES:
            self.show.again(work.handed_in.name, why)
            return work
        del self._under_way[work.key]
        self._failed += 1
        for each in (work, *work.twins):
            self._settle(each.handed_in, "failed", f"not graded through no fault of its own: {why}", None)
        if self._failed >= MOST_FAILED:
            raise SandboxError(f"{self._failed} submissions in a row could not be graded, so the batch stops: {why}")
        return None

    def _keep(self, each: HandedIn, key: str, graded: Graded) -> None:
        before = self.store.get(each.name)
        after = self.store.add(key, graded)
        if before is not None and _differs(before, after):
            self.changes.append(Change(before, after))
        self.show.done(after)


def _differs(before: Record, after: Record) -> bool:
    return any(before.entry[name] != after.entry[name] for name in ("status", "score", "verdicts"))


def _without_intake(
    notes: Sequence[str], _kept: Sequence[str], other: str, handed_in: Sequence[HandedIn]
) -> Sequence[str]:
    """The notes about the code; those about how somebody else handed it in stay with them."""
    theirs = next((each.notes for each in handed_in if each.name == other), ())
    return notes[len(theirs) :] if tuple(notes[: len(theirs)]) == theirs else notes
