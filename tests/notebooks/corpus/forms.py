"""The same notebook as a script or as a text with blocks of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import COMPLETE, FIRST, LINES, STARTER, cells, compared, first
from notebooks.corpus.stages import QUIET

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = {"mlp": Want()}
ALL = dict.fromkeys(("mlp", "cross_entropy", "batchnorm", "training"), Want(never=QUIET))
EACH = FIRST.instead("exercise 1", *cells({name: f"{text}\n{compared(name)}" for name, text in LINES.items()}))
TEXT = "Then I looked at `dlogits`:\n\n    dlogits = nothing at all\n"


def _script(book: Book, mark: Callable[[int, Cell], str], magic: str) -> bytes:
    pieces = []
    for number, cell in enumerate(book.cells.values(), 1):
        lines = cell.text.split("\n")
        if cell.kind == "code":
            lines = [magic + line if line.startswith(("%", "!")) else line for line in lines]
        else:
            lines = [f"# {line}".rstrip() for line in lines]
        pieces.append("\n".join([mark(number, cell), *lines]))
    return ("\n\n".join(pieces) + "\n").encode()


def percent(book: Book) -> bytes:
    """As jupytext writes it."""
    head = b"# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: percent\n# ---\n\n"
    return head + _script(book, lambda _, cell: "# %%" if cell.kind == "code" else f"# %% [{cell.kind}]", "# ")


def light(book: Book) -> bytes:
    """As jupytext writes it without marks."""
    return _script(book, lambda _, cell: "# +" if cell.kind == "code" else "#", "# ")


def nbconvert(book: Book) -> bytes:
    """As `jupyter nbconvert --to script` writes it."""
    text = _script(book, lambda number, cell: f"# In[{number}]:\n\n" if cell.kind == "code" else "#", "").decode()
    text = text.replace("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')")
    return f"#!/usr/bin/env python\n# coding: utf-8\n\n{text}".encode()


def flat(book: Book) -> bytes:
    """Copied together, without marks and magics."""
    texts = [cell.text.replace("%matplotlib inline", "") for cell in book.cells.values() if cell.kind == "code"]
    return ("\n".join(texts) + "\n").encode()


def markdown(fence: str = "```", language: str = "python") -> Callable[[Book], bytes]:
    """A text with a block for each cell, and blocks of outputs."""

    def made(book: Book) -> bytes:
        pieces = [
            f"{fence}{language}\n{cell.text}\n{fence}" if cell.kind == "code" else cell.text
            for cell in book.cells.values()
        ]
        output = f"{fence}\n27 names\nlogits | exact: True\n{fence}"
        shell = f"{fence}bash\npip install torch\n{fence}"
        return ("\n\n".join([shell, *pieces[:3], output, TEXT, *pieces[3:], output]) + "\n").encode()

    return made


CASES = [
    Case("jupytext, percent", COMPLETE, ALL, "notebook.py", percent),
    Case("jupytext, percent, a cell for each", EACH, FULL, "notebook.py", percent),
    Case("jupytext, light", COMPLETE, FULL, "notebook.py", light),
    Case("jupytext, percent, starter", STARTER, dict.fromkeys(ALL, Want(rest="not_started")), "notebook.py", percent),
    Case("nbconvert", COMPLETE, ALL, "notebook.py", nbconvert),
    Case("nbconvert, a cell for each", EACH, FULL, "notebook.py", nbconvert),
    Case(
        "a script without marks",
        COMPLETE,
        {"mlp": Want(), "training": Want(), "cross_entropy": Want()},
        "notebook.py",
        flat,
    ),
    Case(
        "a script without marks, exercise 1 alone",
        FIRST.without("exercise 4", "calibrate", "evaluate", "sample"),
        FULL,
        "backprop.py",
        flat,
    ),
    Case("a script with CRLF", COMPLETE, FULL, "notebook.py", lambda book: percent(book).replace(b"\n", b"\r\n")),
    Case("Markdown", COMPLETE, ALL, "notebook.md", markdown()),
    Case("Markdown, ```py", FIRST, FULL, "answers.md", markdown(language="py")),
    Case("Markdown, ```Python", FIRST, FULL, "README.md", markdown(language="Python")),
    Case("Markdown, tildes", FIRST, FULL, "answers.md", markdown("~~~")),
    Case("Markdown, four backquotes", FIRST, FULL, "answers.md", markdown("````")),
    Case("Markdown, a block for each", EACH, FULL, "answers.md", markdown()),
    Case("Markdown with CRLF", FIRST, FULL, "answers.md", lambda book: markdown()(book).replace(b"\n", b"\r\n")),
    Case(
        "Markdown, one wrong",
        first(b2="db2 = dlogits.mean(0)"),
        {"mlp": Want({"db2": "wrong_values"}), "training": Want()},
        "answers.md",
        markdown(),
    ),
]
