"""Opens a file in the browser without a word on the terminal, which shows a screen."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OPENER = "open" if sys.platform == "darwin" else "xdg-open"


def open_in_browser(path: Path) -> None:
    """Open a file. Where there is no browser nothing happens: the screen has the file's name."""
    threading.Thread(target=_open, args=(path,), name="grade-watch-browser", daemon=True).start()


def _open(path: Path) -> None:
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 the learner's own report
            return
        # A browser in the terminal would take the keys, hence no stdin and a session of its own.
        subprocess.run(
            [OPENER, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    except OSError:
        return
