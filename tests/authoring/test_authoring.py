"""From a forward pass to an exercise, and a clear message for every malformed one."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from grader.authoring.draft import draft
from grader.authoring.further_sizes import MOST_ELEMENTS
from grader.authoring.verification import Verification
from grader.cli.main import main
from grader.exercise.exercise import Exercise
from grader.exercise.shelf import exercises_directory, list_exercises, load_exercise
from grader.exercise.sizes import straddling_faults
from grader.grading.grading import start_grading
from grader.grading.submission import read_submission

if TYPE_CHECKING:
    from pathlib import Path

    from grader.sandbox.client import Sandbox

FORWARD = """\
# A step of a state-space model.
import torch

def decay(a):
    return torch.exp(-torch.exp(a))

def inputs(seed, n=12, state=4, width=3):
    g = torch.Generator().manual_seed(seed)
    u = torch.randn((n, width), generator=g)
    a = torch.randn((state,), generator=g)
    B = torch.randn((width, state), generator=g)
    h0 = torch.randn((n, state), generator=g)
    cot = torch.randn((n, state), generator=g)
    return {'u': u, 'a': a, 'B': B, 'h0': h0, 'cot': cot}

def forward(u, a, B, h0, cot):
    w = decay(a) # how much of the state is kept
    kept = w * h0
    new = u @ B
    h1 = kept + new
    left, right = (h1 * cot).chunk(2, dim=1)
    loss = left.sum() + 2*right.sum()
    return locals()
"""

SOLUTION = """\
import torch

def dleft(left):
    return torch.ones_like(left)

def dright(right):
    return 2*torch.ones_like(right)

def dh1(dleft, dright, cot):
    return torch.cat([dleft, dright], 1)*cot

def dnew(dh1):
    return dh1

def dB(u, dnew):
    return u.T @ dnew

def du(dnew, B):
    return dnew @ B.T

def dkept(dh1):
    return dh1

def dh0(dkept, w):
    return dkept*w

def dw(dkept, h0):
    return (dkept*h0).sum(0)

def da(dw, w, a):
    return -dw*w*torch.exp(a)

def dcot(dleft, dright, h1):
    return torch.cat([dleft, dright], 1)*h1
