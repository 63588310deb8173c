"""A row of the report, and the totals of all rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.verdict.evidence import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """Everything the report says about one gradient of one submission."""

    name: str
    variable: str
    file: str | None
    line: int | None
    shape: tuple[int, ...] | None
    dtype: str | None
    points: int
    possible: int
    verdict: Verdict
    problem: str | None
    notes: tuple[str, ...]
    diagnosis: Mapping[str, Any] | None
    correct: bool
    score: float | None
    tolerance: float
    general: bool | None
    depends_on: tuple[str, ...]
    local: Mapping[str, Any]
    chained: Mapping[str, Any] | None
    cases: tuple[Mapping[str, Any], ...]
    worst: Mapping[str, Any] | None
    duration_s: float
    pattern: Mapping[str, Any] | None = None
    printed: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as the report has it; the prints of the learner's function stay out of it."""
        return {
            **{name: value for name, value in plain(self).items() if name != "printed"},
            "verdict": str(self.verdict),
        }


def plain(record: Any) -> dict[str, Any]:
    """A record's fields by name; `dataclasses.asdict` would copy every value deeply, at ten times the cost."""
    return {name: getattr(record, name) for name in record.__slots__}


def total(rows: Sequence[Row]) -> dict[str, int]:
    """The totals of a submission, all of them counts or integer points."""
    return {
        "points": sum(row.points for row in rows),
        "possible": sum(row.possible for row in rows),
        "correct": sum(row.correct for row in rows),
        "exact": sum(row.verdict is Verdict.EXACT for row in rows),
        "approximate": sum(bool(row.local["approximate"]) for row in rows),
        "chained_correct": sum(bool(row.chained and row.chained["correct"]) for row in rows),
        "chained_exact": sum(bool(row.chained and row.chained["exact"]) for row in rows),
    }
