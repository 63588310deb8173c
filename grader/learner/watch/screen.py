"""The screen of `grade watch`. Gradients are printed by the same code as in `grade`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from grader.learner.hints import hints
from grader.learner.watch.fitting import Block, Rank, fitted, joined
from grader.report.row_facts import headline, place, solved
from grader.report.submission_facts import begun, file_problem, stretches
from grader.report.text import brief, column, joy, opened, prints, problem, table, totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.learner.watch.work import Desk, Standing, WatchedWork
    from grader.report.text import Page

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
BESIDE_THE_EXERCISES = 6
"""The least rows that a verdict, a total and the keys take beside the list of exercises."""
KEYS = (
    ("n", "next"), ("h", "hint"), ("l", "list"), ("c", "check all"), ("x", "reset this one"), ("o", "open report"),
    ("q", "quit"),
)  # fmt: skip


def prompt() -> str:
    """The line that lists the keys."""
    return "  ".join(f"{click.style(key, bold=True)}:{what}" for key, what in KEYS)


@dataclass(frozen=True, slots=True)
class Request:
    """What the learner has asked to see, and what there is to say."""

    hints: int = 0
    """How many hints are open."""
    table: bool = False
    """The lecture's table instead of the chart."""
    exercises: bool = False
    """A line for each exercise."""
    said: str = ""


def view(desk: Desk, page: Page, request: Request | None = None) -> str:
    """Everything there is to see: the current gradient in full, hints, progress and totals."""
    return joined([*_blocks(desk, page, request or Request())])


def screen(desk: Desk, page: Page, request: Request, columns: int, rows: int) -> str:
    """The view as far as it fits into a terminal, above the keys."""
    keys = Block([prompt()], Rank.KEYS)
    return fitted([*_blocks(desk, page, request, rows), keys], columns, rows, "…" if page.unicode else "...")


def _blocks(desk: Desk, page: Page, request: Request, rows: int | None = None) -> Iterator[Block]:
    work = desk.work
    yield Block([*_focus(desk, page)], Rank.BESIDE_A_LIST if request.table or request.exercises else Rank.VERDICT)
    yield Block([*_printed(desk)], Rank.PRINTS, glued=True)
    yield Block([*_done(desk)], Rank.MESSAGE, glued=True)
    yield Block([*_hints(desk, page, request.hints)], Rank.HINTS)
    if work.verdict is not None and not work.missing and not work.verdict.entry["problem"]:
        yield from _standing(work, work.verdict, page, request)
    if request.exercises:
        short = rows is not None and len(desk.works) > rows - BESIDE_THE_EXERCISES
        yield Block([*overview(desk, page, short=short)], Rank.LIST)
    yield Block(request.said.split("\n") if request.said else [], Rank.MESSAGE)


def _standing(work: WatchedWork, verdict: Standing, page: Page, request: Request) -> Iterator[Block]:
    """How far the exercise is."""
    if work.broken:
        yield Block(page.wrap(f"no longer right since the last run: {', '.join(work.broken)}"), Rank.WARNING)
    if request.table and not file_problem(verdict.entry):
        yield Block(table(verdict.entry, work.exercise, page), Rank.LIST)
    else:
        yield Block([*_progress(work, page)], Rank.CHART)
    first, *rest = totals(verdict.entry, page, work.before)
    yield Block([first], Rank.TOTAL)
    yield Block(rest, Rank.DETAIL, glued=True)
    if not work.unsolved and page.joy:
        yield Block([joy(work.exercise.name)], Rank.DETAIL)


def _focus(desk: Desk, page: Page) -> Iterator[str]:
    work, row = desk.work, desk.row
    if work.missing or work.verdict is None:
        yield work.missing or f"{work.exercise.name}: grading ..."
    elif row is None or file_problem(work.verdict.entry):
        yield from _lines(problem(work.verdict.entry, page))
    else:
        yield from opened(work.verdict.entry, work.exercise, row, page)


def _printed(desk: Desk) -> Iterator[str]:
    """What the current gradient's function printed, or the whole file."""
    if desk.work.verdict is not None and not desk.work.missing:
        yield from _lines(prints(desk.work.verdict.entry, desk.row, desk.work.verdict.printed))


def _done(desk: Desk) -> Iterator[str]:
    row = desk.row
    if row is not None and solved(row) and not desk.work.missing:
        following = desk.following()
        yield f"  {row['name']} is done. {f'Press n for {following}.' if following else 'Press n to go on.'}"


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Single lines, which can be counted."""
    for text in texts:
        yield from text.split("\n")


def _hints(desk: Desk, page: Page, count: int) -> Iterator[str]:
    ladder = hints(desk.work.exercise, desk.gradient) if count and desk.gradient else []
    for number, text in enumerate(ladder[:count], 1):
        yield from page.wrap(f"hint {number} of {len(ladder)}: {text}")


def _progress(work: WatchedWork, page: Page) -> Iterator[str]:
    """One line per group of gradients, one mark per gradient."""
    assert work.verdict is not None
    rows = {row["variable"]: row for row in work.verdict.entry["gradients"]}
    found = list(stretches(work.exercise, rows))
    width = max(len(title) for title, _ in found)
    for title, members in found:
        signs = "".join(page.mark(row) for row in members)
        blank = " " * (max(len(others) for _, others in found) - len(members))
        yield f"  {title:<{width}}  {signs}{blank}  {sum(map(solved, members))} of {len(members)}"


def lines(work: WatchedWork, page: Page) -> Iterator[str]:
    """Plain output: one line, in the format of compiler errors, for each gradient begun but not solved."""
    if work.missing or work.verdict is None:
        yield f"{work.file}:1: {work.missing or 'not graded'}"
        return
    entry = work.verdict.entry
    if found := file_problem(entry):
        line = work.verdict.line
        yield f"{work.file}:{line}: {found.removeprefix(f'{work.file.name}:{line}: ')}"
    else:
        for row in entry["gradients"]:
            if not solved(row) and row["verdict"] != "not_started":
                where = place(entry, row) if row["line"] else f"{work.file}:1"
                yield f"{where}: {row['name']}: {headline(row)}"
    yield "\n".join(totals(entry, page, work.before))


def overview(desk: Desk, page: Page, *, short: bool = False) -> Iterator[str]:
    """One line per exercise; the last known score of one that is being checked. `short`: only those that are begun."""
    shown = [work for work in desk.works if not short or _is_begun(work)]
    width = column(work.exercise.name for work in shown)
    for work in shown:
        if work.verdict is not None:
            yield brief(work.verdict.entry, page, width)
        else:
            yield f"{work.exercise.name:<{width}} {work.missing or _last_known(work)}"
    if rest := len(desk.works) - len(shown):
        yield f"{rest} more not started, as far as is known"


def _is_begun(work: WatchedWork) -> bool:
    """Whether there is more to say about an exercise than that it is there."""
    if work.verdict is not None:
        return begun(work.verdict.entry) or bool(work.verdict.entry["problem"])
    return bool(work.missing) or (work.known is not None and work.known[0] > 0)


def _last_known(work: WatchedWork) -> str:
    if work.known is None:
        return "..."
    right, of = work.known
    return f"{right} of {of} correct the last time, checking ..."
