"""Row facts: state and mark, headline, location and facts, and that every format agrees on them."""

from __future__ import annotations

from typing import Any

import click
import pytest

from grader.exercise.shelf import load_exercise
from grader.report.document import render
from grader.report.html.gradient_card import card
from grader.report.row_facts import (
    MARKS,
    RIGHT,
    facts,
    failure_text,
    headline,
    likely,
    mark,
    right,
    said,
    short_place,
    solved,
    state,
    words,
)
from grader.report.text import Page, opened
from grader.verdict.evidence import Verdict
from tests.report.test_document import AT_A_LINE, WRONG, entry, row

NOT_EXACT = row("dprobs", "correct", points=0)
"""Right, but without points under `--criterion exact`."""
UNTOUCHED = row("dprobs", "not_started", worst=None, shape=None,
                problem="dprobs is not written yet: the function raised NotImplementedError")  # fmt: skip
KIND = render(entry(WRONG), "kind")["gradients"][0]
"""What students may see: the kind of mistake, not the sentence."""


def labels(found: dict[str, Any], **how: bool) -> list[str]:
    """The labels of a row's facts."""
    return [label for label, _ in facts(found, **how)]


def text_of(label: str, found: dict[str, Any], **how: bool) -> str:
    """The text of one fact."""
    return dict(facts(found, **how))[label]


class TestState:
    """One of four states, each with a mark."""

    @pytest.mark.parametrize("verdict", Verdict)
    def test_every_verdict_has_a_state_with_a_mark(self, verdict: Verdict) -> None:
        """With Unicode and without."""
        found = row("dprobs", verdict.value)
        assert mark(found) == MARKS[state(found)][0]
        assert mark(found, unicode=False).isascii()

    @pytest.mark.parametrize("verdict", Verdict)
    def test_verdicts_in_a_report_equal_the_enum(self, verdict: Verdict) -> None:
        """A verdict is right if the enum says so."""
        assert right(row("dprobs", verdict.value)) is verdict.right
        assert (verdict.value in RIGHT) is verdict.right
        assert "_" not in words(verdict)

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            (row("dprobs"), "right"),
            (row("dprobs", "wrong_values"), "wrong"),
            (row("dprobs", "raised"), "wrong"),
            (UNTOUCHED, "missing"),
            (NOT_EXACT, "inexact"),
            (row("dprobs", "wrong_values", points=1), "right"),
        ],
    )
    def test_points_come_before_the_verdict(self, found: dict[str, Any], expected: str) -> None:
        """By `--criterion approximate` a wrong gradient may have its points."""
        assert state(found) == expected

    def test_without_possible_points_the_verdict_counts(self) -> None:
        """A course may give a gradient no points."""
        assert solved(row("dprobs", points=0, possible=0))
        assert not solved(row("dprobs", "wrong_values", points=0, possible=0))


class TestHeadline:
    """What is wrong, in one line."""

    @pytest.mark.parametrize(
        ("verdict", "problem", "expected"),
        [
            ("raised", "dprobs raised NameError: x", "raised NameError: x"),
            ("refused", "no autograd here (b.py:3)", "refused: no autograd here (b.py:3)"),
            ("untestable", "its gradient is zero", "untestable: its gradient is zero"),
            ("not_started", "b.py has no function dprobs", "not started: b.py has no function dprobs"),
            ("not_started", UNTOUCHED["problem"], "not started"),
            ("not_started", "dprobs is not written yet: the function returned None",
             "not started: the function returned None"),
            ("wrong_values", None, "wrong values"),
        ],
    )  # fmt: skip
    def test_says_the_problem_without_the_gradient_s_name(
        self, verdict: str, problem: str | None, expected: str
    ) -> None:
        """The name is printed before it."""
        assert headline(row("dprobs", verdict, problem=problem)) == expected

    def test_a_right_gradient_without_points_says_why(self) -> None:
        """`dprobs: correct` would not explain a failure."""
        assert headline(NOT_EXACT) == "right, but not bit-equal to autograd's, as --criterion exact requires"

    def test_a_value_far_off_in_float32_names_both_criteria(self) -> None:
        """`--criterion approximate` gives it no points, either."""
        far = {"exact": False, "approximate": False, "maxdiff": 0.5}
        assert "--criterion exact or approximate" in headline(row("dprobs", "correct", points=0, local=far))


