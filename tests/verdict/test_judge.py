"""Verdicts: what scores, what does not, and the sentence for it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.types import Function, NotStarted, Parameter, Returned
from grader.verdict.evidence import Ask, Bend, Evidence, Judgment, Verdict
from grader.verdict.judge import (
    difference_pattern,
    fit_shape,
    hard_coded_cause,
    is_local_style,
    judge,
    lecture_columns,
    max_difference,
    random_decides,
    same,
    score,
)
from grader.verdict.problems import BENDS, Cause, asked_again_problem, form_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.exercise.case import Cases
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox

    Graded = Callable[..., dict[str, Row]]


def one(graded: Graded, source: str, **settings: object) -> Row:
    """Grade one rewritten gradient."""
    name = source.partition("def ")[2].partition("(")[0]
    return graded(source, only=(name,), **settings)[name]


def test_the_worked_solution_is_exact_26_of_26_local_and_chained(graded: Graded) -> None:
    """The reference for everything else."""
    rows = graded()
    assert [row.verdict for row in rows.values()] == [Verdict.EXACT] * 26
    assert all(row.chained and row.chained["exact"] and row.chained["correct"] for row in rows.values())
    assert all(row.points == row.possible == 1 for row in rows.values())


@pytest.mark.parametrize(("seed", "batch_size"), [(1, 48), (2, 7), (3, 33), (4, 64)])
def test_the_worked_solution_is_exact_at_other_seeds_and_batch_sizes(
    graded: Graded, seed: int, batch_size: int
) -> None:
    """Not only for powers of two."""
    rows = graded(seed=seed, batch_size=batch_size)
    assert {row.verdict for row in rows.values()} == {Verdict.EXACT}
    assert all(row.chained and row.chained["exact"] for row in rows.values())


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("def dlogit_maxes(logit_maxes):\n    return torch.zeros_like(logit_maxes)", "untestable"),
        ("def db1(b1):\n    return torch.zeros_like(b1)", "untestable"),
        ("def dlogit_maxes(dprobs):\n    return dprobs.sum(1, keepdim=True)*1e-14", "untestable"),
        ("def db1(dhpreact):\n    return dhpreact.sum(0)*1e-14", "untestable"),
        ("def dlogit_maxes(dnorm_logits):\n    return dnorm_logits.sum(1, keepdim=True)*0", "untestable"),
        ("def dlogit_maxes(dnorm_logits):\n    return dnorm_logits.sum(1, keepdim=True)*1e-12", "wrong_values"),
        ("def db1(dhprebn):\n    return -dhprebn.sum(0)", "wrong_values"),
    ],
)
def test_tiny_values_do_not_score_for_a_null_gradient(graded: Graded, source: str, verdict: str) -> None:
    """The lecture's check accepts all of these."""
    row = one(graded, source)
    assert (row.verdict, row.points) == (verdict, 0)


@pytest.mark.parametrize(
    ("source", "size"),
    [
        ("def dlogprobs(logprobs, Yb):\n    return -F.one_hot(Yb, logprobs.shape[1])/32.0", "n=65"),
        ("def dbndiff2(dbnvar, bndiff2):\n    return (1.0/31)*torch.ones_like(bndiff2)*dbnvar", "n=65"),
        ("def dbnmeani(dbndiff):\n    return -dbndiff.view(32, 64).sum(0, keepdim=True)", "n=65"),
    ],
)
def test_a_hard_coded_size_does_not_score(graded: Graded, source: str, size: str) -> None:
    """Right on the lecture's minibatch, wrong as a function."""
    row = one(graded, source)
    assert (row.verdict, row.points) == (Verdict.HARD_CODED, 0)
    assert row.problem is not None
    assert size in row.problem
    assert "a size is hard-coded" in row.problem


@pytest.mark.parametrize(
    "source",
    [
        "def db1(dhprebn, b1):\n    return torch.zeros(64)",
        "def db1(b1):\n    return torch.zeros(64, dtype=torch.float32)",
        "def dlogit_maxes(logit_maxes):\n    return torch.zeros(32, 1)",
    ],
)
def test_zeros_of_a_hard_coded_size_are_not_called_right_for_a_null_gradient(graded: Graded, source: str) -> None:
    """At any other size they would be just as uninformative."""
    row = one(graded, source)
    assert (row.verdict, row.points) == (Verdict.UNTESTABLE, 0)
    assert row.problem is not None
    assert "is zero up to rounding" in row.problem
    assert row.diagnosis is not None
    assert row.diagnosis["kind"] == "zeros"


def test_a_hard_coded_size_in_a_null_gradient_is_still_reported(graded: Graded) -> None:
    """With other upstream gradients it is right and not zero."""
    row = one(graded, "def db1(dhprebn):\n    return dhprebn.view(32, 64).sum(0)")
    assert row.verdict is Verdict.HARD_CODED


def test_zeros_of_the_wrong_shape_are_not_said_to_have_the_right_values(graded: Graded) -> None:
    """For a null gradient, any tiny number would be right."""
    row = one(graded, "def db1(b1):\n    return torch.zeros_like(b1)[None]")
    assert row.verdict is Verdict.WRONG_SHAPE
    assert row.problem is not None
    assert "right" not in row.problem


