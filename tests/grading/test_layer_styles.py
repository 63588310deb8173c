"""Layers in numpy, as objects with state, and as `torch.autograd.Function`: the same rows, verdicts and sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.forward import BrokenExercise
from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.layer import in_numpy_words
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Grade = Callable[..., dict[str, dict[str, Any]]]

FORWARD = """\
import torch

GRADED = ['out', 'x', 'w', 'b']
SIZES = [{'n': 7, 'd_in': 3, 'd_out': 11}, {'n': 3, 'd_in': 9, 'd_out': 2}, {'n': 9, 'd_in': 2, 'd_out': 3}]

def inputs(seed, n=6, d_in=5, d_out=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d_in), generator=g)
    w = torch.randn((d_in, d_out), generator=g)
    return {'x': x, 'w': w, 'b': torch.randn(d_out, generator=g)}

def forward(x, w, b):
    z = x @ w
    out = z + b
    return locals()
"""
NUMPY_FORM = """\
arrays = "numpy"
forward = "affine_forward(x, w, b) -> out, cache"
backward = "affine_backward(dout, cache) -> dx, dw, db"
"""
NUMPY = """\
import numpy as np

def affine_forward(x, w, b):
    out = x.dot(w) + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
OBJECT_FORM = """\
style = "object"
make = "Linear(d_in, d_out)"
set = { W = "w", "params['bias']" = "b" }
forward = "forward(x) -> out"
backward = "backward(dout) -> dx"
read = { dLdW = "dw", "grads['bias']" = "db" }
"""
OBJECT = """\
import torch

class Linear:
    def __init__(self, n_in, n_out):
        self.W = torch.zeros(n_in, n_out)
        self.params, self.grads = {'bias': torch.zeros(n_out)}, {'bias': 0}

    def forward(self, A):
        self.A = A
        return A @ self.W + self.params['bias']

    def backward(self, dLdZ):
        self.dLdW = self.A.T @ dLdZ
        self.grads['bias'] = dLdZ.sum(0)
        return dLdZ @ self.W.T
"""
AUTOGRAD_FORM = """\
style = "autograd"
class = "Linear"
arguments = "x, w, b"
"""
AUTOGRAD = """\
import torch

class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        ctx.rows = len(x)
        return x @ w + b

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)
"""
ALL = ("out", "dx", "dw", "db")


@pytest.fixture(scope="module")
def numpy_sandbox() -> Iterator[Sandbox]:
    """A sandbox for exercises that ask for numpy."""
    with Sandbox(imports=("numpy",)) as box:
        yield box


def write_layer(folder: Path, form: str, forward: str = FORWARD, graded: str = "") -> Exercise:
    """An exercise of a form."""
    folder.mkdir(parents=True)
    (folder / "forward.py").write_text(forward.replace("['out', 'x', 'w', 'b']", graded or "['out', 'x', 'w', 'b']"))
    (folder / "exercise.toml").write_text(f'title = "Affine"\nkind = "layer"\n\n[form]\n{form}', encoding="utf-8")
    return Exercise(folder)


def grading(exercise: Exercise, solution: str, box: Sandbox) -> Grade:
    """Rows by name of the solution with some parts replaced."""
    cases = build_cases(exercise, Settings().seed)

    def grade(*changes: tuple[str, str]) -> dict[str, dict[str, Any]]:
        source = solution
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        rows = start_grading(exercise, submission, box, Settings(), cases).document()["gradients"]
        return {row["name"]: row for row in rows}

    return grade


