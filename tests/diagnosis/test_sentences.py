"""An explanation put into words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from grader.diagnosis import explanations, sentences
from grader.diagnosis.derive import Path
from grader.diagnosis.diagnose import aliased, by_chance
from grader.diagnosis.explanations import explanation
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import Dimensions, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.diagnosis.facts import Facts
    from grader.diagnosis.wrong_answer import WrongAnswer


@pytest.fixture
def facts(wrong: Callable[..., Facts]) -> Facts:
    """Facts about dpre."""
    return wrong("pre", lambda v, _: v["pre"], upstream=("act", "probs"), values=("act",))


def changed_in_place(answer: WrongAnswer, *names: str) -> WrongAnswer:
    """The same answer, of a function that changes its parameters in place."""
    answer.__dict__["mutated"] = names
    return answer


class TestTold:
    """An explanation becomes a diagnosis."""

    def test_the_parts_have_a_fixed_order_and_empty_ones_are_left_out(self, facts: Facts) -> None:
        """What, cause, look, remark."""
        found = explanation(Kind.SIGN, "whole_reordered", small=True)
        what, look, remark = sentences.told(facts.answer, found).message.split(". ", 2)
        assert what == "your dpre has the right values in the wrong positions"
        assert look.startswith("Check the order of the dimensions")
        assert remark.endswith("The difference is small: a small constant is missing or wrong")
        message = sentences.told(facts.answer, found.also(Kind.ALIASING, changed=("act",))).message
        assert message.startswith(f"{what}. Your function changes act in place; ")
        keepdim = sentences.told(facts.answer, explanation(Kind.KEEPDIM, "keepdim", factor="1")).message
        assert not keepdim.endswith((".", " "))

    def test_the_evidence_holds_what_applies(self, facts: Facts) -> None:
        """In the report's order; False and an empty path do apply."""
        path = Path(facts.answer.lines[0], (), facts.paths[0].node)
        known = {"factor": "2", "one_share": False, "path": path, "null": None, "dims": Dimensions((0, 1))}
        found = explanation(Kind.SIGN, "whole_reordered", **known, change=said("sum_missing"), specific=Kind.ZEROS)
        assert sentences.told(facts.answer, found).evidence == {
            "verified_cases": 3,
            "random_upstream": True,
            "lines": [line.number for line in facts.answer.lines],
            "dims": [0, 1],
            "change": "a sum is missing",
            "path": [],
            "factor": "2",
            "one_share": False,
            "specific": "zeros",
        }


class TestWords:
    """Phrases that many sentences share."""

    @pytest.mark.parametrize(
        ("factor", "said"),
        [
            ("1", ""),
            ("-1", ", with the sign flipped"),
            ("3", ", with an extra factor of 3"),
            ("1/n", ", with an extra factor of 1/n (1/9 at your sizes)"),
            ("x.shape[1]**0.5", ", with an extra factor of x.shape[1]**0.5 (2.236 at your sizes)"),
        ],
    )
    def test_an_extra_factor_comes_with_its_value(self, facts: Facts, factor: str, said: str) -> None:
        """If it is made of sizes."""
        assert sentences.besides(facts.answer, factor) == said

    def test_the_lines_that_use_the_variable_are_named(self, facts: Facts) -> None:
        """With their numbers."""
        act, probs = facts.answer.lines
        assert sentences.readers(facts.answer) == (
            f"pre is used in act (forward.py line {act.number}) and probs (forward.py line {probs.number})"
        )


class TestShares:
    """`weights`."""

    @pytest.mark.parametrize(
        ("factors", "kind", "said"),
        [
            (["1", "0"], Kind.MISSING_PATH, "covers only the path through act; pre is also used in probs"),
            (["2", "1"], Kind.DOUBLED_PATH, "counts the path through act twice; look at act"),
            (["1", "-1"], Kind.NEGATED_PATH, "has the wrong sign on the path through probs"),
            (
                ["1/n", "1"],
                Kind.CONSTANT_FACTOR,
                "has an extra factor of 1/n (1/9 at your sizes) on the path through act",
            ),
            (["2", "0"], Kind.WRONG_PATH, "has the wrong factor on some paths: 2 on the path through act and 0 on"),
        ],
    )
    def test_say_how_each_is_counted(self, facts: Facts, factors: list[str], kind: Kind, said: str) -> None:
        """And keep it in a field."""
        found = explanations.weights(facts.paths, factors, fused=False)
        told = sentences.told(facts.answer, found)
        assert found.kind is kind
        assert told.message.startswith(f"your dpre {said}")
        assert told.evidence["shares"] == dict(zip(["act", "probs"], factors, strict=True))

    def test_in_a_formula_for_several_lines_they_are_its_terms(self, facts: Facts) -> None:
        """No matter what is wrong with them."""
        assert explanations.weights(facts.paths, ["2", "1"], fused=True).kind is Kind.FUSED_TERM


