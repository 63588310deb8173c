"""From the statements of forward() to its lines.

Most statements are a line each. A loop is one line, a step, and so are statements that change a name again. A container
is no line: the lines that read it read the tensors in it.
"""

from __future__ import annotations

import ast
import copy
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.exercise.containers import Substitution, is_container
from grader.exercise.grouping import groups
from grader.exercise.line import STEP, Line, NotALine
from grader.exercise.name_use import NameUse, events, name_use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Read:
    """What the statements of a forward pass say."""

    lines: tuple[Line, ...]
    aliases: dict[str, str]
    """Other names of variables: `residual = x`."""
    end: str
    """What they lead to: `loss`, `out`, or the last name assigned."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What a name stands for that is no variable."""

    statements: tuple[ast.stmt, ...]
    """They make it, in order."""
    reads: tuple[str, ...]
    """The variables and inputs that they read."""
    value: ast.expr | None = None
    """The expression, if the name can be replaced by it."""


def read_lines(
    tree: ast.Module,
    function: ast.FunctionDef,
    source: str,
    parameters: Sequence[str],
    packed: Mapping[str, ast.expr],
    inside: Collection[str] = (),
) -> Read:
    """The lines of forward().

    Args:
        tree: the file.
        function: forward(), which ends in a `return`.
        source: the file's text.
        parameters: the inputs by name; of a dict of tensors, the tensors in it.
        packed: for each parameter that is a dict, list or object of tensors, the expression that makes it from them.
        inside: more names that are no variables, for what they hold: complex numbers.

    Raises:
        NotALine: a statement cannot be part of a forward pass.
    """
    return _Reader(tree, source, parameters, packed, frozenset(inside)).read(function)


