"""The catalogues beside a solution: alternative solutions, and labeled mistakes.

A file `d<variable>.py` holds blocks, each under a header comment; a block overrides parts of the worked solution. Any
other file is a complete submission. A layer's functions answer for all rows, so its blocks are about the row that their
file is named after: `dw.py`, `out.py`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.exercise.forward import BrokenExercise
from grader.exercise.shelf import installed, solutions_directory

if TYPE_CHECKING:
    from grader.exercise.exercise import Exercise

_HEADER = re.compile(r"^# (form|mistake): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Form:
    """One entry of a catalogue."""

    path: Path
    line: int
    kind: str | None
    """The label of a mistake; None for an alternative solution."""
    note: str
    gradients: tuple[str, ...]
    """The gradients it redefines, or a layer's row that it is about; all rows for a complete submission."""
    block: str
    """The code that it lays over the worked solution; the whole file for a complete submission, and for a layer."""
    solution: str = ""
    """The worked solution below it; empty where the block is the whole file."""

    @property
    def source(self) -> str:
        """The whole file to grade."""
        return f"{self.solution}\n\n{self.block}\n" if self.solution else self.block

    @property
    def place(self) -> str:
        """Its file and line, such as `dprobs.py:12`."""
        return f"{self.path.name}:{self.line}"

    @property
    def files(self) -> dict[str, bytes]:
        """The form as a learner would submit it."""
        return {"backward.py": self.source.encode()}


def solution_file(exercise: Exercise) -> Path:
    """The worked solution of an exercise."""
    return _solution_folder(exercise) / "backward.py"


def right_forms(exercise: Exercise) -> list[Form]:
    """Every alternative solution, in file order."""
    return _read_catalogue(exercise, "right")


def wrong_forms(exercise: Exercise) -> list[Form]:
    """Every labeled mistake, in file order."""
    return _read_catalogue(exercise, "wrong")


def _solution_folder(exercise: Exercise) -> Path:
    """The exercise's folder in `solutions` beside its `exercises`, else beside the installed one of its name."""
    folders = [_beside(folder) for folder in (exercise.directory, *installed(exercise.name))]
    return next(filter(Path.is_dir, folders), solutions_directory() / exercise.name)


def _beside(exercise: Path) -> Path:
    return exercise.parent.parent / "solutions" / exercise.name


def _read_catalogue(exercise: Exercise, folder: str) -> list[Form]:
    solution = solution_file(exercise).read_text(encoding="utf-8")
    names = {*exercise.gradients, "gradients"} if exercise.kind == "training" else {*exercise.gradients}
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
        raise BrokenExercise(f"{path} has no blocks; start each with `# form: ...` or `# mistake: kind -- ...`")
    ends = [header.start() for header in headers[1:]] + [len(text)]
    return [_read_block(path, text, header, end, solution, exercise) for header, end in zip(headers, ends, strict=True)]


def _read_block(path: Path, text: str, header: re.Match[str], end: int, solution: str, exercise: Exercise) -> Form:
    line = text.count("\n", 0, header.start()) + 1
    block = text[header.end() : end]
    kind, _, note = header[2].partition(" -- ") if header[1] == "mistake" else ("", "", header[2])
    defined, code = _defined(path, line, block), block.strip("\n")
    if exercise.kind == "layer":
        if defined.isdisjoint(_defined(solution_file(exercise), 1, solution)):
            raise BrokenExercise(f"{path}:{line}: this block redefines nothing of the worked solution")
        return Form(path, line, kind.strip() or None, note.strip(), (path.stem,), f"{solution}\n\n{code}\n")
    gradients = tuple(name for name in exercise.gradients if name in defined)
    if "gradients" in defined:
        gradients = exercise.gradients
    if not gradients:
        raise BrokenExercise(f"{path}:{line}: this block defines none of the exercise's gradients")
    return Form(path, line, kind.strip() or None, note.strip(), gradients, code, solution)


def _defined(path: Path, line: int, block: str) -> set[str]:
    """The names that a block defines; the block starts at the end of its header line."""
    try:
        tree = ast.parse(block)
    except SyntaxError as error:
        raise BrokenExercise(f"{path}:{line + (error.lineno or 1) - 1}: {error.msg}") from error
    names = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assigned = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return names | assigned
