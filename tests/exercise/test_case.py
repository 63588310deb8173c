"""Cases: references line by line, cut gradients, term scales."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from grader.exercise import case as cases_of
from grader.exercise.case import MOST_KEPT, Case, LineGraph, build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.case import Cases


def test_line_by_line_gradients_equal_autograd_over_the_whole_graph(mlp: Exercise, mlp_cases: Cases) -> None:
    """The float64 sweep equals autograd in float64 on the same inputs, bit for bit."""
    case = mlp_cases.given
    leaves = {
        name: value.double().requires_grad_() if value.is_floating_point() else value
        for name, value in case.inputs.items()
    }
    values = mlp.forward(leaves)
    wanted = [values[variable] for variable in mlp.graded]
    for variable, expected in zip(mlp.graded, torch.autograd.grad(values["loss"], wanted), strict=True):
        assert torch.equal(case.true.total(variable), expected), variable


def test_the_float32_reference_has_the_shape_and_dtype_of_its_variable(mlp: Exercise, mlp_cases: Cases) -> None:
    """A gradient looks like its variable."""
    for variable in mlp.graded:
        reference, value = mlp_cases.given.reference[variable], mlp_cases.given.values[variable]
        assert (reference.shape, reference.dtype) == (value.shape, torch.float32)


def test_a_cut_gradient_uses_the_given_cotangent_instead_of_the_total(mlp_cases: Cases) -> None:
    """dprobs with a random dlogprobs is that cotangent divided by probs."""
    case = mlp_cases.given
    expected = case.cotangents["logprobs"] / case.graph.values["probs"]
    assert torch.allclose(case.cut(["logprobs"]).cut("probs"), expected, rtol=1e-14)


def test_cuts_are_shared_between_functions_that_depend_on_the_same_gradients(mlp_cases: Cases) -> None:
    """One sweep per set of upstream gradients, whatever the order of the names."""
    assert mlp_cases.given.cut(["dprobs", "x"][:0]) is mlp_cases.given.cut([])
    assert mlp_cases.given.cut(["probs", "counts_sum"]) is mlp_cases.given.cut(["counts_sum", "probs"])


def test_the_number_of_cached_cut_gradients_is_limited(mlp: Exercise) -> None:
    """The oldest are dropped, and are the same when computed again."""
    case = Case(mlp, 3, mlp.sizes[0])
    numbers = sum(value.numel() for value in case.graph.values.values() if isinstance(value, torch.Tensor))
    names = sorted(case.cotangents)
    first = case.cut(["loss"])
    expected = first.cut("C")
    for one, other in itertools.combinations(names, 2):
        sweep = case.cut(["loss", one, other])
        sweep.magnitude("C")
        assert sum(each.kept for each in case.once._kept.values()) <= MOST_KEPT * numbers + sweep.kept
    assert case.cut(["loss"]) is not first
    assert torch.equal(case.cut(["loss"]).cut("C"), expected)


def test_exactly_logit_maxes_and_b1_are_null(mlp_cases: Cases) -> None:
    """Softmax is shift invariant, and batch norm removes b1."""
    assert mlp_cases.null == {"logit_maxes", "b1"}


def test_the_scale_of_a_null_gradient_is_that_of_its_terms(mlp_cases: Cases) -> None:
    """The terms cancel; their size does not."""
    case = mlp_cases.given
    assert float(case.true.total("b1").abs().max()) < 1e-12
    assert case.true.scale("b1") > 1e-4


def test_two_builds_of_a_case_have_the_same_reference_hash(mlp: Exercise, mlp_cases: Cases) -> None:
    """Everything comes from the seed."""
    again = build_cases(mlp, mlp_cases.given.seed)
    assert again.reference_hash == mlp_cases.reference_hash
    assert build_cases(mlp, 1).reference_hash != mlp_cases.reference_hash


class TestOtherBits:
    """Whether the reference gradients have the bits that were measured."""

    @pytest.mark.parametrize("name", [name for name in list_exercises() if not load_exercise(name).in_numpy])
    def test_every_built_in_exercise_has_the_bits_that_were_measured(self, name: str) -> None:
        """exercise.toml has their hash. Where arrays are NumPy's, bits are not compared."""
        cases = build_cases(load_exercise(name), LECTURE_SEED)
        assert (cases.exercise.settings.exact_reference, cases.other_bits) == (cases.reference_hash, False)

    def test_only_the_lectures_case_was_measured(self, mlp: Exercise) -> None:
        """Of another seed, minibatch or list of names, nothing is known."""
        other = load_exercise("mlp")
        other.settings = replace(mlp.settings, exact_reference="0" * 64)
        assert build_cases(other, LECTURE_SEED).other_bits
        assert build_cases(other, LECTURE_SEED, 32).other_bits
        assert not build_cases(other, 1).other_bits
        assert not build_cases(other, LECTURE_SEED, 16).other_bits

    @pytest.mark.parametrize("computes", [True, False])
    def test_of_what_was_not_measured_other_exercises_decide(
        self, mlp: Exercise, mlp_cases: Cases, monkeypatch: pytest.MonkeyPatch, computes: bool
    ) -> None:
        """A course's own exercise, or another seed, on a processor that computes other bits."""
        monkeypatch.setattr(cases_of, "computes_other_bits", lambda: computes)
        assert build_cases(mlp, 1).bits_comparable is not computes
        assert mlp_cases.measured
        assert mlp_cases.bits_comparable

    def test_this_processor_computes_the_bits_that_were_measured(self) -> None:
        """In the exercises of the sample."""
        assert not cases_of.computes_other_bits()


