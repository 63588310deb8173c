"""Whether what a case wants is true: its cells are run, and its gradients compared with those of autograd.

Each notebook is run twice, at the lecture's sizes and at others. After every statement that sets a gradient its value
is compared with autograd's, at the parameters and the minibatch of that moment. The last one in a cell that counts
decides.

    python -m notebooks.corpus.truth [WORDS OF A NAME]     (in tests/)
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import sys
import tempfile
import types
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import torch

from grader.exercise.shelf import load_exercise
from grader.names import PACKAGED_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebooks.corpus.book import Case, Cell

    from grader.exercise.exercise import Exercise

STEPS = ("max_steps = 200000", "max_steps = 2")
STILL = ("lr = 0.1 if i < 100000 else 0.01", "lr = 0.0")
"""Without updates, the last step's gradients are those at the parameters that are there at the end."""
FEWER = ("for _ in range(20):\n    out", "for _ in range(1):\n    out")
OTHER_SIZES = (
    ("batch_size = 32", "batch_size = 20"),
    ("n_embd = 10", "n_embd = 7"),
    ("n_hidden = 64", "n_hidden = 48"),
    ("n_hidden = 200", "n_hidden = 33"),
)
UNREAD = re.compile(r"%%(?!time\b|capture\b)")
MAGIC = re.compile(r"^\s*(?:[!%?].*|[\w.]+\?{1,2}|\w+ = !.*)$")


@dataclass
class Seen:
    """What came of one gradient: how it compared when it was last set."""

    verdicts: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def run(case: Case, exercise: str, dtype: torch.dtype, *, resized: bool) -> Seen:
    """Run a notebook's cells, as far as they run, and compare what the exercise's own cells set."""
    book, seen = case.run or case.book, Seen()
    space: dict[str, Any] = {"__name__": "__main__", "display": print, "__builtins__": __builtins__}
    with _room(resized=resized), _quietly(), _defaults(dtype):
        for cell in book.cells.values():
            if cell.kind == "code":
                counts = _counts(cell, exercise)
                for node in _statements(cell, case, resized=resized):
                    if counts:
                        _provide(node, space, case, exercise)
                    ran = _step(node, space, seen)
                    if counts:
                        _compare(node, space, seen, case, exercise, cell.part if ran or hasattr(node, "body") else "")
    return seen


def _lost(case: Case, exercise: str) -> set[str]:
    """The gradients that are not right: those that read them are given autograd's, as when they are graded."""
    want = case.wants[exercise]
    return {gradient for gradient in want.but if want.verdict(gradient) != {"right"}} | {*case.mended}


def _provide(node: ast.stmt, space: dict[str, Any], case: Case, exercise: str) -> None:
    """Set a gradient that a statement reads where the notebook's own is missing or wrong."""
    read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - {*_written(node)}
    for gradient in read & _lost(case, exercise):
        true = _true(space, case, exercise)[gradient[1:]]
        if not isinstance(space.get(gradient), torch.Tensor) or _verdict(space[gradient].detach(), true) != "right":
            space[gradient] = true


def _counts(cell: Cell, exercise: str) -> bool:
    """Whether a cell holds answers to an exercise. Batch norm's gain and bias may come from exercise 1."""
    return cell.part == exercise or (exercise == "batchnorm" and cell.part == "mlp")


def _step(node: ast.stmt, space: dict[str, Any], seen: Seen) -> bool:
    try:
        exec(compile(ast.Module([node], []), "notebook", "exec"), space)
    except Exception as error:  # noqa: BLE001  # learners' cells raise anything
        seen.errors.append(f"{ast.unparse(node)[:60]}: {type(error).__name__}: {error}")
        return False
    return True


def _statements(cell: Cell, case: Case, *, resized: bool) -> list[ast.stmt]:
    """A cell's statements as they are run; none if it is not Python."""
    text = cell.text
    for old, new in (STEPS, STILL, FEWER, *((*case.resized, *OTHER_SIZES) if resized else ())):
        text = text.replace(old, new)
    if UNREAD.match(text):
        return []
    try:
        return ast.parse(text).body
    except SyntaxError:
        lines = [re.sub(r"^(\s*)%time ", r"\1", line) for line in text.split("\n")]
        lines = ["pass" if MAGIC.match(line) else line for line in lines]
    try:
        return ast.parse("\n".join(lines)).body
    except SyntaxError:
        return []


def _compare(node: ast.stmt, space: dict[str, Any], seen: Seen, case: Case, exercise: str, part: str) -> None:
    """Compare the gradients that a statement sets or changes, if there is an autograd to compare with."""
    wanted = loaded(exercise).gradients
    here = {case.known.get(name, name): name for name in _written(node) if case.known.get(name, name) in wanted}
    here = {name: own for name, own in here.items() if isinstance(space.get(own), torch.Tensor)}
    if part == "mlp" != exercise:  # of batch norm's three, two are in exercise 1
        here.pop("dhprebn", None)
    if here:
        true = _true(space, case, exercise)
        for name, own in here.items():
            seen.verdicts[name] = _verdict(space[own].detach(), true[name[1:]]) if part else "raised"


