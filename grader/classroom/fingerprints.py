"""Find submissions worth a second look: pairs that share rare traits, or whose texts are unusually similar.

No submission is run or parsed here: its text is split into words by one linear-time pattern, and archives and
notebooks are read in a locked child. One-line gradients are naturally similar, so similarity is measured relative to
the class, and given code is left out. A match is a reason to look, never a verdict.
"""

from __future__ import annotations

import codecs
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from math import log
from statistics import median
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Indel

from grader.sandbox.types import RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Wanted

COLUMNS = ("first", "second", "similarity", "class_threshold", "weight", "traits")
ALL_PAIRS = 300
"""Up to this size, every pair of a class is compared; in larger classes only pairs that share a rare trait."""
_RARE = 0.05
_WORD = re.compile(r"#[^\n]*|[^\W\d]\w*|\d[\w.]*|[^\s\w]")
_NAMES = re.compile(r"^\s*(?:def\s+)?([^\W\d]\w*)\s*(?:\(|=(?!=))", re.MULTILINE)
_FUNCTION = re.compile(r"^def[ \t]+(d\w+)[ \t]*\(", re.MULTILINE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_USUAL = {"torch", "math", "return", "import", "from", "if", "for", "while", "else", "raise", "print", "assert"}


@dataclass(frozen=True, slots=True)
class Text:
    """One submission's own code, without the code that was given."""

    name: str
    words: tuple[int, ...] = field(repr=False)
    traits: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions and what they have in common."""

    first: str
    second: str
    similarity: float
    threshold: float
    weight: float
    traits: tuple[str, ...]

    def row(self) -> dict[str, str]:
        """The pair as a row of the table."""
        figures = (f"{self.similarity:.3f}", f"{self.threshold:.3f}", f"{self.weight:.1f}")
        return dict(zip(COLUMNS, (self.first, self.second, *figures, "; ".join(self.traits)), strict=True))


class NothingToCompare(Exception):
    """A submission has no text to compare: the message is the reason, in one sentence."""


def code_of(files: Mapping[str, bytes], sandbox: Callable[[], Sandbox], wanted: Wanted | None = None) -> str:
    """The text of the code that would be graded.

    A single Python file with functions is used as it is. In everything else (an archive, a notebook, flat lines,
    several files) a locked child finds the code, so that the same code gives the same text in any container.

    Args:
        files: the submission's files, name -> content.
        sandbox: starts a sandbox; called only if a child has to read something, never for plain Python files.
        wanted: the exercise, which decides between several files.

    Raises:
        NothingToCompare: the submission has no code, or the child cannot read it.
    """
    if len(files) == 1:
        ((name, content),) = files.items()
        if _is_python(name) and _FUNCTION.search(text := _decoded(content)):
            return text
    with sandbox().open(files, RulesConfig(enabled=False), wanted) as session:
        reading = session.reading
    if reading.source and reading.functions:
        return reading.source
    text = _chosen(reading.file, files, sandbox, readable=reading.problem is None)
    if not text.strip():
        raise NothingToCompare(reading.problem or _NO_CODE.format(reading.file))
    return text


_NO_CODE = (
    "{}: no gradient found; expected a function such as dlogits or a line such as `dlogits = ...`. Ask for "
    "backward.py, or compare it by hand"
)


def _chosen(file: str, files: Mapping[str, bytes], sandbox: Callable[[], Sandbox], *, readable: bool) -> str:
    """The text of the Python file that the child chose, even if it could not parse it; empty if it is not Python.

    The child looks into archives only if there is no work beside them.
    """
    found = dict(files)
    for _ in range(2):  # the child reads an archive in an archive, too
        for archive in sorted(name for name in found if name.lower().endswith(".zip") and file not in found):
            found |= {member.name: member.content for member in sandbox().unpack(archive, found.pop(archive))}
    if file in found:
        return _decoded(found[file]) if _is_python(file) else ""
    if not readable:
        return ""
    # The child shortens long or odd names, so none matches: compare all files, or a name could avoid comparison.
    return "\n".join(_decoded(content) for name, content in sorted(found.items()) if _is_python(name))


def _is_python(name: str) -> bool:
    return name.lower().endswith(".py")


def _decoded(content: bytes) -> str:
    """Decode as Python or a Windows editor would; undecodable bytes become replacement characters."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace")


