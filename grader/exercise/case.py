"""A case: one concrete problem of an exercise, with every gradient that a check may need.

All gradients but the lecture's float32 reference come from one mechanism: each line of the forward pass is run
on detached copies of what it reads, so that its vector-Jacobian product stands alone, and a `Sweep` adds the
products up from the loss backwards. A sweep whose totals are overridden by random cotangents gives the *cut
gradient* (what a correct function returns when handed those); one with no overrides gives the true gradient.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import functools
import hashlib
import random
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

import torch

from grader.exercise.forward import BrokenExercise, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import CodeType

    from grader.exercise.exercise import Exercise

SIGN_FLIPS = 8
MOST_CUTS = 256
"""The cut gradients that a case keeps, the latest: what odd functions depend on has no end in a large class."""
NULL_TOLERANCE = 1e-9
"""A true gradient below this share of its terms is null: the terms cancel, only rounding is left."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the forward pass, run on leaves of its own."""

    line: Line
    leaves: dict[str, torch.Tensor]
    outputs: dict[str, torch.Tensor]


class LineGraph:
    """The forward pass in float64, line by line, each line differentiable by itself.

    Args:
        inputs: the case's inputs; floating tensors are taken to float64.
        at: forward values to read instead of the computed ones (float32 values, for functions that pin float32).
    """

    def __init__(self, exercise: Exercise, inputs: Mapping[str, Any], at: Mapping[str, Any] | None = None) -> None:
        self.values = {name: _as_float64(value) for name, value in inputs.items()}
        self.steps: list[_Step] = []
        self.readers: dict[str, list[_Step]] = {}
        with default_dtype(torch.float64):
            for line in exercise.lines:
                self._run(line, exercise.module.__dict__, at)

    def _run(self, line: Line, module: dict[str, Any], at: Mapping[str, Any] | None) -> None:
        reads = {name: self.values[name] for name in line.reads}
        leaves = {name: v.detach().clone().requires_grad_() for name, v in reads.items() if is_floating(v)}
        namespace = {**module, **reads, **leaves}
        exec(_compiled(line), namespace)  # noqa: S102 a line of the trusted forward.py
        outputs = {name: namespace[name] for name in line.outputs}
        step = _Step(line, leaves, {n: v for n, v in outputs.items() if is_floating(v) and v.requires_grad})
        self.steps.append(step)
        for name in leaves:
            self.readers.setdefault(name, []).append(step)
        for name, value in outputs.items():
            kept = _as_float64(at[name]) if at is not None and is_floating(value) else value
            self.values[name] = kept.detach() if isinstance(kept, torch.Tensor) else kept

    @cached_property
    def differentiable(self) -> frozenset[str]:
        """The variables that have a gradient: floating tensors that a line reads, and the loss.

        A value that was detached from the graph has none, whoever reads it.
        """
        made = {name for step in self.steps for name in step.line.outputs}
        attached = {name for step in self.steps for name in step.outputs}
        return frozenset(name for name in self.readers if name not in made or name in attached) | {"loss"}


