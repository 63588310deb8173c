"""Whether a formulation is wrong, by a float64 comparison with the worked solution, on none of the grader's cases.

Both are called on a wide family of *situations*: consistent forward values at many sizes, with inputs scaled as a whole
and by rows and columns, integers over their whole range, and upstream gradients from 2**-60 to 2**60.
"""

from __future__ import annotations

import inspect
import random
import statistics
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.catalogue import solution_file
from grader.exercise.settings import LECTURE_SEED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from alterations import Draft

    from grader.exercise.exercise import Exercise

WRONG_BY = 1e-6
"""A formulation is wrong if it is further off somewhere, relative to the largest value of that gradient."""
SAME_TO = 1e-13
"""One that stays below this everywhere is the same function: right forms round to 3e-14. In between, undecided."""
COARSE_WRONG, COARSE_SAME = 1e-7, 1e-11
"""The same for finite differences, whose step is made coarse: their median error is then of the step's second or fourth
power unless the dependence is polynomial. The median, because a coarse step jumps over a kink here and there."""
OBVIOUS = 1e-3
"""Beyond this on the first situation nobody needs ten hidden seeds to find a formulation wrong."""
ORDINARY = 3
"""How many situations at the head of the family are neither scaled nor of unusual size."""
EXPONENTS = (-60, 60, -30, 30, -12, 12)
"""Powers of two that upstream gradients are multiplied by."""
SCALES = (-30, -20, -10, -5, 3, 6, 10, 16)
"""Powers of two that all inputs are multiplied by at once."""
ALONE = (2.0**-40, 32.0, -32.0, 2.0**24)
"""What one input alone is multiplied by: one that stands for an upstream gradient may be of any size."""
_LARGEST_TYPED = 30
_SEED = 20_240_607


class Opinion(StrEnum):
    """What the comparison comes to."""

    WRONG = "wrong"
    TWIN = "twin"
    UNDECIDED = "undecided"


@dataclass
class Situation:
    """Forward values of one run in float64, and upstream gradients of one scale."""

    values: dict[str, Any]
    seed: int
    exponent: int = 0
    _cotangents: dict[str, torch.Tensor] = field(default_factory=dict)

    def argument(self, name: str) -> Any:
        """What a parameter is given: a forward value, else the upstream gradient of the variable after the d."""
        if name in self.values:
            return self.values[name]
        if name not in self._cotangents:
            like = self.values[name[1:]]
            generator = torch.Generator().manual_seed(self.seed ^ sum(map(ord, name)))
            drawn = torch.randn(like.shape, generator=generator, dtype=torch.float64)
            self._cotangents[name] = drawn * 2.0**self.exponent
        return self._cotangents[name]


