"""Wrong values and gradients of a layer are named by a mistake in a line, or on the way back through all lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.diagnosis import way_back
from grader.diagnosis.candidates.changed_lines import changed_lines
from grader.diagnosis.diagnose import explain
from grader.diagnosis.kinds import Kind
from grader.diagnosis.other_passes import passes_of, value_of_changed
from grader.diagnosis.way_back import Pushed
from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.sandbox.types import Returned
from grader.verdict.binding import Binding
from grader.verdict.evidence import Ask, Evidence, Judgment, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.exercise.case import Cases

    Answer = Callable[..., torch.Tensor]

FORWARD = """
import torch

GRADED = ['out', 'x', 'gamma', 'beta']
SIZES = [{'n': 8, 'd': 4}, {'n': 11, 'd': 7}, {'n': 5, 'd': 6}]

def inputs(seed, n=7, d=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g) * 2
    x[:, 0] *= 0.01
    gamma = torch.randn(d, generator=g) + 1.5
    return {'x': x, 'gamma': gamma, 'beta': torch.randn(d, generator=g)}

def forward(x, gamma, beta):
    mean = x.mean(0)
    xc = x - mean
    var = (xc**2).mean(0)
    std = (var + 1e-5)**0.5
    xhat = xc / std
    act = torch.tanh(xhat)
    out = gamma*act + beta
    return locals()
"""
FORM = """
title = "norm"
kind = "layer"

[form]
forward = "norm_forward(x, gamma, beta) -> out, cache"
backward = "norm_backward(dout, cache) -> dx, dgamma, dbeta"
"""


ROWWISE = """
import torch

GRADED = ['out', 'x', 'w']
SIZES = [{'n': 8, 'd': 4}, {'n': 11, 'd': 7}, {'n': 5, 'd': 6}]

def inputs(seed, n=7, d=5):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, d), generator=g) * 2, 'w': torch.randn(d, generator=g) + 1.5}

def forward(x, w):
    LINES
    out = w*xhat
    return locals()
"""
LAYERNORM = """
    xc = x - x.mean(1, keepdim=True)
    rstd = ((xc**2).mean(1, keepdim=True) + 1e-5)**-0.5
    xhat = xc * rstd
"""
RMSNORM = """
    rstd = ((x**2).mean(1, keepdim=True) + 1e-5)**-0.5
    xhat = x * rstd
"""
GATED = """
    a = torch.tanh(x)
    b = torch.sin(x) * a
    xhat = a * x.cos() + b * x
