"""What lies next to a learner's work and contains no answers: folders that tools create, and files that are given."""

from __future__ import annotations

from typing import Final

SKIPPED_FOLDERS: Final = frozenset(("__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"))
"""What macOS puts into archives, Python's caches, and installed packages."""
NOT_ANSWERS: Final = frozenset(("conftest.py", "forward.py", "setup.py", "__init__.py"))
"""Files beside an answer that hold none; read only if there is nothing else."""


def spelled(name: str) -> str:
    """A folder's name as an exercise's: `GPT2 Block` and `gpt2-block` are `gpt2_block`."""
    return name.lower().replace("-", "_").replace(" ", "_")


def is_skipped(folder: str) -> bool:
    """Whether a folder of this name is skipped with everything in it: those listed, and hidden ones (`.git`, `.venv`,
    `.ipynb_checkpoints`, whose copies would be taken for a second answer).

    `.` and `..` are not folder names; the archive reader decides what they mean in a member's path.
    """
    return folder in SKIPPED_FOLDERS or (folder.startswith(".") and folder not in {".", ".."})
