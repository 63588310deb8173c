"""The rules of single operators, as functions over given values: no wrong one of 40 is accepted, no right one rejected.

A check of one number with one step and a loose tolerance, such as courses publish, accepts most of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import Submission

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox


class Rule(NamedTuple):
    """An operator: its inputs by shape, what it computes, and what people return for its gradients."""

    inputs: dict[str, str]
    out: str
    right: tuple[str, ...]
    wrong: dict[str, str]
    """What is wrong -> what is returned."""


ONE = {"x": "(n, m)"}
TWO = {"x": "(n, m)", "y": "(n, m)"}
POSITIVE = {"x": "positive"}
RULES = {
    "add": Rule(
        {"x": "(n, m)", "b": "(m,)"},
        "x + b",
        ("dout, dout.sum(0)",),
        {
            "dropped upstream": "torch.ones_like(x), dout.sum(0)",
            "not summed": "dout, dout",
            "wrong axis": "dout, dout.T.sum(0)",
            "mean for sum": "dout, dout.mean(0)",
        },
    ),
    "multiply": Rule(
        TWO,
        "x * y",
        ("dout * y, dout * x",),
        {"dropped upstream": "y, x", "other factor": "dout * x, dout * y", "as if added": "dout, dout"},
    ),
    "divide": Rule(
        {"x": "(n, m)", "y": "positive"},
        "x / y",
        ("dout / y, -dout * x / y**2", "dout / y, -(dout / y) * (x / y)"),
        {
            "wrong power": "dout / y, -dout * x / y",
            "wrong sign": "dout / y, dout * x / y**2",
            "dropped upstream": "1 / y, -x / y**2",
        },
    ),
    "power": Rule(
        POSITIVE,
        "x**3",
        ("3 * dout * x**2",),
        {"wrong power": "3 * dout * x**3", "no factor": "dout * x**2", "dropped upstream": "3 * x**2"},
    ),
    "log": Rule(
        POSITIVE,
        "x.log()",
        ("dout / x",),
        {"dropped upstream": "1 / x", "the logarithm": "dout * x.log()", "wrong power": "dout / x**2"},
    ),
    "exp": Rule(
        ONE,
        "x.exp()",
        ("dout * x.exp()",),
        {"dropped upstream": "x.exp()", "without the exponential": "dout * x"},
    ),
    "tanh": Rule(
        ONE,
        "x.tanh()",
        ("dout * (1 - x.tanh()**2)",),
        {
            "wrong power": "dout * (1 - x.tanh())",
            "not of the output": "dout * (1 - x**2)",
            "dropped upstream": "1 - x.tanh()**2",
        },
    ),
    "relu": Rule(
        ONE,
        "torch.relu(x)",
        ("dout * (x > 0)", "torch.where(x > 0, dout, 0.0)"),
        {
            "dropped upstream": "(x > 0) * torch.ones_like(x)",
            "mask of dout": "dout * (dout > 0)",
            "of the output": "torch.relu(dout)",
        },
    ),
    "negate": Rule(ONE, "-x", ("-dout",), {"wrong sign": "dout", "dropped upstream": "-torch.ones_like(x)"}),
    "matmul": Rule(
        {"x": "(2, n, m)", "w": "(m, k)"},
        "x @ w",
        ("dout @ w.T, (x.mT @ dout).sum(0)",),
        {
            "not summed over the batch": "dout @ w.T, x.mT @ dout",
            "mean over the batch": "dout @ w.T, (x.mT @ dout).mean(0)",
            "dropped upstream": "torch.ones_like(dout) @ w.T, (x.mT @ dout).sum(0)",
            "first of the batch": "dout @ w.T, x[0].T @ dout[0]",
        },
    ),
    "transpose": Rule(
        ONE, "x.T", ("dout.T",), {"not transposed": "dout.reshape(x.shape)", "dropped upstream": "torch.ones_like(x)"}
    ),
    "reshape": Rule(
        ONE,
        "x.reshape(-1)",
        ("dout.reshape(x.shape)", "dout.view_as(x)"),
        {"read by columns": "dout.reshape(x.shape[1], x.shape[0]).T", "dropped upstream": "torch.ones_like(x)"},
    ),
    "broadcast_to": Rule(
        {"x": "(n, 1)"},
        "x.expand(-1, 4)",
        ("dout.sum(1, keepdim=True)",),
        {"mean for sum": "dout.mean(1, keepdim=True)", "first column": "dout[:, :1]", "missing keepdim": "dout.sum(1)"},
    ),
    "summation": Rule(
        ONE,
        "x.sum(1)",
        ("dout[:, None].expand_as(x)",),
        {"dropped upstream": "torch.ones_like(x)", "divided": "dout[:, None].expand_as(x) / x.shape[1]"},
    ),
    "logsumexp": Rule(
        ONE,
        "x.exp().sum(1).log()",
        ("dout[:, None] * x.softmax(1)", "dout[:, None] * x.exp() / x.exp().sum(1, keepdim=True)"),
        {
            "dropped upstream": "x.softmax(1)",
            "wrong axis": "dout[:, None] * x.softmax(0)",
            "not normalized": "dout[:, None] * x.exp()",
        },
    ),
}


def write_operator(folder: Path, name: str, rule: Rule) -> Exercise:
    """The exercise for an operator."""
    folder.mkdir()
    draws = [
        f"'{each}': torch.rand((n, m), generator=g) + 0.5"
        if shape == "positive"
        else f"'{each}': torch.randn({shape}, generator=g)"
        for each, shape in rule.inputs.items()
    ]
    (folder / "forward.py").write_text(
        f"import torch\n\nGRADED = {list(rule.inputs)}\n"
        "SIZES = [{'n': 7, 'm': 3, 'k': 4}, {'n': 3, 'm': 8, 'k': 5}]\n\n"
        "def inputs(seed, n=5, m=4, k=6):\n    g = torch.Generator().manual_seed(seed)\n"
        f"    return {{{', '.join(draws)}}}\n\n"
        f"def forward({', '.join(rule.inputs)}):\n    out = {rule.out}\n    return locals()\n",
        encoding="utf-8",
    )
    gradients = ", ".join(f"d{each}" for each in rule.inputs)
    call = f"{name}_backward(dout, {', '.join(rule.inputs)}) -> {gradients}"
    text = f'title = "{name}"\nkind = "layer"\n\n[form]\nbackward = "{call}"\n'
    (folder / "exercise.toml").write_text(text, encoding="utf-8")
    return Exercise(folder)


@pytest.mark.parametrize("name", list(RULES))
def test_every_wrong_rule_of_an_operator_is_found(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    """And no right one is refused."""
    rule = RULES[name]
    exercise = write_operator(tmp_path / name, name, rule)
    cases = build_cases(exercise, Settings().seed)

    def accepted(returned: str) -> bool:
        source = f"import torch\n\ndef {name}_backward(dout, {', '.join(rule.inputs)}):\n    return {returned}\n"
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        rows = start_grading(exercise, submission, sandbox, Settings(), cases).rows()
        return all(row.verdict.right for row in rows)

    assert [returned for returned in rule.right if not accepted(returned)] == []
    assert [what for what, returned in rule.wrong.items() if accepted(returned)] == []


def test_there_are_at_least_23_wrong_rules() -> None:
    """Of each operator a dropped upstream gradient, where there is one to drop."""
    assert sum(len(rule.wrong) for rule in RULES.values()) >= 40
