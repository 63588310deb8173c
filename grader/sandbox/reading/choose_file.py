"""Which of a submission's files is the learner's: wrong folders, wrong names and archives are no reason for a zero."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.sandbox.reading import archive
from grader.sandbox.reading.source import NotPythonError, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES_COUNTED = 1 << 20
_DEFINES = re.compile(rb"\bdef (d\w+)|(?:^|\\n|\")(d\w+)[ \t]*[+-]?=", re.MULTILINE)
_NOT_ANSWERS = frozenset(("conftest.py", "forward.py", "setup.py", "__init__.py"))
_HIDDEN = ("__MACOSX", "__pycache__", "node_modules")


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The submission's Python files and notebooks; a zip archive is looked into only where there is nothing else."""
    plain = {name: data for name, data in files.items() if _is_candidate(name)}
    if plain:
        return plain
    zipped = sorted(name for name in files if name.lower().endswith(".zip"))
    if zipped:
        inside = archive.unpack(clean(zipped[0]), files[zipped[0]])
        plain = {name: data for name, data in inside.items() if _is_candidate(name)}
    if not plain:
        raise NotPythonError("no Python file and no notebook was found; expected backward.py")
    return plain


def _is_candidate(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.lower().endswith((".py", ".ipynb")) and not any(
        part.startswith(".") or part in _HIDDEN for part in parts
    )


def choose(files: Mapping[str, bytes]) -> tuple[str, tuple[str, ...]]:
    """backward.py wherever it lies and however it is written; else the file that answers most."""
    by_name = [name for name in files if _base(name) == "backward.py"]
    others = [name for name in files if _base(name) not in _NOT_ANSWERS]
    candidates = by_name or others or [name for name in files if _answers(files[name])]
    if not candidates:
        raise NotPythonError(f"no backward.py was found, only {clean(', '.join(sorted(files)), 100)}")
    best = max(candidates, key=lambda name: (_answers(files[name]), -name.count("/"), -len(name), name))
    return best, tuple(sorted(name for name in files if name != best))


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def _answers(data: bytes) -> int:
    return len(set(_DEFINES.findall(data[:MOST_BYTES_COUNTED])))
