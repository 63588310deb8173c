"""The sizes of the further cases: they straddle the given ones, so that a size typed as a number shows.

A cut such as `[:32]` is the same as no cut wherever the dimension has 32 numbers or fewer. So every size is larger, in
some further case, than every given size: a cut at any of their numbers takes something away there. And in some further
case it is smaller than it was given, so that a table made with the given size has rows too many.

Large sizes alternate: a case in which all are large would cost their product.
"""

from __future__ import annotations

import ast
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

Sizes = dict[str, int]

SMALLEST_DRAWN = 5
"""Smaller hidden sizes are drawn only near smaller ones: batch norm over 2 rows makes dhprebn cancel, in right
functions as well."""
FARTHEST_DRAWN = 8
"""A hidden size is at most this far from the exercise's own: a third of 65 rows up would cost a third more time."""
FEWEST_ROWS = 3
"""What a small minibatch asks of the smallest further case: a variance of one or two rows is hardly one."""
_SPLITS, _TRIES = 6, 100
"""Ways to divide the sizes into large and small, and draws for each case of one.

Where one size has to divide another and both are large, one draw in fifty works: 100 draws miss it in one split of
eight.
"""
_DRAWS = 50
"""Draws of hidden sizes before the exercise's own are taken."""
_ROOM = 8
"""How far above the given sizes a large one lies at most, beyond one number for each size; more in later splits."""


def given_sizes(inputs: ast.FunctionDef | None) -> Sizes:
    """The parameters of inputs() whose default is a whole number, and that default."""
    if inputs is None:
        return {}
    arguments, defaults = inputs.args.args, inputs.args.defaults
    pairs = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    return {a.arg: d.value for a, d in pairs if isinstance(d, ast.Constant) and type(d.value) is int}


def straddling_faults(
    given: Mapping[str, int], further: Sequence[Mapping[str, int]], smallest: Collection[str] = ()
) -> list[str]:
    """What is wrong with the sizes of the further cases: a sentence for each size that does not straddle.

    Args:
        given: the sizes of the given case.
        further: those of the further cases; a size left out is as given.
        smallest: sizes that nothing smaller works for.
    """
    above = [fault for name in given for fault in _not_above(name, given, further)]
    below = [fault for name in given if name not in smallest for fault in _not_below(name, given[name], further)]
    return above + below


def _not_above(name: str, given: Mapping[str, int], further: Sequence[Mapping[str, int]]) -> Iterator[str]:
    top, own = max(given.values()), given[name]
    if max((sizes.get(name, own) for sizes in further), default=0) <= top:
        largest = "its given size" if own == top else "the largest of the given sizes"
        has = _listed(name, own, further)
        yield f"no further case has {name} above {top}, {largest} ({has}): a cut at [:{top}] would cut nothing off"


def _not_below(name: str, own: int, further: Sequence[Mapping[str, int]]) -> Iterator[str]:
    if own > 1 and min((sizes.get(name, own) for sizes in further), default=own) >= own:
        has = _listed(name, own, further)
        yield f"no further case has {name} below {own}, its given size ({has}): code that needs {own} always finds them"


def _listed(name: str, own: int, further: Sequence[Mapping[str, int]]) -> str:
    """What the further cases have, in words."""
    found = sorted({sizes.get(name, own) for sizes in further})
    return f"it is {' or '.join(map(str, found))}" if found else "there are none"


def works_at_nothing_smaller(name: str, given: Mapping[str, int], works: Callable[[Sizes], bool]) -> bool:
    """Whether no case exists in which this size alone is smaller than it was given."""
    return not any(works({**given, name: size}) for size in range(given[name] - 1, 0, -1))


def draw_straddling(
    given: Mapping[str, int], rng: random.Random, works: Callable[[Sizes], bool]
) -> tuple[Sizes, ...] | None:
    """Sizes for the further cases, found by trying; None if there were none.

    In all cases but the last, some sizes are large and the others small, in turn; there are two of them unless more
    are necessary. In the last, the minibatch is about as large as it was given and everything else is small.

    Args:
        works: whether a case of these sizes can be built, and is not too expensive.
    """
    fixed = {name for name in given if given[name] > 1 and works_at_nothing_smaller(name, given, works)}
    rows = "n" if "n" in given else next(iter(given))
    last = {name: _near(size) if name in {rows, *fixed} else _below(size) for name, size in given.items()}
    for room, groups in _divisions(sorted(given), rng):
        found: list[Sizes] = []
        for pools in [*(_pools(given, large, room, fixed) for large in groups), last]:
            case = next((case for case in _tries(pools, given, found, rng) if works(case)), None)
            if case is None:
                break
            found.append(case)
        else:
            return tuple(found)
    return None