"""


def layer(folder: Path, forward: str, form: str) -> Cases:
    """The cases of an exercise."""
    folder.mkdir()
    (folder / "exercise.toml").write_text(form, encoding="utf-8")
    (folder / "forward.py").write_text(forward, encoding="utf-8")
    return build_cases(Exercise(folder), 1)


@pytest.fixture(scope="module")
def norm(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """A normalization, a tanh, and a scale and shift."""
    return layer(tmp_path_factory.mktemp("exercises") / "norm", FORWARD, FORM)


@pytest.fixture(scope="module")
def rowwise(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cases]:
    """Some lines, scaled by w."""
    form = FORM.replace("gamma, beta) ->", "w) ->").replace("dgamma, dbeta", "dw")

    def make(lines: str) -> Cases:
        return layer(tmp_path_factory.mktemp("exercises") / "rows", ROWWISE.replace("    LINES", lines), form)

    return make


def told(cases: Cases, variable: str, answer: Answer, *, used: bool = True) -> tuple[str, str]:
    """The kind and the message for an answer that is computed from the forward values and dout.

    Args:
        used: whether the answer depends on dout.
    """
    upstream = ("out",)
    found = Evidence(variable, binding=Binding(("x", "gamma", "beta"), upstream), depends_on=upstream if used else ())
    for number, case in enumerate(cases):
        values: dict[str, Any] = case.graph.values
        answered = answer(values, case.cotangents["out"])
        found.outcomes[Ask.RANDOM, number] = Returned(seconds=0.0, tensors=(answered,))
    diagnosis = explain(found, Judgment(Verdict.WRONG_VALUES, "values differ"), cases)
    assert diagnosis is not None
    return str(diagnosis.kind), diagnosis.message


def backward(values: dict[str, Any], dxhat: torch.Tensor) -> torch.Tensor:
    """The gradient of x from that of xhat."""
    v = values
    dxc = dxhat / v["std"]
    dvar = (dxhat * -v["xc"] / v["std"] ** 2).sum(0) * 0.5 / v["std"]
    dxc = dxc + 2 * v["xc"] * dvar / len(v["x"])
    dx: torch.Tensor = dxc - dxc.mean(0)
    return dx


def slope(values: dict[str, Any]) -> torch.Tensor:
    """The derivative of the tanh."""
    found: torch.Tensor = 1 - values["act"] ** 2
    return found


class TestValues:
    """What the forward function returns."""

    @pytest.mark.parametrize(
        ("answer", "kind", "said"),
        [
            (lambda v: v["gamma"] * v["act"], "missing_path", "a forward pass with `out = gamma * act` as line 21"),
            (lambda v: v["out"] * len(v["x"]), "constant_factor", "your out is out.shape[0] times what"),
            (lambda v: -v["out"], "sign", "your out has the opposite sign in every case"),
            (lambda v: v["out"] * 0, "zeros", "your out is zero everywhere. Compare with forward.py line 21"),
            (lambda v: v["xhat"], "wrong_operand", "your out is xhat, a value of forward.py line 19"),
            (lambda v: v["out"].flip(0), "permuted", "the right values in the wrong positions"),
            (lambda v: v["gamma"] * torch.tanh(v["xc"] / (v["var"] ** 0.5 + 1e-5)) + v["beta"], "wrong_epsilon",
             "`std = var ** 0.5 + 1e-05` as line 18. In forward.py, line 18 is `std = (var + 1e-5)**0.5`"),
            (lambda v: v["gamma"] * torch.tanh(v["xc"] / (v["x"].var(0) + 1e-5) ** 0.5) + v["beta"], "constant_factor",
             "((xc ** 2).shape[0] - 1)` as line 17"),
            (lambda v: v["gamma"] * torch.sigmoid(v["xhat"]) + v["beta"], "wrong_operand",
             "`act = torch.sigmoid(xhat)` as line 20"),
            (lambda v: torch.sin(v["out"]), "unknown", "compare each with yours"),
        ],
    )  # fmt: skip
    def test_a_wrong_value_is_that_of_another_forward_pass(
        self, norm: Cases, answer: Answer, kind: str, said: str
    ) -> None:
        """With the line that differs."""
        found = told(norm, "out", lambda v, _: answer(v))
        assert found[0] == kind
        assert said in found[1]

    def test_both_lines_of_a_normalization_may_run_along_another_dimension(self, norm: Cases) -> None:
        """People change the mean and the variance together."""

        def turned(v: dict[str, Any], _: torch.Tensor) -> torch.Tensor:
            mean = v["x"].mean(1, keepdim=True)
            var = ((v["x"] - mean) ** 2).mean(1, keepdim=True)
            out: torch.Tensor = v["gamma"] * torch.tanh((v["x"] - mean) / (var + 1e-5) ** 0.5) + v["beta"]
            return out

        kind, message = told(norm, "out", turned)
        assert kind == "wrong_axis"
        assert "`mean = x.mean(1, keepdim=True)` as line 15 and `var = (xc ** 2).mean(1, keepdim=True)`" in message

    def test_the_lines_of_the_value_are_the_one_that_computes_it(self, norm: Cases) -> None:
        """A gradient's lines are those that read its variable."""
        evidence = Evidence("out", binding=Binding(("x",), ()))
        for number, case in enumerate(norm):
            evidence.outcomes[Ask.RANDOM, number] = Returned(seconds=0.0, tensors=(-case.graph.values["out"],))
        found = explain(evidence, Judgment(Verdict.WRONG_VALUES), norm)
        assert found is not None
        assert found.evidence["lines"] == [21]

    def test_a_verdict_that_says_it_needs_no_diagnosis(self, norm: Cases) -> None:
        """Such as a wrong shape."""
        assert explain(Evidence("out"), Judgment(Verdict.WRONG_SHAPE, "shape (1,), expected (2,)"), norm) is None


