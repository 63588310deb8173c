"""Terminal output of a run: the most pressing gradient in full, the lecture's table, and the totals. Pure text."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from grader.report.row_facts import facts, headline, inherits, mark, place, right, short_place, solved, state, words
from grader.report.submission_facts import begun, file_problem, most_pressing, stretches
from grader.sandbox.types import CUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.exercise.exercise import Exercise
    from grader.report.row_facts import Entry, Row

MOST_PRINTS = 20
_SYNTAX_ERROR = re.compile(r"(.*: invalid syntax.*?): `(.*)`")
"""A sentence that ends with the line it is about. Reports have no field for the line."""
WIDE = 100
"""Maximum line length for prose; longer lines are hard to read."""
BESIDE = 116
"""From this width on, the chained column fits beside the lecture's three."""

COLORS = {"right": "green", "wrong": "red", "missing": "bright_black", "inexact": "yellow"}
LABELS = {label: label for label in ("found", "worst", "likely", "your line", "note", "next")} | {
    "kind of mistake": "mistake"
}
"""The facts shown for a gradient in full, with labels short enough for their column."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the text is written for."""

    width: int = 80
    cut: bool = False
    """Whether longer lines are cut: on a terminal they would wrap; in a file they may be long."""
    unicode: bool = True
    verbose: bool = False
    joy: bool = True
    """Whether to congratulate on a finished exercise: for people, not for programs."""

    def mark(self, row: Row) -> str:
        """The colored mark of a gradient's state; the text beside it says the same in words."""
        return click.style(mark(row, unicode=self.unicode), fg=COLORS[state(row)], bold=True)

    def fit(self, text: str, indent: int = 0) -> str:
        """Cut a text to what is left of the line after `indent` columns."""
        room = self.width - indent
        if not self.cut or len(text) <= room:
            return text
        end = "…" if self.unicode else "..."
        return text[: room - len(end)] + end

    def wrap(self, text: str, indent: str = "  ") -> list[str]:
        """Wrap a paragraph; `indent` starts every line but the first."""
        return textwrap.wrap(text, min(self.width, WIDE), subsequent_indent=indent, break_on_hyphens=False)


# The whole file, or one gradient in full


def problem(entry: Entry, page: Page) -> Iterator[str]:
    """What is wrong with the whole file, with the line of a syntax error: no gradient is looked at before."""
    found = file_problem(entry)
    if found is None:
        return
    row = next(iter(entry["gradients"]), None)
    syntax = _SYNTAX_ERROR.fullmatch(found)
    said, source = syntax.groups() if syntax else (found, "")
    lines = labeled("problem", _with_folder(said, entry, row) if row else said, page, breaking=False)
    if row and source:
        lines += labeled(f"line {row['line']}", source, page)
    if row and (source or not entry["problem"]) and (following := dict(facts(row)).get("next")):
        lines += labeled("next", following, page)
    yield "\n".join(lines)


def _with_folder(said: str, entry: Entry, row: Row) -> str:
    """The sentence with the file's whole path, which an editor or a terminal can open."""
    return said.replace(short_place(row), place(entry, row), 1) if row["line"] else said


def opened(entry: Entry, exercise: Exercise, row: Row, page: Page) -> list[str]:
    """One gradient in full: what was returned, what was expected, what to do next, and where it is."""
    where = place(entry, row)
    title = f"{row['name']}: {words(row['verdict'])}"
    gap = max(2, page.width - 2 - len(title) - len(where))
    lines = [f"{page.mark(row)} {click.style(title, bold=True)}{' ' * gap}{click.style(where, underline=True)}"]
    for number, text in exercise.places(row["variable"]):
        lines += labeled(f"line {number}", text, page)
    for label, text in facts(row, sentence=True):
        if label in LABELS:
            lines += labeled(LABELS[label], text, page)
    return lines


