"""A new layer in a course's convention: its signatures, its stubs, and what cannot become one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
import torch
from click.testing import CliRunner

from grader.authoring.exercise_files import layer_stubs
from grader.authoring.layer_forms import FORMS, ArrayKind, Style
from grader.authoring.verification import Verification
from grader.cli.main import main
from grader.exercise.exercise import Exercise
from grader.exercise.exercise_toml import EXERCISE
from grader.exercise.form import passes
from grader.exercise.toml_file import text
from grader.learner.progress import about_gradient

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from grader.sandbox.client import Sandbox

LAYER = """\
import torch

def inputs(seed, n=6, d=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g)
    w = torch.randn((n, d), generator=g)
    keep = torch.rand((n, d), generator=g) < 0.5
    return {'x': x, 'keep': keep, 'w': w, 'steps': 2}

def forward(x, keep, w, steps):
    scaled = x * w
    out = scaled * keep * steps
    return locals()
"""
SOLUTION = """\
def {0}forward(x, keep, w, steps):
    return x * w * keep * steps, (x, keep, w, steps)

def {0}backward(dout, cache):
    x, keep, w, steps = cache
    dscaled = dout * (keep * steps)
    return dscaled * w, dscaled * x
"""


def make(folder: Path, source: str = LAYER, *options: str, name: str = "masked_scale") -> Result:
    """Run `grade new` on a layer."""
    (folder / f"{name}.py").write_text(source)
    words = ["new", str(folder / f"{name}.py"), "--exercises", str(folder / "exercises"), *options]
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(("form", "prefix"), [("functions", "masked_scale_"), ("static", "MaskedScale.")])
def test_a_layer_becomes_two_functions_named_after_it(tmp_path: Path, sandbox: Sandbox, form: str, prefix: str) -> None:
    """The stubs are not started, a written solution is right, and only the hints are still missing."""
    result = make(tmp_path, LAYER, "--form", form)
    assert "\n3 rows: out, dx, dw\n" in result.output
    exercise = Exercise(tmp_path / "exercises" / "masked_scale")
    written = (exercise.directory / "exercise.toml").read_text()
    assert f'forward = "{prefix}forward(x, keep, w, steps) -> out, cache"\n' in written
    assert f'backward = "{prefix}backward(dout, cache) -> dx, dw"\n' in written
    assert exercise.gradients == ("out", "dx", "dw")
    verification = Verification(exercise, sandbox)
    assert verification.stubs().problems == ()
    assert verification.reading_matter().problems == tuple(f"exercise.toml has no hint for {v}" for v in "xw")
    solution = SOLUTION.format("" if form == "static" else prefix)
    if form == "static":
        lines = "".join(f"    {line}\n" for line in solution.replace("def ", "@staticmethod\ndef ").splitlines())
        solution = f"class MaskedScale:\n{lines}"
    (tmp_path / "solutions" / "masked_scale" / "backward.py").write_text(solution)
    assert verification.solution().problems == ()


def test_a_stub_says_what_it_is_given_and_what_it_returns(tmp_path: Path) -> None:
    """The shape of each array, and what is no array of floats."""
    make(tmp_path, LAYER, "--form", "functions")
    exercise = Exercise(tmp_path / "exercises" / "masked_scale")
    forward, backward = map(ast.get_docstring, ast.parse((exercise.directory / "backward.py").read_text()).body[-2:])
    assert forward == (
        "Compute out, and keep what the backward pass needs.\n\n"
        "Arguments:\n"
        "    x: shape (6, 5)\n    keep: shape (6, 5), bool\n    w: shape (6, 5)\n    steps: int, such as 2\n\n"
        "Returns:\n"
        "    out: shape (6, 5)\n    cache: anything that masked_scale_backward needs"
    )
    assert backward == (
        "Compute the gradients of the inputs from that of out.\n\n"
        "Arguments:\n"
        "    dout: shape (6, 5), like out\n    cache: what masked_scale_forward returned\n\n"
        "Returns:\n"
        "    dx: shape (6, 5), like x\n    dw: shape (6, 5), like w"
    )
    assert "  shape     (6, 5), like w" in about_gradient(exercise, "dw")


def test_a_static_methods_stub_can_be_shown(tmp_path: Path) -> None:
    """With its own name, and the shape of the gradient that was asked for."""
    make(tmp_path, LAYER, "--form", "static")
    shown = list(about_gradient(Exercise(tmp_path / "exercises" / "masked_scale"), "dx"))
    assert shown[-3:] == ["  shape     (6, 5), like x", "", "  def backward(dout, cache):"]


def test_numpy_stubs_import_numpy_alone() -> None:
    """A learner who types torch. there is told at once."""
    form = passes(FORMS[Style.FUNCTIONS]("relu", ["x"], ["x"]))
    assert form is not None
    stubs = layer_stubs(form, {"x": torch.zeros(2), "out": torch.zeros(2)}, ArrayKind.NUMPY)
    assert "\nimport numpy as np\n\n\ndef relu_forward(x):\n" in stubs
    assert "torch" not in stubs


def test_a_numpy_layer_says_so_in_its_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact is not expected of it."""
    monkeypatch.setitem(EXERCISE.keys["form"].keys, "arrays", text())  # type: ignore[union-attr]
    assert make(tmp_path, LAYER, "--form", "functions", "--arrays", "numpy").exit_code == 0
    folder = tmp_path / "exercises" / "masked_scale"
    assert 'cache) -> dx, dw"\narrays = "numpy"\n' in (folder / "exercise.toml").read_text()
    assert not Exercise(folder).settings.exact_expected
    assert "import numpy as np\n" in (folder / "backward.py").read_text()


def test_only_the_inputs_that_are_named_are_returned(tmp_path: Path) -> None:
    """In the order of forward(); out is always graded, named or not."""
    make(tmp_path, LAYER, "--form", "functions", "--graded", "w", "--graded", "out")
    exercise = Exercise(tmp_path / "exercises" / "masked_scale")
    assert exercise.graded == ("out", "w")
    assert exercise.settings.form == passes(FORMS[Style.FUNCTIONS]("masked_scale", ["x", "keep", "w", "steps"], ["w"]))


def test_graded_in_the_file_is_the_choice_as_well(tmp_path: Path) -> None:
    """An author may have written it for a layer by hand."""
    make(tmp_path, f"{LAYER}\nGRADED = ['out', 'x']\n", "--form", "static")
    assert Exercise(tmp_path / "exercises" / "masked_scale").gradients == ("out", "dx")


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        (("out = scaled * keep * steps", "loss = (scaled * keep * steps).sum()"), (),
         "masked_scale.py:12: --form needs a layer: let forward() end in `out = ...`, without a loss"),
        (("", ""), ("--graded", "scaled"),
         "scaled is no input of forward(), and the functions of a layer return the gradients of its inputs only: x, w"),
        (("steps", "cache"), (),
         "masked_scale.py: an input of forward() is called cache, as is what the forward function returns"),
        (("keep", "dout"), (), "dout"),
    ],
    ids=["a loss", "no input", "cache", "dout"],
)  # fmt: skip
def test_what_cannot_be_a_layer_is_refused_and_nothing_is_written(
    tmp_path: Path, change: tuple[str, str], options: tuple[str, ...], sentence: str
) -> None:
    """With the next step."""
    result = make(tmp_path, LAYER.replace(*change), "--form", "functions", *options)
    assert result.exit_code == 4
    assert sentence in result.output
    assert not (tmp_path / "exercises").exists()
