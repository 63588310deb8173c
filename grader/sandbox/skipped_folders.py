"""Folders that tools create next to a learner's work: they contain no answers, and some contain thousands of files."""

from __future__ import annotations

from typing import Final

SKIPPED_FOLDERS: Final = frozenset(("__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"))
"""What macOS puts into archives, Python's caches, and installed packages."""


def is_skipped(folder: str) -> bool:
    """Whether a folder of this name is skipped with everything in it: those listed, and hidden ones (`.git`, `.venv`,
    `.ipynb_checkpoints`, whose copies would be taken for a second answer).

    `.` and `..` are not folder names; the archive reader decides what they mean in a member's path.
    """
    return folder in SKIPPED_FOLDERS or (folder.startswith(".") and folder not in {".", ".."})
