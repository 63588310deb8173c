"""An audit of somebody's own tests: a command that accepts a submission or not, tried with known right and wrong ones.

The folder of the tests is copied, and every submission is written into a copy: nothing is changed or left beside the
tests. A submission is accepted if the command exits with 0. Whoever audits tests trusts them, and the submissions are
ours: nothing here is locked in.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.authoring.mutants import mutants_of
from grader.authoring.warm_pytest import LOOK_SECONDS, Stopped, WarmPytest
from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.sandbox.can_fork import can_fork
from grader.sandbox.skipped_folders import is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from grader.exercise.catalogue import Form
    from grader.exercise.exercise import Exercise

MOST_BYTES = 1 << 30
"""A larger folder is not copied: somebody has named their home."""
TAIL_LINES = 20
"""How many of the last lines that the tests printed are shown."""
_TAIL_BYTES = 16 << 10
_NOT_FOUND = (126, 127)
"""What a shell exits with if there is no such program, or it cannot be run."""
_NO_TESTS = 5
"""What pytest exits with if it has found no tests."""


class UnusableTests(Exception):
    """The tests cannot be audited: the message says why, and what to do."""

    def __init__(self, sentence: str, printed: str = "") -> None:
        super().__init__(sentence)
        self.printed = printed
        """The last lines that the tests printed."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Somebody's own tests."""

    directory: Path
    """The folder that is copied, in which the command runs."""
    file: Path
    """Where the tests expect the submission, relative to the folder."""
    command: str | tuple[str, ...]
    """A line for the shell, or the arguments of pytest."""
    seconds: float = 60.0
    """How long one run may take."""

    @classmethod
    def of_pytest(cls, tests: Path, directory: Path, file: Path, seconds: float) -> Suite:
        """Tests that pytest collects from a file or folder in the directory, with this interpreter."""
        where = tests.relative_to(directory).as_posix()
        return cls(directory, file, ("-q", "-x", "-p", "no:cacheprovider", where), seconds)

    @property
    def shown(self) -> str:
        """The command as somebody would type it."""
        return self.command if isinstance(self.command, str) else " ".join(("pytest", *self.command))


@dataclass(frozen=True, slots=True)
class Answer:
    """How the command ended."""

    code: int | None
    """Its exit code; None if it was ended."""
    printed: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the tests accept what they were given."""
        return self.code == 0

    @property
    def timed_out(self) -> bool:
        """Whether it took longer than it may."""
        return self.code is None


@dataclass(frozen=True, slots=True)
class Tried:
    """A form, and whether the tests accept it."""

    form: Form
    accepted: bool
    timed_out: bool = False

    @property
    def right(self) -> bool:
        """Whether it is an alternative solution: everything else is a mistake."""
        return self.form.kind is None


@dataclass
class Audit:
    """Tries submissions with the tests, several at a time, each in a copy of its own.

    Args:
        tests: the tests.
        jobs: how many run at a time.
        seconds: how long all of them may take, from the start on.
    """

    tests: Suite
    jobs: int = 1
    seconds: float = float("inf")
    tried: list[Tried] = field(default_factory=list)
    """What has been tried so far."""

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._deadline = time.monotonic() + self.seconds
        self._scratch = tempfile.TemporaryDirectory(prefix="grade-audit-", ignore_cleanup_errors=True)
        self._copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(self.jobs)
        try:
            check_size(self.tests.directory)
            for number in range(self.jobs):
                self._copies.put(Copy(self.tests, Path(self._scratch.name, str(number)), self._stop))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End what still runs and remove the copies."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
        while not self._copies.empty():
            self._copies.get().close()
        self._scratch.cleanup()

    def check(self, exercise: Exercise) -> None:
        """Check that the tests accept the worked solution and reject the stubs.

        Raises:
            UnusableTests: they do not; an audit would say nothing.
        """
        name, answer = exercise.name, self.answer(solution_file(exercise).read_text(encoding="utf-8"))
        if not answer.accepted:
            raise UnusableTests(_rejected(self.tests, name, answer), _tail(answer.printed))
        stubs = (exercise.directory / "backward.py").read_text(encoding="utf-8")
        if self.answer(stubs).accepted:
            raise UnusableTests(
                f"these tests accept an empty submission: `{self.tests.shown}` exits with 0 for the stubs of {name}, "
                f"written to {self.tests.file}. If the tests read another file, name it with --file"
            )

    def check_again(self, exercise: Exercise) -> None:
        """Check that each copy still accepts the worked solution, now that others have been tried in it.

        Raises:
            UnusableTests: one does not: what the tests leave behind changes what they say.
        """
        source = solution_file(exercise).read_text(encoding="utf-8")
        for _ in range(self.jobs):
            answer = self.answer(source)
            if not answer.accepted:
                raise UnusableTests(
                    f"these tests have accepted the worked solution of {exercise.name} and now reject it: they depend "
                    "on what an earlier run left in their folder. Let them write to a temporary folder",
                    _tail(answer.printed),
                )

    def answer(self, source: str) -> Answer:
        """What the tests say to one submission, and what they print."""
        copy = self._copies.get()
        try:
            return copy.run(source, self.tests.seconds)
        finally:
            self._copies.put(copy)

    def run(self, forms: Sequence[Form]) -> Iterator[Tried]:
        """Try every form for which there is time, in any order."""
        futures = [self._pool.submit(self._try, form) for form in forms]
        for future in as_completed(futures):
            found = _result(future)
            if found is not None:
                self.tried.append(found)
                yield found

    def _try(self, form: Form) -> Tried | None:
        """Whether the tests accept a form; None if there was no time for it."""
        left = self._deadline - time.monotonic()
        if left <= 0 or self._stop.is_set():
            return None
        copy = self._copies.get()
        try:
            answer = copy.run(form.source, min(self.tests.seconds, left))
        except Stopped:
            return None
        finally:
            self._copies.put(copy)
        if answer.timed_out and left < self.tests.seconds:
            return None
        return Tried(form, answer.accepted, answer.timed_out)


class Copy:
    """A copy of the tests' folder, in which one submission after the other is tried."""

    def __init__(self, tests: Suite, folder: Path, stop: threading.Event) -> None:
        self._tests, self._folder, self._stop = tests, folder, stop
        # Links are followed: a link in the copy could lead the tests, or us, to change the original.
        try:
            shutil.copytree(tests.directory, folder, ignore=_left_out)
        except shutil.Error as error:
            path, _, why = error.args[0][0]
            raise UnusableTests(f"{path} cannot be copied: {why}") from error
        self._file = folder / tests.file
        self._output = folder.with_suffix(".output")
        warm = can_fork() and not isinstance(tests.command, str)
        self._warm = WarmPytest(folder.parent, _environment()) if warm else None

    def close(self) -> None:
        """End the process that runs pytest, if there is one."""
        if self._warm is not None:
            self._warm.close()

    def run(self, source: str, seconds: float) -> Answer:
        """Write a submission and run the command.

        Args:
            source: the submission.
            seconds: how long the command may take.

        Raises:
            Stopped: the audit ended first.
        """
        self._file.unlink(missing_ok=True)
        self._file.write_text(source, encoding="utf-8")
        # Python takes a compiled file for this source if both are of the same second and length.
        shutil.rmtree(self._file.parent / "__pycache__", ignore_errors=True)
        self._output.unlink(missing_ok=True)
        code = self._forked(self._warm, seconds) if self._warm is not None else self._ended(seconds)
        self._output.touch()
        with self._output.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return Answer(code, file.read().decode("utf-8", "replace"))

    def _forked(self, warm: WarmPytest, seconds: float) -> int | None:
        try:
            return warm.run([*self._tests.command], self._folder, self._output, seconds, self._stop)
        except OSError as error:
            raise UnusableTests(
                f"{error}; to run it afresh each time, give --command 'python -m {self._tests.shown}'"
            ) from error

    def _ended(self, seconds: float) -> int | None:
        """The exit code of a command that is no pytest in a fork; None if it took too long."""
        command, deadline = self._tests.command, time.monotonic() + seconds
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                command if isinstance(command, str) else [sys.executable, "-m", "pytest", *command],
                shell=isinstance(command, str),
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=sys.platform != "win32",  # so that all its processes can be ended; Ctrl-C is ours
            )
        try:
            while (left := deadline - time.monotonic()) > 0:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(min(LOOK_SECONDS, left))
                if self._stop.is_set():
                    raise Stopped
            return None
        finally:
            _end(process)


