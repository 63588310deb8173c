"""Code that runs only in one dtype, such as bfloat16: its answers against float64 at the same inputs.

Two things are asked of an answer. No element may be off by more than a few roundings of the largest term that is summed
to it, or by more than twice what autograd is off by in that dtype: nobody has to be better than PyTorch. And its
projection on the right answer, in which roundings average out, must be one: a factor of 1.02 would hide in the
roundings of single numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.case import LineGraph, Sweep, pool_values
from grader.exercise.dtypes import is_floating
from grader.exercise.forward import COTANGENT, OUTPUT
from grader.report.row_facts import number
from grader.sandbox.types import Question, Returned, Several
from grader.testing.comparison import Comparison, Gradient, worst_place
from grader.verdict.evidence import Verdict
from grader.verdict.judge import failed
from grader.verdict.problems import form_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.sandbox.types import Outcome
    from grader.testing.calling import Caller
    from grader.testing.composite import Composite

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
ROUNDINGS = 8
"""How many units of rounding an element may be off by, of the largest term; twice as many in float32, whose long sums
are not carried out in a wider dtype."""
PROJECTED = 3
"""How many the projection may be off by: a rounded constant, such as 1/n, is off by one everywhere."""
_AS_GOOD = 2.0
"""How many times the error of autograd in that dtype is allowed."""
_MOST = 0.05
"""No dtype and no example of autograd's allows more than this share of the largest term."""
SCALES = (1.0, 8.0, -0.125)
"""Factors of the cotangents of successive cases: even half holds the products of ordinary values with them."""


@dataclass(frozen=True)
class _At:
    """One case: inputs that the dtype holds exactly, and what is right there in float64."""

    exercise: Composite
    dtype: torch.dtype
    inputs: dict[str, Any]
    sweep: Sweep
    graph: LineGraph

    @classmethod
    def of(cls, exercise: Composite, dtype: torch.dtype, seed: int, sizes: Mapping[str, int], scale: float) -> _At:
        drawn = exercise.inputs(seed, sizes)
        cotangents = {COTANGENT, *(name for name in drawn if name not in exercise.taken)}
        scaled = {n: v * scale if n in cotangents and is_floating(v) else v for n, v in drawn.items()}
        inputs = {n: v.to(dtype).float() if is_floating(v) else v for n, v in scaled.items()}
        graph = LineGraph(exercise, inputs)
        return cls(exercise, dtype, inputs, Sweep(graph, {}), graph)

    @property
    def pool(self) -> dict[str, Any]:
        """What the functions are given."""
        values = {n: v.to(self.dtype) if is_floating(v) else v for n, v in self.inputs.items()}
        cotangent = {f"d{OUTPUT}": values[COTANGENT]} if COTANGENT in values else {}
        return pool_values({**values, **cotangent})

    def expected(self, variable: str) -> torch.Tensor:
        """The right gradient; for a value of the forward pass, that value."""
        if self.exercise.is_value(variable):
            value: torch.Tensor = self.graph.values[variable]
            return value
        return self.sweep.cut(variable)

    def largest(self, variable: str) -> float:
        """The size of the summed terms."""
        if self.exercise.is_value(variable):
            return float(self.expected(variable).abs().max())
        return self.sweep.magnitude(variable)

    def autograds(self) -> dict[str, torch.Tensor]:
        """What autograd computes in the dtype; empty where it cannot."""
        leaves = {
            n: v.to(self.dtype).requires_grad_(n in self.exercise.taken) if is_floating(v) else v
            for n, v in self.inputs.items()
        }
        try:
            with torch.enable_grad():
                loss = self.exercise.forward(leaves)["loss"]
                names = [n for n in self.exercise.graded if not self.exercise.is_value(n)]
                grads = torch.autograd.grad(loss, [leaves[n] for n in names], materialize_grads=True)
        except Exception:  # noqa: BLE001 an operation may not exist in this dtype
            return {}
        return {n: g.double() for n, g in zip(names, grads, strict=True)}


