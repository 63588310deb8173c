"""What is derived from an answer: values and formulas that it could be made of, and names for factors."""

from __future__ import annotations

import ast
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.derive import Deriver, Path
from grader.diagnosis.factors import Forms, name_factor
from grader.diagnosis.formula import Node, Numbers, added, distinct_leaves, name, substituted, upstream
from grader.diagnosis.forward_code import compiled, sums_in
from grader.diagnosis.wrong_answer import View, WrongAnswer
from grader.exercise.dtypes import is_floating
from grader.exercise.forward import COTANGENT
from grader.verdict.evidence import Ask, Evidence
from grader.verdict.judge import is_local_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.exercise.case import Case, Cases

MOST_OPERATIONS = 3000
"""After this many operations on the smallest case, no more candidates are tried. It bounds the time without a clock, so
the same answer always gets the same name. Of the catalogues' names, half take 12 or fewer and 99% fewer than 2000; 1500
would lose 15 of 2507, 6000 would gain two."""
MORE_OPERATIONS = 1500
"""What each of the later steps may take after that."""
FEW_OPERATIONS = 900
"""The same with the true upstream gradients, after the random ones gave no name. 450 and 3000 change no name."""
MOST_ELEMENTS, TIMES_THE_GRADIENT = 1 << 16, 64
"""An answer is not compared if it is empty, or has more elements than this and so many times those of the gradient: so
large a sum is not forgotten, and every candidate would take long."""
MOST_DERIVED = 1000
"""The most values cached for an exercise's formulas. Every choice of upstream gradients adds some, and a large class
makes many odd choices. All answers of gpt2_block's catalogue need 376."""


@dataclass(eq=False)
class Facts:
    """What an answer could have been computed from, and the right formulas; worked out when it is first needed."""

    answer: WrongAnswer
    deriver: Deriver

    @property
    def exhausted(self) -> bool:
        """Whether the limit of operations is reached, so that no more candidates are tried."""
        return self.answer.probe.numbers.computed >= self._limit

    @cached_property
    def _limit(self) -> int:
        return FEW_OPERATIONS if self.answer.true_cotangents else MOST_OPERATIONS

    def allow_more(self) -> None:
        """Allow the next step some operations, however many the steps before it have taken."""
        self._limit = max(self._limit, self.answer.probe.numbers.computed + MORE_OPERATIONS)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The forward values that the function can compute with: a layer may keep any of them."""
        asked = self.answer.evidence.binding.values if self.answer.evidence.binding else ()
        if self.answer.exercise.is_layer:
            return tuple(name for name in self.answer.probe.numbers.values if name not in ("loss", COTANGENT))
        return tuple(name for name in asked if name in self.answer.probe.numbers.values)  # sizes are not among them

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
        return None if factors is None else name_factor(factors, self._forms, tolerance or self.answer.tolerance)

    @cached_property
    def atoms(self) -> tuple[Node, ...]:
        """The tensors that the function could compute with, including masks."""
        numbers = self.answer.probe.numbers.values
        floats = [v for v in self.values if isinstance(numbers[v], torch.Tensor) and not _is_index(numbers[v])]
        return (*(upstream(g) for g in self.answer.evidence.upstream), *(name(v) for v in floats))

    @cached_property
    def factors(self) -> dict[str, Node]:
        """What a gradient may have a power too many of: forward values, and the sums that the reading lines contain."""
        numbers = self.answer.probe.numbers.values
        found = {atom.data: atom for atom in self.atoms if atom.op == "name" and is_floating(numbers[atom.data])}
        for line in self.answer.lines:
            for part in sums_in(line):
                found.setdefault(f"({ast.unparse(part)})", Node("code", (), compiled(part)))
        return found

    @cached_property
    def indices(self) -> tuple[Node, ...]:
        """The integer tensors that the function could compute with."""
        numbers = self.answer.probe.numbers.values
        found = [v for v in self.values if isinstance(numbers[v], torch.Tensor) and _is_index(numbers[v])]
        return tuple(name(v) for v in found)

    @cached_property
    def paths(self) -> list[Path]:
        """The gradient's shares, one for each reading line."""
        return self.deriver.by_line(self.answer.variable)

    @cached_property
    def chains(self) -> list[Path]:
        """The gradient's shares, one for each chain of lines to the upstream gradients that the function depends on.

        A chain that leads to none of them ends as soon as that is certain.
        """
        used = frozenset(self.answer.evidence.depends_on)
        below = self.answer.exercise.downstream(self.answer.variable)
        ends = {name for name in below if not used & (self.answer.exercise.downstream(name) | {name})}
        return self.deriver.to_upstream(self.answer.variable, used | ends)

    @cached_property
    def before_upstream(self) -> list[Path]:
        """The shares for each chain of lines, ending one line before the upstream gradients that the function uses."""
        used = frozenset(self.answer.evidence.depends_on)
        below = self.answer.exercise.downstream(self.answer.variable)
        ends = {name for name in below - used if used & {*self.answer.exercise.children(name)}}
        return self.deriver.to_upstream(self.answer.variable, frozenset(used | ends)) if ends else []

    def summed(self, variable: str) -> Node | None:
        """A variable's whole gradient as one formula of the upstream gradients that the function depends on."""
        paths = self.deriver.to_upstream(variable, frozenset(self.answer.evidence.depends_on))
        return added([path.node for path in paths]) if paths else None

    @cached_property
    def siblings(self) -> dict[str, list[Path]]:
        """Other values of the variable's shape that the same lines read, with the shares that those lines pass back."""
        shape, found = self.answer.probe.expected.shape, dict[str, list[Path]]()
        for line in self.answer.lines:
            for other in line.reads:
                value = self.answer.probe.numbers.values[other]
                if other != self.answer.variable and isinstance(value, torch.Tensor) and value.shape == shape:
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
        used, found = self.answer.evidence.depends_on, []
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


