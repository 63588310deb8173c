"""Regrade some gradients of a class: their rows are new, every other verdict stays as it was.

Each submission is graded in full, which costs a fraction of a second and shows what else would change; then only the
chosen rows are taken over. The result has the key of the changed exercise, so the next run leaves it alone; `--force`
takes everything over. A submission without earlier rows for the same code is graded in full.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.classroom.batch.documents import asides_of, rendered
from grader.report.row_facts import RIGHT
from grader.sandbox.types import SandboxError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from grader.classroom.batch.order import Graded, Order
    from grader.classroom.batch.store import Store

Entry = dict[str, Any]

_COMPARED = ("verdict", "points", "possible")
_HEAD = ("version", "criterion", "settings_sha256", "numerics", "notes")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """A submission with verdicts that would have changed as well."""

    name: str
    changes: tuple[str, ...]
    """`dprobs wrong_values -> exact`."""


class ChosenGradients:
    """Puts the new rows of the chosen gradients into earlier results."""

    def __init__(self, names: Collection[str], store: Store, order: Order) -> None:
        self.names = names
        self.kept: list[Kept] = []
        self._store = store
        self._order = order

    def taken_over(self, graded: Graded) -> Graded:
        """The earlier result with the chosen rows of this one; this one if there are no earlier rows for its code.

        Without chosen gradients, everything is taken over.

        Raises:
            SandboxError: the earlier report is damaged.
        """
        if not self.names:
            return graded
        name = str(graded.entry["name"])
        path = self._store.document(name)
        if not path.is_file():
            return graded
        _, before = _report(path)
        head, after = _report(graded.full)
        if before["sha256"] != after["sha256"] or not before["gradients"] or not after["gradients"]:
            return graded
        merged, changes = with_rows(before, after, self.names)
        if not changes:
            return graded
        self.kept.append(Kept(name, changes))
        return rendered(merged, head, self._order, asides_of(graded.full, graded.student))

    def told(self) -> Iterator[str]:
        """What was kept although it would have changed."""
        if not self.kept:
            return
        shown = "; ".join(f"{each.name}: {', '.join(each.changes[:3])}" for each in self.kept[:_MOST_NAMED])
        more = " ..." if len(self.kept) > _MOST_NAMED or any(len(each.changes) > 3 for each in self.kept) else ""
        one = len(self.kept) == 1
        yield (
            f"other gradients of {len(self.kept)} {'submission' if one else 'submissions'} would change as well, and "
            f"were kept as they were ({shown}{more}); --force without --gradient takes them over"
        )


def _report(source: Path | bytes) -> tuple[Mapping[str, Any], Entry]:
    """The head and the only entry of a report that a batch wrote."""
    try:
        report = json.loads(source if isinstance(source, bytes) else source.read_bytes())["grader"]
        (entry,) = report["submissions"]
        return {name: report[name] for name in _HEAD}, entry
    except (ValueError, KeyError, TypeError) as error:
        raise SandboxError(
            f"{source if isinstance(source, Path) else 'a result'} is damaged ({error}), so --gradient cannot keep its "
            "verdicts; delete it to have this submission graded in full"
        ) from error


def with_rows(before: Entry, after: Entry, names: Collection[str]) -> tuple[Entry, tuple[str, ...]]:
    """The later entry, with the earlier rows of gradients that were not chosen and would change.

    Returns:
        The entry, and what would have changed: `dprobs wrong_values -> exact`.
    """
    earlier: dict[str, Entry] = {row["name"]: row for row in before["gradients"]}
    later: dict[str, Entry] = {row["name"]: row for row in after["gradients"]}
    rows: list[Entry] = []
    changes: list[str] = []
    for name in [*later, *(name for name in earlier if name not in later)]:
        old, new = earlier.get(name), later.get(name)
        if name in names or _same(old, new):
            rows += [new] if new else []
            continue
        rows += [old] if old else []
        changes.append(f"{name} {_shown(old, new)}")
    if not changes:
        return after, ()
    kept = [row["name"] for row in rows if row["name"] not in names and row is earlier.get(row["name"])]
    note = (
        f"graded again after the exercise changed: only {', '.join(names)}; as before the change: "
        f"{', '.join(kept) or 'nothing'}"
    )
    refused = bool(rows) and all(row["verdict"] == "refused" for row in rows)
    merged = {
        **after,
        "status": "refused" if refused else "graded",
        "problem": None if any(row["verdict"] in RIGHT for row in rows) else after["problem"],
        "notes": [*after["notes"], note],
        "score": _total(rows),
        "gradients": rows,
    }
    return merged, tuple(changes)


def _same(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    return old is not None and new is not None and all(old[key] == new[key] for key in _COMPARED)


def _shown(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    if old is None or new is None:
        return "would be new" if old is None else "is no longer graded"
    if old["verdict"] != new["verdict"]:
        return f"{old['verdict']} -> {new['verdict']}"
    return f"{old['points']} of {old['possible']} -> {new['points']} of {new['possible']} points"


def _total(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The totals of rows as a report has them; see `grader.grading.row.total`."""
    return {
        "points": sum(row["points"] for row in rows),
        "possible": sum(row["possible"] for row in rows),
        "correct": sum(bool(row["correct"]) for row in rows),
        "exact": sum(row["verdict"] == "exact" for row in rows),
        "approximate": sum(bool(row["local"]["approximate"]) for row in rows),
        "chained_correct": sum(bool(row["chained"] and row["chained"]["correct"]) for row in rows),
        "chained_exact": sum(bool(row["chained"] and row["chained"]["exact"]) for row in rows),
    }
