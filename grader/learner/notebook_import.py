"""A notebook of flat cells becomes a backward.py, by reading it in the locked child: nothing of it is ever run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.stubs import NoReset, function_names, pristine_stub

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Reading

HEAD = "# Taken from {file} by `grade import`, which reads and never runs it.\n\n"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a notebook came to."""

    text: str
    found: tuple[str, ...]
    missing: tuple[str, ...]
    other: tuple[str, ...]
    """Functions that are no gradient of the exercise."""
    notes: tuple[str, ...]
    """What could not be followed, and what was chosen where there was a choice."""


def import_reading(reading: Reading, exercise: Exercise) -> Imported:
    """The file to write: the learner's gradients, and the stubs of those that are not there."""
    wanted = function_names(exercise)
    found = tuple(name for name in wanted if name in reading.functions)
    missing = tuple(name for name in wanted if name not in reading.functions)
    source = reading.source
    other = tuple(name for name in reading.functions if name not in wanted and _defines(source, name))
    if missing and "import torch" not in source:
        source = f"import torch\n\n\n{source}"
    text = HEAD.format(file=reading.file) + source.rstrip("\n") + "\n"
    for name in missing:
        text += f"\n\n{_stub(exercise, name)}\n"
    said = tuple(note for note in reading.notes if not note.endswith("were taken from flat lines"))
    broken = tuple(f"{finding.file}:{finding.line}: {finding.message}" for finding in reading.findings)
    return Imported(text, found, missing, other, (*said, *broken))


def _defines(source: str, name: str) -> bool:
    return re.search(rf"^(def {name}\b|{name} *=)", source, re.MULTILINE) is not None


def _stub(exercise: Exercise, name: str) -> str:
    try:
        return pristine_stub(exercise, name)
    except NoReset:
        return f"def {name}():\n    raise NotImplementedError"