class Sweep:
    """Gradients from the loss backwards, with some totals overridden by given cotangents."""

    def __init__(self, graph: LineGraph, overrides: Mapping[str, torch.Tensor], base: Sweep | None = None) -> None:
        self.graph = graph
        self.overrides = overrides
        self._base = base
        self._totals: dict[str, torch.Tensor] = {}
        self._scales: dict[str, float] = {}
        self._magnitudes: dict[str, float] = {}
        self._products: dict[int, dict[str, torch.Tensor]] = {}
        self._flipped: dict[int, list[dict[str, torch.Tensor]]] = {}

    def total(self, variable: str) -> torch.Tensor:
        """The loss's derivative with respect to a variable; what was given for it, where it was overridden."""
        given = self.overrides.get(variable)
        return self.cut(variable) if given is None else given

    def cut(self, variable: str) -> torch.Tensor:
        """The sum of the children's contributions, whether or not the variable itself is overridden."""
        if variable not in self._totals:
            value = self.graph.values[variable]
            terms = self.contributions(variable).values()
            self._totals[variable] = (
                torch.ones_like(value) if variable == "loss" else sum(terms, torch.zeros_like(value))
            )
        return self._totals[variable]

    def contributions(self, variable: str) -> dict[tuple[str, ...], torch.Tensor]:
        """What each line that reads the variable adds to its gradient, by the line's outputs."""
        return {step.line.outputs: self.product(step)[variable] for step in self.graph.readers.get(variable, ())}

    def scale(self, variable: str) -> float:
        """The largest term scale tau: RMS, over sign flips of the upstream gradients, of the summed terms.

        Free of cancellation, so that a gradient which is null has an honest yardstick.
        """
        if variable not in self._scales:
            flips = [self.flips(step) for step in self.graph.readers.get(variable, ())]
            sums = [
                functools.reduce(torch.add, [flip[k][variable] for flip in flips])
                for k in range(SIGN_FLIPS * bool(flips))
            ]
            self._scales[variable] = float(torch.stack(sums).square().mean(0).sqrt().max()) if sums else 1.0
        return self._scales[variable]

    def magnitude(self, variable: str) -> float:
        """What an error is measured against: the term scale, or the largest value if that is larger."""
        if variable not in self._magnitudes:
            self._magnitudes[variable] = max(self.scale(variable), float(self.cut(variable).abs().max()))
        return self._magnitudes[variable]

    def _shares_base(self, step: _Step) -> bool:
        return self._base is not None and all(name in self.overrides for name in step.outputs)

    def product(self, step: _Step) -> dict[str, torch.Tensor]:
        """One line's vector-Jacobian product, by what the line reads."""
        if self._base is not None and self._shares_base(step):
            return self._base.product(step)
        key = step.line.number
        if key not in self._products:
            self._products[key] = _vjp(step, [self.total(name) for name in step.outputs])
        return self._products[key]

    def flips(self, step: _Step) -> list[dict[str, torch.Tensor]]:
        """The same under random sign flips of the line's upstream gradients."""
        if self._base is not None and self._shares_base(step):
            return self._base.flips(step)
        key = step.line.number
        if key not in self._flipped:
            generator = torch.Generator().manual_seed(key)
            totals = [self.total(name) for name in step.outputs]
            self._flipped[key] = [
                _vjp(step, [total * _signs(total, generator) for total in totals]) for _ in range(SIGN_FLIPS)
            ]
        return self._flipped[key]