def test_a_hard_coded_value_is_not_called_a_size(neuron: Callable[[str], Row]) -> None:
    """A single number has no size."""
    row = neuron("def dx1(dx1w1):\n    return dx1w1 * -0.05716622993350029")
    assert row.verdict is Verdict.HARD_CODED
    assert row.problem == (
        "right for the numbers of this seed only: "
        "a forward value is hard-coded as a number (ask for it by name, as a parameter)"
    )
    assert row.diagnosis is not None
    assert row.diagnosis["evidence"]["cause"] == "value"
    assert "right for the numbers of this seed only" in row.diagnosis["message"]
    assert "size" not in row.diagnosis["message"]


@pytest.mark.parametrize("only", [("dcounts_sum_inv",), ()], ids=["alone", "with all others"])
def test_an_answer_that_changes_between_calls_is_reported_at_any_sizes(graded: Graded, only: tuple[str, ...]) -> None:
    """The given case was asked twice."""
    source = (
        "calls = []\n"
        "def dcounts_sum_inv(dprobs, counts):\n"
        "    calls.append(1)\n"
        "    return (counts*dprobs).sum(1, keepdim=True)*(1 if len(calls) == 1 else 2)\n"
    )
    row = graded(source, only=only)["dcounts_sum_inv"]
    assert row.verdict is Verdict.HARD_CODED
    assert row.problem is not None
    assert "the function keeps state between calls" in row.problem
    assert "size" not in row.problem


@pytest.mark.parametrize(
    "kept",
    [
        "return grads.setdefault(result.shape, result)",
        "return grads.setdefault('first', result)",
        "grads[result.shape] = grads.get(result.shape, 0) + result\n    return grads[result.shape]",
    ],
    ids=["by its shape", "the first", "added up by shape"],
)
def test_a_result_that_is_kept_is_wrong_and_called_state(graded: Graded, kept: str) -> None:
    """Although it is right in the first call, and the shapes of all other cases differ."""
    source = f"grads = {{}}\ndef dW2(dlogits, h):\n    result = h.T @ dlogits\n    {kept}\n"
    row = graded(source, only=("dW2",))["dW2"]
    assert row.diagnosis is not None
    assert row.diagnosis["kind"] == "hard_coded"
    assert "the function keeps state between calls" in row.diagnosis["message"]


def test_a_first_result_that_is_kept_is_not_called_a_size(graded: Graded) -> None:
    """Although it has the given case's shape at all sizes."""
    source = (
        "kept = {}\ndef dlogprobs(logprobs, Yb, n):\n    d = torch.zeros_like(logprobs)\n    d[range(n), Yb] = -1/n\n"
    )
    row = graded(f"{source}    return kept.setdefault('first', d)\n", only=("dlogprobs",))["dlogprobs"]
    assert row.diagnosis is not None
    assert "depends on earlier calls" in row.diagnosis["message"]


def test_an_answer_that_changes_between_calls_is_reported_without_sizes(neuron: Callable[[str], Row]) -> None:
    """With a module-level counter."""
    row = neuron("count = 0\ndef db(dn):\n    global count\n    count += 1\n    return dn*count")
    assert row.problem is not None
    assert "right in one call, wrong in another with the same forward pass" in row.problem
    assert "the function keeps state between calls" in row.problem


def test_every_cause_is_offered_if_the_answers_do_not_tell_them_apart(
    graded: Graded, neuron: Callable[[str], Row]
) -> None:
    """One of three terms is wrong at other sizes, one of two numbers for other seeds; a function may keep state."""
    at_sizes = one(
        graded,
        "N = 32\ndef dhprebn(dbndiff, dbnmeani, n, hprebn):\n"
        "    return dbndiff + (1.0/N)*dbnmeani*torch.ones_like(hprebn)",
    )
    for_seeds = neuron("X = 0.05716622993350029\ndef dx1(dx1w1, w1):\n    return dx1w1*(w1 + w1*w1)/(1 - X)")
    for row, typed in ((at_sizes, "a size is hard-coded"), (for_seeds, "hard-coded as a number")):
        assert row.verdict is Verdict.HARD_CODED
        assert row.problem is not None
        assert typed in row.problem
        assert "or the function keeps state between calls" in row.problem
        assert "or something makes no difference there" in row.problem


def test_kept_state_is_not_offered_for_a_function_that_has_nowhere_to_keep_it(neuron: Callable[[str], Row]) -> None:
    """It reads its parameters, modules and built-in names only."""
    row = neuron("def dx1(dx1w1, w1):\n    return dx1w1*(w1 + w1*w1)/(1 - 0.05716622993350029)")
    assert row.problem is not None
    assert "state" not in row.problem


@pytest.mark.parametrize(("borrowed", "kept"), [(("range", "torch"), False), (("KEPT", "torch"), True)])
def test_an_answer_that_changes_is_not_called_state_where_none_can_be_kept(
    mlp_cases: Cases, borrowed: tuple[str, ...], kept: bool
) -> None:
    """Then it reads what was never set; elsewhere that is offered too."""
    function = Function("dh", "backward.py", 1, 2, (Parameter("dlogits", "positional", has_default=False),))
    found = Evidence("h", function=replace(function, borrowed=borrowed))
    found.outcomes[Ask.RANDOM, 0] = Returned(tensors=(torch.zeros(1),))
    found.outcomes[Ask.AGAIN, 0] = Returned(tensors=(torch.ones(1),))
    said = asked_again_problem(found, Verdict.WRONG_VALUES)
    assert said is not None
    assert "it reads memory that was never set (torch.empty)" in said
    assert ("keeps state" in said) == kept
    assert hard_coded_cause(found, mlp_cases) is (Cause.CHANGES if kept else Cause.UNSET)