def labeled(label: str, text: str, page: Page, *, breaking: bool = True) -> list[str]:
    """Wrap a paragraph beside its label; a path can be opened only if it is not broken."""
    width = max(40, min(page.width, WIDE) - 13)
    joined = " ".join(text.split())
    wrapped = textwrap.wrap(joined, width, break_on_hyphens=False, break_long_words=breaking) or [""]
    first = f"  {click.style(f'{label:<9}', dim=True)}  {wrapped[0]}"
    return [first, *(" " * 13 + line for line in wrapped[1:])]


def prints(entry: Entry, row: Row | None, printed: Mapping[str, str]) -> Iterator[str]:
    """Output that the shown gradient's function (or the only one) printed, each line marked with `|`."""
    shown = row or (entry["gradients"][0] if len(entry["gradients"]) == 1 else None)
    if shown and (lines := print_lines(printed.get(shown["name"], ""))):
        yield "\n".join([f"{shown['name']} printed", *(f"  | {line}" for line in lines)])


def print_lines(printed: str, most: int = MOST_PRINTS) -> list[str]:
    """The first lines of what a function printed, and how many more there are."""
    lines = printed.rstrip().splitlines()
    rest = lines[most:]
    # If the sandbox cut the output, the number of missing lines is unknown.
    more = ["... and more lines", CUT] if CUT in rest else [f"... and {len(rest)} more lines"] if rest else []
    return [*lines[:most], *more]


# Everything about one submission


def result(
    entry: Entry, exercise: Exercise, page: Page, before: int | None = None, printed: Mapping[str, str] | None = None
) -> str:
    """Everything about one submission.

    Args:
        before: how many were correct in the previous run; a gradient not graded then counts as it does now.
        printed: what each gradient's function printed, by the gradient's name.
    """
    parts = [*problem(entry, page)]
    row = most_pressing(entry)
    if parts:
        parts += prints(entry, next(iter(entry["gradients"]), None), printed or {})
    else:
        if row is not None:
            parts.append("\n".join(opened(entry, exercise, row, page)))
        parts += prints(entry, row, printed or {})
        parts.append("\n".join(table(entry, exercise, page)))
        if notes := list(_footnotes(entry, row)):
            parts.append("\n".join(line for note in notes for line in page.wrap(note)))
    parts.append("\n".join(totals(entry, page, before)))
    if row is None and not entry["problem"] and len(entry["gradients"]) == len(exercise.graded) and page.joy:
        parts.append(joy(exercise.name))
    return "\n\n".join(parts)


def joy(name: str) -> str:
    """The line that congratulates on a finished exercise."""
    return click.style(f"All of {name} derived by hand: autograd has no secrets left here.", fg="green")


def _footnotes(entry: Entry, shown: Row | None) -> Iterator[str]:
    """Notes below the table. A note that applies to every gradient is printed once."""
    rows = [row for row in entry["gradients"] if row is not shown]
    noted = Counter(note for row in rows for note in row["notes"])
    for note, count in noted.items():
        names = [row["name"] for row in rows if note in row["notes"]]
        subject = "" if count == len(rows) and count > 1 else f" on {', '.join(names)}"
        yield f"note{subject}: {note}"
    rounded = [row["name"] for row in rows if right(row) and not row["local"]["approximate"]]
    if rounded:
        yield f"note on {', '.join(rounded)}: right in float64; approximate compares in float32, which is coarser"


# The lecture's table


def table(entry: Entry, exercise: Exercise, page: Page) -> list[str]:
    """The lecture's table: one line for each gradient, in the exercise's groups."""
    lines, rows = [], {row["variable"]: row for row in entry["gradients"]}
    for title, members in stretches(exercise, rows):
        done = sum(solved(row) for row in members)
        lines.append(click.style(f"{title} ({done} of {len(members)})", bold=True))
        lines += [row_line(row, exercise, page) for row in members]
    if page.verbose and any(row["chained"] for row in rows.values()):
        lines += ["", click.style("chained: each computed from your own gradients, as in the lecture", bold=True)]
        lines += [chained_line(row, exercise, page) for row in rows.values()]
    return lines


