"""Which statement of the learner's function a diagnosis is about: only if exactly one can be meant.

The learner's code is not read here: the locked child has told what each statement assigns, reads and writes as a
number, before any of it ran.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING

from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.diagnosis.kinds import Diagnosis
    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import OwnLine
    from grader.verdict.evidence import Evidence

    Found = Iterable[OwnLine]

_NUMBER = re.compile(r"the number (\S+) is wrong")
_EXPONENT = re.compile(r"the exponent (\S+) is wrong")
_CONSTANT = re.compile(r"the small constant is (\S+) instead|a small constant \((\S+)\) is added")
_EVERYWHERE = (0.0, 1.0)
"""Numbers that stand for nothing in particular: an axis, a factor that was left out."""
_AS_SHOWN = 1e-5
"""How closely a number is known from a message, which shows six digits."""
_LAST_STEP = frozenset(
    {
        Kind.NOT_SUMMED,
        Kind.KEEPDIM,
        Kind.SUMMED_TOO_FAR,
        Kind.NOT_EXPANDED,
        Kind.TRANSPOSED,
        Kind.WRONG_AXIS,
        Kind.SIGN,
        Kind.UPSTREAM_UNUSED,
        Kind.UPSTREAM_ONLY,
    }
)
"""What is wrong with how a layer's gradient is computed, not with what its forward pass has kept for it."""


def located(diagnosis: Diagnosis, evidence: Evidence, exercise: Exercise) -> Diagnosis:
    """The diagnosis, with the learner's own line in its evidence if it is known."""
    code = evidence.function.code if evidence.function is not None else ()
    for found in _ways(diagnosis, evidence, exercise, code):
        lines = {each.number: each for each in found}
        if len(lines) == 1:
            [line] = lines.values()
            yours = {"number": line.number, "text": line.text}
            return replace(diagnosis, evidence={**diagnosis.evidence, "your_line": yours})
    return diagnosis


def _ways(diagnosis: Diagnosis, evidence: Evidence, exercise: Exercise, code: Sequence[OwnLine]) -> Iterator[Found]:
    """What each way of finding the line finds; the surest first."""
    known = diagnosis.evidence
    yield _with_sizes(known.get("numbers", {}), code)
    yield _with_number(str(known.get("change", "")), code)
    if diagnosis.kind is Kind.NOT_LINEAR:
        yield _bending(known.get("upstream", ()), code)
    for variable in (*known.get("gradients", ()), *_forks(known.get("shares", {}), evidence.variable)):
        yield _assigning(f"d{variable}", exercise, code)
    if exercise.kind == "gradients":
        yield _computing(code)
    elif diagnosis.kind in _LAST_STEP:
        yield _computing(_slice(f"d{evidence.variable}", code))


# a number


def _with_sizes(typed: Iterable[str], code: Sequence[OwnLine]) -> Found:
    """The statements with one of these sizes, or 1 divided by it."""
    sizes = [float(size) for size in typed]
    wanted = [size for size in sizes if size] + [1 / size for size in sizes if size]
    return _those_with(wanted, code, lambda line: (*line.operands, *line.arguments), 1e-12)


def _with_number(change: str, code: Sequence[OwnLine]) -> Found:
    """The statements with the number that a changed formula has instead of the right one, in the same role."""
    if (number := _in(_NUMBER, change)) is not None:
        return _those_with([number], code, lambda line: line.operands, _AS_SHOWN)
    if (number := _in(_EXPONENT, change)) is not None:
        return _those_with([number], code, lambda line: line.exponents, _AS_SHOWN)
    if (number := _in(_CONSTANT, change)) is not None:
        return _those_with([number], code, lambda line: (*line.operands, *line.arguments), _AS_SHOWN)
    return ()


def _in(pattern: re.Pattern[str], change: str) -> float | None:
    found = pattern.search(change)
    return None if found is None else float(next(filter(None, found.groups())))


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


def _forks(shares: dict[str, str], variable: str) -> Iterator[str]:
    """The variable whose gradient lacks a share, where all missing paths branch off the others at the same one."""
    paths = {tuple(key.partition("#")[0].split(".")): factor for key, factor in shares.items()}
    missing = [path for path, factor in paths.items() if factor == "0"]
    kept = [path for path, factor in paths.items() if factor == "1"]
    if not missing or not kept or len(missing) + len(kept) < len(shares):
        return
    common = {max((_alike(path, other) for other in kept), key=len) for path in missing}
    if len(common) == 1:
        [shared] = common
        yield shared[-1] if shared else variable


def _alike(path: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False))
    return tuple(name for name, _ in pairs)


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