@pytest.mark.parametrize("answer", ["torch.tensor([ds])", "ds.view(1, 1)"])
def test_a_number_in_brackets_is_not_mistaken_for_a_sum(neuron: Callable[[str], Row], answer: str) -> None:
    """Nothing was summed, so keepdim would not help."""
    row = neuron(f"def dx1w1(ds):\n    return {answer}")
    assert row.verdict is Verdict.WRONG_SHAPE
    assert row.problem is not None
    assert "the values are right: the variable is a single number" in row.problem
    assert "keepdim" not in row.problem
    assert row.diagnosis is not None
    assert "x1w1 is a scalar" in row.diagnosis["message"]
    assert "keepdim" not in row.diagnosis["message"]


def test_a_gradient_without_keepdim_has_the_right_values_and_the_wrong_shape(graded: Graded) -> None:
    """The lecture's own dbnmeani."""
    row = one(graded, "def dbnmeani(dbndiff):\n    return (-dbndiff).sum(0)")
    assert row.verdict is Verdict.WRONG_SHAPE
    assert row.problem == (
        "shape (64,), expected (1, 64), but the values are right: sum(0, keepdim=True) keeps the dimension"
    )


def test_a_wrong_shape_with_wrong_values_does_not_claim_right_values(graded: Graded) -> None:
    """Half the sum is wrong beyond the missing keepdim."""
    row = one(graded, "def dbnmeani(dbndiff):\n    return (-dbndiff).sum(0)/2")
    assert row.verdict is Verdict.WRONG_SHAPE
    assert row.problem is not None
    assert "the values are right" not in row.problem


def test_an_unneeded_keepdim_is_reported(graded: Graded) -> None:
    """b1 has one dimension."""
    row = one(graded, "def db1(dhprebn):\n    return dhprebn.sum(0, keepdim=True)")
    assert row.problem is not None
    assert "without keepdim=True" in row.problem


def test_a_fused_answer_is_right_with_the_true_upstream_gradient(graded: Graded) -> None:
    """dlogits in one go uses no child's gradient."""
    row = one(
        graded, "def dlogits(logits, Yb, n):\n    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n"
    )
    assert (row.verdict, row.general, row.depends_on) == (Verdict.CORRECT, True, ())


def test_an_identity_of_this_loss_is_right_with_a_note(graded: Graded) -> None:
    """dlogprobs + probs/n holds because each row of dlogprobs sums to -1/n."""
    row = one(graded, "def dlogits(dlogprobs, probs, n):\n    return dlogprobs + probs/n")
    assert (row.verdict, row.general) == (Verdict.CORRECT, False)
    assert any("right for this loss only" in note for note in row.notes)


def test_a_function_that_pins_float32_is_judged_in_float64(graded: Graded) -> None:
    """Its epsilon is not lost in float32 rounding."""
    right = one(graded, "def dprobs(dlogprobs, probs):\n    return dlogprobs.float()/probs.to(torch.float32)")
    wrong = one(graded, "def dprobs(dlogprobs, probs):\n    return dlogprobs.float()/(probs.to(torch.float32) + 1e-8)")
    assert (right.verdict, wrong.verdict) == (Verdict.EXACT, Verdict.WRONG_VALUES)


def test_a_function_with_a_hidden_float32_is_judged_in_float32_with_a_note(graded: Graded) -> None:
    """A dtype that is not given by name cannot be widened from outside."""
    source = (
        "f32 = torch.promote_types(torch.float16, torch.bfloat16)\n"
        "def dh(dlogits, W2):\n    return dlogits.to(f32) @ W2.to(f32).T"
    )
    row = one(graded, source)
    assert row.correct
    assert any("judged in float32" in note for note in row.notes)