def _verdict(got: torch.Tensor, true: torch.Tensor) -> str:
    if got.shape != true.shape:
        return "wrong_shape"
    narrow = torch.float32 in (got.dtype, true.dtype)
    largest = max(float(true.abs().max()), 1e-3 if narrow else 1e-6)
    difference = float((got - true).abs().max())
    return "right" if difference <= (2e-4 if narrow else 1e-9) * largest else "wrong_values"


def _written(node: ast.stmt) -> Iterator[str]:
    """The names that a statement sets or changes in place."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        in_place = isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store)
        method = isinstance(part, ast.Attribute) and part.attr.endswith("_")
        if (in_place or method) and isinstance(part.value, ast.Name):
            yield part.value.id


def _true(space: dict[str, Any], case: Case, exercise: str) -> dict[str, torch.Tensor]:
    """The true gradients, at the values that the notebook has now."""
    # The short exercises are parts of the long one; the rest of the network stands for their upstream gradients.
    exercise_ = loaded("mlp" if exercise in ("cross_entropy", "batchnorm") else exercise)
    plain = {case.known.get(name, name): value for name, value in space.items()}
    leaves = {
        name: value.detach().clone().requires_grad_() if value.is_floating_point() else value
        for name, value in plain.items()
        if name in exercise_.inputs_parameters
    }
    with torch.enable_grad():
        values = exercise_.forward(leaves)
        asked = [name for name in exercise_.graded if values[name].requires_grad]
        found = torch.autograd.grad(values["loss"], [values[name] for name in asked])
    return dict(zip(asked, found, strict=True))


@cache
def loaded(exercise: str) -> Exercise:
    """An exercise."""
    return load_exercise(exercise)


# Where the cells run


@contextlib.contextmanager
def _room(*, resized: bool) -> Iterator[None]:
    """A folder with a short list of names; at other sizes, of fewer letters. Nothing is plotted."""
    names = PACKAGED_NAMES.read_text().split()
    names = [name for name in names if max(name) <= "v"] if resized else names
    kept, modules = Path.cwd(), dict(sys.modules)
    pyplot = MagicMock()
    sys.modules.update(
        {
            "matplotlib": MagicMock(pyplot=pyplot),
            "matplotlib.pyplot": pyplot,
            "google": MagicMock(),
            "google.colab": MagicMock(),
        }
    )
    sys.modules["IPython.display"] = types.SimpleNamespace(display=print)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "names.txt").write_text("\n".join(_few(names)))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(kept)
            for name in ("matplotlib", "matplotlib.pyplot", "google", "google.colab", "IPython.display"):
                sys.modules.pop(name, None)
                if name in modules:
                    sys.modules[name] = modules[name]


def _few(names: list[str]) -> list[str]:
    """Some of the names, with all of their letters."""
    with_each = [next(name for name in names if letter in name) for letter in sorted({*"".join(names)})]
    return [*dict.fromkeys([*with_each, *names[::400]])]


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Learners' cells print, and leave files open."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _defaults(dtype: torch.dtype) -> Iterator[None]:
    kept = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(kept)


# What follows for a case


def untrue(case: Case, exercise: str) -> str:
    """The verdicts that a case wants although PyTorch says otherwise; empty if there are none."""
    at_lecture = run(case, exercise, torch.float64, resized=False)
    at_others = run(case, exercise, torch.float64, resized=True)
    want, found = case.wants[exercise], []
    for gradient in loaded(exercise).gradients:
        fair = want.verdict(gradient)
        first, second = at_lecture.verdicts.get(gradient), at_others.verdicts.get(gradient)
        is_so = {
            "right": first == second == "right",
            "wrong_values": "wrong_values" in (first, second),
            "wrong_shape": first == "wrong_shape",
            "hard_coded": first == "right" and second != "right",
            "not_started": first is None,
            "refused": first == "right",  # with autograd's help
        }
        if not any(is_so.get(each, True) for each in fair):
            found.append(f"{gradient} is {first}, {second}, not {'|'.join(sorted(fair))}")
    errors = [*at_lecture.errors, *at_others.errors][:2]
    return f"{case.name} - {exercise}: {len(found)} untrue, as {found[0]}; {errors}" if found else ""


@cache
def _cases() -> list[Case]:
    from notebooks.corpus import CASES

    return CASES


def main(words: list[str]) -> int:
    """Check all cases, or those with these words in their names."""
    torch.set_num_threads(1)
    chosen = [case for case in _cases() if not words or any(word in case.name for word in words)]
    pairs = [(case, exercise) for case in chosen for exercise in case.wants]
    count = 0
    for case, exercise in pairs:
        if fault := untrue(case, exercise):
            print(fault, flush=True)
            count += 1
    print(f"{len(pairs)} pairs of a case and an exercise, {count} faults")
    return bool(count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
