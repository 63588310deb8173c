"""Values that cannot be judged to float64 accuracy, or passed to a learner's function, are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.authoring.draft import draft
from grader.authoring.exercise_files import write_exercise
from grader.authoring.verification import Verification
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sandbox.client import Sandbox

FORWARD = """\
import torch, array; NARROW = [torch.ones(4).half()]

def narrow(t):
    return t.half()

def mixed(t, W):
    with torch.autocast("cpu"):
        return (t @ W).float()

def inputs(seed, n=6, m=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, m), generator=g)
    W = torch.randn((m, m), generator=g)
    extra = 1
    return {'x': x, 'W': W, 'extra': extra}

def forward(x, W, extra):
    h = x @ W
    y = h * 2
    loss = (y * h).sum()
    return locals()
"""

SOLUTION = """\
import torch
def dy(h): return h
def dh(dy, y, extra): return y + dy*extra
def dx(dh, W): return dh @ W.T
def dW(dh, x): return x.T @ dh
"""


def refusal(folder: Path, made: str = "1", line: str = "y = h * 2") -> str:
    """What `grade new` says about an input, or about a line."""
    path = write(folder, made, line)
    with pytest.raises(BrokenExercise) as caught:
        draft(path, "model", folder / "trial")
    return str(caught.value).removeprefix(str(path))


def write(folder: Path, made: str, line: str) -> Path:
    """A forward pass with another input in line 14 and another line 19."""
    path = folder / "model.py"
    path.write_text(FORWARD.replace("extra = 1", f"extra = {made}").replace("y = h * 2", line))
    return path


@pytest.mark.parametrize(
    ("line", "name", "dtype"),
    [
        ("b = h.bfloat16()\n    y = b.float()", "b", "torch.bfloat16"),
        ("y = h.half()", "y", "torch.float16"),
        ("y = h.to(torch.float16)", "y", "torch.float16"),
        ("u = h.to(torch.float8_e4m3fn)\n    y = u.float()", "u", "torch.float8_e4m3fn"),
        ("c = torch.ones(4, dtype=torch.float16)\n    y = h * c", "c", "torch.float16"),
    ],
)
def test_a_value_in_a_narrow_dtype_is_refused(tmp_path: Path, line: str, name: str, dtype: str) -> None:
    """The message has its line, name and dtype."""
    assert refusal(tmp_path, line=line) == (
        f":19: {name} is computed in {dtype}; gradients are judged to float64 accuracy, which this dtype cannot reach; "
        "remove the conversion, or use `.float()`"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("y = h.bfloat16().float()", ":19: y is computed in torch.bfloat16"),
        ("y = (\n        h.half()).float()", ":20: y is computed in torch.float16"),
        ("y = narrow(h).float()", ":4: this is computed in torch.float16"),
        ("y = mixed(h, W)", ":8: this is computed in torch.bfloat16"),
    ],
    ids=["a cast", "a cast over two lines", "a helper function", "autocast"],
)
def test_a_narrow_dtype_inside_a_line_is_found(tmp_path: Path, line: str, said: str) -> None:
    """Autograd's gradient passes through it too, so a correct answer would be rejected."""
    found = refusal(tmp_path, line=line)
    assert found.startswith(said)
    assert found.endswith("remove the conversion, or use `.float()`")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("s = h.to_sparse()\n    y = s.to_dense()", "s is a sparse tensor"),
        ("t = torch.tensor([3], dtype=torch.uint16)\n    y = h * t.long()", "t is a torch.uint16 tensor"),
        ("z = h.view(-1, 1, 1, 1, 1, 1, 1, 1, 1)\n    y = h * z.sum()", "z is a tensor with more than 8 dimensions"),
        ("e = h[:, :0]\n    y = h * (2 + e.sum())", "e is an empty tensor"),
        ("e = h.to('meta')\n    y = h * 2", "e is a tensor on meta"),
        (
            "y = h * torch.ones(4, dtype=torch.float64)",
            "y is a torch.float64 tensor, but inputs are float32; remove the dtype or conversion",
        ),
        ("y = h.double()", "y is a torch.float64 tensor, but inputs are float32; remove the dtype or conversion"),
        ("c = NARROW[0]\n    y = h * c", "c is a torch.float16 tensor; gradients are judged"),
        ("y = h.contiguous()", "y is the same tensor as h"),
    ],
)
def test_a_line_whose_value_cannot_be_judged_is_refused(tmp_path: Path, line: str, said: str) -> None:
    """The message says what to write instead."""
    found = refusal(tmp_path, line=line)
    assert found.startswith(f":19: {said}")
    assert "`" in found or "merge some of them" in found or "remove the dtype" in found or "make it larger" in found


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("x.double()", "extra, a torch.float64 tensor; learners are given float32, so convert it: `extra.float()`"),
        ("x.half()", "extra, a torch.float16 tensor; learners are given float32, so convert it: `extra.float()`"),
        (
            "torch.complex(x, x)",
            (
                "extra, a torch.complex64 tensor, but gradients are followed only through real tensors; "
                "return its real and imaginary parts instead: `extra.real` and `extra.imag`"
            ),
        ),
        (
            "x.to_sparse()",
            "extra, a sparse tensor, which cannot be passed to a learner's function; make it dense: `.to_dense()`",
        ),
        (
            "x[:0]",
            "extra, an empty tensor, so any gradient of it would be right; make it larger, or leave it out",
        ),
        ("x.to('meta')", "extra, a tensor on meta; grading runs on the CPU, so move it: `.cpu()`"),
        (
            "array.array('f', [1.0])",
            (
                "extra, of type array, which cannot be passed to a learner's function; "
                "return tensors or numbers, such as `torch.tensor(...)`"
            ),
        ),
        (
            "[1j]",
            (
                "extra, of type complex, which cannot be passed to a learner's function; "
                "return tensors or numbers, such as `torch.tensor(...)`"
            ),
        ),
    ],
)
def test_an_input_that_cannot_be_judged_is_refused(tmp_path: Path, made: str, said: str) -> None:
    """With the line of inputs() that assigns it."""
    assert refusal(tmp_path, made) == f":14: inputs() returns {said}"


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_a_nested_tensor_is_refused(tmp_path: Path) -> None:
    """It has no shape."""
    assert ":14: inputs() returns extra, a nested tensor" in refusal(tmp_path, "torch.nested.nested_tensor([x[0]])")


