"""How the forward pass of a notebook becomes a forward.py: its lines, and inputs() for what they read."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

import pytest
import torch
from notebooks.published import lay_down, written

from grader.authoring.from_notebook import forward_of
from grader.authoring.notebook_pass import find_pass
from grader.authoring.notebook_values import ValueFacts, describe, in_own_process
from grader.exercise.forward import BrokenExercise, find_function

if TYPE_CHECKING:
    from pathlib import Path

START = "import torch\ng = torch.Generator().manual_seed(1)"
BACK = "dy = 2*y / y.numel()\ndW = x.T @ dy"


@pytest.fixture(autouse=True)
def _folder(notebooks_run_here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebooks run in their own folder."""
    monkeypatch.chdir(tmp_path)


def body(tmp_path: Path, function: str, *cells: str) -> list[str]:
    """The lines of a function of the forward.py that these cells give."""
    source = forward_of(written(tmp_path, *cells)).text
    found = find_function(ast.parse(source), function)
    assert found is not None
    return [line.strip() for line in source.splitlines()[found.lineno - 1 : found.end_lineno]]


def refused(tmp_path: Path, *cells: str) -> str:
    """Why these cells give no forward.py."""
    with pytest.raises(BrokenExercise) as caught:
        forward_of(written(tmp_path, *cells))
    return str(caught.value)


# Which statements are the forward pass


def test_only_what_the_loss_depends_on_is_a_line(tmp_path: Path) -> None:
    """Prints, plots, and values for later are left out; comments above and beside a line are kept."""
    lines = body(
        tmp_path,
        "forward",
        START,
        "x = torch.randn(8, 3, generator=g)\nW = torch.randn(3, 2, generator=g)",
        "# the layer\ny = x @ W # no bias\nprint(y.shape)\nspread = y.std()\nloss = (y**2).mean()\nloss",
        BACK,
    )
    expected = ["def forward(x, W):", "# the layer", "y = x @ W # no bias", "loss = (y**2).mean()", "return locals()"]
    assert lines == expected


def test_of_several_losses_the_one_above_the_gradients_counts(tmp_path: Path) -> None:
    """Not the one that is computed afterwards, to see whether it has fallen."""
    lines = body(
        tmp_path,
        "forward",
        START,
        "x = torch.randn(8, 3)\nW = torch.randn(3, 2)",
        "loss = (x @ W).sum()",
        "y = x @ W\nloss = (y**2).mean()",
        BACK,
        "W = W - 0.1*dW\ny = x @ W\nloss = (y**2).mean() + 1",
    )
    assert lines[1:-1] == ["y = x @ W", "loss = (y**2).mean()"]


@pytest.mark.parametrize("loss", ["L = (y**2).mean()", "cost = (y**2).mean()", "loss = (y**2).mean().item()"])
def test_a_loss_is_called_loss_and_is_a_tensor(tmp_path: Path, loss: str) -> None:
    """Whatever the notebook calls it, and although it takes its number at once."""
    cells = ["x = torch.randn(8, 3)\nW = torch.randn(3, 2)", f"y = x @ W\n{loss}", BACK]
    assert body(tmp_path, "forward", START, *cells)[-2] == "loss = (y ** 2).mean()"


def test_lines_under_no_grad_are_lines(tmp_path: Path) -> None:
    """Notebooks without autograd write so."""
    cells = [
        "x = torch.randn(8, 3)\nW = torch.randn(3, 2)",
        "with torch.no_grad():\n  y = x @ W\n  loss = (y**2).mean()",
    ]
    assert body(tmp_path, "forward", START, *cells, BACK)[1:-1] == ["y = x @ W", "loss = (y**2).mean()"]


def test_a_parameter_that_is_scaled_later_is_still_an_input(tmp_path: Path) -> None:
    """What changes only it belongs to its making."""
    cells = ["x = torch.randn(8, 3)\nW = torch.randn(3, 2)\nW *= 0.01", "y = x @ W\nloss = (y**2).mean()", BACK]
    assert body(tmp_path, "forward", START, *cells)[0] == "def forward(x, W):"
    assert "W = torch.randn((features, hidden), generator=g) * 0.0" in "\n".join(
        body(tmp_path, "inputs", START, *cells)
    )


