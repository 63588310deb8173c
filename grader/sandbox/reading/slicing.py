"""Follows names through a notebook's lines, to the lines that compute them, and makes a function of these."""

from __future__ import annotations

import ast
import builtins
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.sandbox.reading.own_names import Guessed, OwnNames
    from grader.sandbox.reading.steps import Step

_UNUSABLE: Final = re.compile(r"rand\w*|multinomial|bernoulli|normal_?|uniform_?|grad|backward|Generator|open|input")
"""What no gradient uses: a line with one belongs to the setup, to a training loop, or to autograd."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is defined around the flat lines."""

    answered: frozenset[str]
    """Answers that have a function."""
    known: frozenset[str]
    """Names that the module defines: imports, helper functions, classes."""
    stubs: frozenset[str] = frozenset()
    """Answers whose function is still as it was handed out."""


@dataclass(frozen=True, slots=True)
class Made:
    """The functions that were made of lines, and what to note about the choice."""

    functions: tuple[ast.FunctionDef, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    """Line number (0 for the whole file) and text."""


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
            for other in {*self.steps[index].writes} - {*self.steps[index].fresh, *self.steps[index].reads, own}:
                waiting += self.definitions(other, index)  # a loop that adds to several gradients needs each
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
