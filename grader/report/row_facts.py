"""One gradient's row, interpreted in one place for every format: state, mark, location and the facts to report."""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from grader.report.clean_text import clean, line
from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Entry = Mapping[str, Any]
    Row = Mapping[str, Any]

RIGHT = frozenset(verdict for verdict in Verdict if verdict.right)
"""Verdicts that mean right. Rows hold plain strings, which compare and hash equal to the enum members."""

MARKS = {"right": ("✓", "+"), "wrong": ("✗", "x"), "missing": ("·", "."), "inexact": ("≈", "~")}
"""State -> its mark, and the mark for terminals without Unicode."""

NEXT = {
    Verdict.NOT_STARTED: "write it, save, and run `grade` again",
    Verdict.TIMED_OUT: "look for a loop that never ends; even a double loop over the minibatch takes only milliseconds",
    Verdict.KILLED: "look for exit(), infinite recursion and tensors of several gigabytes",
    Verdict.RAISED: "print that line's inputs: values, types, shapes",
    Verdict.REFUSED: "use tensors and arithmetic only; deriving the gradient is your task",
    Verdict.WRONG_TYPE: "return the gradient itself: one plain tensor of the variable's shape",
    Verdict.NON_FINITE: "look for a division by zero, log(0) or a negative base",
}
SEVERAL = ((r"expected (?!a tensor)", "return exactly these, together and in this order"),)
"""Of a function that returns several values."""
RAISED = (
    (r"; this cell, which has \w+, cannot be read", "fix that line; the gradients in other cells are graded"),
    (r": invalid syntax", "fix that line first: nothing in the file can be run before"),
    (r"\.(py|ipynb) raised", "fix that line first: the rest of the file was not run"),
    (r"still raises NotImplementedError", "delete the stub's `raise NotImplementedError`, and return the gradient"),
    (r"RecursionError", "look for a function that calls itself, perhaps under another name"),
    (r"bitwise_xor", "Python writes powers with **; ^ is bitwise XOR"),
    (r"[Nn]ump[Yy]", "use torch tensors instead of NumPy: torch has all you need here"),
    (r"IndexError|KeyError", "print the sizes that this index runs over"),
    (r"size|shape|dimension|mat1", "work through the line on paper: which shapes does it combine?"),
)
"""Pattern in an exception's message -> what to do; the first match counts. Exceptions have no field for this."""
REFUSED = (
    (r"debugger|keyboard", "replace it by print(...): `grade` shows below the gradient what its function prints"),
    (r"only this file", "put the helper above the function that uses it"),
    (r"torch has the same", "replace NumPy by torch in the whole function: the parameters are torch tensors"),
    (r"files", "ask for what you need as a parameter: any forward value can be one"),
    (r"cannot be imported here:", "delete the import: torch, math and the parameters have all that a gradient needs"),
    (r"by a computed name|text as code|every name in|import rules|internal to Python", ""),
)
"""The same for the message of a broken rule. Any other is about autograd."""
SAID = re.compile(r":\d+\); |, expected a tensor; |nothing: ")
"""In a problem that says itself what to do."""


# State and mark


def right(row: Row) -> bool:
    """Whether the gradient is right, regardless of points."""
    return row["verdict"] in RIGHT


def solved(row: Row) -> bool:
    """Whether a row earned all its points or, if it has none to earn, is right."""
    if row["possible"]:
        return bool(row["points"] == row["possible"])
    return right(row)


def started(row: Row) -> bool:
    """Whether the learner has started on the gradient."""
    return bool(row["verdict"] != Verdict.NOT_STARTED)


def state(row: Row) -> str:
    """`right`, `missing` (not started), `inexact` (right, but not by the criterion) or `wrong`."""
    if solved(row):
        return "right"
    if not started(row):
        return "missing"
    return "inexact" if right(row) else "wrong"


def mark(row: Row, *, unicode: bool = True) -> str:
    """The mark for the row's state."""
    return MARKS[state(row)][0 if unicode else 1]


def inherits(row: Row) -> bool:
    """Whether the gradient is right on its own but receives wrong upstream gradients in the chained run."""
    return bool(row["chained"] and solved(row) and not row["chained"]["correct"])


# Words


def words(verdict: str) -> str:
    """A verdict in plain English: `not_started` is "not started"."""
    return {"non_finite": "not finite", "hard_coded": "hard-coded"}.get(verdict, verdict.replace("_", " "))


def number(value: object) -> str:
    """A number as text, with 6 significant digits; None is a value that was not finite."""
    if value is None:
        return "not a finite number"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def shape(sizes: Iterable[int]) -> str:
    """A shape as Python writes a tuple: `(64,)`, `(64, 27)`. An index has brackets: `[12, 0]`."""
    return str(tuple(sizes))


def headline(row: Row) -> str:
    """What is wrong, in one line to print after the gradient's name."""
    if right(row) and not solved(row):
        return _short_of_the_criterion(row)
    if _untouched(row):
        return words(row["verdict"])
    problem = (row["problem"] or "").removeprefix(f"{row['name']} ").removeprefix("is not written yet: ")
    if row["verdict"] in (Verdict.REFUSED, Verdict.UNTESTABLE, Verdict.NOT_STARTED) and problem:
        return f"{words(row['verdict'])}: {problem}"
    return problem or words(row["verdict"])


def _untouched(row: Row) -> bool:
    """Whether the stub is unchanged. The report has no field for this, so it is read from the message, only here."""
    return not started(row) and "NotImplementedError" in (row["problem"] or "")


def _short_of_the_criterion(row: Row) -> str:
    """Why a right gradient has no points. A row does not name the criterion, but `approximate` accepts close values."""
    if row["local"]["approximate"]:
        return "right, but not bit-equal to autograd's, as --criterion exact requires"
    return "right in float64, but too far from autograd's in float32 for --criterion exact or approximate"


