"""The catalogues beside a solution: other right formulations, and labelled mistakes.

A file `d<variable>.py` holds blocks, each under a header comment; a block is laid over the worked solution. Any
other file is a whole submission.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import solutions_directory

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise

_HEADER = re.compile(r"^# (form|mistake): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Form:
    """One entry of a catalogue."""

    path: Path
    line: int
    kind: str | None
    """The label of a mistake; None for a right form."""
    note: str
    gradients: tuple[str, ...]
    """The gradients it writes anew; all of the exercise's for a whole submission."""
    source: str
    """The whole file to grade."""

    @property
    def place(self) -> str:
        """Where it stands, as `dprobs.py:12`."""
        return f"{self.path.name}:{self.line}"

    @property
    def files(self) -> dict[str, bytes]:
        """The form as a learner would hand it in."""
        return {"backward.py": self.source.encode()}


def solution_file(exercise: Exercise) -> Path:
    """The worked solution of an exercise."""
    return _solution_folder(exercise) / "backward.py"


def right_forms(exercise: Exercise) -> list[Form]:
    """Every other right formulation, in the order of the files."""
    return _read_catalogue(exercise, "right")


def wrong_forms(exercise: Exercise) -> list[Form]:
    """Every labelled mistake, in the order of the files."""
    return _read_catalogue(exercise, "wrong")


def _solution_folder(exercise: Exercise) -> Path:
    """Beside the exercises that this one stands among, else among the installed ones."""
    beside = exercise.directory.parent.parent / "solutions" / exercise.name
    return beside if beside.is_dir() else solutions_directory() / exercise.name


def _read_catalogue(exercise: Exercise, folder: str) -> list[Form]:
    solution = solution_file(exercise).read_text(encoding="utf-8")
    names = {*exercise.gradients, "gradients"}
    forms: list[Form] = []
    for path in sorted((_solution_folder(exercise) / folder).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.stem in names:
            forms += _read_blocks(path, text, solution, exercise)
        else:
            forms.append(Form(path, 1, None, path.stem, exercise.gradients, text))
    return forms


def _read_blocks(path: Path, text: str, solution: str, exercise: Exercise) -> list[Form]:
    headers = list(_HEADER.finditer(text))
    if not headers:
        raise BrokenExercise(f"{path} has no block: each begins with `# form: ...` or `# mistake: kind -- ...`")
    ends = [header.start() for header in headers[1:]] + [len(text)]
    return [_read_block(path, text, header, end, solution, exercise) for header, end in zip(headers, ends, strict=True)]


def _read_block(path: Path, text: str, header: re.Match[str], end: int, solution: str, exercise: Exercise) -> Form:
    line = text.count("\n", 0, header.start()) + 1
    block = text[header.end() : end]
    kind, _, note = header[2].partition(" -- ") if header[1] == "mistake" else ("", "", header[2])
    defined = _defined(path, line, block)
    gradients = tuple(name for name in exercise.gradients if name in defined)
    if "gradients" in defined:
        gradients = exercise.gradients
    if not gradients:
        raise BrokenExercise(f"{path}:{line}: this block writes none of the exercise's gradients")
    code = block.strip("\n")
    return Form(path, line, kind.strip() or None, note.strip(), gradients, f"{solution}\n\n{code}\n")


def _defined(path: Path, line: int, block: str) -> set[str]:
    """The names that a block gives a value; it begins at the end of its header's line."""
    try:
        tree = ast.parse(block)
    except SyntaxError as error:
        raise BrokenExercise(f"{path}:{line + (error.lineno or 1) - 1}: {error.msg}") from error
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assigned = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return names | assigned