def test_a_minibatch_is_an_input_and_the_data_that_it_is_taken_from_are_not(tmp_path: Path) -> None:
    """The data may be a file of any size."""
    cells = [
        "X = torch.randn(5000, 3)\nW = torch.randn(3, 2)\nbatch_size = 16",
        "ix = torch.randint(0, X.shape[0], (batch_size,))\nx = X[ix]",
        "y = x @ W\nloss = (y**2).sum() / batch_size",
        BACK,
    ]
    assert body(tmp_path, "forward", START, *cells)[:2] == ["def forward(W, x):", "batch_size = x.shape[0]"]
    assert "x = torch.randn((batch_size, features), generator=g)" in body(tmp_path, "inputs", START, *cells)


def test_a_variable_with_a_gradient_is_a_line_if_it_is_computed_from_tensors(tmp_path: Path) -> None:
    """Although the notebook has no gradient of what it is computed from."""
    cells = [
        "x = torch.randn(8, 3)\nK = torch.randn(3, 2)\nQ = torch.randn(3, 2)",
        "k = x @ K\nq = x @ Q\natt = q @ k.T\nloss = (att**2).mean()",
        "datt = 2*att / att.numel()",
    ]
    assert body(tmp_path, "forward", START, *cells)[:4] == [
        "def forward(x, K, Q):",
        "k = x @ K",
        "q = x @ Q",
        "att = q @ k.T",
    ]


def test_a_cotangent_that_is_called_like_a_gradient_is_called_cot(tmp_path: Path) -> None:
    """A function's parameter dout is the gradient of out."""
    cells = [
        "n, d = 8, 3\nx = torch.randn(n, d)\nw = torch.randn(d)\ndout = torch.randn(n, d)",
        "out = x * w\nloss = (out * dout).sum() / d",
        "dw = (dout * x).sum(0) / d",
    ]
    assert body(tmp_path, "forward", START, *cells)[:-1] == [
        "def forward(x, w, cot):",
        "d = x.shape[1]",
        "out = x * w",
        "loss = (out * cot).sum() / d",
    ]
    assert "cot = torch.randn(n, d, generator=g)" in body(tmp_path, "inputs", START, *cells)


def test_a_container_of_parameters_is_made_by_its_own_statement(tmp_path: Path) -> None:
    """With the sizes' names."""
    cells = [
        "d = 3\nx = torch.randn(8, d)\nparams = {'W': torch.randn(d, 2)}",
        "y = x @ params['W']\nloss = (y**2).mean()",
        BACK,
    ]
    assert "params = {'W': torch.randn(d, hidden, generator=g)}" in body(tmp_path, "inputs", START, *cells)


def test_columns_may_be_the_examples(tmp_path: Path) -> None:
    """The dimension that has the name of a number of examples is one, whichever it is."""
    cells = [
        "x = torch.randn(2, 300)\nm = x.shape[1]\nW = torch.randn(4, 2)",
        "y = W @ x\nloss = (y**2).sum() / m",
        BACK,
    ]
    assert body(tmp_path, "inputs", START, *cells)[0] == "def inputs(seed, m=32, features=2, hidden=4):"


def test_functions_and_constants_that_lines_use_come_along(tmp_path: Path) -> None:
    """With the numbers that the functions read."""
    cells = [
        "import math\nslope = 0.1\neps = 1e-5 # never zero\ndef leaky(z):\n    return torch.where(z > 0, z, slope*z)",
        "x = torch.randn(8, 3)\nW = torch.randn(3, 2)",
        "z = x @ W\ny = leaky(z) + eps\nloss = (y**2).mean() * math.pi",
        BACK,
    ]
    text = forward_of(written(tmp_path, START, *cells)).text
    assert "import torch\nimport math\n" in text
    assert "eps = 1e-5 # never zero\nslope = 0.1\n" in text
    assert "def leaky(z):\n    return torch.where(z > 0, z, slope*z)\n" in text


