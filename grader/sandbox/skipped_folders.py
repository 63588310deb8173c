"""Folders that tools leave beside a learner's work: nobody's answer is in them, and some hold thousands of files."""

from __future__ import annotations

from typing import Final

SKIPPED_FOLDERS: Final = frozenset(("__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"))
"""What macOS puts into archives, Python's caches, and installed packages."""


def is_skipped(folder: str) -> bool:
    """Whether nothing below a folder of this name is read: those listed, and hidden ones (`.git`, `.venv`,
    `.ipynb_checkpoints`, whose copies would be taken for a second answer).

    `.` and `..` are no names of folders; what they mean in an archive's member is for its reader to judge.
    """
    return folder in SKIPPED_FOLDERS or (folder.startswith(".") and folder not in {".", ".."})