"""


def make(folder: Path, source: str, *options: str) -> Result:
    """Run `grade new` on a file."""
    folder.mkdir(exist_ok=True)
    (folder / "model.py").write_text(source)
    return CliRunner().invoke(
        main, ["new", str(folder / "model.py"), "--exercises", str(folder / "exercises"), *options]
    )


def test_a_forward_pass_becomes_an_exercise_that_lacks_only_its_solution(tmp_path: Path, sandbox: Sandbox) -> None:
    """Helper functions and tuples are traced, the stubs fail, and a written solution is correct and exact."""
    result = make(tmp_path, FORWARD)
    assert result.exit_code == 0, result.output
    exercise = Exercise(tmp_path / "exercises" / "model")
    assert set(exercise.graded) == {"left", "right", "h1", "new", "B", "u", "kept", "h0", "w", "a", "cot"}
    verification = Verification(exercise, sandbox)
    assert verification.stubs().problems == ()
    assert "the solution's dright is not_started" in " ".join(verification.solution().problems)
    assert len(verification.reading_matter().problems) == 11, "the hints are still to be written"
    (tmp_path / "solutions" / "model" / "backward.py").write_text(SOLUTION)
    assert Verification(exercise, sandbox).solution().problems == ()
    assert Verification(exercise, sandbox).mutants(20, seed=3).problems == ()


def test_the_further_sizes_straddle_the_given_ones(tmp_path: Path) -> None:
    """No two sizes in a case are equal, so that hard-coded sizes are detected."""
    make(tmp_path, FORWARD)
    exercise = Exercise(tmp_path / "exercises" / "model")
    assert len(exercise.sizes) == 3
    assert straddling_faults(exercise.given_sizes, exercise.sizes) == []
    assert all(len(set(sizes.values())) == len(exercise.given_sizes) for sizes in exercise.sizes)


PASSES = {
    "five": (
        "a=3, b=4, c=5, d=6, e=7",
        "{'x': torch.randn((a, b, c, d, e), generator=g)}",
        "y = x**2\n    loss = y.sum()",
    ),
    "seven": (
        "a=2, b=3, c=4, d=5, e=6, f=7, h=8",
        "{'x': torch.randn((a, b, c), generator=g), 'z': torch.randn((d, e, f, h), generator=g)}",
        "y = (x**2).sum() + (z**3).sum()\n    loss = y*2",
    ),
    "product": (
        "n=4, a=3, b=5, c=6",
        "{'x': torch.randn((n, a, b), generator=g), 'z': torch.randn((n, b, c), generator=g)}",
        "y = torch.einsum('nab,nbc->nac', x, z)\n    loss = (y**2).sum()",
    ),
    "convolution": (
        "n=2, c=3, h=7, w=9, o=4",
        "{'x': torch.randn((n, c, h, w), generator=g), 'z': torch.randn((o, c, 3, 3), generator=g)}",
        "y = F.conv2d(x, z, stride=2, padding=1)\n    loss = (F.avg_pool2d(y, 2)**2).mean()",
    ),
    "heads": (
        "n=3, width=8, heads=2",
        "{'x': torch.randn((n, width), generator=g).view(n, heads, width//heads).view(n, heads, -1)}",
        "y = x.exp()\n    loss = (y**2).sum()",
    ),
}
"""Sizes, inputs and lines; in the last, one size has to divide another."""


def written_pass(name: str) -> str:
    """One of PASSES as a file."""
    return pass_of(*PASSES[name])


def pass_of(sizes: str, inputs: str, lines: str) -> str:
    """A forward pass as a file."""
    reads = "x, z" if "'z'" in inputs else "x"
    return (
        f"import torch\nimport torch.nn.functional as F\n\ndef inputs(seed, {sizes}):\n"
        f"    g = torch.Generator().manual_seed(seed)\n    return {inputs}\n\n"
        f"def forward({reads}):\n    {lines}\n    return locals()\n"
    )


@pytest.mark.parametrize("name", PASSES)
def test_sizes_are_found_for_passes_with_many_sizes_or_few_that_work(tmp_path: Path, name: str) -> None:
    """However many sizes there are, they straddle, and no case multiplies large ones."""
    result = make(tmp_path, written_pass(name))
    assert result.exit_code == 0, result.output
    exercise = Exercise(tmp_path / "exercises" / "model")
    assert straddling_faults(exercise.given_sizes, exercise.sizes) == []
    assert len(exercise.sizes) == 3
    for sizes in exercise.sizes:
        assert sum(value.numel() for value in exercise.inputs(1, sizes).values()) < MOST_ELEMENTS


def test_the_size_that_cannot_grow_is_named(tmp_path: Path) -> None:
    """A size that runs along a table of fixed length; with what happens at the next number."""
    source = with_line("w * h0").replace("(n, width), generator=g)", "(n, 3), generator=g)[:, :width]")
    said = refused(tmp_path, source)
    assert "found no sizes for the other cases: none of them can have width above 3. At width=4, the others " in said
    assert "If width cannot vary, write it as a number instead of a parameter of inputs(); otherwise" in said


def test_no_size_is_drawn_at_which_a_gradient_cancels(tmp_path: Path) -> None:
    """In a norm over one or two rows, hardly more than rounding is left of dx."""
    norm = "xc = x - x.mean(0)\n    xh = xc / (xc.pow(2).mean(0) + 1e-5).sqrt()\n    out = xh.exp()"
    for rows in (2, 3, 8):
        folder = tmp_path / str(rows)
        result = make(folder, pass_of(f"n={rows}, d=5", "{'x': torch.randn((n, d), generator=g)}", norm))
        assert result.exit_code == 0, result.output
        assert min(sizes["n"] for sizes in Exercise(folder / "exercises" / "model").sizes) > 2


def test_only_the_named_variables_are_graded(tmp_path: Path) -> None:
    """In the order of the backward pass, whatever the order of the options."""
    make(tmp_path, FORWARD, "--graded", "B", "--graded", "h1")
    assert Exercise(tmp_path / "exercises" / "model").graded == ("h1", "B")


def test_existing_files_are_not_overwritten(tmp_path: Path) -> None:
    """The second run fails with a message."""
    assert make(tmp_path, FORWARD).exit_code == 0
    again = make(tmp_path, FORWARD)
    assert again.exit_code == 4
    assert "already exists" in again.output


def test_a_layer_without_a_loss_becomes_an_exercise(tmp_path: Path, sandbox: Sandbox) -> None:
    """It ends in `out`: learners are given dout, and write neither that nor the loss."""
    layer = """\
