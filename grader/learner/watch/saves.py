"""Which files have changed: told by the system where that works, else by looking every so often."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

POLL_SECONDS: Final = 0.05
QUIET_MS: Final = 10
"""Editors write in several steps: an event is passed on when there was none for so long."""

Stamp = tuple[int, int, int] | None


class Files(threading.Thread):
    """Calls back when one of some files was written, renamed over, deleted or made."""

    def __init__(self, files: Sequence[Path], changed: Callable[[], None], *, poll: bool = False) -> None:
        super().__init__(name="grade-watch-files", daemon=True)
        self.how = "looking every 0.05 s" if poll or not has_events() else "told by the system"
        self._files = list(files)
        self._changed = changed
        self._poll = poll or not has_events()
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `stop`."""
        if not self._poll:
            self._listen()
        self._look()  # also where the folder that was listened to is gone

    def stop(self) -> None:
        """No more calls."""
        self._ended.set()

    def _listen(self) -> None:
        from watchfiles import watch

        folders = sorted({file.parent for file in self._files})
        try:
            for _ in watch(
                *folders,
                watch_filter=None,
                step=QUIET_MS,
                debounce=20 * QUIET_MS,
                rust_timeout=10_000,
                recursive=False,
                stop_event=self._ended,
                raise_interrupt=False,
            ):
                self._changed()
        except (OSError, RuntimeError):
            self._changed()

    def _look(self) -> None:
        before = [stamp(file) for file in self._files]
        while not self._ended.wait(POLL_SECONDS):
            now = [stamp(file) for file in self._files]
            if now != before:
                before = now
                self._changed()


def has_events() -> bool:
    """Whether the optional package is installed that has the system tell of changes."""
    from importlib.util import find_spec

    return find_spec("watchfiles") is not None


def stamp(file: Path) -> Stamp:
    """What changes when a file does."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
