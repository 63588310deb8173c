"""The curriculum beyond the lecture: eighteen exercises from one neuron to a GPT-2 block."""

from __future__ import annotations

import random
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 everybody's name for it

from grader.authoring.verification import Verification
from grader.diagnosis.kinds import Kind
from grader.exercise.case import Case, Cases, build_cases
from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.exercise.exercise import Exercise
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox

ROWS = {
    "micrograd": 12, "broadcast": 10, "linear_relu": 10, "embedding": 5, "dropout_residual": 6,
    "masked_cross_entropy": 9, "layernorm": 11, "rmsnorm": 7, "conv2d": 8, "maxpool": 5, "rnn": 14, "lstm_cell": 18,
    "gru_cell": 20, "attention": 17, "rope": 6, "swiglu": 10, "tied_lm": 9, "gpt2_block": 34,
}  # fmt: skip
"""How many gradients each asks for."""

INEXACT = ("gpt2_block",)
"""Where bit-equal is not expected: its layers are single kernels."""

SHORT = 1
"""How many forms of each catalogue the default tests grade; all of them are graded under the mark `slow`."""

each = pytest.mark.parametrize("name", ROWS)


@cache
def exercise(name: str) -> Exercise:
    """Read once."""
    return load_exercise(name)


@cache
def cases(name: str) -> Cases:
    """Built once, at the lecture's seed."""
    return build_cases(exercise(name), LECTURE_SEED)


def rows_of(sandbox: Sandbox, name: str, settings: Settings) -> list[Row]:
    """The worked solution, graded."""
    submission = read_submission(solution_file(exercise(name)), "solution")
    grading = start_grading(exercise(name), submission, sandbox, settings)
    rows = list(grading.rows())
    grading.close()
    return rows


class TestWhatIsPromised:
    """Rows, sizes, hints and stubs, catalogues."""

    def test_all_eighteen_are_there(self) -> None:
        """Beside the lecture's four."""
        assert set(ROWS) < set(list_exercises())

    @each
    def test_an_exercise_grades_its_gradients(self, name: str) -> None:
        """In an order that gives nothing away, which is checked on reading."""
        assert len(exercise(name).graded) == ROWS[name]

    @each
    def test_exact_is_expected_wherever_it_can_be_reached(self, name: str) -> None:
        """Where it is not, the reason is given."""
        settings = exercise(name).settings
        assert settings.exact_expected == (name not in INEXACT)
        assert bool(settings.exact_reason) == (name in INEXACT)

    @each
    def test_every_gradient_is_in_one_stretch(self, name: str) -> None:
        """In the order of the report."""
        members = [v for stretch in exercise(name).settings.stretches.values() for v in stretch]
        assert tuple(members) == exercise(name).graded

    @each
    def test_hints_use_words(self, name: str) -> None:
        """Two for every variable, without code."""
        for variable in exercise(name).graded:
            hint = exercise(name).settings.hints[variable]
            for text in (hint.shape, hint.derivative):
                assert text.endswith((".", "?"))
                assert not re.search(r"[=@*_\[\]`]|\.T\b|\w\(|\bd" + re.escape(variable) + r"\b(?! has)", text), text

    @each
    def test_catalogues_have_alternatives_and_mistakes_for_every_gradient(self, name: str) -> None:
        """At least one alternative and four mistakes, each with a label from the closed list."""
        right, wrong = right_forms(exercise(name)), wrong_forms(exercise(name))
        for gradient in exercise(name).gradients:
            assert any(gradient in form.gradients for form in right), gradient
            assert sum(gradient in form.gradients for form in wrong) >= 4, gradient
        assert {form.kind for form in wrong} <= set(Kind)

    @each
    def test_minutes_difficulty_and_why_are_given(self, name: str) -> None:
        """They help a learner choose."""
        settings = exercise(name).settings
        assert 5 <= settings.minutes <= 240
        assert 1 <= settings.difficulty <= 5
        assert len(settings.why) > 60


