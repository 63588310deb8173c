"""The search for a changed formula, the weights of shares, and powers of forward values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
import torch

from grader.diagnosis.candidates.change import Change
from grader.diagnosis.formula import const, mul
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import said, words
from grader.diagnosis.search import Sample, Share, _times_powers, coefficients, nearly, ratio, search, try_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.wrong_answer import View

    Wrong = Callable[..., Facts]


def sample(*values: float) -> Sample:
    """The sample of a target with these elements."""
    found = Share(None, (torch.tensor(values, dtype=torch.float64),), (0.0,), alone=False).sample()  # type: ignore[arg-type]
    assert found is not None
    return found


class TestSample:
    """Ruling out candidates by a few elements."""

    def test_has_the_largest_elements(self) -> None:
        """By absolute value."""
        assert sample(1, -9, 3, 0.1, 5, 2).wanted == [-9, 5, 3, 2]

    def test_fits_up_to_a_factor(self) -> None:
        """The other elements are compared later."""
        assert sample(1, -9, 3, 0.1, 5, 2).fits(torch.tensor([0, 18, -6, 0, -10, -4.0]))
        assert not sample(1, -9, 3, 0.1, 5, 2).fits(torch.tensor([0, 18, -6, 0, -10, 4.0]))

    def test_fits_no_other_shape_and_no_zeros(self) -> None:
        """No broadcasting."""
        assert not sample(1, 2).fits(torch.tensor([[1.0, 2.0]]))
        assert not sample(1, 2).fits(torch.zeros(2))

    def test_is_none_if_one_of_its_elements_is_zero(self) -> None:
        """Its quotient would mean nothing."""
        share = Share(None, (torch.tensor([1.0, 0, 0, 0]),), (0.0,), alone=False)  # type: ignore[arg-type]
        assert share.sample() is None


class TestSearch:
    """One share changed in one place."""

    def test_finds_the_change_on_every_case(self, wrong: Wrong) -> None:
        """The derivative of tanh is missing."""
        facts = wrong("pre", lambda _, d: d("act"), upstream=("act",), values=("act",))
        path = [path for path in facts.paths if path.via == ("act",)]
        found = search(path, facts)
        assert found is not None
        assert (found.change.kind, found.factor, found.alone) == (Kind.UPSTREAM_ONLY, "1", False)

    def test_reports_an_extra_factor_at_a_cost(self, wrong: Wrong) -> None:
        """Two mistakes are less likely than one."""
        plain = wrong("mean", lambda _, d: d("xhat"), upstream=("xhat",))
        other = wrong("mean", lambda v, d: 1 / v["n"] * d("xhat"), upstream=("xhat",))
        first, second = search(plain.paths, plain), search(other.paths, other)
        assert first is not None
        assert second is not None
        assert (first.change.kind, first.factor) == (Kind.NOT_SUMMED, "-1")
        assert (second.change.kind, second.factor) == (Kind.NOT_SUMMED, "-1/n")
        assert second.cost > first.cost

    def test_finds_a_changed_share_if_the_others_are_missing(self, wrong: Wrong) -> None:
        """At an extra cost."""
        facts = wrong("pre", lambda v, d: d("act") * v["act"], upstream=("act", "probs"), values=("act", "probs"))
        found = search(facts.paths, facts)
        assert found is not None
        assert found.alone

    def test_finds_nothing_if_nothing_holds(self, wrong: Wrong) -> None:
        """No candidate is close enough."""
        facts = wrong("pre", lambda v, d: torch.cos(7 * d("act") + v["pre"]), upstream=("act",), values=("act",))
        assert search(facts.paths, facts) is None

    def test_tries_only_the_requested_kinds(self, wrong: Wrong) -> None:
        """The right one is not among them."""
        facts = wrong("pre", lambda _, d: d("act"), upstream=("act",), values=("act",))
        assert search(facts.paths, facts, only=frozenset({Kind.WRONG_AXIS})) is None

    def test_stops_at_the_limit_of_operations(self, wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
        """A count, not a clock."""
        monkeypatch.setattr("grader.diagnosis.facts.MOST_OPERATIONS", 0)
        facts = wrong("pre", lambda _, d: d("act"), upstream=("act",), values=("act",))
        assert search(facts.paths, facts) is None

    def test_finds_a_small_constant_in_an_answer_that_is_nearly_right(self, wrong: Wrong) -> None:
        """The 1e-5 under the root is missing."""

        def answer(v: dict[str, torch.Tensor], d: Callable[[str], torch.Tensor]) -> torch.Tensor:
            variance = (v["xhat"] ** 2).mean(0, keepdim=True)
            return -0.5 * variance**-1.5 * (d("spread")) * 2 * v["xhat"] / v["n"] + d("unit") * v["spread"]

        facts = wrong("xhat", answer, upstream=("spread", "unit"), values=("xhat", "spread", "n"))
        assert nearly(facts)
        found = search(facts.paths, facts)
        assert found is not None
        assert found.change.kind is Kind.WRONG_EPSILON
        assert words(found.change.phrase).startswith("the small constant 1e-05 is missing")

    def test_one_given_formula_is_the_whole_answer_or_not(self, wrong: Wrong) -> None:
        """No other is tried."""
        right = wrong("b", lambda _, d: d("pre").sum(0) / 3, upstream=("pre",))
        other = wrong("b", lambda _, d: d("pre").sum(0) ** 2, upstream=("pre",))
        for facts, holds in ((right, True), (other, False)):
            (path,) = facts.paths
            change = Change(mul(const(1 / 3), path.node), Kind.FUSED_TERM, said("mean_missing"))
            assert (try_change(change, path, facts) is not None) is holds


class TestCoefficients:
    """How often each share is counted."""

    def test_are_one_for_each_share_on_each_case(self, wrong: Wrong) -> None:
        """One share is missing, one is counted three times."""

        def answer(v: dict[str, torch.Tensor], d: Callable[[str], torch.Tensor]) -> torch.Tensor:
            return 3 * d("act") * (1 - v["act"] ** 2) + 0 * d("probs")

        facts = wrong("pre", answer, upstream=("act", "probs"))
        found = coefficients(facts.paths, facts)
        assert found is not None
        assert len(found) == 3
        for weights in found:
            assert weights == pytest.approx([3, 0], abs=1e-9)

    def test_are_none_if_the_answer_is_not_a_weighted_sum(self, wrong: Wrong) -> None:
        """Or if there is only one share."""
        facts = wrong("pre", lambda v, d: d("act") * v["pre"], upstream=("act", "probs"))
        assert coefficients(facts.paths, facts) is None
        assert coefficients(facts.paths[:1], facts) is None


class TestRatio:
    """Right except for powers of forward values."""

    def test_is_the_product_that_holds_on_every_case(self, wrong: Wrong) -> None:
        """A power of a value and a factor made of sizes."""
        facts = wrong(
            "act", lambda v, d: d("xhat") * v["act"] ** 2 / v["n"], upstream=("xhat", "mean"), values=("act", "pre")
        )
        rights = [view.sweep.total("xhat") for view in facts.answer.views]
        found = ratio(facts, rights, [view.got for view in facts.answer.views])
        assert found is not None
        assert (found.powers, found.factor) == ((("act", 2.0),), "1/n")

    def test_uses_two_values_if_one_is_not_enough(self, wrong: Wrong) -> None:
        """And is None if two are not enough either."""
        facts = wrong("pre", lambda v, d: d("act") * v["act"] / v["pre"], upstream=("act",), values=("act", "pre"))
        rights, answers = (
            [view.sweep.total("act") for view in facts.answer.views],
            [view.got for view in facts.answer.views],
        )
        found = ratio(facts, rights, answers)
        assert found is not None
        assert dict(found.powers) == {"act": 1.0, "pre": -1.0}
        assert ratio(facts, rights, [torch.cos(answer) for answer in answers]) is None


def test_a_value_that_fits_the_gradient_s_shape_in_one_case_only_is_no_factor() -> None:
    """With one column it is broadcast; with more, and others than the gradient's, it is not."""
    right = torch.ones(3, 4)
    found = []
    for columns in (1, 4, 2):
        value = torch.full((3, columns), 2.0, dtype=torch.float64)
        view = cast("View", SimpleNamespace(tensor={"v": value}.get))
        found.append(_times_powers(right, view, (("v", 2.0),), cast("Facts", SimpleNamespace(factors={"v": "v"}))))
    one, same, other = found
    assert one is not None
    assert same is not None
    assert one.equal(right.double() * 4)
    assert same.equal(one)
    assert other is None