import torch

def inputs(seed, n=6, inside=5, outside=4):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, inside), generator=g), 'w': torch.randn((inside, outside), generator=g)}

def forward(x, w):
    z = x @ w
    out = z.tanh()
    return locals()
"""
    result = make(tmp_path, layer)
    assert result.exit_code == 0, result.output
    assert "3 gradients: dz, dx, dw" in result.output
    stubs = (tmp_path / "exercises" / "model" / "backward.py").read_text()
    assert "you are given a random dout" in stubs
    assert "def dz(dout, z):" in stubs
    found = Exercise(tmp_path / "exercises" / "model")
    solution = tmp_path / "solutions" / "model" / "backward.py"
    right = "def dz(dout, out): return dout * (1 - out**2)\ndef dx(dz, w): return dz @ w.T\n"
    for dw, verdict in (("x.T @ dz", "exact"), ("x.T @ dz / len(x)", "wrong_values"), ("(x.T @ dz).T", "wrong_shape")):
        solution.write_text(f"{right}def dw(dz, x): return {dw}\n")
        rows = start_grading(found, read_submission(solution), sandbox).document()["gradients"]
        assert [row["verdict"] for row in rows] == ["exact", "exact", verdict]


def test_two_inputs_with_the_same_keys_stay_two(tmp_path: Path) -> None:
    """A network and its copy: each tensor is called after the input that holds it."""
    source = """\
import torch

def inputs(seed, n=6, width=4):
    g = torch.Generator().manual_seed(seed)
    net, copy = ({'W': torch.randn((width, width), generator=g)} for _ in range(2))
    return {'x': torch.randn((n, width), generator=g), 'net': net, 'copy': copy}

def forward(x, net, copy):
    out = torch.tanh(x @ net['W']) - x @ copy['W']
    return locals()
