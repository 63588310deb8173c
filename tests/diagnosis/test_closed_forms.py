"""Closed forms are recognised by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Cases


def are_right(forms: list[ClosedForm], facts: Facts) -> bool:
    """Whether each comes to the right gradient on every case."""
    return all(
        torch.allclose(view.numbers[form.node], view.expected, atol=1e-12) for form in forms for view in facts.views
    )


def test_a_softmax_and_the_formula_that_takes_each_entry_alone(wrong: Callable[..., Facts]) -> None:
    """As a value that was asked for, and computed from the variable."""
    facts = wrong("both", lambda v, _: v["both"], upstream=("soft",), values=("soft", "both"))
    forms = list(closed_forms(facts))
    assert [form.title for form in forms] == ["the softmax soft"] * 2
    assert {form.kind for form in forms} == {Kind.SOFTMAX_JACOBIAN}
    assert are_right(forms, facts)
    probe, alone = facts.probe, forms[0].alone
    p, g = probe.numbers.values["soft"], probe.sweep.total("soft")
    assert alone is not None
    assert torch.allclose(probe.numbers[alone.node], p * (1 - p) * g)


def test_a_normalisation_back_from_the_value_that_it_makes(wrong: Callable[..., Facts]) -> None:
    """Mean and variance over the rows, without Bessel's correction."""
    facts = wrong("act", lambda v, _: v["act"], upstream=("unit",), values=("unit", "spread"))
    forms = list(closed_forms(facts))
    assert {form.title for form in forms} == {"the normalisation unit"}
    assert {form.kind for form in forms} == {Kind.FUSED_TERM}
    assert are_right(forms, facts)


def test_softmax_and_cross_entropy_at_once(wrong: Callable[..., Facts], mlp_cases: Cases) -> None:
    """Without any upstream gradient."""
    facts = wrong("logits", lambda v, _: v["logits"], values=("probs", "Yb", "n"), cases=mlp_cases)
    forms = list(closed_forms(facts))
    assert {form.title for form in forms} == {"softmax and cross entropy at once"}
    assert are_right(forms, facts)


def test_nothing_where_there_is_none(wrong: Callable[..., Facts]) -> None:
    """A tanh is one line."""
    assert not list(closed_forms(wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act",))))


def test_a_wrong_recognition_is_not_used(wrong: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is compared with the right gradient."""
    monkeypatch.setattr("grader.diagnosis.closed_forms._is_softmax", lambda *_: True)
    assert not list(closed_forms(wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act",))))