class Case:
    """Exercise, seed and sizes made concrete: inputs, forward values, references.

    `values` and `reference` are the lecture's (float32, autograd on the whole graph); `graph` is the same
    problem in float64, from the same inputs.
    """

    def __init__(self, exercise: Exercise, seed: int, sizes: Mapping[str, int], *, hidden: bool = False) -> None:
        self.exercise = exercise
        self.seed = seed
        self.sizes = dict(sizes)
        self.hidden = hidden
        self.inputs = exercise.inputs(seed, sizes)
        self.graph = LineGraph(exercise, self.inputs)
        self.true = Sweep(self.graph, {})
        self.random = Sweep(self.graph, self.cotangents)
        self._cuts: dict[tuple[str, ...], Sweep] = {}

    @cached_property
    def cotangents(self) -> dict[str, torch.Tensor]:
        """A standard normal cotangent for every variable; float64, but exact in float32 too."""
        generator = torch.Generator().manual_seed(self.seed ^ 0x5EED)
        values = self.graph.values
        return {
            name: torch.randn(values[name].shape, generator=generator, dtype=torch.float32).double()
            for name in values
            if name in self.graph.differentiable
        }

    @cached_property
    def other_cotangents(self) -> dict[str, torch.Tensor]:
        """A second cotangent for each, to find out whether a function depends on a variable's gradient."""
        return {name: c.flip(tuple(range(c.dim()))) * 0.75 + 0.125 for name, c in self.cotangents.items()}

    def cut(self, names: Sequence[str]) -> Sweep:
        """The sweep in which exactly these variables' gradients are overridden by their random cotangents."""
        key = tuple(sorted(names))
        cut = self._cuts.pop(key, None)
        if cut is None:
            cut = Sweep(self.graph, {name: self.cotangents[name] for name in key}, base=self.random)
        self._cuts[key] = cut
        if len(self._cuts) > MOST_CUTS:
            del self._cuts[next(iter(self._cuts))]
        return cut

    @cached_property
    def values(self) -> dict[str, Any]:
        """The forward values in float32, detached."""
        return {name: v.detach() if isinstance(v, torch.Tensor) else v for name, v in self._run.items()}

    @cached_property
    def reference(self) -> dict[str, torch.Tensor]:
        """Autograd's float32 gradients over the whole graph, by variable: the lecture's own reference."""
        wanted = {name: v for name, v in self._run.items() if is_floating(v) and v.requires_grad and name != "loss"}
        grads = torch.autograd.grad(self._run["loss"], list(wanted.values()), materialize_grads=True)
        found = dict(zip(wanted, grads, strict=True))
        return {**found, "loss": torch.ones_like(self._run["loss"]).detach()}

    @cached_property
    def _run(self) -> dict[str, Any]:
        leaves = {n: v.detach().clone().requires_grad_() if is_floating(v) else v for n, v in self.inputs.items()}
        return self.exercise.forward({n: v for n, v in leaves.items() if n in self.exercise.inputs_parameters})

    @cached_property
    def pool64(self) -> dict[str, Any]:
        """Forward values and random cotangents in float64, by a parameter's name: nothing in it tells a gradient."""
        cotangents = {f"d{name}": cotangent for name, cotangent in self.cotangents.items()}
        return {**cotangents, **pool_values(self.graph.values)}

    @cached_property
    def pool32(self) -> dict[str, Any]:
        """The same in float32."""
        cotangents = {f"d{name}": cotangent.float() for name, cotangent in self.cotangents.items()}
        return {**cotangents, **pool_values(self.values)}

    @cached_property
    def narrow(self) -> Case:
        """The same case with every line differentiated (in float64) at its float32 forward values."""
        twin = object.__new__(Case)
        twin.__dict__.update(
            {k: v for k, v in self.__dict__.items() if k in ("exercise", "seed", "sizes", "hidden", "inputs")}
        )
        twin.graph = LineGraph(self.exercise, self.inputs, at=self.values)
        twin.cotangents = self.cotangents
        twin.true = Sweep(twin.graph, {})
        twin.random = Sweep(twin.graph, twin.cotangents)
        twin._cuts = {}
        return twin

    def is_null(self, variable: str) -> bool:
        """Whether the true gradient is nothing but rounding noise."""
        return float(self.true.total(variable).abs().max()) <= NULL_TOLERANCE * self.true.scale(variable)

    def check_finite(self) -> None:
        """Raise BrokenExercise if a forward value or a true gradient is not finite: nothing could be graded."""
        for variable in self.exercise.graded:
            if not bool(torch.isfinite(self.true.total(variable)).all()):
                raise BrokenExercise(
                    f"{self.exercise.name}: the reference gradient d{variable} is not finite for seed {self.seed} "
                    f"and sizes {self.sizes or 'as given'}. Choose another seed or smaller values."
                )


@dataclass(frozen=True)
class Cases:
    """The given case and the further ones, built once and used for every submission."""

    exercise: Exercise
    given: Case
    further: tuple[Case, ...]

    def __iter__(self) -> Iterator[Case]:
        yield self.given
        yield from self.further

    @cached_property
    def probe(self) -> Case:
        """The smallest case: where it is found out which upstream gradients a function depends on."""
        return min(self, key=lambda case: sum(cotangent.numel() for cotangent in case.cotangents.values()))

    @cached_property
    def null(self) -> frozenset[str]:
        """The graded variables whose true gradient is null on every case."""
        return frozenset(v for v in self.exercise.graded if all(case.is_null(v) for case in self))

    @cached_property
    def reference_hash(self) -> str:
        """SHA-256 of the float32 reference gradients of the given case: equal on machines with equal bits."""
        digest = hashlib.sha256()
        for variable in self.exercise.graded:
            digest.update(tensor_bytes(self.given.reference[variable]))
        return digest.hexdigest()


