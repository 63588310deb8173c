"""Writes a forward.py from the forward pass of a notebook: its lines as they are, and an `inputs` that draws what they
read.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from grader.authoring.drawn_inputs import Bound, InputsWriter, InputTensor, draws
from grader.authoring.notebook_pass import LOSS, find_pass
from grader.authoring.notebook_values import run_statements
from grader.authoring.sorted_pass import SortedPass, check_library
from grader.exercise.forward import COTANGENT, OUTPUT, BrokenExercise, find_function
from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.authoring.drawn_inputs import DrawnInput
    from grader.authoring.notebook_pass import CellStatement, NotebookPass
    from grader.authoring.notebook_sizes import NotebookSizes
    from grader.authoring.notebook_values import ValueFacts

MOST_SMALL_NUMBERS = 3
"""Numbers up to this one are seldom sizes where a line has them: `x**2`."""


@dataclass(frozen=True, slots=True)
class WrittenForward:
    """A forward.py, and what was found on the way."""

    text: str
    found: NotebookPass
    """The forward pass in the notebook."""
    data: frozenset[str]
    """The inputs that are no parameters."""
    cotangents: frozenset[str]
    """The variables whose gradient is an input of the notebook, which is called `cot` in the text."""
    sizes: NotebookSizes

    @property
    def notes(self) -> Iterator[str]:
        """What is not as in the notebook."""
        if self.found.loop:
            yield f"the forward and the backward pass are those of the first round of the loop at {self.found.loop}"
        smaller = {name: size for name, size in self.sizes.given().items() if size != self.sizes.used[name]}
        if smaller:
            changed = ", ".join(f"{name}={size} for {self.sizes.used[name]}" for name, size in smaller.items())
            yield f"smaller than in the notebook: {changed}"

    def suspects(self) -> Iterator[str]:
        """The numbers in the lines that may be sizes, such as the 32 of `view(32, -1)`."""
        forward = find_function(ast.parse(self.text), "forward")
        values = {value: name for name, value in self.sizes.used.items() if value > MOST_SMALL_NUMBERS}
        for node in ast.walk(forward) if forward else ():
            if isinstance(node, ast.Constant) and type(node.value) is int and node.value in values:
                yield f"the {node.value} in line {node.lineno} may be {values[node.value]}"

    def settings(self) -> str:
        """What exercise.toml says about such notebooks, so that this one and a learner's are read alike."""
        part = [] if self.found.part is None else [f"part = {self.found.part}"]
        names = ", ".join(f"{own} = {json.dumps(meant)}" for own, meant in self.sizes.synonyms().items())
        rows = [*part, *([f"synonyms = {{{names}}}"] if names else [])]
        return "\n".join(["", "[notebook]", *rows, ""]) if rows else ""


def forward_of(path: Path) -> WrittenForward:
    """The forward.py of a notebook. Its cells are run, up to the loss.

    Raises:
        BrokenExercise: no forward pass was found, or not all that it reads could be made.
    """
    found = find_pass(path)
    check_library(found)
    sorted_out = SortedPass(found, run_statements(found, path.resolve().parent))
    writer = _Writer(sorted_out)
    text = writer.text()
    data = frozenset(writer.renamed(name) for name in sorted_out.read.keys() - {*sorted_out.parameters})
    return WrittenForward(text, found, data, writer.cotangents, sorted_out.sizes)


