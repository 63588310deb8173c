"""The sizes of the further cases: they straddle the given ones, so that hard-coded sizes are detected.

A slice such as `[:32]` changes nothing where the dimension is 32 or less. So each size is, in some further case, larger
than every given size: there, a slice at any of those cuts something off. In another case it is smaller than its given
size, so that a table built with the given size has too many rows.

Large sizes alternate: a case in which all are large would cost their product.
"""

from __future__ import annotations

import ast
from itertools import combinations
from typing import TYPE_CHECKING

from grader.exercise.tied_sizes import moved

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

Sizes = dict[str, int]

SMALLEST_DRAWN = 5
"""Smaller hidden sizes are drawn only near smaller ones: batch norm over 2 rows makes dhprebn cancel, even in correct
functions."""
FARTHEST_DRAWN = 8
"""A hidden size is at most this far from the exercise's own: adding a third to 65 rows would take a third more time."""
FEWEST_ROWS = 3
"""The fewest rows of the smallest further case for a small minibatch: over one or two, a variance means little."""
REACH = 300
"""A given size above this is out of the others' reach: a matrix of 2000 x 2000 costs more than a slice at 2000 of an
axis of three is likely."""
_SPLITS, _TRIES = 2, 25
"""Ways to split the sizes into large and small, and draws for each case of a split, before cases are built instead."""
_DRAWS = 50
"""Draws of hidden sizes before falling back on the exercise's own."""
_ROOM = 8
"""How far above the given sizes a large one may be, plus one for each size; more in a later split."""


def given_sizes(inputs: ast.FunctionDef | None) -> Sizes:
    """The parameters of inputs() whose default is an integer, with that default."""
    if inputs is None:
        return {}
    arguments, defaults = inputs.args.args, inputs.args.defaults
    pairs = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    return {a.arg: d.value for a, d in pairs if isinstance(d, ast.Constant) and type(d.value) is int}


def wall(name: str, given: Mapping[str, int]) -> int:
    """What a size has to exceed in some case: the largest given size; of one that is out of reach, only its own."""
    return max(size for other, size in given.items() if size <= REACH or other == name)


def straddling_faults(
    given: Mapping[str, int],
    further: Sequence[Mapping[str, int]],
    smallest: Collection[str] = (),
    largest: Collection[str] = (),
) -> list[str]:
    """What is wrong with the sizes of the further cases: a sentence for each size that does not straddle.

    Args:
        given: the sizes of the given case.
        further: those of the further cases; a size left out is as given.
        smallest: sizes for which nothing smaller works.
        largest: sizes for which nothing above all the given ones works.
    """
    above = [fault for name in given if name not in largest for fault in _not_above(name, given, further)]
    below = [fault for name in given if name not in smallest for fault in _not_below(name, given[name], further)]
    return above + below


def _not_above(name: str, given: Mapping[str, int], further: Sequence[Mapping[str, int]]) -> Iterator[str]:
    top, own = wall(name, given), given[name]
    if max((sizes.get(name, own) for sizes in further), default=0) <= top:
        largest = "its given size" if own == top else "the largest given size"
        has = _listed(name, own, further)
        yield f"no case has {name} above {top}, {largest} ({has}), so a slice [:{top}] would go unnoticed"


def _not_below(name: str, own: int, further: Sequence[Mapping[str, int]]) -> Iterator[str]:
    if own > 1 and min((sizes.get(name, own) for sizes in further), default=own) >= own:
        has = _listed(name, own, further)
        yield f"no case has {name} below {own}, its given size ({has}), so code that assumes {own} would go unnoticed"


def _listed(name: str, own: int, further: Sequence[Mapping[str, int]]) -> str:
    """The values of a size in the further cases, in words."""
    found = sorted({sizes.get(name, own) for sizes in further})
    return f"{name} is {' or '.join(map(str, found))}" if found else "there are no other cases"


