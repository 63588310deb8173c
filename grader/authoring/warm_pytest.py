"""pytest in forks of a process that has imported torch: most of a short run of tests is that import."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, NoReturn, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from threading import Event

LOOK_SECONDS = 0.1
"""How often a running command is looked at."""
_START_SECONDS = 300.0
_GRACE_SECONDS = 10.0


class Stopped(Exception):
    """A run was ended because everything ends: it says nothing about what was run."""


class WarmPytest:
    """A process that runs pytest in a fork of itself, one run after the other."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from grader.authoring.warm_pytest import serve; serve()"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is the command's to handle
        )

    def run(self, words: Sequence[str], folder: Path, output: Path, seconds: float, stop: Event) -> int | None:
        """pytest's exit code; None if it took too long. No process of the run is left.

        Args:
            words: its arguments.
            folder: where it runs.
            output: the file for what it prints.
            seconds: how long it may take.
            stop: set when everything ends.

        Raises:
            Stopped: everything ended first.
            OSError: this process has ended.
        """
        self._ask(json.dumps([str(folder), str(output), *words]))
        run = self._number(_START_SECONDS, stop)  # the first answer comes when torch has been imported
        if run is None:
            raise TimeoutError("the process that runs pytest does not start")
        try:
            code = self._number(seconds, stop)
        except Stopped:
            _end_group(run)
            raise
        _end_group(run)  # it was ended by now, or what it has started is
        if code is None:
            self._number(_GRACE_SECONDS, stop)
        return code

    def close(self) -> None:
        """End it."""
        _end_group(self._process.pid)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            cast("IO[bytes]", pipe).close()

    def _ask(self, request: str) -> None:
        cast("IO[bytes]", self._process.stdin).write(request.encode() + b"\n")

    def _number(self, seconds: float, stop: Event) -> int | None:
        """The next number that it sends; None if it takes too long."""
        pipe, deadline = cast("IO[bytes]", self._process.stdout), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if stop.is_set():
                raise Stopped
            if select.select([pipe], [], [], min(LOOK_SECONDS, left))[0]:
                text = pipe.readline()
                if not text:
                    raise BrokenPipeError("the process that runs pytest has ended")
                return int(text)
        return None


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def serve() -> None:
    """Run pytest for each line on stdin; answer with the number of its process, then with its exit code."""
    import pytest  # noqa: F401 every fork needs it
    import torch  # noqa: F401

    gc.freeze()  # or each fork would copy the memory of all these objects
    for request in sys.stdin.buffer:
        folder, output, *words = json.loads(request)
        run = os.fork()
        if not run:
            _run(folder, output, words)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(run, run)  # here and in the fork: whoever reads its number may end the group
        sys.stdout.write(f"{run}\n")
        sys.stdout.flush()
        _, status = os.waitpid(run, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(folder: str, output: str, words: Sequence[str]) -> NoReturn:
    """`python -m pytest` in the folder, in this fork."""
    with contextlib.suppress(PermissionError):
        os.setpgid(0, 0)
    code = 3  # pytest's own for an internal error
    try:
        for number, path, mode in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
            opened = os.open(path, mode, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        os.dup2(1, 2)
        os.chdir(folder)
        sys.path[0], sys.argv = folder, ["pytest", *words]
        import pytest

        code = int(pytest.main(list(words)))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code)
