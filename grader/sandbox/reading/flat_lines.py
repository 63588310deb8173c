"""Turns a notebook's flat lines (`dprobs = (1/probs)*dlogprobs`) into functions that take what the lines read.

Flat lines are statements outside any function. Each gradient gets the lines that write it, from its first assignment
on, and the lines that compute the intermediate values they use. Other gradients, and values of the forward pass, become
parameters. Nothing is run.
"""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GRADIENT: Final = re.compile(r"d[A-Za-z_]\w*")
_NOT_GRADIENTS: Final = frozenset((
    "data", "dataset", "dataloader", "decode", "dev", "device", "df", "diff", "diffs", "dim", "dims", "display", "dist",
    "dloss", "docs", "done", "dropout", "dt", "dtype",
))  # fmt: skip
"""Names starting with d that notebooks use for something else."""
_ANONYMOUS = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MOST_STEPS: Final = 3000
ENOUGH_OF_A_FORWARD_PASS: Final = 4
"""If this many gradients have their variable in the code as well, the code contains the forward pass."""


@dataclass(frozen=True, slots=True)
class Made:
    functions: tuple[ast.stmt, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    """Line number and text."""


def functions(cells: list[list[ast.stmt]], answered: set[str], known: set[str]) -> Made:
    """Make one function for each gradient that flat lines write and no function computes.

    Args:
        cells: the statements of each cell.
        answered: gradients that have a function.
        known: names defined in the module: imports, helpers, constants.
    """
    steps = [step_of(node, number) for number, cell in enumerate(cells) for node in flat(cell)]
    for index, step in enumerate(steps):
        step.index = index
    written = _gradients(steps) - answered
    if not written:
        return Made()
    if len(steps) > MOST_STEPS:
        return Made(notes=((1, f"more than {MOST_STEPS} lines outside functions: none of them was graded"),))
    used = {name for step in steps for name in called(step.node)}
    made = _Maker(steps, written, known - (answered - used), answered)
    return Made(tuple(made.function(name) for name in made.order), tuple(made.notes))


def _gradients(steps: list[Step]) -> set[str]:
    """The gradients that flat lines write.

    Where there is a forward pass, `dtanh` and `delta` are not gradients: there is no variable `tanh` or `elta`.
    """
    written = {name for step in steps for name in step.fresh if is_gradient(name)}
    made = {name for step in steps for name in step.fresh}
    if sum(name[1:] in made for name in written) < ENOUGH_OF_A_FORWARD_PASS:
        return written
    variables = made | {name for step in steps for name in step.reads}
    return {name for name in written if name[1:] in variables}


def is_placeholder(node: ast.stmt) -> bool:
    """Whether a statement is `dh = None` or `dh = ...`: a gradient still to be written."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return False
    return node.value.value in (None, ...) and any(map(is_gradient, assigned(node)))


def assigned(node: ast.stmt) -> list[str]:
    """The names that `a = b = ...` binds; empty for any other statement."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def assigned_again(body: list[ast.stmt]) -> set[str]:
    """Names written more than once, which are not constants: `n = 32`, and later `n = Xb.shape[0]`."""
    seen: set[str] = set()
    again: set[str] = set()
    for node in body:
        if not keeps_names(node):
            writes = step_of(node, 0).writes
            again |= seen & writes
            seen |= writes
    return again


def is_gradient(name: str) -> bool:
    return GRADIENT.fullmatch(name) is not None and name not in _NOT_GRADIENTS


class _Maker:
    """Finds the lines that belong to each gradient."""

    def __init__(self, steps: list[Step], written: set[str], known: set[str], answered: set[str]) -> None:
        self.steps = steps
        self.written = written
        self.answered = answered
        self.known = known
        self.notes: list[tuple[int, str]] = []
        self.writers: dict[str, list[int]] = {}
        for step in steps:
            for name in step.writes:
                self.writers.setdefault(name, []).append(step.index)
        self.main = self._main_cell()
        self.first_gradient: dict[int, int] = {}
        for step in steps:
            if step.fresh & written:
                self.first_gradient.setdefault(step.cell, step.index)
        self.forward_cells = {
            step.cell
            for step in steps
            if step.index < self.first_gradient.get(step.cell, 0) and any(f"d{name}" in written for name in step.fresh)
        }
        self.episodes = {name: self._episode(name) for name in sorted(written)}

    @property
    def order(self) -> list[str]:
        return sorted(self.episodes, key=lambda name: self.episodes[name][0])

    def _main_cell(self) -> int:
        """The cell that writes the most gradients: the exercise itself, not later variations of it."""
        counts: dict[int, set[str]] = {}
        for step in self.steps:
            counts.setdefault(step.cell, set()).update(step.fresh & self.written)
        return max(counts, key=lambda cell: len(counts[cell]))

    def _episode(self, name: str) -> list[int]:
        """The steps that write a gradient, from one fresh assignment up to the next."""
        starts = [index for index in self.writers[name] if name in self.steps[index].fresh]
        in_main = [index for index in starts if self.steps[index].cell == self.main]
        start = (in_main or starts)[-1]
        if len(starts) > 1:
            line = self.steps[start].node.lineno
            self.notes.append((line, f"{name} is assigned {len(starts)} times; this assignment was used"))
        end = min((index for index in starts if index > start), default=len(self.steps))
        return [index for index in self.writers[name] if start <= index < end]

    def function(self, name: str) -> ast.FunctionDef:
        episode = self.episodes[name]
        slice_, parameters = self._slice(name, episode)
        first, last = self.steps[episode[0]].node, self.steps[episode[-1]].node
        body = [self.steps[index].node for index in sorted(slice_)]
        returned = ast.copy_location(ast.Return(ast.Name(name, ast.Load())), last)
        [made] = ast.parse(f"def {name}({', '.join(parameters)}): pass").body
        assert isinstance(made, ast.FunctionDef)
        ast.copy_location(made, first)
        made.body, made.end_lineno, made.end_col_offset = [*body, returned], last.end_lineno, last.end_col_offset
        return ast.fix_missing_locations(made)

    def _slice(self, name: str, episode: list[int]) -> tuple[set[int], list[str]]:
        taken: set[int] = set()
        parameters: dict[str, None] = {}
        waiting = list(episode)
        while waiting:
            index = waiting.pop()
            if index in taken:
                continue
            taken.add(index)
            for read in self.steps[index].reads:
                if read == name or read in self.known:
                    continue
                made_by = self._made_by(read, index)
                if made_by:
                    waiting += made_by
                elif read in self.writers or not hasattr(builtins, read):
                    parameters[read] = None
                    self._warn_if_unfinished(name, read, index)
        return taken, self._in_order(taken, parameters)

    def _in_order(self, taken: set[int], parameters: dict[str, None]) -> list[str]:
        seen = dict.fromkeys(read for index in sorted(taken) for read in self.steps[index].reads)
        return [name for name in seen if name in parameters]

    def _made_by(self, name: str, before: int) -> list[int]:
        """The steps that compute an intermediate value; empty for a gradient or a value of the forward pass."""
        if name in self.written | self.answered or f"d{name}" in self.written:
            return []
        writers = [index for index in self.writers.get(name, ()) if index < before]
        starts = [index for index in writers if name in self.steps[index].fresh]
        if not starts or self._is_forward(starts[-1]):
            return []
        return [index for index in writers if index >= starts[-1]]

    def _is_forward(self, index: int) -> bool:
        """Whether a line belongs to the forward pass: no gradient comes before it in its cell.

        If gradients follow in the cell, it counts only if the lines before them compute variables.
        """
        cell = self.steps[index].cell
        if cell not in self.first_gradient:
            return True
        return cell in self.forward_cells and index < self.first_gradient[cell]

    def _warn_if_unfinished(self, name: str, read: str, index: int) -> None:
        later = [other for other in self.episodes.get(read, ()) if other > index]
        if later and self.episodes[read][0] < index:
            line = self.steps[index].node.lineno
            self.notes.append((line, f"{name} reads {read} before its last line; its final value is used"))


def split(body: list[ast.stmt], is_border: Callable[[int], bool]) -> list[list[ast.stmt]]:
    """Split a script's statements into cells, where it was exported from a notebook and marks them."""
    cells: list[list[ast.stmt]] = [[]]
    previous = 0
    for node in body:
        if any(map(is_border, range(previous + 1, node.lineno))):
            cells.append([])
        cells[-1].append(node)
        previous = node.end_lineno or node.lineno
    return cells


# One statement: what it sets, changes and reads


@dataclass(slots=True)
class Step:
    """One flat statement: the names it assigns afresh, those it changes, and those whose old value it reads."""

    node: ast.stmt
    cell: int
    index: int = 0
    fresh: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    reads: dict[str, None] = field(default_factory=dict)

    @property
    def writes(self) -> set[str]:
        return self.fresh | self.touched


def flat(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The flat statements, including those in a `with torch.no_grad():` block, which makes no difference here."""
    for node in nodes:
        if isinstance(node, ast.With) and all(item.optional_vars is None for item in node.items):
            yield from flat(node.body)
        elif not keeps_names(node):
            yield node


def step_of(node: ast.stmt, cell: int) -> Step:
    step = Step(node, cell)
    inner: set[str] = set()
    loads: dict[str, tuple[int, int]] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                place = part.lineno, part.col_offset
                loads[part.id] = min(loads.get(part.id, place), place)
            else:
                step.fresh.add(part.id)
        elif isinstance(part, ast.arg):
            inner.add(part.arg)
        elif isinstance(part, ast.comprehension):
            inner |= {name.id for name in ast.walk(part.target) if isinstance(name, ast.Name)}
        else:
            _note_change(part, step)
    step.fresh -= inner | step.touched
    simple = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr)
    here = set() if simple else step.fresh
    step.reads = dict.fromkeys(name for name in sorted(loads, key=loads.__getitem__) if name not in inner | here)
    if simple:
        again = step.fresh & loads.keys()  # `dx = dx + ...` builds on the old value
        step.touched |= again
        step.fresh -= again
    return step


def _note_change(part: ast.AST, step: Step) -> None:
    """Record names that are changed but not assigned afresh: `x += 1`, `x[0] = 1`, `x.add_(1)`."""
    root: str | None = None
    if isinstance(part, ast.AugAssign):
        root = _root(part.target)
    elif isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
        root = _root(part)
    elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) and isinstance(part.value.func, ast.Attribute):
        root = _root(part.value.func)
    if root is not None:
        step.touched.add(root)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def keeps_names(node: ast.stmt) -> bool:
    return isinstance(node, (*_ANONYMOUS, ast.Import, ast.ImportFrom))


def called(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield part.func.id