def test_numbers_and_positions_are_computed_from_shapes_where_they_can_be(tmp_path: Path) -> None:
    """So that they are right at other sizes, too; other numbers are constants."""
    cells = [
        "import math\nB, T, V = 4, 8, 50\nrows = B*T\nscale = 1/math.sqrt(T)\nalpha = 0.5\nbeta = alpha * 2",
        "x = torch.randn(B, T, V)\nW = torch.randn(V, 3)\nP = torch.randn(T, 3)\npos = torch.arange(T)",
        "y = (x @ W + P[pos]) * scale + beta\nz = y.view(rows, -1)\nloss = (z**2).sum() / rows",
        "dz = 2*z / rows\ndy = dz.view(y.shape)",
    ]
    assert body(tmp_path, "forward", START, *cells)[:-1] == [
        "def forward(x, W, P):",
        "T = x.shape[1]",
        "pos = torch.arange(T)",
        "scale = 1/math.sqrt(T)",
        "beta = alpha * 2",
        "B = x.shape[0]",
        "rows = B*T",
        "y = (x @ W + P[pos]) * scale + beta",
        "z = y.view(rows, -1)",
        "loss = (z**2).sum() / rows",
    ]
    text = forward_of(written(tmp_path, START, *cells)).text
    assert "import torch\nimport math\n\nalpha = 0.5\n" in text


def test_what_a_loop_fills_is_a_line_too(tmp_path: Path) -> None:
    """The loop is written as it is."""
    cells = [
        "n, T, d = 4, 6, 3\nx = torch.randn(n, T, d)\nW = torch.randn(d, d)",
        "h = torch.zeros(n, d)\nfor t in range(T):\n    # one step\n    h = torch.tanh(x[:, t] + h @ W)",
        "loss = (h**2).mean()",
        "dh = 2*h / h.numel()\ndW = torch.zeros_like(W)",
    ]
    assert body(tmp_path, "forward", START, *cells)[4:-1] == [
        "h = torch.zeros(n, d)",
        "for t in range(T):",
        "# one step",
        "h = torch.tanh(x[:, t] + h @ W)",
        "loss = (h**2).mean()",
    ]


# What inputs() draws


def test_sizes_are_named_as_in_the_notebook(tmp_path: Path) -> None:
    """Of two names for one, n is taken; sizes that are computed from others are written as they are computed."""
    cells = [
        "batch_size, n_in, width = 16, 3, 4\nn = batch_size\nfan_in = n_in * width",
        "x = torch.randn(n, fan_in, generator=g)\nW = torch.randn((fan_in, 2), generator=g) / fan_in**0.5",
        "y = x @ W\nloss = (y**2).sum() / n",
        BACK,
    ]
    lines = body(tmp_path, "inputs", START, *cells)
    assert lines[0] == "def inputs(seed, n=16, n_in=3, width=4, hidden=2):"
    assert lines[2] == "x = torch.randn(n, n_in * width, generator=g)"
    assert lines[3] == "W = torch.randn((n_in * width, hidden), generator=g) / (n_in * width) ** 0.5"


def test_a_dimension_may_be_a_product_that_the_notebook_has(tmp_path: Path) -> None:
    """Of any other two sizes it is only by chance."""
    cells = [
        "letters, width, seven = 3, 4, 12\nx = torch.sin(torch.randn(16, 12))\nW = torch.randn(letters * width, 2)",
        "y = x @ W\nloss = (y**2).mean()",
        BACK,
    ]
    assert "x = torch.randn((n, seven), generator=g)" in "\n".join(body(tmp_path, "inputs", START, *cells))
    cells[0] = cells[0].replace("seven = 3, 4, 12", "other = 3, 4, 6")
    assert "x = torch.randn((n, letters * width), generator=g)" in "\n".join(body(tmp_path, "inputs", START, *cells))


def test_sizes_that_are_only_numbers_get_a_name(tmp_path: Path) -> None:
    """By what they count."""
    cells = ["x = torch.randn(8, 3)\nW = torch.randn(3, 2)", "y = x @ W\nloss = (y**2).mean()", BACK]
    lines = body(tmp_path, "inputs", START, *cells)
    assert lines[0] == "def inputs(seed, n=8, features=3, hidden=2):"
    assert lines[2:4] == [
        "x = torch.randn(n, features, generator=g)",
        "W = torch.randn(features, hidden, generator=g)",
    ]