def row_line(row: Row, exercise: Exercise, page: Page) -> str:
    """One gradient on one line: the lecture's columns if they show the verdict, otherwise words."""
    if not _figures_tell(row):
        return f"{page.mark(row)} {row['variable']:15s} | {page.fit(headline(row), 20)}"
    columns = lecture_line(row["variable"], row["local"], exact_expected=exercise.settings.exact_expected)
    if page.width < BESIDE or row["chained"] is None:
        return f"{page.mark(row)} {columns}"
    return f"{page.mark(row)} {columns:<74} | chained: {_chain_word(row)}"


def _figures_tell(row: Row) -> bool:
    """Whether the lecture's columns show the verdict. A hard-coded size would look exact: it is, on the given case."""
    if row["local"] is None or row["local"]["maxdiff"] is None:
        return False
    return right(row) or (row["verdict"] == "wrong_values" and not row["local"]["approximate"])


def lecture_line(name: str, columns: Mapping[str, Any], *, exact_expected: bool = True) -> str:
    """`probs           | exact: True  | approximate: True  | maxdiff: 0.0`, as the lecture's cmp prints it."""
    exact, approximate, difference = lecture_cells(columns, exact_expected=exact_expected)
    return f"{name:15s} | exact: {exact:5s} | approximate: {approximate:5s} | maxdiff: {difference}"


def lecture_cells(columns: Mapping[str, Any], *, exact_expected: bool = True) -> tuple[str, str, str]:
    """exact, approximate and maxdiff. If bit-equality is not expected, `n/a` instead of False for exact."""
    exact = "n/a" if not exact_expected and not columns["exact"] else str(columns["exact"])
    return exact, str(columns["approximate"]), maxdiff(columns["maxdiff"])


def chained_line(row: Row, exercise: Exercise, page: Page) -> str:
    """A chained result in the lecture's form, with the gradient that broke the chain if it is wrong."""
    chained = row["chained"]
    if chained is None or chained["maxdiff"] is None:
        return page.fit(f"  {row['variable']:15s} | {_chain_word(row) if chained else 'not run'}")
    columns = lecture_line(row["variable"], chained, exact_expected=exercise.settings.exact_expected)
    cause = "" if chained["correct"] else f" < {chained['first_cause'] or row['name']}"
    return page.fit(f"  {columns}{cause}")


def _chain_word(row: Row) -> str:
    chained = row["chained"]
    if chained["correct"]:
        return "exact" if chained["exact"] else "correct"
    cause = chained["first_cause"]
    return "wrong" if cause in (None, row["name"]) else f"wrong from {cause}"


def maxdiff(value: float | None) -> str:
    """`0.0`, `4.66e-10`, `0.00565`."""
    if value is None:
        return "not a number"
    return "0.0" if value == 0 else f"{value:.3g}"


# The total


def totals(entry: Entry, page: Page, before: int | None = None) -> list[str]:
    """The totals: correct, exact and approximate; points if they differ; the chained run and the training run."""
    score, rows = entry["score"], entry["gradients"]
    if score is None:
        return ["received"]
    count = len(rows)
    name = entry["exercise"]
    lines = [
        f"{name}: {score['correct']} of {count} correct, {score['exact']} exact, {score['approximate']} approximate"
    ]
    if before is not None and before != score["correct"]:
        lines[0] += f" ({score['correct'] - before:+d} since the last run)"
    lines[0] += _points(score["points"], score["possible"], score["correct"], count)
    lines[0] = click.style(lines[0], bold=True)
    chained = [row["chained"] for row in rows if row["chained"]]
    if chained and not file_problem(entry):
        lines += textwrap.wrap(
            _chained_total(entry, len(chained)), min(page.width, WIDE), subsequent_indent="         "
        )
    run = entry.get("training")
    for line in _training(run) if run and run["losses"] else ():
        lines += textwrap.wrap(line, min(page.width, WIDE), subsequent_indent="         ", drop_whitespace=False)
    return lines