def compare_in(
    dtype: torch.dtype,
    exercise: Composite,
    caller: Caller,
    rename: Callable[[str], str],
    title: str,
    notes: Sequence[str],
    wide: Callable[[], Mapping[str, str | None]],
) -> Comparison:
    """Compare in one dtype.

    Args:
        rename: gives a sentence the author's names.
        wide: the likely mistakes that are found in float64, by row; called if an answer is wrong.

    Raises:
        ValueError: the dtype is none of DTYPES.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype}; it can be {', '.join(map(str, DTYPES))}, and None for float64")
    cases = [
        _At.of(exercise, dtype, exercise.seed + k, sizes, SCALES[k % len(SCALES)])
        for k, sizes in enumerate(({}, *exercise.sizes) if exercise.sizes else ({}, {}))  # twice in one size
    ]
    caller.dtype = dtype
    answers = [_asked(exercise, caller, case, k) for k, case in enumerate(cases)]
    caller.dtype = None
    yardsticks = [case.autograds() for case in cases]
    rows = []
    for place, variable in enumerate(exercise.graded):
        row = _Row(exercise, variable, dtype, caller)
        for case, outcomes, autograds in zip(cases, answers, yardsticks, strict=True):
            row.add(case, outcomes[place], autograds.get(variable))
            if row.problem is not None:
                break
        rows.append(row)
    likely = wide() if any(row.problem is not None for row in rows) else {}
    found = tuple(row.gradient(rename, likely) for row in rows)
    return Comparison(
        title, found, tuple({**exercise.given_sizes, **each} for each in ({}, *exercise.sizes)), tuple(notes)
    )


def _asked(exercise: Composite, caller: Caller, case: _At, number: int) -> Sequence[Outcome]:
    caller.pool(f"{number}", case.pool)
    wanted = tuple(map(exercise.row_name, exercise.graded))
    outcome = next(caller.ask([Question("", f"{number}", wanted=wanted, dtype="float32")]))
    assert isinstance(outcome, Several)
    return outcome.outcomes


class _Row:
    """One gradient over all cases."""

    def __init__(self, exercise: Composite, variable: str, dtype: torch.dtype, caller: Caller) -> None:
        self._exercise, self._variable, self._dtype = exercise, variable, dtype
        self._unit = torch.finfo(dtype).eps / 2
        form = exercise.settings.form
        assert form is not None
        name = exercise.row_name(variable)
        call = next((call.name for call in form.calls if name in call.returns), form.backward.name)
        self._function = caller.reading.functions[call]
        self.verdict, self.problem, self.worst = Verdict.CORRECT, None, None
        self._line: int | None = None
        self._error, self._shape = 0.0, None
        self._allowed, self._notes, self._factor = 0.0, dict[str, None](), None

    problem: str | None
    worst: str | None
    _factor: float | None
    _shape: tuple[int, ...] | None

    def add(self, case: _At, outcome: Outcome, autograds: torch.Tensor | None) -> None:
        """Compare the answer on one more case."""
        if not isinstance(outcome, Returned):
            judgment = failed(outcome, self._function.name, "the function")
            self.verdict, self.problem, self._line = judgment.verdict, judgment.problem, judgment.line
            return
        got, expected = outcome.tensors[0], case.expected(self._variable)
        self._shape = tuple(got.shape)
        if got.dtype != self._dtype and got.dtype.is_floating_point:  # more digits than asked for
            self._notes[f"returned in {_short(got.dtype)}"] = None
            got = got.to(self._dtype)
        if autograds is not None and not bool(torch.isfinite(autograds).all()):
            autograds = None
            if not bool(torch.isfinite(got).all()):
                self._notes[f"overflows in {_short(self._dtype)} in a case, as PyTorch's does; give smaller inputs"] = (
                    None
                )
                return
        if problem := form_problem(got, expected.to(self._dtype)):
            self.verdict, self.problem = problem
            return
        self._values(got.double(), expected, case.largest(self._variable), autograds)

    def _values(
        self, got: torch.Tensor, expected: torch.Tensor, largest: float, autograds: torch.Tensor | None
    ) -> None:
        if not got.numel():
            return
        largest = max(largest, torch.finfo(self._dtype).tiny)
        errors = (got - expected).abs()
        error, off = float(errors.max()) / largest, abs(_projection(got, expected) - 1)
        roundings = ROUNDINGS * (2 if self._dtype is torch.float32 else 1)
        theirs = (0.0, 0.0)
        if autograds is not None:
            theirs = float((autograds - expected).abs().max()) / largest, abs(_projection(autograds, expected) - 1)
        allowed = min(max(roundings * self._unit, _AS_GOOD * theirs[0]), _MOST)
        projected = min(max(PROJECTED * self._unit, _AS_GOOD * theirs[1]), _MOST)
        self._error, self._allowed = max(self._error, error), max(self._allowed, allowed)
        is_null = float(expected.abs().max()) <= allowed * largest  # only rounding is left of it
        if error <= allowed and (is_null or off <= projected):
            return
        self.verdict = Verdict.WRONG_VALUES
        said = f"values differ from float64's by up to {number(float(errors.max()))}, {error:.2g} of the summed terms"
        if error <= allowed:
            factor = _projection(got, expected)
            said = f"values are {number(factor)} times float64's, more than {_short(self._dtype)} rounds"
        self.problem = f"{said}; {_short(self._dtype)} allows {allowed:.2g}"
        self.worst = worst_place(got, expected)
        factor = _projection(got, expected)
        rest = float((got - factor * expected).abs().max()) / largest
        self._factor = factor if rest <= allowed and abs(factor) > _MOST else None

    def gradient(self, rename: Callable[[str], str], likely: Mapping[str, str | None]) -> Gradient:
        """The row, with the author's names."""
        name = self._exercise.row_name(self._variable)
        named = likely.get(rename(name))
        if named is None and self._factor is not None:
            named = f"about {number(self._factor)} times the right gradient"
        return Gradient(
            name=rename(name),
            verdict=str(self.verdict),
            right=self.verdict.right,
            problem=None if self.problem is None else rename(self.problem),
            likely=named if self.problem is not None else None,
            worst=self.worst,
            error=self._error,
            tolerance=self._allowed,
            file=self._function.file,
            line=self._line or self._function.line,
            shape=self._shape,
            notes=tuple(self._notes),
        )


def _projection(got: torch.Tensor, expected: torch.Tensor) -> float:
    """How many times the expected values the answer is, in the sense of least squares."""
    square = float((expected * expected).sum())
    found = float((got * expected).sum()) / square if square else 1.0
    return found if math.isfinite(found) else math.inf


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