@pytest.fixture(scope="module")
def in_numpy(numpy_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grade:
    """Functions with a cache, in numpy."""
    return grading(write_layer(tmp_path_factory.mktemp("x") / "affine", NUMPY_FORM), NUMPY, numpy_sandbox)


@pytest.fixture(scope="module")
def as_object(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grade:
    """An object with state."""
    return grading(write_layer(tmp_path_factory.mktemp("x") / "linear", OBJECT_FORM), OBJECT, sandbox)


@pytest.fixture(scope="module")
def as_function(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grade:
    """A `torch.autograd.Function`."""
    return grading(write_layer(tmp_path_factory.mktemp("x") / "linear", AUTOGRAD_FORM), AUTOGRAD, sandbox)


def wrong(rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: row["verdict"] for name, row in rows.items() if not row["correct"]}


# ------------------------------------------------------------------------------------------ numpy


@pytest.mark.numpy
@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("import numpy as np", "from builtins import range, object\nimport numpy as np")],
        [
            (
                "import numpy as np",
                "import numpy as np\ntry:\n    from .fast import col2im\nexcept ImportError:\n    pass",
            )
        ],
        [("import numpy as np", "import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view")],
        [("x.dot(w) + b", "np.einsum('nd,dm->nm', x, w) + b"), ("dout @ w.T", "np.einsum('nm,dm->nd', dout, w)")],
        [("np.sum(dout, axis=0)", "np.zeros_like(b)\n    np.add.at(db, slice(None), dout.sum(0))")],
        [("x.T @ dout", "np.asfortranarray(x.T @ dout)")],
        [("np.sum(dout, axis=0)", "np.linalg.norm(dout)*0 + np.pad(dout, ((0, 1), (0, 0))).sum(0)")],
        [("return dx, dw, db", "return np.array(dx), np.ascontiguousarray(dw), db[:]")],
    ],
    ids=["plain", "builtins", "a relative import", "stride tricks", "einsum", "add.at", "order", "linalg", "views"],
)
def test_what_people_write_in_numpy_is_accepted(in_numpy: Grade, changes: list[tuple[str, str]]) -> None:
    """Bit equality with torch is not expected."""
    assert wrong(in_numpy(*changes)) == {}


@pytest.mark.numpy
@pytest.mark.parametrize(
    ("change", "found", "said"),
    [
        (("dout @ w.T", "np.ones_like(dout) @ w.T"), {"dx": "wrong_values"}, "values differ"),
        (("x.T @ dout", "x.T @ dout / len(x)"), {"dw": "wrong_values"}, "values differ"),
        (("axis=0)", "axis=0, keepdims=True)"), {"db": "wrong_shape"}, "shape (1, 4), expected (4,)"),
        (("np.sum(dout, axis=0)", "np.sum(dout)"), {"db": "wrong_shape"}, "shape (), expected (4,)"),
        (("np.sum(dout, axis=0)", "list(dout.sum(0))"), {"db": "wrong_type"}, "a list of 4 as db, expected an array"),
        (("np.sum(dout, axis=0)", "None"), {"db": "wrong_type"}, "None as db, expected an array"),
        (("np.sum(dout, axis=0)", "np.sum(dout, axis=0).astype(complex)"), {"db": "wrong_type"}, "dtype complex128"),
        (("np.sum(dout, axis=0)", "np.matrix(dout.sum(0))"), {"db": "wrong_type"}, "a matrix as db"),
        (("np.sum(dout, axis=0)", "np.zeros((10**6, 50))"), {"db": "wrong_type"}, "larger than this gradient can be"),
        (("np.sum(dout, axis=0)", "dout.sum(0) > 0"), {"db": "wrong_dtype"}, "dtype bool, expected float64: a"),
        (("x.dot(w) + b", "x.dot(w) - b"), {"out": "wrong_values"}, "values differ from those of forward.py"),
    ],
)  # fmt: skip
def test_mistakes_in_numpy_have_the_same_sentences(
    in_numpy: Grade, change: tuple[str, str], found: dict[str, str], said: str
) -> None:
    """About an array where torch's would be about a tensor."""
    rows = in_numpy(change)
    assert wrong(rows) == found
    assert all(said in rows[name]["problem"] for name in found)


@pytest.mark.numpy
@pytest.mark.parametrize(
    "name",
    [
        "load('a.npy')", "save('a', dout)", "savez('a', dout)", "memmap('a')", "fromfile('a')", "loadtxt('a')",
        "ctypeslib.as_ctypes(dout)", "f2py", "testing.assert_allclose", "lib.format.open_memmap('a')", "DataSource()",
    ],
)  # fmt: skip
def test_what_reads_files_or_leads_to_machine_code_is_refused(in_numpy: Grade, name: str) -> None:
    """In the function that uses it; the forward pass keeps its row."""
    rows = in_numpy(("dx = dout", f"np.{name}\n    dx = dout"))
    assert wrong(rows) == dict.fromkeys(("dx", "dw", "db"), "refused")
    refused = name.partition("(")[0].removesuffix(".as_ctypes").removesuffix(".assert_allclose")
    assert f"`numpy.{refused}` reads or writes files" in rows["dx"]["problem"]