class SecondOpinion:
    """Decides about the drafts of one exercise."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.family = list(family(exercise))
        self._solution = run_module(solution_file(exercise).read_text(encoding="utf-8"))
        self._right: dict[tuple[str, int], torch.Tensor | None] = {}

    def of(self, draft: Draft) -> Opinion:
        """Compare a draft with the solution, situation by situation, until it is wrong somewhere."""
        module = run_module(draft.checked or draft.source)
        if draft.coarse:
            return self._coarse(draft, module)
        worst = 0.0
        for number, situation in enumerate(self.family):
            right = self._expected(draft.gradient, number)
            if right is not None:
                worst = max(worst, error(self._answer(module, draft.gradient, situation), right))
            if worst > WRONG_BY:
                return Opinion.WRONG
        return Opinion.TWIN if worst <= SAME_TO else Opinion.UNDECIDED

    def is_obvious(self, draft: Draft) -> bool:
        """Whether it is far off at the given sizes and ordinary values already, which every grading begins with."""
        right = self._expected(draft.gradient, 0)
        got = self._answer(run_module(draft.source), draft.gradient, self.family[0])
        return right is not None and error(got, right) > OBVIOUS

    def largest(self, gradient: str) -> float:
        """The largest value of the right gradient in the first situation."""
        right = self._expected(gradient, 0)
        return 0.0 if right is None else float(right.abs().max())

    def _coarse(self, draft: Draft, module: Mapping[str, Any]) -> Opinion:
        medians = []
        for number, situation in enumerate(self.family[:ORDINARY]):
            right = self._expected(draft.gradient, number)
            got = self._answer(module, draft.gradient, situation)
            if right is None or got is None or got.shape != right.shape:
                return Opinion.WRONG
            medians.append(float((got - right).abs().median() / right.abs().max()))
        if statistics.median(medians) > COARSE_WRONG:
            return Opinion.WRONG
        # Exact in mathematics, with rounding of 1e-16 over the step: neither verdict would be a fault.
        return Opinion.UNDECIDED

    def _expected(self, gradient: str, number: int) -> torch.Tensor | None:
        """The worked solution's gradient, None where it is not finite."""
        if (gradient, number) not in self._right:
            right = self._answer(self._solution, gradient, self.family[number])
            finite = right is not None and bool(torch.isfinite(right).all())
            self._right[gradient, number] = right if finite else None
        return self._right[gradient, number]

    def _answer(self, module: Mapping[str, Any], gradient: str, situation: Situation) -> torch.Tensor | None:
        training = gradient not in module
        function = module["gradients" if training else gradient]
        arguments = {name: situation.argument(name) for name in inspect.signature(function).parameters}
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            with torch.inference_mode():
                result = function(**arguments)
        except Exception:  # noqa: BLE001 a form that raises where the solution does not is wrong
            return None
        finally:
            torch.set_default_dtype(before)
        return without_noise(result, self.exercise.gradients.index(gradient)) if training else result


def without_noise(gradients: list[torch.Tensor], index: int) -> torch.Tensor:
    """One gradient of a training step. A null one, as b1's, is rounding: beside the others it is zero."""
    largest = max(float(g.abs().max()) for g in gradients)
    chosen = gradients[index]
    return torch.where(chosen.abs() < 1e-13 * largest, 0.0, chosen)


def error(got: torch.Tensor | None, right: torch.Tensor) -> float:
    """The largest difference relative to the largest right value; infinite if there is nothing to compare."""
    if got is None or got.shape != right.shape or not bool(torch.isfinite(got).all()):
        return float("inf")
    if right.numel() == 0:
        return 0.0
    difference, largest = float((got - right).abs().max()), float(right.abs().max())
    return difference / largest if largest else float("inf") * bool(difference) if difference else 0.0


def run_module(source: str) -> dict[str, Any]:
    """Run the text of a submission, its tables in float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        module: dict[str, Any] = {}
        exec(compile(source, "form.py", "exec"), module)
    finally:
        torch.set_default_dtype(before)
    return module


def given_sizes(exercise: Exercise) -> dict[str, int]:
    """The sizes of the given case, by name: the defaults of `inputs`."""
    parameters = list(inspect.signature(exercise.module.inputs).parameters.values())
    return {p.name: p.default for p in parameters[1:]}


def forward_values(exercise: Exercise, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """All values of the forward pass in float64, by name; floating inputs are widened first."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            wide = {n: v.double() if _floats(v) else v for n, v in inputs.items() if n in exercise.inputs_parameters}
            return exercise.forward(wide)
    finally:
        torch.set_default_dtype(before)


