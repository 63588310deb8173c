"""What could be rare in a submission: its own names, comments, formulas and wrong answers, each with its lines.

The text is split by linear-time patterns only. Traits are compared in a reduced form, without spaces and comments, and
shown as they were written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from grader.classroom.similarity.code import gradients

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.classroom.similarity.code import Code

_WORD = re.compile(r"#[^\n]*|[^\W\d]\w*|\d[\w.]*|[^\s\w]")
_NAME = re.compile(r"^\s*(?:def\s+)?([^\W\d]\w*)\s*(?:\(|=(?!=))", re.MULTILINE)
_COMMENT = re.compile(r"#[ \t]*(\S[^\n]{11,200})")
_USUAL = frozenset(
    ("torch", "math", "return", "import", "from", "if", "for", "while", "else", "raise", "print", "assert")
)


class TraitKind(StrEnum):
    """What two submissions can share."""

    COMMENT = "comment"
    NAME = "name"
    ANSWER = "answer"
    CODE = "code"


@dataclass(frozen=True, slots=True, order=True)
class Trait:
    """Something that a submission has, in the form in which it is compared."""

    kind: TraitKind
    about: str
    """The name, the comment, or the gradient."""
    content: str = ""
    """The gradient's formula without spaces, or its error to the last digit."""

    def telling(self) -> tuple[int, int]:
        """A sort key among traits that are equally rare: what people choose freely first, then what is long."""
        return [*TraitKind].index(self.kind), -len(self.about + self.content)

    def sentence(self) -> str:
        """What it is, for a person."""
        match self.kind:
            case TraitKind.NAME:
                return f"the name {self.about}"
            case TraitKind.COMMENT:
                return f"the comment “{self.about}”"
            case TraitKind.CODE:
                return f"the same code in {self.about}"
            case TraitKind.ANSWER:
                return f"the same wrong {self.about}: {self.content}"


@dataclass(frozen=True, slots=True)
class Text:
    """One submission's own code, without the code that was given."""

    name: str
    code: Code
    words: tuple[int, ...] = field(repr=False)
    traits: Mapping[Trait, tuple[int, int]] = field(repr=False)
    """Trait -> the first and the last of its lines; (0, 0) if it has no line."""
    own: frozenset[int] = field(default=frozenset(), repr=False)
    """The lines that were not given."""
    owner: str = ""
    """Identifies the person: attempts of one person are never a pair."""

    def excerpt(self, trait: Trait) -> tuple[int, list[str]]:
        """The lines of a trait as they were written, and the number of the first; (0, []) if it has no line."""
        first, last = self.traits[trait]
        return (first, self.code.text.split("\n")[first - 1 : last]) if first else (0, [])


def reduced(
    name: str, code: Code, given: str, known: Iterable[str], answers: Iterable[tuple[str, str]] = (), owner: str = ""
) -> Text:
    """Reduce a submission to what is compared.

    Args:
        name: the submission's name.
        code: the submission's code.
        given: the stubs; their lines are ignored.
        known: names of the forward pass, which everybody uses.
        answers: its wrong gradients with their maxdiff, from `wrong_answers`.
        owner: identifies the person among the submissions of a download; empty if it is the name that does.
    """
    theirs = {squeezed(each) for each in given.splitlines()}
    lines = code.text.split("\n")
    own = [at for at, each in enumerate(lines, 1) if squeezed(each) and squeezed(each) not in theirs]
    written = Written(own, [lines[at - 1] for at in own])
    words = tuple(hash(word) for word in _WORD.findall(written.text) if not word.startswith("#"))
    traits: dict[Trait, tuple[int, int]] = {}
    for trait, place in _traits(code, written, {*known, *_USUAL}, answers):
        traits.setdefault(trait, place)
    return Text(name, code, words, traits, frozenset(own), owner or name)


def squeezed(text: str) -> str:
    """A line in the form in which lines are compared: without spaces."""
    return "".join(text.split())


class Written:
    """The lines that a student wrote, with their numbers in the whole text."""

    def __init__(self, numbers: list[int], lines: list[str]) -> None:
        self.numbers = numbers
        self.text = "\n".join(lines)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def number(self, offset: int) -> int:
        """The number in the whole text of the line at this offset."""
        return self.numbers[bisect_right(self._starts, offset) - 1]

    def between(self, first: int, stop: int) -> tuple[str, int]:
        """The text of the lines with these numbers, and the number of the last one; ("", 0) if there is none."""
        low, high = bisect_right(self.numbers, first - 1), bisect_right(self.numbers, stop - 1)
        if low == high:
            return "", 0
        return self.text[self._starts[low] : self._starts[high] - 1], self.numbers[high - 1]


def _traits(
    code: Code, own: Written, known: set[str], answers: Iterable[tuple[str, str]]
) -> Iterator[tuple[Trait, tuple[int, int]]]:
    """Traits that could be rare, with their lines."""
    for found in _NAME.finditer(own.text):
        name = found[1]
        if len(name) > 2 and name not in known and not (name.startswith("d") and name[1:] in known):
            at = own.number(found.start(1))
            yield Trait(TraitKind.NAME, name), (at, at)
    for found in _COMMENT.finditer(own.text):
        at = own.number(found.start())
        yield Trait(TraitKind.COMMENT, found[1].strip()), (at, at)
    places: dict[str, tuple[int, int]] = {}
    for gradient, first, stop in gradients(code.text):
        body, last = own.between(first, stop)
        if words := [word for word in _WORD.findall(body) if not word.startswith("#")]:
            places[gradient] = (first, last)
            yield Trait(TraitKind.CODE, gradient, "".join(words)), (first, last)
    for gradient, error in answers:
        yield Trait(TraitKind.ANSWER, gradient, error), places.get(gradient, (0, 0))


def wrong_answers(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Wrong gradients of an entry with their exact maxdiff, which two people share only if their formulas agree."""
    for row in entry["gradients"]:
        worst, local = row["worst"], row["local"] or {}
        if worst and not row["correct"] and local.get("maxdiff"):
            yield row["name"], f"maxdiff {local['maxdiff']!r}"
