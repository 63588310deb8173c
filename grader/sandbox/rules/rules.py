"""Checks the rules of an exercise on the syntax tree, before anything runs: which statements break which rule."""

from __future__ import annotations

import ast
import builtins
import sys
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING

from grader.sandbox.rules import rule_lists
from grader.sandbox.types import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.sandbox.rules.syntax import FileFacts, Statement, SyntaxPlace
    from grader.sandbox.types import RulesConfig


def judge(facts: FileFacts, config: RulesConfig, file: str) -> Tainted:
    direct = list(_Judge(facts, config, file).statements())
    if not any(direct):
        return Tainted((), tuple(statement.node for statement in facts.statements), {}, ())
    return judgment(facts.statements, direct, spread(facts.statements, direct))


class _Judge:
    """Turns syntax places and names into findings."""

    def __init__(self, facts: FileFacts, config: RulesConfig, file: str) -> None:
        self.facts = facts
        self.file = file
        self.allowed_names = frozenset(config.names) | (rule_lists.FUNCTION_NAMES if config.function else frozenset())
        self.allowed_imports = rule_lists.IMPORTS | frozenset(config.imports)
        self.bound = {
            name
            for statement in facts.statements
            if statement.settles
            for name in statement.binds
            # A line that fails is skipped, and then binds nothing.
            if name not in rule_lists.BUILTINS or isinstance(statement.node, (ast.FunctionDef, ast.ClassDef))
        }
        self.star = any(
            place.kind == "from" and place.name == "*" and _is_torch(place.root)
            for statement in facts.statements
            for place in statement.places
        )

    def statements(self) -> Iterator[tuple[Finding, ...]]:
        for statement in self.facts.statements:
            found = dict.fromkeys([*self._places(statement), *self._names(statement)])
            yield tuple(sorted(found, key=lambda finding: finding.line))[:MOST_PER_STATEMENT]

    def _finding(self, line: int, rule: str, message: str) -> Finding:
        return Finding(self.file, line, rule, message)

    def _places(self, statement: Statement) -> Iterator[Finding]:
        """One finding per chain of attributes: in `torch.func.grad`, only the first part that breaks a rule."""
        broken = {(place.root, place.chain): place for place in statement.places if self._place(place) is not None}
        for place in statement.places:
            found = self._place(place)
            inner = ((place.root, place.chain[:length]) for length in range(1, len(place.chain)))
            if found is not None and not any(part in broken for part in inner):
                yield self._finding(place.line, *found)

    def _place(self, place: SyntaxPlace) -> tuple[str, str] | None:
        if place.kind == "requires_grad":
            return "autograd", f"`requires_grad=True` {rule_lists.AUTOGRAD['requires_grad_']}"
        if place.kind == "import":
            return self._module(place.name)
        if place.kind == "from" and place.root == "builtins" and _is_plain(place.name):
            return None
        if place.kind == "from":
            return self._module(place.root or "", place.name) or self._member(place.root or "", place.name)
        if place.kind == "function":
            if (
                self.facts.modules.get(place.root or "") == "torch"
                and ".".join(("torch", *place.chain)) in self.allowed_names
            ):
                return None
            place = replace(place, kind="attribute", name="autograd", chain=("autograd",))
        return self._attribute(place)

    def _names(self, statement: Statement) -> Iterator[Finding]:
        for name, line in (statement.now | statement.later).items():
            if name in self.bound or name in self.allowed_names:
                continue
            if name in rule_lists.BUILTINS:
                yield self._finding(line, "name", f"`{name}` {rule_lists.BUILTINS[name]}")
            elif _is_dunder(name) and name not in rule_lists.DUNDER_NAMES:
                yield self._finding(line, "private", _private(name))
            elif self.star and name in rule_lists.AUTOGRAD.keys() | rule_lists.TORCH.keys():
                broken = self._member("torch", name)
                if broken is not None:
                    yield self._finding(line, *broken)

    def _module(self, module: str, member: str = "") -> tuple[str, str] | None:
        """`import module`, or `from module import member`."""
        if f"{module}.{member}" in self.allowed_names:
            return None
        if any(module == name or module.startswith(f"{name}.") for name in self.allowed_imports - rule_lists.IMPORTS):
            return next(filter(None, (self._member("numpy", part) for part in module.split(".")[1:])), None)
        if module in rule_lists.IMPORTS:
            return None
        if module.startswith("torch."):
            for part in module.split(".")[1:]:
                broken = self._member("torch", part)
                if broken is not None:
                    return broken
        kind = _kind_of(module)
        more = self._in_torch(member) if kind == "numpy" else ""
        return "import", f"`{module}` {rule_lists.IMPORTED[kind]}{more}"

    def _in_torch(self, member: str) -> str:
        """`: write torch.exp for np.exp`, for the first function of NumPy that the file uses."""
        used = [(member, member)] if member else []
        for place in (place for statement in self.facts.statements for place in statement.places):
            root = self.facts.modules.get(place.root or "", "")
            if place.kind == "attribute" and root.partition(".")[0] in rule_lists.NUMPY:
                used.append((place.chain[0], f"{place.root}.{place.chain[0]}"))
        for name, shown in used:
            there = rule_lists.TORCH_FOR_NUMPY.get(name, name)
            if not isinstance(vars(sys.modules.get("torch", sys)).get(there, sys), ModuleType):
                return f", torch.{there} for {shown}"
        return ", torch.exp for np.exp"

    def _member(self, module: str, name: str) -> tuple[str, str] | None:
        """`from module import name`, or `module.name` where the module is known."""
        dotted = f"{module}.{name}"
        if name in self.allowed_names or dotted in self.allowed_names or name == "*":
            return None
        found = _loaded(dotted)
        if name in rule_lists.MODULES - self.allowed_imports or not self._may_be_carried(found):
            return "import", f"`{dotted}` is a module that cannot be imported here"
        carrier = _loaded(module)
        if why := rule_lists.refused_from(module if carrier is None else carrier.__name__, name):
            return "name", f"`{dotted}` {why}"
        if name.startswith("_"):
            return None if _is_public(name) or module == "__future__" else ("private", _private(dotted))
        if _is_torch(module):
            return _torch_member(dotted, name)
        return None

    def _may_be_carried(self, module: ModuleType | None) -> bool:
        """Whether a module may be used as an attribute of another module, whatever the attribute's name."""
        if module is None or _is_torch(module.__name__) or module.__name__ in self.allowed_imports:
            return True
        return "numpy" in self.allowed_imports and module.__name__.startswith("numpy.")

    def _attribute(self, place: SyntaxPlace) -> tuple[str, str] | None:
        name = place.name
        module = self.facts.modules.get(place.root or "")
        if name in self.allowed_names:
            return None
        if module is not None:
            return self._member(".".join((module, *place.chain[:-1])), name)
        if name in rule_lists.FRAMES:
            return "private", _private(f".{name}")
        if name in self.facts.own or (place.root in {"self", "cls"} and (name == "__dict__" or not _is_dunder(name))):
            return None
        if name.startswith("_") and not _is_public(name):
            return "private", _private(f".{name}")
        return _derivative(f".{name}", name)


