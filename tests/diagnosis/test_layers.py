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


ACTIVATED = """
import torch
import torch.nn.functional as F

GRADED = ['out', 'x']
SIZES = [{'n': 8, 'd': 4}, {'n': 11, 'd': 7}, {'n': 5, 'd': 6}]

def inputs(seed, n=7, d=5):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, d), generator=g), 'mask': torch.rand((n, d), generator=g) < 0.6}

def forward(x, mask):
    LINES
    return locals()
"""


@pytest.fixture(scope="module")
def activated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cases]:
    """Some lines of x and a mask; made once for each."""
    form = FORM.replace("x, gamma, beta", "x, mask").replace("dx, dgamma, dbeta", "dx")
    made: dict[str, Cases] = {}

    def make(lines: str) -> Cases:
        if lines not in made:
            folder = tmp_path_factory.mktemp("exercises") / "activated"
            made[lines] = layer(folder, ACTIVATED.replace("LINES", lines), form)
        return made[lines]

    return make


RELU = "out = torch.relu(x)"
GELU = "out = F.gelu(x)"
DROPOUT = "out = x * mask"


def normal(x: torch.Tensor) -> torch.Tensor:
    """The distribution function of the normal distribution."""
    found: torch.Tensor = 0.5 * (1 + torch.erf(x / 2**0.5))
    return found


def drawn(x: torch.Tensor) -> torch.Tensor:
    """Another mask."""
    return torch.rand(x.shape, generator=torch.Generator().manual_seed(7)) < 0.6


