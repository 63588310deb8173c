"""A process known only by a handle: one that another process forked."""

from __future__ import annotations

import contextlib
import select
import signal
import subprocess


class Stranger:
    """A process that was not started here: it can only be checked whether it has ended. It is used like a `Popen`."""

    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle = handle

    def poll(self) -> int | None:
        """0 once it has ended, whatever its exit code; None before."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end, or raise `TimeoutExpired`."""
        if not select.select([self._handle], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired(f"process {self.pid}", seconds or 0.0)
        return 0

    def kill(self) -> None:
        """Send SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
