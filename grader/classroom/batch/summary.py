"""Summary of a class: counts, points and the most difficult gradients."""

from __future__ import annotations

import json
from collections import Counter
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.report.files import write_whole
from grader.report.row_facts import RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.classroom.batch.order import Order
    from grader.classroom.batch.results import Regraded
    from grader.classroom.batch.store import Record, Store

MOST_PROBLEMS = 3
STATUSES = ("graded", "refused", "unreadable", "missing", "failed", "waiting")


def summarize(records: Iterable[Record | None], order: Order, possible: int) -> dict[str, Any]:
    """Statistics of a whole class; a submission without a record counts as waiting."""
    statuses: Counter[str] = Counter()
    verdicts: dict[str, Counter[str]] = {}
    points: list[int] = []
    problems: Counter[str] = Counter()
    for record in records:
        statuses[record.status if record else "waiting"] += 1
        if record is None:
            continue
        if record.points is not None:
            points.append(record.points)
        if record.status == "graded" and record.entry["problem"]:
            problems[record.entry["problem"]] += 1
        for name, verdict in record.entry["verdicts"].items():
            verdicts.setdefault(name, Counter())[verdict] += 1
    return {
        "version": __version__,
        "exercise": order.exercise,
        "submissions": sum(statuses.values()),
        "status": {name: statuses[name] for name in STATUSES},
        "possible": possible,
        "points": _spread(points),
        "problems": dict(problems.most_common()),
        "gradients": {name: dict(counts.most_common()) for name, counts in verdicts.items()},
    }


def _spread(points: Sequence[int]) -> dict[str, Any] | None:
    if not points:
        return None
    return {
        "mean": round(mean(points), 2),
        "median": median(points),
        "lowest": min(points),
        "highest": max(points),
        "count": {str(value): count for value, count in sorted(Counter(points).items())},
    }


def write_summary(store: Store, summary: Mapping[str, Any]) -> None:
    """Write summary.json atomically."""
    write_whole(store.directory / "summary.json", json.dumps(summary, indent=1).encode() + b"\n")


def told(summary: Mapping[str, Any]) -> Iterator[str]:
    """The summary as lines of text."""
    counts = [f"{count} {name}" for name, count in summary["status"].items() if count]
    yield f"{summary['exercise']}: {summary['submissions']} submissions: {', '.join(counts) or 'none'}"
    if points := summary["points"]:
        yield (
            f"points out of {summary['possible']}: mean {points['mean']:g}, median {points['median']:g}, "
            f"range {points['lowest']} to {points['highest']}"
        )
    hardest = sorted(summary["gradients"].items(), key=lambda item: _right(item[1]))[:5]
    missed = [f"{name} {_right(counts)} of {sum(counts.values())}" for name, counts in hardest]
    if missed and any(_right(counts) < sum(counts.values()) for _, counts in hardest):
        yield f"fewest right: {', '.join(missed)}"
    for problem, count in [*summary["problems"].items()][:MOST_PROBLEMS]:
        yield f"nothing to grade in {count}: {problem}"


def _right(counts: Mapping[str, int]) -> int:
    return sum(counts.get(verdict, 0) for verdict in RIGHT)


def changed(changes: Sequence[Regraded], most: int = 40) -> Iterator[str]:
    """What a regrade changed, one line per submission."""
    for change in changes[:most]:
        yield f"changed: {change.after.name}: {_shown(change.before)} -> {_shown(change.after)}{_which(change)}"
    if len(changes) > most:
        yield f"... and {len(changes) - most} more: see column `previous` in grades.csv"


def _shown(record: Record) -> str:
    return record.status if record.points is None or record.status != "graded" else f"{record.points} points"


def _which(change: Regraded) -> str:
    before, after = change.before.entry["verdicts"], change.after.entry["verdicts"]
    moved = [
        f"{name} {before[name]} -> {after[name]}" for name in after if name in before and before[name] != after[name]
    ]
    more = f", and {len(moved) - 3} more" if len(moved) > 3 else ""
    return f" ({', '.join(moved[:3])}{more})" if moved else ""