@pytest.mark.numpy
@pytest.mark.parametrize("call", ["np.unique(dout)", "np.median(dout)", "np.setdiff1d([1], [2])", "np.fft.fft(dout)"])
def test_what_numpy_imports_at_first_use_is_there(in_numpy: Grade, call: str) -> None:
    """A locked child could not load it."""
    assert wrong(in_numpy(("dx = dout", f"{call}\n    dx = dout"))) == {}


@pytest.mark.numpy
def test_what_lies_behind_it_stays_refused(in_numpy: Grade) -> None:
    """numpy.ma has imported modules of its own."""
    rows = in_numpy(("dx = dout", "np.ma.core.builtins.open('x')\n    dx = dout"))
    assert rows["dx"]["verdict"] == "refused"


@pytest.mark.numpy
def test_a_dropout_mask_can_be_drawn_from_a_seed(in_numpy: Grade) -> None:
    """numpy's own generator works, and each call finds it in the same state."""
    change = ("dx = dout", "np.random.seed(3)\n    keep = np.random.rand(*dout.shape) < 2\n    dx = keep * dout")
    assert wrong(in_numpy(change)) == {}
    again = in_numpy(("dx = dout", "dx = np.random.rand() * dout"))
    assert again["dx"]["verdict"] == "wrong_values"


@pytest.mark.numpy
def test_an_argument_given_by_the_exercise_is_a_fresh_dict_in_each_call(numpy_sandbox: Sandbox, tmp_path: Path) -> None:
    """As `bn_param`, whose running averages are updated in place; a string may stand for an input."""
    form = NUMPY_FORM.replace("x, w, b)", "x, w, b, param)").replace("forward =", "forward =", 1)
    form += 'given = { param = { mode = "train", momentum = 0.9, bias = "b" } }\n'
    grade = grading(
        write_layer(tmp_path / "affine", form), NUMPY.replace("x, w, b):", "x, w, b, param):"), numpy_sandbox
    )
    check = "assert param['mode'] == 'train' and param['momentum'] == 0.9 and 'mean' not in param\n    "
    rows = grade(("out = x.dot(w) + b", f"{check}param['mean'] = x.mean(0)\n    out = x.dot(w) + param['bias']"))
    assert wrong(rows) == {}
    assert not any(row["notes"] for row in rows.values())


@pytest.mark.numpy
def test_a_scale_is_the_course_s_own_convention(numpy_sandbox: Sandbox, tmp_path: Path) -> None:
    """Where dw carries a factor 1/n, the vector-Jacobian product itself is n times the right answer."""
    form = NUMPY_FORM + 'scale = { dw = "1/n", db = "1 / n" }\n'
    grade = grading(write_layer(tmp_path / "affine", form), NUMPY, numpy_sandbox)
    means = (("x.T @ dout", "x.T @ dout / len(x)"), ("np.sum(dout", "np.mean(dout"))
    assert wrong(grade(*means)) == {}
    rows = grade(means[0])
    assert wrong(rows) == {"db": "wrong_values"}


