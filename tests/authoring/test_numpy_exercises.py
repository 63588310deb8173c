"""The exercises whose backward pass is written in numpy: what is promised, their cases, solutions and catalogues."""

from __future__ import annotations

import ast
import random
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 everybody's name for it

from grader.authoring.verification import Verification
from grader.diagnosis.kinds import Kind
from grader.exercise.case import Cases, build_cases
from grader.exercise.catalogue import right_forms, solution_file, wrong_forms
from grader.exercise.forward import find_function
from grader.exercise.settings import LECTURE_SEED, Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.exercise.exercise import Exercise

FUNCTIONS = {
    "numpy_affine": ("affine_forward(x, w, b)", "affine_backward(dout, cache)"),
    "numpy_relu": ("relu_forward(x)", "relu_backward(dout, cache)"),
    "numpy_softmax_loss": ("softmax_loss(x, y)",),
    "numpy_svm_loss": ("svm_loss(x, y)",),
    "numpy_batchnorm": ("batchnorm_forward(x, gamma, beta, bn_param)", "batchnorm_backward(dout, cache)"),
    "numpy_layernorm": ("layernorm_forward(x, gamma, beta, ln_param)", "layernorm_backward(dout, cache)"),
    "numpy_groupnorm": (
        "spatial_groupnorm_forward(x, gamma, beta, G, gn_param)",
        "spatial_groupnorm_backward(dout, cache)",
    ),
    "numpy_conv": ("conv_forward_naive(x, w, b, conv_param)", "conv_backward_naive(dout, cache)"),
    "numpy_maxpool": ("max_pool_forward_naive(x, pool_param)", "max_pool_backward_naive(dout, cache)"),
    "numpy_rnn_step": ("rnn_step_forward(x, prev_h, Wx, Wh, b)", "rnn_step_backward(dnext_h, cache)"),
    "numpy_lstm_step": (
        "lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)",
        "lstm_step_backward(dnext_h, dnext_c, cache)",
    ),
    "numpy_embedding": ("word_embedding_forward(x, W)", "word_embedding_backward(dout, cache)"),
    "numpy_temporal_affine": ("temporal_affine_forward(x, w, b)", "temporal_affine_backward(dout, cache)"),
    "numpy_temporal_softmax": ("temporal_softmax_loss(x, y, mask)",),
    "numpy_dropout": ("dropout_forward(x, dropout_param)", "dropout_backward(dout, cache)"),
}
"""The convention of functions and a cache, as courses write it."""
LONG = ("numpy_batchnorm", "numpy_layernorm", "numpy_groupnorm", "numpy_conv", "numpy_lstm_step")
"""Where people make the most mistakes."""


each = pytest.mark.parametrize("name", FUNCTIONS)
every_one = pytest.mark.parametrize("name", [name for name in list_exercises() if load_exercise(name).in_numpy])


@cache
def exercise(name: str) -> Exercise:
    """Read once."""
    return load_exercise(name)


@cache
def cases(name: str, hidden: int | None = None) -> Cases:
    """Built once, at the lecture's seed."""
    return build_cases(exercise(name), LECTURE_SEED, None, hidden)


@pytest.fixture(scope="module")
def with_numpy() -> Iterator[Sandbox]:
    """A sandbox that has imported numpy."""
    with Sandbox(imports=("numpy",)) as box:
        yield box


