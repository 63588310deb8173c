"""The batch: submissions in a stable order, each graded at most once, each with a row at the end."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from grader.classroom.batch.grades import GradesLine, ruling_of, write_grades
from grader.classroom.batch.order import Graded, Order, Task
from grader.classroom.batch.results import Results
from grader.classroom.batch.roll import write_roll
from grader.classroom.batch.ruling import CourseRules, Ruling
from grader.classroom.batch.since_last import told_since
from grader.classroom.people.joining import STRANGER
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Criterion
from grader.grading.submission import Inaccessible, Submission, UnreadableSubmission
from grader.names import NamesError
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.classroom.batch.display import Show
    from grader.classroom.batch.results import Regraded
    from grader.classroom.batch.store import Store
    from grader.classroom.batch.workers import Workers
    from grader.classroom.intake.handed_in import HandedIn

TRIES: Final = 2
"""Attempts at grading a submission before it counts as failed with an internal error."""

MOST_FAILED: Final = 10
"""After this many failures in a row the submissions cannot be the cause, and the batch stops."""

_TABLE_SECONDS: Final = 5.0
_TABLE_SHARE: Final = 20
"""The table is rewritten only after this multiple of the time that writing it took."""


@dataclass(slots=True)
class InProgress:
    """A submission being graded."""

    handed_in: HandedIn
    submission: Submission
    key: str
    previous: Mapping[str, Any] | None
    tries: int = 0
    begun: float = 0.0
    duplicates: list[InProgress] = field(default_factory=list)
    """Submissions with the same code, waiting for this result."""

    @property
    def name(self) -> str:
        """The submission's name."""
        return self.handed_in.name

    def task(self) -> bytes:
        """The encoded task for a worker."""
        submission = self.submission
        notes = tuple(note for note in self.handed_in.notes if note != STRANGER)
        return Task(submission.name, str(submission.source), submission.files, notes, self.previous).encode()


