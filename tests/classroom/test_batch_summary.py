"""The summary of a class, and what a regrade changed."""

from __future__ import annotations

from typing import Any

import pytest
from classroom import order

from grader.classroom.batch.results import Regraded, differs
from grader.classroom.batch.store import Record
from grader.classroom.batch.summary import changed, summarize, told


def record(points: int | None, *, status: str = "graded", possible: int = 26, **more: Any) -> Record:
    """A submission's record."""
    counts = {"correct": points, "exact": points, "approximate": 0, "chained_correct": points, "chained_exact": 0}
    score = None if points is None else {"points": points, "possible": possible, **counts, **more.pop("score", {})}
    entry = {"name": "ada", "status": status, "problem": None, "score": score, "verdicts": {}, **more}
    return Record("", entry)


class TestSummary:
    """Points of those who handed in."""

    def test_who_handed_in_nothing_is_counted_apart(self) -> None:
        """Their zeros are nobody's achievement, and would only move the mean."""
        found = summarize(
            [record(20), record(10), record(0, status="missing"), record(0, status="unreadable")], order(), 26
        )
        assert found["points"] == {
            "mean": 10,
            "median": 10,
            "lowest": 0,
            "highest": 20,
            "count": {"0": 1, "10": 1, "20": 1},
        }
        assert list(told(found))[1] == (
            "points out of 26: mean 10, median 10, range 0 to 20, of the 3 who handed in; 1 handed in nothing"
        )

    def test_a_class_that_handed_in_nothing_has_no_mean(self) -> None:
        """Nor a line that says so."""
        found = summarize([record(0, status="missing")], order(), 26)
        assert (found["points"], list(told(found))) == (None, ["mlp: 1 submissions: 1 missing"])

    def test_the_hardest_gradients_say_of_how_many(self) -> None:
        """Of those that could be graded."""
        graded = [record(1, verdicts={"dx": verdict, "dy": "exact"}) for verdict in ("exact", "wrong_shape", "raised")]
        found = summarize([*graded, record(0, status="missing")], order(), 2)
        assert list(told(found))[-1] == "fewest right, of 3 graded: dx 1, dy 3"

    def test_nothing_is_said_if_everything_is_right(self) -> None:
        """No gradient is hard."""
        assert not any("fewest" in text for text in told(summarize([record(1, verdicts={"dx": "exact"})], order(), 1)))


class TestChanges:
    """One line for each submission whose row looks different."""

    @pytest.mark.parametrize(
        ("before", "after", "shown"),
        [
            (record(0), record(0, possible=28), "0 of 26 -> 0 of 28"),
            (record(3), record(5), "3 of 26 -> 5 of 26"),
            (record(3), record(3, score={"chained_correct": 1}), "3 of 26 -> 3 of 26 (chained 3 -> 1)"),
            (record(0, status="unreadable"), record(3), "unreadable, 0 of 26 -> 3 of 26"),
            (record(None, status="failed"), record(3), "failed -> 3 of 26"),
            (
                record(1, verdicts={"dx": "exact", "dz": "raised"}),
                record(1, verdicts={"dx": "raised", "dy": "exact"}),
                "1 of 26 -> 1 of 26 (dx exact -> raised, dy: new, dz: no longer asked)",
            ),
        ],
    )  # fmt: skip
    def test_a_change_says_what_it_is(self, before: Record, after: Record, shown: str) -> None:
        """Points with the maximum, then verdicts or counts."""
        assert list(changed([Regraded(before, after)])) == [f"changed: ada: {shown}"]

    @pytest.mark.parametrize(
        ("before", "after", "visible"),
        [
            (record(0, status="missing"), record(0, status="missing", possible=28), False),
            (record(0, status="unreadable"), record(0, status="unreadable", possible=28), True),
            (record(3), record(3, score={"approximate": 1, "chained_exact": 1}), False),
            (record(3), record(3, score={"exact": 1}), True),
            (record(3), record(3, verdicts={"dx": "exact"}), True),
        ],
    )
    def test_only_what_a_row_shows_is_a_change(self, before: Record, after: Record, visible: bool) -> None:
        """`missing -> missing` would be no news."""
        assert differs(before, after) is visible
