"""Notices changed files: from file-change events where available, otherwise by polling."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

POLL_SECONDS: Final = 0.05
QUIET_MS: Final = 10
"""Editors write in several steps: an event is passed on after this many milliseconds without another."""
LOOK_MS: Final = 1000
"""Without events, the files are looked at all the same: events may begin late, and some file systems have none."""

Stamp = tuple[int, int, int] | None


class Files(threading.Thread):
    """Calls back when a watched file is written, replaced, deleted or created."""

    def __init__(self, files: Sequence[Path], changed: Callable[[], None], *, poll: bool = False) -> None:
        super().__init__(name="grade-watch-files", daemon=True)
        self.how = "polling every 0.05 s" if poll or not has_events() else "file-change events"
        self._files = list(files)
        self._before = self._stamps()
        self._changed = changed
        self._poll = poll or not has_events()
        self._ended = threading.Event()

    def run(self) -> None:
        """Watch until `stop` is called."""
        if not self._poll:
            self._listen()
        self._look()  # also if the watched folder is gone

    def stop(self) -> None:
        """Stop watching."""
        self._ended.set()

    def _listen(self) -> None:
        from watchfiles import watch

        folders = sorted({file.parent for file in self._files})
        try:
            for events in watch(
                *folders,
                watch_filter=None,
                step=QUIET_MS,
                debounce=20 * QUIET_MS,
                rust_timeout=LOOK_MS,
                yield_on_timeout=True,
                recursive=False,
                stop_event=self._ended,
                raise_interrupt=False,
            ):
                changed = self._have_changed()
                if events or changed:
                    self._changed()
        except (OSError, RuntimeError):
            self._changed()

    def _look(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            if self._have_changed():
                self._changed()

    def _have_changed(self) -> bool:
        """Whether a file has changed since the last look."""
        before, self._before = self._before, self._stamps()
        return self._before != before

    def _stamps(self) -> list[Stamp]:
        return [stamp(file) for file in self._files]


def has_events() -> bool:
    """Whether the optional package for file-change events is installed."""
    from importlib.util import find_spec

    return find_spec("watchfiles") is not None


def stamp(file: Path) -> Stamp:
    """Modification time in nanoseconds, size and inode of a file; None if it is missing."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
