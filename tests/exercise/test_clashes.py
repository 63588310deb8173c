"""Names that clash with a gradient's are refused, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise, ForwardFile

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = """\
import torch
GRADED = ['z', 'x']
def inputs(seed, n=3, other=2):
    g = torch.Generator().manual_seed(seed)
    places = torch.randint(0, n, (n,), generator=g)
    return {'x': torch.randn((n, n), generator=g), 'y': INPUT, 'dy': torch.randn(n, generator=g), 'n': n}
def forward(PARAMETERS):
    LINE
    z = READS * 2
    loss = z.sum()
    return locals()
"""


def read(folder: Path, line: str, reads: str = "x", parameters: str = "x", made: str = "n") -> ForwardFile:
    """A forward pass with one more line, read from a file."""
    source = FORWARD.replace("LINE", line).replace("READS", reads).replace("PARAMETERS", parameters)
    path = folder / "forward.py"
    path.write_text(source.replace("INPUT", made))
    return ForwardFile.read(path)


def refusal(folder: Path, line: str, reads: str = "x", parameters: str = "x", made: str = "n") -> str:
    """What the loader says about it, with the line number."""
    with pytest.raises(BrokenExercise) as caught:
        read(folder, line, reads, parameters, made)
    return str(caught.value).removeprefix(f"{folder / 'forward.py'}:")


def test_an_input_named_like_a_gradient_is_refused(tmp_path: Path) -> None:
    """A function with a parameter dy would receive the input."""
    said = refusal(tmp_path, "y = x * 3", "y * dy", "x, dy")
    assert said == (
        "7: dy is the name of the gradient of y: a function with a parameter dy would receive this value instead; "
        "rename the input to cot_y"
    )


def test_a_size_named_like_a_gradient_is_refused(tmp_path: Path) -> None:
    """The size of a key, beside the keys."""
    said = refusal(tmp_path, "k = x * 3\n    dk = k.shape[-1]", "k / dk")
    assert said.startswith("9: dk is the name of the gradient of k: ")
    assert said.endswith("; rename the size to d_k")


def test_a_tensor_named_like_a_gradient_is_refused(tmp_path: Path) -> None:
    """A difference of two values, beside the first of them."""
    said = refusal(tmp_path, "dx = x[1:] - x[:-1]", "dx")
    assert said.startswith("8: dx is the name of the gradient of x: ")
    assert said.endswith("; rename it to delta_x")


@pytest.mark.parametrize(("parameters", "line"), [("x, dloss", "y = x"), ("x", "dloss = x.sum()")])
def test_the_gradient_of_the_loss_keeps_its_name(tmp_path: Path, parameters: str, line: str) -> None:
    """Every function may take it."""
    assert "dloss is the name of the gradient of loss" in refusal(tmp_path, line, parameters=parameters)


def test_a_size_among_the_inputs_is_called_a_size(tmp_path: Path) -> None:
    """It is a parameter of inputs()."""
    (tmp_path / "forward.py").write_text(
        "def inputs(seed, dk=3):\n    return {'k': x, 'dk': dk}\n"
        "def forward(k, dk):\n    loss = (k / dk).sum()\n    return locals()\n"
    )
    with pytest.raises(BrokenExercise, match=r"py:3: dk is the name of the gradient of k.*rename the size to d_k$"):
        ForwardFile.read(tmp_path / "forward.py")


@pytest.mark.parametrize(("name", "word", "remedy"), [("el", "del", "elem"), ("ef", "def", "eff")])
def test_a_variable_whose_gradient_would_be_a_keyword_is_refused(
    tmp_path: Path, name: str, word: str, remedy: str
) -> None:
    """No function can have that name."""
    assert refusal(tmp_path, f"{name} = x * 3", name) == (
        f"8: the gradient of {name} would be called {word}, which is a Python keyword, so no function can have this "
        f"name; rename the variable to {remedy}"
    )


def test_an_input_whose_gradient_would_be_a_keyword_is_refused(tmp_path: Path) -> None:
    """Inputs are graded as well."""
    assert "rename the variable to elem" in refusal(tmp_path, "y = x", "el", "x, el")


@pytest.mark.parametrize(
    "line",
    [
        "n = x.shape[0]\n    dn = x + n",
        "n = x.size(0)\n    dn = x * n",
        "n = len(x)\n    dn = x * n",
        "n = x.numel()\n    dn = x * n",
        "n = x.ndim\n    dn = x * n",
        "n, c = x.shape\n    dn = x * n\n    dc = x * c",
        "n, c = x.shape\n    m = n // c\n    dm = x * m",
        "n, y = x.shape[0], x * 2\n    dn = y * n",
        "n = 3\n    dn = x * n",
        "n = 0.5\n    dn = x * n",
        "n = -1\n    dn = x * n",
        "n = float(x.mean())\n    dn = x * n",
        "n = x.detach()\n    dn = x * n",
        "n = x > 0\n    dn = x * n",
        "n = x.argmax(1)\n    dn = x * n",
        "n = x.to(torch.long)\n    dn = x * n",
        "n = torch.arange(4.)\n    dn = x * n",
        "n = torch.ones_like(x)\n    dn = x * n",
        "v, n = x.max(1)\n    dn = x * n",
        "n = x.round().long()[:, 0]\n    dn = x[n]",
    ],
)
def test_a_variable_without_a_gradient_clashes_with_nothing(tmp_path: Path, line: str) -> None:
    """Sizes, masks and detached values have no gradient to take."""
    assert read(tmp_path, line).lines[-1].outputs == ("loss",)


@pytest.mark.parametrize(
    "made",
    [
        "n",
        "3",
        "n * other",
        "-n",
        "(n, other)",
        "places",
        "places[:2]",
        "places.view(-1)",
        "places.T",
        "places % 2",
        "places == 1",
        "places.shape",
        "torch.arange(n)",
        "torch.tensor([1, 0, 2])",
        "torch.randint(0, 5, (n,), generator=g)",
        "torch.randn(n, generator=g).long()",
        "torch.randn(n, generator=g).to(torch.int64)",
        "torch.ones(n, dtype=torch.long)",
    ],
)
def test_integer_inputs_clash_with_nothing(tmp_path: Path, made: str) -> None:
    """Labels and sizes have no gradient."""
    assert read(tmp_path, "s = x * y", "s * dy", "x, y, dy", made).parameters == ("x", "y", "dy")


@pytest.mark.parametrize(
    "made",
    [
        "torch.randn(n, generator=g)",
        "places.float()",
        "places / 2",
        "places ** -1",
        "torch.tensor([1, 0.5, 2])",
        "torch.arange(n, dtype=torch.float32)",
        "somewhere()",
        "places.clip(0, 0.5)",
        "torch.randint(0, 5, (n,), generator=g, dtype=torch.float32)",
    ],
)
def test_inputs_that_may_have_a_gradient_clash(tmp_path: Path, made: str) -> None:
    """In doubt, a value has one."""
    assert "dy is the name of the gradient of y" in refusal(tmp_path, "s = x * y", "s * dy", "x, y, dy", made)


def test_an_input_that_is_an_index_clashes_with_nothing(tmp_path: Path) -> None:
    """Labels from a function of the file: forward() itself shows what they are."""
    read(tmp_path, "s = x[range(n), y]", "s * dy", "x, y, n, dy", "somewhere()")
    read(tmp_path, "s = x[:y]", "s * dy", "x, y, dy", "somewhere()")


def test_a_name_that_inputs_assigns_again_is_judged_by_its_last_value(tmp_path: Path) -> None:
    """First integers, then floats."""
    made = "places"
    source = FORWARD.replace("    return {", "    places = places / 2\n    return {")
    (tmp_path / "forward.py").write_text(
        source.replace("INPUT", made)
        .replace("PARAMETERS", "x, y, dy")
        .replace("LINE", "s = x * y")
        .replace("READS", "dy")
    )
    with pytest.raises(BrokenExercise, match="dy is the name of the gradient of y"):
        ForwardFile.read(tmp_path / "forward.py")


@pytest.mark.parametrize("inputs", ["", "def inputs(seed):\n    return make(seed)\n"])
def test_inputs_that_cannot_be_read_may_all_have_a_gradient(tmp_path: Path, inputs: str) -> None:
    """They are made somewhere else."""
    (tmp_path / "forward.py").write_text(
        f"{inputs}def forward(y, dy):\n    loss = (y * dy).sum()\n    return locals()\n"
    )
    with pytest.raises(BrokenExercise, match="dy is the name of the gradient of y"):
        ForwardFile.read(tmp_path / "forward.py")


def test_a_value_that_no_line_reads_has_no_gradient(tmp_path: Path) -> None:
    """Its gradient's name is therefore free."""
    assert read(tmp_path, "y = x * 3\n    dy = x * 2", "dy").lines


