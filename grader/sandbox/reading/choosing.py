"""Chooses the file to grade from several: the exercise decides, and an untouched stub never beats work."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading.bodies import is_stub
from grader.sandbox.reading.source import NotPythonError
from grader.sandbox.reading.submitted_files import rough_answers
from grader.sandbox.skipped_folders import NOT_ANSWERS, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.sandbox.types import Survey, Wanted

MOST_SURVEYED = 200
"""Files that are parsed to choose one; of more, only the most promising are."""
MOST_NAMED = 3
_EXPECTED = "functions such as def dlogits(...), or lines such as dlogits = ..."
NOTHING = "no Python file or notebook was found; expected backward.py"
_OPENING = ("exercises",)
"""Folders that hold a folder for each exercise."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of a submission, and what is known about it."""

    name: str
    survey: Survey
    broken: bool = False
    """Whether it cannot be parsed, though it seems to have answers."""
    read: bool = True
    """Whether there is code in it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The file to grade, and the others."""

    name: str
    others: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """Which file was read and which were not; empty if there is only one."""
        if not self.others:
            return ""
        named = [shortened(other, 100) for other in self.others[:MOST_NAMED]]
        more = len(self.others) - len(named)
        return f"read: {shortened(self.name, 100)}; not read: {', '.join(named)}{f' and {more} more' if more else ''}"


def choose(files: Mapping[str, bytes], found: Sequence[Candidate], wanted: Wanted | None) -> Chosen:
    """The file to grade.

    Args:
        files: every file that may hold answers.
        found: what is in them.
        wanted: the exercise; None if it is not known.

    Raises:
        NotPythonError: none of them can be an answer.
    """
    candidates = [each for each in found if _may_answer(each, wanted)] or [
        each for each in found if each.read and not _is_code(each.name)
    ]
    if not candidates:
        raise NotPythonError(_nothing(files))
    best = max(candidates, key=lambda each: _promise(each, wanted))
    names = {each.name for each in candidates}
    others = sorted(name for name in files if name != best.name and _is_worth_naming(name, names))
    return Chosen(best.name, tuple(others))


def _nothing(files: Iterable[str]) -> str:
    code = sorted(filter(_is_code, files))
    if code:
        return f"no backward.py was found, only {shortened(', '.join(code), 100)}"
    text = next((name for name in files if not base(name).startswith("readme")), "")
    return (
        f"{shortened(text, 100)}: no gradient was found in its ```python blocks; expected {_EXPECTED}"
        if text
        else NOTHING
    )


def _may_answer(each: Candidate, wanted: Wanted | None) -> bool:
    """Whether a file may be graded at all: a README only if there is work for the exercise in it."""
    if not _is_code(each.name):
        return bool(_of(each.survey.begun, wanted))
    return base(each.name) not in NOT_ANSWERS or bool(each.survey.begun or each.survey.stubs)


def _is_worth_naming(name: str, candidates: Iterable[str]) -> bool:
    return name in candidates or (_is_code(name) and base(name) not in NOT_ANSWERS)


def _is_code(name: str) -> bool:
    return not name.lower().endswith(".md")


def has_work(each: Candidate, wanted: Wanted | None) -> bool:
    """Whether a file has work for the exercise."""
    return bool(_of(each.survey.begun, wanted))


def _promise(each: Candidate, wanted: Wanted | None) -> Any:
    """A sort key: what belongs to the exercise and is begun, then where most of its gradients are, then the name."""
    name, survey = each.name, each.survey
    begun, stubs = _of(survey.begun, wanted), _of(survey.stubs, wanted)
    return (
        not (wanted and is_of_another(name, wanted)),
        2 if begun else 1 if each.broken else 0,
        bool(wanted and is_own(name, wanted)),
        len(begun),
        0 if begun else len(stubs),
        0 if begun else len(survey.begun),
        _is_code(name),
        base(name) == "backward.py",
        base(name) not in NOT_ANSWERS,
        -name.replace("\\", "/").count("/"),
        -len(name),
        name,
    )


def _of(names: Iterable[str], wanted: Wanted | None) -> list[str]:
    return [name for name in names if wanted is None or name in wanted.answers]


def base(name: str) -> str:
    """A file's name without its folders, in small letters."""
    return _parts(name)[-1]


def is_own(name: str, wanted: Wanted) -> bool:
    """Whether a file is in the exercise's own folder."""
    return _whose(name, wanted) == spelled(wanted.exercise)


def is_of_another(name: str, wanted: Wanted) -> bool:
    """Whether a file is in another exercise's folder, as in a workspace."""
    return _whose(name, wanted) not in ("", spelled(wanted.exercise))


def _whose(name: str, wanted: Wanted) -> str:
    """The exercise whose folder holds a file, the innermost if there are several; empty if none does."""
    *folders, _ = _parts(name)
    known = {spelled(each) for each in (wanted.exercise, *wanted.others)}
    for at in reversed(range(len(folders))):
        if folders[at] in known or (at and folders[at - 1] in _OPENING):
            return folders[at]
    return ""


def _parts(name: str) -> list[str]:
    return [spelled(part) for part in name.replace("\\", "/").split("/")]


def most_promising(files: Mapping[str, bytes], wanted: Wanted | None) -> list[str]:
    """The files to survey: all of them, unless there are very many."""
    if len(files) <= MOST_SURVEYED:
        return list(files)
    order = {name: (wanted is None or is_own(name, wanted), rough_answers(data)) for name, data in files.items()}
    return sorted(files, key=order.__getitem__, reverse=True)[:MOST_SURVEYED]


def sorted_answers(found: Iterable[tuple[str, ast.stmt]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of answers that are begun, and of those that are stubs; the last definition of a name counts."""
    last = dict(found)
    stubs = {name: _is_stub(node) for name, node in last.items()}
    return tuple(name for name in last if not stubs[name]), tuple(name for name in last if stubs[name])


def _is_stub(node: ast.stmt) -> bool:
    function = node.value if isinstance(node, ast.Assign) else node
    return isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and is_stub(function)