class Batch:
    """Grades everything handed in and writes the results to a store."""

    def __init__(
        self,
        order: Order,
        possible: int,
        gradients: Sequence[str],
        handed_in: Sequence[HandedIn],
        store: Store,
        show: Show,
        rules: CourseRules | None = None,
    ) -> None:
        self.order = order
        self.possible = possible
        self.gradients = gradients
        self.handed_in = handed_in
        self.store = store
        self.show = show
        self.rules = rules or CourseRules()
        self.ruling = Ruling()
        """What the course's rules made of the class when the table was last written."""
        self.graded = 0
        """Number of submissions graded in this run, without those that already had a result."""
        self._results = Results(order, possible, handed_in, store, show)
        self._told_first: tuple[str, ...] = ()
        self._again = False
        self._taken_over: Callable[[Graded], Graded] = lambda graded: graded
        self._failed = 0
        self._finished: dict[str, str] = {}
        self._under_way: dict[str, InProgress] = {}
        self._futures: dict[Future[bytes], InProgress] = {}
        self._table_due = 0.0

    @property
    def changes(self) -> Sequence[Regraded]:
        """The submissions whose grade changed, in the order of the class."""
        places = {each.name: place for place, each in enumerate(self.handed_in)}
        return sorted(self._results.changes, key=lambda change: places[change.after.name])

    @property
    def duplicates(self) -> int:
        """Number of submissions that reused the result of identical code."""
        return self._results.duplicates

    def run(
        self,
        workers: Callable[[], Workers],
        *,
        again: bool = False,
        selected: Callable[[HandedIn], bool] = lambda _: True,
        taken_over: Callable[[Graded], Graded] = lambda graded: graded,
    ) -> None:
        """Grade selected submissions without a result, or with `again` all selected. Workers start only if needed.

        Args:
            workers: starts them.
            again: whether to grade submissions that have a result.
            selected: which submissions to grade.
            taken_over: what to write for a result; see `partial.ChosenGradients`.
        """
        self._again = again
        self._taken_over = taken_over
        self._finished = {} if again else self.store.by_key()
        ruling = ruling_of(self.store.directory, self._lines(), self.rules)
        self._told_first = tuple(told_since(self.store.directory, self.handed_in))
        write_roll(self.store.directory, self.handed_in, ruling.ruled, self.rules.given)
        work = self._work([each for each in self.handed_in if selected(each)])
        try:
            with self._results:
                first = next(work, None)
                if first is not None:
                    running = workers()
                    self._results.head = running.hello()
                    self._say_what_exact_means()
                    self._drive(running, first, work)
        finally:
            self.write_table()

    def _say_what_exact_means(self) -> None:
        """Where bits cannot be required, an instructor who requires them wants to know before a class is graded."""
        if self.order.settings.criterion is Criterion.EXACT:
            for note in self._results.head["notes"]:
                self.show.say(f"note: {note}")

    def write_table(self) -> None:
        """Write grades.csv with the results so far, and in class.json what the course's rules make of them."""
        begun = time.monotonic()
        ruling = write_grades(self.store.directory, self._lines(), self.gradients, self.rules)
        self.ruling = replace(ruling, told=(*self._told_first, *ruling.told))
        if self.ruling.ruled:
            write_roll(self.store.directory, self.handed_in, self.ruling.ruled, self.rules.given)
        now = time.monotonic()
        self._table_due = now + max(_TABLE_SECONDS, _TABLE_SHARE * (now - begun))

    def _lines(self) -> list[GradesLine]:
        return [GradesLine(each, self.store.get(each.name)) for each in self.handed_in]

    # Choosing the work

    def _work(self, chosen: Sequence[HandedIn]) -> Iterator[InProgress]:
        """Yield what must be graded, in order; record everything else on the way."""
        self.show.begin(len(chosen))
        for each in chosen:
            self._results.settle()
            try:
                submission = each.read()
            except Inaccessible as error:
                self._results.inaccessible(each, str(error))
                continue
            except UnreadableSubmission as error:
                self._results.unreadable(each, str(error))
                continue
            work = InProgress(each, submission, self.order.key(submission), self._results.previous(each.name))
            if self._is_done(work):
                self._results.known(self.store[each.name])
            elif not self._duplicates_another(work):
                yield work

    def _is_done(self, work: InProgress) -> bool:
        return not self._again and self.store.key(work.name) == work.key and self.store.has(work.name)

    def _duplicates_another(self, work: InProgress) -> bool:
        """Whether another submission has the same code; if so, reuse its result, now or when it is done."""
        if work.key in self._under_way:
            self._under_way[work.key].duplicates.append(work)
            return True
        other = self._finished.get(work.key)
        if other is None or other == work.name or not self.store.has(other):
            return False
        self._results.take_over(work.key, work.handed_in, work.submission, other)
        return True

    # Doing the work

    def _drive(self, workers: Workers, first: InProgress, rest: Iterator[InProgress]) -> None:
        waiting: deque[InProgress] = deque([first])
        exhausted = False
        while True:
            # Wait until a whole chunk fits: otherwise results that return one by one would be replaced one by one.
            room = len(self._futures) <= workers.window - workers.chunk
            while room and len(self._futures) < workers.window and not (exhausted and not waiting):
                work = waiting.popleft() if waiting else next(rest, None)
                if work is None:
                    exhausted = True
                    continue
                self._begin(workers, work)
            if not self._futures:
                return
            workers.flush()
            pending: list[Future[Any]] = [*self._futures, *self._results.writes]
            wait(pending, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in self._over(workers.patience):
                if (work := self._end(future)) is not None:
                    waiting.append(work)
            self._results.settle()
            if time.monotonic() >= self._table_due:
                self.write_table()

    def _begin(self, workers: Workers, work: InProgress) -> None:
        work.tries += 1
        work.begun = time.monotonic()
        self._under_way[work.key] = work
        self._futures[workers.submit(work.task(), alone=work.tries > 1)] = work

    def _over(self, patience: float) -> list[Future[bytes]]:
        """Tasks that are done or have timed out."""
        now = time.monotonic()
        return [future for future, work in self._futures.items() if future.done() or now - work.begun > patience]

    def _end(self, future: Future[bytes]) -> InProgress | None:
        """Keep a task's result. If it has none and may be retried, return the work to retry."""
        work = self._futures.pop(future)
        try:
            graded = Graded.decode(future.result(timeout=0))
        except (BrokenExercise, NamesError):
            raise
        except Exception as error:  # noqa: BLE001  the cluster raises many types
            return self._lost(work, error)
        self._failed = 0
        self._results.keep(work.key, self._taken_over(graded), partial(self._done, work))
        return None

    def _done(self, work: InProgress) -> None:
        """Its reports are on disk: give the result to its duplicates."""
        del self._under_way[work.key]
        self._finished[work.key] = work.name
        self.graded += 1
        for duplicate in work.duplicates:
            self._results.take_over(duplicate.key, duplicate.handed_in, duplicate.submission, work.name)

    def _lost(self, work: InProgress, error: Exception) -> InProgress | None:
        said = "no answer in time" if isinstance(error, TimeoutError) else str(error).strip() or type(error).__name__
        why = said.splitlines()[-1][:300]
        self.store.log(f"{work.name}, attempt {work.tries}: {said}")
        if work.tries < TRIES:
            self.show.again(work.name, why)
            return work
        del self._under_way[work.key]
        self._failed += 1
        for each in (work, *work.duplicates):
            self._results.failed(each.handed_in, why)
        if self._failed >= MOST_FAILED:
            raise SandboxError(f"batch stopped: {self._failed} submissions in a row could not be graded: {why}")
        return None