"""
    result = make(tmp_path, source)
    assert result.exit_code == 0, result.output
    assert "3 gradients: dx, dnet_W, dcopy_W" in result.output


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("def inputs(seed,", "def input(seed,", "no function inputs(seed, ...)"),
        ("def inputs(seed, n", "def inputs(number, n", "model.py:7: the first parameter of inputs() must be `seed`"),
        ("seed, n=12, state=4, width=3):", "seed):\n    n, state, width = 12, 4, 3", "has no sizes to vary"),
        ("    return locals()", "    return loss", "must end with `return locals()`"),
        ("    kept = w * h0", "    kept = h0.mul_(w)", "model.py:18: this changes h0 in place, which is an input"),
        ("    kept = w * h0", "    both = h0\n    both += w\n    kept = both", "model.py:19: this changes h0 in place"),
        ("    kept = w * h0", "    (lambda t: t.add_(w))(h0)\n    kept = h0 * 1", "copy it first: `a = b.clone()`"),
        ("torch.randn((n, width), generator=g)", "torch.randn((n, width))", "draws from torch's global generator"),
        ("manual_seed(seed)", "manual_seed(5)", "inputs(7) and inputs(8) return the same values"),
        (
            "    loss = left.sum() + 2*right.sum()",
            "    loss = left + 2*right",
            "the loss has shape (12, 2); it must be a single number",
        ),
        ("    w = decay(a)", "    w = torch.log(-torch.exp(a))", "is not finite"),
        ("    new = u @ B", "    new = u @ B.T", "model.py:19: RuntimeError"),
        ("    w = decay(a)", "    both = torch.cat([a, a])\n    w = decay(a) * both.max()", "hit a tie"),
    ],
)
def test_a_malformed_forward_pass_is_reported(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """With the line where there is one; nothing is written."""
    result = make(tmp_path, FORWARD.replace(old, new))
    assert result.exit_code == 4, result.output
    assert sentence in result.output
    assert not (tmp_path / "exercises").exists()


NULL = FORWARD.replace(
    "loss = left.sum() + 2*right.sum()", "loss = ((h1 - h1.mean())*1.0).sum() + 0*left.sum() + 0*right.sum()"
)


def test_a_gradient_that_is_zero_everywhere_must_be_declared(tmp_path: Path) -> None:
    """The classic case is out.sum() after centering."""
    result = make(tmp_path, NULL, "--graded", "kept")
    assert result.exit_code == 4
    assert "the gradient of kept is zero in every case" in result.output
    assert "--null kept" in result.output
    assert make(tmp_path, NULL, "--graded", "kept", "--null", "kept").exit_code == 0
    assert Exercise(tmp_path / "exercises" / "model").settings.null == ("kept",)


def test_a_kink_that_is_hit_exactly_is_refused(tmp_path: Path) -> None:
    """The derivative of relu at 0 is only a convention."""
    source = FORWARD.replace(
        "    new = u @ B", "    masked = u * (u > 0)\n    rect = masked.relu()\n    new = rect @ B"
    )
    result = make(tmp_path, source)
    assert result.exit_code == 4
    assert "masked is exactly 0 in some elements, where relu has no derivative" in result.output


def refused(folder: Path, source: str, *options: str) -> str:
    """What `grade new` prints for a file that it refuses: nothing is written, and no temporary copy is named."""
    result = make(folder, source, *options)
    assert result.exit_code == 4, result.output
    assert not (folder / "exercises").exists()
    assert "forward.py" not in result.output
    return result.output.replace(str(folder / "model.py"), "model.py")


def with_line(line: str, top: str = "") -> str:
    """FORWARD with another way to compute `kept`, in line 18, and something else instead of its first line."""
    return FORWARD.replace("    kept = w * h0", f"    kept = {line}").replace("# A step of a state-space model.", top)


def with_helper(*lines: str) -> str:
    """FORWARD with other lines in its helper function, from line 5 on."""
    return FORWARD.replace("    return torch.exp(-torch.exp(a))", "\n".join(f"    {line}" for line in lines))


@pytest.mark.parametrize(
    "line",
    [
        "w * h0 * torch.randn(h0.shape)",
        "w * h0 + torch.randn_like(h0)",
        "torch.dropout(w * h0, .5, True)",
        "torch.nn.functional.dropout(w * h0, .5)",
        "w * h0 * (torch.manual_seed(0), torch.rand(1))[1]",
    ],
)
def test_a_draw_in_the_forward_pass_is_refused(tmp_path: Path, line: str) -> None:
    """Its line is named, with what to write instead, even where the file seeds the global generator itself."""
    assert refused(tmp_path, with_line(line)) == (
        "Error: model.py:18: forward() draws from torch's global generator here, so every run has different values; "
        "draw it in inputs() with `generator=g`, return it, and make it a parameter of forward() "
        "(for dropout: `mask = torch.rand(x.shape, generator=g) >= p`)\n"
    )


def test_a_draw_in_a_helper_function_is_found_at_its_own_line(tmp_path: Path) -> None:
    """Not at the line of forward() that calls it."""
    said = refused(tmp_path, with_helper("b = a * torch.rand(1)", "return torch.exp(-torch.exp(b))"))
    assert "model.py:5: forward() draws from torch's global generator here" in said


def test_a_draw_after_a_helper_function_is_not_blamed_on_the_helper(tmp_path: Path) -> None:
    """By then the helper has returned to line 18."""
    said = refused(tmp_path, with_line("decay(a) * h0 * torch.rand(1)"))
    assert "model.py:18: forward() draws from torch's global generator here" in said


def test_a_draw_at_the_top_of_the_file_is_refused(tmp_path: Path) -> None:
    """Its value would differ in every process."""
    said = refused(tmp_path, with_line("w * h0 * S", "import torch; S = torch.rand(1)"))
    assert "model.py:1: the top of the file draws from torch's global generator here" in said


def test_a_global_draw_in_inputs_is_refused_with_its_line(tmp_path: Path) -> None:
    """The message names the generator to use instead."""
    said = refused(tmp_path, FORWARD.replace("torch.randn((n, width), generator=g)", "torch.randn((n, width))"))
    assert "model.py:9: inputs() draws from torch's global generator here" in said
    assert "pass it to every draw: `generator=g`" in said


def test_a_draw_from_pythons_generator_is_refused(tmp_path: Path) -> None:
    """It does not change torch's own generator."""
    said = refused(tmp_path, with_line("w * h0 * random.random()", "import random"))
    assert "model.py:18: forward() draws from Python's global generator (`random`) here" in said


