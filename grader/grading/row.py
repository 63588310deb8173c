"""A row of the report, built from a judgment and its evidence; a submission's entry and its totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.sandbox.types import Returned
from grader.verdict.evidence import Fragility, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.grading.questions import Attempt
    from grader.sandbox.types import Outcome
    from grader.verdict.evidence import Evidence, Judgment

SLOW_SECONDS = 1.0
"""A slower call gets a note. All 26 functions of the mlp together take about a millisecond."""


FRAGILE = {
    Fragility.OVERFLOWS: "right, but it overflows for very large values where PyTorch's does not; "
    "use a stable form, such as subtracting the maximum before exp",
    Fragility.ROUNDS: "right, but it loses most of its digits to rounding for very large or nearly equal values",
}
"""The note on a right formula that is not stable in floating point."""


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

    @classmethod
    def of(
        cls,
        attempt: Attempt,
        variable: str,
        evidence: Evidence,
        judgment: Judgment,
        *,
        seconds: float,
        chained: Mapping[str, Any] | None = None,
        diagnosis: Mapping[str, Any] | None = None,
        notes: Iterable[str] = (),
    ) -> Row:
        """The row for one gradient, for any kind of exercise.

        Args:
            variable: the variable whose gradient the row is about.
            evidence: the evidence for the function that returns it, alone or with others.
            seconds: the time that the row took.
            chained: the result of chaining the learner's own gradients; None if that was not tried.
            notes: notes beyond those common to all kinds.
        """
        function, calls = evidence.function, list(evidence.calls())
        points = attempt.exercise.points(variable)
        return cls(
            name=attempt.exercise.row_name(variable),
            variable=variable,
            file=function.file if function else attempt.reading.file,
            line=judgment.line or (function.line if function else attempt.reading.line),
            shape=judgment.shape,
            dtype=judgment.dtype,
            points=points if scores(attempt, judgment) else 0,
            possible=points,
            verdict=judgment.verdict,
            problem=judgment.problem,
            notes=(*_notes(attempt, judgment, calls), *notes),
            diagnosis=diagnosis,
            correct=judgment.verdict.right,
            score=judgment.score,
            tolerance=judgment.tolerance,
            general=judgment.general,
            depends_on=tuple(f"d{name}" for name in evidence.depends_on),
            local=plain(judgment.local),
            chained=chained,
            cases=tuple(plain(case) for case in judgment.cases),
            worst=_worst(judgment),
            duration_s=seconds,
            pattern={"levels": list(judgment.pattern)} if judgment.pattern else None,
            printed="".join(dict.fromkeys(outcome.printed for outcome in calls)),
        )

    def as_dict(self) -> dict[str, Any]:
        """The row as the report has it; `printed` only where the learner's function printed something."""
        found = {**plain(self), "verdict": str(self.verdict)}
        return found if self.printed else {name: value for name, value in found.items() if name != "printed"}


def scores(attempt: Attempt, judgment: Judgment) -> bool:
    """Whether a gradient earns its points under the run's criterion. Does not change the verdict."""
    criterion, exact = attempt.settings.criterion, attempt.exercise.settings.exact_expected
    if criterion == "approximate":
        return judgment.local.approximate
    if criterion == "exact" and exact and attempt.settings.exact_comparable:
        return judgment.verdict is Verdict.EXACT
    return judgment.verdict.right


def _notes(attempt: Attempt, judgment: Judgment, calls: Sequence[Outcome]) -> Iterator[str]:
    settings = attempt.exercise.settings
    mutated = sorted({name for outcome in calls if isinstance(outcome, Returned) for name in outcome.mutated})
    if mutated:
        yield f"changes {', '.join(mutated)} in place; work on a clone, or the next line reads the modified value"
    if judgment.verdict.right and judgment.general is False:
        yield "right for this loss only: it relies on an identity that does not hold for other upstream gradients"
    if judgment.verdict.right and not judgment.local.exact and not settings.exact_expected:
        yield "exact is not expected here" + (f": {settings.exact_reason}" if settings.exact_reason else "")
    if judgment.fragile is not None:
        yield FRAGILE[judgment.fragile]
    if judgment.narrow:
        yield "judged in float32, because the function computes in float32 even when given float64"
    slowest = max((outcome.seconds for outcome in calls), default=0.0)
    if slowest > SLOW_SECONDS and judgment.verdict is not Verdict.TIMED_OUT:  # which already says so
        yield "slow: a call took more than a second"
    if attempt.forward_differs:
        yield "forward.py differs from the installed exercise"


def _worst(judgment: Judgment) -> dict[str, Any] | None:
    if judgment.worst is None:
        return None
    index, got, expected = judgment.worst
    return {"case": 0, "index": list(index), "got": got, "expected": expected}


def plain(record: Any) -> dict[str, Any]:
    """A record's fields by name, at a tenth of the cost of `dataclasses.asdict`, which copies every value deeply."""
    return {name: getattr(record, name) for name in record.__slots__}


def total(rows: Sequence[Row]) -> dict[str, int]:
    """The totals of a submission: counts and integer points."""
    return {
        "points": sum(row.points for row in rows),
        "possible": sum(row.possible for row in rows),
        "correct": sum(row.correct for row in rows),
        "exact": sum(row.verdict is Verdict.EXACT for row in rows),
        "approximate": sum(bool(row.local["approximate"]) for row in rows),
        "chained_correct": sum(bool(row.chained and row.chained["correct"]) for row in rows),
        "chained_exact": sum(bool(row.chained and row.chained["exact"]) for row in rows),
    }


def empty_entry(
    name: str, exercise: str, source: str, status: str, problem: str | None, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """A submission's entry in the report, before it is graded."""
    return {
        "name": name,
        "exercise": exercise,
        "source": source,
        "sha256": None,
        "status": status,
        "problem": problem,
        "notes": list(notes),
        "case": None,
        "hidden_cases": 0,
        "reference_hash": None,
        "isolation": None,
        "score": None,
        "previous_score": None,
        "duration_s": 0.0,
        "gradients": [],
    }