@pytest.mark.parametrize(
    ("made", "drawn"),
    [
        ("torch.randn(3, 2) / np.sqrt(2)", "torch.randn(features, hidden, generator=g) / 2 ** 0.5"),
        ("std * torch.randn([3, 2])", "0.1 * torch.randn((features, hidden), generator=g)"),
        ("torch.zeros(3, 2)", "torch.randn((features, hidden), generator=g) * 0.1"),
        ("torch.ones(3, 2)", "torch.randn((features, hidden), generator=g) * 0.1 + 1"),
        ("torch.randn(3, 2, requires_grad=True)", "torch.randn(features, hidden, generator=g)"),
        ("torch.nn.Parameter(torch.rand(3, 2) - 0.5)", "torch.rand(features, hidden, generator=g) - 0.5"),
        ("torch.nn.Linear(2, 3).weight.detach()", "torch.randn((features, hidden), generator=g) * 0."),
    ],
)
def test_a_parameter_is_made_by_its_own_statement_or_drawn_like_it(tmp_path: Path, made: str, drawn: str) -> None:
    """Not all zeros or ones, which would hide mistakes; without requires_grad."""
    setup = "import math as np\ntorch.manual_seed(0)\nstd = 0.1"
    cells = [f"{setup}\nx = torch.randn(8, 3)\nW = {made}", "y = x @ W\nloss = (y**2).mean()", BACK]
    [line] = [line for line in body(tmp_path, "inputs", START, *cells) if line.startswith("W = ")]
    assert line.startswith(f"W = {drawn}")


@pytest.mark.parametrize(
    ("made", "used", "drawn"),
    [
        ("torch.tensor([4, 1, 3, 0, 4, 1, 2, 2])", "y - t[:, None]", "torch.randint(0, classes, (n,), generator=g)"),
        (
            "torch.tensor([0, 1, 1, 0, 1, 0, 0, 0])",
            "F.cross_entropy(y, t)",
            "torch.randint(0, hidden, (n,), generator=g)",
        ),
        ("torch.tensor([0, 1, 1, 0, 1, 0, 0, 0])", "y + F.embedding(t, W)", "torch.randint(0, features, (n,), "),
        ("torch.tensor([0, 1, 1, 0, 1, 0, 0, 0])", "y[range(8), t]", "torch.randint(0, hidden, (n,), generator=g)"),
        ("F.one_hot(torch.arange(8) % 2).float()", "y * t", "torch.eye(classes)[torch.randint(0, classes, (n,), g"),
        ("(torch.arange(16).view(8, 2) % 3 > 0).float()", "y * t", "(torch.rand((n, outputs), generator=g) < 0.62).f"),
        ("torch.arange(16.).view(8, 2)", "y - t", "torch.rand((n, outputs), generator=g) * 15"),
        ("torch.linspace(-1, 1, 16).view(8, 2)", "y - t", "torch.randn((n, outputs), generator=g) * 0.63"),
    ],
)
def test_data_are_drawn_like_those_of_the_notebook(tmp_path: Path, made: str, used: str, drawn: str) -> None:
    """In the same shape: labels, one-hot rows, masks, positive numbers, any numbers."""
    setup = f"x = torch.randn(8, 3)\nW = torch.randn(3, 2)\nt = {made}"
    cells = ["import torch.nn.functional as F", setup, f"y = x @ W\nz = {used}\nloss = (z**2).mean()", BACK]
    [line] = [line for line in body(tmp_path, "inputs", START, *cells) if line.startswith("t = ")]
    assert line.startswith(f"t = {drawn}")


def test_large_sizes_become_smaller(tmp_path: Path) -> None:
    """They would test nothing else, and other cases have to exceed them; none becomes equal to another."""
    cells = ["x = torch.randn(1000, 784)\nW = torch.randn(784, 32)", "y = x @ W\nloss = (y**2).mean()", BACK]
    made = forward_of(written(tmp_path, START, *cells))
    assert "def inputs(seed, n=24, features=64, hidden=32):\n" in made.text
    assert [*made.notes] == ["smaller than in the notebook: n=24 for 1000, features=64 for 784"]