def test_without_numpy_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only exercises that are written in it need it."""
    monkeypatch.setattr("grader.exercise.exercise.find_spec", lambda _: None)
    exercise = write_layer(tmp_path / "affine", NUMPY_FORM)
    with pytest.raises(BrokenExercise, match=r"affine is written in numpy, which is not installed here: pip install"):
        assert exercise.rules


# ------------------------------------------------------------------------------------ an object


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("self.dLdW = self.A.T @ dLdZ", "self.dLdW = getattr(self, 'dLdW', 0) + self.A.T @ dLdZ")],
        [("class Linear:", "class Base:\n    def __call__(self, *a): return self.forward(*a)\n\nclass Linear(Base):")],
        [("self.A = A", "self.cache = [A]"), ("self.A.T", "self.cache.pop().T")],
    ],
    ids=["plain", "sums like PyTorch", "a base class", "a stack"],
)
def test_objects_as_people_write_them_are_accepted(as_object: Grade, changes: list[tuple[str, str]]) -> None:
    """What the backward pass keeps may be a sum over calls, and a stack may be empty at the second one."""
    assert wrong(as_object(*changes)) == {}


@pytest.mark.parametrize(
    ("change", "found", "said"),
    [
        (("self.dLdW =", "self.dW ="), {"dw": "raised"}, "Linear.dLdW raised AttributeError: 'Linear' object has no"),
        (("self.grads['bias'] =", "self.grads['b'] ="), {"db": "wrong_type"}, "an int as db, expected a tensor"),
        (("dLdZ.sum(0)", "dLdZ.sum(1)"), {"db": "wrong_shape"}, "shape (6,), expected (4,)"),
        (("self.A.T @ dLdZ", "(self.A.T @ dLdZ).double().float()*2"), {"dw": "wrong_values"}, "values differ"),
        (("return dLdZ @ self.W.T", "pass"), {"dx": "wrong_type", "dw": "wrong_type", "db": "wrong_type"}, "nothing"),
        (("self.A = A", "Linear.A = A"), {"dw": "hard_coded"}, "left in the object or in the class"),
        (("self.A = A", "self.A = getattr(self, 'A', A)"), {"dw": "hard_coded"}, "left in the object or in the class"),
        (("def __init__(self, n_in, n_out)", "def __init__(self, n_in)"), dict.fromkeys(ALL, "raised"),
         "Linear raised TypeError"),
        (("return A @ self.W", "return A @ self.W.T"), dict.fromkeys(ALL, "raised"), "Linear.forward raised"),
        (("class Linear", "class Line"), dict.fromkeys(ALL, "not_started"), "has no function Linear.forward"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_object_is_one_sentence(
    as_object: Grade, change: tuple[str, str], found: dict[str, str], said: str
) -> None:
    """The rows that do not need it are unharmed."""
    rows = as_object(change)
    assert wrong(rows) == found
    assert all(said in rows[name]["problem"] for name in found)


# --------------------------------------------------------------------- torch.autograd.Function


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("import torch\n", "from torch.autograd import Function\n"), ("(torch.autograd.Function)", "(Function)")],
        [("import torch\n", "import torch\nfrom torch.autograd.function import once_differentiable\n"),
         ("    @staticmethod\n    def backward", "    @staticmethod\n    @once_differentiable\n    def backward")],
        [("(torch.autograd.Function)", "(torch.autograd.function.Function)")],
        [("        return grad_output", "        assert all(ctx.needs_input_grad)\n        return grad_output")],
        [("grad_output.sum(0)", "grad_output.sum(0), None, None")],
    ],
    ids=["plain", "from torch.autograd", "once_differentiable", "function.Function", "needs_input_grad", "more None"],
)  # fmt: skip
def test_functions_as_people_write_them_are_accepted(as_function: Grade, changes: list[tuple[str, str]]) -> None:
    """Of autograd, these names and no others."""
    assert wrong(as_function(*changes)) == {}


@pytest.mark.parametrize(
    ("change", "found", "said"),
    [
        (("x, w = ctx", "w, x = ctx"), dict.fromkeys(("dx", "dw", "db"), "raised"), "Linear.backward raised"),
        (("ctx.save_for_backward(x, w)", "ctx.save_for_backward(x, 3)"), dict.fromkeys(ALL, "raised"),
         "save_for_backward can only save tensors, but argument 1 is of type int"),
        (("ctx.save_for_backward(x, w)", "ctx.saved = x, w"), dict.fromkeys(("dx", "dw", "db"), "raised"), "unpack"),
        (("grad_output.sum(0)", "None"), {"db": "wrong_type"}, "None as db, expected a tensor"),
        ((", grad_output.sum(0)", ""), dict.fromkeys(("dx", "dw", "db"), "wrong_type"),
         "returned a tuple of 2, expected dx, dw and db"),
        (("x, w = ctx.saved_tensors", "x, w = ctx.missing"), dict.fromkeys(("dx", "dw", "db"), "raised"),
         "has no attribute 'missing'"),
        (("grad_output @ w.T,", "(grad_output*0 + 1) @ w.T,"), {"dx": "wrong_values"}, "values differ"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_function_is_one_sentence(
    as_function: Grade, change: tuple[str, str], found: dict[str, str], said: str
) -> None:
    """Misuse of ctx included."""
    rows = as_function(change)
    assert wrong(rows) == found
    assert all(said in rows[name]["problem"] for name in found)


def test_a_flag_has_no_gradient(sandbox: Sandbox, tmp_path: Path) -> None:
    """PyTorch asks for None there."""
    forward = FORWARD.replace("def forward(x, w, b)", "def forward(x, w, b, flag)").replace(
        "'b': torch", "'flag': 1, 'b': torch"
    )
    exercise = write_layer(tmp_path / "linear", AUTOGRAD_FORM.replace("x, w, b", "x, w, b, flag"), forward)
    solution = AUTOGRAD.replace("x, w, b)", "x, w, b, flag)")
    grade = grading(exercise, solution, sandbox)
    assert wrong(grade(("grad_output.sum(0)", "grad_output.sum(0), None"))) == {}
    rows = grade(("grad_output.sum(0)", "grad_output.sum(0), x"))
    assert "a tensor as dflag, expected None, because it is no tensor" in rows["dx"]["problem"]


ROADS = {
    "apply": "Linear.apply(x, w, grad_output)",
    "the base class": "torch.autograd.Function.apply(x)",
    "grad": "torch.autograd.grad(x, w)",
    "functional": "torch.autograd.functional.vjp(lambda a: a, x)",
    "functional by an alias": "g = torch.autograd\n        g.functional.vjp(lambda a: a, x)",
    "forward mode": "torch.autograd.forward_ad.dual_level()",
    "the engine": "torch.autograd.Variable._execution_engine",
    "enable_grad": "torch.enable_grad()",
    "backward of a tensor": "(x * w.sum()).sum().backward()",
    "requires_grad": "x.requires_grad_()",
    "a private base": "Linear.__mro__[1].__subclasses__()",
    "globals of the base": "torch.autograd.Function.apply.__globals__",
    "the context's class": "ctx.__class__.__init__.__globals__",
    "a vjp of func": "torch.func.vjp(lambda a: a, x)",
}


@pytest.mark.parametrize("road", list(ROADS))
def test_no_road_leads_from_a_function_to_the_engine(as_function: Grade, road: str) -> None:
    """Refused before it runs, or closed when it does."""
    rows = as_function(("x, w = ctx.saved_tensors", f"x, w = ctx.saved_tensors\n        {ROADS[road]}"))
    assert set(wrong(rows)) >= {"dx", "dw", "db"}
    assert {rows[name]["verdict"] for name in ("dx", "dw", "db")} <= {"refused", "raised"}


@pytest.mark.parametrize(
    "line",
    ["from torch.autograd import grad", "from torch import autograd", "import torch.autograd as ag",
     "from torch.autograd.functional import vjp", "import torch.autograd.forward_ad as fw",
     "from torch.autograd.function import FunctionCtx", "from torch.autograd import *"],
)  # fmt: skip
def test_nothing_else_of_autograd_can_be_imported(as_function: Grade, line: str) -> None:
    """A line that is not used costs nothing, but brings nothing either."""
    name = line.rsplit(maxsplit=1)[-1].replace("*", "grad")
    rows = as_function(("import torch\n", f"import torch\n{line}\n"), ("x, w = ctx", f"{name}\n        x, w = ctx"))
    assert {rows[row]["verdict"] for row in ("dx", "dw", "db")} <= {"refused", "raised"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("sum((0, 2), keepdim=True) keeps the dimension", "sum((0, 2), keepdims=True) keeps the dimension"),
        ("dtype torch.int64, expected torch.float32", "dtype int64, expected float64"),
        (
            {"what": "torch.where of the tensor", "lines": [3], "n": None},
            {"what": "np.where of the array", "lines": [3], "n": None},
        ),
    ],
)
def test_sentences_are_in_the_words_of_numpy(said: Any, expected: Any) -> None:
    """Where a learner writes numpy."""
    assert in_numpy_words(said) == expected


STUBS = """\
def affine_forward(x, w, b):
    out = None
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    return dx, dw, db
"""


@pytest.mark.numpy
@pytest.mark.parametrize("change", [("", ""), ("    out = None", "    n, d = x.shape\n    out = None")])
def test_a_course_s_own_stubs_are_not_started(numpy_sandbox: Sandbox, tmp_path: Path, change: tuple[str, str]) -> None:
    """They return None for everything, whatever stands above."""
    exercise = write_layer(tmp_path / "affine", NUMPY_FORM)
    rows = grading(exercise, STUBS.replace(*change, 1), numpy_sandbox)()
    assert wrong(rows) == dict.fromkeys(ALL, "not_started")
    assert "returned only None" in rows["out"]["problem"]


GIVEN = """\
def backward(x, w, z, dout):
    grads = {}
    grads['w'] = x.T @ dout + 0 * z.sum()
    grads['b'] = dout.sum(0)
    return grads
