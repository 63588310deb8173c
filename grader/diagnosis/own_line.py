"""Which statement of the learner's function a diagnosis is about: only if exactly one can be meant.

The learner's code is not read here: the locked child has told what each statement assigns, reads and writes as a
number, before any of it ran.
"""

from __future__ import annotations

import builtins
import itertools
from math import isclose
from operator import attrgetter
from typing import TYPE_CHECKING

from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.diagnosis.derive import Path
    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.phrases import Phrase
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import OwnLine
    from grader.verdict.evidence import Evidence

    Found = Iterable[OwnLine]

_OPERAND, _EXPONENT = attrgetter("operands"), attrgetter("exponents")


def _any(line: OwnLine) -> tuple[float, ...]:
    return (*line.operands, *line.arguments)


_NUMBERS: dict[str, tuple[str, Callable[[OwnLine], Sequence[float]]]] = {
    "number_wrong": ("number", _OPERAND),
    "exponent_wrong": ("exponent", _EXPONENT),
    "epsilon_replaced": ("wrong", _any),
    "epsilon_added": ("number", _any),
}
"""The phrases with a number that the learner wrote: its field, and the numbers of a statement in the same role."""
_EVERYWHERE = (0.0, 1.0)
"""Numbers that stand for nothing in particular: an axis, a factor that was left out."""
_LEAST_SIZE = 5
"""A smaller number may be an axis or a factor, not a size that was typed."""
_CLOSE = 1e-5
"""How close a number in the code has to be to the one that was found."""
_NO_HELPERS = frozenset(("torch", "F", "nn", "np", "numpy", "math", *dir(builtins)))
"""Names that a function may use from outside without leaving the work to code of the learner's own."""
_LAST_STEP = frozenset(
    {
        Kind.NOT_SUMMED,
        Kind.KEEPDIM,
        Kind.SUMMED_TOO_FAR,
        Kind.NOT_EXPANDED,
        Kind.TRANSPOSED,
        Kind.SIGN,
        Kind.UPSTREAM_UNUSED,
        Kind.UPSTREAM_ONLY,
    }
)
"""What is wrong with how a layer's gradient is computed, not with what its forward pass has kept for it."""


def located(found: Explanation, evidence: Evidence, exercise: Exercise) -> Explanation:
    """The explanation, with the learner's own line if it is known."""
    function = evidence.function
    for each in _ways(found, evidence, exercise, function.code) if function is not None else ():
        lines = {line.number: line for line in each}
        if len(lines) == 1:
            [line] = lines.values()
            return found.also(found.kind, your_line={"number": line.number, "text": line.text})
    return found


def _ways(found: Explanation, evidence: Evidence, exercise: Exercise, code: Sequence[OwnLine]) -> Iterator[Found]:
    """What each way of finding the line finds; the surest first."""
    fields = found.fields
    yield _with_sizes(fields.get("numbers") or {}, code)
    yield _with_number(fields.get("change"), code)
    if found.kind is Kind.NOT_LINEAR:
        yield _bending(fields.get("upstream") or (), code)
    helpers = {*(evidence.function.borrowed if evidence.function is not None else ())} - _NO_HELPERS
    own = code if exercise.kind == "gradients" else _slice(f"d{evidence.variable}", code)
    if not helpers.isdisjoint(name for line in own for name in line.reads):
        return  # the mistake may be in a function that is called
    for variable in (*(fields.get("gradients") or ()), *_forks(fields.get("shares") or (), evidence.variable)):
        yield _assigning(f"d{variable}", exercise, own)
    if exercise.kind == "gradients" or found.kind in _LAST_STEP:
        yield _computing(own)


# a number


def _with_sizes(typed: Iterable[str], code: Sequence[OwnLine]) -> Found:
    """The statements with one of these sizes, or 1 divided by it."""
    sizes = [float(size) for size in typed if float(size) >= _LEAST_SIZE]
    wanted = sizes + [1 / size for size in sizes]
    return _those_with(wanted, code, lambda line: (*line.operands, *line.arguments), 1e-12)


def _with_number(change: Phrase | None, code: Sequence[OwnLine]) -> Found:
    """The statements with the number that a changed formula has instead of the right one, in the same role."""
    if change is None or change.key not in _NUMBERS:
        return ()
    name, numbers = _NUMBERS[change.key]
    return _those_with([float(change.fields[name])], code, numbers, _CLOSE)


def _those_with(
    wanted: Sequence[float], code: Sequence[OwnLine], numbers: Callable[[OwnLine], Sequence[float]], tolerance: float
) -> Found:
    sought = [abs(number) for number in wanted if abs(number) not in _EVERYWHERE]
    pairs = ((line, itertools.product(sought, numbers(line))) for line in code)
    return [line for line, both in pairs if any(isclose(a, b, rel_tol=tolerance) for a, b in both)]


# a function of the gradient that is not linear


def _bending(upstream: Iterable[str], code: Sequence[OwnLine]) -> Found:
    """The statements with a function of an upstream gradient, or of what was computed from it, that is not linear."""
    from_it = {*upstream}
    for line in _until_settled(code, lambda line: not from_it.isdisjoint(line.reads)):
        from_it.update(line.assigns)
    return [line for line in code if not from_it.isdisjoint(line.bent)]


# a gradient on the way


def _forks(shares: Sequence[tuple[Path, str]], variable: str) -> Iterator[str]:
    """The variable whose gradient lacks a share, where all missing paths branch off the others at the same one."""
    missing = [path for path, factor in shares if factor == "0"]
    kept = [path for path, factor in shares if factor == "1"]
    if not missing or not kept or len(missing) + len(kept) < len(shares):
        return
    common = {max((path.shared(other) for other in kept), key=len) for path in missing}
    if len(common) == 1:
        [shared] = common
        yield shared[-1] if shared else variable


def _assigning(name: str, exercise: Exercise, code: Sequence[OwnLine]) -> Found:
    """The statements that assign a gradient; none if they use an intermediate result that may be what is wrong."""
    found = [line for line in code if name in line.assigns]
    values = {*exercise.inputs_parameters, *exercise.producer}
    told = values | {f"d{value}" for value in values}
    computed = {each for line in code if line.computes for each in line.assigns} - told
    return [] if any(not computed.isdisjoint(line.reads) for line in found) else found


# the only statement that computes anything


def _computing(code: Sequence[OwnLine]) -> Found:
    return code if len(code) == 1 else [line for line in code if line.computes]


def _slice(name: str, code: Sequence[OwnLine]) -> list[OwnLine]:
    """The statements that a name's value depends on."""
    needed = {name}
    for line in _until_settled(code, lambda line: not needed.isdisjoint(line.assigns)):
        needed.update(line.reads)
    return [line for line in code if not needed.isdisjoint(line.assigns)]


def _until_settled(code: Sequence[OwnLine], holds: Callable[[OwnLine], bool]) -> Iterator[OwnLine]:
    """Each statement once, as soon as the condition holds, which may depend on those before."""
    waiting = [*code]
    while ready := next((line for line in waiting if holds(line)), None):
        waiting.remove(ready)
        yield ready