def family(exercise: Exercise) -> Iterator[Situation]:
    """All situations, the ordinary ones first; those with a value that is not finite are left out."""
    rng = random.Random(_SEED)
    sizes = given_sizes(exercise)
    for number, chosen in enumerate(_size_draws(sizes, exercise.sizes, rng)):
        yield from _tried(exercise, _SEED + number, chosen, rng, "none", 1.0, (0,))
        if number + 1 == ORDINARY:
            yield from _tried(exercise, LECTURE_SEED, {}, rng, "none", 1.0, EXPONENTS)
    other = dict(exercise.sizes[0])
    for at, scale in enumerate(SCALES):
        yield from _tried(exercise, _SEED - at, other, rng, "whole", 2.0**scale, (0, rng.choice(EXPONENTS)))
    floats = [name for name, value in exercise.inputs(_SEED, other).items() if _floats(value)]
    for at, name in enumerate(floats):
        for factor in ALONE:
            yield from _tried(exercise, _SEED - 10 - at, other, rng, "whole", factor, (0,), only=(name,))
    free = [name for name in floats if name not in exercise.graded]
    yield from _tried(exercise, _SEED - 40, other, rng, "whole", 2.0**-60, (-60,), only=free)
    for at in range(12):
        way = ("rows", "columns", "each")[at % 3]
        yield from _tried(exercise, _SEED - 20 - at, {} if at % 2 else other, rng, way, 1.0, (0,))


def _size_draws(given: dict[str, int], shipped: tuple[dict[str, int], ...], rng: random.Random) -> Iterator[Any]:
    """Given sizes, two of the exercise's own, small ones, then every size in turn beyond all given numbers."""
    yield {}
    yield from shipped[:2]
    for _ in range(3):
        yield dict(zip(given, rng.sample(range(5, 7 + 2 * len(given)), len(given)), strict=True))
    yield {name: 2 * size + 1 for name, size in given.items()}
    beyond = max([_LARGEST_TYPED, *given.values()]) + 4
    for name in given:
        small = dict(zip(given, rng.sample(range(4, 6 + len(given)), len(given)), strict=True))
        yield {**small, name: beyond}


def _tried(
    exercise: Exercise,
    seed: int,
    sizes: dict[str, int],
    rng: random.Random,
    way: str,
    scale: float,
    exponents: tuple[int, ...],
    only: Collection[str] | None = None,
) -> Iterator[Situation]:
    """Situations of one forward run, none if it does not work or does not stay finite."""
    try:
        inputs = exercise.inputs(seed, sizes)
        vocabulary = {**given_sizes(exercise), **sizes}.get("vocab_size")
        ways = {name: way if only is None or name in only else "none" for name in inputs}
        drawn = {name: _changed(value, ways[name], scale, vocabulary, rng) for name, value in inputs.items()}
        values = forward_values(exercise, drawn)
    except Exception:  # noqa: BLE001 a forward pass need not work at every size
        return
    if all(bool(torch.isfinite(v).all()) for v in values.values() if _floats(v)):
        for exponent in exponents:
            yield Situation(values, seed + exponent, exponent)


def _changed(value: Any, way: str, scale: float, vocabulary: int | None, rng: random.Random) -> Any:
    """One input scaled, or drawn anew over the whole range of a vocabulary if it holds integers."""
    if isinstance(value, torch.Tensor) and value.dtype == torch.int64 and value.dim() and int(value.max()) > 1:
        generator = torch.Generator().manual_seed(rng.getrandbits(31))
        drawn = torch.randint(0, vocabulary or int(value.max()) + 1, value.shape, generator=generator)
        return torch.where(value < 0, value, drawn)
    if not _floats(value) or way == "none":
        return value
    return value.double() * _factors(value, way, scale, rng)


def _factors(value: torch.Tensor, way: str, scale: float, rng: random.Random) -> torch.Tensor:
    """Powers of two that an input is multiplied by, in a shape that spreads over it."""
    if way == "whole":
        return torch.tensor(scale, dtype=torch.float64)
    if way == "each" or not value.dim():
        return torch.tensor(2.0 ** rng.randint(-9, 6), dtype=torch.float64)
    dimension = 0 if way == "rows" else value.dim() - 1
    shape = [1] * value.dim()
    shape[dimension] = value.shape[dimension]
    powers = [2.0 ** rng.randint(-12, 5) for _ in range(value.shape[dimension])]
    return torch.tensor(powers, dtype=torch.float64).view(shape)


def _floats(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()