"""


def test_a_dict_of_gradients_over_given_values(sandbox: Sandbox, tmp_path: Path) -> None:
    """Any forward value may be given, and the keys may be the variables' names."""
    form = 'backward = "backward(x, w, z, dout) -> dw, db"\n'
    exercise = write_layer(tmp_path / "affine", form, graded="['w', 'b']")
    assert wrong(grading(exercise, GIVEN, sandbox)()) == {}
    rows = grading(exercise, GIVEN.replace("'b'", "'bias'"), sandbox)()
    assert rows["dw"]["problem"] == "backward returned a dict, expected dw and db"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)\n",
          "return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)\n\nLinear.backward = 3\n"), "not callable"),
        (("return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)\n",
          "return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)\n\nLinear = 3\n"), "Linear"),
    ],
)  # fmt: skip
def test_what_cannot_be_called_is_told(as_function: Grade, change: tuple[str, str], said: str) -> None:
    """It costs its rows, not the process."""
    rows = as_function(change)
    assert {"dx", "dw", "db"} <= set(wrong(rows))
    assert said in rows["dx"]["problem"]
    assert rows["dx"]["verdict"] == "raised"


SETUP = """\
import torch

class Linear(torch.autograd.Function):
    @staticmethod
    def forward(x, w, b):
        return x @ w + b

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, b = inputs
        ctx.save_for_backward(x, w)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)
"""