def test_numbers_in_lines_that_may_be_sizes_are_named(tmp_path: Path) -> None:
    """For the case that the forward pass does not run at other sizes."""
    cells = ["x = torch.randn(8, 4)\nW = torch.randn(4, 2)", "y = (x @ W).view(8, 2)\nloss = (y**2).mean()", BACK]
    assert [*forward_of(written(tmp_path, START, *cells)).suspects()] == ["the 8 in line 13 may be n"]


def test_single_numbers_have_no_sizes(tmp_path: Path) -> None:
    """The other cases then have other numbers."""
    text = forward_of(lay_down(tmp_path, "neuron")).text
    assert "SIZES = [{}, {}, {}]\n" in text
    assert "def inputs(seed):\n" in text


# What is refused


def test_a_notebook_without_a_loss_is_refused(tmp_path: Path) -> None:
    """And a cell that cannot be read is named: it may be the one."""
    assert refused(tmp_path, START, "loss = (1") == (
        "net.ipynb: no loss found; compute it in a line at the top level of a cell: `loss = ...`; "
        "net.ipynb cell 2:1: skipped: invalid syntax: '(' was never closed: `loss = (1`"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("W = torch.randn(three, 2)", "cell 2:2: NameError: name 'three' is not defined; the loss depends on this"),
        ("W = exit()", "cell 2:2: SystemExit: None; the loss depends on this line: correct it, or leave out"),
        ("import no_such_package\nW = no_such_package.W", "cell 2:2: ModuleNotFoundError: No module named "),
        ("W = [torch.ones(2, 3).T]", "cell 3:1: this line of the forward pass reads W, a list of tensors; give each "),
    ],
)  # fmt: skip
def test_a_line_that_fails_and_is_needed_is_reported(tmp_path: Path, wrong: str, said: str) -> None:
    """With its cell, and what to do."""
    used = "W[0]" if "[torch" in wrong else "W"
    cells = [f"x = torch.randn(8, 3, requires_grad=True)\n{wrong}", f"y = x @ {used}\nloss = (y**2).mean()", BACK]
    assert refused(tmp_path, START, *cells).startswith(f"net.ipynb {said}")


def test_a_line_that_fails_and_is_not_needed_is_passed_over(tmp_path: Path) -> None:
    """Such as a seed for a library that is not installed."""
    cells = ["import not_there\nnot_there.random.seed(1)", "x = torch.randn(8, 3)\nW = torch.randn(3, 2)"]
    assert body(tmp_path, "forward", START, *cells, "y = x @ W\nloss = (y**2).mean()", BACK)[0] == "def forward(x, W):"


def test_a_loss_without_parameters_is_refused(tmp_path: Path) -> None:
    """With what makes a tensor a parameter."""
    cells = ["x = torch.arange(8)", "loss = (x**2).sum().float()"]
    said = (
        "net.ipynb cell 3:1: loss does not depend on any parameter; the parameters of a notebook are its tensors with "
    )
    assert refused(tmp_path, START, *cells).startswith(said)


def test_nothing_below_the_loss_is_run(tmp_path: Path) -> None:
    """Nor anything that the loss does not depend on."""
    write = "open('there.txt', 'w').close()"
    cells = [
        "x = torch.randn(8, 3)\nW = torch.randn(3, 2)",
        f"{write}\ny = x @ W\nloss = (y**2).mean()",
        f"{write}\n{BACK}",
    ]
    forward_of(written(tmp_path, START, *cells))
    assert not (tmp_path / "there.txt").exists()


@pytest.mark.parametrize(
    "loop",
    [
        "for t in range(3): y = x @ W; loss = (y**2).mean(); dy = 2*y",
        "while True:\n  y = x @ W\n  loss = y.mean()\n  dy = y\nelse:\n  y = 1",
    ],
)
def test_a_loop_in_another_form_is_refused(tmp_path: Path, loop: str) -> None:
    """On one line, or with an else."""
    said = (
        "net.ipynb cell 2:1: the loss is computed only inside a loop; write one forward pass at the top level of a cell"
    )
    assert refused(tmp_path, START, loop).startswith(said)