def test_hidden_cases_have_their_own_sizes_and_values(mlp: Exercise, mlp_cases: Cases) -> None:
    """They differ from those of the fixed cases."""
    hidden = build_cases(mlp, mlp_cases.given.seed, hidden_seed=99)
    assert hidden.given.sizes == mlp_cases.given.sizes
    assert all(case.hidden for case in hidden.further)
    assert [case.sizes for case in hidden.further] != [case.sizes for case in mlp_cases.further]
    assert all(min(case.sizes.values()) >= 5 or "n_embd" in case.sizes for case in hidden.further)


def test_a_line_graph_can_be_differentiated_at_other_forward_values(mlp: Exercise, mlp_cases: Cases) -> None:
    """The float32 values are read, and the arithmetic is float64."""
    case = mlp_cases.given
    graph = LineGraph(mlp, case.inputs, at=case.values)
    assert torch.equal(graph.values["probs"], case.values["probs"].double())
    assert not torch.equal(case.graph.values["probs"], graph.values["probs"])


def test_a_narrow_case_is_the_same_case_at_float32_values(mlp_cases: Cases) -> None:
    """Its inputs and cotangents are the wide case's; its forward values are float32 values in float64."""
    case = mlp_cases.given
    narrow = case.narrow
    assert narrow.inputs is case.inputs
    assert narrow.cotangents is case.cotangents
    assert (narrow.seed, narrow.sizes, narrow.hidden) == (case.seed, case.sizes, case.hidden)
    assert torch.equal(narrow.graph.values["h"], case.values["h"].double())
    assert not torch.equal(narrow.true.total("h"), case.true.total("h"))