def _quantities(facts: Facts) -> dict[str, list[float]]:
    """What a factor can be made of: sizes, counts and numbers of the forward pass, by the names a learner would use."""
    found: dict[str, list[float]] = {}
    for known, values in countable(facts, [view.case.graph.values for view in facts.answer.views]):
        if values not in found.values() and any(abs(v) != 1 for v in values):
            found[known] = values
    return found


def countable(facts: Facts, cases: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[float]]]:
    """Sizes, counts and numbers of the forward pass by name, those of near variables first, with a value for each case.

    Args:
        cases: the forward values of each.
    """
    numbers = [n for n, v in cases[0].items() if isinstance(v, (int, float)) and not isinstance(v, bool)]
    for known in numbers:
        yield known, [float(case[known]) for case in cases]
    near = [facts.answer.variable, *(child for line in facts.answer.lines for child in line.outputs), *facts.values]
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
    return not value.is_floating_point() and not is_mask(value)


def is_mask(value: torch.Tensor) -> bool:
    """Whether a value is a mask: bool, or a table of zeros and ones, such as `torch.tril(...)`."""
    if value.dtype == torch.bool:
        return True
    return not value.is_floating_point() and value.dim() > 1 and bool(((value == 0) | (value == 1)).all())


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
        answer = WrongAnswer(cases.exercise, evidence, views, cases.given.sizes, true)
        yield Facts(answer, deriver_of(cases))


def _views(evidence: Evidence, ask: Ask, cases: list[Case]) -> tuple[View, ...]:
    found = []
    for index, case in enumerate(cases):
        got = None if case.stressed else evidence.tensor(ask, index)  # rounding may hide the mistake there
        if got is not None:
            sweep = case.true if ask is Ask.TRUE else case.cut(evidence.depends_on)
            numbers = Numbers(case.graph.values, sweep.total, case.exercise.module.__dict__)
            expected = sweep.cut(evidence.variable)
            if 0 < got.numel() <= max(MOST_ELEMENTS, TIMES_THE_GRADIENT * expected.numel()):
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