def reduced(name: str, text: str, given: str, known: Iterable[str], answers: Iterable[str] = ()) -> Text:
    """Reduce a submission to what is compared.

    Args:
        name: the submission's name.
        text: the submission's code.
        given: the stubs; their lines are ignored.
        known: names of the forward pass, which everybody uses.
        answers: its wrong gradients with their maxdiff, from `wrong_answers`.
    """
    theirs = {_squeezed(each) for each in given.splitlines()}
    lines = [each for each in text.splitlines() if _squeezed(each) and _squeezed(each) not in theirs]
    own = "\n".join(lines)
    words = tuple(hash(word) for word in _WORD.findall(own) if not word.startswith("#"))
    return Text(name, words, frozenset(_traits(own, {*known, *_USUAL}, answers)))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _traits(text: str, known: set[str], answers: Iterable[str]) -> Iterator[str]:
    """Traits that could be rare: invented names, comments, whole formulas, wrong answers equal to the last digit."""
    for name in _NAMES.findall(text):
        if len(name) > 2 and name not in known and not (name.startswith("d") and name[1:] in known):
            yield f"the name {name}"
    for comment in re.findall(r"#[ \t]*(\S[^\n]{11,200})", text):
        yield f"the comment {comment.strip()}"
    starts = [*_FUNCTION.finditer(text)]
    for at, start in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        body = [word for word in _WORD.findall(text[start.start() : end]) if not word.startswith("#")]
        yield f"the same {start[1]}: {''.join(body)[:120]}"
    for answer in answers:
        yield f"the same wrong {answer}"


def wrong_answers(entry: Mapping[str, Any]) -> Iterator[str]:
    """Wrong gradients of an entry with their exact maxdiff, which two people share only if their formulas agree."""
    for row in entry["gradients"]:
        worst, local = row["worst"], row["local"] or {}
        if worst and not row["correct"] and local.get("maxdiff"):
            yield f"{row['name']}: maxdiff {local['maxdiff']!r}"


def compare(texts: Sequence[Text]) -> list[Pair]:
    """Pairs worth a second look, most suspicious first."""
    counts = Counter(trait for text in texts for trait in text.traits)
    most = max(2, int(_RARE * len(texts)))
    rare = {trait: log(len(texts) / count) for trait, count in counts.items() if 1 < count <= most < len(texts)}
    threshold = _threshold(texts)
    found = [_pair(texts[a], texts[b], rare, threshold) for a, b in _candidates(texts, rare)]
    kept = [pair for pair in found if pair.similarity >= threshold or len(pair.traits) > 1]
    return sorted(kept, key=lambda pair: (-pair.weight, -pair.similarity, pair.first, pair.second))


def _candidates(texts: Sequence[Text], rare: Mapping[str, float]) -> Iterable[tuple[int, int]]:
    if len(texts) <= ALL_PAIRS:
        return combinations(range(len(texts)), 2)
    owners: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        for trait in text.traits & rare.keys():
            owners.setdefault(trait, []).append(at)
    shared = Counter(pair for members in owners.values() if len(members) <= 12 for pair in combinations(members, 2))
    return [pair for pair, _ in shared.most_common(20 * len(texts))]


def _threshold(texts: Sequence[Text]) -> float:
    """Similarity that is unusual in this class: the median plus three robust standard deviations, at least 0.9."""
    pairs = list(combinations(range(len(texts)), 2)) if len(texts) <= 80 else _sample(len(texts))
    values = [_likeness(texts[a], texts[b]) for a, b in pairs]
    if not values:
        return 1.0
    middle = median(values)
    spread = 1.4826 * median(abs(value - middle) for value in values)
    return min(max(middle + 3 * spread, 0.9), 0.999)


def _sample(count: int, size: int = 2000) -> list[tuple[int, int]]:
    """A reproducible random sample of pairs."""
    generator = random.Random(0)  # noqa: S311 a sample, not a secret
    return [
        (a, b) for a, b in ((generator.randrange(count), generator.randrange(count)) for _ in range(size)) if a != b
    ]


def _likeness(first: Text, second: Text) -> float:
    if not first.words or not second.words:
        return 0.0
    return float(Indel.normalized_similarity(first.words, second.words))


def _pair(first: Text, second: Text, rare: Mapping[str, float], threshold: float) -> Pair:
    shared = sorted(first.traits & second.traits & rare.keys(), key=lambda trait: (-rare[trait], trait))
    weight = sum(rare[trait] for trait in shared)
    return Pair(first.name, second.name, _likeness(first, second), threshold, weight, tuple(shared))
