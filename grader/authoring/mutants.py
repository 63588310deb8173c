"""Automatic mistakes: small changes to a function's syntax tree that change its mathematics.

A mutant is discarded as equivalent if it returns what the original returns on every draw of arguments. The grader's
own verdict plays no part in this.
"""

from __future__ import annotations

import ast
import copy
import functools
import itertools
import random
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.candidates.mutations import Replaced, Surroundings, mutations
from grader.exercise.case import Case
from grader.exercise.catalogue import Form, solution_file
from grader.exercise.dtypes import default_dtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise

EQUAL = 1e-9
"""Results are mathematically equal up to this difference, relative to the largest expected value."""
_WEEDING_SEED = 900_001


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one change."""

    function: str
    source: str
    """The changed function alone."""
    operator: str
    """The kind of change."""
    change: str
    """`before -> after`."""


def mutants_of(exercise: Exercise, count: int, seed: int) -> Iterator[Form]:
    """At most `count` mutants of the worked solution, drawn with `seed`, none equivalent to it.

    They are compared where both are defined: on consistent forward values of fresh seeds, with random upstream
    gradients. One that is the same number everywhere, as for the terms of a loss, is given as it is: a function may do
    without it.
    """
    path = solution_file(exercise)
    source = path.read_text(encoding="utf-8")
    module: dict[str, Any] = {}
    exec(source, module)  # noqa: S102 the project's own solution
    cases = [Case(exercise, _WEEDING_SEED + k, size) for k, size in enumerate([{}, *exercise.sizes])]
    fixed = [variable for variable in exercise.graded if _is_fixed([case.true.total(variable) for case in cases])]
    draws = [case.pool64 | {f"d{variable}": case.true.total(variable) for variable in fixed} for case in cases]
    tree = ast.parse(source)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in exercise.gradients]
    lines = {function.name: function.lineno for function in functions}
    drawn = _drawn([Original(function, module, draws) for function in functions], seed)
    for mutant in itertools.islice(drawn, count):
        yield Form(path, lines[mutant.function], "mutant", mutant.change, (mutant.function,), mutant.source, source)


def _is_fixed(gradients: Sequence[torch.Tensor]) -> bool:
    """Whether a gradient is the same number in every element of every case."""
    number = gradients[0].flatten()[0]
    return all(bool((gradient == number).all()) for gradient in gradients)


def _drawn(originals: Sequence[Original], seed: int) -> Iterator[Mutant]:
    sites = [(original, site) for original in originals for site in original.sites(plain=True)]
    random.Random(seed).shuffle(sites)  # noqa: S311 reproducible, not secret
    return (mutant for original, site in sites if (mutant := original.mutant(site)) is not None)


def mutants(original: Original, rng: random.Random) -> Iterator[Mutant]:
    """Every non-equivalent mutant of one function, each once, in random order."""
    sites, seen = list(original.sites()), set()
    rng.shuffle(sites)
    for site in sites:
        mutant = original.mutant(site)
        if mutant is not None and mutant.source not in seen:
            seen.add(mutant.source)
            yield mutant


class Original:
    """A correct function, to be changed in one place at a time.

    Args:
        function: its definition.
        module: what it needs to run: imports, helpers.
        draws: a value for every name that it or a mutant may take; mutants are compared on each draw.
        others: names besides its own that a mutant may use instead.
    """

    def __init__(
        self,
        function: ast.FunctionDef,
        module: Mapping[str, Any],
        draws: Sequence[Mapping[str, Any]],
        others: Sequence[str] = (),
    ) -> None:
        self.function, self.draws, self.others = function, draws, others
        self._module = module

    def sites(self, *, plain: bool = False) -> Iterator[tuple[int, int]]:
        """Every node that can be changed, by its position in `ast.walk`, with the index of each way to change it."""
        around = self._around(self.function)
        for position, node in enumerate(ast.walk(self.function)):
            for which, mutation in enumerate(mutations(node, around)):
                if mutation.plain or not plain:
                    yield position, which

    def mutant(self, site: tuple[int, int]) -> Mutant | None:
        """The function with one change; None if it is equivalent to the original."""
        position, which = site
        twin = copy.deepcopy(self.function)
        target = next(node for at, node in enumerate(ast.walk(twin)) if at == position)
        mutation = list(mutations(target, self._around(twin)))[which]
        change = f"{_shown(target)} -> {_shown(mutation.new)}"
        Replaced(target, mutation.new).visit(twin)
        return self.changed(twin, mutation.operator, change)

    def changed(self, twin: ast.FunctionDef, operator: str, change: str, head: str = "") -> Mutant | None:
        """A changed copy of the function with the parameters it needs; None if it is equivalent to the original.

        Args:
            twin: the copy.
            operator: the kind of change.
            change: what was changed.
            head: lines to go before the function.
        """
        self._declare(twin)
        text = head + ast.unparse(ast.fix_missing_locations(twin))
        return None if self._equivalent(text) else Mutant(self.function.name, text, operator, change)

    def _around(self, function: ast.FunctionDef) -> Surroundings:
        return Surroundings([a.arg for a in function.args.args], self.others, self.draws[0])

    def _declare(self, twin: ast.FunctionDef) -> None:
        """Make parameters of the names that a mutant uses and its original does not."""
        names = [node for node in ast.walk(twin) if isinstance(node, ast.Name)]
        bound = {a.arg for a in twin.args.args} | {n.id for n in names if isinstance(n.ctx, ast.Store)}
        new = dict.fromkeys(n.id for n in names if n.id in self.others and n.id not in bound)
        twin.args.args.extend(ast.arg(name) for name in new)

    @functools.cached_property
    def _expected(self) -> list[Any]:
        return list(self._returned(ast.unparse(self.function)))

    def _equivalent(self, text: str) -> bool:
        """Whether a mutant returns what its original returns, on every draw."""
        return all(_same(got, expected) for got, expected in zip(self._returned(text), self._expected, strict=True))

    def _returned(self, text: str) -> Iterator[Any]:
        module = dict(self._module)
        exec(text, module)  # noqa: S102 a change of the project's own solution
        function = module[self.function.name]
        for draw in self.draws:
            yield _call(function, draw)


def _shown(node: ast.AST | None) -> str:
    return "(nothing)" if node is None else ast.unparse(ast.fix_missing_locations(node)).strip()


def _call(function: Any, draw: Mapping[str, Any]) -> Any:
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    # torch warns about `.T` on a vector once per process; the result must not depend on whether it already has.
    with default_dtype(torch.float64), warnings.catch_warnings(action="ignore"):
        try:
            return function(**dict(_fresh(names, draw)))
        except Exception:  # noqa: BLE001 a mutant that raises is not equivalent
            return None


def _fresh(names: Iterable[str], draw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in names:
        value = draw[name]
        yield name, value.clone() if isinstance(value, torch.Tensor) else value


def _same(got: Any, expected: Any) -> bool:
    """Whether two results are equal, with non-finite elements in the same positions."""
    if not isinstance(got, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return False
    if (got.shape, got.dtype) != (expected.shape, expected.dtype):
        return False
    finite = torch.isfinite(expected)
    if not torch.equal(torch.isfinite(got), finite):
        return False
    difference, largest = ((x[finite].abs().max() if bool(finite.any()) else 0.0) for x in (got - expected, expected))
    return bool(difference <= EQUAL * largest)
