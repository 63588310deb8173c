"""The exercises in a course's convention: layers as functions, static classes, autograd Functions and objects."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 everybody's name for it

from grader.diagnosis.kinds import Kind
from grader.exercise.case import Cases, build_cases
from grader.exercise.catalogue import right_forms, wrong_forms
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.exercise.exercise import Exercise

LAYERS = [name for name in list_exercises() if load_exercise(name).kind == "layer"]
MANY = re.compile("norm|conv|attention")
"""Layers in which there is more to get wrong."""

each = pytest.mark.parametrize("name", LAYERS)


@cache
def exercise(name: str) -> Exercise:
    """Read once."""
    return load_exercise(name)


@cache
def cases(name: str) -> Cases:
    """Built once, at the lecture's seed."""
    return build_cases(exercise(name), LECTURE_SEED)


def gradients(name: str) -> list[str]:
    """The variables whose gradients a layer returns."""
    return [variable for variable in exercise(name).graded if not exercise(name).is_value(variable)]


class TestWhatALayerPromises:
    """Tracks, hints, stubs and catalogues."""

    @each
    def test_a_layer_is_in_a_track(self, name: str) -> None:
        """Which its name begins with."""
        assert name.startswith(exercise(name).settings.track.removesuffix("s") + "_")

    @each
    def test_minutes_difficulty_and_why_help_to_choose(self, name: str) -> None:
        """As in every exercise."""
        settings = exercise(name).settings
        assert 5 <= settings.minutes <= 240
        assert 1 <= settings.difficulty <= 5
        assert len(settings.why) > 60

    @each
    def test_where_exact_is_not_expected_the_reason_is_given(self, name: str) -> None:
        """And nowhere else."""
        settings = exercise(name).settings
        assert bool(settings.exact_reason) != settings.exact_expected

    @each
    def test_hints_are_words(self, name: str) -> None:
        """Two for every gradient, without code."""
        for variable in gradients(name):
            hint = exercise(name).settings.hints[variable]
            for text in (hint.shape, hint.derivative):
                assert text.endswith((".", "?"))
                assert not re.search(r"[=@*_\[\]`]|\.T\b|\w\(", text), text

    @each
    def test_the_stubs_name_the_shape_of_every_gradient(self, name: str) -> None:
        """At the given sizes."""
        text = (exercise(name).directory / "backward.py").read_text(encoding="utf-8")
        for variable in gradients(name):
            shape = tuple(cases(name).given.graph.values[variable].shape)
            assert str(shape) in text, variable

    @each
    def test_there_are_other_right_forms_and_mistakes_in_every_row(self, name: str) -> None:
        """Each with a label from the closed list, and none twice in a file."""
        right, wrong = right_forms(exercise(name)), wrong_forms(exercise(name))
        assert len(right) >= 2
        assert len(wrong) >= (10 if MANY.search(name) else 6)
        assert {row for form in wrong for row in form.gradients} >= {f"d{variable}" for variable in gradients(name)}
        assert {form.kind for form in wrong} <= set(Kind)
        assert len({(form.path.name, form.note) for form in wrong}) == len(wrong)


class TestCasesOfLayers:
    """The cases that a layer is tested on."""

    @each
    def test_no_two_cases_of_a_layer_share_a_size(self, name: str) -> None:
        """So that hard-coded sizes are detected; nor are two sizes of a case equal."""
        every = [exercise(name).given_sizes, *exercise(name).sizes]
        assert len(every) >= 4
        for size in every[0]:
            assert len({sizes[size] for sizes in every}) == len(every), size
        assert all(len(set(sizes.values())) == len(sizes) for sizes in every)

    @each
    def test_no_gradient_of_a_layer_is_null(self, name: str) -> None:
        """At other seeds, too."""
        for built in (cases(name), build_cases(exercise(name), 1)):
            assert built.null == frozenset()

    @each
    def test_a_layer_s_inputs_come_from_their_own_generator(self, name: str) -> None:
        """A seed gives the same case twice."""
        torch.manual_seed(1)
        first, before = exercise(name).inputs(5, {}), torch.get_rng_state()
        torch.manual_seed(2)
        second = exercise(name).inputs(5, {})
        torch.manual_seed(1)
        assert torch.equal(torch.get_rng_state(), before)
        for key, value in first.items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(second[key])), key


