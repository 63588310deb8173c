"""How a pair is shown: a row of the table, and two columns of code with what they share marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.classroom.similarity.traits import TraitKind, squeezed
from grader.report.html.similarity_page import IDENTICAL, CodeLine, Excerpt, PairShown, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.classroom.similarity.pairs import Pair
    from grader.classroom.similarity.traits import Text, Trait
    from grader.report.html.similarity_page import Piece

COLUMNS: Final = (
    "first", "second", "similarity", "class_threshold", "rarity", "traits", "first_places", "second_places",
)  # fmt: skip
MOST_TRAITS = 6
"""Traits of a pair that are shown one by one; two equal files share dozens."""
MOST_LINES, LONGEST = 400, 300
"""Lines of a file on the page, and characters of a line."""
MOST_EXCERPT = 12


def row(pair: Pair) -> tuple[str, ...]:
    """The pair as a row of the table."""
    shown = pair.traits[:MOST_TRAITS]
    said = [_with_code(pair.first, trait) for trait in shown]
    if len(pair.traits) > len(shown):
        said.append(f"and {len(pair.traits) - len(shown)} more")
    places = ("; ".join(_place(text, trait) for trait in shown) for text in (pair.first, pair.second))
    figures = (f"{pair.similarity:.3f}", f"{pair.threshold:.3f}", f"{pair.rarity:.1f}")
    return (pair.first.name, pair.second.name, *figures, "; ".join(said), *places)


def row_of_group(group: Sequence[Text], threshold: float) -> tuple[str, ...]:
    """Identical files as a row of the table: the first, and all others in the column of the second."""
    first, *others = (text.name for text in group)
    return (first, "; ".join(others), "1.000", f"{threshold:.3f}", "", IDENTICAL, "", "")


def _with_code(text: Text, trait: Trait) -> str:
    """The trait in one line; the body of a function as the first of the two wrote it."""
    if trait.kind is not TraitKind.CODE:
        return trait.sentence()
    _, lines = text.excerpt(trait)
    body = " / ".join(each for line in lines[1:] if (each := line.strip()) and not each.startswith("#"))
    return f"{trait.sentence()}: {body[:LONGEST]}" if body else trait.sentence()


def _place(text: Text, trait: Trait) -> str:
    first, _ = text.traits[trait]
    return text.code.place(first) if first else text.code.file


def shown(pair: Pair) -> PairShown:
    """The pair with its reasons and both files."""
    reasons = tuple(
        Reason(trait.sentence(), (_excerpt(pair.first, trait), _excerpt(pair.second, trait)))
        for trait in pair.traits[:MOST_TRAITS]
    )
    return PairShown(
        names=(pair.first.name, pair.second.name),
        similarity=pair.similarity,
        unusual=pair.similarity >= pair.threshold,
        rarity=pair.rarity,
        reasons=reasons,
        others=tuple(_others(pair.traits[MOST_TRAITS:])),
        files=(_file(pair.first, pair.second, pair.traits), _file(pair.second, pair.first, pair.traits)),
    )


_MORE = {
    TraitKind.COMMENT: ("the comment", "the comments"),
    TraitKind.NAME: ("the name", "the names"),
    TraitKind.ANSWER: ("the same wrong answer for",) * 2,
    TraitKind.CODE: ("the same code in",) * 2,
}


def _others(traits: Sequence[Trait]) -> Iterator[str]:
    """The traits without an excerpt, one phrase for each kind."""
    for kind, (one, several) in _MORE.items():
        if found := sorted(trait.about for trait in traits if trait.kind is kind):
            yield f"{one if len(found) == 1 else several} {', '.join(found)}"


def _excerpt(text: Text, trait: Trait) -> Excerpt:
    first, lines = text.excerpt(trait)
    kept = lines[:MOST_EXCERPT]
    numbers = [0] * len(kept) if text.code.assembled else range(first, first + len(kept))
    numbered = (CodeLine(at, tuple(_pieces(each, trait))) for at, each in zip(numbers, kept, strict=True))
    return Excerpt(_place(text, trait), tuple(numbered), len(lines) - len(kept))


def _pieces(line: str, trait: Trait) -> Iterator[Piece]:
    """A line, split so that a name or a comment is marked; code is all of its lines."""
    line = line[:LONGEST]
    if trait.kind in (TraitKind.CODE, TraitKind.ANSWER):
        yield line, False
        return
    pattern = rf"\b{re.escape(trait.about)}\b" if trait.kind is TraitKind.NAME else re.escape(trait.about)
    at = 0
    for found in re.finditer(pattern, line):
        yield line[at : found.start()], False
        yield found[0], True
        at = found.end()
    yield line[at:], False


def _file(text: Text, other: Text, traits: tuple[Trait, ...]) -> Excerpt:
    """A whole file, with the lines marked that both have."""
    lines = text.code.text.rstrip("\n").split("\n")
    theirs = {squeezed(each) for at, each in enumerate(other.code.text.split("\n"), 1) if at in other.own}
    within = {at for trait in traits for at in range(text.traits[trait][0], text.traits[trait][1] + 1)}

    def shared(at: int, line: str) -> str:
        if at not in text.own:
            return ""
        return "trait" if at in within else "equal" if squeezed(line) in theirs else ""

    kept = lines[:MOST_LINES]
    numbered = (CodeLine(at, ((each[:LONGEST], False),), shared(at, each)) for at, each in enumerate(kept, 1))
    place = f"{text.code.file}, put together" if text.code.assembled else text.code.file
    return Excerpt(place, tuple(numbered), len(lines) - len(kept))