@pytest.mark.parametrize(
    ("source", "verdict", "sentence"),
    [
        ("def dprobs():\n    raise NotImplementedError", "not_started", "dprobs is not written yet"),
        ("def dprobs():\n    return None", "not_started", "returned None"),
        ("def dprobs(probs):\n    d = probs*2", "wrong_type", "dprobs returns nothing: add `return d` at the end"),
        (
            "def dprobs(n):\n    if n < 3:\n        return n",
            "wrong_type",
            "dprobs returned nothing: one of its branches",
        ),
        ("def dprobs(probs):\n    d = 2*probs\n    raise NotImplementedError", "raised", "dprobs still raises NotImpl"),
        ("def dprobs():\n    return 1.5", "wrong_type", "returned a float, expected a tensor"),
        ("def dprobs(probs):\n    return probs.to_sparse()", "wrong_type", "sparse tensor"),
        ("def dprobs(probs):\n    return probs.to('meta')", "wrong_type", "meta device"),
        ("def dprobs(probs):\n    return torch.nested.nested_tensor([probs[0], probs[1]])", "wrong_type", "nested"),
        ("def dprobs(probs):\n    return probs.double()", "wrong_dtype", "dtype torch.float64, expected torch.float32"),
        ("def dprobs(probs):\n    return probs > 0", "wrong_dtype", "a comparison gives bools"),
        ("def dprobs(probs):\n    return probs.T", "wrong_shape", "that is the transpose"),
        ("def dprobs(probs):\n    return probs/0 - probs/0", "non_finite", "values are not finite"),
        ("def dprobs(dlogprob, probs):\n    return probs", "unknown_parameter", "Did you mean dlogprobs?"),
        ("def dprobs(dprobs):\n    return dprobs", "unknown_parameter", "its own gradient"),
        ("def dprobs(dlogits):\n    return dlogits", "unknown_parameter", "use dlogprobs instead"),
        ("def dprobs(dlogits=None):\n    return dlogits", "unknown_parameter", "does not come after probs"),
        ("def dprobs(*args):\n    return args", "unknown_parameter", "takes *args"),
        ("def dprobs(probs, /):\n    return probs", "unknown_parameter", "positional-only"),
        ("def dprobs(probs):\n    return probs + 1/0", "raised", "ZeroDivisionError: division by zero"),
        ("def dprobs(probs):\n    return dprobs(probs)", "raised", "RecursionError"),
        ("import sys\ndef dprobs(probs):\n    raise SystemExit(0)", "raised", "SystemExit"),
        ("def dprobs(dlogprobs, probs):\n    while True: pass", "timed_out", "did not finish within 2 s"),
        ("def dprobs(probs):\n    return probs.grad", "refused", ".grad"),
    ],
)
def test_a_bad_answer_gets_one_verdict_and_one_sentence(
    graded: Graded, source: str, verdict: str, sentence: str
) -> None:
    """Whatever a learner's function does instead of returning a gradient."""
    row = one(graded, source)
    assert (row.verdict, row.points) == (verdict, 0)
    assert row.problem is not None
    assert sentence in row.problem


def test_a_function_may_ask_for_a_size_by_its_name(graded: Graded) -> None:
    """Right or wrong: the mistake is named as if it had asked for a value."""
    block = "def dlogprobs(Yb, vocab_size):\n    return -F.one_hot(Yb, vocab_size).to(torch.get_default_dtype())"
    rows = graded(f"{block} / Yb.shape[0]")
    assert rows["dlogprobs"].correct
    diagnosis = graded(block)["dlogprobs"].diagnosis
    assert diagnosis is not None
    assert "n times the right gradient" in str(diagnosis)


def test_one_bad_function_costs_only_itself(graded: Graded) -> None:
    """Every other row scores, and the chain goes on with autograd's gradient for the bad one."""
    rows = graded("def dprobs(probs):\n    raise ValueError('no')")
    assert [name for name, row in rows.items() if not row.correct] == ["dprobs"]
    after = rows["dcounts"].chained
    assert after is not None
    assert (after["correct"], after["first_cause"]) == (True, None)


def test_an_inexact_gradient_is_the_first_cause_of_inexact_chained_ones(graded: Graded) -> None:
    """Everything stays correct, but is not bit-equal from there on."""
    rows = graded(
        "def dcounts_sum(dcounts_sum_inv, counts_sum):\n    return -dcounts_sum_inv/counts_sum**2",
        batch_size=48,
        seed=5,
    )
    assert rows["dcounts_sum"].verdict is Verdict.CORRECT
    later = rows["dcounts"].chained
    assert later is not None
    assert (later["correct"], later["exact"], later["first_cause"]) == (True, False, "dcounts_sum")


def test_non_contiguous_and_expanded_tensors_are_right(graded: Graded) -> None:
    """Only the numbers count."""
    rows = graded(
        "def dbndiff2(dbnvar, n, bndiff2):\n    return (1.0/(n-1)*dbnvar).expand_as(bndiff2)\n"
        "def dh(dlogits, W2):\n    return (W2 @ dlogits.T).T",
        only=("dbndiff2", "dh"),
    )
    assert all(row.correct for row in rows.values())


def test_a_function_that_modifies_its_input_is_graded_with_a_note(graded: Graded) -> None:
    """Every call gets fresh copies, so it does no harm here; in the notebook it would."""
    row = one(
        graded,
        "def dcounts(dprobs, counts_sum_inv, dcounts_sum):\n"
        "    dprobs *= counts_sum_inv\n    dprobs += dcounts_sum\n    return dprobs",
    )
    assert row.correct
    assert any(note.startswith("changes dprobs in place") for note in row.notes)


@pytest.mark.parametrize(
    ("criterion", "source", "points"),
    [
        ("correct", "def dcounts_sum(dcounts_sum_inv, counts_sum):\n    return -dcounts_sum_inv/counts_sum**2", 1),
        ("exact", "def dcounts_sum(dcounts_sum_inv, counts_sum):\n    return -dcounts_sum_inv/counts_sum**2", 0),
        ("approximate", "def db1(b1):\n    return torch.zeros_like(b1)", 1),
        ("exact", "def db1(dhprebn):\n    return dhprebn.sum(0)", 1),
    ],
)
def test_the_criterion_decides_points_but_never_a_verdict(
    graded: Graded, criterion: str, source: str, points: int
) -> None:
    """The same row, different points."""
    row = one(graded, source, criterion=criterion)
    assert row.points == points
    assert row.verdict == one(graded, source).verdict