def _kind_of(module: str) -> str:
    """What a module that cannot be imported is: a key of `rule_lists.IMPORTED`."""
    first = module.lstrip(".").partition(".")[0]
    if first in rule_lists.DEBUGGERS:
        return "debugger"
    if first in rule_lists.NUMPY | rule_lists.PLOTS:
        return "numpy" if first in rule_lists.NUMPY else "plots"
    if first == "forward":
        return "forward"
    return "other" if first in rule_lists.ELSEWHERE | sys.stdlib_module_names else "file"


def _loaded(path: str) -> ModuleType | None:
    """The module at a dotted path, or None if there is none. Imports nothing."""
    first, *rest = path.split(".")
    found = sys.modules.get(first)
    for name in rest:
        if not isinstance(found, ModuleType):
            return None
        found = vars(found).get(name)
    return found if isinstance(found, ModuleType) else None


def _torch_member(dotted: str, name: str) -> tuple[str, str] | None:
    if name in rule_lists.TORCH:
        rule = "autograd" if name == "func" else "torch"
        return rule, f"`{dotted}` {rule_lists.TORCH[name]}"
    return _derivative(dotted, name)


def _derivative(shown: str, name: str) -> tuple[str, str] | None:
    if name in rule_lists.AUTOGRAD:
        return "autograd", f"`{shown}` {rule_lists.AUTOGRAD[name]}"
    return ("autograd", f"`{shown}` {rule_lists.BACKWARD}") if "backward" in name else None


def _private(name: str) -> str:
    return f"`{name}` is internal to Python or PyTorch; a gradient does not need it"


