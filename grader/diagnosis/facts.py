"""The input of a diagnosis: the learner's tensors, the right ones, and the function's parameters."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from grader.diagnosis.derive import Deriver, Path
from grader.diagnosis.factors import Forms, name_factor
from grader.diagnosis.formula import Node, Numbers, added, distinct_leaves, name, substituted, upstream
from grader.exercise.forward import COTANGENT, OUTPUT
from grader.sandbox.types import Returned
from grader.verdict.evidence import NARROW_TOLERANCE, Ask, Evidence
from grader.verdict.judge import is_local_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.exercise.case import Case, Cases, Sweep
    from grader.exercise.exercise import Exercise
    from grader.exercise.forward import Line

TOLERANCE = 1e-9
"""An identity holds if no element is further off than this fraction of the largest. The rounding of right answers was
measured below 3e-14, the smallest mistakes at 8e-8; from 1e-12 to 1e-7 every name of the catalogues is the same."""
MOST_OPERATIONS = 3000
"""After this many operations on the smallest case, no more candidates are tried. It bounds the time without a clock, so
the same answer always gets the same name. Of the catalogues' names, half take 12 or fewer and 99% fewer than 2000; 1500
would lose 15 of 2507, 6000 would gain two."""
FEW_OPERATIONS = 900
"""The same with the true upstream gradients, after the random ones gave no name. 450 and 3000 change no name."""
MOST_DERIVED = 1000
"""The most values cached for an exercise's formulas. Every choice of upstream gradients adds some, and a large class
makes many odd choices. All answers of gpt2_block's catalogue need 376."""


@dataclass(frozen=True, eq=False)
class View:
    """One case: the answer, the expected gradient, and the numbers to compute candidates from."""

    case: Case
    got: torch.Tensor
    expected: torch.Tensor
    numbers: Numbers
    sweep: Sweep
    scale: float

    def tensor(self, node: Node) -> torch.Tensor | None:
        """The value of a formula on this case."""
        return self.numbers.tensor(node)