def test_two_values_of_one_line_with_one_name_are_refused(tmp_path: Path) -> None:
    """Only the second would remain."""
    assert "8: y is assigned a second time" in refusal(tmp_path, "y, y = x.chunk(2)")


def test_an_input_is_not_the_loss(tmp_path: Path) -> None:
    """Its name would have two values."""
    assert "loss is the name of an input; give the result its own name" in refusal(tmp_path, "y = x", "y", "x, loss")


def test_a_variable_is_graded_once(tmp_path: Path) -> None:
    """Two rows with one name would be one function."""
    (tmp_path / "exercise.toml").write_text('title = "t"')
    (tmp_path / "forward.py").write_text(
        "GRADED = ['y', 'x', 'y']\ndef forward(x):\n    y = x * 2\n    loss = y.sum()\n    return locals()\n"
    )
    with pytest.raises(BrokenExercise, match=r"forward\.py:1: GRADED lists y twice; remove one"):
        Exercise(tmp_path)


LAYER = """\
import torch
GRADED = ['next_h', 'x']
SIZES = []
def inputs(seed, n=3):
    return {'x': torch.ones(n), 'dnext_h': torch.ones(n)}
def forward(x, dnext_h):
    next_h = x * 2
    loss = (next_h * dnext_h).sum()
    return locals()
"""


@pytest.mark.parametrize(("given", "refused"), [("dnext_h", False), ("cot", True)])
def test_an_input_may_be_named_like_the_gradient_that_a_layer_is_given_it_as(
    tmp_path: Path, given: str, *, refused: bool
) -> None:
    """The convention's own name; a layer has no function that would take another gradient by it."""
    (tmp_path / "forward.py").write_text(LAYER.replace("'x', 'd", "'x', 'cot': torch.ones(n), 'd"))
    form = f'forward = "f(x) -> next_h, cache"\nbackward = "b({given}, cache) -> dx"\n'
    (tmp_path / "exercise.toml").write_text(f'title = "t"\nkind = "layer"\n[form]\n{form}')
    if refused:
        with pytest.raises(BrokenExercise, match="dnext_h is the name of the gradient of next_h"):
            Exercise(tmp_path)
    else:
        assert Exercise(tmp_path).gradients == ("next_h", "dx")