def exceeding(name: str, given: Mapping[str, int], works: Callable[[Sizes], bool]) -> Sizes | None:
    """Sizes that work at which this one exceeds all given ones, the others as given where they can be."""
    return moved(given, name, _above(name, given), works)


def smaller(name: str, given: Mapping[str, int], works: Callable[[Sizes], bool]) -> Sizes | None:
    """Sizes that work at which only this one is smaller than given."""
    return moved(given, name, range(given[name] - 1, 0, -1), works, most_tied=0)


def draw_straddling(
    given: Mapping[str, int], rng: random.Random, works: Callable[[Sizes], bool]
) -> tuple[Sizes, ...] | None:
    """Sizes for the further cases, found by trial; None if none were found.

    In all cases but the last, some sizes are large and the others small, in turn; there are two such cases unless more
    are needed. In the last, the minibatch is about as large as given and everything else is small.

    Args:
        works: whether a case of these sizes can be built, and is not too expensive.
    """
    works = _remembering(works)
    fixed = {name for name in given if given[name] > 1 and smaller(name, given, works) is None}
    for split in range(1, _SPLITS + 1):
        shuffled = rng.sample(sorted(given), len(given))
        found = _drawn(given, [set(shuffled[::2]), set(shuffled[1::2])], split, fixed, rng, works)
        if found is not None:
            return found
    return _built(given, fixed, rng, works)


def _remembering(works: Callable[[Sizes], bool]) -> Callable[[Sizes], bool]:
    """The same, but each set of sizes is tried only once."""
    known: dict[tuple[int, ...], bool] = {}

    def remembered(sizes: Sizes) -> bool:
        key = tuple(sizes.values())
        if key not in known:
            known[key] = works(sizes)
        return known[key]

    return remembered


def _drawn(
    given: Mapping[str, int],
    groups: Sequence[Collection[str]],
    split: int,
    fixed: Collection[str],
    rng: random.Random,
    works: Callable[[Sizes], bool],
) -> tuple[Sizes, ...] | None:
    """A case for each group of large sizes and the last one, all numbers drawn at once: most need no more."""
    found: list[Sizes] = []
    for pools in [*(_pools(given, large, split, fixed) for large in groups), _last(given, fixed)]:
        case = next((case for case in _tries(pools, given, found, rng) if works(case)), None)
        if case is None:
            return None
        found.append(case)
    return tuple(found)


def _built(
    given: Mapping[str, int], fixed: Collection[str], rng: random.Random, works: Callable[[Sizes], bool]
) -> tuple[Sizes, ...] | None:
    """Cases built from the given one, size by size, with those that are tied to it; None if a size cannot grow."""
    found: list[Sizes] = []
    last = _spread(given, given, [], [], [], {_rows_of(given), *fixed}, rng, works)
    left = rng.sample(sorted(given), len(given))
    while left:
        name = left[0]
        used = [case[name] for case in found]
        near, far = _above(name, given)[:_ROOM], _above(name, given)[_ROOM:]
        up = [*_preferred(near, given, {}, used, rng), *far]
        case = moved(given, name, up, works) or moved(
            last, name, up, works
        )  # where less is large, it may be affordable
        case = case or moved(given, name, range(wall(name, given), given[name], -1), works)
        if case is None:
            return None
        case = _spread(case, given, [name], left, found, fixed, rng, works)
        left = [other for other in left[1:] if case[other] <= wall(other, given)]
        found.append(case)
    found += [last] if last != given and last not in found else []
    never = [name for name in given if name not in fixed and _never_below(name, given, found)]
    return (*found, *(case for name in never if (case := smaller(name, given, works))))


def _never_below(name: str, given: Mapping[str, int], found: Sequence[Sizes]) -> bool:
    return given[name] > 1 and all(case[name] >= given[name] for case in found)


