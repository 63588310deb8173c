"""Converts a notebook's flat cells to a backward.py. The sandbox reads the notebook; it is never run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.stubs import NoReset, function_names, pristine_stub

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Reading

HEAD = "# Converted from {file} by `grade import`, which never runs it.\n\n"


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of importing a notebook."""

    text: str
    found: tuple[str, ...]
    missing: tuple[str, ...]
    other: tuple[str, ...]
    """Functions that are not gradients of the exercise."""
    notes: tuple[str, ...]
    """What could not be converted, and which of several attempts was used."""


def import_reading(reading: Reading, exercise: Exercise) -> Imported:
    """The file to write: the learner's gradients, and stubs for the missing ones."""
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
    # What no gradient depends on, such as the lecture's own `cmp` with its `t.grad`, costs nothing and is not told.
    findings = dict.fromkeys(finding for name in found for finding in reading.functions[name].findings)
    broken = (f"{finding.file}:{finding.line}: {finding.message}" for finding in findings)
    return Imported(text, found, missing, other, (*reading.notes, *broken))


def _defines(source: str, name: str) -> bool:
    return re.search(rf"^(def {name}\b|{name} *=)", source, re.MULTILINE) is not None


def _stub(exercise: Exercise, name: str) -> str:
    try:
        return pristine_stub(exercise, name)
    except NoReset:
        return f"def {name}():\n    raise NotImplementedError"
