"""The signatures of a layer's functions, and what does not fit together in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.exercise import Exercise
from grader.exercise.form import factor_value, signature
from grader.exercise.forward import BrokenExercise
from grader.sandbox.types import Signature

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = """
import torch
GRADED = ['out', 'x']
SIZES = []
def inputs(seed, n=3):
    return {'x': torch.ones(n)}
def forward(x):
    out = x * 2
    return locals()
"""
FORM = 'forward = "double_forward(x) -> out, cache"\nbackward = "double_backward(dout, cache) -> dx"\n'


def exercise(folder: Path, form: str = FORM, forward: str = FORWARD) -> Exercise:
    """A layer with this form."""
    folder.mkdir()
    (folder / "forward.py").write_text(forward)
    (folder / "exercise.toml").write_text(f'title = "t"\nkind = "layer"\n[form]\n{form}')
    return Exercise(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(x) -> y", Signature("f", ("x",), ("y",))),
        (" f( x,w , ) ->out,  cache ", Signature("f", ("x", "w"), ("out", "cache"))),
        ("f() -> dx", Signature("f", (), ("dx",))),
        ("Linear.backward(dout, cache) -> dx", Signature("Linear.backward", ("dout", "cache"), ("dx",))),
        ("a.b.c(x) -> y", None),
        (".f(x) -> y", None),
        ("f(x)", Signature("f", ("x",), ())),
        ("f(x) ->", None),
        ("f -> x", None),
        ("f(x=1) -> y", None),
        ("f(*x) -> y", None),
        ("f(x) -> (y, z)", None),
    ],
)
def test_a_signature_is_read_as_a_course_writes_it(text: str, expected: Signature | None) -> None:
    """Name, parameters, what is returned; all by position."""
    assert signature(text) == expected


def test_the_rows_are_the_value_and_the_gradients(tmp_path: Path) -> None:
    """And the answers to look for are the functions."""
    found = exercise(tmp_path / "double")
    assert found.gradients == ("out", "dx")
    assert found.wanted.answers == ("double_forward", "double_backward")
    assert [found.variable(row) for row in found.gradients] == ["out", "x"]


def test_a_course_sets_the_points_of_a_value_by_its_row(tmp_path: Path) -> None:
    """`out`, as in the table; `dout` is nothing that a learner writes."""
    (tmp_path / "course.toml").write_text("name = 't'\nversion = '1'\n[points.double]\nout = 5\ndx = 2\n")
    found = exercise(tmp_path / "double")
    assert [found.points(variable) for variable in found.graded] == [5, 2]
    assert found.possible == 7


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("", 'a layer of style "functions" needs backward in its [form]'),
        ('backward = "double_backward"', 'backward must be a signature such as backward = "affine_backward('),
        ("backward = 3", "backward must be a signature"),
        ('backwards = "f(dout) -> dx"', "did you mean 'backward'?"),
        (FORM.replace("(dout, cache)", "(dout, kept)"), "double_backward is to be given kept, which is neither"),
        (FORM.replace("-> dx", "-> dw"), "GRADED lists x, but double_backward does not return dx"),
        (FORM.replace("-> dx", "-> dx, cache"), "cache is returned twice"),
        (FORM + "given = { x = 3 }", "given lists x, which the functions get anyway"),
        (FORM + "given = { p = 3 }", "given lists p, which none of the functions takes"),
        (FORM.replace("(x)", "(x, x)"), "double_forward is to be given x twice"),
        (FORM.replace("cache) -> dx", "cache) -> class"), "backward must be a signature"),
        (FORM + 'scale = { dx = "1/k" }', "scale of dx reads k, which is no size"),
        (FORM + 'scale = { dw = "2" }', "scale lists dw, which has no row"),
        (FORM + 'scale = { dx = "n.x" }', 'dx must be a string such as dx = "1/m"'),
        (FORM + 'make = "Double()"', 'make has no meaning in style "functions"'),
        ('style = "object"\nmake = "Double()"\nbackward = "backward(dout) -> dx"\nset = { "a b" = "x" }',
         "'a b' is no attribute of an object"),
        ('style = "autograd"\nclass = "Double"', "needs arguments in its [form]"),
        ('style = "autograd"\nclass = "Double"\narguments = "x"\narrays = "numpy"', "works on tensors"),
        ("style = 'objects'\n", "it must be one of functions, object, autograd"),
        (FORM.replace(" -> dx", ""), "backward must say what is returned"),
        (FORM.replace("-> out", "-> y"), "GRADED lists out, but no function returns out"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence(tmp_path: Path, form: str, sentence: str) -> None:
    """With the file it is in."""
    with pytest.raises(BrokenExercise) as caught:
        exercise(tmp_path / "double", form)
    assert sentence in str(caught.value)
    assert "exercise.toml" in str(caught.value)


def test_a_returned_gradient_has_to_be_graded(tmp_path: Path) -> None:
    """Otherwise nobody would say whether it is right."""
    with pytest.raises(BrokenExercise, match="double_backward returns dx, but GRADED does not list x"):
        exercise(tmp_path / "double", forward=FORWARD.replace("'out', 'x'", "'out'"))


def test_bits_are_not_compared_where_arrays_are_numpy_s(tmp_path: Path) -> None:
    """Unless the author says otherwise: numpy computes in float64."""
    own = exercise(tmp_path / "double", f'arrays = "numpy"\n{FORM}').settings
    assert (own.exact_expected, own.exact_reason) == (False, "NumPy computes in float64.")
    assert exercise(tmp_path / "other").settings.exact_expected


def test_a_factor_that_is_no_number_is_none() -> None:
    """At the sizes of a case."""
    sizes = {"n": 4, "m": 4, "x": "a tensor"}
    assert [factor_value(text, sizes) for text in ("1/n", "n * m - 1", "1/(n - m)", "0", "1e400", "1/x")] == [
        0.25,
        15.0,
        None,
        None,
        None,
        None,
    ]