@dataclass
class _Reader:
    tree: ast.Module
    source: str
    parameters: Sequence[str]
    packed: Mapping[str, ast.expr]
    inside: frozenset[str]
    lines: list[Line] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    held: dict[str, _Held] = field(default_factory=dict)
    texts: dict[ast.stmt, str] = field(default_factory=dict)
    """Of statements that do not stand in the file as they are."""

    def read(self, function: ast.FunctionDef) -> Read:
        """All lines; those of one file, as the names are kept."""
        self.known, self.inputs = dict.fromkeys(self.parameters), {*self.parameters, *self.packed}
        self.written = self.source.encode().splitlines(keepends=True)
        for name, value in self.packed.items():
            statement = _assign(ast.Name(name, ast.Store()), value, function)
            self.held[name] = _Held((statement,), self._reads(name_use(statement)), value)
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        statements = [part for statement in body[:-1] for part in self._parts(self._substituted(statement))]
        uses = list(_with_other_names(statements))
        end, name = _end(statements, uses)
        statements, uses = statements[: end + 1], uses[: end + 1]
        self._check_inputs(statements, uses, name)
        for first, last in groups(statements, uses, self.source.splitlines(), self.inputs):
            later = {name, *(read for use in uses[last + 1 :] for read in use.reads)}
            self._group(statements[first : last + 1], uses[first : last + 1], later)
        return Read(tuple(self.lines), self.aliases, name)

    # statements

    def _parts(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        """The simple statements that a statement stands for; none if it computes nothing."""
        if not isinstance(statement, (ast.Assign, ast.FunctionDef, ast.ClassDef)):
            for node in _own_nodes(statement):
                if type(node) in _REFUSED:
                    raise NotALine(node, _REFUSED[type(node)])
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            assignment = ast.Assign([statement.target], statement.value)
            yield from self._assignments(ast.copy_location(assignment, statement))
        elif isinstance(statement, ast.Assign):
            yield from self._assignments(statement)
        elif name_use(statement).touched:
            yield statement

    def _assignments(self, statement: ast.Assign) -> Iterator[ast.stmt]:
        """A walrus and each further target of `a = b = ...` are assignments of their own."""
        value, first, *others = statement.value, *statement.targets
        if any(isinstance(node, ast.NamedExpr) for node in ast.walk(value)):
            value = copy.deepcopy(value)
            for node in list(_walruses(value)):
                yield self._written_out(node.target, node.value, statement)
                value = _Replaced(node, ast.Name(node.target.id, ast.Load())).visit(value)
        elif not others and not isinstance(first, ast.Tuple) and not _is_idle(first, value):
            yield statement
            return
        if not others:
            yield from self._elements(first, value, statement)
            return
        if not isinstance(first, ast.Name):
            raise NotALine(statement, "assign to the names of a tuple in a line of its own")
        yield self._written_out(first, value, statement)
        for other in others:
            yield self._written_out(other, ast.Name(first.id, ast.Load()), statement)

    def _elements(self, target: ast.expr, value: ast.expr, statement: ast.Assign) -> Iterator[ast.stmt]:
        """`a, b = x, y` as two assignments, if one of the values is only another name; none for `W = W`."""
        one = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, (ast.Tuple, ast.List)):
            several = list(zip(target.elts, value.elts, strict=False))
            changed = [pair for pair in several if not _is_idle(*pair)]
            read = {name for _, value in changed for name, _ in events(value)}
            apart = not read & {name for target, _ in changed for name, _ in events(target)}
            if len(target.elts) == len(value.elts) and apart and any(isinstance(v, ast.Name) for _, v in several):
                one = several
        make = self._written_out if len(one) > 1 else _assign
        for its_target, its_value in one:
            if not _is_idle(its_target, its_value):
                yield make(its_target, its_value, statement)

    def _written_out(self, target: ast.expr, value: ast.expr, at: ast.stmt) -> ast.stmt:
        made = _assign(target, value, at)
        self.texts[made] = ast.unparse(made)
        return made

    def _check_inputs(self, statements: Sequence[ast.stmt], uses: Sequence[NameUse], end: str) -> None:
        """Refuse a change of an input in place, and an input's name for what the forward pass ends in."""
        for statement, use in zip(statements, uses, strict=True):
            for name in sorted(use.changes - set(use.stores)):
                if name in self.inputs:
                    raise NotALine(
                        statement,
                        f"this changes {name} in place, which is an input; copy it first and change the copy: "
                        f"`{name}1 = {name}.clone()`",
                    )
        if end in self.inputs:
            raise NotALine(
                statements[-1], f"{end} is the name of an input; give the result its own name, such as `out = ...`"
            )

    # lines

    def _group(self, written: Sequence[ast.stmt], uses: Sequence[NameUse], later: Collection[str]) -> None:
        """The lines of some statements that belong together; `later` is what is read after them."""
        group = written
        if any(name in self.held for use in uses for name in use.reads):
            group = [self._substituted(statement) for statement in written]
            uses = [name_use(statement) for statement in group]
        use = _together(uses)
        whole = any(name in self.held for name in use.reads)
        text, statement = self._text_of(written), group[0]
        alone = len(group) == 1 and not self.inputs & set(use.stores)
        if alone and isinstance(statement, ast.Assign) and isinstance(statement.targets[0], _NAMES):
            self._assignment(statement, use, later, text, whole=whole)
            return
        wanted = [name for name in use.stores if name in later and name not in self.inputs and name != "_"]
        holding = {name for name in wanted if name in self.inside or self._makes_container(name, group, uses)}
        held = _Held((*self._before(use), *group), self._reads(use))
        outputs = tuple(name for name in wanted if name not in holding)
        if outputs:
            self._add_step(outputs, group, use, text)
        self.held.update(dict.fromkeys(holding, held))

    def _assignment(
        self, statement: ast.Assign, use: NameUse, later: Collection[str], text: str, *, whole: bool
    ) -> None:
        """One plain assignment: a line, or what a name stands for.

        Args:
            whole: whether it reads a container that takes statements to make.
        """
        value, target = statement.value, statement.targets[0]
        names = [name for name, is_stored in events(target) if is_stored]
        inner = next((name for name in use.stores if name not in names and name in later), None)
        if inner is not None:
            raise NotALine(statement, f"{inner} is assigned inside another line; give it its own line")
        if isinstance(target, ast.Name) and target.id not in _ENDS:
            is_alias = isinstance(value, ast.Name) and value.id in self.known
            if is_alias or target.id in self.inside or is_container(value, self.tree):
                self.aliases.update({target.id: value.id} if isinstance(value, ast.Name) else {})
                made_by = (*self._before(use), statement)
                self.held[target.id] = _Held(made_by, self._reads(use), None if whole else value)
                return
        for name in self.inside.intersection(names):
            self.held[name] = _Held((*self._before(use), statement), self._reads(use))
        outputs = tuple(name for name in names if name not in ("_", *self.inside))
        if whole and outputs:
            self._add_step(outputs, (statement,), use, text)
        elif outputs:
            self._add(Line(statement.lineno, text, outputs, self._reads(use), statement))

    def _makes_container(self, name: str, group: Sequence[ast.stmt], uses: Sequence[NameUse]) -> bool:
        """Whether a name is a container, a function or a class after a group, by its last assignment there."""
        making = [statement for statement, use in zip(group, uses, strict=True) if name in use.stores]
        plain = [each for each in making if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)]
        if plain:
            return is_container(plain[-1].value, self.tree)
        return isinstance(making[0], (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))

    def _before(self, use: NameUse) -> tuple[ast.stmt, ...]:
        """The statements that make what is read and is no variable."""
        return tuple(dict.fromkeys(s for name in use.reads if name in self.held for s in self.held[name].statements))

    def _reads(self, use: NameUse) -> tuple[str, ...]:
        """The variables and inputs that are read, directly or in what a name stands for."""
        found: dict[str, None] = {}
        for name in use.reads:
            of_it = self.held[name].reads if name in self.held else (name,) if name in self.known else ()
            found.update(dict.fromkeys(of_it))
        return tuple(found)

    def _substituted(self, statement: ast.stmt) -> ast.stmt:
        """A statement with what its names stand for, where that is an expression."""
        values = {name: each.value for name, each in self.held.items() if each.value is not None}
        if not values:
            return statement
        found: ast.stmt = Substitution(values).visit(copy.deepcopy(statement))
        return ast.fix_missing_locations(found)

    def _add_step(self, outputs: tuple[str, ...], group: Sequence[ast.stmt], use: NameUse, text: str) -> None:
        reads, before = self._reads(use), self._before(use)
        made = {name for statement in before for name in name_use(statement).stores}
        again = [name for name in reads if name in made]  # made once more by the statements before
        keep = [_assign(ast.Name(_KEPT + name, ast.Store()), ast.Name(name, ast.Load()), group[0]) for name in again]
        back = [_assign(ast.Name(name, ast.Store()), ast.Name(_KEPT + name, ast.Load()), group[0]) for name in again]
        body = (*keep, *before, *back, *group)
        targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in outputs]
        target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
        given: list[ast.expr] = [ast.Name(name, ast.Load()) for name in reads]
        stands_for = ast.Call(ast.Name(STEP + outputs[0], ast.Load()), given, [])
        above = "\n".join(self._text_of((statement,)) for statement in before)
        self._add(Line(group[0].lineno, text, outputs, reads, _assign(target, stands_for, group[0]), body, above))

    def _add(self, line: Line) -> None:
        for index, name in enumerate(line.outputs):
            if name in self.known or name in line.outputs[:index]:
                raise NotALine(line.code, f"{name} is assigned a second time; give each value its own name")
        self.known.update(dict.fromkeys(line.outputs))
        self.lines.append(line)

    def _text_of(self, group: Sequence[ast.stmt]) -> str:
        """The source text of statements; the tree counts columns in bytes.

        ast.get_source_segment() would split the whole file again for every line.
        """
        first, last = group[0], group[-1]
        if len(group) == 1 and first in self.texts:
            return self.texts[first]
        lines = list(self.written[first.lineno - 1 : last.end_lineno])
        lines[-1] = lines[-1][: last.end_col_offset]
        lines[0] = b" " * first.col_offset + lines[0][first.col_offset :]
        return textwrap.dedent(b"".join(lines).decode()).strip()


