"""A case: one run of an exercise's forward pass, with every gradient that a check may need.

All gradients except the lecture's float32 reference come from one mechanism: each line of the forward pass runs on
detached copies of what it reads, so that its vector-Jacobian product can be computed separately, and a `Sweep` sums
the products from the loss backward. A sweep whose totals are overridden by random cotangents gives the *cut gradient*
(what a correct function returns when given those); one without overrides gives the true gradient.

Every gradient has the shape of its variable. The comments give the shapes of one line of the mlp,
`logits = h @ W2 + b2`: h (n, n_hidden), W2 (n_hidden, vocab_size), b2 (vocab_size,), logits (n, vocab_size).
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import random
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import default_dtype, is_floating
from grader.exercise.forward import BrokenExercise
from grader.exercise.kinks import has_kink
from grader.exercise.line import Line, compiled
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.sizes import at_batch_size, draw_near
from grader.exercise.stress import crossed, is_covered, stressed, unseen_rows, upstream_inputs, with_every_index
from grader.names import names_are_packaged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise

SCALES = (2.0**-40, 2.0**40, 1.0)
"""Factors of the further cases' cotangents: powers of two, so that no digit changes.

A gradient is linear in its upstream gradients. Factors this far apart cross every threshold that a learner might put on
one (1e-8 to 1e6 and more), and float32 still holds the product of three of them.
"""
NUDGE = 2.0**-50
"""Four units in the last place of a float64."""
_TIMES_NUDGED = 4
"""A single sum may round to the same number again: in one case of 500, all three of a bias did."""
MOST_CUTS = 256
"""How many cut gradients a case keeps, the latest: in a large class, odd functions depend on endless sets of names."""
MOST_KEPT = 8
"""The most elements that they may hold, as a multiple of the forward pass's; then the oldest are dropped. The correct
functions of gpt2_block need 2.2, and its catalogue takes no longer with 8 than with 32; without a limit, 14 submissions
in which every function depends on something different filled 500 MB."""
NULL_TOLERANCE = 1e-9
"""A true gradient below this fraction of its term scale is null: the terms cancel, and only rounding is left.

Rounding in correct formulations stays below 3e-14 of the term scale in float64 (355 formulations, 320 random cases)."""
_LEAST, _MOST = 1e-6, 1e100
"""Bounds of a stressed case's gradients, for cotangents of size 1. Where a unit is saturated in every row, smaller
ones are left over from a cancellation, and correct formulas differ in them."""
_HIDDEN_TRIES = 50
"""Draws of hidden sizes before falling back on the exercise's own: a forward pass may not work at every size."""
_CUT_TRIES = 4
"""Hidden cases to draw for the one that detects the most slices; nearly always the first detects them all."""
_EXTREME_DRAWS = 8
"""Hidden draws of extreme inputs; the one with the most extreme values is used."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the forward pass, run on its own leaves: detached float64 copies of what it reads."""

    line: Line
    leaves: dict[str, torch.Tensor]
    """By name: the values it reads that have a gradient."""
    outputs: dict[str, torch.Tensor]
    """By name: the values it computes from them, with the graph of this one line."""


