"""Turns a notebook's flat lines (`dprobs = (1/probs)*dlogprobs`) into functions that take what the lines read.

Flat lines are statements outside any function. Each gradient gets the lines that write it, from its first assignment
on, and the lines that compute the intermediate values they use, wherever these are. Other gradients, and values of the
forward pass, become parameters. Of several attempts the last one counts. Nothing is run.
"""

from __future__ import annotations

import ast
import builtins
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from grader.sandbox.reading.own_names import OwnNames
from grader.sandbox.reading.steps import FUNCTIONS, LOOPS, Step, flat, step_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.sandbox.types import Wanted

GRADIENT: Final = re.compile(r"d[A-Za-z_]\w*")
_NOT_GRADIENTS: Final = frozenset((
    "data", "dataset", "dataloader", "decode", "dev", "device", "df", "diff", "diffs", "dim", "dims", "display", "dist",
    "dloss", "docs", "done", "dropout", "dt", "dtype",
))  # fmt: skip
"""Names starting with d that notebooks use for something else, unless the exercise has such a gradient."""
MOST_STEPS: Final = 3000
MOST_ATTEMPTS: Final = 10
"""Of each gradient; earlier ones are not considered."""
_SAME_STEP: Final = 3
ENOUGH_OF_A_FORWARD_PASS: Final = 4
"""If this many gradients have their variable in the code as well, the code contains the forward pass."""
_UNUSABLE: Final = re.compile(r"rand\w*|multinomial|bernoulli|normal_?|uniform_?|grad|backward|Generator|open|input")
"""What no gradient uses: a line with one belongs to the setup, to a training loop, or to autograd."""


