"""Summary of a class: counts, points and the most difficult gradients."""

from __future__ import annotations

import json
from collections import Counter
from statistics import mean, median
from typing import TYPE_CHECKING, Any, Final

from grader import __version__
from grader.classroom.batch.roll import Ruled, keys
from grader.report.files import write_whole
from grader.report.row_facts import RIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from grader.classroom.batch.order import Order
    from grader.classroom.batch.results import Regraded
    from grader.classroom.batch.roll import Listed
    from grader.classroom.batch.runner import Batch
    from grader.classroom.batch.store import Record, Store

FILE: Final = "summary.json"
MOST_PROBLEMS = 3
MOST_GRADIENTS = 5
STATUSES = ("graded", "refused", "unreadable", "missing", "failed", "waiting")


def summarize(
    records: Iterable[Record | None], order: Order, possible: int, counts: Callable[[str], bool] = lambda _: True
) -> dict[str, Any]:
    """Statistics of a whole class; a submission without a record counts as waiting.

    Points are those of everybody who handed something in: who handed in nothing is counted, but has no points. Of
    several attempts of one person only the one that counts has points here.

    Args:
        records: a record for each submission.
        order: what was asked.
        possible: the exercise's points.
        counts: whether a submission, by its name, is the one that counts.
    """
    statuses: Counter[str] = Counter()
    verdicts: dict[str, Counter[str]] = {}
    points: list[int] = []
    problems: Counter[str] = Counter()
    for record in records:
        statuses[record.status if record else "waiting"] += 1
        if record is None:
            continue
        if record.points is not None and record.status != "missing" and counts(record.name):
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
    write_whole(store.directory / FILE, json.dumps(summary, indent=1).encode() + b"\n")


class NoResults(Exception):
    """This is not a folder with the results of a batch: the message is one sentence."""