class LineGraph:
    """The forward pass in float64, line by line, each line differentiable on its own.

    `values` holds every input and forward value by name; tensors are detached, and floating ones are float64. A value
    has a gradient if it is attached to an input that has one; a mask's `.float()` and a detached value have none.

    Args:
        inputs: the case's inputs; floating tensors are converted to float64.
        at: forward values to read instead of the computed ones, by name (float32 values, for functions that pin
            float32); all others are computed.
        lines: the lines to run (default: all); `inputs` must then hold what they read.
    """

    def __init__(
        self,
        exercise: Exercise,
        inputs: Mapping[str, Any],
        at: Mapping[str, Any] | None = None,
        lines: Sequence[Line] | None = None,
    ) -> None:
        self.sign_flips = exercise.sign_flips
        self.may_mask = "inf" in exercise.source
        self._again = (exercise, inputs) if exercise.hides_terms else None
        self.values = {name: _as_float64(value) for name, value in inputs.items()}
        self.steps: list[_Step] = []
        self.readers: dict[str, list[_Step]] = {}
        floating = {name for name, value in self.values.items() if is_floating(value)}
        self._attached = floating - exercise.class_weights
        with default_dtype(torch.float64):
            for line in exercise.lines if lines is None else lines:
                self._run(line, exercise.module.__dict__, at)

    def _run(self, line: Line, module: dict[str, Any], at: Mapping[str, Any] | None) -> None:
        reads = {name: self.values[name] for name in line.reads}
        leaves = {name: v.detach().clone().requires_grad_() for name, v in reads.items() if name in self._attached}
        namespace = {**module, **line.step(module), **reads, **leaves}
        exec(compiled(line), namespace)  # noqa: S102 a line of the trusted forward.py
        outputs = {name: namespace[name] for name in line.outputs}
        step = _Step(line, leaves, {n: v for n, v in outputs.items() if is_floating(v) and v.requires_grad})
        self.steps.append(step)
        self._attached.update(step.outputs)
        for name in leaves:
            self.readers.setdefault(name, []).append(step)
        for name, value in outputs.items():
            kept = _as_float64(at[name]) if at is not None and name in at and is_floating(value) else value
            self.values[name] = kept.detach() if isinstance(kept, torch.Tensor) else kept

    @cached_property
    def nudged(self) -> tuple[LineGraph, ...]:
        """The same with the last digits of its inputs changed, where lines hide the terms of their gradients."""
        if self._again is None:
            return ()
        exercise, inputs = self._again
        wide = {name: _as_float64(value) for name, value in inputs.items()}
        found = []
        for seed in range(_TIMES_NUDGED):
            g = torch.Generator().manual_seed(seed)
            moved = {n: v * (1 + NUDGE * _signs(v, g)) if is_floating(v) else v for n, v in wide.items()}
            found.append(LineGraph(exercise, moved))
        return tuple(found)

    @cached_property
    def differentiable(self) -> frozenset[str]:
        """The variables that have a gradient: attached floating tensors that a line reads, and the loss."""
        return frozenset(self.readers) | {"loss"}


