"""The inputs of a check: drawn by the author's own function, or like the author's examples, in several sizes."""

from __future__ import annotations

import contextlib
import inspect
import random
import sys
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import is_floating
from grader.exercise.sizes import draw_straddling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Sizes = dict[str, int]

SEED_NAMES = ("seed", "rng_seed", "random_seed")
"""What the parameter of a function that draws inputs may be called that is given the seed."""
MOST_ELEMENTS = 1 << 16
"""Inputs with more elements are checked at smaller sizes only: at larger ones a check would be slow."""
_LARGER = 5
"""How far above its given size the next larger one is searched."""
_NOT_SMALL = 4
_JITTER = 2.0**-4
"""How far a redrawn number is from an element of the example, relative to it: no two need be equal."""


@dataclass
class Draws:
    """How inputs are drawn.

    Args:
        function: called with a seed and sizes; returns values by name.
        given: the sizes of the given case, by name.
        seed: the seed of the given case.
    """

    function: Callable[..., Mapping[str, Any]]
    given: Sizes
    seed: int
    sizes: tuple[Sizes, ...] = ()
    """Those of the further cases."""
    by_example: bool = False
    """Whether they are like examples, so that nobody has said what a size is."""
    arrays: bool = False
    """Whether the author's values are arrays of numpy."""
    device: torch.device | None = None
    """Where the author's tensors are; None for the CPU."""
    _kept: dict[tuple[int, tuple[tuple[str, int], ...]], dict[str, Any]] = field(default_factory=dict)

    def inputs(self, seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """The inputs of one case: float32 tensors on the CPU, and whatever else the author's function returns."""
        key = seed, tuple(sorted(sizes.items()))
        if key not in self._kept:
            _seed(seed)
            drawn = dict(self.function(seed, **sizes))
            self._kept[key] = {name: _as_tensor(value) for name, value in drawn.items()}
        return dict(self._kept[key])

    def _elements(self) -> int:
        """How many numbers there are in the inputs."""
        return sum(v.numel() for v in self.inputs(self.seed, {}).values() if isinstance(v, torch.Tensor))

    def find_sizes(
        self, works: Callable[[Sizes], bool], sizes: Sequence[Mapping[str, int]] | None, *, near: bool = False
    ) -> None:
        """Find the sizes of the further cases, unless the author gives them.

        Args:
            works: whether the forward pass runs at these sizes.
            near: whether to stay near the given ones: at very small ones, terms may cancel in a norm.
        """
        if sizes is not None:
            _check_sizes(sizes, self.given)
            self.sizes = tuple({**self.given, **each} for each in sizes)
        elif self.by_example:
            self.sizes = tuple(_multiples(self.given, works, small=self._elements() <= MOST_ELEMENTS))
        elif near:
            self.sizes = tuple(_one_by_one(self.given, works, smallest=min(_NOT_SMALL, *self.given.values(), 99)))
        elif self.given:
            rng = random.Random(self.seed)  # noqa: S311 reproducible, not secret
            found = draw_straddling(self.given, rng, works) if self._elements() <= MOST_ELEMENTS else None
            self.sizes = found or tuple(_one_by_one(self.given, works))


def _check_sizes(sizes: Any, given: Mapping[str, int]) -> None:
    """Check the sizes that an author gives."""
    if isinstance(sizes, dict) or not all(isinstance(each, dict) for each in sizes):
        raise TypeError("sizes must be a list of dicts, one for each further case, such as [{'n': 5}, {'n': 9}]")
    for name in (name for each in sizes for name in each):
        if name not in given:
            raise ValueError(
                f"sizes has {name}, which is no size of the inputs; there are {', '.join(given) or 'none'}"
            )


def _multiples(given: Mapping[str, int], works: Callable[[Sizes], bool], *, small: bool) -> Iterator[Sizes]:
    """Further sizes where only lengths are known: multiples of the given ones, in two cases.

    In the first, each is changed by itself where the forward pass still runs. But one length may be four times another,
    or be split in two: in the second, all are changed by one factor, which keeps such ratios.

    Args:
        small: whether a check at twice the lengths takes no longer than anybody would wait.
    """
    even = all(length % 2 == 0 and length > 2 for length in given.values())
    whole = [{name: length * k for name, length in given.items()} for k in (2, 3) if small]
    halves = [{name: length // 2 for name, length in given.items()}] if even else []
    uniform = next((case for case in (*halves, *whole) if works(case)), None)
    case = dict(given)
    largest_first = sorted(given, key=given.__getitem__, reverse=True) if small else ()
    for factor, name in zip(cycle((2, 3, 4, 5)), largest_first, strict=False):  # unlike, so that no ratio stays
        if works({**case, name: given[name] * factor}):
            case[name] *= factor
    if case not in (dict(given), uniform):
        yield case
    if uniform is not None:
        yield uniform


def _one_by_one(given: Mapping[str, int], works: Callable[[Sizes], bool], smallest: int = 1) -> Iterator[Sizes]:
    """Further sizes that need not be above and below all others at once: as many changed as possible.

    Two cases: in the first, each size in turn is made smaller if the forward pass still runs; in the second, larger.
    """
    for step in (-1, 1):
        case = dict(given)
        for name in sorted(given, key=given.__getitem__):
            size = given[name]
            others = range(size + step, max(smallest, size // 2) - 1 if step < 0 else size + _LARGER, step)
            free = (each for each in others if works({**case, name: each}))
            case[name] = next(free, size)
        if case != dict(given):
            yield case


def from_function(function: Callable[..., Any], names: Sequence[str], seed: int) -> Draws:
    """Inputs that the author's function draws, called with a seed and with sizes that have defaults.

    Args:
        names: what the forward pass takes, for a function that returns a tuple.

    Raises:
        TypeError: its parameters are no seed and sizes, or it returns no values by name.
    """
    parameters = list(inspect.signature(function).parameters.values())
    required = [each for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    takes_seed = [*(each for each in parameters if each.name in SEED_NAMES), *required][:1]
    if odd := next((each.name for each in required if each not in takes_seed), None):
        raise TypeError(
            f"inputs: {function.__name__} has a parameter {odd} without a default; its parameters are the seed, and "
            f"sizes with a default, as in `def make_inputs(seed, n=7, d=5)`"
        )
    given = {each.name: each.default for each in parameters if type(each.default) is int and each not in takes_seed}

    def draw(seed: int, **sizes: int) -> Mapping[str, Any]:
        if takes_seed and takes_seed[0].kind is not inspect.Parameter.POSITIONAL_ONLY:
            return _by_name(function(**{takes_seed[0].name: seed}, **sizes), names, function.__name__)
        return _by_name(function(*([seed] if takes_seed else ()), **sizes), names, function.__name__)

    _seed(seed)
    first = draw(seed)
    return Draws(draw, given, seed, arrays=_has_arrays(first), device=_device(first))


def from_examples(examples: Any, names: Sequence[str], seed: int) -> Draws:
    """Inputs like the author's examples: for another seed, other numbers like theirs, and other sizes.

    Dimensions of the same length stand for the same size, which has the name of the first of them.

    Raises:
        TypeError: the examples are no values by name, and no tuple.
    """
    given_values = {name: _as_tensor(value) for name, value in _by_name(examples, names, "inputs").items()}
    lengths: dict[int, str] = {}
    for name, value in given_values.items():
        for dim, length in enumerate(value.shape if isinstance(value, torch.Tensor) else ()):
            lengths.setdefault(length, f"{name}_shape_{dim}")
    given = {name: length for length, name in lengths.items() if length > 1}

    def draw(at: int, **sizes: int) -> Mapping[str, Any]:
        if at == seed and all(given[name] == size for name, size in sizes.items()):
            return given_values
        generator = torch.Generator().manual_seed(at)
        wanted = {given[name]: size for name, size in sizes.items()}
        return {name: _redrawn(value, wanted, generator) for name, value in given_values.items()}

    arrays = _has_arrays(_by_name(examples, names, "inputs"))
    return Draws(draw, given, seed, by_example=True, arrays=arrays, device=_device(examples))


def _redrawn(value: Any, sizes: Mapping[int, int], generator: torch.Generator) -> Any:
    """Numbers like those of an example, in another size: elements of it, moved a little where they are not whole."""
    if not isinstance(value, torch.Tensor) or not value.numel():
        return value
    shape = [sizes.get(length, length) for length in value.shape]
    picked = value.flatten()[torch.randint(0, value.numel(), shape, generator=generator)]
    if is_floating(value) and bool(
        (value == value.flatten()[0]).all()
    ):  # a gain of ones, a bias of zeros: any other do
        return picked + torch.randn(shape, generator=generator)
    if not is_floating(value) or bool((value == value.round()).all()):  # a mask or one-hot labels stay such
        return picked
    return picked * (1 + _JITTER * torch.randn(shape, generator=generator))


def _by_name(values: Any, names: Sequence[str], who: str) -> Mapping[str, Any]:
    """Values by name; a tuple has them in the order of the forward pass's parameters."""
    if isinstance(values, dict):
        return values
    if isinstance(values, (tuple, list)) and len(values) == len(names):
        return dict(zip(names, values, strict=True))
    if isinstance(values, torch.Tensor) and len(names) == 1:
        return {names[0]: values}
    came = f"{len(values)} values" if isinstance(values, (tuple, list)) else f"a {type(values).__name__}"
    raise TypeError(
        f"{who}: {came} for {', '.join(names)}; give a dict such as {{'{names[0] if names else 'x'}': ...}}, or one "
        "value for each, in order"
    )


def _as_tensor(value: Any) -> Any:
    """A tensor of the author's, or an array, as the engine has it: on the CPU, detached, numbers in float32."""
    if _is_array(value):
        value = torch.from_numpy(value.copy())
    if not isinstance(value, torch.Tensor):
        return value
    value = value.detach().cpu()
    return value.float() if value.is_floating_point() else value


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _has_arrays(values: Mapping[str, Any]) -> bool:
    return any(map(_is_array, values.values()))


def _device(values: Any) -> torch.device | None:
    """Where the tensors are; None for the CPU."""
    found = values.values() if isinstance(values, dict) else values if isinstance(values, (tuple, list)) else [values]
    devices = {each.device for each in found if isinstance(each, torch.Tensor)} - {torch.device("cpu")}
    return next(iter(devices), None)


@contextlib.contextmanager
def global_randomness() -> Iterator[None]:
    """Within this, the global generators may be seeded; afterwards they go on as before."""
    numpy = sys.modules.get("numpy")
    before = torch.get_rng_state(), random.getstate(), numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        torch.set_rng_state(before[0])
        random.setstate(before[1])
        if numpy is not None and before[2] is not None:
            numpy.random.set_state(before[2])


def _seed(seed: int) -> None:
    """Seed the global generators, for inputs that are drawn from them."""
    torch.default_generator.manual_seed(seed)  # torch.manual_seed() takes 3 ms, for the sake of other devices
    random.seed(seed)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(seed % 2**32)