def _training(run: Mapping[str, Any]) -> Iterator[str]:
    """The learner's training run beside autograd's: first and last loss, largest difference, and generated names."""
    mine, reference = run["losses"], run["reference_losses"]
    last = len(mine) - 1
    end = "became infinite or NaN" if mine[last] is None else f"{mine[0]:.4f} -> {mine[last]:.4f}"
    yield f"loss:    {end} in {len(mine)} steps; autograd's {reference[0]:.4f} -> {reference[last]:.4f}"
    if run["stopped"]:
        yield f"         the run stopped {run['stopped']}"
    elif run["largest_loss_difference"] is not None:
        same = "same loss curve" if run["losses_right"] else "different loss curve"
        yield f"         {same}, at most {run['largest_loss_difference']:.1e} apart (relative)"
    if run["samples"]:
        yield f"names:   {', '.join(run['samples'])}"


def _chained_total(entry: Entry, count: int) -> str:
    score = entry["score"]
    text = f"chained: {score['chained_correct']} of {count} correct, {score['chained_exact']} exact"
    inherited = [row for row in entry["gradients"] if inherits(row)]
    if inherited:
        cause = inherited[0]["chained"]["first_cause"]
        start = f", starting at {cause}" if cause else ""
        alone = "is right on its own but receives" if len(inherited) == 1 else "are right on their own but receive"
        text += f"; {len(inherited)} more {alone} wrong upstream gradients{start}"
    return text


def brief(entry: Entry, page: Page, width: int = 15) -> str:
    """Summarize one submission on one line. `width`: that of the longest name in the column."""
    score, count = entry["score"], len(entry["gradients"])
    name = f"{entry['exercise']:<{width}}"
    if problem := file_problem(entry):
        return page.fit(f"{name} {problem}")
    if score is None:
        return f"{name} received"
    state = f"{score['correct']} of {count} correct" if begun(entry) else f"not started, {count} to do"
    return f"{name} {state}"


def column(names: Iterable[str]) -> int:
    """The width of a column of exercises' names: that of the longest."""
    return max(map(len, names), default=0)


def summed_up(found: Sequence[tuple[Entry, int | None]], page: Page) -> Iterator[str]:
    """Several submissions in short, each with its `before`: a line for each that is begun, and the total."""
    resting = 0
    for entry, before in found:
        if entry["problem"]:
            yield page.fit(f"{entry['exercise']}: {entry['problem']}")
        elif entry["score"] is None or begun(entry):
            yield f"{entry['exercise']}: received" if entry["score"] is None else totals(entry, page, before)[0]
        else:
            resting += 1
    if resting:
        yield f"{resting} {'more ' if resting < len(found) else ''}not started"
    yield from grand_total([entry for entry, _ in found])


def grand_total(entries: Sequence[Entry]) -> Iterator[str]:
    """The total of several submissions, with the points if they differ; nothing if there are no scores to add up."""
    scores = [entry["score"] for entry in entries]
    if len(scores) < 2 or None in scores:
        return
    correct, points, possible = (sum(score[key] for score in scores) for key in ("correct", "points", "possible"))
    count = sum(len(entry["gradients"]) for entry in entries)
    exercises = len({entry["exercise"] for entry in entries})
    line = f"total: {correct} of {count} correct{f' in {exercises} exercises' if exercises > 1 else ''}"
    yield click.style(line + _points(points, possible, correct, count), bold=True)


def _points(points: int, possible: int, correct: int, count: int) -> str:
    """The points, where they say more than the number of correct gradients."""
    return f" | points: {points} of {possible}" if points != correct or possible != count else ""
