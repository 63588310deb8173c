"""The exercises under test, and the catalogues as files."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from grader.authoring.mutants import mutants_of
from grader.authoring.verification import Verification
from grader.cli.main import main
from grader.exercise.catalogue import right_forms, wrong_forms
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Settings
from grader.exercise.shelf import list_exercises, load_exercise

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sandbox.client import Sandbox

SHORT = 8
"""How many forms of each catalogue the default tests grade; all of them are graded under the mark `slow`."""

FEW_STEPS = 8
"""A mistake shows in the first steps of a training run, and is not forgotten in those that follow."""

MUTANTS = 60
"""How many mutants of each solution are graded under the mark `slow`; `grade verify --mutants N` grades more."""


def needs(name: str) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of an exercise whose grading takes long, or needs numpy."""
    form = load_exercise(name).settings.form
    in_numpy = form is not None and form.arrays == "numpy"
    return (*((pytest.mark.slow,) if name == "gpt2_training" else ()), *((pytest.mark.numpy,) if in_numpy else ()))


EVERY = [pytest.param(name, marks=needs(name)) for name in list_exercises()]


@pytest.mark.parametrize("name", EVERY)
def test_stubs_fail_and_solutions_pass(sandbox: Sandbox, name: str) -> None:
    """For every exercise in the project."""
    verification = Verification(load_exercise(name), sandbox)
    for finding in (verification.reading_matter(), verification.stubs(), verification.solution()):
        assert finding.problems == (), finding.what
        assert finding.checked > 0
    assert verification.sizes().problems == ()


def test_a_sample_of_the_mlp_s_alternatives_is_accepted_and_of_its_mistakes_rejected(
    sandbox: Sandbox, mlp: Exercise
) -> None:
    """A sample of the whole catalogue, drawn with a fixed seed."""
    verification, rng = Verification(mlp, sandbox), random.Random(20)
    assert list(verification.rejected(rng.sample(right_forms(mlp), SHORT))) == []
    assert list(verification.accepted(rng.sample(wrong_forms(mlp), SHORT))) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", EVERY)
def test_every_alternative_is_accepted_and_every_mistake_rejected(sandbox: Sandbox, name: str) -> None:
    """Without exception. Each mistake is explained, too: an explanation that fails is an error here."""
    assert Verification(load_exercise(name), sandbox).right().problems == ()
    exercise = load_exercise(name)
    if exercise.kind == "training":
        exercise.constants["STEPS"] = FEW_STEPS
    assert Verification(exercise, sandbox, Settings()).wrong().problems == ()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "hidden"), [(1, 101), (2, 102), (3, 103)])
def test_the_catalogues_hold_at_other_seeds_and_hidden_sizes(
    sandbox: Sandbox, mlp: Exercise, seed: int, hidden: int
) -> None:
    """The verdict is about the function, not about the minibatch."""
    verification, rng = (
        Verification(mlp, sandbox, Settings(seed=seed, hidden_seed=hidden, explained=False)),
        random.Random(seed),
    )
    assert list(verification.rejected(rng.sample(right_forms(mlp), 60))) == []
    assert list(verification.accepted(rng.sample(wrong_forms(mlp), 60))) == []


def test_a_sample_of_mutants_of_the_mlp_s_solution_is_rejected(sandbox: Sandbox, mlp: Exercise) -> None:
    """None is equivalent to the solution, and none scores."""
    finding = Verification(mlp, sandbox).mutants(SHORT, seed=5)
    assert (finding.checked, finding.problems) == (SHORT, ())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in list_exercises() if load_exercise(name).kind == "gradients"])
def test_mutants_of_every_solution_are_rejected(sandbox: Sandbox, name: str) -> None:
    """Small changes that alter the mathematics."""
    finding = Verification(load_exercise(name), sandbox).mutants(MUTANTS, seed=0)
    assert finding.checked > 0
    assert finding.problems == ()


