"""Whom a broken rule costs: a statement that breaks one is left out, and so is whatever uses a name that it binds."""

from __future__ import annotations

import builtins
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from grader.sandbox.rules.places import Statement
    from grader.sandbox.types import Finding

MOST_PER_STATEMENT = 5
MOST_BINDINGS = 100
"""A name that is bound more often than this without settling is one of a file made to keep the reader busy."""


@dataclass(frozen=True, slots=True)
class Tainted:
    """What the rules make of a file."""

    findings: tuple[Finding, ...]
    """Every broken rule, in the file's order."""
    kept: tuple[ast.stmt, ...]
    """The statements that may run: neither breaking a rule nor using a name that rests on a broken one."""
    everywhere: tuple[Finding, ...]
    """Findings of statements that bind no name: they count for every function."""
    names: dict[str, tuple[Finding, ...]]
    """Module-level name -> the broken rules that it rests on."""
    left_out: tuple[int, ...]
    """Lines of statements that were merely left out: they use something that cannot be imported."""


def _united(tainted: list[tuple[Finding, ...]], indices: list[int]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(finding for index in indices for finding in tainted[index]))[:MOST_PER_STATEMENT]


class _Bindings:
    """Which statements a name may come from."""

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
        """The statements whose binding of `name` may hold just before statement number `limit`."""
        if name not in self._binders and not hasattr(builtins, name):
            name = "*"  # whatever a star import brought
        settled, binders = self._settled.get(name, []), self._binders.get(name, [])
        last = bisect_left(settled, limit)
        start = bisect_left(binders, settled[last - 1]) if last else 0
        return binders[start : bisect_left(binders, limit)][-MOST_BINDINGS:]


def spread(statements: list[Statement], direct: list[tuple[Finding, ...]]) -> list[tuple[Finding, ...]]:
    """Add to each statement the findings of those that it uses, whichever way round they stand."""
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


def judgement(
    statements: list[Statement], direct: list[tuple[Finding, ...]], tainted: list[tuple[Finding, ...]]
) -> Tainted:
    bindings = _Bindings(statements)
    everywhere: dict[Finding, None] = {}
    left_out: list[int] = []
    for statement, found in zip(statements, tainted, strict=True):
        if found and not statement.binds:
            serious = [finding for finding in found if finding.rule != "import"]
            everywhere.update(dict.fromkeys(serious))
            if not serious:
                left_out.append(statement.node.lineno)
    names = {name: _united(tainted, bindings.before(name, len(statements))) for name in bindings.names()}
    return Tainted(
        findings=tuple(dict.fromkeys(finding for found in direct for finding in found)),
        kept=tuple(statement.node for statement, found in zip(statements, tainted, strict=True) if not found),
        everywhere=tuple(everywhere)[:MOST_PER_STATEMENT],
        names={name: found for name, found in names.items() if found},
        left_out=tuple(left_out),
    )