class TestAliasing:
    """A parameter changed in place, as the cause of an identity."""

    def test_is_reported_between_what_is_wrong_and_where_to_look(self, facts: Facts) -> None:
        """The original kind stays in the evidence."""
        found = aliased(changed_in_place(facts.answer, "dact"), explanations.global_factor("2"))
        said = sentences.told(facts.answer, found)
        assert said.kind is Kind.ALIASING
        assert said.message.startswith("your dpre is 2 times the right gradient in every case. Your function changes")
        assert "work on a clone. Look for a missing or extra factor" in said.message
        assert (said.evidence["specific"], said.evidence["changed"]) == ("constant_factor", ["dact"])

    def test_does_not_split_the_code_of_a_line(self, facts: Facts) -> None:
        """A line may contain a full stop followed by a space, as in `1. * x`."""
        line = replace(facts.answer.lines[0], text="y = 1. * x", number=3)
        what = (
            "your dpre contains, instead of its own gradient, the one that forward.py line 3 passes back to b: "
            "`y = 1. * x`"
        )
        swapped = explanation(Kind.WRONG_INDEX, "sibling", sibling="b", line=line, instead=True)
        found = aliased(changed_in_place(facts.answer, "act"), swapped)
        assert sentences.told(facts.answer, found).message.startswith(f"{what}. Your function changes act in place")

    @pytest.mark.parametrize(
        ("kind", "known", "follows"),
        [
            (Kind.CONSTANT_FACTOR, {"factor": "2"}, True),
            (Kind.CONSTANT_FACTOR, {"factor": "3"}, False),
            (Kind.CONSTANT_FACTOR, {"shares": (("a", "2"), ("b", "1"))}, True),
            (Kind.DOUBLED_PATH, {}, True),
            (Kind.FUSED_TERM, {"shares": (("a", "3"), ("b", "3"))}, True),
            (Kind.FUSED_TERM, {"shares": (("a", "0"), ("b", "0"))}, False),
            (Kind.WRONG_PATH, {"shares": (("a", "2"), ("b", "3"))}, False),
            (Kind.WRONG_INDEX, {}, True),
            (Kind.SIGN, {"factor": "-1"}, False),
        ],
    )
    def test_is_given_only_for_what_it_can_cause(
        self, facts: Facts, kind: Kind, known: dict[str, Any], follows: bool
    ) -> None:
        """Something counted more than once, or a value overwritten."""
        found = aliased(changed_in_place(facts.answer, "act"), explanation(kind, "weights", **known))
        assert (found.kind is Kind.ALIASING) is follows

    def test_is_not_given_if_nothing_was_changed(self, facts: Facts) -> None:
        """The explanation is returned unchanged."""
        found = explanations.global_factor("2")
        assert aliased(changed_in_place(facts.answer), found) is found


class TestByChance:
    """An identity without any upstream gradient may hold for this loss only."""

    @pytest.mark.parametrize(
        ("known", "chance"),
        [
            ({"change": said("factor_missing"), "factor": "2"}, True),
            ({"change": said("factor_missing"), "factor": "-1"}, False),
            ({"powers": (("x", 2.0),), "factor": "1", "change": said("power_missing")}, True),
            ({"factor": "2"}, False),
        ],
    )
    def test_unless_it_is_plain(self, wrong: Callable[..., Facts], known: dict[str, Any], chance: bool) -> None:
        """The function takes no gradient here."""
        facts = wrong("pre", lambda v, _: v["pre"], values=("act",))
        assert by_chance(facts.answer, explanation(Kind.WRONG_OPERAND, "one_change", **known)) is chance

    def test_never_where_one_is_used(self, facts: Facts) -> None:
        """With random upstream gradients, it cannot be chance."""
        assert not by_chance(
            facts.answer, explanation(Kind.WRONG_OPERAND, "one_change", change=said("power_missing"), factor="2")
        )