def test_an_equivalent_mutant_is_discarded(tmp_path: Path) -> None:
    """2*x with its operands swapped is 2*x."""
    exercise = written(tmp_path, "# mistake: sign -- s\ndef dx(x):\n    return -x\n")
    (tmp_path / "solutions/tiny/backward.py").write_text("def dx(x):\n    return x - (-x)\n")
    texts = [form.block for form in mutants_of(exercise, 100, 0)]
    assert texts
    assert not any("x + x" in text for text in texts)
    assert any("return -x" in text for text in texts)


def test_the_mlp_s_catalogues_are_as_large_as_promised(mlp: Exercise) -> None:
    """At least 100 alternatives, 150 mistakes, and 4 mistakes for each variable."""
    wrong = wrong_forms(mlp)
    assert len(right_forms(mlp)) >= 100
    assert len(wrong) >= 150
    for name in mlp.gradients:
        assert sum(name in form.gradients for form in wrong) >= 4, name


def written(folder: Path, text: str) -> Exercise:
    """An exercise with one catalogue file."""
    for part in ("exercises/tiny", "solutions/tiny/wrong"):
        (folder / part).mkdir(parents=True)
    (folder / "exercises/tiny/exercise.toml").write_text('title = "t"')
    (folder / "exercises/tiny/forward.py").write_text(
        "import torch\nGRADED = ['x']\nSIZES = []\ndef inputs(seed):\n    return {'x': torch.ones(3)}\n"
        "def forward(x):\n    loss = (x*x).sum()\n    return locals()\n"
    )
    (folder / "solutions/tiny/backward.py").write_text("def dx(x):\n    return 2*x\n")
    (folder / "solutions/tiny/wrong/dx.py").write_text(text)
    return Exercise(folder / "exercises/tiny")


def test_a_block_overrides_the_solution(tmp_path: Path) -> None:
    """Kind and note come from its header."""
    (form,) = wrong_forms(written(tmp_path, "# mistake: constant_factor -- the 2\ndef dx(x):\n    return x\n"))
    assert (form.kind, form.note, form.gradients, form.place) == ("constant_factor", "the 2", ("dx",), "dx.py:1")
    assert form.source.startswith("def dx(x):\n    return 2*x\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def dx(x):\n    return x\n", "has no blocks"),
        ("# mistake: sign -- y\ndef dy(x):\n    return x\n", "defines none of the exercise's gradients"),
        ("# mistake: sign -- y\ndef dx(x:\n", "dx.py:2"),
    ],
)
def test_a_malformed_catalogue_is_reported(tmp_path: Path, text: str, sentence: str) -> None:
    """With file and line."""
    with pytest.raises(BrokenExercise, match=r"dx\.py") as caught:
        wrong_forms(written(tmp_path, text))
    assert sentence in str(caught.value)


def test_problems_of_an_exercise_are_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    """A verification that cannot fail would verify nothing."""
    exercise = written(tmp_path, "# mistake: sign -- none at all\ndef dx(x):\n    return x + x\n")
    (exercise.directory / "backward.py").write_text("def dx(x):\n    return x\n")
    verification = Verification(exercise, sandbox)
    assert "was accepted: dx" in verification.wrong().problems[0]
    assert verification.stubs().problems == ("the stub dx is wrong_values, expected not_started",)
    assert verification.reading_matter().problems == (
        "exercise.toml has no hint for x",
        "the stub dx has no TODO",
        "the stub dx has no docstring with its forward line and shape",
    )


def with_sizes(folder: Path, sizes: str, source: str = "torch.ones(n, m)") -> Exercise:
    """An exercise with two sizes, n=4 and m=3, and these further ones."""
    exercise = written(folder, "# mistake: sign -- s\ndef dx(x):\n    return -x\n")
    exercise.forward_file.write_text(
        f"import torch\nGRADED = ['x']\nSIZES = [{sizes}]\ndef inputs(seed, n=4, m=3):\n    return {{'x': {source}}}\n"
        "def forward(x):\n    loss = (x*x).sum()\n    return locals()\n"
    )
    return Exercise(exercise.directory)


