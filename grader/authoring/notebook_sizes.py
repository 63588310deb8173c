"""The sizes of a notebook: whole numbers with a name, and the dimensions that they are."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_OF_ROWS = re.compile(r"(?i)n|m|b|bs|bsz|rows|.*batch.*|.*sample.*|.*example.*|n_?obs")
"""Names of the number of examples."""
LARGEST = 100
"""Larger sizes become smaller: they would test nothing else, and the other cases have to exceed them."""
FEWER_ROWS, LESS_WIDTH = (32, 24, 40, 48), (64, 56, 72, 48, 80)
"""What the number of examples then becomes, and any other size: the first that no other size is."""
_NEW = {"rows": ("n", "rows"), "classes": ("classes", "labels"), "features": ("features", "outputs")}
"""Names for sizes that a notebook writes only as numbers, by what they count."""
_WIDTHS = ("hidden", "width", "depth", "height")


class NotebookSizes:
    """Whole numbers that dimensions are made of, by name; those that are used become parameters of `inputs`.

    Args:
        numbers: the whole numbers that the notebook names, and the expression that each is set to.
        products: pairs of names that the notebook multiplies.
        taken: names that a new size may not have.
    """

    def __init__(
        self,
        numbers: Mapping[str, tuple[int, ast.expr]],
        products: Iterable[tuple[str, str]] = (),
        taken: Collection[str] = (),
    ) -> None:
        self._values = {name: value for name, (value, _) in numbers.items()}
        self._same: dict[str, str] = {}
        self._derived: dict[str, ast.expr] = {}
        self._taken = {*taken, *numbers}
        for name, (_, expression) in numbers.items():
            if isinstance(expression, ast.Name) and expression.id in numbers:
                self._join(name, expression.id)
            elif _is_formula(expression, numbers):
                self._derived[name] = expression
        self._products = [pair for pair in products if {*pair} <= numbers.keys() - self._derived.keys()]
        self.used: dict[str, int] = {}
        self._rows = ""

    def _join(self, name: str, other: str) -> None:
        """Two names of one size: `n = batch_size`. It is called n if one of them is."""
        old = self._same.get(other, other)
        kept = "n" if name == "n" else old
        self._same = {each: kept if meant == old else meant for each, meant in self._same.items()}
        self._same |= {name: kept, other: kept}

    def named(self, name: str) -> ast.expr | None:
        """What a name of the notebook means in `inputs`: a size, or a formula of sizes; None if it is no size."""
        if name in self._derived:
            return self._derived[name]
        if name not in self._values:
            return None
        return ast.Name(self._used(name), ast.Load())

    def meaning(self, name: str) -> str:
        """The text of what a name means; empty if it is no size that is used."""
        own = self._same.get(name, name)
        rows = bool(_OF_ROWS.fullmatch(name)) and self._values.get(name) == self.used.get(self._rows)
        return own if own in self.used else self._rows if rows else ""

    def of(self, value: int, what: str = "", near: Iterable[str] = ()) -> str:
        """The size, or the product of two of the notebook's sizes, that a dimension is; a new one if there is none.

        Args:
            value: the dimension.
            what: `rows`, `features`, `classes` or empty: what it counts.
            near: the names that are most likely, such as those in the same statement.
        """
        if value <= 1:
            return str(value)
        if what == "rows" and any(_OF_ROWS.fullmatch(name) for name in self._values if self._values[name] != value):
            what = "features"  # each column is an example
        likely = [self._same.get(name, name) for name in (*near, *self.used, *self._values) if name in self._all]
        same = [name for name in dict.fromkeys(likely) if self._all[name] == value and name not in self._derived]
        same.sort(key=lambda name: (_OF_ROWS.fullmatch(name) is not None) != (what == "rows"))
        if same:
            return self._use(same[0], value)
        for one, other in self._products:
            if self._values[one] * self._values[other] == value:
                return f"{self._used(one)} * {self._used(other)}"
        return self._use(self._new(what), value)

    @property
    def _all(self) -> dict[str, int]:
        return {**self._values, **self.used}

    def _used(self, name: str) -> str:
        """The size that a name means, which is used from now on."""
        return self._use(self._same.get(name, name), self._values[name])

    def _use(self, name: str, value: int) -> str:
        self.used.setdefault(name, value)
        return name

    def _new(self, what: str) -> str:
        names = (*_NEW.get(what, ()), *_WIDTHS, *(f"size_{number}" for number in range(1, 100)))
        taken = {*self._taken, *self.used}
        free: str = next(name for name in names if name not in taken)
        return free

    def note_rows(self, dims: Sequence[str]) -> None:
        """Remember which dimension of the data is the number of examples: the one so named, or else the first."""
        self._rows = self._rows or next((each for each in dims if _OF_ROWS.fullmatch(each)), dims[0])

    def synonyms(self) -> dict[str, str]:
        """The other names of the sizes that are used: `batch_size` -> `n`."""
        return {name: meant for name, meant in self._same.items() if name != meant and meant in self.used}

    def given(self) -> dict[str, int]:
        """The sizes of the given case, the number of examples first: the notebook's, unless they are very large."""
        order = sorted(self.used, key=lambda name: (name != self._rows, [*self._values, *self.used].index(name)))
        found = {name: self.used[name] for name in order}
        for name, value in found.items():
            less = FEWER_ROWS if name == self._rows else LESS_WIDTH
            if value > LARGEST:
                found[name] = next((size for size in less if size not in found.values()), less[0])
        return found


def _is_formula(expression: ast.expr, numbers: Mapping[str, object]) -> bool:
    """Whether an expression is arithmetic on other sizes: `n_embd * block_size`."""
    names = [node.id for node in ast.walk(expression) if isinstance(node, ast.Name)]
    plain = (ast.BinOp, ast.Name, ast.Constant, ast.operator, ast.expr_context)
    return bool(names) and all(isinstance(node, plain) for node in ast.walk(expression)) and {*names} <= numbers.keys()