_ENDS = ("loss", "out")
_NAMES = (ast.Name, ast.Tuple)
_KEPT = "_kept_"
_REFUSED: dict[type[ast.AST], str] = {
    ast.Return: "forward() must have one `return`, its last line",
    ast.Delete: "`del` takes a value away that a learner may ask for; remove the line",
    ast.Global: "forward() may not assign global names",
    ast.Nonlocal: "forward() may not assign the names of another function",
    ast.Yield: "forward() may not be a generator",
    ast.Await: "forward() may not wait",
}
"""Why a statement cannot be part of a forward pass, and what to do instead."""


def _with_other_names(statements: Sequence[ast.stmt]) -> Iterator[NameUse]:
    """How statements use names; what changes a value in place changes it under its other names, too."""
    same: dict[str, str] = {}
    for statement in statements:
        use, changed = name_use(statement), set[str]()
        for name in use.changes:
            while name in same and name not in changed:
                changed.add(name)
                name = same[name]  # noqa: PLW2901 the value's name before
            changed.add(name)
        same = {name: other for name, other in same.items() if not {name, other} & {*use.stores} - use.changes}
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name):
            same.update((name, statement.value.id) for name in use.stores)
        yield NameUse(use.stores, frozenset(changed), use.reads)


def _end(statements: Sequence[ast.stmt], uses: Sequence[NameUse]) -> tuple[int, str]:
    """The last statement that matters, and what it computes: the loss, `out`, or else what the last one is about."""
    at_last = [name for name in _ENDS if uses and name in uses[-1].touched]
    for name in (*at_last, *_ENDS):
        where = [position for position, use in enumerate(uses) if name in use.touched]
        if where:
            return where[-1], name
    if not statements:
        return -1, ""
    filled = sorted(uses[-1].changes - set(uses[-1].stores))
    return len(statements) - 1, filled[0] if filled else uses[-1].stores[-1]