class TestGradients:
    """What the backward function returns."""

    def test_the_right_gradient_is_the_one_that_these_tests_change(self, norm: Cases) -> None:
        """Otherwise they would show nothing."""
        case = norm.given
        right = backward(
            case.graph.values, case.cotangents["out"] * case.graph.values["gamma"] * slope(case.graph.values)
        )
        assert torch.allclose(right, case.cut(("out",)).cut("x"))

    @pytest.mark.parametrize(
        ("dxhat", "kind", "said"),
        [
            (lambda v, g: g * v["gamma"], "upstream_only", "dact is passed on as dxhat, which skips"),
            (lambda v, g: g * slope(v), "upstream_only", "dout is passed on as dact, which skips forward.py line 21"),
            (lambda v, g: g * v["gamma"] * v["act"] * (1 - v["act"]), "wrong_operand",
             "in what line 20 passes back to xhat, the derivative is taken to be act*(1 - act)"),
            (lambda v, g: g * v["gamma"] * (1 - v["xhat"] ** 2), "wrong_operand",
             "wherever act is needed, xhat is used"),
            (lambda v, g: torch.cat([g[:-1], g[-1:] * 0]) * v["gamma"] * slope(v), "wrong_index",
             "of dact, the last entry along dimension 0 is left out"),
        ],
    )  # fmt: skip
    def test_one_wrong_step_is_named(self, norm: Cases, dxhat: Answer, kind: str, said: str) -> None:
        """Although the gradient comes back through three more lines."""
        found = told(norm, "x", lambda v, g: backward(v, dxhat(v, g)))
        assert found[0] == kind
        assert said in found[1]
        assert found[1].startswith(("your dx is right", "your dx is almost"))

    def test_an_upstream_gradient_taken_to_be_one_is_named(self, norm: Cases) -> None:
        """Whatever lies between it and the gradient."""
        found = told(norm, "x", lambda v, _: backward(v, v["gamma"] * slope(v)), used=False)
        assert found[0] == "upstream_unused"
        assert "right only if every element of dout is 1" in found[1]

    def test_the_gradient_of_another_forward_pass_is_named(self, norm: Cases) -> None:
        """One that adds epsilon to the standard deviation, backward as well as forward."""

        def other(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            x = v["x"].detach().clone().requires_grad_()
            xc = x - x.mean(0)
            xhat = xc / (((xc**2).mean(0)) ** 0.5 + 1e-5)
            out = v["gamma"] * torch.tanh(xhat) + v["beta"]
            return torch.autograd.grad((out * g).sum(), x)[0]

        kind, message = told(norm, "x", other)
        assert kind == "wrong_epsilon"
        assert "the gradient of a forward pass with `std = var ** 0.5 + 1e-05` as line 18" in message
        assert "In forward.py, line 18 is `std = (var + 1e-5)**0.5`" in message

    def test_two_results_in_the_wrong_order_are_named(self, norm: Cases) -> None:
        """dgamma is what line 21 passes back to beta."""
        kind, message = told(norm, "gamma", lambda _, g: g.sum(0))
        assert kind == "wrong_index"
        assert "instead of its own gradient, the one that forward.py line 21 passes back to beta" in message

    def test_what_is_no_single_mistake_stays_unknown(self, norm: Cases) -> None:
        """A false story is worse than none."""
        kind, _ = told(norm, "x", lambda v, g: backward(v, g * v["gamma"] * torch.sin(v["act"]) ** 3))
        assert kind == "unknown"


def normalized(v: dict[str, Any], g: torch.Tensor, *, centered: bool) -> torch.Tensor:
    """The gradient of a row-wise normalization's input, from that of its output."""
    mean = g.mean(1, keepdim=True) if centered else 0.0
    found: torch.Tensor = v["rstd"] * (g - mean - v["xhat"] * (g * v["xhat"]).mean(1, keepdim=True))
    return found


class TestClosedForms:
    """Formulas that cover several lines."""

    def test_a_factor_outside_the_means_is_named(self, rowwise: Callable[[str], Cases]) -> None:
        """w differs from feature to feature, so it does not come out of a mean over the features."""
        kind, message = told(rowwise(LAYERNORM), "x", lambda v, g: v["w"] * normalized(v, g, centered=True))
        assert kind == "fused_term"
        assert "a factor is multiplied at the end that belongs inside the means" in message

    def test_the_term_of_a_mean_that_nobody_subtracted_is_named(self, rowwise: Callable[[str], Cases]) -> None:
        """The formula of layer norm, for RMS norm."""
        kind, message = told(rowwise(RMSNORM), "x", lambda v, g: normalized(v, g * v["w"], centered=True))
        assert kind == "fused_term"
        assert "it has the term of a mean that the forward pass does not subtract" in message

    def test_means_over_another_dimension_are_named(self, rowwise: Callable[[str], Cases]) -> None:
        """The formula of batch norm, for layer norm."""

        def turned(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            g = g * v["w"]
            found: torch.Tensor = v["rstd"] * (g - g.mean(0) - v["xhat"] * (g * v["xhat"]).mean(0))
            return found

        kind, message = told(rowwise(LAYERNORM), "x", turned)
        assert kind == "wrong_axis"
        assert "in the formula for the normalization xhat, the means run over dimension 0" in message

    def test_a_share_in_the_middle_that_is_missing_is_named(self, rowwise: Callable[[str], Cases]) -> None:
        """b = sin(x) * a passes nothing back to a."""

        def without(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            x, g = v["x"], g * v["w"]
            da, db = g * x.cos(), g * x
            found: torch.Tensor = da * (1 - v["a"] ** 2) + db * x.cos() * v["a"] - g * v["a"] * x.sin() + g * v["b"]
            return found

        kind, message = told(rowwise(GATED), "x", without)
        assert kind in ("missing_path", "fused_term")
        assert "is missing" in message

    def test_a_line_that_reads_only_the_shape_passes_nothing_back(self, rowwise: Callable[[str], Cases]) -> None:
        """So no path through it is said to be missing."""
        lines = "\n    xhat = x.reshape(x.shape[0], -1)\n"
        kind, message = told(rowwise(lines), "x", lambda v, g: g * v["w"] * 3)
        assert kind == "constant_factor"
        assert "path" not in message


class TestTables:
    """What is computed once for an exercise."""

    def test_a_direction_pushed_forward_gives_the_product_of_the_answer(self, norm: Cases) -> None:
        """(J.T @ g) * r is g * (J @ r)."""
        case = norm.probe
        sweep = case.cut(("out",))
        pushed = Pushed(case, ["x"])
        change = torch.randn(case.graph.values["std"].shape, dtype=torch.float64)
        moved = way_back.Moved(sweep, {"std": change}).cut("x") - sweep.cut("x")  # (n, d)
        expected = (pushed.own["x"] * moved).flatten(1).sum(1)
        assert torch.allclose(pushed.products({"std": change})[0], expected)

    def test_they_are_shared_by_all_submissions(self, norm: Cases) -> None:
        """A class is looked up, not computed again."""
        assert passes_of(norm) is passes_of(norm)
        assert way_back.way_back(norm, ("out",)) is way_back.way_back(norm, ("out",))

    def test_a_changed_line_that_fails_has_no_value(self, norm: Cases) -> None:
        """Nobody means it."""
        case = norm.probe
        found = [c for c in changed_lines(norm.exercise, case.graph.values) if c.lines[0].text == "mean = x.mean(3)"]
        assert value_of_changed(case, found[0], "out") is None

    def test_every_change_differs_from_the_line_and_comes_once(self, norm: Cases) -> None:
        """The likeliest first."""
        found = changed_lines(norm.exercise, norm.probe.graph.values)
        texts = [tuple((line.number, line.text) for line in changed.lines) for changed in found]
        assert len(texts) == len(set(texts))
        assert [changed.cost for changed in found] == sorted(changed.cost for changed in found)
        assert all(changed.kind in Kind for changed in found)
        assert not any(line.text == "xc = x - mean" for changed in found for line in changed.lines)