def test_a_draw_from_numpys_generator_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for numpy, which need not be installed: a state, and a draw that changes it."""
    numpy, drawn = ModuleType("numpy"), []
    vars(numpy)["random"] = SimpleNamespace(get_state=lambda: len(drawn), rand=lambda: drawn.append(1) or 0.5)
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    said = refused(tmp_path, with_line("w * h0 * numpy.random.rand()", "import numpy"))
    assert "model.py:18: forward() draws from numpy's global generator here" in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (with_line("w * h0 * torch.rand(1, generator=G)", "import torch; G = torch.Generator()"), "18: kept"),
        (with_helper("with torch.random.fork_rng():", "    return -torch.exp(a) * torch.rand(1)"), "18: w"),
    ],
    ids=["a generator of the file", "a fork of the global one"],
)
def test_values_that_differ_in_the_second_run_are_refused(tmp_path: Path, source: str, said: str) -> None:
    """The first line that computes such a value is named, even if no global generator was left changed."""
    assert f"model.py:{said} has different values when forward() runs again on the same inputs" in refused(
        tmp_path, source
    )


def test_inputs_that_do_not_follow_from_the_seed_are_refused(tmp_path: Path) -> None:
    """A generator that was seeded by the clock."""
    said = refused(tmp_path, FORWARD.replace("torch.Generator().manual_seed(seed)", "torch.Generator(); g.seed()"))
    assert "model.py:7: inputs(7) returns different values for u the second time" in said


def test_a_forward_value_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    """Even if no graded gradient reads it and all of them are finite."""
    said = refused(tmp_path, with_line("w * h0\n    s = h0.log()"), "--graded", "kept")
    assert "model.py:19: s is not finite: nan in 23 of 48 elements, for seed 2147483647 and the default sizes; " in said
    assert "keep the operand in the function's domain" in said


def test_a_value_that_is_finite_by_luck_is_refused(tmp_path: Path) -> None:
    """More seeds are tried at every size."""
    sizes = "SIZES = [{'n': 17, 'state': 9, 'width': 8}]"
    said = refused(tmp_path, with_line("w * (h0 + 3.3).log()") + f"\n{sizes}\n")
    assert "model.py:18: kept is not finite: nan in 1 of 153 elements, for seed 9 and sizes n=17, state=9" in said


def test_a_number_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    """A Python float as well as a tensor."""
    said = refused(tmp_path, with_line("w * h0\n    most = float('inf')"))
    assert "model.py:19: most is not finite: it is inf" in said


def test_a_mask_with_infinities_in_both_directions_is_refused(tmp_path: Path) -> None:
    """Only softmax takes a -inf away again."""
    mask = "w * h0\n    mask = torch.zeros(h0.shape).masked_fill(h0 > 0, float('inf'))"
    said = refused(tmp_path, with_line(mask))
    assert "model.py:19: mask is not finite: infinite in 25 of 48 elements" in said
    assert "keep the operand in the function's domain" in said


def test_an_infinite_mask_inside_one_expression_is_accepted(tmp_path: Path) -> None:
    """As in attention, where softmax removes it again."""
    source = with_line("w * h0.masked_fill(h0 < h0.detach().amax(1, keepdim=True) - 1, float('-inf')).softmax(1)")
    result = make(tmp_path, source)
    assert result.exit_code == 0, result.output


def test_inputs_that_are_not_finite_are_refused_with_the_line_that_draws_them(tmp_path: Path) -> None:
    """The line in inputs(), not the one that reads them first."""
    said = refused(
        tmp_path, FORWARD.replace("    cot = torch.randn((n, state), generator=g)", "    cot = -u[:, :1] / 0")
    )
    assert "model.py:13: cot is not finite: infinite in 12 of 12 elements" in said


@pytest.mark.parametrize("condition", ["u.sum().item() > 0", "float(u.sum()) > 0 and len(u) > 1"])
def test_a_condition_on_a_number_taken_from_a_tensor_is_refused(tmp_path: Path, condition: str) -> None:
    """The tensor itself no longer shows that a choice is made."""
    assert refused(tmp_path, with_line(f"w * h0 if {condition} else h0")) == (
        f"Error: model.py:18: `{condition}` is a condition on a tensor's values, so this is a data-dependent branch; "
        "compute both sides with torch.where (or torch.maximum), or keep only one\n"
    )


@pytest.mark.parametrize("line", ["w * h0 if len(h0) > 1 else h0", "(1 and w) * h0", "w * h0 * (0 or 2)"])
def test_a_choice_by_a_size_or_a_number_is_no_branch(tmp_path: Path, line: str) -> None:
    """It is the same whatever the values are."""
    result = make(tmp_path, with_line(line))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (with_helper("if a.sum() > 0:", "    return a", "return a * 2"), 5),
        (with_line("max(w[0], w[1]) * h0"), 18),
        (with_line("(w or 1) * h0"), 18),
        (with_line("w * h0 if u.sum() > 0 else h0"), 18),
        (with_line("sum(t for t in w if t > 0.5) * h0"), 18),
    ],
    ids=["a helper's if", "max of two", "or", "a conditional expression", "a comprehension's if"],
)
def test_a_hidden_branch_is_found_when_it_runs(tmp_path: Path, source: str, line: int) -> None:
    """Taking the truth value of a tensor is a choice."""
    said = refused(tmp_path, source)
    assert f"model.py:{line}: this takes the truth value of a tensor" in said
    assert "compute both sides with torch.where (or torch.maximum)" in said


def test_an_assertion_is_not_a_branch(tmp_path: Path) -> None:
    """It chooses nothing."""
    result = make(tmp_path, with_helper("assert (a < 100).all()", "return torch.exp(-torch.exp(a))"))
    assert result.exit_code == 0, result.output


def test_a_comprehension_inside_one_line_is_followed(tmp_path: Path) -> None:
    """Its values have no names, and the line has one gradient."""
    result = make(tmp_path, with_line("torch.stack([w[i] * h0[:, i] for i in range(w.shape[0])], 1)"))
    assert result.exit_code == 0, result.output


def test_a_list_of_tensors_that_the_syntax_does_not_show_is_found_when_it_runs(tmp_path: Path) -> None:
    """The gradients of its elements would be lost between two lines."""
    result = make(tmp_path, with_line("w * h0\n    parts = [list, tuple][0]([w, h0])\n    both = parts[0] * parts[1]"))
    assert result.exit_code == 0, result.output
    assert "INSIDE = ['parts']" in (tmp_path / "exercises" / "model" / "forward.py").read_text()


def test_a_gradient_that_gets_lost_between_two_lines_is_refused(tmp_path: Path) -> None:
    """A list of the file keeps a tensor, so the sum over the lines is not autograd's gradient."""
    source = with_line("w * h0\n    none = KEPT.append(w)\n    other = kept * KEPT[-1]").replace(
        "kept + new", "other + new"
    )
    said = refused(tmp_path, f"{source}\nKEPT = []\n")
    assert "the gradient of w cannot be followed line by line" in said