def test_nan_has_no_maxdiff(graded: Graded) -> None:
    """NaN is not JSON, and not small."""
    row = one(graded, "def dprobs(probs):\n    return probs*float('nan')")
    assert row.local == {"exact": False, "approximate": False, "maxdiff": None}


def test_zeros_of_either_sign_are_the_same_number() -> None:
    """exact means ==, not equal bytes."""
    assert lecture_columns(-torch.zeros(3), torch.zeros(3)).exact


def test_columns_do_not_broadcast_a_wrong_shape() -> None:
    """The lecture's cmp would."""
    assert not lecture_columns(torch.zeros(3), torch.zeros(1, 3)).approximate


@pytest.mark.parametrize("share", [0.5, 0.99, 1.01, 1.9, 2.1, 1e6, math.inf, math.nan])
def test_approximate_is_what_allclose_says_however_far_the_answer_is(share: float) -> None:
    reference = torch.tensor([0.0, -3.0, 40.0])
    for index, value in enumerate(reference):
        got = reference.clone()
        got[index] += share * (1e-8 + 1e-5 * float(value.abs()))
        assert lecture_columns(got, reference).approximate == torch.allclose(got, reference)


def test_an_empty_answer_is_approximate() -> None:
    assert lecture_columns(torch.zeros(0), torch.zeros(0).double()).approximate


def test_a_shape_is_fitted_only_by_size_1_dimensions_or_expanding() -> None:
    """(64,) fits (1, 64), (1, 64) fits (32, 64); a transpose fits nothing."""
    assert fit_shape(torch.zeros(64), torch.Size((1, 64))) is not None
    assert fit_shape(torch.zeros(1, 64), torch.Size((32, 64))) is not None
    assert fit_shape(torch.zeros(27, 32), torch.Size((32, 27))) is None


def test_dtype_is_checked_before_shape_and_shape_before_values() -> None:
    """One mistake at a time, in the order in which they are fixed."""
    expected = torch.zeros(2)
    assert form_problem(torch.zeros(3, dtype=torch.float64), expected)[0] is Verdict.WRONG_DTYPE  # type: ignore[index]
    assert form_problem(torch.full((3,), torch.nan), expected)[0] is Verdict.WRONG_SHAPE  # type: ignore[index]
    assert form_problem(torch.full((2,), torch.nan), expected)[0] is Verdict.NON_FINITE  # type: ignore[index]


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("db2(dlogits): return dlogits", "a value that is broadcast forward gets the sum of its gradients backward"),
        ("dcounts_sum(counts): return counts", "a gradient has the shape of its variable"),
        ("dh(dlogits): return dlogits", "a gradient has the shape of its variable"),
        ("dhprebn(dbndiff): return dbndiff.sum(0, keepdim=True)", "a gradient has the shape of its variable"),
    ],
)
def test_a_wrong_shape_is_put_down_to_broadcasting_only_where_the_forward_pass_broadcasts(
    graded: Graded, source: str, remedy: str
) -> None:
    """Larger alone does not mean that a sum is missing, nor a 1 that something is not expanded."""
    row = one(graded, f"def {source}\n")
    assert row.problem is not None
    assert row.problem.endswith(f": {remedy}")


def test_a_wrong_gradient_shows_where_it_differs_without_its_values(graded: Graded) -> None:
    """One of 27 columns is missing: a digit for each position, 9 for the largest difference."""
    source = (
        "def dlogits(dnorm_logits, dlogit_maxes, logits):\n    d = dnorm_logits.clone()\n    d[:, 3] = 0\n    return d"
    )
    row = one(graded, source)
    assert row.pattern is not None
    levels = row.pattern["levels"]
    assert (len(levels), {len(line) for line in levels}) == (32, {27})
    assert {line[3] for line in levels} != {"0"}
    assert all(set(line[:3] + line[4:]) == {"0"} for line in levels)
    assert "9" in "".join(levels)


def test_a_large_pattern_is_reduced_and_a_right_gradient_has_none(graded: Graded) -> None:
    """At most 64 by 64, whatever the shape."""
    levels = difference_pattern(torch.zeros(3, 100, 200), torch.ones(3, 100, 200))
    assert (len(levels), {len(line) for line in levels}) == (64, {64})
    assert difference_pattern(torch.zeros(()), torch.ones(())) == ("9",)
    assert difference_pattern(torch.ones(3), torch.ones(3)) == ()
    assert one(graded, "def db2(dlogits):\n    return dlogits.sum(0)").pattern is None


def test_an_error_is_scored_against_the_summed_terms_and_not_against_the_gradient(mlp_cases: Cases) -> None:
    """The gradient of b1 is zero up to rounding; its terms are not."""
    given = mlp_cases.given
    sweep, expected = given.true, given.true.total("b1")
    near = score(expected + 1e-16, sweep, "b1", given).score
    far = score(expected + sweep.scale("b1"), sweep, "b1", given).score
    assert near is not None
    assert near < 1e-9
    assert far == pytest.approx(1.0)
    assert float(expected.abs().max()) < 1e-12