class TestTheConvention:
    """Names, hints and catalogues; none of this needs numpy."""

    @each
    def test_stubs_and_solution_have_the_course_s_own_signatures(self, name: str) -> None:
        """So that a file written for such a course is graded as it is."""
        assert exercise(name).settings.track == "numpy"
        for path in (exercise(name).directory / "backward.py", solution_file(exercise(name))):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for wanted in FUNCTIONS[name]:
                found = find_function(tree, wanted.partition("(")[0])
                assert found is not None, wanted
                assert f"{found.name}({ast.unparse(found.args)})" == wanted

    @each
    def test_hints_use_words(self, name: str) -> None:
        """Two for every gradient, without code."""
        for variable, hint in exercise(name).settings.hints.items():
            for text in (hint.shape, hint.derivative):
                assert text.endswith((".", "?"))
                assert not re.search(r"[=@*_\[\]`]|\.T\b|\w\(|\bd" + re.escape(variable) + r"\b(?! has)", text), text

    @each
    def test_there_are_right_forms_and_labeled_mistakes(self, name: str) -> None:
        """At least two and six; ten where there is more to get wrong."""
        right, wrong = right_forms(exercise(name)), wrong_forms(exercise(name))
        assert len(right) >= 2
        assert len(wrong) >= (10 if name in LONG else 6)
        assert {form.kind for form in wrong} <= set(Kind)
        assert {row for form in wrong for row in form.gradients} == set(exercise(name).gradients)

    @each
    def test_exact_is_not_expected_for_a_reason(self, name: str) -> None:
        """numpy is asked in float64, autograd's bits are those of float32."""
        assert not exercise(name).settings.exact_expected
        assert "float64" in exercise(name).settings.exact_reason


@pytest.mark.numpy
class TestCases:
    """What the functions are asked."""

    @each
    def test_no_two_cases_share_a_size_and_no_two_sizes_of_a_case_are_equal(self, name: str) -> None:
        """So that hard-coded sizes and wrong transposes are detected."""
        given = exercise(name).given_sizes
        for sizes in (given, *exercise(name).sizes):
            assert len(set(sizes.values())) == len(sizes)
        for size, value in given.items():
            assert len({value, *(sizes[size] for sizes in exercise(name).sizes)}) == 1 + len(exercise(name).sizes)

    @each
    def test_values_are_finite_and_no_gradient_is_null(self, name: str) -> None:
        """At the hidden sizes of some seeds, too."""
        for hidden in (None, 5, 6):
            assert cases(name, hidden).null == frozenset()

    @pytest.mark.parametrize("hidden", [None, *range(4)])
    @pytest.mark.parametrize("name", ["numpy_conv", "numpy_maxpool"])
    def test_windows_fit_exactly_at_all_sizes(self, name: str, hidden: int | None) -> None:
        """Some people assert that they do, and the border is never of width zero, where x[pad:-pad] is empty."""
        for case in cases(name, hidden):
            v = case.inputs
            pad = v.get("pad", 0)
            window = v["w"].shape[2:] if name == "numpy_conv" else (v["pool_height"], v["pool_width"])
            assert name == "numpy_maxpool" or pad > 0
            for length, part in zip(v["x"].shape[2:], window, strict=True):
                assert (length + 2 * pad - part) % v["stride"] == 0

    @pytest.mark.parametrize("name", ["numpy_conv", "numpy_maxpool"])
    def test_strides_and_windows_differ_from_case_to_case(self, name: str) -> None:
        """A stride typed as a number is wrong somewhere."""
        names = ("pad", "pool_height", "pool_width", "stride")
        assert len({tuple(case.inputs.get(each) for each in names) for case in cases(name)}) >= 3

    def test_the_mask_of_dropout_is_the_one_that_numpy_draws_from_the_seed(self) -> None:
        """As learners draw it; p is the share that is kept."""
        import numpy as np

        for case in cases("numpy_dropout"):
            np.random.seed(case.inputs["seed"])  # noqa: NPY002 as learners write it
            mask = np.random.rand(*case.inputs["x"].shape) < case.inputs["p"]  # noqa: NPY002
            assert torch.equal(case.inputs["mask"], torch.from_numpy(mask))
            assert case.inputs["p"] > 0.6

    @pytest.mark.parametrize(
        ("name", "twin"),
        [
            ("numpy_softmax_loss", lambda v: ("loss", F.cross_entropy(v["x"], v["y"]))),
            ("numpy_svm_loss", lambda v: ("loss", F.multi_margin_loss(v["x"], v["y"]) * v["x"].shape[1])),
            ("numpy_batchnorm", lambda v: ("out", F.batch_norm(v["x"], None, None, v["gamma"], v["beta"], True))),
            ("numpy_layernorm", lambda v: ("out", F.layer_norm(v["x"], v["x"].shape[1:], v["gamma"], v["beta"]))),
            (
                "numpy_groupnorm",
                lambda v: ("out", F.group_norm(v["x"], v["G"], v["gamma"].flatten(), v["beta"].flatten())),
            ),
            ("numpy_conv", lambda v: ("out", F.conv2d(v["x"], v["w"], v["b"], v["stride"], v["pad"]))),
            (
                "numpy_maxpool",
                lambda v: ("out", F.max_pool2d(v["x"], (v["pool_height"], v["pool_width"]), v["stride"])),
            ),
        ],
    )
    def test_a_forward_pass_is_pytorch_s_own_layer(self, name: str, twin: Any) -> None:
        """On every case, in float64."""
        for case in cases(name):
            values = {
                n: v.double() if torch.is_tensor(v) and v.is_floating_point() else v for n, v in case.inputs.items()
            }
            variable, expected = twin(values)
            torch.testing.assert_close(case.graph.values[variable], expected)


