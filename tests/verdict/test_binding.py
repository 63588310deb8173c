"""Arguments by name: what a parameter is bound to, and the sentence if it cannot be bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.case import pool_values
from grader.sandbox.types import Function, Parameter
from grader.verdict.binding import bind

if TYPE_CHECKING:
    from grader.exercise.case import Cases
    from grader.exercise.exercise import Exercise
    from grader.verdict.binding import Binding


def parameter(text: str) -> Parameter:
    """A parameter as written: `n`, `n=None`, `*rest`, `**rest` or `n/`."""
    if text.startswith("*"):
        return Parameter(text.strip("*"), "var_keyword" if text.startswith("**") else "var_positional", False)
    name, _, default = text.partition("=")
    kind = "positional_only" if name.endswith("/") else "positional"
    return Parameter(name.rstrip("/"), kind, bool(default))


def bound(mlp: Exercise, cases: Cases, variable: str, *parameters: str) -> Binding:
    """Bind a function for a variable's gradient."""
    function = Function(f"d{variable}", "backward.py", 1, 2, tuple(map(parameter, parameters)))
    graph = cases.given.graph
    return bind(function, variable, mlp, pool_values(graph.values), graph.differentiable)


@pytest.mark.parametrize(
    ("variable", "parameters", "values", "upstream"),
    [
        ("probs", ("dlogprobs", "probs"), ("probs",), ("logprobs",)),
        ("probs", (), (), ()),
        ("logprobs", ("dloss", "Yb", "n"), ("Yb", "n"), ("loss",)),
        ("logits", ("dlogprobs", "W2", "C"), ("W2", "C"), ("logprobs",)),
        ("probs", ("dlogprobs", "eps=1e-5"), (), ("logprobs",)),
        ("probs", ("n=32", "dlogprobs=None"), ("n",), ("logprobs",)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_a_parameter_is_a_forward_value_or_a_downstream_gradient(
    mlp: Exercise, mlp_cases: Cases, variable: str, parameters: tuple[str, ...], values: object, upstream: object
) -> None:
    """In the order of the parameters; an unknown one with a default keeps the default."""
    found = bound(mlp, mlp_cases, variable, *parameters)
    assert (found.values, found.upstream, found.problem) == (values, upstream, None)


@pytest.mark.parametrize(
    ("variable", "written", "sentence"),
    [
        (
            "probs",
            "dlogprob",
            "dprobs asks for dlogprob, which is not in the forward pass. Did you mean dlogprobs?",
        ),
        (
            "probs",
            "dlogprobss",
            "dprobs asks for dlogprobss, which is not in the forward pass. Did you mean dlogprobs?",
        ),
        ("bndiff", "bnvarinv", "dbndiff asks for bnvarinv, which is not in the forward pass. Did you mean bnvar_inv?"),
        ("probs", "qqqq", "qqqq, which is not in the forward pass. It can ask for any forward value and for dlog"),
        ("logprobs", "qqqq", "It can ask for any forward value and for dloss."),
        ("probs", "dprobs", "dprobs asks for dprobs, its own gradient, which is what it must return"),
        (
            "probs",
            "dlogits",
            "but logits does not come after probs in the forward pass; use dlogprobs instead",
        ),
        ("probs", "dlogits=None", "dprobs asks for dlogits, but logits does not come after probs"),
        ("probs", "dYb", "dprobs asks for dYb, which is not in the forward pass"),
        ("probs", "*args", "dprobs takes *args; name each value it needs instead"),
        ("probs", "**args", "dprobs takes **args; name each value it needs instead"),
        ("probs", "probs/", "dprobs makes probs positional-only"),
    ],
)
def test_a_parameter_that_cannot_be_bound_gives_one_sentence_and_binds_nothing(
    mlp: Exercise, mlp_cases: Cases, variable: str, written: str, sentence: str
) -> None:
    """Whatever the other parameters are."""
    found = bound(mlp, mlp_cases, variable, "n", written)
    assert found.problem is not None
    assert sentence in found.problem
    assert (found.values, found.upstream) == ((), ())
