"""Closed forms are recognized by their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.diagnosis.closed_forms import closed_forms
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.facts import Facts
    from grader.exercise.case import Cases


def are_right(forms: list[ClosedForm], facts: Facts) -> bool:
    """Whether each equals the right gradient on every case."""
    return all(
        torch.allclose(view.numbers[form.node], view.expected, atol=1e-12)
        for form in forms
        for view in facts.answer.views
    )


def test_a_softmax_and_the_formula_that_treats_each_entry_on_its_own(wrong: Callable[..., Facts]) -> None:
    """With the softmax as a parameter, and computed from the variable."""
    facts = wrong("both", lambda v, _: v["both"], upstream=("soft",), values=("soft", "both"))
    forms = list(closed_forms(facts))
    assert [words(form.title) for form in forms] == ["the softmax soft"] * 2
    assert {form.kind for form in forms} == {Kind.SOFTMAX_JACOBIAN}
    assert are_right(forms, facts)
    probe, alone = facts.answer.probe, forms[0].alone
    p, g = probe.numbers.values["soft"], probe.sweep.total("soft")
    assert alone is not None
    assert torch.allclose(probe.numbers[alone.node], p * (1 - p) * g)


def test_a_normalization_from_the_gradient_of_its_output(wrong: Callable[..., Facts]) -> None:
    """Mean and variance over the rows, without Bessel's correction."""
    facts = wrong("act", lambda v, _: v["act"], upstream=("unit",), values=("unit", "spread"))
    forms = list(closed_forms(facts))
    assert {words(form.title) for form in forms} == {"the normalization unit"}
    assert {form.kind for form in forms} == {Kind.FUSED_TERM}
    assert are_right(forms, facts)


def test_softmax_and_cross_entropy_combined(wrong: Callable[..., Facts], mlp_cases: Cases) -> None:
    """Without any upstream gradient."""
    facts = wrong("logits", lambda v, _: v["logits"], values=("probs", "Yb", "n"), cases=mlp_cases)
    forms = list(closed_forms(facts))
    assert {words(form.title) for form in forms} == {"softmax and cross entropy combined"}
    assert are_right(forms, facts)


def test_a_variable_without_a_closed_form(wrong: Callable[..., Facts]) -> None:
    """A tanh is a single line."""
    assert not list(closed_forms(wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act",))))


def test_a_form_that_is_recognized_wrongly_is_not_used(
    wrong: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each form is compared with the right gradient first."""
    monkeypatch.setattr("grader.diagnosis.closed_forms._is_softmax", lambda *_: True)
    assert not list(closed_forms(wrong("pre", lambda v, _: v["pre"], upstream=("act",), values=("act",))))