class Sweep:
    """Gradients from the loss backward, with some totals overridden by given cotangents.

    Args:
        base: a sweep with these overrides and more, whose products of a line are reused where they are the same.
        like: a sweep whose term scales, times `factor`, are used for this one.
    """

    def __init__(
        self,
        graph: LineGraph,
        overrides: Mapping[str, torch.Tensor],
        base: Sweep | None = None,
        like: Sweep | None = None,
        factor: float = 1.0,
    ) -> None:
        self.graph = graph
        self.overrides = overrides
        self._base = base
        self._like = like
        self._factor = factor
        self._totals: dict[str, torch.Tensor] = {}
        self._scales: dict[str, float] = {}
        self._magnitudes: dict[str, float] = {}
        self._products: dict[tuple[str, ...], dict[str, torch.Tensor]] = {}
        self._flipped: dict[tuple[str, ...], list[dict[str, torch.Tensor]]] = {}
        self.kept = 0
        """How many computed elements are kept here."""

    def total(self, variable: str) -> torch.Tensor:
        """The gradient of a variable, in its shape; the given cotangent where it is overridden."""
        given = self.overrides.get(variable)
        return self.cut(variable) if given is None else given

    def cut(self, variable: str) -> torch.Tensor:
        """The sum of the children's contributions, whether or not the variable itself is overridden."""
        if variable not in self._totals:
            value = self.graph.values[variable]  # logits: (n, vocab_size), and so is each of the terms
            terms = self.contributions(variable).values()
            self._totals[variable] = (
                torch.ones_like(value) if variable == "loss" else sum(terms, torch.zeros_like(value))
            )
            self.kept += value.numel()
        return self._totals[variable]

    def contributions(self, variable: str) -> dict[tuple[str, ...], torch.Tensor]:
        """What each line that reads the variable adds to its gradient, keyed by the line's outputs."""
        return {step.line.outputs: self.product(step)[variable] for step in self.graph.readers.get(variable, ())}

    def scale(self, variable: str) -> float:
        """The term scale tau of a variable's gradient: how large it would be if its terms did not cancel.

        The upstream gradients' signs are flipped at random and the terms summed again: tau is the largest element of
        the root mean square over the flips. A null gradient, such as the mlp's db1, is measured against it.
        """
        if self._like is not None:
            return self._factor * self._like.scale(variable)
        if variable not in self._scales:
            flips = [self.flips(step) for step in self.graph.readers.get(variable, ())]
            sums = [
                functools.reduce(torch.add, [flip[k][variable] for flip in flips])
                for k in range(self.graph.sign_flips * bool(flips))
            ]
            # logits: (sign_flips, n, vocab_size) -> (n, vocab_size) -> one number
            scale = float(torch.stack(sums).square().mean(0).sqrt().max()) if sums else 1.0
            self._scales[variable] = max(scale, self._hidden_terms(variable))
        return self._scales[variable]

    def _hidden_terms(self, variable: str) -> float:
        """How large the terms are that one line sums to a gradient, by how much rounding changes the sum.

        Terms of size 1 leave a rounding of about 2**-52, whether or not they cancel.
        """
        sums = [Sweep(graph, self.overrides).cut(variable) for graph in self.graph.nudged]
        return max((float((each - self.cut(variable)).abs().max()) for each in sums), default=0.0) * 2.0**52

    def magnitude(self, variable: str) -> float:
        """What an error is measured against: the term scale, or the largest value if that is larger."""
        if variable not in self._magnitudes:
            self._magnitudes[variable] = max(self.scale(variable), float(self.cut(variable).abs().max()))
        return self._magnitudes[variable]

    def _shares_base(self, step: _Step) -> bool:
        return self._base is not None and all(name in self.overrides for name in step.outputs)

    def product(self, step: _Step) -> dict[str, torch.Tensor]:
        """One line's vector-Jacobian product for each variable that it reads, by name and in its shape."""
        if self._base is not None and self._shares_base(step):
            return self._base.product(step)
        key = step.line.outputs
        if key not in self._products:
            self._products[key] = _vjp(step, [self.total(name) for name in step.outputs])
            self.kept += sum(each.numel() for each in step.leaves.values())
        return self._products[key]

    def flips(self, step: _Step) -> list[dict[str, torch.Tensor]]:
        """`sign_flips` such products, each with different random signs of the line's upstream gradients."""
        if self._base is not None and self._shares_base(step):
            return self._base.flips(step)
        key = step.line.outputs
        if key not in self._flipped:
            generator = torch.Generator().manual_seed(step.line.number)
            totals = [self.total(name) for name in step.outputs]
            self._flipped[key] = [
                _vjp(step, [total * _signs(total, generator) for total in totals]) for _ in range(self.graph.sign_flips)
            ]
            self.kept += self.graph.sign_flips * sum(each.numel() for each in step.leaves.values())
        return self._flipped[key]


class Cuts:
    """Cut gradients: what functions that depend on some upstream gradients return when given cotangents for them.

    Args:
        cotangents: for every variable that has a gradient, in its shape.
        like: the cut gradients to take term scales from; they are computed here if None.
        factor: how much larger than `like`'s the cotangents may be.
    """

    def __init__(
        self, graph: LineGraph, cotangents: dict[str, torch.Tensor], like: Cuts | None = None, factor: float = 1.0
    ) -> None:
        self.graph = graph
        self.cotangents = cotangents
        self._like = like
        self._factor = factor
        self._all = Sweep(graph, cotangents)
        self._kept: dict[tuple[str, ...], Sweep] = {}
        self._room = MOST_KEPT * sum(v.numel() for v in graph.values.values() if isinstance(v, torch.Tensor))

    def cut(self, names: Sequence[str]) -> Sweep:
        """The sweep in which exactly these variables' gradients are overridden by their cotangents.

        The latest are cached, up to MOST_CUTS and MOST_KEPT, as the same few are needed again and again.
        """
        key = tuple(sorted(names))
        found = self._kept.pop(key, None)
        if found is None:
            self._make_room()
            given = {name: self.cotangents[name] for name in key}
            scales = None if self._like is None else self._like.cut(key)
            found = Sweep(self.graph, given, self._all, scales, self._factor)
        self._kept[key] = found
        return found

    def _make_room(self) -> None:
        """Drop the oldest to make room for one more."""
        numbers = sum(sweep.kept for sweep in self._kept.values())
        while numbers > self._room or len(self._kept) >= MOST_CUTS:
            numbers -= self._kept.pop(next(iter(self._kept))).kept