def test_sizes_that_do_not_straddle_are_named(sandbox: Sandbox, tmp_path: Path) -> None:
    """A slice [:4] would be accepted if m is never above 4."""
    exercise = with_sizes(tmp_path, "{'n': 7, 'm': 4}, {'n': 5, 'm': 2}")
    (exercise.directory / "backward.py").write_text("def dx(x):\n    raise NotImplementedError\n")
    verification = Verification(exercise, sandbox)
    finding = verification.sizes()
    assert finding.what == "the sizes straddle the given ones"
    assert finding.checked == 2
    assert finding.problems == (
        ("SIZES: no case has m above 4, the largest given size (m is 2 or 4), so a slice [:4] would go unnoticed"),
        "SIZES: no case has n below 4, its given size (n is 5 or 7), so code that assumes 4 would go unnoticed",
    )
    assert finding in list(verification.findings())


def test_values_at_a_kink_are_named_in_every_case(sandbox: Sandbox, tmp_path: Path) -> None:
    """With the case, the line and what to change."""
    exercise = with_sizes(tmp_path, "{'n': 7, 'm': 2}, {'n': 2, 'm': 6}", "torch.zeros(n, m)")
    text = exercise.forward_file.read_text().replace("(x*x).sum()", "x.relu().sum()")
    exercise.forward_file.write_text(text)
    finding = Verification(Exercise(exercise.directory), sandbox).kinks()
    assert finding.checked == 3
    assert finding.problems[0].startswith("case 0, forward.py line 7: x is exactly 0 in some elements, where relu has ")


def test_a_size_that_nothing_smaller_works_for_need_not_be_smaller(sandbox: Sandbox, tmp_path: Path) -> None:
    """For example, windows of four in n numbers."""
    exercise = with_sizes(tmp_path, "{'n': 7, 'm': 2}, {'n': 5, 'm': 6}", "torch.ones(n, m).unfold(0, 4, 1)")
    assert Verification(exercise, sandbox).sizes().problems == ()


@pytest.mark.slow
def test_the_command_prints_what_it_verified_and_sets_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 for a shipped exercise, 1 for one in the author's folder with an accepted mistake."""
    runner = CliRunner()
    good = runner.invoke(main, ["verify", "cross_entropy", "--mutants", "3"])
    assert good.exit_code == 0, good.output
    assert "✓ mutants of the solution are rejected (seed 0): 3 of 3" in good.output
    written(tmp_path, "# mistake: sign -- none at all\ndef dx(x):\n    return x + x\n")
    (tmp_path / "exercises/tiny/backward.py").write_text("def dx(x):\n    raise NotImplementedError\n")
    monkeypatch.chdir(tmp_path)
    bad = runner.invoke(main, ["verify", "tiny"])
    assert bad.exit_code == 1, bad.output
    assert "✗ mistakes are rejected: 0 of 1" in bad.output


def test_the_time_of_a_submission_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    """And is no problem, unless it comes near the limit."""
    verification = Verification(with_sizes(tmp_path, "{'n': 7, 'm': 2}, {'n': 2, 'm': 7}"), sandbox)
    verification.solution()
    found = verification.duration()
    assert re.fullmatch(r"\d+\.\d\d s of 60 s; the slowest is dx, \d+ ms", found.said)
    assert found.problems == ()


def test_where_other_solutions_would_stand_is_told_if_there_are_none(sandbox: Sandbox, tmp_path: Path) -> None:
    """An author may not know that they can be collected."""
    verification = Verification(with_sizes(tmp_path, "{'n': 7, 'm': 2}, {'n': 2, 'm': 7}"), sandbox)
    name = verification.exercise.name
    assert verification.right().said == f"none collected; they would stand in solutions/{name}/right/d<variable>.py"
    assert verification.wrong().said == ""