@dataclass(frozen=True, slots=True)
class CellBody:
    """The statements of a cell, and the number of the exercise that it belongs to."""

    body: list[ast.stmt]
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    functions: tuple[ast.FunctionDef, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    """Line number (0 for the whole file) and text."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is defined around the flat lines."""

    answered: frozenset[str]
    """Answers that have a function."""
    known: frozenset[str]
    """Names that the module defines: imports, helper functions, classes."""
    stubs: frozenset[str] = frozenset()
    """Answers whose function is still as it was handed out."""


def functions(cells: Sequence[CellBody], around: Around, wanted: Wanted | None) -> Made:
    """Make one function for each gradient that flat lines write and no function computes."""
    steps = steps_of(cells, around)
    if len(steps) > MOST_STEPS:
        return Made(notes=((0, f"more than {MOST_STEPS} lines outside functions: none of them was graded"),))
    if wanted is None:
        return _Attempts(steps, Guessed(steps, around), around).made(guessed_gradients(steps) - around.answered)
    if wanted.returns:
        return _TrainingLoop(cells, steps, around, wanted).made()
    names = OwnNames(wanted, _of_exercise(steps, wanted))
    parts = frozenset(cell.part for cell in cells)
    return _Attempts(steps, names, around, wanted, parts).made(frozenset(wanted.answers) - around.answered)


def supporting(
    cells: Sequence[CellBody], needed: Iterable[str], around: Around, wanted: Wanted | None
) -> list[ast.stmt]:
    """The lines that compute what a notebook's functions read from around them: `AXES, HALF = (0, 1), 0.5`.

    Values of the forward pass are not among them: a function asks for these.
    """
    steps = steps_of(cells, around)
    names = OwnNames(wanted, _of_exercise(steps, wanted)) if wanted else Guessed(steps, around)
    slicer = Slicer(steps, names, around, local=True)
    found: set[int] = set()
    for name in needed:
        lines = slicer.definitions(name, len(steps))
        if names.value(name) or names.gradient(name) or not all(slicer.usable[index] for index in lines):
            continue
        part = slicer.slice(name, "", lines)
        if not part.parameters:
            found |= part.steps
    return [steps[index].node for index in sorted(found)]


def _of_exercise(steps: Sequence[Step], wanted: Wanted) -> list[Step]:
    """The lines outside other exercises' parts of the notebook, and outside training loops."""
    alone = [step for step in steps if not (step.is_loop and len(_gradients(step)) > 1)]
    here = [step for step in alone if step.part in (None, wanted.part)]
    return here if any(_gradients(step) for step in here) else alone


def _gradients(step: Step) -> list[str]:
    return [name for name in step.fresh if is_gradient(name) or name.startswith("grad_")]


def steps_of(cells: Sequence[CellBody], around: Around) -> list[Step]:
    """The flat statements of all cells, numbered; helper functions that read flat names are among them."""
    nodes = [(node, number, cell.part) for number, cell in enumerate(cells) for node in flat(cell.body)]
    steps = [
        step_of(*each)
        for each in nodes
        if not isinstance(each[0], FUNCTIONS) or each[0].name not in around.answered | around.known | around.stubs
    ]
    for index, step in enumerate(steps):
        step.index = index
    return steps


def guessed_gradients(steps: Sequence[Step]) -> frozenset[str]:
    """The gradients that flat lines write, where the exercise is not known.

    Where there is a forward pass, `dtanh` and `delta` are not gradients: there is no variable `tanh` or `elta`.
    """
    written = {name for step in steps for name in step.fresh if is_gradient(name)}
    made = {name for step in steps for name in step.fresh}
    if sum(name[1:] in made for name in written) < ENOUGH_OF_A_FORWARD_PASS:
        return frozenset(written)
    variables = made | {name for step in steps for name in step.reads}
    return frozenset(name for name in written if name[1:] in variables)


def is_gradient(name: str) -> bool:
    return GRADIENT.fullmatch(name) is not None and name not in _NOT_GRADIENTS


def assigned(node: ast.stmt) -> list[str]:
    """The names that `a = b = ...` binds; empty for any other statement."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def assigned_again(body: Iterable[ast.stmt]) -> set[str]:
    """Names written more than once, which are not constants: `n = 32`, and later `n = Xb.shape[0]`."""
    seen: set[str] = set()
    again: set[str] = set()
    for node in body:
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
            names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
            writes = {name.id for name in names if isinstance(name.ctx, ast.Store)}
            again |= seen & writes
            seen |= writes
    return again


class Guessed:
    """Stands in for `OwnNames` where the exercise is not known: every name means itself."""

    told: Mapping[str, str] = {}
    outputs: frozenset[str] = frozenset()

    def __init__(self, steps: Sequence[Step], around: Around) -> None:
        self._gradients = guessed_gradients(steps) | around.answered
        self._written = {name for step in steps for name in step.writes}

    def value(self, name: str) -> str | None:
        """A variable whose gradient is written, and whatever the notebook does not compute."""
        given = name not in self._written and not hasattr(builtins, name)
        return name if given or f"d{name}" in self._gradients else None

    def is_tensor(self, _name: str) -> bool:
        return False

    def gradient(self, name: str) -> str | None:
        return name if name in self._gradients else None

    def looks_like_gradient(self, _name: str) -> bool:
        return False

    def is_near(self, _gradient: str, _upstream: str) -> bool:
        return False


@dataclass(slots=True)
class Slice:
    """The lines that compute a gradient, and what they need."""

    steps: set[int] = field(default_factory=set)
    parameters: dict[str, None] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """The learner's own name -> the parameter that it means."""
    unknown: set[str] = field(default_factory=set)
    """Parameters that are neither values nor gradients of the exercise."""


class Slicer:
    """Follows names through the lines, to what computes them.

    Args:
        local: whether gradients are computed here, too, instead of being parameters.
    """

    def __init__(self, steps: Sequence[Step], names: OwnNames | Guessed, around: Around, *, local: bool) -> None:
        self.steps = steps
        self.names = names
        self._around = around
        self._local = local
        self.fresh: dict[str, list[int]] = {}
        """Name -> the lines that assign it afresh."""
        self._writers: dict[str, list[int]] = {}
        for step in steps:
            for name in step.fresh:
                self.fresh.setdefault(name, []).append(step.index)
            for name in step.writes:
                self._writers.setdefault(name, []).append(step.index)
        self.partial: dict[str, list[int]] = {}
        """Gradient -> the lines of the attempt that counts."""
        self.usable: list[bool] = []
        """Whether each line can be part of a function."""
        for step in steps:
            self.usable.append(self._is_usable(step))

    def episode(self, name: str, start: int) -> list[int]:
        """The lines that write a name, from one fresh assignment up to the next."""
        fresh = self.fresh[name]
        after = bisect_right(fresh, start)
        end = fresh[after] if after < len(fresh) else len(self.steps)
        return [index for index in self._writers[name] if start <= index < end]

    def definitions(self, name: str, before: int) -> list[int]:
        """The lines that compute the value a name has before a line; the last ones of all if none comes before."""
        fresh = self.fresh.get(name, [])
        if not fresh:
            return []
        at = bisect_left(fresh, before)
        if at == 0:
            return self.episode(name, fresh[-1]) if before not in fresh else []
        return [index for index in self.episode(name, fresh[at - 1]) if index < before]

    def slice(self, own: str, gradient: str, episode: Iterable[int]) -> Slice:
        """Everything that the lines of an attempt need.

        Args:
            own: the learner's name for the gradient.
            gradient: the exercise's.
        """
        found = Slice()
        waiting = list(episode)
        while waiting:
            index = waiting.pop()
            if index in found.steps:
                continue
            found.steps.add(index)
            for read in self.steps[index].reads:
                if read != own:
                    waiting += self._origin(read, index, gradient, found)
        seen = dict.fromkeys(read for index in sorted(found.steps) for read in self.steps[index].reads)
        order = [found.aliases.get(name, name) for name in seen]
        found.parameters = dict.fromkeys(name for name in order if name in found.parameters)
        return found

    def _origin(self, read: str, at: int, gradient: str, found: Slice) -> list[int]:
        """The lines that compute a name; empty if it becomes a parameter, or is known."""
        lines = self.definitions(read, at)
        if read in self._around.known or (not lines and hasattr(builtins, read) and not self.names.value(read)):
            return []
        given = self._given(read, at, gradient, lines)
        if given is None and lines and all(self.usable[index] for index in lines):
            return lines
        if given is None:
            found.unknown.add(read)
        elif given != read:
            found.aliases[read] = given
        found.parameters[given or read] = None
        return []

    def _given(self, read: str, at: int, gradient: str, lines: Sequence[int]) -> str | None:
        """The gradient or forward value that a name stands for; None if it is neither."""
        meant = None if self._local else self.names.gradient(read)
        if meant == gradient and meant is not None:
            return None
        if meant is not None:
            partial = self.partial.get(meant, [])
            unfinished = partial and partial[0] < at < partial[-1] and set(lines) <= set(partial)
            return None if unfinished else meant  # before its last line, its value is not the gradient
        return None if lines and self._is_local(read, lines) else self.names.value(read)

    def _is_local(self, name: str, lines: Sequence[int]) -> bool:
        """Whether a variable's name stands for something else here: computed from gradients, or a size."""
        for index in lines:
            step = self.steps[index]
            if any(self.names.gradient(read) or (read[:1] == "d" and read in self.fresh) for read in step.reads):
                return True
            if self.names.is_tensor(name) and _unpacks_shape(step.node):
                return True
        return False

    def _is_usable(self, step: Step) -> bool:
        """Whether a line can be part of a function: everything it reads is known or computed by such lines."""
        if any(_UNUSABLE.fullmatch(name) for name in _operations(step.node)):
            return False
        return all(self._can_be_read(read, step.index) for read in step.reads)

    def _can_be_read(self, read: str, at: int) -> bool:
        if read in self._around.known or self.names.gradient(read) or self.names.value(read):
            return True
        lines = self.definitions(read, at)
        if not lines:
            return hasattr(builtins, read) or at in self._writers.get(read, ())
        return all(index >= len(self.usable) or self.usable[index] for index in lines)


def _operations(node: ast.AST) -> Iterator[str]:
    """The names of attributes, and of functions that are called."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            yield part.func.id


def _unpacks_shape(node: ast.stmt) -> bool:
    """`B, T, C = emb.shape`, or `... = emb.size()`."""
    value = getattr(node, "value", None)
    value = value.func if isinstance(value, ast.Call) else value
    return isinstance(value, ast.Attribute) and value.attr in ("shape", "size")


class _Attempts:
    """Finds the lines that belong to each gradient: of several attempts, the last that can be a function."""

    def __init__(
        self,
        steps: list[Step],
        names: OwnNames | Guessed,
        around: Around,
        wanted: Wanted | None = None,
        parts: frozenset[int | None] = frozenset(),
    ) -> None:
        self._steps = steps
        self._names = names
        self._part = wanted.part if wanted else None
        self._has_parts = bool(parts - {None})
        self._has_own_part = self._part is not None and self._part in parts
        passes = {step.index for step in steps if step.is_loop and _repeats_a_pass(step, names)}
        if wanted is None and not any(map(_gradients, (step for step in steps if step.index not in passes))):
            passes = set()  # the gradients of a training loop say which exercise it is
        self._slicer = Slicer(
            [_emptied(step) if step.index in passes else step for step in steps], names, around, local=False
        )
        self._own: dict[str, list[str]] = {}
        for name in {name for step in self._slicer.steps for name in step.fresh}:
            if (gradient := names.gradient(name)) is not None:
                self._own.setdefault(gradient, []).append(name)
        self._notes: list[tuple[int, str]] = []

    def made(self, gradients: frozenset[str]) -> Made:
        chosen = {gradient: attempt for gradient in sorted(gradients) if (attempt := self._chosen(gradient))}
        for gradient, (own, start) in chosen.items():
            self._slicer.partial[gradient] = self._slicer.episode(own, start)
        order = sorted(chosen, key=lambda gradient: chosen[gradient][1])
        made = tuple(self._function(gradient, *chosen[gradient]) for gradient in order)
        self._note_names(gradients - chosen.keys())
        return Made(made, tuple(self._notes))

    def _in_part(self, index: int) -> bool:
        return self._steps[index].part == self._part

    def _chosen(self, gradient: str) -> tuple[str, int] | None:
        """The attempt that counts: the learner's name for the gradient, and its first line."""
        attempts = sorted((index, own) for own in self._own.get(gradient, ()) for index in self._slicer.fresh[own])[
            -MOST_ATTEMPTS:
        ]
        attempts = [(index, own) for index, own in attempts if self._counts(gradient, own, index)]
        if not attempts:
            return None
        _, start, own = max((self._rank(gradient, own, index), index, own) for index, own in attempts)
        among = [index for index, _ in attempts if self._steps[index].part in (self._part, None)]
        if len(among) > 1:
            line = self._steps[start].node.lineno
            self._notes.append((line, f"{gradient} is assigned {len(among)} times; this assignment was used"))
        return own, start

    def _rank(self, gradient: str, own: str, start: int) -> tuple[bool, bool, int]:
        """Attempts of higher rank come first."""
        found = self._slicer.slice(own, gradient, self._slicer.episode(own, start))
        usable = not found.unknown and all(self._slicer.usable[index] for index in found.steps)
        nearness = 0 if self._has_parts else self._nearness(gradient, own, found)
        return self._in_part(start), usable, nearness

    def _counts(self, gradient: str, own: str, start: int) -> bool:
        """Whether an attempt is one at this exercise: those in another one's part only if they are the same step."""
        part = self._steps[start].part
        if not self._has_own_part or part == self._part:
            return True
        found = self._slicer.slice(own, gradient, self._slicer.episode(own, start))
        return self._nearness(gradient, own, found) >= (1 if part is None else _SAME_STEP)

    def _nearness(self, gradient: str, own: str, found: Slice) -> int:
        """How close an attempt is to one step of the chain rule: the closed forms of later exercises skip steps.

        Where nothing says which exercise a cell belongs to, this does.
        """
        others = {name for index in found.steps for name in self._steps[index].fresh - {own}}
        if any(map(self._names.looks_like_gradient, others)):
            return 0  # it goes through gradients that the exercise does not have
        upstream = {name for name in found.parameters if self._names.gradient(name)}
        return 1 + bool(upstream) + bool(upstream and all(self._names.is_near(gradient, each) for each in upstream))

    def _function(self, gradient: str, own: str, start: int) -> ast.FunctionDef:
        episode = self._slicer.episode(own, start)
        found = self._slicer.slice(own, gradient, episode)
        first, last = self._steps[episode[0]].node, self._steps[episode[-1]].node
        body = [self._steps[index].node for index in sorted(found.steps)]
        return function(gradient, found, body, ast.Name(own, ast.Load()), (first, last))

    def _note_names(self, missing: frozenset[str]) -> None:
        """Say which names mean others, and which were not understood."""
        told = [f"{own} as {meant}" for own, meant in sorted(self._names.told.items())]
        if told:
            self._notes.append((0, f"names of the exercise under another name: {', '.join(told[:8])}"))
        unknown = [name for name in sorted(self._slicer.fresh) if self._names.looks_like_gradient(name)]
        if missing and unknown:
            self._notes.append((0, f"not recognized as gradients of this exercise: {', '.join(unknown[:8])}"))


def _repeats_a_pass(step: Step, names: OwnNames | Guessed) -> bool:
    """Whether a loop computes several gradients, or forward values and a gradient: it trains, and is no attempt."""
    gradients = sum(names.gradient(name) is not None for name in step.fresh)
    return gradients > 1 or (gradients > 0 and bool(step.fresh & names.outputs))


def _emptied(step: Step) -> Step:
    return Step(step.node, step.cell, step.part, step.index)


def function(
    name: str, found: Slice, body: Sequence[ast.stmt], result: ast.expr, place: tuple[ast.stmt, ast.stmt]
) -> ast.FunctionDef:
    """A function made of flat lines, located at its first and last one."""
    first, last = place
    aliases = [ast.parse(f"{own} = {meant}").body[0] for own, meant in found.aliases.items()]
    for each in aliases:
        ast.increment_lineno(each, first.lineno - 1)
    returned = ast.copy_location(ast.Return(result), last)
    [made] = ast.parse(f"def {name}({', '.join(found.parameters)}): pass").body
    assert isinstance(made, ast.FunctionDef)
    ast.copy_location(made, first)
    made.body, made.end_lineno, made.end_col_offset = [*aliases, *body, returned], last.end_lineno, last.end_col_offset
    return ast.fix_missing_locations(made)


class _TrainingLoop:
    """Finds the training loop that computes the gradients of all parameters by hand, and makes one function of it.

    One step may also be a function, which the loop calls.
    """

    def __init__(self, cells: Sequence[CellBody], steps: list[Step], around: Around, wanted: Wanted) -> None:
        self._steps = steps
        self._around = around
        self._wanted = wanted
        own = any(cell.part == wanted.part for cell in cells)
        self._blocks = [
            (number, block)
            for number, cell in enumerate(cells)
            if cell.part == wanted.part or not own
            for block in _blocks(cell.body)
            if 2 * _gradients_in(block) >= len(wanted.returns)
        ][-MOST_ATTEMPTS:]

    def made(self) -> Made:
        [answer] = self._wanted.answers
        if answer in self._around.answered:
            return Made()
        found = [(self._names(block), number, block) for number, block in self._blocks]
        counts = [len(self._computed(names, block)) for names, _, block in found]
        if 2 * max(counts, default=0) < len(self._wanted.returns):
            return Made()
        last = max(range(len(counts)), key=lambda index: (counts[index], index))
        names, _, block = found[last]
        missing = [name for name in self._wanted.returns if name not in self._computed(names, block)]
        notes = [(block[0].lineno, f"this loop does not compute {', '.join(missing)}")] if missing else []
        return Made((self._function(answer, *found[last]),), tuple(notes))

    def _names(self, block: Sequence[ast.stmt]) -> OwnNames:
        return OwnNames(self._wanted, [step_of(node, 0) for node in flat(block)], self._before(block))

    def _before(self, block: Sequence[ast.stmt]) -> list[Step]:
        return [step for step in self._steps if step.node.lineno < block[0].lineno and not step.is_loop]

    def _computed(self, names: OwnNames, block: Sequence[ast.stmt]) -> set[str]:
        """The gradients that a block computes."""
        written = {names.gradient(name) for node in flat(block) for name in step_of(node, 0).fresh}
        return {gradient for gradient in self._wanted.returns if gradient in written}

    def _function(self, answer: str, names: OwnNames, number: int, block: Sequence[ast.stmt]) -> ast.FunctionDef:
        before = self._before(block)
        steps = [*before, *(step_of(node, number) for node in flat(block))]
        for index, step in enumerate(steps):
            step.index = index
        slicer = Slicer(steps, names, self._around, local=True)
        found = Slice()
        results: list[ast.expr] = []
        for gradient in self._wanted.returns:
            own = [name for name in slicer.fresh if names.gradient(name) == gradient]
            starts = sorted((slicer.fresh[name][-1], name) for name in own if slicer.fresh[name][-1] >= len(before))
            if not starts:
                results.append(ast.Constant(None))
                continue
            start, name = starts[-1]
            part = slicer.slice(name, gradient, slicer.episode(name, start))
            found.steps |= part.steps
            found.parameters |= part.parameters
            found.aliases |= part.aliases
            results.append(ast.Name(name, ast.Load()))
        body = [steps[index].node for index in sorted(found.steps)]
        return function(answer, found, body, ast.List(results, ast.Load()), (body[0], body[-1]))


def _gradients_in(block: Sequence[ast.stmt]) -> int:
    """About how many gradients a block sets, under whatever names."""
    names = (
        part.id
        for node in block
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )
    return len({name for name in names if name[:1] == "d" or "grad" in name})


def _blocks(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """The bodies of loops and functions, inner ones last."""
    for node in body:
        if isinstance(node, (*LOOPS, *FUNCTIONS)):
            yield node.body
        if not isinstance(node, ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _blocks(getattr(node, name, ()))