def _is_torch(module: str | None) -> bool:
    return module is not None and (module == "torch" or module.startswith("torch."))


def _is_dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def _is_plain(name: str) -> bool:
    """Whether `from builtins import name` is a line left over from Python 2, which changes nothing."""
    return hasattr(builtins, name) and name not in rule_lists.BUILTINS and not name.startswith("_")


def _is_public(name: str) -> bool:
    return name in rule_lists.DUNDERS or name in rule_lists.PRIVATE or name == "_"


MOST_PER_STATEMENT = 5
MOST_BINDINGS = 100
"""The latest bindings of a name that are considered; only a file built to waste the grader's time has more."""


@dataclass(frozen=True, slots=True)
class Tainted:
    """The result of checking a file against the rules."""

    findings: tuple[Finding, ...]
    """Every violation, in file order."""
    kept: tuple[ast.stmt, ...]
    """The statements that may run: they break no rule and use no name that depends on a violation."""
    names: dict[str, tuple[Finding, ...]]
    """Module-level name -> the findings it depends on."""
    left_out: tuple[tuple[int, str], ...]
    """Lines of statements that are skipped, not refused, and why: nothing depends on them, as they bind no name."""


def _united(tainted: list[tuple[Finding, ...]], indices: list[int]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(finding for index in indices for finding in tainted[index]))[:MOST_PER_STATEMENT]


class _Bindings:
    """Which statements may have bound a name."""

    def __init__(self, statements: list[Statement]) -> None:
        self._binders: dict[str, list[int]] = defaultdict(list)
        self._settled: dict[str, list[int]] = defaultdict(list)
        for index, statement in enumerate(statements):
            for name in statement.binds:
                self._binders[name].append(index)
                if statement.settles:
                    self._settled[name].append(index)

    def names(self) -> Iterable[str]:
        return tuple(self._binders)

    def before(self, name: str, limit: int) -> list[int]:
        """The statements whose binding of `name` may be in effect just before statement number `limit`."""
        if name not in self._binders and not hasattr(builtins, name):
            name = "*"  # it may come from a star import
        settled, binders = self._settled.get(name, []), self._binders.get(name, [])
        last = bisect_left(settled, limit)
        start = bisect_left(binders, settled[last - 1]) if last else 0
        return binders[start : bisect_left(binders, limit)][-MOST_BINDINGS:]


def spread(statements: list[Statement], direct: list[tuple[Finding, ...]]) -> list[tuple[Finding, ...]]:
    """Add to each statement the findings of the statements it uses, in whatever order they are written."""
    bindings = _Bindings(statements)
    users: dict[int, list[int]] = defaultdict(list)
    for index, statement in enumerate(statements):
        for used in _uses(bindings, statement, index, len(statements)):
            users[used].append(index)
    tainted = [dict.fromkeys(found) for found in direct]
    waiting = [index for index, found in enumerate(direct) if found]
    while waiting:
        index = waiting.pop()
        for user in users[index]:
            before = len(tainted[user])
            for finding in tainted[index]:
                if len(tainted[user]) < MOST_PER_STATEMENT:
                    tainted[user][finding] = None
            if before != len(tainted[user]):
                waiting.append(user)
    return [tuple(found) for found in tainted]


def _uses(bindings: _Bindings, statement: Statement, index: int, count: int) -> set[int]:
    used = {other for name in statement.now for other in bindings.before(name, index)}
    used |= {other for name in statement.later for other in bindings.before(name, count)}
    return used - {index}


def judgment(
    statements: list[Statement], direct: list[tuple[Finding, ...]], tainted: list[tuple[Finding, ...]]
) -> Tainted:
    bindings = _Bindings(statements)
    left_out: list[tuple[int, str]] = []
    for statement, found in zip(statements, tainted, strict=True):
        if found and not statement.binds:
            serious = next((finding.message for finding in found if finding.rule != "import"), "")
            left_out.append((statement.node.lineno, serious or "it uses what cannot be imported"))
    names = {name: _united(tainted, bindings.before(name, len(statements))) for name in bindings.names()}
    return Tainted(
        findings=tuple(dict.fromkeys(finding for found in direct for finding in found)),
        kept=tuple(statement.node for statement, found in zip(statements, tainted, strict=True) if not found),
        names={name: found for name, found in names.items() if found},
        left_out=tuple(left_out),
    )
