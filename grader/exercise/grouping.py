"""Which statements of forward() are differentiated as one line, a step.

A name has one value between two lines, so everything from its first assignment to its last change is one step. So are
the statements after a comment `# one step`, up to the next blank line.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from grader.exercise.name_use import NameUse

Span = tuple[int, int]
"""The first and the last statement of a group, by position."""
_MARKER, _END = re.compile(r"\s*#\s*one step\s*:?\s*$"), re.compile(r"\s*(#\s*end of step\s*)?$")


def groups(
    statements: Sequence[ast.stmt], uses: Sequence[NameUse], written: Sequence[str], inputs: Collection[str]
) -> list[Span]:
    """All statements, in order, in groups; most have one statement.

    Args:
        statements: those of forward(), without its docstring and `return`.
        uses: how each uses names.
        written: the lines of the file.
        inputs: names that mean an input between two lines.
    """
    found: list[Span] = []
    joined = sorted([*_changed_again(statements, uses, inputs), *_marked(statements, written)])
    for position in range(len(statements)):
        if found and position <= found[-1][1]:
            continue
        last = position
        for begin, end in joined:
            if begin <= last:
                last = max(last, end)
        found.append((position, last))
    return found


def _changed_again(statements: Sequence[ast.stmt], uses: Sequence[NameUse], inputs: Collection[str]) -> Iterator[Span]:
    """From the first to the last statement that assigns or changes a name, for each name that several do.

    If it is an input's name, to the last one that reads it: outside of the step, it means the input.
    """
    wanted = {name for use in uses for name in use.reads}
    for name in dict.fromkeys(name for use in uses for name in (*use.stores, *use.changes)):
        where = [position for position, use in enumerate(uses) if name in use.touched]
        inner = name not in wanted and all(_has_own_names(statements[position]) for position in where)
        if name in inputs:
            last = max(position for position, use in enumerate(uses) if name in (*use.touched, *use.reads))
            yield where[0], last
        elif name != "_" and len(where) > 1 and not inner:
            yield where[0], where[-1]


def _has_own_names(statement: ast.stmt) -> bool:
    """Whether a name that a statement assigns may be its own: a loop's `t`, which no other statement reads."""
    return isinstance(statement, (ast.For, ast.While, ast.With, ast.If, ast.Try))


def _marked(statements: Sequence[ast.stmt], written: Sequence[str]) -> Iterator[Span]:
    """The statements after each comment `# one step`, up to a blank line or `# end of step`."""
    for number, line in enumerate(written, 1):
        if _MARKER.match(line):
            end = next((k for k in range(number + 1, len(written) + 1) if _END.match(written[k - 1])), len(written) + 1)
            inside = [k for k, statement in enumerate(statements) if number < statement.lineno < end]
            if inside:
                yield inside[0], inside[-1]
