"""The exercises as files: stubs, sizes, hints, solutions and catalogues agree with the forward pass."""

from __future__ import annotations

import ast
import inspect
import re
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.exercise.case import Case
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.exercise.exercise import Exercise

ROOT = Path(__file__).resolve().parents[2]
SEED = 2147483647
GIVEN_SIZES = {"n": 32, "n_hidden": 64, "vocab_size": 27, "n_embd": 10}
SHIPPED = ("batchnorm", "cross_entropy", "mlp", "training")
LABELS = frozenset(
    """
    not_summed keepdim summed_too_far not_expanded transposed permuted wrong_axis sign constant_factor zeros
    missing_path doubled_path negated_path wrong_path upstream_unused upstream_only other_gradient wrong_operand
    wrong_power wrong_epsilon wrong_index repeated_index hard_coded wrong_dtype aliasing softmax_jacobian fused_term
    null_gradient float32_pinned unknown
    """.split()  # noqa: SIM905 thirty words read better without quotes
)


@pytest.fixture(params=SHIPPED)
def exercise(request: pytest.FixtureRequest) -> Exercise:
    """Each of the shipped exercises."""
    return load_exercise(request.param)


def wanted(exercise: Exercise) -> tuple[str, ...]:
    """The functions that a learner writes."""
    return ("gradients",) if exercise.kind == "training" else exercise.gradients


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """The top-level functions of a file, in order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def stubs(exercise: Exercise) -> dict[str, ast.FunctionDef]:
    """The stubs as shipped."""
    return functions(exercise.directory / "backward.py")


def solution(name: str) -> Path:
    """The worked solution."""
    return ROOT / "solutions" / name / "backward.py"


def catalogue(name: str, folder: str) -> dict[str, list[tuple[str, str]]]:
    """File stem -> its blocks, each a header and the source beneath it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "solutions" / name / folder).glob("*.py")):
        parts = re.split(r"(?m)^# (?:form|mistake): (.*)$", path.read_text(encoding="utf-8"))
        if len(parts) > 1:
            assert not parts[0].strip(), f"{path} begins with something else than a header"
            found[path.stem] = list(zip(parts[1::2], parts[2::2], strict=True))
    return found


def run(path: Path) -> ModuleType:
    """A trusted file, run in this process."""
    module = ModuleType(path.stem)
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    return module