def test_a_gradient_with_the_same_bits_scores_zero_and_is_exact(mlp_cases: Cases) -> None:
    """There is nothing to measure."""
    found = score(mlp_cases.given.true.total("h").clone(), mlp_cases.given.true, "h", mlp_cases.given)
    assert (found.score, found.exact, found.maxdiff) == (0.0, True, 0.0)


def test_what_cannot_be_compared_has_no_score(mlp_cases: Cases) -> None:
    """No answer, a wrong shape, values that are not finite."""
    given = mlp_cases.given
    expected = given.true.total("h")
    for got in (None, expected[:5], torch.full_like(expected, torch.nan), torch.full_like(expected, torch.inf)):
        assert score(got, given.true, "h", given).score is None


def test_equal_values_in_a_different_dtype_or_shape_are_not_the_same() -> None:
    """A gradient has the dtype and shape of its variable."""
    assert same(torch.zeros(2), -torch.zeros(2))
    assert not same(torch.zeros(2), torch.zeros(2, dtype=torch.float64))
    assert not same(torch.zeros(2), torch.zeros(1, 2))


def test_the_largest_difference_is_none_if_it_is_not_finite() -> None:
    """And zero for an empty tensor."""
    assert max_difference(torch.tensor([1.0, -3.0]), torch.zeros(2)) == 3.0
    assert max_difference(torch.tensor([torch.inf]), torch.zeros(1)) is None
    assert max_difference(torch.tensor([torch.nan]), torch.zeros(1)) is None
    assert max_difference(torch.zeros(0), torch.zeros(0)) == 0.0


def test_random_cotangents_decide_for_one_step_of_the_chain_rule_and_for_float32(mlp_cases: Cases) -> None:
    """A fused answer is right only with the true upstream gradients."""
    step = Evidence("logits", depends_on=("norm_logits", "logit_maxes"))
    fused = Evidence("logits", depends_on=("logprobs",))
    assert is_local_style(step, mlp_cases)
    assert not is_local_style(fused, mlp_cases)
    assert random_decides(step, mlp_cases)
    assert not random_decides(fused, mlp_cases)
    fused.outcomes[Ask.NARROW, 0] = Returned(tensors=(torch.zeros(1),))
    assert random_decides(fused, mlp_cases)


def test_an_obstacle_comes_before_a_failed_call_and_a_failed_call_before_values(mlp_cases: Cases) -> None:
    """Whatever else is known."""
    found = Evidence("h", obstacle=Judgment(Verdict.REFUSED, "no"))
    found.outcomes[Ask.RANDOM, 0] = NotStarted(how="returned None")
    assert judge(found, mlp_cases) is found.obstacle
    found.obstacle = None
    assert judge(found, mlp_cases).verdict is Verdict.NOT_STARTED
    with pytest.raises(AssertionError, match="judged without an answer"):
        judge(Evidence("h"), mlp_cases)


THRESHOLDS = {
    "dh(dlogits, W2): return dlogits.clamp(-1e3, 1e3) @ W2.T": Bend.BOUNDED,
    "dh(dlogits, W2): return (dlogits*(dlogits.abs() > 1e-8)) @ W2.T": Bend.SMALL_LOST,
    "dh(dlogits, W2): return dlogits.relu() @ W2.T": Bend.EITHER_SIGN,
    "dh(dlogits, W2): return (dlogits @ W2.T).relu()": Bend.ONE_SIGN,
    "dnorm_logits(dcounts, counts): return counts*dcounts.abs()": Bend.ABSOLUTE,
    "dnorm_logits(dcounts, counts): return counts*dcounts.sign()": Bend.DIRECTION,
    "dnorm_logits(dcounts, counts): return torch.where(dcounts.abs() > 100, 0, counts*dcounts)": Bend.LARGE_LOST,
    "dnorm_logits(dcounts, counts): return counts*dcounts**2": Bend.SQUARE,
}


@pytest.mark.parametrize(("source", "bend"), THRESHOLDS.items())
def test_an_answer_that_is_not_linear_in_an_upstream_gradient_is_never_right(
    graded: Graded, source: str, bend: Bend
) -> None:
    """Even if no ordinary cotangent reaches the threshold; and the sentence says what its answers show."""
    upstream = source.partition("(")[2].partition(",")[0]
    row = one(graded, f"def {source}")
    assert row.verdict in (Verdict.WRONG_VALUES, Verdict.HARD_CODED)
    assert row.problem == f"not linear in {upstream}: {BENDS[bend]}"
    assert row.diagnosis is not None
    known = row.diagnosis["evidence"]
    assert (row.diagnosis["kind"], known["upstream"], known["how"]) == ("not_linear", [upstream], [str(bend)])


def test_only_the_upstream_gradient_with_the_threshold_is_reported(graded: Graded) -> None:
    """The other one is passed on unchanged."""
    source = "dcounts(dprobs, dcounts_sum, counts_sum_inv): return counts_sum_inv*dprobs.clamp(-50, 50) + dcounts_sum"
    row = one(graded, f"def {source}")
    assert row.problem is not None
    assert row.problem.startswith("not linear in dprobs:")