def forms_to_try(exercise: Exercise, mutants: int, seed: int) -> list[Form]:
    """Every labeled mistake, every right form and some mutants, shuffled: whatever there is time for is a fair sample.

    Two mutants of the same text are one.
    """
    forms = [*wrong_forms(exercise), *right_forms(exercise)]
    if exercise.kind == "gradients":
        forms += {form.block: form for form in mutants_of(exercise, mutants, seed)}.values()
    random.Random(seed).shuffle(forms)  # noqa: S311 reproducible, not secret
    return forms


def check_size(directory: Path) -> None:
    """Check that a folder is no larger than what somebody would copy.

    Raises:
        UnusableTests: it is.
    """
    size = 0
    for folder, names, files in os.walk(directory, followlinks=True):
        left_out = _left_out(folder, (*names, *files))
        names[:] = [name for name in names if name not in left_out]
        for name in set(files) - left_out:
            with contextlib.suppress(OSError):
                size += Path(folder, name).stat().st_size
            if size > MOST_BYTES:
                raise UnusableTests(
                    f"{directory} is larger than {MOST_BYTES >> 30} GiB, too large to copy: name the folder that holds "
                    "the tests and what they read with --directory"
                )


def _result(future: Future[Tried | None]) -> Tried | None:
    try:
        return future.result()
    except CancelledError:
        return None


def _left_out(folder: str, names: Iterable[str]) -> set[str]:
    """What of a folder is not copied: caches, environments, pipes, dead links, and links to a folder that it is in."""
    here = Path(folder)
    above = {path.resolve() for path in (here, *here.parents)}
    return {
        name
        for name in names
        if not ((path := here / name).is_file() or (path.is_dir() and not is_skipped(name)))
        or (path.is_symlink() and path.resolve() in above)
    }


def _environment() -> dict[str, str]:
    """Nothing compiled is kept, see `Copy.run`; one thread each, because several run at a time."""
    return {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command with every process that it has started."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _rejected(tests: Suite, name: str, answer: Answer) -> str:
    """Why there is nothing to audit, given what the tests said to the worked solution."""
    if answer.timed_out:
        return (
            f"the worked solution of {name} took these tests more than {tests.seconds:g} s; give them more with "
            "--timeout"
        )
    if isinstance(tests.command, str) and answer.code in _NOT_FOUND:
        return f"`{tests.command}` cannot be started; --command is a line for the shell, run in {tests.directory}"
    if not isinstance(tests.command, str) and answer.code == _NO_TESTS:
        return f"pytest finds no tests in {tests.command[-1]}; for tests that it does not collect, give a --command"
    return (
        f"these tests reject the worked solution of {name}: `{tests.shown}` exits with {answer.code}, so that nothing "
        f"can be said about mistakes. It was written to {tests.file}; if the tests read another file, name it with "
        "--file"
    )


def _tail(printed: str) -> str:
    return "\n".join(printed.rstrip().splitlines()[-TAIL_LINES:])