def call(function: Callable[..., torch.Tensor], case: Case, upstream: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Call by name on fresh copies, as the grader does."""
    given: dict[str, Any] = {}
    for name in inspect.signature(function).parameters:
        value = case.values[name] if name in case.values else upstream[name[1:]]
        given[name] = value.clone() if isinstance(value, torch.Tensor) else value
    return function(**given)


def test_the_four_exercises_of_the_lecture_are_there() -> None:
    """They are found in the folder, not listed in the code."""
    assert set(SHIPPED) <= set(list_exercises())


def test_mlp_grades_the_26_variables_in_the_lecture_order(mlp: Exercise) -> None:
    """Names and order are those of the lecture's own table."""
    assert " ".join(mlp.graded) == (
        "logprobs probs counts_sum_inv counts_sum counts norm_logits logit_maxes logits h W2 b2 hpreact bngain bnbias "
        "bnraw bnvar_inv bnvar bndiff2 bndiff bnmeani hprebn embcat W1 b1 emb C"
    )


def test_there_is_one_stub_for_each_gradient_in_the_order_of_the_report(exercise: Exercise) -> None:
    """Nothing is missing, nothing is left over."""
    assert tuple(stubs(exercise)) == wanted(exercise)


def test_every_stub_says_todo_and_raises(exercise: Exercise) -> None:
    """A stub is a docstring, a TODO and NotImplementedError."""
    source = (exercise.directory / "backward.py").read_text(encoding="utf-8")
    for name, stub in stubs(exercise).items():
        assert "# TODO: write" in (ast.get_source_segment(source, stub) or ""), name
        assert [type(node) for node in stub.body] == [ast.Expr, ast.Raise], name


def test_every_stub_names_its_forward_lines(exercise: Exercise) -> None:
    """The docstring quotes the lines that read the variable, and nothing that is not in forward.py."""
    texts = {line.text for line in exercise.lines}
    for name, stub in stubs(exercise).items():
        quoted = {line.strip() for line in (ast.get_docstring(stub) or "").splitlines() if "=" in line}
        variables = exercise.graded if name == "gradients" else (name[1:],)
        assert {line.text for variable in variables for line in exercise.readers[variable]} <= quoted <= texts, name


def test_every_stub_names_the_shape_at_the_given_sizes(exercise: Exercise) -> None:
    """The shape in the docstring is the variable's."""
    inputs = exercise.inputs(SEED, {})
    values = exercise.forward({name: inputs[name] for name in exercise.inputs_parameters})
    for name, stub in stubs(exercise).items():
        shapes = [values[v].shape for v in (exercise.graded if name == "gradients" else (name[1:],))]
        listed = ", ".join(str(tuple(shape)) for shape in shapes)
        assert f"{listed}, like " in (ast.get_docstring(stub) or ""), name


def test_every_stub_can_be_called_with_its_parameters(exercise: Exercise) -> None:
    """Its parameters are forward values, or gradients of variables that are computed later."""
    inputs = exercise.inputs(SEED, {})
    values = exercise.forward({name: inputs[name] for name in exercise.inputs_parameters})
    for name, stub in stubs(exercise).items():
        later = {f"d{variable}" for variable in exercise.downstream(name[1:])}
        asked = {argument.arg for argument in stub.args.args}
        assert asked <= set(values) | later, name


def test_the_solution_has_the_stubs_and_their_parameters(exercise: Exercise) -> None:
    """A learner who opens it finds the same functions, filled in."""
    ours = {name: ast.unparse(stub.args) for name, stub in functions(solution(exercise.name)).items()}
    assert ours == {name: ast.unparse(stub.args) for name, stub in stubs(exercise).items()}


def test_every_gradient_has_two_hints_in_words(exercise: Exercise) -> None:
    """A shape rule and a local derivative, and never the code."""
    hints = exercise.settings.hints
    assert tuple(hints) == exercise.graded
    for variable, hint in hints.items():
        for text in (hint.shape, hint.derivative):
            assert len(text.split()) >= 3, variable
            assert not re.search(r"[@*]|\w\(|\.sum|\.T\b|torch|keepdim|F\.", text), variable


def test_the_stretches_list_every_gradient_once(exercise: Exercise) -> None:
    """In the order of the report."""
    members = [variable for stretch in exercise.settings.stretches.values() for variable in stretch]
    assert tuple(members) == exercise.graded


def test_exact_is_expected_only_of_mlp_and_the_others_say_why() -> None:
    """A fused formula is correct without being exact."""
    expected = {name: load_exercise(name).settings.exact_expected for name in SHIPPED}
    assert expected == {"batchnorm": False, "cross_entropy": False, "mlp": True, "training": False}
    assert all(load_exercise(name).settings.exact_reason for name, exact in expected.items() if not exact)


def test_no_two_sizes_are_equal(exercise: Exercise) -> None:
    """A hard-coded size is detected only if all sizes differ."""
    given = {name: size for name, size in GIVEN_SIZES.items() if name in exercise.sizes[0]}
    every = [given, *exercise.sizes]
    for sizes in every:
        derived = [*sizes.values(), 3, 3 * sizes["n_embd"]] if "n_embd" in sizes else [*sizes.values()]
        assert len(set(derived)) == len(derived), sizes
    for one, other in combinations(every, 2):
        assert one.keys() == other.keys()
        assert not set(one.values()) & set(other.values())
    assert len(exercise.sizes) >= 3
    assert all(sizes["n"] >= 5 for sizes in exercise.sizes)
    assert any(sizes["n"] & (sizes["n"] - 1) for sizes in exercise.sizes)


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3, 4])
def test_the_inputs_have_what_a_sound_verdict_needs(seed: int, exercise: Exercise) -> None:
    """Finite values, no ties at a row's maximum, a character that occurs twice."""
    for sizes in ({}, *exercise.sizes):
        inputs = exercise.inputs(seed, sizes)
        values = exercise.forward({name: inputs[name] for name in exercise.inputs_parameters})
        for value in values.values():
            assert not isinstance(value, torch.Tensor) or bool(torch.isfinite(value).all())
        if "logits" in values:
            logits = values["logits"]
            assert bool(((logits == logits.max(1, keepdim=True).values).sum(1) == 1).all())
        if "Xb" in values:
            assert values["Xb"].unique().numel() < values["Xb"].numel()
            assert int(values["Xb"].max()) < values["C"].shape[0]