@pytest.mark.filterwarnings("ignore:.*quantize:UserWarning")
@pytest.mark.filterwarnings("ignore:.*quantize:DeprecationWarning")
def test_a_quantized_tensor_is_refused(tmp_path: Path) -> None:
    """It cannot have a gradient."""
    said = refusal(tmp_path, "torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)")
    assert ":14: inputs() returns extra, a quantized tensor, which has no gradient" in said


@pytest.mark.parametrize(
    ("made", "line"),
    [
        ("(x > 0).to(torch.uint8)", "y = h * extra"),
        ("(x > 0).int()", "y = h * extra"),
        ("x > 0", "y = h * extra"),
        ("torch.nn.Parameter(x)", "y = h * extra"),
        ("x.clone().requires_grad_()", "y = h * extra"),
        ("x.clone().requires_grad_() * 2", "y = h * extra"),
        ("x[:1].expand(n, m)", "y = h * extra"),
        ("0.5", "y = h * extra"),
        ("2", "y = h.to_sparse().to_dense() * extra"),
        ("2", "y = torch.complex(h, h).real * extra"),
        ("2", "z = torch.complex(h, h)\n    y = z.real * extra"),
        ("2", "z = 1j\n    y = h * abs(z) * extra"),
        ("2", "s = h.shape\n    y = h * extra"),
    ],
)
def test_a_correct_solution_is_correct_with_unusual_but_valid_values(
    tmp_path: Path, sandbox: Sandbox, made: str, line: str
) -> None:
    """Integers of every width, inputs that require a gradient, and odd values inside a line."""
    made_of = draft(write(tmp_path, made, line), "model", tmp_path / "trial", ["y", "h", "x", "W"])
    write_exercise(made_of, tmp_path / "exercises", tmp_path / "solutions", "model")
    (tmp_path / "solutions" / "model" / "backward.py").write_text(SOLUTION)
    assert Verification(Exercise(tmp_path / "exercises" / "model"), sandbox).solution().problems == ()


@pytest.mark.parametrize("made", ["(2, 3)", "'two'", "None", "True"])
def test_plain_inputs_that_are_not_numbers_are_accepted(tmp_path: Path, made: str) -> None:
    """A forward pass may need them, though no function can take them."""
    assert draft(write(tmp_path, made, "y = h * 2"), "model", tmp_path / "trial").graded == ("y", "h", "x", "W")
