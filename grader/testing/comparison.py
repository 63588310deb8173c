"""What a check found, and the words of an AssertionError."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.report.row_facts import number, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch

MOST_LINES = 8
"""The most lines about one gradient."""
_WIDTH = 110
_SHADES = " .:-=+*#%@"
_MOST_ROWS = 16
"""The most rows of a picture."""


class WrongGradients(AssertionError):
    """At least one gradient is wrong; `comparison` has the rows."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(str(comparison))
        self.comparison = comparison


@dataclass(frozen=True, slots=True)
class Gradient:
    """What was found about one gradient, or about one value that a forward function returns."""

    name: str
    """As in `returns`: `dx`."""
    verdict: str
    """As in a report: `exact`, `correct`, `wrong_values`, `wrong_shape`, `hard_coded`, `raised`, ..."""
    right: bool
    problem: str | None
    """What is wrong, in a sentence; None if nothing is."""
    likely: str | None
    """The likely mistake, with the line of the forward pass that it is about; None if it has no name."""
    worst: str | None
    """Where the largest difference is, with both values there."""
    error: float | None
    """The largest error of all cases, relative to the summed terms; None if there was nothing to compare."""
    tolerance: float
    """The largest error of a right gradient."""
    file: str | None
    line: int | None
    """Where the function that returned it is, or the line that raised."""
    shape: tuple[int, ...] | None
    """The shape of the answer."""
    notes: tuple[str, ...]
    pattern: tuple[str, ...] = ()
    """Where a wrong gradient differs: a string of digits for each row of it, 9 for the largest difference."""

    def lines(self, others: Sequence[str] = ()) -> Iterator[str]:
        """What is wrong, in at most MOST_LINES lines.

        Args:
            others: the names of gradients about which there is the same to say.
        """
        place = f" ({self.file}:{self.line})" if self.file and self.line else ""
        found = [f"{', '.join((self.name, *others))}: {words(self.verdict)}{place}"]
        for label, text in (("", self.problem), ("", self.worst), ("likely: ", self.likely)):
            found += _wrapped(f"{label}{text}") if text else []
        for note in self.notes:
            found += _wrapped(f"note: {note}")
        if len(found) > MOST_LINES:
            found = [*found[: MOST_LINES - 1], "    ..."]
        yield from found


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="      ", break_long_words=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found about a backward pass. `str()` of it is the text of the AssertionError."""

    name: str
    """What was called: `layernorm_backward`."""
    rows: tuple[Gradient, ...]
    sizes: tuple[Mapping[str, int], ...]
    """The sizes of the cases; the first are the given ones."""
    notes: tuple[str, ...] = ()
    """About the check as a whole, such as "one size only"."""
    cause: BaseException | None = field(default=None, compare=False, repr=False)
    """The first exception that one of the functions raised."""

    @property
    def right(self) -> bool:
        """Whether every gradient is right."""
        return all(row.right for row in self.rows)

    @property
    def wrong(self) -> tuple[Gradient, ...]:
        """The wrong ones."""
        return tuple(row for row in self.rows if not row.right)

    def __getitem__(self, name: str) -> Gradient:
        """One row by its name.

        Raises:
            KeyError: there is no such row.
        """
        return next(iter([row for row in self.rows if row.name == name] or _none(name, self.rows)))

    def raise_if_wrong(self) -> None:
        """Raise WrongGradients if a gradient is wrong, from what one of the functions raised, if one did."""
        __tracebackhide__ = True
        if not self.right:
            raise WrongGradients(self) from self.cause

    def __str__(self) -> str:
        count, wrong = len(self.rows), self.wrong
        if not wrong:
            said = [f"{self.name}: all {count} right" if count > 1 else f"{self.name}: right"]
        else:
            verb = "is" if len(wrong) == 1 else "are"
            said = [f"{self.name}: {len(wrong)} of {count} {verb} wrong"]
        for row, others in _together(wrong):
            said += row.lines(others)
        return "\n".join([*said, *(f"note: {note}" for note in self.notes)])

    def table(self) -> str:
        """Every row with its figures and, for a wrong one, a picture of where it differs: for a terminal."""
        width = max((len(row.name) for row in self.rows), default=0)
        said = []
        for row in self.rows:
            error = "" if row.error is None else f"  error {row.error:.1e}, tolerance {row.tolerance:.1e}"
            said.append(f"{row.name:{width}}  {words(row.verdict):12}{error}".rstrip())
            said += [f"{'':{width}}  {_shaded(line)}" for line in row.pattern[:_MOST_ROWS]]
        return "\n".join(said)


def _shaded(line: str) -> str:
    """A row of the picture: the denser, the larger the difference."""
    return "".join(_SHADES[int(digit)] for digit in line)


def _together(rows: Sequence[Gradient]) -> Iterator[tuple[Gradient, list[str]]]:
    """The rows, with the names of others about which there is the same to say: one call may answer for all."""
    said: dict[Any, list[Gradient]] = {}
    for row in rows:
        same = (row.verdict, row.problem, row.file, row.line) if row.worst is None and row.likely is None else row.name
        said.setdefault(same, []).append(row)
    yield from ((first, [other.name for other in others]) for first, *others in said.values())


def _none(name: str, rows: tuple[Gradient, ...]) -> list[Gradient]:
    raise KeyError(f"{name}; there are {', '.join(row.name for row in rows)}")


def from_row(row: Mapping[str, Any], names: Mapping[str, str]) -> Gradient:
    """A row of the report, with the author's names for what the engine calls by others.

    Args:
        names: the engine's name -> the author's.
    """

    def said(text: str | None) -> str | None:
        return None if text is None else renamed(text, names)

    diagnosis = row["diagnosis"] or {}
    worst = row["worst"]
    where = _at(worst["index"], worst["got"], worst["expected"]) if worst else None
    return Gradient(
        name=renamed(row["name"], names),
        verdict=str(row["verdict"]),
        right=bool(row["correct"]),
        problem=said(row["problem"]),
        likely=said(diagnosis.get("message")) if diagnosis.get("kind") != "unknown" else None,
        worst=where,
        error=row["score"],
        tolerance=row["tolerance"],
        file=row["file"] or None,
        line=row["line"],
        shape=row["shape"],
        notes=tuple(renamed(note, names) for note in row["notes"]),
        pattern=tuple((row["pattern"] or {}).get("levels", ())),
    )


def worst_place(got: torch.Tensor, expected: torch.Tensor) -> str:
    """Where two tensors of one shape differ most, with both values there."""
    import torch

    index = [int(i) for i in torch.unravel_index((got - expected).abs().argmax(), got.shape)]
    return _at(index, float(got[tuple(index)]), float(expected[tuple(index)]))


def _at(index: Sequence[int], got: float | None, expected: float | None) -> str:
    where = f"at [{', '.join(map(str, index))}]: " if index else "it is "  # a single number has no index
    return f"{where}{number(got)}, expected {number(expected)}"


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A sentence with the author's names."""
    changed = {mine: other for mine, other in names.items() if mine != other}
    if not changed:
        return text
    pattern = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, sorted(changed, key=len, reverse=True)))})(?!\w)")
    return pattern.sub(lambda found: changed[found[0]], text)