def test_the_same_seed_draws_the_same_inputs(exercise: Exercise) -> None:
    """Nothing comes from the global generator."""
    before = torch.random.get_rng_state()
    first, second = exercise.inputs(5, {}), exercise.inputs(5, {})
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(before, torch.random.get_rng_state())


def test_training_offers_minibatches_and_a_falling_learning_rate() -> None:
    """200 steps, the first minibatch is the one that inputs() gives, and the rate ends lower than it began."""
    training = load_exercise("training")
    module = training.module
    batches = module.batches(SEED)
    first = training.inputs(SEED, {})
    assert len(batches) == module.STEPS == 200
    assert torch.equal(batches[0][0], first["Xb"])
    assert torch.equal(batches[0][1], first["Yb"])
    assert module.learning_rate(0) > module.learning_rate(module.STEPS - 1) > 0


@pytest.mark.parametrize("n", [2, 3, 5, 7, 16, 32, 33, 48, 64, 100])
def test_the_mlp_solution_is_exact_for_every_batch_size(n: int, mlp: Exercise) -> None:
    """26 of 26, local and chained."""
    answers = run(solution("mlp"))
    case = Case(mlp, SEED + n, {"n": n})
    own: dict[str, torch.Tensor] = {}
    for variable in mlp.graded:
        function = getattr(answers, f"d{variable}")
        assert torch.equal(call(function, case, case.reference), case.reference[variable]), variable
        own[variable] = call(function, case, own).contiguous()
        assert torch.equal(own[variable], case.reference[variable]), f"{variable}, chained"


def test_the_published_solution_is_exact_at_the_given_minibatch(mlp: Exercise) -> None:
    """The lecture's own lines, 26 of 26."""
    answers = run(ROOT / "solutions" / "mlp" / "right" / "lecture.py")
    case = Case(mlp, SEED, {})
    for variable in mlp.graded:
        got = call(getattr(answers, f"d{variable}"), case, case.reference)
        assert torch.equal(got, case.reference[variable]), variable


@pytest.mark.parametrize("folder", ["right", "wrong"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_block_of_a_catalogue_is_one_function_under_its_own_header(name: str, folder: str) -> None:
    """No header twice in a file, and the function is that of the file."""
    names = wanted(load_exercise(name))
    for stem, blocks in catalogue(name, folder).items():
        assert stem in names
        headers = [header for header, _ in blocks]
        assert len(set(headers)) == len(headers), stem
        for header, source in blocks:
            defined = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
            assert defined[-1] == stem, header


@pytest.mark.parametrize("name", SHIPPED)
def test_every_mistake_has_a_label_from_the_closed_list_and_a_description(name: str) -> None:
    """`# mistake: label -- what exactly`."""
    for blocks in catalogue(name, "wrong").values():
        for header, _ in blocks:
            label, dashes, description = header.partition(" -- ")
            assert label in LABELS, header
            assert dashes, header
            assert description, header


def test_the_catalogues_are_large_enough() -> None:
    """For mlp at least 100 alternatives and 150 mistakes, at least 4 for each gradient, every label in use."""
    right, wrong = catalogue("mlp", "right"), catalogue("mlp", "wrong")
    assert sum(map(len, right.values())) >= 100
    assert sum(map(len, wrong.values())) >= 150
    assert set(right) == set(wrong) == set(load_exercise("mlp").gradients)
    assert min(map(len, wrong.values())) >= 4
    assert {header.partition(" -- ")[0] for blocks in wrong.values() for header, _ in blocks} == LABELS
    for name in ("cross_entropy", "batchnorm", "training"):
        assert sum(map(len, catalogue(name, "right").values())) >= 8
        assert sum(map(len, catalogue(name, "wrong").values())) >= 8