def _batch_norm(x: str, gain: str, shift: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda v: F.batch_norm(v[x], None, None, v[gain].flatten(), v[shift].flatten(), training=True, eps=1e-5)


BUILT_IN: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "static_linear": lambda v: F.linear(v["x"], v["w"].T, v["b"]),
    "static_relu": lambda v: F.relu(v["x"]),
    "static_linear_relu": lambda v: F.relu(F.linear(v["x"], v["w"].T, v["b"])),
    "static_batchnorm": _batch_norm("x", "gamma", "beta"),
    "static_conv": lambda v: F.conv2d(v["x"], v["w"], v["b"], v["stride"], v["pad"]),
    "static_maxpool": lambda v: F.max_pool2d(v["x"], (v["pool_height"], v["pool_width"]), v["stride"]),
    "autograd_linear": lambda v: F.linear(v["x"], v["w"], v["b"]),
    "autograd_layernorm": lambda v: F.layer_norm(v["x"], v["w"].shape, v["w"], v["b"], v["eps"]),
    "autograd_rmsnorm": lambda v: F.rms_norm(v["x"], v["w"].shape, v["w"], 1e-5),
    "autograd_cross_entropy": lambda v: F.cross_entropy(v["logits"], v["targets"]),
    "autograd_attention": lambda v: F.scaled_dot_product_attention(
        v["q"], v["k"], v["v"], is_causal=bool(v["is_causal"])
    ),
    "autograd_swiglu": lambda v: F.silu(v["x"] @ v["wg"]) * (v["x"] @ v["wu"]),
    "object_linear": lambda v: F.linear(v["A"], v["W"], v["b"].flatten()),
    "object_relu": lambda v: F.relu(v["Z"]),
    "object_softmax_cross_entropy": lambda v: F.cross_entropy(v["A"], v["Y"]),
    "object_batchnorm1d": _batch_norm("Z", "BW", "Bb"),
    "object_conv1d": lambda v: F.conv1d(v["A"], v["W"], v["b"]),
}
"""What PyTorch's own layer computes from the same numbers."""


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_layer_s_forward_pass_equals_pytorch_s(name: str) -> None:
    """In every case."""
    layer = exercise(name)
    value = next(variable for variable in layer.graded if layer.is_value(variable))
    for case in cases(name):
        values = {**case.values, **case.graph.values}
        assert torch.allclose(BUILT_IN[name](_doubles(values)), values[value].double(), rtol=1e-6, atol=1e-8)


def test_attention_is_causal_in_some_cases_and_not_in_others() -> None:
    """As are the strides, borders and windows of the layers with pictures."""
    for name, parameter in (
        ("autograd_attention", "is_causal"), ("static_conv", "stride"), ("static_conv", "pad"),
        ("static_maxpool", "pool_height"), ("static_maxpool", "pool_width"), ("static_maxpool", "stride"),
        ("static_dropout", "p"), ("autograd_layernorm", "eps"),
    ):  # fmt: skip
        assert len({case.values[parameter] for case in cases(name)}) > 1, (name, parameter)


def _doubles(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.double() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in values.items()
    }


@pytest.mark.parametrize("hidden", [None, LECTURE_SEED, 7])
def test_a_layer_is_asked_about_other_numbers_of_the_same_shapes(hidden: int | None) -> None:
    """Even if the hidden seed is the given case's."""
    given, same, *_ = build_cases(exercise("static_relu"), LECTURE_SEED, hidden_seed=hidden)
    assert same.values["x"].shape == given.values["x"].shape
    assert not torch.equal(same.values["x"], given.values["x"])
