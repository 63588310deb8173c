"""One gradient in full: what came, what was expected, what next. And the page that it is printed on."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from grader.report import SCORING, place, solved, words, worst_element
from grader.sandbox.types import CUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.exercise.exercise import Exercise

    Entry = Mapping[str, Any]
    Row = Mapping[str, Any]

MOST_PRINTS = 20
WIDE = 100
"""Longer lines of prose are hard to read."""

MARKS = {"right": ("✓", "+"), "wrong": ("✗", "x"), "missing": ("·", "."), "inexact": ("≈", "~")}
COLOURS = {"right": "green", "wrong": "red", "missing": "bright_black", "inexact": "yellow"}

NEXT = {
    "not_started": "write it, save, and run `grade` again",
    "timed_out": "look for a loop that never ends; a double loop over the minibatch takes milliseconds",
    "killed": "look for exit(), endless recursion and tensors of gigabytes",
    "refused": "write it with tensors and arithmetic; the derivative is yours to derive",
    "wrong_type": "return the gradient itself, one plain tensor of the variable's shape",
    "non_finite": "look for a division by zero, log(0) or a negative base",
}
RAISED = (
    (r"NameError", "a function knows its parameters and its file's names: import it, or ask for a value in the `def`"),
    (r"RecursionError", "look for a function that calls itself, under another name perhaps"),
    (r"bitwise_xor", "a power is written ** in Python; ^ means something else"),
    (r"[Nn]ump[Yy]", "stay with tensors: torch has what is needed here"),
    (r"IndexError|KeyError", "which sizes does that index run over? Print them"),
    (r"size|shape|dimension|mat1", "run the line with pencil and paper: which shapes meet there?"),
    (r"\.(py|ipynb) raised", "mend that line first: nothing else of the file was run"),
)
"""What to do about an exception, by what its sentence says; the first that fits."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where the text goes."""

    width: int = 80
    cut: bool = False
    """Whether longer lines are cut: on a terminal they would wrap, in a file nobody minds."""
    unicode: bool = True
    verbose: bool = False
    joy: bool = True
    """Whether finishing gets a last word: people read it, machines do not."""

    def mark(self, row: Row) -> str:
        """One sign that says how a gradient stands; the words beside it say so too."""
        state = _state(row)
        return click.style(MARKS[state][0 if self.unicode else 1], fg=COLOURS[state], bold=True)

    def fit(self, text: str, indent: int = 0) -> str:
        """A text in what is left of a line."""
        room = self.width - indent
        if not self.cut or len(text) <= room:
            return text
        end = "…" if self.unicode else "..."
        return text[: room - len(end)] + end

    def wrap(self, text: str, indent: str = "  ") -> list[str]:
        """A paragraph."""
        return textwrap.wrap(text, min(self.width, WIDE), subsequent_indent=indent, break_on_hyphens=False)


def _state(row: Row) -> str:
    if solved(row):
        return "right"
    if row["verdict"] == "not_started":
        return "missing"
    return "inexact" if row["verdict"] in SCORING else "wrong"


def problem(entry: Entry, page: Page) -> Iterator[str]:
    """What is the matter with the whole file."""
    if entry["problem"]:
        yield "\n".join(labelled("problem", entry["problem"], page))


def most_pressing(entry: Entry) -> Row | None:
    """The first unsolved gradient that somebody has begun, from the loss backwards; else the first not begun."""
    if entry["problem"]:
        return None
    unsolved = [row for row in entry["gradients"] if not solved(row)]
    begun = [row for row in unsolved if row["verdict"] != "not_started"]
    return next(iter([*begun, *unsolved]), None)


def opened(entry: Entry, exercise: Exercise, row: Row, page: Page) -> list[str]:
    """What came, what was expected, what next, and where."""
    where = place(entry, row)
    title = f"{row['name']}: {words(row['verdict'])}"
    gap = max(2, page.width - 2 - len(title) - len(where))
    lines = [f"{page.mark(row)} {click.style(title, bold=True)}{' ' * gap}{click.style(where, underline=True)}"]
    for line in exercise.readers.get(row["variable"], ()):
        lines += labelled(f"line {line.number}", line.text, page)
    for label, text in _facts(row):
        lines += labelled(label, text, page)
    return lines


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    if row["problem"] and (row["verdict"] != "not_started" or "NotImplementedError" not in row["problem"]):
        yield "found", row["problem"]
    if element := worst_element(row):
        yield "worst", element
    if row["diagnosis"] and row["diagnosis"]["message"]:
        yield "likely", row["diagnosis"]["message"]
    for note in row["notes"]:
        yield "note", note
    if row["verdict"] in SCORING and not solved(row):
        yield "found", "right, but not bit-equal to autograd's, which --criterion exact asks for"
    if following := NEXT.get(row["verdict"]) or _after_raising(row):
        yield "next", following


def _after_raising(row: Row) -> str | None:
    if row["verdict"] != "raised":
        return None
    said = row["problem"] or ""
    fitting = (advice for pattern, advice in RAISED if re.search(pattern, said))
    return next(fitting, "print what that line works on: values, types, shapes")


def labelled(label: str, text: str, page: Page) -> list[str]:
    """A paragraph beside its label."""
    wrapped = textwrap.wrap(" ".join(text.split()), max(40, min(page.width, WIDE) - 13), break_on_hyphens=False) or [""]
    first = f"  {click.style(f'{label:<9}', dim=True)}  {wrapped[0]}"
    return [first, *(" " * 13 + line for line in wrapped[1:])]


def prints(entry: Entry, row: Row | None, printed: Mapping[str, str]) -> Iterator[str]:
    """What the opened gradient's function printed, or the only one's; each line marked as not ours."""
    shown = row or (entry["gradients"][0] if len(entry["gradients"]) == 1 else None)
    lines = printed.get(shown["name"], "").rstrip().splitlines() if shown else []
    if shown and lines:
        rest = lines[MOST_PRINTS:]
        # Where a call was cut, nobody knows how many lines there would have been.
        more = ["... and more lines", CUT] if CUT in rest else [f"... and {len(rest)} more lines"] if rest else []
        yield "\n".join([f"{shown['name']} printed", *(f"  | {line}" for line in [*lines[:MOST_PRINTS], *more])])


def begun(entry: Entry) -> bool:
    """Whether anything of it has been written."""
    return any(row["verdict"] != "not_started" for row in entry["gradients"])