def obstacle(given: Mapping[str, int], works: Callable[[Sizes], bool]) -> str | None:
    """The size that stands in the way of straddling, in a sentence, if it does so by itself."""
    top = max(given.values())
    for name in given:
        if not any(works({**given, name: size}) for size in range(top + 1, top + _ROOM + len(given) + 1)):
            return f"with the other sizes as given, no {name} above {top} works"
    return None


def _divisions(names: Sequence[str], rng: random.Random) -> Iterator[tuple[int, list[set[str]]]]:
    """How far above the given sizes to go, and which are large together: in halves first, then in smaller groups."""
    for count in range(2, max(3, len(names) + 1)):
        for split in range(1, _SPLITS + 1):
            shuffled = rng.sample(names, len(names))
            yield split * (_ROOM + len(names)), [set(shuffled[k::count]) for k in range(count)]


def _pools(
    given: Mapping[str, int], large: Collection[str], room: int, fixed: Collection[str]
) -> dict[str, Sequence[int]]:
    """What each size is drawn from in a case where some are large."""
    top = max(given.values())
    above = range(top + 1, top + room + 1)
    return {n: above if n in large else _near(size) if n in fixed else _below(size) for n, size in given.items()}


def _tries(
    pools: Mapping[str, Sequence[int]], given: Mapping[str, int], found: Sequence[Sizes], rng: random.Random
) -> Iterator[Sizes]:
    """Draws for one case, unlike those that were found."""
    for _ in range(_TRIES):
        case: Sizes = {}
        for name in sorted(given, key=given.__getitem__):  # the smallest first: it has the least choice
            case[name] = _choose(pools[name], given, case, [sizes[name] for sizes in found], rng)
        yield {name: case[name] for name in given}


def _below(size: int) -> Sequence[int]:
    """Numbers below a size, but large enough for it to stay what it is; 1 only where there is no other."""
    return range(max(2, size // 3), size) or ([1] if size == 2 else _near(size))


def _near(size: int) -> Sequence[int]:
    """Numbers that are not far from a size."""
    return range(max(2, size - size // 4), max(size, 4) + max(4, size // 4))


def _choose(
    pool: Sequence[int], given: Mapping[str, int], case: Mapping[str, int], used: Collection[int], rng: random.Random
) -> int:
    """One number: unlike the others of its case, no given number, and not one that this size has had, if possible."""
    for avoided in (
        {*case.values(), *given.values(), *used},
        {*case.values(), *given.values()},
        {*case.values()},
        (),
    ):
        free = [size for size in pool if size not in avoided]
        if free:
            return rng.choice(free)
    return rng.choice(pool)


def draw_near(
    sizes: Mapping[str, int], given: Mapping[str, int], dimensions: Collection[int], rng: random.Random
) -> Sizes:
    """Sizes that nobody has seen, near an exercise's own, which show the same numbers.

    Each stays on its side of every given size, a large one also above the dimensions that it is above, and none gets
    equal to one of them. Products of two that are above the given product stay above it. No two become alike. Where
    that leaves no others, these are the exercise's own sizes.

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
    """The numbers near a size that are above and below the same; `own` is what the size is in the given case.

    None is next above a given one: a cut that is off by one would cut nothing off there.
    """
    walls = {*given.values(), *(number for number in dimensions if own <= number < size)}
    spread = max(2, min(size // 3, FARTHEST_DRAWN))
    low = max([min(SMALLEST_DRAWN, size), size - spread, *(min(wall + 2, size) for wall in walls if wall < size)])
    high = min([size + spread, *(wall - 1 for wall in walls if wall > size)])
    taken = {*given.values(), *dimensions}
    return [k for k in range(low, high + 1) if k == size or k not in taken]


def _products_stay_above(drawn: Mapping[str, int], sizes: Mapping[str, int], given: Mapping[str, int]) -> bool:
    """Whether there are more of `n*T` tokens, say, than were given, wherever the exercise's own case has more.

    At least half as many more: the last few may be masked, and then a cut changes nothing.
    """
    for a, b in combinations([name for name in sizes if name in given], 2):
        more = sizes[a] * sizes[b] - given[a] * given[b]
        if more > 0 and drawn[a] * drawn[b] < given[a] * given[b] + (more + 1) // 2:
            return False
    return True


def at_batch_size(further: Sequence[Mapping[str, int]], default: int, batch_size: int | None) -> list[Sizes]:
    """The further cases' sizes where the given case has a minibatch of another size, which `n` then straddles.

    The largest n grows as the batch does; the smallest gets below a small batch, but has FEWEST_ROWS at least.
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
    """The number that is wanted, or the next one that no other size of the case has."""
    others = {size for name, size in sizes.items() if name != "n"}
    found = wanted
    while found in others:
        found += step
    return found if found >= FEWEST_ROWS else wanted