def test_a_loss_without_any_gradient_is_refused(tmp_path: Path) -> None:
    """With a message of its own instead of torch's."""
    said = refused(tmp_path, FORWARD.replace("left.sum() + 2*right.sum()", "left.sum().detach()"))
    assert "model.py: the loss does not depend on any floating-point tensor from inputs()" in said


THERE = "variables with a gradient: B, a, cot, h0, h1, kept, left, new, right, u, w"


@pytest.mark.parametrize(
    ("line", "options", "sentence"),
    [
        ("w * h0", ("--graded", "q"), f"--graded q: forward() in model.py has no variable q; {THERE}"),
        (
            "w * h0",
            ("--graded", "lefft"),
            "--graded lefft: forward() in model.py has no variable lefft; did you mean left?",
        ),
        (
            "w * h0",
            ("--null", "keptt"),
            "--null keptt: forward() in model.py has no variable keptt; did you mean kept?",
        ),
        (
            "w * h0",
            ("--graded", "loss"),
            f"--graded loss: the gradient of the loss itself is always 1; {THERE}",
        ),
        (
            "w * h0\n    n = 3",
            ("--graded", "n"),
            f"--graded n: n has no gradient, because it is of type int; {THERE}",
        ),
        (
            "w * h0\n    big = h0 > 0",
            ("--graded", "big"),
            f"--graded big: big has no gradient, because it is a torch.bool tensor; {THERE}",
        ),
        (
            "w * h0\n    fixed = w.detach()",
            ("--graded", "fixed"),
            "--graded fixed: fixed has no gradient, because it is detached, or computed from nothing that has one; "
            + THERE,
        ),
        (
            "w * h0\n    extra = w * 2",
            ("--graded", "extra"),
            "--graded extra: the loss of model.py does not depend on extra; use it in forward(), or leave it out",
        ),
    ],
)
def test_a_name_that_cannot_be_graded_is_reported_with_its_option(
    tmp_path: Path, line: str, options: tuple[str, ...], sentence: str
) -> None:
    """The message suggests the name that was probably meant."""
    assert refused(tmp_path, with_line(line), *options) == f"Error: {sentence}\n"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("['kep']", "GRADED lists kep: forward() in model.py has no variable kep; did you mean kept?"),
        ("'kept'", "GRADED is 'kept'; it must be a list of variable names"),
    ],
)
def test_a_name_in_graded_that_cannot_be_graded_is_reported_with_its_line(
    tmp_path: Path, written: str, sentence: str
) -> None:
    """The author's own GRADED, if no option is given."""
    assert f"model.py:25: {sentence}" in refused(tmp_path, f"{FORWARD}\nGRADED = {written}\n")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("w * h0\n    dh0 = h0.shape[1]", "model.py:19: dh0 is the name of the gradient of h0"),
        ("w * h0\n    el = w * 2\n    more = el * 2", "model.py:19: the gradient of el would be called del"),
    ],
)
def test_a_name_that_clashes_with_a_gradient_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    """Before anything runs, and with another name."""
    said = refused(tmp_path, with_line(line))
    assert sentence in said
    assert "; rename the " in said


