"""Extreme inputs for a further case: values that saturate, values near zero, every index that a table has.

Ordinary draws miss a threshold at 6 or at 0.001, the last row of a table and the second occurrence of a rare one. A
formula that is wrong only there would be right in every case.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import default_dtype, is_floating

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise

_LADDERS = (
    *(((2.0**k, 2.0**-20, -8.0, 1.0, 8.0, 2.0**-6), (1.0, 2.0**-40, 1.0, 0.25, 2.0**-8)) for k in (10, 9, 8, 6, 4)),
    *(((2.0**k, 2.0**-20, 4.0, 1.0, 8.0, 2.0**-6), (1.0, 2.0**-40, 1.0, 0.25, 2.0**-8)) for k in (10, 8, 6, 4)),
    ((4.0, 2.0**-10, 1.0), (1.0, 2.0**-10)),
    ((2.0, 2.0**-5, 1.0), (1.0, 2.0**-5)),
    ((0.5, 2.0**-5, 1.0), (1.0, 2.0**-5)),
)
"""Factors for the rows and the columns of an input, repeated; the strongest that the forward pass allows are used.

Rows: an example that saturates whatever follows, one that is almost zero, one with the opposite sign, one as drawn,
one that crosses a mask at 6, one that crosses a mask at 0.01. Columns: none is larger than drawn, or the factors of the
next matrix would outweigh those of the rows; an almost constant one, the same in every input, makes the epsilon of a
batch norm matter and gives a relu values near zero. Powers of two change no digit.
"""
_MILDER = 4
"""Where a training exercise starts: its gradients go through the whole network, and rounding grows with each factor."""
_MILDEST = 9
"""Where the factors start at which no correct formula overflows: none is above 4."""
_LEAST_ALONE = 2.0**-5
"""The smallest factor for a single number, which has no other rows to keep the gradients alive."""
_FAR, _SMALL = (6.0, 20.0), 1e-4
"""Where learners put thresholds: a relu6, a clamp of logits, a floor under probabilities."""
_LINEAR = 1e-9
"""The relative error up to which a float64 loss counts as linear in an input; rounding stays far below."""


def stressed(exercise: Exercise, inputs: Mapping[str, Any], *, mild: bool = False) -> Iterator[dict[str, Any]]:
    """Variants of a case's inputs, the most extreme first; the last are as drawn.

    Only graded inputs are scaled. They are free to vary, while others (a mask, a table of cosines, a distribution that
    sums to one) may have to stay as they are for a correct formula to hold.

    Args:
        inputs: as returned by `exercise.inputs`.
        mild: whether to use only factors at which nothing overflows.
    """
    for rows, columns in _LADDERS[_MILDEST if mild else 0 if exercise.kind == "gradients" else _MILDER :]:
        extreme = _with_factors(exercise, inputs, rows, columns)
        if extreme is not None:
            yield extreme
    yield dict(inputs)


def _with_factors(
    exercise: Exercise, inputs: Mapping[str, Any], rows: tuple[float, ...], columns: tuple[float, ...]
) -> dict[str, Any] | None:
    """The inputs with the graded ones scaled; None if there are none, or if a forward value is not finite."""
    free = [n for n in exercise.inputs_parameters if n in exercise.graded and is_floating(inputs[n])]
    found = {**inputs, **{n: _scaled(inputs[n], rows, columns, at) for at, n in enumerate(free)}}
    return found if free and _is_finite(exercise, found) else None


def _scaled(value: torch.Tensor, rows: tuple[float, ...], columns: tuple[float, ...], start: int) -> torch.Tensor:
    """A tensor times one factor for each row and one for each column; a single row has the factors of both."""
    wide = [dim for dim, size in enumerate(value.shape) if size > 1]
    if not wide:
        factor = rows[start % len(rows)]
        return value * (factor if abs(factor) > _LEAST_ALONE else _LEAST_ALONE)
    if len(wide) == 1:
        tiny = columns.index(min(columns))
        merged = [factor for factor in rows if factor != min(rows, key=abs)]
        return value * _along(value, wide[0], (*merged[:tiny], min(columns), *merged[tiny:]), 0)
    return value * _along(value, wide[0], rows, start) * _along(value, wide[-1], columns, 0)


def _along(value: torch.Tensor, dim: int, factors: tuple[float, ...], start: int) -> torch.Tensor:
    """Factors along one dimension, repeated to its size; of size 1 in every other dimension."""
    size = value.shape[dim]
    repeated = [factors[(start + k) % len(factors)] for k in range(size)]
    return torch.tensor(repeated, dtype=value.dtype).view([size if d == dim else 1 for d in range(value.dim())])


def crossed(exercise: Exercise, inputs: Mapping[str, Any]) -> int:
    """How many typical thresholds some value crosses, counted over all graded variables."""
    values = _forward(exercise, inputs)
    ends = [values[v].aminmax() for v in exercise.graded]
    far = sum((float(high) > bound) + (float(low) < -bound) for low, high in ends for bound in _FAR)
    return far + sum(0 < float(low) < _SMALL for low, _ in ends)


def with_every_index(
    exercise: Exercise, inputs: Mapping[str, Any], seed: int, unseen: Mapping[str, Sequence[int]] | None = None
) -> dict[str, Any]:
    """The inputs with their indices reassigned: the last row of a table, the first, then all others, repeated.

    With fewer positions than rows, some rows are left out. Negative indices are markers and stay.

    Args:
        seed: the seed of the order.
        unseen: by input, the rows that come right after the first: those that the given case does not use.
    """
    g = torch.Generator().manual_seed(seed)
    return {
        name: value
        if (rows := table_rows(exercise, inputs, name)) is None
        else _dealt(value, rows, (unseen or {}).get(name, ()), g)
        for name, value in inputs.items()
    }


def _dealt(indices: torch.Tensor, rows: int, unseen: Sequence[int], g: torch.Generator) -> torch.Tensor:
    places = (indices >= 0).view(-1).nonzero().view(-1)
    count = len(places)
    first = [rows - 1, 0, *(row for row in unseen if row < rows)]
    order = list(dict.fromkeys([*first, *torch.randperm(rows, generator=g).tolist()]))
    values = torch.tensor([order[k % rows] for k in range(count)], dtype=indices.dtype)
    if 2 < count <= rows:
        values[-1] = values[0]  # a repeated index
    found = indices.flatten().clone()
    found[places] = values[torch.randperm(count, generator=g)]
    return found.view(indices.shape)


def unseen_rows(exercise: Exercise, inputs: Mapping[str, Any]) -> dict[str, list[int]]:
    """For each input that indexes a table: the rows that it does not use."""
    tables = {name: table_rows(exercise, inputs, name) for name in inputs}
    return {
        name: sorted(set(range(rows)) - set(inputs[name].flatten().tolist()))
        for name, rows in tables.items()
        if rows is not None
    }


def table_rows(exercise: Exercise, inputs: Mapping[str, Any], name: str) -> int | None:
    """How many rows the table has that an integer input indexes; None if it indexes none.

    Found by trial: the forward pass accepts the last row of such a table, and raises at the one after it.
    """
    value = inputs[name]
    if name not in exercise.inputs_parameters or not _is_index(value) or int(value.max()) < 0:
        return None
    sizes = {size for other in inputs.values() if isinstance(other, torch.Tensor) for size in other.shape}
    at = int(value.flatten().argmax())
    for rows in sorted(size for size in sizes if size > int(value.max())):
        if not _runs(exercise, {**inputs, name: _with(value, at, rows)}):
            return rows if _runs(exercise, {**inputs, name: _with(value, at, rows - 1)}) else None
    return None


def _with(value: torch.Tensor, at: int, index: int) -> torch.Tensor:
    changed = value.flatten().clone()  # flatten() does not copy a flat tensor
    changed[at] = index
    return changed.view(value.shape)


def _forward(exercise: Exercise, inputs: Mapping[str, Any]) -> dict[str, Any]:
    with torch.inference_mode():
        return exercise.forward({name: inputs[name] for name in exercise.inputs_parameters})


def _runs(exercise: Exercise, inputs: Mapping[str, Any]) -> bool:
    try:
        _forward(exercise, inputs)
    except Exception:  # noqa: BLE001 an index out of range raises many kinds of exceptions
        return False
    return True


def _is_finite(exercise: Exercise, inputs: Mapping[str, Any]) -> bool:
    """Whether every forward value is finite in float32: checked first, as it is cheap."""
    try:
        values = _forward(exercise, inputs).values()
    except Exception:  # noqa: BLE001 the forward pass may assert what it needs
        return False
    return all(bool(torch.isfinite(value).all()) for value in values if is_floating(value))


def is_covered(exercise: Exercise, inputs: Mapping[str, Any]) -> frozenset[str]:
    """The inputs that index a table and have at least as many positions as it has rows."""
    rows = {name: table_rows(exercise, inputs, name) for name in inputs}
    return frozenset(n for n, count in rows.items() if count is not None and int((inputs[n] >= 0).sum()) >= count)


def upstream_inputs(exercise: Exercise, inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """The inputs that act as upstream gradients: signed, not graded, and the loss is proportional to them.

    The loss may be proportional to one alone or, where the rest of the network reads several outputs, to all together.
    Learners' functions receive them as forward values, so a threshold on one is detected only if they are scaled like
    cotangents.
    """
    wide = {name: value.double() if is_floating(value) else value for name, value in inputs.items()}
    signed = [n for n in exercise.inputs_parameters if n not in exercise.graded and _is_signed(wide[n])]
    together = tuple(name for name in signed if _grows_evenly(exercise, wide, name))
    if together and _is_proportional(exercise, wide, together):
        return together
    return tuple(name for name in together if _is_proportional(exercise, wide, (name,)))


def _is_signed(value: object) -> bool:
    return is_floating(value) and value.numel() > 0 and bool((value.min() < 0) & (value.max() > 0))


def _grows_evenly(exercise: Exercise, inputs: Mapping[str, Any], name: str) -> bool:
    """Whether the loss is linear in an input, up to a constant."""
    none, once, twice = (_loss(exercise, inputs, (name,), k) for k in (0.0, 1.0, -2.0))
    return math.isclose(twice - none, -2 * (once - none), rel_tol=_LINEAR)


def _is_proportional(exercise: Exercise, inputs: Mapping[str, Any], names: Sequence[str]) -> bool:
    once, other = (_loss(exercise, inputs, names, k) for k in (1.0, -1024.0))
    return once != 0 and math.isclose(other, -1024 * once, rel_tol=_LINEAR)


def _loss(exercise: Exercise, inputs: Mapping[str, Any], names: Sequence[str], factor: float) -> float:
    """The loss in float64 with some inputs scaled."""
    with default_dtype(torch.float64):
        return float(_forward(exercise, {**inputs, **{name: inputs[name] * factor for name in names}})["loss"])


def _is_index(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.numel() > 0 and value.dtype in (torch.int64, torch.int32)