class TestFacts:
    """Labels and texts, in reading order."""

    def test_a_wrong_gradient_has_all_of_them(self) -> None:
        """What was returned, what is wrong, the worst element and the likely mistake."""
        assert list(facts(WRONG)) == [
            ("your shape", "(2, 3) float32"),
            ("found", "is off"),
            ("worst", "at [1, 2]: 0.25, expected 0.5"),
            ("likely", "the sign is off"),
        ]

    def test_a_right_gradient_has_its_shape_and_notes(self) -> None:
        """Nothing is wrong, so nothing is found."""
        assert labels(row("dprobs", notes=["a", "b"])) == ["your shape", "note", "note"]

    def test_a_sentence_on_its_own_stays_whole(self) -> None:
        """It keeps its subject, and is left out if the verdict says the same."""
        assert text_of("found", WRONG, sentence=True) == "dprobs is off"
        assert "found" not in labels(UNTOUCHED, sentence=True)
        assert text_of("found", UNTOUCHED) == "not started"
        assert "found" not in labels(row("dprobs", "wrong_values", problem=None), sentence=True)

    def test_the_kind_replaces_a_withheld_sentence(self) -> None:
        """Never both, and neither without a diagnosis."""
        assert text_of("kind of mistake", KIND) == likely(KIND) == "sign"
        assert "likely" not in labels(KIND)
        assert likely(row("dprobs", "wrong_values")) == ""

    def test_the_learner_s_line_is_a_fact_and_the_place(self) -> None:
        """In plain text it keeps its label, as it follows a sentence about forward.py."""
        assert text_of("your line", AT_A_LINE) == "d = dy / 32"
        assert failure_text(entry(), AT_A_LINE).splitlines()[-2:] == ["your line: d = dy / 32", "ada/backward.py:9"]
        assert short_place(AT_A_LINE) == "backward.py:9"
        assert ("your line", "d = dy / 32") in card(AT_A_LINE, None, "").facts

    def test_a_wrong_gradient_with_points_is_still_reported(self) -> None:
        """The criterion decides who gets points, not what is right."""
        assert "found" in labels(row("dprobs", "wrong_values", points=1))

    def test_a_case_other_than_the_given_one_is_named(self) -> None:
        """And a value that is not finite is described in words."""
        worst = {"case": 2, "index": [0], "got": None, "expected": 1}
        found = row("dprobs", "wrong_values", worst=worst)
        assert text_of("worst", found) == "at [0] in case 2: not a finite number, expected 1"

    def test_a_single_number_has_no_index(self) -> None:
        """`at []` would say nothing."""
        found = row("dprobs", "wrong_values", worst={"case": "c0", "index": [], "got": -1.5, "expected": 1.5})
        assert text_of("worst", found) == "yours is -1.5, expected 1.5"

    @pytest.mark.parametrize(("cause", "told"), [("dlogits", ", starting at dlogits"), (None, "")])
    def test_wrong_upstream_gradients_are_a_fact_of_a_right_gradient(self, cause: str | None, told: str) -> None:
        """For a wrong gradient, its own mistake is reported."""
        chained = {"exact": False, "approximate": False, "maxdiff": 1.0, "correct": False, "first_cause": cause}
        found = row("dprobs", chained=chained)
        assert text_of("in the chain", found) == f"right on its own, but receives wrong upstream gradients{told}"
        assert "in the chain" not in labels(row("dprobs", "wrong_values", chained=chained))


class TestRenderings:
    """Formats differ in layout, never in facts."""

    def test_a_withheld_sentence_leaves_its_kind_in_every_format(self) -> None:
        """`--feedback kind` keeps the kind, in the pytest failure and everywhere else."""
        assert "kind of mistake: sign" in failure_text(entry(), KIND).splitlines()
        assert "kind of mistake: sign" in said(KIND).splitlines()
        assert card(KIND, None, "").likely == ("kind of mistake", "sign")
        shown = opened(entry(KIND), load_exercise("mlp"), KIND, Page())
        assert "  mistake    sign" in map(click.unstyle, shown)

    def test_other_systems_get_one_fact_per_line_and_no_folder(self) -> None:
        """Numbers first, the location last."""
        assert said(WRONG | {"file": "/home/ada/backward.py", "notes": ["slow"]}).splitlines() == [
            "wrong values | exact: False | approximate: False | maxdiff: 0.25",
            "is off",
            "at [1, 2]: 0.25, expected 0.5",
            "the sign is off",
            "note: slow",
            "backward.py:7",
        ]

    def test_a_learners_text_is_cleaned_for_other_systems(self) -> None:
        """No escape sequences in messages, no line breaks in names."""
        assert "\x1b" not in said(row("dprobs", "raised", problem="\x1b[2J"))
        assert "\n" not in short_place(row("dprobs", file="a\nb.py"))

    def test_a_card_shows_notes_at_its_foot_and_hints_for_the_next_step(self) -> None:
        """Neither is repeated among the facts."""
        found = card(row("dprobs", "timed_out", notes=["slow"]), None, "")
        assert found.notes == ["slow"]
        assert {label for label, _ in found.facts} == {"your shape", "found", "worst", "where"}