@pytest.mark.numpy
class TestSolutions:
    """Correct everywhere, whatever the form."""

    @every_one
    def test_stubs_fail_and_solutions_pass(self, with_numpy: Sandbox, name: str) -> None:
        """For every exercise in numpy."""
        verification = Verification(exercise(name), with_numpy)
        for finding in (verification.reading_matter(), verification.stubs(), verification.solution()):
            assert finding.problems == (), finding.what
            assert finding.checked > 0
        assert verification.sizes().problems == ()

    @every_one
    def test_a_sample_of_the_catalogues_is_judged_as_labeled(self, with_numpy: Sandbox, name: str) -> None:
        """Alternative solutions score; mistakes do not."""
        verification, rng = Verification(exercise(name), with_numpy), random.Random(name)
        assert list(verification.rejected(rng.sample(right_forms(exercise(name)), 1))) == []
        assert list(verification.accepted(rng.sample(wrong_forms(exercise(name)), 1))) == []

    @pytest.mark.parametrize(
        ("name", "change", "said"),
        [
            (
                "numpy_lstm_step",
                ("np.split(a, 4, axis=1)", "np.split(a[:, ::-1], 4, axis=1)"),
                "next_h and next_c are wrong, so the forward pass comes first",
            ),
            (
                "numpy_rnn_step",
                ("np.tanh(x @ Wx", "np.tanh(2*x @ Wx"),
                "next_h is wrong, so the forward pass comes first",
            ),
            ("numpy_svm_loss", ("[:, None] + 1", "[:, None]"), ""),
        ],
    )
    def test_behind_wrong_values_the_forward_pass_comes_first(
        self, with_numpy: Sandbox, name: str, change: tuple[str, str], said: str
    ) -> None:
        """They are named; where one function gives both, there is no pass to come first."""
        source = solution_file(exercise(name)).read_text(encoding="utf-8")
        assert change[0] in source
        submission = Submission("test", Path("backward.py"), {"backward.py": source.replace(*change).encode()})
        rows = start_grading(exercise(name), submission, with_numpy, Settings(explained=False), cases(name)).document()
        (notes,) = (row["notes"] for row in rows["gradients"] if row["name"] == "dx")
        assert any(said in note for note in notes) if said else not notes

    def test_an_unused_upstream_gradient_is_named_however_many_lines_lie_between(self, with_numpy: Sandbox) -> None:
        """The two functions of a layer are given dout only."""
        form = next(
            f for f in wrong_forms(exercise("numpy_conv")) if f.kind == "upstream_unused" and "dx" in f.gradients
        )
        submission = Submission("test", Path("backward.py"), form.files)
        rows = start_grading(exercise("numpy_conv"), submission, with_numpy, Settings(), cases("numpy_conv")).document()
        (found,) = (row["diagnosis"]["kind"] for row in rows["gradients"] if row["name"] == "dx")
        assert found == "upstream_unused"

    @pytest.mark.slow
    @every_one
    @pytest.mark.parametrize("hidden", [None, 5])
    def test_the_catalogues_hold_at_hidden_sizes(self, with_numpy: Sandbox, name: str, hidden: int | None) -> None:
        """The verdict is about the function, not about the case."""
        settings = Settings(hidden_seed=hidden, explained=False)
        verification = Verification(exercise(name), with_numpy, settings)
        assert verification.right().problems == ()
        assert verification.wrong().problems == ()