class _Writer:
    """Writes the file."""

    def __init__(self, sorted_out: SortedPass) -> None:
        self._sorted = sorted_out
        self._generator = self._name_of_generator()
        self._inputs = self._drawn_inputs()
        self._constants: dict[str, str] = {}
        self._also: list[str] = []
        self._body = [*self._forward_lines()]

    def text(self) -> str:
        """The whole file."""
        names = [self.renamed(line.name) for line in self._inputs]
        rows = "".join(f"    {row}\n" for line in self._inputs for row in self.renamed(line.text).split("\n"))
        sizes = [f"{name}={size}" for name, size in self._sorted.sizes.given().items()]
        returned = ", ".join(f"{name!r}: {name}" for name in names)
        body = "".join(f"    {row}\n" if row else "\n" for text in self._body for row in self.renamed(text).split("\n"))
        seeded = f"    {self._generator} = torch.Generator().manual_seed(seed)\n"
        head = f"# The forward pass of {self._sorted.found.name}. Read it, but do not edit it:\n"
        parts = [
            f"{head}# your gradients go into backward.py.",
            "\n".join(self._imports()),
            *([] if sizes else ["SIZES = [{}, {}, {}]"]),
            *(["\n".join(self._constants.values())] if self._constants else []),
            *self._functions(),
            f"def inputs({', '.join(['seed', *sizes])}):\n{seeded}{rows}    return {{{returned}}}",
            f"def forward({', '.join(names)}):\n{body}    return locals()",
        ]
        return "\n\n".join(parts) + "\n"

    def renamed(self, text: str) -> str:
        """A text with other names for the inputs that are called like a variable's gradient: `dout` beside `out`."""
        for name in self.cotangents:
            text = re.sub(rf"\bd{name}\b", COTANGENT if name == OUTPUT else f"{COTANGENT}_{name}", text)
        return text

    @cached_property
    def cotangents(self) -> frozenset[str]:
        """The variables whose gradient is an input."""
        return frozenset(line.name[1:] for line in self._inputs if line.name[:1] == "d") & self._filled

    def _name_of_generator(self) -> str:
        written = [item for values in self._sorted.values.written.values() for item in values.items()]
        taken = {*self._sorted.read} | {name for i in self._sorted.lines for name in self._statement(i).step.writes}
        own = [name for name, facts in written if facts.kind == "generator"]
        return next(name for name in (*own, "g", "generator") if name not in taken)

    def _statement(self, index: int) -> CellStatement:
        return self._sorted.statement(index)

    # inputs()

    def _drawn_inputs(self) -> list[DrawnInput]:
        tensors = [(*self._made(name, index), name, facts) for name, (index, facts) in self._sorted.read.items()
                   if self._is_input(name, facts)]  # fmt: skip
        ordered = [
            InputTensor(name, self._place(name), facts, made, self._bound(name), name in self._sorted.parameters)
            for _, made, name, facts in sorted(tensors, key=lambda each: each[0])
        ]
        return InputsWriter(self._sorted.sizes, self._sorted.numbers, self._generator).lines(ordered)

    def _is_input(self, name: str, facts: ValueFacts) -> bool:
        if facts.kind in ("array", "other") and name not in self._filled:
            remedy = "make it a tensor: `torch.from_numpy(...)`" if facts.kind == "array" else _OF_OBJECTS
            raise BrokenExercise(
                f"{self._place(name)}: this line of the forward pass reads {name}, of type {facts.type}; {remedy}"
            )
        if self._is_fixed(name):
            return False
        return facts.kind in ("tensor", "tensors") or (facts.type == "float" and name in self._sorted.parameters)

    def _place(self, name: str) -> str:
        return self._statement(self._sorted.read[name][0]).place

    @property
    def _filled(self) -> set[str]:
        return {name for index in self._sorted.lines for name in self._statement(index).step.fresh}

    def _made(self, name: str, line: int) -> tuple[int, CellStatement | None]:
        """When an input is made, and the statement that does; None if there are several, or it makes more."""
        writers = self._sorted.writers(name, line)
        alone = len(writers) == 1 and self._statement(writers[0]).step.writes == {name}
        return (writers[-1] if writers else 0), (self._statement(writers[0]) if alone else None)

    def _bound(self, name: str) -> Bound | None:
        """What an input with whole numbers runs over, as the lines use it: `C[Xb]`, `logprobs[range(n), Yb]`."""
        for index in self._sorted.lines:
            known = {**self._sorted.values.read[index], **self._sorted.values.written[index]}
            for node in walk(self._statement(index).node):
                for value, axis in _indexed(node, name):
                    facts = known.get(value)
                    if facts is not None and len(facts.shape) > axis:
                        return Bound(value, axis, facts.shape[axis])
        return None

    # forward()

    def _forward_lines(self) -> Iterator[str]:
        known = {line.name for line in self._inputs}
        reads = [(name, index) for index in self._sorted.lines for name in self._statement(index).step.reads]
        for name, index in reads:
            yield from self._number(name, index, known)
        for index in self._sorted.lines:
            statement = self._statement(index)
            for name in statement.step.reads:
                yield from self._number(name, index, known)
            if statement.above:
                yield statement.above
            text = statement.text if statement is not self._sorted.found.last else self._loss_line()
            yield f"{text} {statement.beside}".rstrip()
            known |= statement.step.writes

    def _loss_line(self) -> str:
        node = self._sorted.found.last.node
        assert isinstance(node, ast.Assign)
        if ast.unparse(node.targets[0]) == LOSS and len(node.targets) == 1 and _tensor(node.value) is node.value:
            return self._sorted.found.last.text
        return f"{LOSS} = {ast.unparse(_tensor(node.value))}"

    def _number(self, name: str, line: int, known: set[str]) -> Iterator[str]:
        """The line that sets a number which a line reads, if what it is computed from is known by then."""
        if name in known or (name not in self._sorted.numbers and not self._is_fixed(name)):
            return
        writers = self._sorted.writers(name, line)
        made = self._statement(writers[0]) if len(writers) == 1 else None
        shaped = self._from_shapes(made)
        if made is not None and shaped and shaped <= known:
            known |= made.step.writes
            yield self._taken_over(made)
        elif not shaped:
            known.add(name)
            yield from self._from_numbers(name, made, line, known)

    def _from_numbers(self, name: str, made: CellStatement | None, line: int, known: set[str]) -> Iterator[str]:
        """The line for a number, or for what is made of numbers alone: a size, a formula of others, or a constant."""
        if place := self._dimension(name):
            yield f"{name} = {place}"
        elif made is not None and made.step.reads and self._reads_only_numbers(made):
            for part in made.step.reads:
                yield from self._number(part, line, known)
            yield self._taken_over(made)
        else:
            self._constants[name] = self._constant(name, made, self._sorted.numbers[name])

    def _taken_over(self, statement: CellStatement) -> str:
        self._also.extend(statement.step.reads)
        return f"{statement.text} {statement.beside}".rstrip()

    def _reads_only_numbers(self, statement: CellStatement) -> bool:
        numbers = self._sorted.numbers
        return all(name in numbers or self._is_definition(name) for name in statement.step.reads)

    def _is_definition(self, name: str) -> bool:
        return any(each.is_definition and name in each.step.fresh for each in self._sorted.found.statements)

    def _is_fixed(self, name: str) -> bool:
        """Whether a tensor of whole numbers is made of sizes alone, as `torch.arange(n)` is: a line, and no input."""
        line, facts = self._sorted.read.get(name, (0, None))
        made = (
            self._made(name, line)[1] if facts is not None and facts.kind == "tensor" and not facts.is_float else None
        )
        if made is None or draws(made.node) or not self._reads_only_numbers(made):
            return False
        return any(each in self._sorted.numbers for each in made.step.reads)

    def _from_shapes(self, made: CellStatement | None) -> set[str]:
        """The tensors of the forward pass whose shapes a number is read from: `B, T = Xb.shape`."""
        tensors = {line.name for line in self._inputs} | self._filled
        return {name for name in made.step.reads if name in tensors} if made else set()

    def _dimension(self, name: str) -> str:
        """Where an input has a size: `Xb.shape[0]`; empty if none has."""
        meant = self._sorted.sizes.meaning(name)
        apart = {*self._sorted.parameters, *(f"d{name}" for name in self.cotangents)}
        data = [line for line in self._inputs if line.name not in apart]
        for line in (*data, *self._inputs):
            if meant in line.dims:
                return f"{line.name}.shape[{line.dims.index(meant)}]"
        return ""

    def _constant(self, name: str, made: CellStatement | None, facts: ValueFacts) -> str:
        if made is not None and not made.step.reads and len(made.step.writes) == 1:
            return f"{made.text} {made.beside}".rstrip()
        return f"{name} = {facts.plain!r}"

    # What stands above

    def _definitions(self) -> list[CellStatement]:
        """The imports, functions and classes that the file needs, in the notebook's order."""
        found: set[int] = set()
        wanted = [name for index in self._sorted.lines for name in self._statement(index).step.reads]
        wanted += self._also
        wanted += [
            node.id for line in self._inputs for node in ast.walk(ast.parse(line.text)) if isinstance(node, ast.Name)
        ]
        while wanted:
            name = wanted.pop()
            for index in range(len(self._sorted.found.statements)):
                statement = self._statement(index)
                if statement.is_definition and {name, "*"} & statement.step.fresh and index not in found:
                    found.add(index)
                    wanted += statement.step.reads
                    self._constants |= self._read_by(statement)
        return [self._statement(index) for index in sorted(found)]

    def _read_by(self, function: CellStatement) -> dict[str, str]:
        """The numbers that a function reads from around it."""
        numbers = {name: self._sorted.numbers[name] for name in function.step.reads if name in self._sorted.numbers}
        return {name: f"{name} = {facts.plain!r}" for name, facts in numbers.items()}

    def _imports(self) -> list[str]:
        own = [each.text for each in self._needed if isinstance(each.node, (ast.Import, ast.ImportFrom))]
        return list(dict.fromkeys(["import torch", *own]))

    def _functions(self) -> list[str]:
        return [each.text for each in self._needed if not isinstance(each.node, (ast.Import, ast.ImportFrom))]

    @cached_property
    def _needed(self) -> list[CellStatement]:
        return self._definitions()


_OF_OBJECTS = "write the line with tensors that have names: what is inside an object cannot be graded"


def _tensor(value: ast.expr) -> ast.expr:
    """The loss as a tensor, where a notebook takes its number at once: `(diff**2).sum().item()`."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "item":
        return value.func.value
    return value


def _indexed(node: ast.AST, name: str) -> Iterator[tuple[str, int]]:
    """The values, and their axes, that a node indexes with a name."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        yield from ((node.value.id, axis) for axis, part in enumerate(parts) if ast.unparse(part) == name)
    if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[0], ast.Name):
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in ("cross_entropy", "nll_loss") and ast.unparse(node.args[1]) == name:
            yield node.args[0].id, 1
        if called == "embedding" and ast.unparse(node.args[0]) == name and isinstance(node.args[1], ast.Name):
            yield node.args[1].id, 0