def figures(row: Row) -> str:
    """The verdict, and the lecture's three columns if there are any: `wrong values | exact: False | ...`."""
    local = row["local"]
    if not local or local["maxdiff"] is None:
        return words(row["verdict"])
    return (
        f"{words(row['verdict'])} | exact: {local['exact']} | approximate: {local['approximate']} "
        f"| maxdiff: {number(local['maxdiff'])}"
    )


def likely(row: Row) -> str:
    """The likely mistake as a sentence, or its kind if the sentence is withheld; empty without a diagnosis."""
    diagnosis = row["diagnosis"] or {}
    return str(diagnosis.get("message") or kind_of_mistake(row))


def kind_of_mistake(row: Row) -> str:
    """The kind of mistake if the sentence about it is withheld, otherwise empty."""
    diagnosis = row["diagnosis"]
    return words(diagnosis["kind"]) if diagnosis and not diagnosis["message"] else ""


def own_line(row: Row) -> tuple[int | None, str]:
    """The line to open, and its text if the diagnosis has found it; otherwise where the function begins."""
    yours = ((row["diagnosis"] or {}).get("evidence") or {}).get("your_line")
    return (yours["number"], str(yours["text"])) if yours else (row["line"], "")


def _worst(row: Row) -> str | None:
    """`at [3, 0]: 0.25, expected 0.5`."""
    worst = row.get("worst")
    if not worst:
        return None
    case = f" in case {worst['case']}" if worst.get("case") not in (None, "c0", 0, "given") else ""
    index = ", ".join(str(i) for i in worst["index"])
    where = f"at [{index}]{case}: " if index or case else "yours is "  # a single number has no index
    return f"{where}{number(worst['got'])}, expected {number(worst['expected'])}"


def _next(row: Row) -> str | None:
    """What to try next."""
    said = row["problem"] or ""
    if SAID.search(said):
        return None
    table = {Verdict.RAISED: RAISED, Verdict.REFUSED: REFUSED, Verdict.WRONG_TYPE: SEVERAL}.get(row["verdict"], ())
    fitting = (advice for pattern, advice in table if re.search(pattern, said))
    return next(fitting, NEXT.get(row["verdict"]))


# Places


def location(entry: Entry, row: Row) -> str:
    """Path of the learner's file that contains the gradient."""
    source, file = str(entry["source"]), row.get("file")
    name = os.path.basename(source)  # noqa: PTH119 a string of the report, not a file of ours
    if not file or name == file:
        return source
    if file.startswith(f"{name} cell "):  # a notebook's row names the notebook already
        return f"{source.removesuffix(name)}{file}"
    return f"{source}/{file}"


def place(entry: Entry, row: Row) -> str:
    """`exercises/mlp/backward.py:31`."""
    where = location(entry, row)
    number, _ = own_line(row)
    return f"{where}:{number}" if number else where


def short_place(row: Row) -> str:
    """`backward.py:31`: without the folders of the grading machine."""
    name = line(PurePath(row["file"] or "").name)
    number, _ = own_line(row)
    return f"{name}:{number}" if name and number else name


# The facts


def facts(row: Row, *, sentence: bool = False) -> Iterator[tuple[str, str]]:
    """The facts to report about a gradient: (label, text), in reading order.

    The labels are `your shape`, `found`, `worst`, `likely` or `kind of mistake`, `your line`, `in the chain`, `note`
    (any number of them) and `next`. A format may skip labels that it shows elsewhere, but which facts there are is
    decided only here. The texts are not cleaned: formats for other programs do that.

    Args:
        row: a row of the report, already reduced to what its reader may see.
        sentence: use the report's full sentence for `found`, or omit it if it repeats the verdict. By default
            `found` is the headline.
    """
    if row["shape"] is not None:
        yield "your shape", f"{shape(row['shape'])}{' ' + line(row['dtype']) if row['dtype'] else ''}"
    if not right(row) and (found := _found(row, sentence=sentence)):
        yield "found", found
    if worst := _worst(row):
        yield "worst", worst
    if mistake := likely(row):
        yield ("kind of mistake" if kind_of_mistake(row) else "likely"), mistake
    if text := own_line(row)[1]:
        yield "your line", text
    if inherits(row):
        cause = row["chained"]["first_cause"]
        start = f", starting at {line(cause)}" if cause else ""
        yield "in the chain", f"right on its own, but receives wrong upstream gradients{start}"
    yield from (("note", note) for note in row["notes"])
    if right(row) and not solved(row):
        yield "found", headline(row)
    if following := _next(row):
        yield "next", following


def _found(row: Row, *, sentence: bool) -> str | None:
    if not sentence:
        return headline(row)
    return None if _untouched(row) else row["problem"]


_NAMED = ("kind of mistake", "your line", "note")
"""Facts that keep their label in plain text."""
_ELSEWHERE = ("your shape", "in the chain", "next")
"""Facts that only pages and terminals show."""


def _lines(row: Row) -> Iterator[tuple[str, str]]:
    for label, text in facts(row):
        if label not in _ELSEWHERE:
            yield label, f"{label}: {text}" if label in _NAMED else text


def failure_text(entry: Entry, row: Row) -> str:
    """pytest's failure text for a gradient: what was returned, what was expected, and where."""
    about = [text for label, text in _lines(row) if label != "found"]  # the headline says it
    return "\n".join([f"{row['name']}: {headline(row)}", *about, place(entry, row)])


def said(row: Row) -> str:
    """All facts about one gradient for another system: one per line, cleaned."""
    parts = [figures(row), *(text for _, text in _lines(row)), short_place(row)]
    return "\n".join(dict.fromkeys(clean(part) for part in parts if part))
