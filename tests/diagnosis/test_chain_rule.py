"""Every rule compared with autograd, each on its own line."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis.chain_rule import RULES
from grader.diagnosis.derive import Deriver
from grader.diagnosis.formula import Node, Numbers, added
from grader.exercise.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPRESSIONS = [
    "x + row",
    "row + x",
    "x - column",
    "column - x",
    "x * row",
    "x / column",
    "row / x",
    "-x",
    "x**2",
    "x**-0.5",
    "x**3",
    "torch.pow(x, 3)",
    "x @ w",
    "w.T @ x.T",
    "stack @ x.T",
    "torch.mm(x, w)",
    "x.matmul(other=w)",
    "torch.bmm(stack, stack2*x[0, 0])",
    "x.exp()",
    "x.log()",
    "torch.tanh(x)",
    "x.sigmoid()",
    "x.sqrt()",
    "x.rsqrt()",
    "x.square()",
    "x.reciprocal()",
    "(x - 1).relu()",
    "(x - 1).abs()",
    "x.sin()",
    "x.cos()",
    "x.neg()",
    "F.gelu(x, approximate='tanh')",
    "x.masked_fill(x > 1, 0)",
    "x.sum()",
    "x.sum(0)",
    "x.sum(1, keepdim=True)",
    "x.mean((0, 1))",
    "x.mean(1)",
    "x.var(1)",
    "x.var(0, keepdim=True, unbiased=False)",
    "x.var(1, correction=2)",
    "x.max(1).values",
    "x.min(0, keepdim=True)[0]",
    "x.amax(1)",
    "x.amin(0)",
    "torch.softmax(x, 1)",
    "x.softmax(0)",
    "F.log_softmax(x, dim=1)",
    "x.logsumexp(1)",
    "x.logsumexp(0, keepdim=True)",
    "F.cross_entropy(x, target)",
    "F.layer_norm(x, (4,))",
    "F.layer_norm(x, (4,), row, row, 0.1)",
    "F.layer_norm(stack[0], (4,), x[0])",
    "F.layer_norm(stack[0], (4,), row, x[0])",
    "x.view(2, 6)",
    "x.reshape(-1)",
    "x.view_as(x)",
    "x.flatten()",
    "x.unflatten(1, (2, 2))",
    "x[:1].squeeze(0)",
    "x.unsqueeze(1)",
    "x.contiguous()",
    "x.clone()",
    "x.t()",
    "x.T",
    "x.transpose(0, 1)",
    "x[None].permute(2, 0, 1)",
    "x[None].permute((1, 2, 0))",
    "x[1]",
    "x[:, 1:3]",
    "x[torch.tensor([0, 0, 2])]",
    "x[range(3), target]",
    "x[torch.arange(3), target]",
    "(x * x.sum(1, keepdim=True)).exp()",
]


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    """Distinct positive numbers."""
    g = torch.Generator().manual_seed(3)
    shapes = {"x": (3, 4), "w": (4, 2), "row": (4,), "column": (3, 1), "stack": (2, 3, 4), "stack2": (2, 4, 3)}
    drawn = {name: torch.rand(shape, generator=g, dtype=torch.float64) + 0.5 for name, shape in shapes.items()}
    return {**drawn, "target": torch.tensor([2, 0, 3])}


def ops(node: Node) -> Iterator[str]:
    """Every operation of a formula."""
    yield node.op
    for arg in node.args:
        yield from ops(arg)


def derived(source: str, values: dict[str, Any]) -> tuple[Node, torch.Tensor | None, torch.Tensor]:
    """The gradient of x through one line: the formula, its value, and autograd's value."""
    module = {"torch": torch, "F": torch.nn.functional}
    x = values["x"].clone().requires_grad_()
    y = eval(source, {**module, **values, "x": x})
    dy = torch.rand(y.shape, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    expected = torch.autograd.grad(y, x, dy)[0]
    line = Line(1, f"y = {source}", ("y",), ("x",), ast.parse(f"y = {source}").body[0])
    numbers = Numbers({**values, "y": y.detach()}, lambda _: dy, module)
    exercise: Any = SimpleNamespace(readers={"x": (line,)}, producer={"y": line})
    node = added([path.node for path in Deriver(exercise, numbers).by_line("x")])
    return node, numbers.tensor(node), expected


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_agrees_with_autograd(source: str, values: dict[str, Any]) -> None:
    """And the expression is taken apart completely: nothing is left to autograd."""
    node, made, expected = derived(source, values)
    assert not {"vjp", "uncopied"} & set(ops(node))
    assert made is not None
    assert torch.allclose(made, expected, rtol=1e-12, atol=1e-13)


def test_every_rule_is_tested() -> None:
    """A new rule needs an expression in the list above."""
    written = " ".join(EXPRESSIONS)
    names = {name.partition(".")[0] for name in RULES} - {"[]", "t"}
    assert {name for name in names if f".{name}(" not in written} == set()


@pytest.mark.parametrize(
    "source",
    [
        "F.gelu(x)",
        "F.cross_entropy(x, target, label_smoothing=0.1)",
        "F.layer_norm(x, (3, 4))",
        "row[0]**x",
        "x.cumsum(1)",
    ],
)
def test_what_no_rule_covers_is_left_to_autograd(source: str, values: dict[str, Any]) -> None:
    """As one operation, whose gradient is right too."""
    node, made, expected = derived(source, values)
    assert "vjp" in set(ops(node))
    assert made is not None
    assert torch.allclose(made, expected)


@pytest.mark.parametrize("source", ["x.repeat(2, 1)", "x.roll(1, 0)", "F.pad(x, (1, 1))"])
def test_what_only_copies_is_recognized_by_its_values(source: str, values: dict[str, Any]) -> None:
    """No rule is needed."""
    node, made, expected = derived(source, values)
    assert "uncopied" in set(ops(node))
    assert made is not None
    assert torch.allclose(made, expected)


def test_each_use_in_a_line_has_its_own_term(values: dict[str, Any]) -> None:
    """x*x.sum() uses x twice."""
    line = Line(1, "y = x*x.sum()", ("y",), ("x",), ast.parse("y = x*x.sum()").body[0])
    y = values["x"] * values["x"].sum()
    exercise: Any = SimpleNamespace(readers={"x": (line,)}, producer={})
    paths = Deriver(exercise, Numbers({**values, "y": y}, lambda _: torch.ones_like(y), {})).by_line("x")
    assert [path.occurrence for path in paths] == [1, 2]


def test_no_gradient_comes_back_through_detach_or_a_mask(values: dict[str, Any]) -> None:
    """Only the remaining use counts."""
    node, made, expected = derived("x * x.detach() * (x > 1)", values)
    assert made is not None
    assert torch.allclose(made, expected)
    assert "vjp" not in set(ops(node))
