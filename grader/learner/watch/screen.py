"""The screen of `grade watch`. Gradients are printed by the same code as in `grade`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.learner.hints import hints
from grader.report.row_facts import headline, place, solved
from grader.report.submission_facts import file_problem, stretches
from grader.report.text import brief, joy, opened, prints, problem, table, totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.learner.watch.work import Desk, WatchedWork
    from grader.report.text import Page

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
KEYS = (
    ("n", "next"), ("h", "hint"), ("l", "list"), ("c", "check all"), ("x", "reset this one"), ("o", "open report"),
    ("q", "quit"),
)  # fmt: skip


def prompt() -> str:
    """The line that lists the keys."""
    return "  ".join(f"{click.style(key, bold=True)}:{what}" for key, what in KEYS)


def view(desk: Desk, page: Page, *, hints_open: int = 0, whole: bool = False, said: str = "") -> str:
    """The screen: the current gradient in full, hints, progress and totals."""
    work = desk.work
    parts = ["\n".join(_focus(desk, page))]
    if hints_open:
        parts.append("\n".join(_hints(desk, page, hints_open)))
    if work.verdict is not None and not work.missing and not work.verdict.entry["problem"]:
        entry = work.verdict.entry
        if work.broken:
            parts.append(f"no longer right since the last run: {', '.join(work.broken)}")
        parts.append(
            "\n".join(table(entry, work.exercise, page) if whole and not file_problem(entry) else _progress(work, page))
        )
        parts.append("\n".join(totals(entry, page, work.before)))
        if not work.unsolved and page.joy:
            parts.append(joy(work.exercise.name))
    if said:
        parts.append(said)
    return "\n\n".join(parts)


def _focus(desk: Desk, page: Page) -> Iterator[str]:
    work, row = desk.work, desk.row
    if work.missing or work.verdict is None:
        yield work.missing or f"{work.exercise.name}: grading ..."
    elif row is None or file_problem(work.verdict.entry):
        yield from problem(work.verdict.entry, page)
        yield from prints(work.verdict.entry, row, work.verdict.printed)
    else:
        yield from opened(work.verdict.entry, work.exercise, row, page)
        yield from prints(work.verdict.entry, row, work.verdict.printed)
        if solved(row):
            following = desk.following()
            yield f"  {row['name']} is done. {f'Press n for {following}.' if following else 'Press n to go on.'}"


def _hints(desk: Desk, page: Page, count: int) -> Iterator[str]:
    ladder = hints(desk.work.exercise, desk.gradient or "")
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


def overview(desk: Desk, page: Page) -> Iterator[str]:
    """One line per exercise."""
    for work in desk.works:
        yield brief(work.verdict.entry, page) if work.verdict else f"{work.exercise.name:<15} {work.missing or '...'}"