def test_a_message_about_the_trial_copy_names_the_authors_file(tmp_path: Path) -> None:
    """Even if the reference gradients overflow and no forward value does."""
    said = refused(tmp_path, with_line("w * (h0 - h0).sqrt()"))
    assert "Error: model.py: the reference gradient dh0 is not finite" in said


def test_sizes_that_inputs_does_not_take_are_reported(tmp_path: Path) -> None:
    """The author's own SIZES."""
    said = refused(tmp_path, f"{FORWARD}\nSIZES = [{{'rows': 3}}]\n")
    assert "model.py: TypeError at sizes {'rows': 3}: inputs() got an unexpected keyword argument 'rows'" in said


def test_two_tensors_that_are_equal_somewhere_are_refused_by_their_names(tmp_path: Path) -> None:
    """Not as if one of them had equal values."""
    said = refused(tmp_path, with_line("torch.min(w * h0, w * h0.clamp(min=0))"))
    assert "w * h0 equals w * h0.clamp(min=0) in some elements, where min may take either's derivative" in said


def test_equal_values_that_do_not_compete_are_not_a_tie(tmp_path: Path) -> None:
    """No row contains its maximum twice."""
    result = make(tmp_path, with_line("w * torch.cat([h0, h0]).amax(1, keepdim=True)[:h0.shape[0]]"))
    assert result.exit_code == 0, result.output
    said = refused(tmp_path / "tie", with_line("w * h0\n    twice = torch.cat([h0, h0])\n    top = twice.amax(dim=0)"))
    assert "model.py:20: twice has equal values, so .amax() may hit a tie" in said