def test_a_function_may_set_its_context_up_apart(sandbox: Sandbox, tmp_path: Path) -> None:
    """As PyTorch's documentation has it."""
    exercise = write_layer(tmp_path / "linear", AUTOGRAD_FORM)
    assert wrong(grading(exercise, SETUP, sandbox)()) == {}
    rows = grading(exercise, SETUP.replace("x, w, b = inputs", "x, w = inputs"), sandbox)()
    assert "raised ValueError: too many values to unpack" in rows["dx"]["problem"]


LAST = "        return dLdZ @ self.W.T\n"


@pytest.mark.parametrize(
    "changes",
    [
        [("class Linear:", "class Base:"), (LAST, f"{LAST}\nclass Linear(Base): pass\n")],
        [("class Linear:", "class Dense:"), (LAST, f"{LAST}\nLinear = Dense\n")],
    ],
    ids=["inherited", "another name"],
)  # fmt: skip
def test_methods_may_be_inherited(as_object: Grade, changes: list[tuple[str, str]]) -> None:
    """From a class above, or by another name of it."""
    assert wrong(as_object(*changes)) == {}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([("        self.A = A\n", "        self.A = A\n        if hasattr(self, 'Z'): return self.Z\n"),
          ("return A @ self.W", "self.Z = A @ self.W"),
          ("self.params['bias']\n\n    def b", "self.params['bias']\n        return self.Z\n\n    def b")], {"out"}),
        ([("        self.dLdW = ", "        Linear.dLdW = ")], {"dw"}),
        ([("self.params, self.grads = {'bias': torch.zeros(n_out)}, {'bias': 0}",
           "self.params, self.grads = {'bias': torch.zeros(n_out)}, SHARED"),
          ("class Linear:", "SHARED = {}\n\nclass Linear:")], {"db"}),
        ([("self.dLdW = ", "self.dLdW = 0.9 * getattr(self, 'dLdW', 0) + ")], {"dw"}),
    ],
    ids=["the first batch's output", "gradients of the class", "a shared dict", "momentum"],
)  # fmt: skip
def test_a_used_object_and_one_beside_it_show_what_is_kept(
    as_object: Grade, changes: list[tuple[str, str]], found: set[str]
) -> None:
    """Each is right for a new object that is alone."""
    rows = as_object(*changes)
    assert set(wrong(rows)) == found
    assert "left in the object or in the class" in rows[min(found)]["problem"]


