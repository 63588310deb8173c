"""Find submissions worth a second look: pairs that share rare traits, or whose texts are unusually similar.

One-line gradients are naturally similar, so similarity is measured relative to the class, and given code is left out. A
match is a reason to look, never a verdict.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from math import log2
from statistics import median
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.classroom.similarity.traits import Text, Trait

ALL_PAIRS = 300
"""Up to this size, every pair of a class is compared; in larger classes only pairs that share a rare trait."""
RARE = 0.05
"""A trait is rare if at most this share of the class has it, and at least two people in a small class."""

LEAST = 0.9
"""A lower similarity is unusual in no class."""
MANY = 3
"""So many people with one and the same file are told in one sentence; the pairs among them would say nothing more."""
_FEW = 10
"""Pairs."""
_SPREAD = 0.01


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions and what they have in common."""

    first: Text
    second: Text
    similarity: float
    threshold: float
    """The similarity that is unusual in this class."""
    rarity: float
    """The sum over the shared traits of log2(people in the class / people who have it)."""
    traits: tuple[Trait, ...]
    """The rare traits that both have, rarest first."""


def compare(texts: Sequence[Text], threshold: float | None = None) -> list[Pair]:
    """Pairs worth a second look, most suspicious first. Submissions of one owner are never a pair.

    Of `identical` files, one stands for all of them.

    Args:
        texts: the class.
        threshold: the similarity that is unusual in it, if that is known already.
    """
    once = _one_of_each(texts)
    threshold = unusual(texts) if threshold is None else threshold
    people = len({text.owner for text in texts})
    counts = Counter(trait for traits in _by_owner(texts).values() for trait in traits)
    most = max(2, int(RARE * people))
    rare = {trait: log2(people / count) for trait, count in counts.items() if 1 < count <= most < people}
    found = [_pair(once[a], once[b], rare, threshold) for a, b in _candidates(once, rare)]
    kept = [pair for pair in found if pair.similarity >= threshold or len(pair.traits) > 1]
    return sorted(kept, key=lambda pair: (-pair.rarity, -pair.similarity, pair.first.name, pair.second.name))


def identical(texts: Sequence[Text]) -> list[tuple[Text, ...]]:
    """The same file from many people, the largest group first. Untouched stubs are nothing to compare."""
    alike: dict[str, list[Text]] = {}
    for text in texts:
        if text.words:
            alike.setdefault(text.code.text, []).append(text)
    groups = (tuple(group) for group in alike.values() if len({text.owner for text in group}) >= MANY)
    return sorted(groups, key=len, reverse=True)


def _one_of_each(texts: Sequence[Text]) -> list[Text]:
    others = {text.name for group in identical(texts) for text in group[1:]}
    return [text for text in texts if text.name not in others]


def _by_owner(texts: Sequence[Text]) -> dict[str, set[Trait]]:
    """What each person has in any attempt."""
    found: dict[str, set[Trait]] = {}
    for text in texts:
        found.setdefault(text.owner, set()).update(text.traits)
    return found


def _candidates(texts: Sequence[Text], rare: Mapping[Trait, float]) -> Iterable[tuple[int, int]]:
    if len(texts) <= ALL_PAIRS:
        return _apart(texts, combinations(range(len(texts)), 2))
    having: dict[Trait, list[int]] = {}
    for at, text in enumerate(texts):
        for trait in text.traits.keys() & rare.keys():
            having.setdefault(trait, []).append(at)
    pairs = (pair for members in having.values() if len(members) <= 12 for pair in combinations(members, 2))
    return [pair for pair, _ in Counter(_apart(texts, pairs)).most_common(20 * len(texts))]


def _apart(texts: Sequence[Text], pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs of two people."""
    return [(a, b) for a, b in pairs if texts[a].owner != texts[b].owner]


def unusual(texts: Sequence[Text]) -> float:
    """Similarity that is unusual in this class: the median plus three robust standard deviations, at least 0.9.

    Too few people have no distribution, and people who are all equally alike are not unusual for it.
    """
    texts = _one_of_each(texts)
    pairs = combinations(range(len(texts)), 2) if len(texts) <= 80 else _sample(len(texts))
    values = [_likeness(texts[a], texts[b]) for a, b in _apart(texts, pairs)]
    if len(values) < _FEW:
        return LEAST
    middle = median(values)
    spread = max(1.4826 * median(abs(value - middle) for value in values), _SPREAD)
    return min(max(middle + 3 * spread, LEAST), 0.999)


def _sample(count: int, size: int = 2000) -> list[tuple[int, int]]:
    """A reproducible random sample of pairs."""
    generator = random.Random(0)  # noqa: S311 a sample, not a secret
    return [(generator.randrange(count), generator.randrange(count)) for _ in range(size)]


def _likeness(first: Text, second: Text) -> float:
    if not first.words or not second.words:
        return 0.0
    return float(Indel.normalized_similarity(first.words, second.words))


def _pair(first: Text, second: Text, rare: Mapping[Trait, float], threshold: float) -> Pair:
    both = first.traits.keys() & second.traits.keys() & rare.keys()
    shared = sorted(both, key=lambda trait: (-rare[trait], trait.telling(), trait))
    rarity = sum(rare[trait] for trait in shared)
    return Pair(first, second, _likeness(first, second), threshold, rarity, tuple(shared))