def _spread(
    case: Mapping[str, int],
    given: Mapping[str, int],
    large: Sequence[str],
    left: Collection[str],
    found: Sequence[Sizes],
    fixed: Collection[str],
    rng: random.Random,
    works: Callable[[Sizes], bool],
) -> Sizes:
    """The same, in which every other size is changed, too, where that works: half of those left upward, others down.

    Args:
        case: sizes that work.
        large: those that have to stay as large as they are.
        left: those that no case has above all given sizes yet.
        found: the cases before.
    """
    above, case = [*large], dict(case)

    def keeps(sizes: Sizes) -> bool:
        return all(sizes[name] >= min(case[name], wall(name, given) + 1) for name in above) and works(sizes)

    for name in rng.sample(sorted(given), len(given)):
        if name in above or (case[name] != given[name] and case[name] <= wall(name, given)):
            continue
        used, other = [sizes[name] for sizes in found], None
        if name in left and 2 * len(above) < len(given):
            pool = _preferred(_above(name, given)[:_ROOM], given, case, used, rng)
            other = moved(case, name, pool, keeps, most_tied=0)
            above += [name] if other else []
        if other is None and name not in fixed:
            pool = _preferred(_below(given[name]), given, case, used, rng)
            other = moved(case, name, pool, keeps, most_tied=1)
        case = other or case
    return case


def obstacle(given: Mapping[str, int], works: Callable[[Sizes], bool]) -> tuple[str, Sizes] | None:
    """The size by which no further cases were found, and sizes at which it has grown and which do not work."""
    for name in given:
        if moved(given, name, _grown(name, given), works) is None:
            return name, {**given, name: given[name] + 1}
    return None


def _grown(name: str, given: Mapping[str, int]) -> Sequence[int]:
    """The numbers above a given size, those that exceed all of them first."""
    return [*_above(name, given), *range(wall(name, given), given[name], -1)]


def _above(name: str, given: Mapping[str, int]) -> Sequence[int]:
    """The numbers that exceed all given sizes; twice as far as the last, as a tie may leave only multiples."""
    top = wall(name, given)
    return range(top + 1, 2 * top + _ROOM + len(given) + 1)


def _pools(
    given: Mapping[str, int], large: Collection[str], split: int, fixed: Collection[str]
) -> dict[str, Sequence[int]]:
    """The numbers that each size is drawn from in a case where some are large: farther away in a later split."""
    room = split * (_ROOM + len(given))
    tops = {name: wall(name, given) for name in large}
    return {
        n: range(tops[n] + 1, tops[n] + room + 1) if n in large else _near(size) if n in fixed else _below(size)
        for n, size in given.items()
    }


def _last(given: Mapping[str, int], fixed: Collection[str]) -> dict[str, Sequence[int]]:
    """The numbers that each size is drawn from in the last case: small, but with the rows to read a table."""
    as_given = {_rows_of(given), *fixed}
    return {name: _near(size) if name in as_given else _below(size) for name, size in given.items()}


def _rows_of(given: Mapping[str, int]) -> str:
    """The size of the minibatch."""
    return "n" if "n" in given else next(iter(given), "")


def _tries(
    pools: Mapping[str, Sequence[int]], given: Mapping[str, int], found: Sequence[Sizes], rng: random.Random
) -> Iterator[Sizes]:
    """Draws for one case, unlike the cases already found."""
    for _ in range(_TRIES):
        case: Sizes = {}
        for name in sorted(given, key=given.__getitem__):  # the smallest first: it has the fewest choices
            case[name] = _preferred(pools[name], given, case, [sizes[name] for sizes in found], rng)[0]
        yield {name: case[name] for name in given}


