"""Single keys from a terminal, without waiting for Enter."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable


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
            tty.setcbreak(sys.stdin.fileno())
        threading.Thread(target=self._read, name="grade-watch-keys", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if sys.platform != "win32" and self._before is not None:
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    def _read(self) -> None:
        while True:
            typed = _wait()
            if not typed:
                self._pressed("q")  # the terminal is gone
                return
            if not typed.startswith("\x1b"):  # skip escape sequences, such as arrow keys
                for key in typed:
                    self._pressed(key)


def _wait() -> str:
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch()
    try:
        return os.read(sys.stdin.fileno(), 64).decode("utf-8", "replace")
    except OSError:
        return ""