def test_a_linear_wrong_answer_is_not_called_nonlinear(graded: Graded) -> None:
    """Nor is one that adds a constant to its upstream gradient."""
    for body in ("2*dlogits @ W2.T", "dlogits @ W2.T + 1", "(dlogits + 1) @ W2.T"):
        row = one(graded, f"def dh(dlogits, W2):\n    return {body}")
        assert not row.correct
        assert row.problem is not None
        assert "linear" not in row.problem


RANGES = {
    "probabilities clamped": "dprobs(dlogprobs, probs): return dlogprobs/probs.clamp(min=1e-4)",
    "saturated units masked": "dhpreact(dh, h): return (1 - h**2)*dh*(h.abs() < 0.999)",
    "an epsilon a little too large": "dbnvar(dbnvar_inv, bnvar): return -0.5*(bnvar + 1.0000001e-5)**-1.5*dbnvar_inv",
    "the last target left out": "dlogprobs(logprobs, Yb, n): return "
    "F.one_hot(Yb.clamp(max=logprobs.shape[1] - 2), logprobs.shape[1])*(-1.0/n)",
    "the last letter's row": "dC(demb, C, Xb): return torch.zeros_like(C).index_put_((Xb,), demb, accumulate=True)"
    "*(torch.arange(C.shape[0]) < C.shape[0] - 1)[:, None]",
}


@pytest.mark.parametrize("source", RANGES.values(), ids=RANGES)
def test_values_beyond_any_ordinary_draw_are_tested(graded: Graded, source: str) -> None:
    """Saturated, close to zero, in the last row of a table."""
    row = one(graded, f"def {source}")
    assert not row.correct


def test_the_sentence_says_if_only_extreme_values_are_wrong(graded: Graded) -> None:
    """No size is hard-coded, and no state is kept between calls."""
    row = one(graded, "def dprobs(dlogprobs, probs):\n    return dlogprobs/probs.clamp(min=1e-4)")
    assert row.verdict is Verdict.HARD_CODED
    assert row.problem is not None
    assert row.problem.startswith("right for ordinary values, wrong for very large ones")
    assert row.diagnosis is not None
    assert "a mask, clamp or epsilon differs from the forward pass" in row.diagnosis["message"]


def of(sandbox: Sandbox, exercise: Exercise, source: str) -> Row:
    """Grade one gradient of any exercise."""
    name = source.partition("def ")[2].partition("(")[0]
    files = {"backward.py": f"import torch\nimport torch.nn.functional as F\n{source}\n".encode()}
    submission = Submission("test", Path("backward.py"), files)
    grading = start_grading(exercise, submission, sandbox, Settings(only=(name,)))
    row = grading.row(name)
    grading.close()
    return row


def test_a_right_formula_that_overflows_scores_with_a_note(sandbox: Sandbox) -> None:
    """Softmax without subtracting the maximum."""
    source = (
        "def dlogits(logits, Yb, n):\n    e = logits.exp()\n"
        "    return (e/e.sum(1, keepdim=True) - F.one_hot(Yb, logits.shape[1]))/n"
    )
    row = of(sandbox, load_exercise("cross_entropy"), source)
    assert row.correct
    assert any("overflows for very large values" in note for note in row.notes)


def test_a_wrong_mask_is_not_mistaken_for_an_overflow(sandbox: Sandbox) -> None:
    """Not finite above 6, even on milder inputs, where no right formula overflows."""
    row = of(sandbox, load_exercise("linear_relu"), "def dz1(dh, z1):\n    return dh*(z1 > 0)*(z1 < 6)/(z1 < 6)")
    assert row.verdict is Verdict.HARD_CODED
    assert row.problem is not None
    assert row.problem.startswith("right for ordinary values")
    assert not row.notes


def test_a_right_formula_ruined_by_rounding_scores_with_a_note(sandbox: Sandbox, tmp_path: Path) -> None:
    """A variance from squares: the last digits explain its error, but not that of a wrong formula."""
    folder = tmp_path / "spread"
    folder.mkdir()
    (folder / "forward.py").write_text(
        "import torch\nGRADED = ['v', 'x', 'c']\nSIZES = [{'n': 7}, {'n': 80}, {'n': 9}]\n"
        "def inputs(seed, n=32):\n    g = torch.Generator().manual_seed(seed)\n"
        "    return {'c': torch.randn((), generator=g) + 5, 'w': torch.randn(n, generator=g)}\n"
        "def forward(w, c):\n    n = w.shape[0]\n    x = w + c\n    v = x.var(unbiased=False)\n"
        "    y = v**-0.5\n    loss = y * 3\n    return locals()\n"
    )
    (folder / "exercise.toml").write_text("title = 'spread'")
    exercise = Exercise(folder)
    fragile = of(sandbox, exercise, "def dv(dy, x):\n    return -0.5*((x**2).mean() - x.mean()**2)**-1.5*dy")
    assert fragile.correct
    assert any("loses most of its digits to rounding" in note for note in fragile.notes)
    wrong = of(sandbox, exercise, "def dv(dy, x):\n    return -0.5*x.var(unbiased=False)**-1.5*dy*(x.abs().max() < 30)")
    assert wrong.verdict is Verdict.HARD_CODED
    assert not wrong.notes