class Case:
    """One run of an exercise's forward pass for a seed and sizes: inputs, forward values, reference gradients.

    `values` and `reference` are the lecture's (float32, autograd on the whole graph); `graph` is the same
    forward pass in float64, from the same inputs. `true` holds the true gradients.

    Args:
        seed: the seed of the inputs and the cotangents.
        sizes: the sizes passed to `inputs`, by name; it has defaults for those left out.
        hidden: whether the sizes are hidden from learners.
        wide: the case whose inputs and cotangents are reused, to be differentiated at its float32 values.
        inputs: inputs that were drawn before; drawn from the seed if None.
        scale: a power of two that the cotangents are multiplied by.
        stressed: whether the inputs were made extreme.
    """

    def __init__(
        self,
        exercise: Exercise,
        seed: int,
        sizes: Mapping[str, int],
        *,
        hidden: bool = False,
        wide: Case | None = None,
        inputs: Mapping[str, Any] | None = None,
        scale: float = 1.0,
        stressed: bool = False,
    ) -> None:
        self.exercise = exercise
        self.seed = seed
        self.sizes = dict(sizes)
        self.hidden = hidden
        self.scale = scale
        self.stressed = stressed
        drawn = exercise.inputs(seed, sizes) if inputs is None else inputs
        self.inputs: dict[str, Any] = wide.inputs if wide else dict(drawn)
        self.graph = LineGraph(exercise, self.inputs, wide.values if wide else None)
        cotangents = wide.cotangents if wide else _draw_cotangents(self.graph, seed, scale)
        self.true = Sweep(self.graph, {})
        self.once: Cuts = Cuts(self.graph, cotangents)
        """One cotangent for every variable, and the gradients that follow from them."""

    @cached_property
    def twice(self) -> Cuts:
        """The same with the sum of two cotangents for each variable: a gradient is linear in them.

        The second is as large as the first is small, with the opposite sign if it is a single number, so that every
        threshold is crossed, upward and downward, even for a variable of one element.
        """
        size = max(1.0, self.scale**-2)
        sums = {
            n: _where_seen(c - size * (c.flip(tuple(range(c.dim()))) * 0.75 - 0.125 * self.scale), n, self.graph)
            for n, c in self.cotangents.items()
        }
        return Cuts(self.graph, sums, self.once, 2.0 * size)

    @property
    def cotangents(self) -> dict[str, torch.Tensor]:
        """By variable, in its shape: standard normal numbers times `scale`; float64, but exact in float32 too."""
        return self.once.cotangents

    def cut(self, names: Sequence[str]) -> Sweep:
        """The sweep in which exactly these variables' gradients are overridden by their random cotangents."""
        return self.once.cut(names)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The forward values in float32, detached. Where arrays are NumPy's, they were computed in float64."""
        if self.exercise.in_numpy:
            return {name: v.float() if is_floating(v) else v for name, v in self.graph.values.items()}
        run = {name: v for name, v in self._run.items() if name in self.graph.values}  # not a loop's own names
        return {name: v.detach() if isinstance(v, torch.Tensor) else v for name, v in run.items()}

    @cached_property
    def reference(self) -> dict[str, torch.Tensor]:
        """Autograd's float32 gradients over the whole graph, by variable: the lecture's own reference.

        Where arrays are NumPy's, they are the true gradients, rounded.
        """
        if self.exercise.in_numpy:
            return {name: self.true.total(name).float() for name in (*self.graph.differentiable, "loss")}
        named = {name: v for name, v in self._run.items() if name in self.graph.values and name != "loss"}
        wanted = {name: v for name, v in named.items() if is_floating(v) and v.requires_grad}
        grads = torch.autograd.grad(self._run["loss"], list(wanted.values()), materialize_grads=True)
        found = dict(zip(wanted, grads, strict=True))
        return {**found, "loss": torch.ones_like(self._run["loss"]).detach()}

    @cached_property
    def _run(self) -> dict[str, Any]:
        given = {name: self.inputs[name] for name in self.exercise.inputs_parameters}
        return self.exercise.forward(leaves(given, self.exercise.class_weights))

    @cached_property
    def pool64(self) -> dict[str, Any]:
        """Forward values (`probs`) and random cotangents (`dprobs`) in float64, by parameter name.

        No true gradient is among them, so nothing sent to a submission gives an answer away.
        """
        once = {f"d{name}": cotangent for name, cotangent in self.cotangents.items()}
        return {**self.offered_sizes, **once, **self._offered(self.graph.values)}

    @cached_property
    def offered_sizes(self) -> dict[str, int]:
        """The sizes that a function may ask for by name: the parameters of `inputs` that are integers."""
        return {**self.exercise.given_sizes, **self.sizes}

    @cached_property
    def pool32(self) -> dict[str, Any]:
        """The same in float32."""
        once = {f"d{name}": cotangent.float() for name, cotangent in self.cotangents.items()}
        return {**self.offered_sizes, **once, **self._offered(self.values)}

    def _offered(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The forward values that a function may ask for, under every name that they have."""
        found = pool_values(values)
        return found | {name: found[value] for name, value in self.exercise.aliases.items() if value in found}

    @cached_property
    def narrow(self) -> Case:
        """The same case with every line differentiated (in float64) at its float32 forward values."""
        return Case(
            self.exercise,
            self.seed,
            self.sizes,
            hidden=self.hidden,
            wide=self,
            scale=self.scale,
            stressed=self.stressed,
        )

    def nudged(self, names: Sequence[str], number: int) -> dict[str, torch.Tensor]:
        """Floating forward values in float64, each nudged by a few units in its last place; `number` is the seed."""
        g = torch.Generator().manual_seed(number)
        found = {name: self.graph.values[name] for name in names if name in self.graph.values}
        return {n: v * (1 + NUDGE * _signs(v, g)) for n, v in found.items() if is_floating(v)}

    def is_null(self, variable: str) -> bool:
        """Whether the true gradient is zero up to rounding, as for b1 before a batch norm."""
        return float(self.true.total(variable).abs().max()) <= NULL_TOLERANCE * self.true.scale(variable)

    def is_sound(self) -> bool:
        """Whether a case with extreme inputs can be judged: all values finite, no ties, no vanishing gradients."""
        values = [v for pool in (self.values, self.graph.values) for v in pool.values() if is_floating(v)]
        cut = self.cut(tuple(self.cotangents))
        sizes = [float(cut.cut(variable).abs().max()) for variable in self.exercise.graded]
        found = [*values, *(self.true.total(variable) for variable in self.exercise.graded)]
        return (
            all(_LEAST < size / self.scale < _MOST for size in sizes)
            and not any(bool((v.isnan() | v.isposinf()).any()) for v in found)  # -inf is a mask's
            and not has_kink(self.exercise, self.graph.values)
        )

    def missed_cuts(self, given: Case) -> int:
        """How many slices at a dimension of the given case would change nothing here, where the dimension is larger.

        What they cut off may be masked, or a row that no index refers to.
        """
        cut, count = self.cut(tuple(self.cotangents)), 0
        for variable in self.exercise.graded:
            shapes = self.graph.values[variable].shape, given.graph.values[variable].shape
            for dim, (size, own) in enumerate(zip(*shapes, strict=False)):
                count += size > own > 1 and not bool(cut.cut(variable).narrow(dim, own, size - own).any())
        return count

    def check_finite(self) -> None:
        """Raise BrokenExercise if a true gradient is not finite: nothing could be graded."""
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

    def __getitem__(self, number: int) -> Case:
        """The case with this number; the given case is number 0."""
        return self.further[number - 1] if number else self.given

    def number(self, case: Case) -> int:
        """A case's number."""
        return next(number for number, each in enumerate(self) if each is case)

    @cached_property
    def probe(self) -> Case:
        """The smallest further case with ordinary inputs, used to find out what a function depends on.

        Its cotangents are not large: a threshold that they all exceed would hide that an answer depends on them.
        """
        plain = [case for case in self.further if case.scale <= 1 and not case.stressed] or [self.given]
        return min(plain, key=lambda case: sum(cotangent.numel() for cotangent in case.cotangents.values()))

    @cached_property
    def calm(self) -> Case:
        """The stressed case with its inputs as drawn; the last case itself if none is stressed."""
        last = self[len(self.further)]
        return Case(self.exercise, last.seed, last.sizes, hidden=last.hidden) if last.stressed else last

    @cached_property
    def mild(self) -> Case:
        """The stressed case with milder inputs: no correct formula overflows, but masks at 6 are crossed."""
        last = self[len(self.further)]
        build = functools.partial(Case, self.exercise, last.seed, last.sizes, hidden=last.hidden)
        variants = stressed(self.exercise, self.exercise.inputs(last.seed, last.sizes), mild=True)
        return next((case for case in (build(inputs=inputs) for inputs in variants) if case.is_sound()), self.calm)

    @cached_property
    def null(self) -> frozenset[str]:
        """The graded variables whose true gradient is null in every case except stressed ones, which round more."""
        plain = [case for case in self if not case.stressed]
        return frozenset(v for v in self.exercise.graded if all(case.is_null(v) for case in plain))

    @cached_property
    def reference_hash(self) -> str:
        """SHA-256 of the float32 reference gradients of the given case: equal on machines that compute equal bits."""
        digest = hashlib.sha256()
        for variable in self.exercise.graded:
            digest.update(tensor_bytes(self.given.reference[variable]))
        return digest.hexdigest()

    @property
    def measured(self) -> str:
        """The `reference_hash` that was measured; empty for another seed or minibatch than the lecture's."""
        sizes = self.exercise.given_sizes | self.given.sizes
        lectures = self.given.seed == LECTURE_SEED and sizes == self.exercise.given_sizes and names_are_packaged()
        return self.exercise.settings.exact_reference if lectures else ""

    @property
    def other_bits(self) -> bool:
        """Whether the reference gradients have other bits here than where they were measured.

        Then another processor or another release of torch computes them, and bit equality says nothing about a
        formula.
        """
        return bool(self.measured) and self.reference_hash != self.measured

    @property
    def bits_comparable(self) -> bool:
        """Whether bit equality may be required: these bits are those measured, or those of other exercises are."""
        return not self.other_bits if self.measured else not computes_other_bits()


SAMPLE = ("mlp", "rnn", "gru_cell")
"""Exercises whose reference gradients show what a processor and a release of torch compute. On aarch64, worked
solutions of the last two have other bits than their reference gradients (docs/versions.md)."""


@functools.cache
def computes_other_bits() -> bool:
    """Whether this processor and this torch compute other bits than those measured, in any exercise of the sample."""
    from grader.exercise.shelf import load_exercise

    return any(build_cases(load_exercise(name), LECTURE_SEED).other_bits for name in SAMPLE)


def build_cases(exercise: Exercise, seed: int, batch_size: int | None = None, hidden_seed: int | None = None) -> Cases:
    """Build the given case of a seed and the further ones, which are fixed, or hidden if `hidden_seed` is given.

    Args:
        batch_size: the given case's `n`, if the exercise has a minibatch; the exercise's default if None.
        hidden_seed: the seed of further cases whose sizes and values no learner has seen.

    Raises:
        BrokenExercise: a true gradient is not finite in a case.
    """
    given = Case(exercise, seed, {} if batch_size is None or not exercise.has_minibatch else {"n": batch_size})
    given.check_finite()
    upstream, unseen = upstream_inputs(exercise, given.inputs), unseen_rows(exercise, given.inputs)
    own = at_batch_size(exercise.sizes, exercise.given_sizes.get("n", 0), given.sizes.get("n"))
    exact = exercise.tolerance is None  # differences of extreme values would be too rough
    further = [
        _Further(exercise, sizes, SCALES[k % len(SCALES)], upstream, unseen, exact and k == len(own) - 1)
        for k, sizes in enumerate(own)
    ]
    if exercise.kind == "layer":  # a layer may keep the values of an earlier call of the same shapes
        further.insert(0, _Further(exercise, given.sizes, 1.0, upstream, unseen, stressed=False, same=True))
    if hidden_seed is None:
        return Cases(exercise, given, tuple(each.case(seed + 1 + k) for k, each in enumerate(further)))
    return Cases(exercise, given, tuple(each.hidden(hidden_seed + k, given) for k, each in enumerate(further)))


@dataclass(frozen=True)
class _Further:
    """How a further case differs from the given one, apart from its numbers."""

    exercise: Exercise
    sizes: Mapping[str, int]
    """The exercise's own sizes."""
    scale: float
    """The factor of its cotangents."""
    upstream: tuple[str, ...]
    """The inputs that are scaled like cotangents."""
    unseen: Mapping[str, Sequence[int]]
    """By input, the rows of its table that the given case does not use."""
    stressed: bool
    """Whether its inputs are made as extreme as the forward pass allows."""
    same: bool = False
    """Whether its sizes are the given case's."""

    def case(self, seed: int, sizes: Mapping[str, int] | None = None) -> Case:
        """The case for a seed and sizes: hidden sizes, or the exercise's own if None.

        Raises:
            BrokenExercise: a true gradient is not finite.
        """
        at = self.sizes if sizes is None else sizes
        drawn = self._drawn(seed, at)
        build = functools.partial(Case, self.exercise, seed, at, hidden=sizes is not None, scale=self.scale)
        for extreme in stressed(self.exercise, drawn) if self.stressed else ():
            with contextlib.suppress(Exception):
                case = build(inputs=extreme, stressed=True)
                if case.is_sound():
                    return case
        case = build(inputs=drawn)
        case.check_finite()
        return case

    def hidden(self, seed: int, given: Case) -> Case:
        """A case whose sizes no learner has seen; the exercise's own sizes if it works at no others."""
        rng = random.Random(seed)  # noqa: S311 the seed is the secret
        if self.same:  # a seed of its own: `seed` may be the given case's, and then its numbers would be, too
            return self.case(rng.getrandbits(31), self.sizes)
        given_sizes, numbers = {**self.exercise.given_sizes, **given.sizes}, _dimensions(given)
        avoided = {*numbers, *self.exercise.given_sizes.values()}
        draws = ((draw_near(self.sizes, given_sizes, avoided, rng), rng.getrandbits(31)) for _ in range(_HIDDEN_TRIES))
        if self.stressed and (furthest := self._furthest(draws)) is not None:
            return furthest
        found: list[Case] = []
        for sizes, each in draws:
            with contextlib.suppress(Exception):
                found.append(self.case(each, sizes))
                if len(found) == _CUT_TRIES or not found[-1].missed_cuts(given):
                    break
        found = found or [self.case(rng.getrandbits(31), dict(self.sizes))]
        return min(found, key=lambda case: case.missed_cuts(given))

    def _furthest(self, draws: Iterator[tuple[Mapping[str, int], int]]) -> Case | None:
        """Of several draws of sizes and seeds, the one whose values cross the most thresholds; None if none works.

        Draws are ranked at their most extreme inputs. Where gradients vanish there, the case gets milder ones and may
        end up last.
        """
        ranked: list[tuple[int, Mapping[str, int], int]] = []
        for sizes, seed in draws:
            with contextlib.suppress(Exception):
                drawn = self._drawn(seed, sizes)
                if self._covered <= is_covered(self.exercise, drawn):
                    most = crossed(self.exercise, next(stressed(self.exercise, drawn)))
                    ranked.append((most, sizes, seed))
            if len(ranked) == _EXTREME_DRAWS:
                break
        found: tuple[int, Case] | None = None
        for most, sizes, seed in sorted(ranked, key=itemgetter(0), reverse=True):
            if found is not None and found[0] >= most:
                break
            with contextlib.suppress(Exception):
                case = self.case(seed, sizes)
                count = crossed(self.exercise, case.inputs)
                found = (count, case) if found is None or count > found[0] else found
        return None if found is None else found[1]

    def _drawn(self, seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Inputs of ordinary size; those that act as upstream gradients are scaled like cotangents."""
        drawn = with_every_index(self.exercise, self.exercise.inputs(seed, sizes), seed, self.unseen)
        return {name: value * self.scale if name in self.upstream else value for name, value in drawn.items()}

    @cached_property
    def _covered(self) -> frozenset[str]:
        """The inputs that use every row of their table at the exercise's own sizes, as they must at hidden ones."""
        return is_covered(self.exercise, self.exercise.inputs(0, self.sizes))


def _dimensions(case: Case) -> set[int]:
    """Every dimension of a case's inputs and forward values: numbers that a learner may have hard-coded."""
    return {size for value in case.graph.values.values() if isinstance(value, torch.Tensor) for size in value.shape}


def pool_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The forward values that can be passed to a function: tensors, ints and floats."""
    return {n: v for n, v in values.items() if isinstance(v, (torch.Tensor, int, float)) and not isinstance(v, bool)}


def tensor_bytes(tensor: torch.Tensor) -> bytes:
    """A tensor's values as raw bytes, without numpy, which `.numpy()` would need."""
    dense = tensor.detach().contiguous()
    return ctypes.string_at(dense.data_ptr(), dense.numel() * dense.element_size()) if dense.numel() else b""


def leaves(inputs: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    """The inputs; those that have a gradient as leaves of autograd's graph.

    Args:
        without: floating inputs that have none.
    """
    floating = {name: value for name, value in inputs.items() if is_floating(value) and name not in without}
    return {**inputs, **{name: value.detach().clone().requires_grad_() for name, value in floating.items()}}


def _as_float64(value: Any) -> Any:
    return value.detach().double() if is_floating(value) else value


def _vjp(step: _Step, cotangents: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """One line's vector-Jacobian product for every leaf, in its shape; zeros for leaves that do not reach the outputs.

    Computed as the gradient of sum(output * cotangent), which has the same bits: passing `grad_outputs` to
    autograd would import sympy, which takes a third of a second.
    """
    if not step.outputs:
        return {name: torch.zeros_like(leaf) for name, leaf in step.leaves.items()}
    pairs = zip(step.outputs.values(), cotangents, strict=True)
    # Each product is (n, vocab_size) for logits, each sum one number; the gradients are like h, W2 and b2.
    projected = functools.reduce(torch.add, [(output * cotangent).sum() for output, cotangent in pairs])
    grads = torch.autograd.grad(projected, list(step.leaves.values()), retain_graph=True, materialize_grads=True)
    return dict(zip(step.leaves, grads, strict=True))


def _draw_cotangents(graph: LineGraph, seed: int, scale: float) -> dict[str, torch.Tensor]:
    """A cotangent for every variable that has a gradient, from another seed than the inputs.

    Its first number is positive at ordinary scale and negative otherwise, to detect a relu of a single number.
    """
    generator = torch.Generator().manual_seed(seed ^ 0x5EED)
    drawn = {
        name: torch.randn(value.shape, generator=generator, dtype=torch.float32).double()  # logits: (n, vocab_size)
        for name, value in graph.values.items()
        if name in graph.differentiable
    }
    signed = {n: v * (scale if _is_positive(v) is (scale == 1) else -scale) for n, v in drawn.items()}
    return {name: _where_seen(value, name, graph) for name, value in signed.items()}


def _where_seen(cotangent: torch.Tensor, name: str, graph: LineGraph) -> torch.Tensor:
    """A cotangent, zero where the variable is -inf: nothing comes back from what a mask hides before a softmax."""
    return cotangent.masked_fill(graph.values[name].isneginf(), 0.0) if graph.may_mask else cotangent


def _is_positive(value: torch.Tensor) -> bool:
    """Whether the first element is positive; true if there is none."""
    return not value.numel() or float(value.flatten()[0]) > 0


def _signs(like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Random signs, 1 or -1, in float64 and in the shape of `like`."""
    return torch.randint(0, 2, like.shape, generator=generator, dtype=torch.float64) * 2 - 1
