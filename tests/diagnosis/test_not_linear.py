"""Wrong answers that are not linear in an upstream gradient: only what their answers show is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.row import Row

    Graded = Callable[..., dict[str, Row]]

OTHERWISE_RIGHT = {
    "dh(dlogits, W2): return (dlogits @ W2.T).relu()": "the result goes through a relu",
    "dh(dlogits, W2): return dlogits.relu() @ W2.T": "dlogits goes through a relu",
    "dh(dlogits, W2): return dlogits.abs() @ W2.T": "the absolute value of dlogits is taken",
    "dh(dlogits, W2): return dlogits.clamp(-0.5, 0.5) @ W2.T": "dlogits is clamped to [-0.5, 0.5]",
    "dh(dlogits, W2): return 2*(dlogits*dlogits) @ W2.T": "dlogits is multiplied by itself, with an extra factor of 2",
    "dhpreact(dh, h): return (1 - h**2)*dh.tanh()": "dh goes through a tanh",
    "dhpreact(dh, h): return (1 - h**2)*dh.exp()": "dh goes through an exp",
    "dhpreact(dh, h): return (1 - h**2)/dh": "1/dh takes the place of dh",
    "dhpreact(dh, h): return (1 - h**2)*dh/dh.norm()": "dh is divided by its norm",
    "dhpreact(dh, h): return (1 - h**2)*torch.softmax(dh, 1)": "dh goes through a softmax",
    "dhpreact(dlogits, h, W2): return (1 - h**2)*(dlogits @ W2.T).relu()": "the result goes through a relu",
    "dbnraw(dh, h, bngain): return bngain*((1 - h**2)*dh).square()": "dhpreact is multiplied by itself",
    "dcounts(dprobs, dcounts_sum, counts_sum_inv): return counts_sum_inv*dprobs.relu() + dcounts_sum": (
        "dprobs goes through a relu"
    ),
    "dcounts(dprobs, dcounts_sum, counts_sum_inv): return counts_sum_inv*dprobs*dcounts_sum": (
        "what comes back through counts_sum and probs is multiplied instead of added"
    ),
    "dhpreact(dh, h): return (1 - h**2)*dh + h.cos()": "something that does not depend on dh is added",
}
OTHERWISE_WRONG = {
    "dhpreact(dh, h): return (1 - dh**2)*h": "dh: it is multiplied by itself, or by something computed from it",
    "dhpreact(dh, h): return h*dh.relu()": "dh: values of one sign become zero",
    "dhpreact(dh, h): return h/dh": "dh: something is divided by it",
    "dlogits(dnorm_logits, dlogit_maxes): return dnorm_logits*dlogit_maxes": "they are multiplied together",
}


def named(graded: Graded, function: str) -> dict[str, Any]:
    """The diagnosis of one rewritten gradient."""
    name = function.partition("(")[0]
    found = graded(f"def {function}\n", only=(name,))[name].diagnosis
    assert found is not None
    return found


@pytest.mark.parametrize(("function", "said"), OTHERWISE_RIGHT.items())
def test_what_is_done_to_a_gradient_is_named_where_the_rest_is_right(graded: Graded, function: str, said: str) -> None:
    """It explains the answer to every case and to every multiple of the upstream gradients."""
    found = named(graded, function)
    assert found["kind"] == Kind.NOT_LINEAR
    assert f"is right except for one thing: {said}" in found["message"]


@pytest.mark.parametrize(("function", "said"), OTHERWISE_WRONG.items())
def test_otherwise_the_message_says_only_how_the_answer_depends_on_it(graded: Graded, function: str, said: str) -> None:
    """Nothing is said about a relu or a clamp that is not there."""
    message = named(graded, function)["message"]
    assert "is not linear in" in message
    assert said in message
    assert "except for one thing" not in message


def test_a_product_of_single_numbers_is_no_relu(neuron: Callable[[str], Row]) -> None:
    """Where every value is one number, more functions fit each answer, but not all of them."""
    for body, said in {
        "do*2/(e + 1)**2*do": "do is multiplied by itself",
        "2*do.relu()/(e + 1)**2": "do goes through a relu",
        "2/do/(e + 1)**2": "1/do takes the place of do",
    }.items():
        found = neuron(f"def de(do, e):\n    return {body}\n").diagnosis
        assert found is not None
        assert (found["kind"], said in found["message"]) == ("not_linear", True)