def test_finite_differences_are_distinguished_from_a_derivative(neuron: Callable[[str], Row]) -> None:
    """Central differences in float64 are off by 1e-10 at best: truncation and rounding cannot both be small."""
    for step in ("1e-3", "1e-4", "1e-5", "1e-6"):
        source = f"def dn(de, n):\n    h = {step}\n    return de*((2*(n + h)).exp() - (2*(n - h)).exp())/(2*h)"
        assert not neuron(source).correct, step


PINNED = {
    "a dtype's other name": "from torch import float32 as f32\ndef dh(dlogits, W2):\n"
    "    return dlogits.to(f32) @ W2.to(f32).T",
    "a tensor's type": "def db2(dlogits, n):\n    return torch.FloatTensor([1.0]*n) @ dlogits",
    "a type": "def dW2(dlogits, h):\n    return h.type(torch.FloatTensor).T @ dlogits",
    "a type's name": "def dW2(dlogits, h):\n    return h.type('torch.FloatTensor').T @ dlogits",
    "a table at the top": "EYE = torch.eye(1000)\ndef dC(demb, Xb, C):\n"
    "    return EYE[:C.shape[0], :C.shape[0]][Xb.view(-1)].T @ demb.view(-1, C.shape[1])",
    "a default": "def dh(dlogits, W2, kind=torch.float32):\n    return dlogits.to(kind) @ W2.T",
    "a complex number": "def dh(dlogits, W2):\n    return dlogits.to(torch.complex64).real @ W2.T",
    "no name at all": "f32 = torch.promote_types(torch.float16, torch.bfloat16)\ndef dh(dlogits, W2):\n"
    "    return dlogits @ (W2.T + torch.zeros((), dtype=f32)).to(f32)",
}


@pytest.mark.parametrize("source", PINNED.values(), ids=PINNED)
def test_a_right_answer_that_names_float32_is_right(graded: Graded, source: str) -> None:
    """However it is named, and whether or not it can compute in float64."""
    row = one(graded, source)
    assert row.correct, row.problem
    assert row.general


@pytest.mark.parametrize("f32", ["float32", "torch.promote_types(torch.float16, torch.bfloat16)"])
@pytest.mark.parametrize("epsilon", ["1.1e-5", "1.01e-5", "0.99e-5"])
def test_computing_in_float32_does_not_hide_an_epsilon(graded: Graded, f32: str, epsilon: str) -> None:
    """A learner cannot choose the tolerance."""
    row = one(
        graded,
        f"from torch import float32\ndef dbnvar(dbnvar_inv, bnvar):\n    f32 = {f32}\n"
        f"    return (-0.5*(bnvar.to(f32) + {epsilon})**-1.5*dbnvar_inv.to(f32)).to(bnvar.dtype)",
    )
    assert not row.correct


def test_dependencies_of_a_float32_answer_are_found_from_its_float32_answers(graded: Graded) -> None:
    """It cannot compute in float64, so there are no float64 answers to compare."""
    source = (
        "f32 = torch.promote_types(torch.float16, torch.bfloat16)\n"
        "def dcounts(dprobs, dcounts_sum, counts_sum_inv, probs):\n"
        "    torch.ones(2, 2, dtype=f32) @ dcounts_sum[:2]\n"
        "    return counts_sum_inv*dprobs + dcounts_sum\n"
    )
    row = one(graded, source)
    assert row.correct, row.problem
    assert row.depends_on == ("dprobs", "dcounts_sum")
    assert any("judged in float32" in note for note in row.notes)


@pytest.mark.parametrize("again", [False, True])
def test_a_large_gradient_is_graded_like_any_other(sandbox: Sandbox, tmp_path: Path, *, again: bool) -> None:
    """The room for an answer depends on the expected shape: 2 MB here."""
    folder = tmp_path / "wide"
    folder.mkdir()
    sizes = "{'n': 500, 'm': 501}" if again else "{'n': 8, 'm': 6}"
    given = "n=3, m=4" if again else "n=500, m=501"
    (folder / "forward.py").write_text(
        f"import torch\nGRADED = ['y', 'x']\nSIZES = [{{'n': 7, 'm': 9}}, {{'n': 11, 'm': 5}}, {sizes}]\n"
        f"def inputs(seed, {given}):\n    g = torch.Generator().manual_seed(seed)\n"
        "    return {'x': torch.randn((n, m), generator=g), 'cot': torch.randn((n, m), generator=g)}\n"
        "def forward(x, cot):\n    y = x ** 2\n    loss = (y * cot).sum()\n    return locals()\n"
    )
    (folder / "exercise.toml").write_text("title = 'wide'")
    source = b"import torch\ndef dy(cot): return cot\ndef dx(dy, x): return 2 * x * dy\n"
    exercise = Exercise(folder)
    grading = start_grading(exercise, Submission("test", Path("backward.py"), {"backward.py": source}), sandbox)
    assert [row.correct for row in grading.rows()] == [True, True]
    grading.close()


def test_an_answer_far_larger_than_its_gradient_is_rejected(graded: Graded) -> None:
    """Limit: four times the gradient's size, and half a megabyte for small ones."""
    row = one(graded, "def dh(dlogits, h):\n    return h.new_zeros(1000, 1000)")
    assert row.verdict is Verdict.WRONG_TYPE
    assert row.problem is not None
    assert "far larger than this gradient can be" in row.problem