@pytest.mark.parametrize(
    ("change", "rows_lost", "said"),
    [
        (("ctx.rows = len(x)", "Linear.rows = len(x)"), {"dx", "dw", "db"}, "in a global or in the class"),
        (("return x @ w + b", "return torch.add(x @ w, b, out=KEPT.setdefault(x.shape, torch.empty(len(x), len(b))))"),
         {"out"}, "keeps its result in a global, and overwrites it"),
    ],
    ids=["sizes", "a buffer"],
)  # fmt: skip
def test_what_a_function_keeps_in_a_global_shows(
    as_function: Grade, change: tuple[str, str], rows_lost: set[str], said: str
) -> None:
    """Sizes as well: the case in between has others."""
    rows = as_function(
        ("import torch\n", "import torch\n\nKEPT = {}\n"), change,
        ("grad_output.sum(0)", "grad_output.reshape(getattr(Linear, 'rows', len(x)), -1).sum(0)"),
    )  # fmt: skip
    assert set(wrong(rows)) == rows_lost
    assert all(said in rows[row]["problem"] for row in rows_lost)


def test_what_is_not_finite_or_empty_costs_its_row_only(as_function: Grade) -> None:
    """Beside another pass, too."""
    rows = as_function(("grad_output.sum(0)", "grad_output.sum(0) * float('nan')"))
    assert wrong(rows) == {"db": "non_finite"}
    assert wrong(as_function(("grad_output.sum(0)", "grad_output.sum(0)[:0]"))) == {"db": "wrong_shape"}


def test_a_cached_output_that_is_changed_later_is_the_backward_pass_s_fault(sandbox: Sandbox, tmp_path: Path) -> None:
    """`out` is what the forward function returned."""
    form = 'forward = "f(x, w, b) -> out, cache"\nbackward = "g(dout, cache) -> dx, dw, db"\n'
    source = """
def f(x, w, b):
    out = x @ w + b
    return out, (x, w, out)

def g(dout, cache):
    x, w, out = cache
    out[out > 0] = 1
    return dout @ w.T, x.T @ dout, dout.sum(0)
"""
    assert wrong(grading(write_layer(tmp_path / "affine", form), source, sandbox)()) == {}


@pytest.mark.parametrize(
    "returned",
    ["Both(dx, dw, db)", "OrderedDict(dx=dx, dw=dw, db=db)", "defaultdict(list, dx=dx, dw=dw, db=db)"],
)
def test_named_tuples_and_the_library_s_dicts_are_taken_apart(sandbox: Sandbox, tmp_path: Path, returned: str) -> None:
    """Like tuples and dicts."""
    source = f"""
from collections import OrderedDict, defaultdict, namedtuple
Both = namedtuple("Both", "dx dw db")

def g(x, w, dout):
    dx, dw, db = dout @ w.T, x.T @ dout, dout.sum(0)
    return {returned}
"""
    form = 'backward = "g(x, w, dout) -> dx, dw, db"\n'
    exercise = write_layer(tmp_path / "affine", form, graded="['x', 'w', 'b']")
    assert wrong(grading(exercise, source, sandbox)()) == {}


@pytest.mark.numpy
def test_a_torch_tensor_is_no_array(in_numpy: Grade) -> None:
    """Said as what it is."""
    rows = in_numpy(
        ("import numpy as np", "import numpy as np\nimport torch"), ("np.sum(dout, axis=0)", "torch.ones(4)")
    )
    assert rows["db"]["problem"].startswith("affine_backward returned a torch tensor as db, expected an array")
