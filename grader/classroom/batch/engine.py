"""A worker's warm engine: one sandbox and one exercise with its cases, for many submissions."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from grader.classroom.batch.documents import rendered
from grader.classroom.batch.order import Order, Task
from grader.exercise.course import FILE as COURSE_FILE
from grader.exercise.settings import Criterion
from grader.exercise.shelf import is_exercise, load_exercise
from grader.grading.run import head
from grader.grading.service import start_sandbox
from grader.grading.submission import Submission
from grader.names import NAMES_VARIABLE
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from grader.classroom.batch.order import Graded
    from grader.exercise.exercise import Exercise
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.forkserver import ForkServer


class Engine:
    """Grades submissions by one order."""

    def __init__(self, order: Order, sandbox: Sandbox | None = None, server: ForkServer | None = None) -> None:
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._own = sandbox is None
        self._forked = False
        self.sandbox = sandbox or start_sandbox(order.settings, load_torch=False, server=server)
        self.sandbox.expect_more()
        self._take(order)

    def _take(self, order: Order) -> None:
        """Load the exercise of an order, and build its cases."""
        self.order = order
        self.exercise = self._exercise()
        self._take_names()
        numerics = self.sandbox.numerics  # loads torch with pinned numerics, before anything else does
        self.head = head(order.settings, [self.exercise], numerics)
        from grader.exercise.case import build_cases
        from grader.grading.grading import OTHER_BITS, start_grading

        self._start = start_grading
        self._settings = settings = replace(order.settings, exact_comparable=numerics.pinned)
        self.cases = build_cases(self.exercise, settings.seed, settings.batch_size, settings.hidden_seed)
        if settings.criterion is Criterion.EXACT and not self.cases.bits_comparable:
            self.head["notes"].append(OTHER_BITS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the sandbox, if this engine started it."""
        if self._own:
            self.sandbox.close()
        if self._scratch is not None and not self._forked:
            self._scratch.cleanup()

    def fork(self) -> int:
        """Fork this process, as `os.fork` does. The child is as warm and has its own sandbox.

        Raises:
            OSError: forking is impossible here.
            SandboxError: the sandbox has died.
        """
        if len(list(Path("/proc/self/task").iterdir())) > 1:
            raise OSError("cannot fork: other threads are running")
        twin = self.sandbox.twin()
        if twin is None:
            raise OSError("cannot fork: the sandbox has no server process")
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:
                twin.leave_behind()
        if pid == 0:
            self._forked = True
            self.sandbox.take(twin)
        return pid

    def check(self) -> dict[str, Any]:
        """Check the isolation and torch; return the head for reports, which describes this machine.

        Raises:
            SandboxError: the isolation level is below the one that the order requires, or torch cannot be used.
        """
        try:
            _ = self.sandbox.isolation
        except SandboxError:
            _ = self.sandbox.isolation  # in case the server was killed during startup; a refusal is final
        self.sandbox.try_torch()
        return self.head

    def turn_to(self, order: bytes) -> None:
        """Go on with another order, for which this sandbox is as good: see `Order.suits`."""
        self._take(Order.decode(order))

    def answer(self, task: bytes) -> bytes:
        """Grade an encoded task; return its encoded result."""
        return self.grade(Task.decode(task)).encode()

    def grade(self, task: Task) -> Graded:
        """Grade one submission, with one retry if the sandbox (not the submission) failed."""
        try:
            return self._grade(task)
        except SandboxError:
            return self._grade(task)

    def _grade(self, task: Task) -> Graded:
        submission = Submission(task.name, Path(task.source), dict(task.files))
        grading = self._start(self.exercise, submission, self.sandbox, self._settings, self.cases)
        entry = grading.document()
        entry["notes"] = [*task.notes, *entry["notes"]]
        entry["previous_score"] = task.previous_score
        return rendered(entry, self.head, self.order, grading.reading.asides if grading.reading else ())

    def _exercise(self) -> Exercise:
        """Load the exercise from its folder if it is there and unchanged, otherwise from the files in the order."""
        there = Path(self.order.directory)
        if is_exercise(there):
            found = load_exercise(there)
            if found.sha256 == self.order.exercise_sha256:
                return found
        own = self._place(self.order.exercise)
        own.mkdir(exist_ok=True)
        for name, text in self.order.files.items():
            (own / name).write_text(text, encoding="utf-8")
        if self.order.course is not None:
            self._place(COURSE_FILE).write_text(self.order.course, encoding="utf-8")
        return load_exercise(own)

    def _place(self, name: str) -> Path:
        """Path for a private file of this engine."""
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="grade-")
        return Path(self._scratch.name, name)

    def _take_names(self) -> None:
        if self.order.names is not None:
            file = self._place("names.txt")
            file.write_text(self.order.names, encoding="utf-8")
            os.environ[NAMES_VARIABLE] = str(file)


def engine_of(server: ForkServer | None, order: bytes) -> Engine:
    """The engine of a process that was started for it.

    Args:
        server: the server forked from this process, if there is one.
        order: an encoded order.
    """
    return Engine(Order.decode(order), server=server)