def read_summary(directory: Path) -> tuple[str, float]:
    """Which exercise the results in a folder are of, and its possible points.

    Raises:
        NoResults: summary.json is missing or damaged.
    """
    path = directory / FILE
    if not path.is_file():
        raise NoResults(f"{directory} has no {FILE}; name a folder that `grade batch --out` wrote")
    try:
        found = json.loads(path.read_bytes())
        return str(found["exercise"]), float(found["possible"])
    except OSError as error:
        raise NoResults(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise NoResults(f"{path} is damaged ({error}); run `grade batch` again to write it anew") from None


def told(summary: Mapping[str, Any]) -> Iterator[str]:
    """The summary as lines of text."""
    counts = [f"{count} {name}" for name, count in summary["status"].items() if count]
    yield f"{summary['exercise']}: {summary['submissions']} submissions: {', '.join(counts) or 'none'}"
    missing = summary["status"]["missing"]
    nothing = f"; {missing} handed in nothing" if missing else ""
    if points := summary["points"]:
        yield (
            f"points out of {summary['possible']}: mean {points['mean']:g}, median {points['median']:g}, "
            f"range {points['lowest']} to {points['highest']}, of the {sum(points['count'].values())} who handed in"
            f"{nothing}"
        )
    yield from _ruled(summary)
    yield from _fewest_right(summary["gradients"])
    for problem, count in [*summary["problems"].items()][:MOST_PROBLEMS]:
        yield f"nothing to grade in {count}: {problem}"


def _ruled(summary: Mapping[str, Any]) -> Iterator[str]:
    """What the course's rules changed."""
    if others := summary.get("attempts", {}).get("not_counting"):
        yield f"several attempts: {others} {'does' if others == 1 else 'do'} not count, see column `why` in grades.csv"
    late = summary.get("late", {})
    if number := late.get("late"):
        slip, refused = late["slip_days"], late["not_accepted"]
        off = late["points_off"]
        used = f", {slip} slip {'day' if slip == 1 else 'days'}" if slip else ""
        too_late = f", {refused} not accepted" if refused else ""
        yield f"{number} late: {off:g} {'point' if off == 1 else 'points'} off in all{used}{too_late}"


def _fewest_right(gradients: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """The gradients that fewest got right, among the submissions that could be graded."""
    hardest = sorted(gradients.items(), key=lambda item: _right(item[1]))[:MOST_GRADIENTS]
    graded = {sum(counts.values()) for counts in gradients.values()}
    if not hardest or all(_right(counts) == sum(counts.values()) for _, counts in hardest):
        return
    if len(graded) == 1:
        right = ", ".join(f"{name} {_right(counts)}" for name, counts in hardest)
        yield f"fewest right, of {graded.pop()} graded: {right}"
    else:
        right = ", ".join(f"{name} {_right(counts)} of {sum(counts.values())}" for name, counts in hardest)
        yield f"fewest right: {right}"


def _right(counts: Mapping[str, int]) -> int:
    return sum(counts.get(verdict, 0) for verdict in RIGHT)


def changed(changes: Sequence[Regraded], most: int = 40) -> Iterator[str]:
    """What a regrade changed, one line per submission."""
    for change in changes[:most]:
        yield f"changed: {change.after.name}: {_shown(change.before)} -> {_shown(change.after)}{_which(change)}"
    if len(changes) > most:
        yield f"... and {len(changes) - most} more: see column `previous` in grades.csv"


def changed_finals(before: Iterable[Listed], batch: Batch, most: int = 40) -> Iterator[str]:
    """What the course's rules changed since the last run without a regrade: a due date, a time, an extension."""
    names = dict(
        zip(keys([each.raw for each in batch.handed_in]), (each.name for each in batch.handed_in), strict=True)
    )
    regraded = {change.after.name for change in batch.changes}
    lines = []
    for listed in before:
        name = names.get(listed.key)
        if name is None or name in regraded or listed.missing:
            continue
        record = batch.store.get(name)
        points = Ruled(counts=True, final=record.points if record else None)
        was, now = listed.ruled or points, batch.ruling.ruled.get(name, points)
        begun = was.final is None and was.counts  # it had no grade yet
        if was.final != now.final and was.override == now.override and not begun:
            lines.append(f"final changed by the course's rules: {name}: {_final(was)} -> {_final(now)}")
    yield from lines[:most]
    if len(lines) > most:
        yield f"... and {len(lines) - most} more: see columns `final` and `why` in grades.csv"


def _final(ruled: Ruled) -> str:
    if not ruled.counts:
        return "does not count"
    return "none yet" if ruled.final is None else f"{ruled.final:.10g}"


def _shown(record: Record) -> str:
    """`12 of 26`; another status before it; a status alone where there is no score."""
    score = record.entry["score"]
    if score is None or record.status == "missing":
        return record.status
    points = f"{score['points']} of {score['possible']}"
    return points if record.status == "graded" else f"{record.status}, {points}"


def _which(change: Regraded) -> str:
    """What changed besides the points: the first verdicts, otherwise the counts."""
    before, after = change.before.entry["verdicts"], change.after.entry["verdicts"]
    moved = [
        f"{name} {before[name]} -> {after[name]}" for name in after if name in before and before[name] != after[name]
    ]
    moved += [f"{name}: new" for name in after if before and name not in before]
    moved += [f"{name}: no longer asked" for name in before if after and name not in after]
    if not moved and _shown(change.before) == _shown(change.after):
        moved = list(_counts(change.before.entry["score"] or {}, change.after.entry["score"] or {}))
    more = f", and {len(moved) - 3} more" if len(moved) > 3 else ""
    return f" ({', '.join(moved[:3])}{more})" if moved else ""


def _counts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, shown in (("correct", "correct"), ("exact", "exact"), ("chained_correct", "chained")):
        if name in before and name in after and before[name] != after[name]:
            yield f"{shown} {before[name]} -> {after[name]}"