def test_a_loss_that_is_no_tensor_is_refused(tmp_path: Path) -> None:
    """With its type."""
    assert refused(tmp_path, START, "loss = str(torch.randn(3))") == "net.ipynb cell 2:1: loss is a str, not a tensor"


def test_arrays_of_numpy_are_refused_where_torch_is_imported_as_well(tmp_path: Path) -> None:
    """In the loss, or in a line before it."""
    array = "class ndarray:\n    def __init__(self, value): self.value = value\nndarray.__module__ = 'numpy'"
    said = refused(tmp_path, START, array, "X = ndarray(torch.ones(3))\nloss = X.value.sum()")
    assert said.startswith("net.ipynb cell 3:2: loss is computed with NumPy, and only PyTorch's tensors have gradients")
    cells = [
        "X = ndarray(torch.ones(3))\nW = torch.randn(3)",
        "y = X.value * W\nloss = (y**2).sum()",
        "dy = 2*y\ndW = dy",
    ]
    said = refused(tmp_path, START, array, *cells)
    assert said == (
        "net.ipynb cell 4:1: this line of the forward pass reads X, of type ndarray; "
        "make it a tensor: `torch.from_numpy(...)`"
    )


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    """With the reason."""
    (tmp_path / "net.ipynb").write_text("hello", encoding="utf-8")
    with pytest.raises(BrokenExercise, match=r"net\.ipynb cannot be read: net\.ipynb: not a valid notebook"):
        forward_of(tmp_path / "net.ipynb")


def test_a_constant_from_a_table_is_its_value(tmp_path: Path) -> None:
    """The table stays in the notebook. A class that lines use comes along."""
    cells = [
        "config = {'eps': 1e-3}\neps = config['eps']\nclass Double:\n    def __call__(self, x): return 2*x",
        "double = lambda x: Double()(x)\nx = torch.randn(8, 3)\nW = torch.randn(3, 2)",
        "y = Double()(x @ W) + eps\nloss = (y**2).mean()",
        BACK,
    ]
    text = forward_of(written(tmp_path, START, *cells)).text
    assert "\neps = 0.001\n" in text
    assert "class Double:\n    def __call__(self, x): return 2*x\n" in text


def test_of_values_without_an_order_only_the_shape_is_known() -> None:
    """Complex and sparse ones, which are refused later."""
    assert describe(torch.ones(2, 3, dtype=torch.complex64)) == ValueFacts("tensor", "complex64", shape=(2, 3))
    assert describe(torch.eye(2).to_sparse()).shape == (2, 2)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (subprocess.TimeoutExpired("python", 600), "ran for more than 10 minutes; cut down the data that they prepare"),
        (ValueError(), "ended Python"),
    ],
)
def test_a_process_that_gives_no_answer_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """Because it takes too long, or has crashed."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("grader.authoring.notebook_values.in_own_process", fail)
    message = refused(tmp_path, START, "W = torch.randn(3, 2)\nloss = W.sum()")
    assert message.startswith("net.ipynb: ")
    assert message.endswith(said)


@pytest.mark.slow
def test_the_notebook_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """In its own folder, without the terminal; what it prints is dropped."""
    (tmp_path / "data.txt").write_text("3")
    code = (
        "import os, sys\nprint('hello')\nn = int(open('data.txt').read())\npid = os.getpid()\ntty = sys.stdin.isatty()"
    )
    asked = [{"index": 0, "code": code, "reads": [], "writes": ["n", "tty"], "needed": True}]
    answer = in_own_process(asked, tmp_path)
    assert [answer["written"]["0"][name]["plain"] for name in ("n", "tty")] == [3, False]


def test_the_part_of_the_notebook_is_that_of_its_first_gradient(tmp_path: Path) -> None:
    """As its comment says."""
    cells = ["x = torch.randn(8, 3)\nW = torch.randn(3, 2)\ny = x @ W\nloss = (y**2).mean()", f"# Exercise 2\n{BACK}"]
    assert find_pass(written(tmp_path, START, *cells)).part == 2