class TestCases:
    """The cases that the functions are tested on."""

    @each
    def test_no_two_cases_share_a_size(self, name: str) -> None:
        """So that hard-coded sizes are detected."""
        assert len(exercise(name).sizes) >= 3
        function = exercise(name).module.inputs
        given = dict(zip(_parameters(function)[1:], function.__defaults__ or (), strict=True))
        for size, value in given.items():
            values = [value, *(sizes[size] for sizes in exercise(name).sizes)]
            assert len(set(values)) == len(values), size

    @each
    def test_within_a_case_no_two_sizes_are_equal(self, name: str) -> None:
        """So that a wrong transpose is detected."""
        for sizes in exercise(name).sizes:
            assert len(set(sizes.values())) == len(sizes)

    @each
    @pytest.mark.parametrize("seed", [LECTURE_SEED, 1, 2])
    def test_values_are_finite_and_no_gradient_is_null(self, name: str, seed: int) -> None:
        """None of these exercises has a row that any tiny value would satisfy."""
        built = cases(name) if seed == LECTURE_SEED else build_cases(exercise(name), seed)
        assert built.null == frozenset()
        for case in built:
            for value in case.values.values():
                if isinstance(value, torch.Tensor) and value.is_floating_point():
                    assert bool(torch.isfinite(value).all())

    @each
    def test_a_seed_gives_the_same_case_twice(self, name: str) -> None:
        """It has its own generator: the global one is neither read nor changed."""
        torch.manual_seed(1)
        first = exercise(name).inputs(5, {})
        torch.manual_seed(2)
        before = torch.get_rng_state()
        second = exercise(name).inputs(5, {})
        assert torch.equal(torch.get_rng_state(), before)
        for key, value in first.items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(second[key])), key

    @each
    def test_a_batch_size_is_used_if_there_is_a_minibatch(self, name: str) -> None:
        """A single neuron has none, and is the same at any batch size."""
        given = build_cases(exercise(name), 1, 9).given
        assert given.sizes == ({} if name == "micrograd" else {"n": 9})

    @each
    def test_a_line_that_reads_a_variable_contributes_to_its_gradient(self, name: str) -> None:
        """Sizes come from data, so that "used on two lines" means two paths."""
        values = cases(name).given.graph.values
        for variable in exercise(name).graded:
            for line in exercise(name).readers[variable]:
                assert any(_is_floating(values[output]) for output in line.outputs), line.text


class TestSolutions:
    """Correct everywhere, and exact where exact is expected."""

    @each
    @pytest.mark.parametrize(
        ("seed", "size"),
        [(2, 7), pytest.param(1, None, marks=pytest.mark.slow), pytest.param(3, 12, marks=pytest.mark.slow)],
    )
    def test_the_solution_is_correct_at_other_seeds_and_sizes(
        self, sandbox: Sandbox, name: str, seed: int, size: int | None
    ) -> None:
        """Local and chained, at hidden sizes, too; and exact, whether or not a batch is a power of two."""
        for row in rows_of(sandbox, name, Settings(seed=seed, batch_size=size, hidden_seed=77)):
            assert row.correct, row.name
            assert row.chained is not None
            assert row.chained["correct"], row.name
            if name not in INEXACT:
                assert row.local["exact"], row.name
                assert row.chained["exact"], row.name

    @each
    def test_a_sample_of_the_catalogues_is_judged_as_labeled(self, sandbox: Sandbox, name: str) -> None:
        """Alternative solutions score; mistakes do not."""
        verification, rng = Verification(exercise(name), sandbox), random.Random(name)
        assert list(verification.rejected(rng.sample(right_forms(exercise(name)), SHORT))) == []
        assert list(verification.accepted(rng.sample(wrong_forms(exercise(name)), SHORT))) == []

    @pytest.mark.slow
    @each
    @pytest.mark.parametrize("hidden", [5])
    def test_the_catalogues_hold_at_hidden_sizes(self, sandbox: Sandbox, name: str, hidden: int) -> None:
        """The verdict is about the function, not about the case."""
        verification = Verification(exercise(name), sandbox, Settings(seed=hidden, hidden_seed=hidden, explained=False))
        assert verification.right().problems == ()
        assert verification.wrong().problems == ()


def _neuron(v: Mapping[str, Any]) -> tuple[Any, Any]:
    return v["o"], torch.tanh(v["x1"] * v["w1"] + v["x2"] * v["w2"] + v["b"])


def _lstm(v: Mapping[str, Any]) -> tuple[Any, Any]:
    cell = torch.nn.LSTMCell(v["x"].shape[1], v["hprev"].shape[1])
    state = {"weight_ih": v["Wx"].T, "weight_hh": v["Wh"].T, "bias_ih": v["b"], "bias_hh": torch.zeros_like(v["b"])}
    cell.load_state_dict(state)
    return torch.stack([v["h"], v["c"]]), torch.stack(cell(v["x"], (v["hprev"], v["cprev"]))).detach()


def _gru(v: Mapping[str, Any]) -> tuple[Any, Any]:
    cell = torch.nn.GRUCell(v["x"].shape[1], v["h"].shape[1])
    zero = torch.zeros_like(v["bhn"])
    cell.load_state_dict(
        {
            "weight_ih": torch.cat([v["Wxr"], v["Wxz"], v["Wxn"]], 1).T,
            "weight_hh": torch.cat([v["Whr"], v["Whz"], v["Whn"]], 1).T,
            "bias_ih": torch.cat([v["br"], v["bz"], v["bn"]]),
            "bias_hh": torch.cat([zero, zero, v["bhn"]]),
        }
    )
    return v["hnew"], cell(v["x"], v["h"]).detach()


def _rnn(v: Mapping[str, Any]) -> tuple[Any, Any]:
    net = torch.nn.RNN(v["x"].shape[2], v["h0"].shape[1], batch_first=True)
    zero = torch.zeros_like(v["bh"])
    weights = {"weight_ih_l0": v["Wxh"].T, "weight_hh_l0": v["Whh"].T, "bias_ih_l0": v["bh"], "bias_hh_l0": zero}
    net.load_state_dict(weights)
    return v["H"], net(v["x"], v["h0"][None])[0].detach()


