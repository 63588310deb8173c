"""Forms of different gradients in one submission, where each is graded as if it were alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from symtable import SymbolTable, symtable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.exercise.catalogue import Form


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a module that its code concerns."""

    defined: frozenset[str]
    read: frozenset[str]

    def free_of(self, other: Names) -> bool:
        """Whether neither of two pieces of code would notice the other in the same module."""
        return self.defined.isdisjoint(other.defined | other.read) and other.defined.isdisjoint(self.read)


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that can be laid over the same worked solution at once."""

    forms: list[Form]
    names: list[Names]

    def takes(self, form: Form, names: Names) -> bool:
        """Whether a form finds nothing here that would change what it does, and changes nothing."""
        return form.solution == self.forms[0].solution and all(names.free_of(other) for other in self.names)

    def as_one(self) -> Form:
        """A form with the blocks of all."""
        gradients = tuple(gradient for form in self.forms for gradient in form.gradients)
        return replace(self.forms[0], gradients=gradients, block="\n\n".join(form.block for form in self.forms))


def side_by_side(forms: Iterable[Form]) -> list[Group]:
    """Distribute forms over as few groups as their names allow; a complete submission is a group of its own."""
    groups: list[Group] = []
    alone: list[Group] = []
    for form in forms:
        names = names_of(form.block) if form.solution else None
        if names is None or names.defined & names_of(form.solution).read:  # the second changes what others call
            alone.append(Group([form], []))
        elif group := next((group for group in groups if group.takes(form, names)), None):
            group.forms.append(form)
            group.names.append(names)
        else:
            groups.append(Group([form], [names]))
    return groups + alone


@lru_cache(maxsize=1024)
def names_of(code: str) -> Names:
    """The names that some code defines in its module, and those that it reads there, in functions too."""
    table = symtable(code, "backward.py", "exec")
    symbols = table.get_symbols()
    defined = frozenset(symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported())
    return Names(defined, frozenset(_read(table)))


def _read(table: SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _read(inner)