def build_cases(exercise: Exercise, seed: int, batch_size: int | None = None, hidden_seed: int | None = None) -> Cases:
    """The given case of a seed, and the further ones: fixed for one's own run, hidden when `hidden_seed` is given."""
    given = Case(exercise, seed, {} if batch_size is None or not exercise.has_minibatch else {"n": batch_size})
    given.check_finite()
    if hidden_seed is None:
        further = tuple(Case(exercise, seed + 1 + k, sizes) for k, sizes in enumerate(exercise.sizes))
    else:
        further = tuple(_hidden_case(exercise, hidden_seed + k, sizes) for k, sizes in enumerate(exercise.sizes))
    for case in further:
        case.check_finite()
    return Cases(exercise, given, further)


def _hidden_case(exercise: Exercise, seed: int, sizes: Mapping[str, int]) -> Case:
    """A case whose sizes nobody has seen; the exercise's own sizes where it does not work at others."""
    rng = random.Random(seed)  # noqa: S311 the seed is the secret
    for _ in range(50):
        drawn = {name: _size_near(size, rng) for name, size in sizes.items()}
        if len(set(drawn.values())) < len(drawn):
            continue
        with contextlib.suppress(Exception):
            case = Case(exercise, rng.getrandbits(31), drawn, hidden=True)
            case.check_finite()
            return case
    return Case(exercise, rng.getrandbits(31), sizes, hidden=True)


def _size_near(size: int, rng: random.Random) -> int:
    """A size of the same order; small ones stay large enough for a variance to mean something."""
    spread = max(2, size // 3)
    return max(min(5, size), rng.randint(size - spread, size + spread))


def pool_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The forward values that can be handed to a function: tensors, ints and floats."""
    return {n: v for n, v in values.items() if isinstance(v, torch.Tensor | int | float) and not isinstance(v, bool)}


@contextlib.contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Make `torch.zeros(...)` in a forward pass come out in this dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def is_floating(value: object) -> TypeGuard[torch.Tensor]:
    """Whether a forward value is a tensor that can have a gradient."""
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def tensor_bytes(tensor: torch.Tensor) -> bytes:
    """A tensor's values as raw bytes; without numpy, which torch would want for `.numpy()`."""
    dense = tensor.detach().contiguous()
    return ctypes.string_at(dense.data_ptr(), dense.numel() * dense.element_size()) if dense.numel() else b""


@functools.cache
def _compiled(line: Line) -> CodeType:
    return compile(ast.Module([line.code], []), f"forward.py:{line.number}", "exec")


def _as_float64(value: Any) -> Any:
    return value.detach().double() if is_floating(value) else value


def _vjp(step: _Step, cotangents: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """One line's vector-Jacobian product for every leaf; zeros where a leaf does not reach the outputs.

    Asked as the gradient of sum(output * cotangent), which has the same bits: handing `grad_outputs` to
    autograd would import sympy, for a third of a second.
    """
    if not step.outputs:
        return {name: torch.zeros_like(leaf) for name, leaf in step.leaves.items()}
    pairs = zip(step.outputs.values(), cotangents, strict=True)
    projected = functools.reduce(torch.add, [(output * cotangent).sum() for output, cotangent in pairs])
    grads = torch.autograd.grad(projected, list(step.leaves.values()), retain_graph=True, materialize_grads=True)
    return dict(zip(step.leaves, grads, strict=True))


def _signs(like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return torch.randint(0, 2, like.shape, generator=generator, dtype=torch.float64) * 2 - 1