def _together(uses: Sequence[NameUse]) -> NameUse:
    """How several statements use names: what they read before they assign it."""
    stores = dict.fromkeys(name for use in uses for name in use.stores)
    reads: dict[str, None] = {}
    stored: set[str] = set()
    for use in uses:
        reads.update(dict.fromkeys(name for name in use.reads if name not in stored))
        stored.update(use.stores)
    return NameUse(tuple(stores), frozenset().union(*(use.changes for use in uses)), tuple(reads))


def _assign(target: ast.expr, value: ast.expr, at: ast.AST) -> ast.Assign:
    made = ast.Assign([target], value)
    made.lineno = getattr(at, "lineno", 1)
    return ast.fix_missing_locations(ast.copy_location(made, at))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those in it, without what stands inside a function."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda)):
            yield from _own_nodes(child)


def _is_idle(target: ast.expr, value: ast.expr) -> bool:
    """Whether this is `W = W`: an input of a dict under its own name."""
    return isinstance(target, ast.Name) and isinstance(value, ast.Name) and target.id == value.id


def _walruses(node: ast.AST) -> Iterator[ast.NamedExpr]:
    """Every `(name := value)` that is always computed, the inner ones first."""
    if isinstance(node, (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    for child in ast.iter_child_nodes(node):
        yield from _walruses(child)
    if isinstance(node, ast.NamedExpr):
        yield node


class _Replaced(ast.NodeTransformer):
    """Replaces one node."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self._new if node is self._old else self.generic_visit(node)