class TestElementwise:
    """Activations and masks."""

    @pytest.mark.parametrize(
        ("lines", "answer", "kind", "said"),
        [
            (RELU, lambda v, g: torch.where(v["x"] > 0, g, 0.01 * g), "wrong_operand", "(x > 0), but 0.01 elsewhere"),
            (RELU, lambda v, g: g * (v["x"][:1] > 0), "wrong_index", "as if it were `out = x * (x[:1] > 0)`"),
            (RELU, lambda v, g: g * (v["x"] < 0), "wrong_operand",
             "passes dout on where the forward pass blocks x, and blocks it elsewhere"),
            (RELU, lambda v, g: torch.where(v["x"] > 0, g, 1.0), "wrong_operand",
             "where x is not positive, it is one instead of zero"),
            (RELU, lambda v, g: (g * (v["x"] > 0)).flip(0), "permuted", "reversed along dimension 0"),
            (RELU, lambda v, g: (g * (v["x"] > 0)).roll(1, 1), "wrong_index", "shifted by one along dimension 1"),
            (RELU, lambda v, g: (g * (v["x"] > 0))[:1].expand_as(g), "wrong_index",
             "the first entry of it along dimension 0 is used for all"),
            (RELU, lambda v, g: g * (v["x"] > 0) * (torch.arange(len(g)) < 2)[:, None], "wrong_index",
             "right in the entries [:2] along dimension 0, and zero in all others"),
            (RELU, lambda v, g: g * (v["x"] > 0) * (torch.arange(len(g)) % 3 == 0)[:, None], "wrong_index",
             "right at some entries along dimension 0, and zero at the others (at your sizes, it is zero at 1, 2 and"),
            (RELU, lambda v, g: g * (v["x"] > 0) + 0.001 * v["x"], "wrong_operand", "0.001*x is added to it"),
            (GELU, lambda v, g: g * normal(v["x"]), "fused_term",
             "taken to be the normal distribution function, without the term of its own derivative"),
            (DROPOUT, lambda v, g: g * drawn(v["x"]), "wrong_operand",
             "right for another mask than the mask of the forward pass. Draw the mask once"),
        ],
    )  # fmt: skip
    def test_a_wrong_derivative_is_named(
        self, activated: Callable[[str], Cases], lines: str, answer: Answer, kind: str, said: str
    ) -> None:
        """By what the code does."""
        found = told(activated(lines), "x", answer)
        assert found[0] == kind
        assert said in found[1]

    def test_infinite_answers_are_close_to_nothing(self, activated: Callable[[str], Cases]) -> None:
        """Their errors and tolerances are infinite too."""
        kind, _ = told(activated(RELU), "x", lambda _, g: torch.full_like(g, torch.inf))
        assert kind == "unknown"

    def test_a_value_with_another_mask_is_named(self, activated: Callable[[str], Cases]) -> None:
        """Nothing else can be said of random numbers."""
        kind, message = told(activated(DROPOUT), "out", lambda v, _: v["x"] * drawn(v["x"]))
        assert kind == "wrong_operand"
        assert "your out is right for another mask than the mask of the forward pass. Check how the mask is" in message

    def test_a_function_before_the_sum_instead_of_after_it_is_named(self, activated: Callable[[str], Cases]) -> None:
        """Two lines in another order."""
        two = "a = 2*x - 1\n    out = torch.tanh(a)"
        kind, message = told(activated(two), "out", lambda v, _: torch.tanh(2 * v["x"]) - 1)
        assert kind == "wrong_operand"
        assert "`a = 2 * x` as line 13 and `out = torch.tanh(a) - 1` as line 14" in message

    def test_a_mistake_on_one_of_two_ways_is_named(self, activated: Callable[[str], Cases]) -> None:
        """The mask is forgotten where the gradient comes back through the mean, and only there."""
        lines = "m = x.mean(1, keepdim=True)\n    c = x - m\n    out = torch.tanh(c) * mask"

        def answer(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            slope = g * (1 - torch.tanh(v["c"]) ** 2)
            found: torch.Tensor = slope * v["mask"] - slope.mean(1, keepdim=True)
            return found

        _, message = told(activated(lines), "x", answer)
        assert "differentiated as if it were `out = torch.tanh(c)`, in what line 14 passes back to m" in message


WINDOWS = """
import torch
import torch.nn.functional as F

GRADED = ['out', 'x']
SIZES = [{'n': 2, 'h': 5, 'w': 3}, {'n': 4, 'h': 2, 'w': 4}, {'n': 5, 'h': 4, 'w': 6}]

def inputs(seed, n=3, h=3, w=2):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, 2, 2*h, 2*w), generator=g), 'h': h, 'kh': 3, 'kw': 2}

def forward(x, h, kh, kw):
    xpad = F.pad(x, (1, 1, 1, 1))
    cols = F.unfold(xpad, (kh, kw), stride=2)
    flat = cols.unflatten(1, (2, -1))
    out = flat.max(2).values
    return locals()
"""


@pytest.fixture(scope="module")
def pooling(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """Max pooling with a border."""
    form = FORM.replace("x, gamma, beta", "x, h, kh, kw").replace("dx, dgamma, dbeta", "dx")
    return layer(tmp_path_factory.mktemp("exercises") / "pooling", WINDOWS, form)


class TestWindows:
    """Padding, windows and their largest entries."""

    @pytest.mark.parametrize(
        ("padded", "said"),
        [
            (lambda x: torch.nn.functional.pad(x, (0, 2, 0, 2)), "with the whole border at the end of each dimension"),
            (lambda x: torch.nn.functional.pad(x, (1, 1, 1, 1), mode="replicate"), "a border that repeats the entries"),
        ],
    )
    def test_another_border_is_named_in_words(
        self, pooling: Cases, padded: Callable[[torch.Tensor], torch.Tensor], said: str
    ) -> None:
        """Its code would not say it."""

        def answer(v: dict[str, Any], _: torch.Tensor) -> torch.Tensor:
            windows = padded(v["x"]).unfold(2, v["kh"], 2).unfold(3, v["kw"], 2)
            return windows.amax((4, 5)).flatten(2)

        _, message = told(pooling, "out", answer)
        assert said in message

    def test_windows_one_step_apart_are_named(self, pooling: Cases) -> None:
        """Whatever the stride."""

        def answer(v: dict[str, Any], _: torch.Tensor) -> torch.Tensor:
            x, (kh, kw) = v["xpad"], (v["kh"], v["kw"])
            tall, wide = (x.shape[2] - kh) // 2 + 1, (x.shape[3] - kw) // 2 + 1
            windows = x.unfold(2, kh, 1).unfold(3, kw, 1)[:, :, :tall, :wide]
            return windows.amax((4, 5)).flatten(2)

        kind, message = told(pooling, "out", answer)
        assert kind == "wrong_index"
        assert "windows one step apart, whatever the stride (line 14). In forward.py, line 14 is `cols" in message


class TestFurtherForms:
    """Formulas that cover several lines, with other values or in another order."""

    def test_two_values_that_change_places_are_named(self, rowwise: Callable[[str], Cases]) -> None:
        """Though they have unlike shapes: kept as (norm, w), read as (w, norm)."""

        def swapped(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            g, w = g * v["xhat"], v["w"]
            found: torch.Tensor = v["rstd"] * (g - g.mean(1, keepdim=True) - w * (g * w).mean(1, keepdim=True))
            return found

        kind, message = told(rowwise(LAYERNORM), "x", swapped)
        assert kind == "wrong_operand"
        assert "w and xhat change places: check the order in which you keep them" in message

    def test_epsilon_outside_the_root_is_named_in_the_formula(self, rowwise: Callable[[str], Cases]) -> None:
        """It is almost the gradient of that forward pass."""

        def outside(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            rstd = 1 / ((v["xc"] ** 2).mean(1, keepdim=True).sqrt() + 1e-5)
            return normalized({"rstd": rstd, "xhat": v["xc"] * rstd}, g * v["w"], centered=True)

        kind, message = told(rowwise(LAYERNORM), "x", outside)
        assert kind == "wrong_epsilon"
        assert "the formula for the normalization xhat has the values of a forward pass with" in message

    def test_a_power_of_one_line_is_named_as_such(self, norm: Cases) -> None:
        """The square of the standard deviation instead of its cube is not another value in a formula."""

        def squared(v: dict[str, Any], g: torch.Tensor) -> torch.Tensor:
            dxhat = g * v["gamma"] * slope(v)
            dvar = (dxhat * -v["xc"] / v["std"] ** 2).sum(0) * 0.5
            dxc = dxhat / v["std"] + 2 * v["xc"] * dvar / len(v["x"])
            found: torch.Tensor = dxc - dxc.mean(0)
            return found

        _, message = told(norm, "x", squared)
        assert "an exponent amounts to" in message