@pytest.mark.parametrize("method", ["sort(0)", "amax(h0.dim() - 2)"])
def test_equal_values_count_as_competing_when_in_doubt(tmp_path: Path, method: str) -> None:
    """Every position of a sort is read, and a computed dimension is unknown."""
    said = refused(tmp_path, with_line(f"w * h0\n    twice = torch.cat([h0, h0])\n    top = twice.{method}[0]"))
    assert "model.py:20: twice has equal values" in said


SHIPPED = [
    name
    for name in list_exercises(exercises_directory())
    if name != "micrograd" and (load_exercise(name).kind != "layer" or load_exercise(name).ends_in_out)
]
"""Every shipped exercise whose inputs have sizes: micrograd's are single numbers. No layer with a loss of its own: what
is allowed there (a row for the loss, an input dnext_h) depends on its [form], which a draft does not have."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_exercises_would_be_accepted(tmp_path: Path, name: str) -> None:
    """No check refuses what they do."""
    exercise = load_exercise(name)
    made = draft(exercise.forward_file, name, tmp_path, exercise.graded, exercise.settings.null)
    assert sorted(made.graded) == sorted(exercise.graded)


def test_complex_values_under_a_name_are_put_into_the_lines_that_read_them(tmp_path: Path) -> None:
    """Gradients are followed through real tensors only."""
    source = with_line(
        "w * h0\n    H = torch.fft.rfft(h0)\n    G = H * 2\n    back = torch.fft.irfft(G, n=h0.shape[1])"
    )
    result = make(tmp_path, source.replace("kept + new", "kept + new + back"))
    assert result.exit_code == 0, result.output
    assert "dback" in result.output
    assert "INSIDE = ['H', 'G']" in (tmp_path / "exercises" / "model" / "forward.py").read_text()


def test_singular_vectors_are_refused(tmp_path: Path) -> None:
    """Their signs are a choice, and with them their gradients."""
    said = refused(tmp_path, with_line("w * h0\n    U, S, V = torch.linalg.svd(h0)\n    used = U.sum()"))
    assert "model.py:19: svd returns vectors that are unique only up to their sign" in said
    assert "use the values alone: `torch.linalg.svdvals(...)`" in said


def test_singular_values_are_followed(tmp_path: Path) -> None:
    """They are unique."""
    source = with_line("w * h0\n    _, S, _ = torch.linalg.svd(h0)").replace("2*right.sum()", "2*right.sum() + S.sum()")
    result = make(tmp_path, source)
    assert result.exit_code == 0, result.output
    assert "dS" in result.output
