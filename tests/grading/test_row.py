"""A row built from a judgment and its evidence, and the totals over rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.questions import Attempt
from grader.grading.row import Row, empty_entry, plain, scores, total
from grader.sandbox.types import Function, Raised, Reading, Returned
from grader.verdict.evidence import Ask, CaseScore, Columns, Evidence, Judgment, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise

RIGHT = Judgment(Verdict.CORRECT, local=Columns(approximate=True, maxdiff=1e-9), shape=(2,), dtype="float32")
DH = Function("dh", "backward.py", 12, 14, ())


@pytest.fixture
def attempt(mlp: Exercise, mlp_cases: Cases) -> Attempt:
    """A file with dh; nothing has been asked yet."""
    return Attempt(mlp, Settings(), mlp_cases, Reading("backward.py", {"dh": DH}, line=3), None, mlp.graded)


@pytest.fixture
def row(attempt: Attempt) -> Callable[..., Row]:
    """The row of h, by judgment and evidence."""

    def made(judgment: Judgment = RIGHT, evidence: Evidence | None = None, **more: Any) -> Row:
        return Row.of(attempt, "h", evidence or Evidence("h", DH), judgment, seconds=0.5, **more)

    return made


def evidence(*calls: Returned | Raised) -> Evidence:
    """Evidence of h: one outcome for each case."""
    return Evidence("h", DH, outcomes={(Ask.RANDOM, number): call for number, call in enumerate(calls)})


def returned(**fields: Any) -> Returned:
    """A call that returned."""
    return Returned(tensors=(torch.zeros(2),), **fields)


def test_a_row_has_the_figures_of_its_judgment(row: Callable[..., Row]) -> None:
    """And the points for the verdict."""
    cases = (CaseScore({"n": 7}, 0.0, exact=True, maxdiff=0.0),)
    found = row(replace(RIGHT, score=0.25, cases=cases, worst=((1, 2), 0.5, 0.75), pattern=("09",)))
    assert (found.name, found.variable, found.verdict, found.correct) == ("dh", "h", Verdict.CORRECT, True)
    assert (found.points, found.possible, found.score, found.duration_s) == (1, 1, 0.25, 0.5)
    assert found.local == {"exact": False, "approximate": True, "maxdiff": 1e-9}
    assert [case["sizes"] for case in found.cases] == [{"n": 7}]
    assert found.worst == {"case": 0, "index": [1, 2], "got": 0.5, "expected": 0.75}
    assert found.pattern == {"levels": ["09"]}
    assert (found.chained, found.diagnosis) == (None, None)


@pytest.mark.parametrize(
    ("judged", "function", "line"), [(None, DH, 12), (13, DH, 13), (None, None, 3)], ids=["function", "problem", "file"]
)
def test_a_row_points_to_its_problem_or_its_function_or_the_file(
    row: Callable[..., Row], judged: int | None, function: Function | None, line: int
) -> None:
    """The most precise location known."""
    found = row(Judgment(Verdict.RAISED, "no", line=judged), Evidence("h", function))
    assert (found.file, found.line) == ("backward.py", line)


def test_a_row_names_the_upstream_gradients_that_the_answer_depends_on(row: Callable[..., Row]) -> None:
    """As a learner writes them."""
    assert row(evidence=Evidence("h", DH, depends_on=("logits",))).depends_on == ("dlogits",)


def test_a_print_is_in_the_report_once(row: Callable[..., Row]) -> None:
    """Each case usually prints the same."""
    found = row(evidence=evidence(returned(printed="a\n"), returned(printed="b\n"), returned(printed="a\n")))
    assert found.printed == "a\nb\n"
    assert found.as_dict()["printed"] == "a\nb\n"
    assert found.as_dict()["verdict"] == "correct"
    assert "printed" not in row().as_dict()


@pytest.mark.parametrize(
    ("judgment", "calls", "note"),
    [
        (RIGHT, [returned(mutated=("h",)), returned(mutated=("W2", "h"))], "changes W2, h in place"),
        (replace(RIGHT, general=False), [], "right for this loss only"),
        (replace(RIGHT, narrow=True), [], "judged in float32"),
        (RIGHT, [returned(seconds=1.5)], "slow: a call took more than a second"),
    ],
)
def test_a_note_says_what_does_not_change_the_verdict(
    row: Callable[..., Row], judgment: Judgment, calls: list[Returned], note: str
) -> None:
    """One sentence each."""
    (found,) = row(judgment, evidence(*calls)).notes
    assert found.startswith(note)


@pytest.mark.parametrize(
    "judgment",
    [RIGHT, replace(RIGHT, general=True), Judgment(Verdict.WRONG_VALUES, general=False)],
    ids=["nothing tried", "general", "wrong anyway"],
)
def test_there_is_no_note_if_there_is_nothing_to_say(row: Callable[..., Row], judgment: Judgment) -> None:
    """A learner reads every note."""
    assert row(judgment, evidence(returned(seconds=0.1))).notes == ()


@pytest.mark.parametrize(
    ("judgment", "told"),
    [
        (RIGHT, True),
        (replace(RIGHT, local=Columns(exact=True, approximate=True, maxdiff=0.0)), False),
        (Judgment(Verdict.REFUSED, "no"), False),
        (Judgment(Verdict.RAISED, "no"), False),
        (replace(RIGHT, verdict=Verdict.WRONG_SHAPE), False),
        (replace(RIGHT, verdict=Verdict.WRONG_VALUES), False),
    ],
)
def test_that_exact_is_not_expected_is_told_where_it_is_missed(
    attempt: Attempt, judgment: Judgment, told: bool
) -> None:
    """Not beside what is exact all the same, and not under a mistake."""
    exercise = load_exercise("cross_entropy")
    found = Row.of(replace(attempt, exercise=exercise), "logits", Evidence("logits", DH), judgment, seconds=0.5)
    assert any(note.startswith("exact is not expected here: The short formula") for note in found.notes) is told


def test_a_call_that_timed_out_is_not_also_called_slow(row: Callable[..., Row]) -> None:
    """The verdict already says so."""
    assert row(Judgment(Verdict.TIMED_OUT), evidence(returned(seconds=2.0))).notes == ()


def test_notes_of_the_kind_of_exercise_come_last(row: Callable[..., Row]) -> None:
    """After those of every kind."""
    assert row(replace(RIGHT, narrow=True), notes=["zero"]).notes[1:] == ("zero",)


@pytest.mark.parametrize(
    ("criterion", "comparable", "verdict", "approximate", "scored"),
    [
        ("correct", True, Verdict.CORRECT, False, True),
        ("correct", True, Verdict.UNTESTABLE, True, False),
        ("exact", True, Verdict.CORRECT, True, False),
        ("exact", True, Verdict.EXACT, True, True),
        ("exact", False, Verdict.CORRECT, True, True),
        ("approximate", True, Verdict.UNTESTABLE, True, True),
        ("approximate", True, Verdict.CORRECT, False, False),
    ],
)
def test_the_criterion_decides_what_scores(
    attempt: Attempt, criterion: str, comparable: bool, verdict: Verdict, approximate: bool, scored: bool
) -> None:
    """`exact` requires equal bits only if bits can be compared."""
    settings = Settings(criterion=criterion, exact_comparable=comparable)
    judgment = Judgment(verdict, local=Columns(approximate=approximate))
    assert scores(replace(attempt, settings=settings), judgment) is scored


def test_totals_count_points_verdicts_and_columns(row: Callable[..., Row]) -> None:
    """A row without a chained pass does not count there."""
    chained = {"exact": True, "approximate": True, "maxdiff": 0.0, "correct": True, "first_cause": None}
    rows = [row(), row(replace(RIGHT, verdict=Verdict.EXACT), chained=chained), row(Judgment(Verdict.RAISED))]
    figures = {"points": 2, "possible": 3, "correct": 2, "exact": 1, "approximate": 2}
    assert total(rows) == {**figures, "chained_correct": 1, "chained_exact": 1}


def test_an_ungraded_entry_has_every_key_of_a_graded_one(attempt: Attempt) -> None:
    """Readers of a report do not have to distinguish them."""
    entry = empty_entry("ada", "mlp", "ada.py", "missing", "nothing was handed in", ["late"])
    assert (entry["name"], entry["status"], entry["problem"]) == ("ada", "missing", "nothing was handed in")
    assert (entry["notes"], entry["score"], entry["gradients"]) == (["late"], None, [])


def test_a_record_s_fields_by_name() -> None:
    """Not copied."""
    sizes = {"n": 7}
    assert plain(CaseScore(sizes, None, exact=False, maxdiff=None))["sizes"] is sizes
