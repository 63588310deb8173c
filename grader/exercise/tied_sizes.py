"""Another number for one size, with the sizes that are tied to it: what it divides, equals, exceeds or adds up to.

Ties are found by trying, as most cannot be read: `x.view(n, T, n_head, -1)` needs an `n_head` that divides
another size. So the numbers tried for the others are those that common ties lead to.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Sizes = dict[str, int]

_MOST_VALUES = (100, 18, 4, 2)
"""How many numbers are tried for a size alone, with one other, with two and with three others."""


def moved(
    sizes: Mapping[str, int], name: str, values: Sequence[int], works: Callable[[Sizes], bool], most_tied: int = 3
) -> Sizes | None:
    """Sizes at which `name` has one of these values and as few others as possible are changed; None if none works.

    Args:
        sizes: some that work.
        values: what `name` may become, the best first.
        works: whether the forward pass runs at these sizes, and they are wanted.
        most_tied: how many others may be changed with it.
    """
    others = [other for other in sizes if other != name]
    for count in range(min(most_tied, len(others)) + 1):
        if count == 2:  # from here on it is worth finding out which could matter
            others = [other for other in others if not _is_free(sizes, other, works)]
        for value in values[: _MOST_VALUES[count]]:
            for case in _with_tied({**sizes, name: value}, sizes[name], value, others, count):
                if works(case):
                    return case
    return None


def _with_tied(sizes: Sizes, old: int, new: int, others: Sequence[str], count: int) -> Iterator[Sizes]:
    """Sizes in which `count` others have changed with one that went from `old` to `new`; unlike numbers come first."""
    for tied in combinations(others, count):
        choices = product(*(_numbers(old, new, sizes[other]) for other in tied))
        for numbers in sorted(choices, key=lambda chosen: -len({new, *chosen})):
            yield {**sizes, **dict(zip(tied, numbers, strict=True))}


def _numbers(old: int, new: int, own: int) -> list[int]:
    """What a size may become that is tied to another: its multiples, its square, as much more, in the same ratio."""
    ratio = [own * new // old] if own * new % old == 0 else []
    half = [new // 2] if new % 2 == 0 else []
    found = dict.fromkeys([2 * new, 3 * new, 4 * new, new, *ratio, own + new - old, new**2, *half])
    return [number for number in found if number > 0 and number != own]


def _is_free(sizes: Mapping[str, int], name: str, works: Callable[[Sizes], bool]) -> bool:
    """Whether a size can be anything while the others stay."""
    own = sizes[name]
    tried = {own + 1, own + 2, own + 3, own - 1, (own + 1) // 2, 1} - {0}
    return all(works({**sizes, name: number}) for number in sorted(tried))