def _rotated(v: Mapping[str, Any]) -> tuple[Any, Any]:
    turned = torch.complex(v["x1"], v["x2"]) * torch.complex(v["cos"], v["sin"])
    return v["out"], torch.cat([turned.real, turned.imag], 2)


def _masked_loss(v: Mapping[str, Any]) -> tuple[Any, Any]:
    return v["loss"], F.cross_entropy(v["flat"], v["y"], ignore_index=-1)


TWINS: dict[str, Callable[[Mapping[str, Any]], tuple[Any, Any]]] = {
    "micrograd": _neuron,
    "linear_relu": lambda v: (v["loss"], F.mse_loss(F.relu(v["x"] @ v["W1"] + v["b1"]) @ v["W2"] + v["b2"], v["y"])),
    "embedding": lambda v: (v["tok"], F.embedding(v["idx"], v["wte"])),
    "masked_cross_entropy": _masked_loss,
    "layernorm": lambda v: (v["out"], F.layer_norm(v["x"], (v["C"],), v["w"], v["b"], 1e-5)),
    "rmsnorm": lambda v: (v["out"], F.rms_norm(v["x"], (v["C"],), v["w"], 1e-5)),
    "conv2d": lambda v: (v["out"], F.conv2d(v["x"], v["W"], v["b"], stride=2, padding=1)),
    "maxpool": lambda v: (v["out"], F.max_pool2d(v["x"], 3, stride=2)),
    "rnn": _rnn,
    "lstm_cell": _lstm,
    "gru_cell": _gru,
    "attention": lambda v: (v["y"], F.scaled_dot_product_attention(v["q"], v["k"], v["v"], is_causal=True)),
    "rope": _rotated,
    "swiglu": lambda v: (v["hid"], F.silu(v["x"] @ v["Wg"]) * (v["x"] @ v["Wu"])),
    "tied_lm": lambda v: (v["loss"], F.cross_entropy(v["logits"], v["y"])),
    "gpt2_block": lambda v: (
        (v["att"] @ v["v"]).transpose(1, 2).flatten(2),
        F.scaled_dot_product_attention(v["q"], v["k"], v["v"], is_causal=True).transpose(1, 2).flatten(2),
    ),
}
"""What an exercise computes, and what PyTorch's own layer computes from the same numbers."""


class TestForwardPasses:
    """Forward passes in small steps equal the PyTorch layer they are named after."""

    @pytest.mark.parametrize("name", TWINS)
    def test_the_small_steps_equal_pytorch_s_layer(self, name: str) -> None:
        """In every case, in float64."""
        for case in cases(name):
            values = {n: v.float() if _is_floating(v) else v for n, v in case.graph.values.items()}
            ours, theirs = TWINS[name](values)
            assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5)

    def test_language_models_read_real_names(self) -> None:
        """Their letters come from the list of names."""
        from grader.names import training_examples

        idx = exercise("gpt2_block").inputs(4, {})["idx"]
        rows = {tuple(row.tolist()) for row in training_examples(idx.shape[1] + 1)[0][:, :-1]}
        assert all(tuple(row.tolist()) in rows for row in idx)

    def test_embeddings_use_some_letters_twice_and_some_never(self) -> None:
        """Otherwise fancy-indexed += would be correct. In the last case every letter occurs."""
        counts = [torch.bincount(c.inputs["idx"].flatten(), minlength=len(c.inputs["wte"])) for c in cases("embedding")]
        assert all(int(each.max()) > 1 for each in counts)
        assert int(counts[0].min()) == 0
        assert int(counts[-1].min()) > 0

    def test_some_tokens_count_and_some_do_not(self) -> None:
        """In every case of the masked loss."""
        for case in cases("masked_cross_entropy"):
            assert 0 < int(case.values["active"].sum()) < case.values["N"]

    def test_no_window_has_two_largest_pixels(self) -> None:
        """The gradient at a tie is only a convention."""
        for seed in range(5):
            flat = Case(exercise("maxpool"), seed, {}).values["flat"]
            assert bool(((flat == flat.amax(2, keepdim=True)).sum(2) == 1).all())

    def test_no_relu_is_at_zero(self) -> None:
        """Its derivative there is only a convention."""
        for case in cases("linear_relu"):
            assert bool((case.values["z1"] != 0).all())

    def test_both_exercises_with_pictures_show_the_same_fifty_digits(self) -> None:
        """Eight by eight pixels of seventeen greys."""
        digits = exercise("conv2d").constants["DIGITS"]
        assert digits == exercise("maxpool").constants["DIGITS"]
        assert len(digits) == 50
        assert all(re.fullmatch(r"[0-9a-g]{64}", digit) for digit in digits)


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return function.__code__.co_varnames[: function.__code__.co_argcount]


def _is_floating(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()
