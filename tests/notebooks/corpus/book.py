"""What a case of the corpus is: a notebook, put together by small edits, and what each exercise must make of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    text: str
    part: str = ""
    """The exercise whose gradients this cell sets; the last such cell counts. Empty: its values are no answer."""
    kind: str = "code"


@dataclass(frozen=True, slots=True)
class Book:
    """A notebook's cells, by a tag each. Every edit gives a new book, and fails if it changes nothing."""

    cells: Mapping[str, Cell]

    def set(self, tag: str, text: str, part: str | None = None) -> Book:
        """Write one cell anew."""
        old = self.cells[tag]
        assert old.text != text, f"{tag}: no change"
        return Book({**self.cells, tag: replace(old, text=text, part=old.part if part is None else part)})

    def part(self, tag: str, part: str) -> Book:
        """Say whose answer a cell is."""
        return Book({**self.cells, tag: replace(self.cells[tag], part=part)})

    def swap(self, tag: str, *pairs: tuple[str, str]) -> Book:
        """Replace texts in one cell."""
        text = self.cells[tag].text
        for old, new in pairs:
            assert old in text, f"{tag}: no {old!r}"
            text = text.replace(old, new)
        return self.set(tag, text)

    def rename(self, *pairs: tuple[str, str], among: tuple[str, ...] = ()) -> Book:
        """Replace whole words in all code cells, or in some. Words in quotes are left alone."""
        cells = dict(self.cells)
        for old, new in pairs:
            pattern = re.compile(rf"(?<!['\w.]){re.escape(old)}(?!['\w])")
            tags = [tag for tag, cell in cells.items() if cell.kind == "code" and (not among or tag in among)]
            assert any(pattern.search(cells[tag].text) for tag in tags), f"no {old}"
            for tag in tags:
                cells[tag] = replace(cells[tag], text=pattern.sub(new, cells[tag].text))
        return Book(cells)

    def without(self, *tags: str) -> Book:
        """Leave cells out."""
        assert self.cells.keys() >= set(tags), tags
        return Book({tag: cell for tag, cell in self.cells.items() if tag not in tags})

    def only(self, *tags: str) -> Book:
        """Leave all other cells out."""
        return self.without(*(tag for tag in self.cells if tag not in tags))

    def put(self, after: str, *new: tuple[str, Cell]) -> Book:
        """Insert cells after another one; after "" they come first."""
        assert after in self.cells or not after, after
        assert not {tag for tag, _ in new} & self.cells.keys(), new
        cells = dict(new) if not after else {}
        for tag, cell in self.cells.items():
            cells[tag] = cell
            if tag == after:
                cells.update(new)
        return Book(cells)

    def instead(self, tag: str, *new: tuple[str, Cell]) -> Book:
        """Put cells in the place of one."""
        return self.put(tag, *((f"{name} (new)", cell) for name, cell in new)).without(tag)

    def move(self, tag: str, after: str) -> Book:
        """Move a cell."""
        return self.without(tag).put(after, (tag, self.cells[tag]))

    def number(self, tag: str) -> int:
        """The number of a code cell among the code cells, from 1."""
        return [name for name, cell in self.cells.items() if cell.kind == "code"].index(tag) + 1


# How the cells become a file


def notebook(book: Book, **more: Any) -> dict[str, Any]:
    """A notebook of format 4, as Jupyter writes it."""
    cells = [cell_of(cell, number) for number, cell in enumerate(book.cells.values(), 1)]
    return {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    } | more


def cell_of(cell: Cell, number: int = 1) -> dict[str, Any]:
    """One cell of it."""
    made = {"cell_type": cell.kind, "metadata": {}, "source": cell.text.splitlines(keepends=True)}
    return made | ({"execution_count": number, "outputs": []} if cell.kind == "code" else {})


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """As Jupyter writes it to a file."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def plain(book: Book) -> bytes:
    """The usual form."""
    return as_bytes(notebook(book))


# What it must give


@dataclass(frozen=True, slots=True)
class Want:
    """What one exercise must make of a notebook.

    A verdict is the report's, or `right`, or several with `|` between where more than one is fair. Patterns are
    searched without regard to case.
    """

    but: Mapping[str, str] = field(default_factory=dict)
    """Gradient -> verdict, where it is not that of the rest."""
    rest: str = "right"
    """The verdict on all others."""
    notes: tuple[str, ...] = ()
    """Patterns, each of which must be in the notes or in what is said about a gradient that is not right."""
    never: tuple[str, ...] = ()
    """Patterns that must be in none of them."""

    def verdict(self, gradient: str) -> frozenset[str]:
        """The verdicts that are fair for a gradient."""
        return frozenset(self.but.get(gradient, self.rest).split("|"))


NOTHING = Want(rest="not_started")
"""No gradient of the exercise is begun. Nothing is refused."""


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook, and what it must give."""

    name: str
    book: Book
    wants: Mapping[str, Want]
    """By exercise."""
    file: str = "notebook.ipynb"
    form: Callable[[Book], bytes] = plain
    resized: tuple[tuple[str, str], ...] = ()
    """What else to replace, beside the usual sizes, to run the cells at other sizes."""
    run: Book | None = None
    """The cells as they can be run, where that is not top to bottom: out of order, a loop inside a function."""
    mended: tuple[str, ...] = ()
    """Gradients that are wrong at first and right in a later cell, while the lines between are not run again."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Own name -> the exercise's, for gradients and for variables: what running the cells needs to find them."""

    @property
    def data(self) -> bytes:
        """The file."""
        return self.form(self.book)