def _below(size: int) -> Sequence[int]:
    """Numbers below a size, but not far below; 1 only if there is no other."""
    return range(max(2, size // 3), size) or ([1] if size == 2 else _near(size))


def _near(size: int) -> Sequence[int]:
    """Numbers near a size."""
    return range(max(2, size - size // 4), max(size, 4) + max(4, size // 4))


def _preferred(
    pool: Sequence[int], given: Mapping[str, int], case: Mapping[str, int], used: Collection[int], rng: random.Random
) -> list[int]:
    """The pool in random order; first what is new to its case, not a given size, and not yet used for this size."""
    shuffled = rng.sample(pool, len(pool))
    return sorted(shuffled, key=lambda size: (size in case.values(), size in given.values(), size in used))


def draw_near(
    sizes: Mapping[str, int], given: Mapping[str, int], dimensions: Collection[int], rng: random.Random
) -> Sizes:
    """Draw hidden sizes near an exercise's own that detect the same hard-coded numbers.

    Each stays on its side of every given size, a large one also above the dimensions that it exceeds, and none equals
    one of them. Products of two that exceed the given product still do. No two become equal. If no other sizes are
    possible, the exercise's own are returned.

    Args:
        sizes: those of one of the exercise's further cases.
        given: those of the given case.
        dimensions: every number that occurs in a shape of the given case.
    """
    pools = {name: _same_sides(size, given.get(name, size), given, dimensions) for name, size in sizes.items()}
    for _ in range(_DRAWS):
        drawn = {name: rng.choice(pool) for name, pool in pools.items()}
        alike = len(set(drawn.values())) < len(set(sizes.values()))
        if not alike and _products_stay_above(drawn, sizes, given):
            return drawn
    return dict(sizes)


def _same_sides(size: int, own: int, given: Mapping[str, int], dimensions: Collection[int]) -> list[int]:
    """The numbers near a size, on its side of given sizes and dimensions; `own` is the size in the given case.

    None is one above a given size: a slice that is off by one would cut nothing off there.
    """
    walls = {*given.values(), *(number for number in dimensions if own <= number < size)}
    spread = max(2, min(size // 3, FARTHEST_DRAWN))
    low = max([min(SMALLEST_DRAWN, size), size - spread, *(min(wall + 2, size) for wall in walls if wall < size)])
    high = min([size + spread, *(wall - 1 for wall in walls if wall > size)])
    taken = {*given.values(), *dimensions}
    return [k for k in range(low, high + 1) if k == size or k not in taken]


def _products_stay_above(drawn: Mapping[str, int], sizes: Mapping[str, int], given: Mapping[str, int]) -> bool:
    """Whether products such as `n*T`, the number of tokens, exceed the given ones wherever the exercise's own do.

    By at least half as much: the last few tokens may be masked, and then a slice changes nothing.
    """
    for a, b in combinations([name for name in sizes if name in given], 2):
        more = sizes[a] * sizes[b] - given[a] * given[b]
        if more > 0 and drawn[a] * drawn[b] < given[a] * given[b] + (more + 1) // 2:
            return False
    return True


def at_batch_size(further: Sequence[Mapping[str, int]], default: int, batch_size: int | None) -> list[Sizes]:
    """The further cases' sizes for a given case of another batch size, adjusted so that `n` straddles it.

    The largest n grows with the batch; the smallest drops below a small batch, but not below FEWEST_ROWS.
    """
    moved = [dict(sizes) for sizes in further]
    with_rows = [sizes for sizes in moved if "n" in sizes]
    if batch_size is None or not with_rows:
        return moved
    largest, smallest = max(with_rows, key=_rows), min(with_rows, key=_rows)
    if batch_size > default:
        largest["n"] = _free(largest["n"] + batch_size - default, largest, 1)
    elif batch_size <= smallest["n"]:
        smallest["n"] = _free(max(FEWEST_ROWS, batch_size - 1), smallest, -1)
    return moved


def _rows(sizes: Mapping[str, int]) -> int:
    return sizes["n"]


def _free(wanted: int, sizes: Mapping[str, int], step: int) -> int:
    """The wanted number, or the next one that no other size of the case has."""
    others = {size for name, size in sizes.items() if name != "n"}
    found = wanted
    while found in others:
        found += step
    return found if found >= FEWEST_ROWS else wanted
