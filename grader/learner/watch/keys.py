"""What a terminal reports: single keys, without waiting for Enter, and that its size has changed."""

from __future__ import annotations

import os
import re
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ESCAPE = "\x1b"
END = "\x04"
"""Ctrl-D; also reported when the terminal is gone."""
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])")
"""What an arrow key or a function key sends."""


class Keys:
    """Puts the terminal in single-key mode, calls back with each key, and restores the terminal on exit."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._before: Any = None

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno(), termios.TCSADRAIN)  # the default drops what has been typed already
        threading.Thread(target=self._read, name="grade-watch-keys", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if sys.platform != "win32" and self._before is not None:
            import termios

            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    def _read(self) -> None:
        while True:
            typed = _wait()
            for key in keys(typed) or END:
                self._pressed(key)
            if not typed:
                return


def keys(typed: str) -> str:
    """The keys in what was read at once. A key that sends a sequence, such as an arrow, counts as Escape."""
    return _SEQUENCE.sub(ESCAPE, typed)


def _wait() -> str:
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch()
    try:
        return os.read(sys.stdin.fileno(), 64).decode("utf-8", "replace")
    except OSError:
        return ""


@contextmanager
def resizes(changed: Callable[[], None]) -> Iterator[None]:
    """Call back, between any two instructions of the main thread, when the terminal's size has changed."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    import signal

    before = signal.signal(signal.SIGWINCH, lambda *_: changed())
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