@dataclass(eq=False)
class Facts:
    """One wrong gradient, with the cases that can be compared, smallest first."""

    exercise: Exercise
    variable: str
    evidence: Evidence
    views: tuple[View, ...]
    deriver: Deriver
    given_sizes: dict[str, int]
    true_cotangents: bool
    """Whether the upstream gradients were the true ones, not random ones."""

    @property
    def name(self) -> str:
        """The gradient's name."""
        return f"d{self.variable}"

    @property
    def probe(self) -> View:
        """The smallest case, where a candidate is tried first."""
        return self.views[0]

    @property
    def exhausted(self) -> bool:
        """Whether the limit of operations is reached, so that no more candidates are tried."""
        return self.probe.numbers.computed >= (FEW_OPERATIONS if self.true_cotangents else MOST_OPERATIONS)

    @property
    def given(self) -> View:
        """The given case, or the smallest if it has no answer there; messages must not show hidden sizes."""
        return next((view for view in self.views if view.case.sizes == self.given_sizes), self.probe)

    @property
    def narrow(self) -> bool:
        """Whether the function computes in float32, whatever it is given."""
        return self.evidence.narrow

    @property
    def tolerance(self) -> float:
        """How far off an element may be, relative to the largest, for an identity to hold."""
        return self.evidence.rough or (NARROW_TOLERANCE * 4 if self.narrow else TOLERANCE)

    @property
    def local_style(self) -> bool:
        """Whether the function takes one step of the chain rule, from a child's gradient."""
        children = set(self.exercise.children(self.variable))
        return bool(set(self.evidence.depends_on) & children)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The forward values that the function can compute with: a layer may keep any of them."""
        asked = self.evidence.binding.values if self.evidence.binding else ()
        if self.exercise.is_layer:
            return tuple(name for name in self.probe.numbers.values if name not in ("loss", OUTPUT, COTANGENT))
        return tuple(name for name in asked if name in self.probe.numbers.values)  # sizes are not among them

    @cached_property
    def quantities(self) -> dict[str, list[float]]:
        """The quantities that a factor can be made of, by name, with a value for each view."""
        return _quantities(self)

    @cached_property
    def _forms(self) -> Forms:
        """Expressions of the quantities."""
        return Forms(lambda: self.quantities)

    def named(self, factors: Sequence[float] | None, tolerance: float | None = None) -> str | None:
        """Factors, one for each view, as one expression of sizes; None if there are none or no expression fits."""
        return None if factors is None else name_factor(factors, self._forms, tolerance or self.tolerance)

    @cached_property
    def atoms(self) -> tuple[Node, ...]:
        """The tensors that the function could compute with, including masks."""
        numbers = self.probe.numbers.values
        floats = [v for v in self.values if isinstance(numbers[v], torch.Tensor) and not _is_index(numbers[v])]
        return (*(upstream(g) for g in self.evidence.upstream), *(name(v) for v in floats))

    @cached_property
    def indices(self) -> tuple[Node, ...]:
        """The integer tensors that the function could compute with."""
        numbers = self.probe.numbers.values
        found = [v for v in self.values if isinstance(numbers[v], torch.Tensor) and _is_index(numbers[v])]
        return tuple(name(v) for v in found)

    @cached_property
    def paths(self) -> list[Path]:
        """The gradient's shares, one for each reading line."""
        return self.deriver.by_line(self.variable)

    @cached_property
    def chains(self) -> list[Path]:
        """The gradient's shares, one for each chain of lines to the upstream gradients that the function depends on.

        A chain that leads to none of them ends as soon as that is certain.
        """
        used = frozenset(self.evidence.depends_on)
        below = self.exercise.downstream(self.variable)
        ends = {name for name in below if not used & (self.exercise.downstream(name) | {name})}
        return self.deriver.to_upstream(self.variable, used | ends)

    def summed(self, variable: str) -> Node | None:
        """A variable's whole gradient as one formula of the upstream gradients that the function depends on."""
        paths = self.deriver.to_upstream(variable, frozenset(self.evidence.depends_on))
        return added([path.node for path in paths]) if paths else None

    @cached_property
    def siblings(self) -> dict[str, list[Path]]:
        """Other values of the variable's shape that the same lines read, with the shares that those lines pass back."""
        shape, found = self.probe.expected.shape, dict[str, list[Path]]()
        for line in self.lines:
            for other in line.reads:
                value = self.probe.numbers.values[other]
                if other != self.variable and isinstance(value, torch.Tensor) and value.shape == shape:
                    theirs = [path for path in self.deriver.by_line(other) if path.line is line]
                    found.setdefault(other, []).extend(theirs)
        return {other: paths for other, paths in found.items() if paths}

    @cached_property
    def whole_lines(self) -> list[Path]:
        """The shares, one for each reading line and output, however often the line uses the variable."""
        found: dict[tuple[int, tuple[str, ...]], list[Path]] = {}
        for path in self.paths:
            found.setdefault((path.line.number, path.via), []).append(path)
        return [Path(same[0].line, same[0].via, added([path.node for path in same])) for same in found.values()]

    @cached_property
    def unfolded(self) -> list[Path]:
        """The shares by line, with the gradients of unused children expanded by one more step."""
        used, found = self.evidence.depends_on, []
        for path in self.whole_lines:
            child = path.via[0]
            inner = self.one_step(child) if child not in used and child != "loss" else None
            node = path.node if inner is None else substituted(path.node, upstream(child), inner)
            found.append(Path(path.line, path.via, node, path.occurrence))
        return found

    @cached_property
    def inlined(self) -> list[Path]:
        """The shares by line, with values that are not parameters of the function replaced by their formulas."""
        found = []
        for path in self.whole_lines:
            node = path.node
            for leaf in list(distinct_leaves(node)):
                made = self.deriver.made_of(leaf.data) if leaf.op == "name" and leaf.data not in self.values else None
                node = node if made is None else substituted(node, leaf, made)
            if node is not path.node:
                found.append(Path(path.line, path.via, node))
        return found

    def one_step(self, variable: str) -> Node | None:
        """A variable's whole gradient as a formula of its children's gradients."""
        paths = self.deriver.by_line(variable)
        return added([path.node for path in paths]) if paths else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that read the variable."""
        return self.exercise.readers.get(self.variable, ())

    @cached_property
    def mutated(self) -> tuple[str, ...]:
        """The parameters that a call changed in place."""
        outcomes = self.evidence.of(Ask.RANDOM).values()
        return tuple(sorted({m for o in outcomes if isinstance(o, Returned) for m in o.mutated}))


def _quantities(facts: Facts) -> dict[str, list[float]]:
    """What a factor can be made of: sizes, counts and numbers of the forward pass, by the names a learner would use."""
    found: dict[str, list[float]] = {}
    for known, values in _countable(facts):
        if values not in found.values() and any(abs(v) != 1 for v in values):
            found[known] = values
    return found


def _countable(facts: Facts) -> Iterator[tuple[str, list[float]]]:
    cases = [view.case.graph.values for view in facts.views]
    numbers = [n for n, v in cases[0].items() if isinstance(v, (int, float)) and not isinstance(v, bool)]
    for known in numbers:
        yield known, [float(case[known]) for case in cases]
    near = [facts.variable, *(child for line in facts.lines for child in line.outputs), *facts.values]
    tensors = [n for n in dict.fromkeys([*near, *cases[0]]) if isinstance(cases[0][n], torch.Tensor)]
    for known in tensors:
        for dim in range(cases[0][known].dim()):
            yield f"{known}.shape[{dim}]", [float(case[known].shape[dim]) for case in cases]
    for known in tensors:
        if cases[0][known].dtype == torch.bool:
            yield f"{known}.sum()", [float(case[known].sum()) for case in cases]
    for known in tensors:
        yield f"{known}.numel()", [float(case[known].numel()) for case in cases]


def _is_index(value: torch.Tensor) -> bool:
    return not value.is_floating_point() and value.dtype != torch.bool


def gather(evidence: Evidence, cases: Cases) -> Iterator[Facts]:
    """The facts with random upstream gradients, then with the true ones if the function was called with those too."""
    if evidence.narrow:
        yield from _facts(evidence, cases, Ask.NARROW, [case.narrow for case in cases])
        return
    yield from _facts(evidence, cases, Ask.RANDOM, list(cases))
    if evidence.get(Ask.TRUE) and evidence.depends_on and not is_local_style(evidence, cases):
        yield from _facts(evidence, cases, Ask.TRUE, list(cases))


def _facts(evidence: Evidence, cases: Cases, ask: Ask, at: list[Case]) -> Iterator[Facts]:
    views, true = _views(evidence, ask, at), ask is Ask.TRUE
    if views:
        yield Facts(cases.exercise, evidence.variable, evidence, views, deriver_of(cases), cases.given.sizes, true)


def _views(evidence: Evidence, ask: Ask, cases: list[Case]) -> tuple[View, ...]:
    found = []
    for index, case in enumerate(cases):
        got = None if case.stressed else evidence.tensor(ask, index)  # rounding may hide the mistake there
        if got is not None:
            sweep = case.true if ask is Ask.TRUE else case.cut(evidence.depends_on)
            numbers = Numbers(case.graph.values, sweep.total, case.exercise.module.__dict__)
            expected = sweep.cut(evidence.variable)
            found.append(View(case, got.double(), expected, numbers, sweep, sweep.scale(evidence.variable)))
    return tuple(sorted(found, key=lambda view: view.expected.numel()))


_derivers: weakref.WeakKeyDictionary[Cases, Deriver] = weakref.WeakKeyDictionary()


def deriver_of(cases: Cases) -> Deriver:
    """The exercise's formulas, shared by all submissions; one case is used to look up shapes."""
    deriver = _derivers.get(cases)
    if deriver is None or deriver.numbers.computed > MOST_DERIVED:
        case = cases.probe
        numbers = Numbers(case.graph.values, case.true.total, cases.exercise.module.__dict__)
        deriver = _derivers[cases] = Deriver(cases.exercise, numbers)
    return deriver