def test_a_reference_that_is_not_finite_is_an_error_in_the_exercise(tmp_path: Path) -> None:
    """No student is graded against NaN."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "exercise.toml").write_text('title = "broken"\n')
    (folder / "forward.py").write_text(
        "import torch\nGRADED = ['x']\nSIZES = []\n"
        "def inputs(seed, n=3):\n    return {'x': torch.zeros(n)}\n"
        "def forward(x):\n    y = x.log()\n    loss = (y*y).sum()\n    return locals()\n"
    )
    with pytest.raises(BrokenExercise, match="dx is not finite for seed 1"):
        build_cases(Exercise(folder), 1)


@pytest.mark.parametrize(("batch_size", "further"), [(48, [81, 5, 8]), (32, [65, 5, 8]), (5, [65, 4, 8])])
def test_the_further_cases_straddle_the_batch_size(mlp: Exercise, batch_size: int, further: list[int]) -> None:
    """`--batch-size 48` changes n of the given case, and of the further case that must be above it."""
    cases = build_cases(mlp, 3, batch_size=batch_size)
    assert cases.given.values["n"] == batch_size
    assert [case.values["n"] for case in cases.further] == further


def test_hidden_cases_straddle_the_batch_size(mlp: Exercise) -> None:
    """A slice `[:70]` is detected in a batch of 70, too."""
    for seed in range(10):
        found = [case.values["n"] for case in build_cases(mlp, 3, 70, hidden_seed=seed).further]
        assert min(found) < 70 < max(found)


def test_the_second_cotangent_differs_everywhere_it_could_matter(mlp: Exercise, mlp_cases: Cases) -> None:
    """Otherwise a function that depends on it would look as if it did not."""
    case: Case = mlp_cases.probe
    for name, cotangent in case.cotangents.items():
        assert not torch.equal(cotangent, case.twice.cotangents[name]), name


def test_a_detached_value_has_no_gradient_and_stops_nothing(tmp_path: Path) -> None:
    """A function can take it as a value, but not its gradient."""
    folder = tmp_path / "detached"
    folder.mkdir()
    (folder / "exercise.toml").write_text('title = "detached"\n')
    (folder / "forward.py").write_text(
        "import torch\nGRADED = ['y', 'x']\nSIZES = []\n"
        "def inputs(seed, n=3):\n    return {'x': torch.arange(1.0, n + 1)}\n"
        "def forward(x):\n    m = x.detach().max()\n    y = x - m\n    loss = (y*y).sum()\n    return locals()\n"
    )
    case = build_cases(Exercise(folder), 1).given
    assert "m" in case.pool64
    assert case.graph.differentiable == {"x", "y", "loss"}
    assert case.graph.differentiable <= case.reference.keys()


CONSTANTS = {
    "a mask as numbers": ("m = (x > 0).float()", "y = x * m"),
    "detached": ("m = x.detach() * 2", "y = x * m"),
    "a number": ("m = torch.tensor(0.5)", "y = x * m"),
    "a range": ("m = torch.arange(x.shape[0]).float() / 3", "y = x * m[:, None]"),
    "one-hot rows": ("m = F.one_hot(torch.arange(x.shape[0]) % x.shape[1], x.shape[1]).float()", "y = x @ m.T"),
    "two steps": ("m = torch.ones(3)\n    k = m.sum() * 2", "y = x * k"),
}


@pytest.mark.parametrize(("constant", "line"), CONSTANTS.values(), ids=CONSTANTS)
def test_a_value_that_is_attached_to_no_input_has_no_gradient(tmp_path: Path, constant: str, line: str) -> None:
    """A function can take it as a value; no gradient flows through it."""
    folder = tmp_path / "constant"
    folder.mkdir()
    (folder / "forward.py").write_text(
        "import torch\nimport torch.nn.functional as F\nGRADED = ['y', 'x']\nSIZES = [{'n': 7}]\n"
        "def inputs(seed, n=5):\n    g = torch.Generator().manual_seed(seed)\n"
        "    return {'x': torch.randn((n, 3), generator=g)}\n"
        f"def forward(x):\n    {constant}\n    {line}\n    loss = (y ** 2).sum()\n    return locals()\n"
    )
    (folder / "exercise.toml").write_text("title = 'constant'")
    case = build_cases(Exercise(folder), 1).given
    assert case.graph.differentiable == {"x", "y", "loss"}
    assert "m" in case.pool64
    assert torch.allclose(case.true.total("x").float(), case.reference["x"], rtol=1e-5)


def test_some_forward_values_can_be_read_instead_of_the_computed_ones(mlp: Exercise, mlp_cases: Cases) -> None:
    """The later lines are computed from them, the others as before."""
    case = mlp_cases.probe
    logits = case.graph.values["logits"].round()
    graph = LineGraph(mlp, case.inputs, {"logits": logits})
    assert torch.equal(graph.values["h"], case.graph.values["h"])
    assert torch.equal(graph.values["logits"], logits)
    assert torch.equal(graph.values["logit_maxes"], logits.max(1, keepdim=True).values)


def test_one_line_can_be_run_alone(mlp: Exercise, mlp_cases: Cases) -> None:
    """On what it reads, with the same gradients as among all lines."""
    whole, (line,) = mlp_cases.probe.graph, mlp.readers["logit_maxes"]
    alone = LineGraph(mlp, {name: whole.values[name] for name in line.reads}, lines=[line])
    assert [step.line for step in alone.steps] == [line]
    assert all(torch.equal(alone.values[name], whole.values[name]) for name in line.outputs)
