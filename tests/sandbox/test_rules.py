"""The rules: what they refuse, what they must not refuse, and which functions a violation costs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch  # noqa: F401  (the rules look into it: in the child it is always loaded)

from grader.exercise.shelf import list_exercises, load_exercise
from grader.sandbox.reading.reading import Submitted, read
from grader.sandbox.types import RulesConfig

ROOT = Path(__file__).resolve().parents[2]


def submitted(text: str, **config: object) -> Submitted:
    return read({"backward.py": text.encode()}, RulesConfig(**config))


def refused(text: str, **config: object) -> dict[str, list[str]]:
    """Function -> the rules that it breaks or depends on breaking."""
    reading = submitted(text, **config).reading
    assert reading.problem is None
    return {name: [f.rule for f in function.findings] for name, function in reading.functions.items()}


def body(*lines: str) -> str:
    """A function with these lines, and the usual imports."""
    inside = "\n    ".join(lines)
    return (
        f"import torch\nimport torch.nn.functional as F\nimport math\n\ndef dx(x, y, n, Xb, demb, C):\n    {inside}\n"
    )


HONEST = [
    "return torch.zeros_like(x)",
    "d = torch.zeros_like(x); d[range(n), y] = -1.0/n; return d",
    "d = torch.zeros_like(x); d[torch.arange(n), y] -= 1/n; return d",
    "return F.one_hot(y, x.shape[1])*(-1.0/n)",
    "return torch.zeros_like(x).scatter_(1, y.view(-1, 1), -1/n)",
    "return -torch.eye(27)[y] / n",
    "return (1.0 / x) * y",
    "return x**-1 * y",
    "return torch.reciprocal(x).mul(y)",
    "return torch.addcmul(torch.ones_like(x), x, x, value=-1) * y",
    "return (x * y).sum(1, keepdim=True).unsqueeze(-1).squeeze(-1)",
    "return torch.einsum('ij,jk->ik', x, y)",
    "return x @ y.T + x.t() + x.transpose(0, 1) + x.mT",
    "return torch.bmm(x[None], y[None])[0]",
    "return x.data.clone().detach() + x.contiguous().view(-1)",
    "return torch.linalg.norm(x) + torch.linalg.inv(x)",
    "return torch.special.expit(x) + torch.fft.fft(x).real",
    "d = torch.zeros_like(C); d.index_add_(0, Xb.view(-1), demb.view(-1, 10)); return d",
    "return torch.zeros_like(C).index_put_((Xb,), demb, accumulate=True)",
    "return torch.zeros_like(C).index_add(0, Xb.flatten(), demb.flatten(0, 1))",
    "return torch.zeros_like(C).scatter_add_(0, Xb.view(-1, 1).expand(-1, 10), demb.view(-1, 10))",
    "return F.one_hot(Xb.view(-1), C.shape[0]).to(demb.dtype).T @ demb.view(-1, C.shape[1])",
    "return torch.stack([demb[Xb == v].sum(0) for v in range(C.shape[0])])",
    "return torch.tensordot(F.one_hot(Xb, 27).float(), demb, dims=([0, 1], [0, 1]))",
    "return sum((torch.outer(a, b) for a, b in zip(x, y)), torch.zeros(3, 3))",
    "return (lambda t: t.mul(2))(x)",
    "if (s := x.sum()) > 0: return s\n    else: return -s",
    "with torch.no_grad():\n        return x * 2",
    "with torch.inference_mode():\n        return x * 2",
    "return torch.zeros(3, requires_grad=False)",
    "return x.softmax(1) - F.softmax(x, dim=1)",
    "return torch.where(x > 0, y, 0.0) + x.masked_fill(x < 0, 0) + torch.triu(x)",
    "print(f'{x.shape=} {x.mean():.4f}', x.shape); assert x.shape == y.shape, f'{x.shape}'; return x",
    "print('{0} {1:.3f} {name}'.format(x, 2, name='x')); return x",
    "counts = {}; counts.setdefault(1, []).append(x); return x",
    "return torch.cat([x, y], dim=0).chunk(2)[0].split(3)[0]",
    "try:\n        return x / y\n    except ZeroDivisionError as e:\n        print(type(e).__name__, e); raise",
    "return math.sqrt(2 / math.pi) * x",
    "raise NotImplementedError",
    "input = x; vars = y; compile = input; return compile * vars",
    "open, eval = x, y; return open + eval",
    "dir(x); help; isinstance(x, torch.Tensor); hasattr(x, 'data'); return x",
    "return getattr(x, 'T') @ y",
    "return x.new_zeros(x.size()).copy_(y).add_(1).clamp_(0)",
    "x.grad = None; return y",
    "x.requires_grad = False; return x if not x.requires_grad else y",
    "return x.type(torch.float32).to(torch.double)",
    "return torch.gradient(x)[0]",
    "return x.__mul__(y).__neg__()",
    "self = x; return self._private if False else x",
    "torch.manual_seed(0); torch.set_printoptions(precision=3); return torch.randn_like(x)",
    "match n:\n        case 32: return x\n        case [a, *rest]: return y\n        case _: return x + y",
    "global cache; cache = x; return cache",
    "total = 0\n    def add(t):\n        nonlocal total\n        total = total + t\n    add(x); return total",
    "return [last := t for t in x][0] + last",
    "return torch.vmap(torch.exp)(x)",
    "torch.set_grad_enabled(False); return x",
    "on = True\n    with torch.inference_mode(on): return x",
    "torch.Tensor.dtanh = lambda t: 1 - t**2; return x.dtanh()",
    "torch.backends.cudnn.deterministic = True; return x",
    "dx.calls = dx._seen = 1; return x",
    "setattr(dx, 'calls', 1); delattr(dx, 'calls'); return x if hasattr(x, 'grad') else y",
    "[setattr(dx, name, 1) for name in 'ab']; return x",
    "print('{0.__class__.__name__} {1}'.format(x, y)); return x",
]


@pytest.mark.parametrize("line", HONEST)
def test_honest_code_is_not_refused(line: str) -> None:
    """Refusing a right answer is worse than missing a cheat: the jail holds on its own."""
    assert refused(body(line)) == {"dx": []}


HONEST_FILES = {
    "own classes": """
        import torch
        from dataclasses import dataclass, field
        from collections import namedtuple, defaultdict
        from typing import NamedTuple, Optional

        Cache = namedtuple("Cache", ["grad", "value"])

        class Pair(NamedTuple):
            backward: torch.Tensor
            _hidden: Optional[torch.Tensor] = None

        @dataclass
        class Layer:
            weight: torch.Tensor
            grad: "torch.Tensor | None" = None
            _count: int = field(default=0)

            def __post_init__(self) -> None:
                self._seen = self.__class__.__name__

            def __call__(self, x): return x @ self.weight
            def backward(self, d):
                self.grad = d @ self.weight.T
                return self.grad

        class Child(Layer):
            def __init__(self, w):
                super().__init__(w)
                self.out = None

        def dx(x, y):
            layer = Child(y)
            layer.out = layer(x)
            c = Cache(grad=layer.backward(x), value=1)._replace(value=2)
            return c.grad + layer.grad
    """,
    "decorators and helpers": """
        from __future__ import annotations
        import functools, itertools, operator
        import torch as t
        from torch import Tensor, nn, einsum
        import torch.nn as nn
        from torch.nn import functional as F

        eps: float = 1e-5
        names: list[np.ndarray]

        def log(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                print(f.__name__)
                return f(*args, **kwargs)
            return inner

        def unbroadcast(d: Tensor, like: Tensor) -> Tensor:
            '''Sum what was broadcast. {0.__class__} is only text here.'''
            while d.dim() > like.dim():
                d = d.sum(0)
            for axis in itertools.count():
                if axis == d.dim(): break
                if like.shape[axis] == 1: d = d.sum(axis, keepdim=True)
            return functools.reduce(operator.add, [d, torch_zero(d)])

        torch_zero = lambda d: t.zeros_like(d)

        @log
        def dx(x: Tensor, y: t.Tensor, n: int = 32) -> t.Tensor:
            return unbroadcast(x * y + eps, x)
    """,
    "boilerplate of a training script": """
        import os, sys, random
        import numpy as np
        import matplotlib.pyplot as plt
        import torch
        %magic_free = None
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        sys.path.append("..")
        sys.dont_write_bytecode = True
        plt.style.use("dark")
        np.random.seed(0)
        torch.manual_seed(1337)
        torch.backends.cudnn.deterministic = True
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(4)
        device = "cuda" if torch.cuda.is_available() else "cpu"

        def dx(x): return x.to(device)

        if __name__ == "__main__":
            from forward import forward
            loss = forward()
            loss.backward()
            open("out.txt").write(str(dx(loss)))
    """.replace("%magic_free = None", ""),
}


@pytest.mark.parametrize("name", HONEST_FILES)
def test_honest_files_are_not_refused(name: str) -> None:
    """Whole files, with habits from notebooks and scripts."""
    import textwrap

    assert refused(textwrap.dedent(HONEST_FILES[name])) == {"dx": []}


def test_every_formulation_that_the_project_knows_to_be_right_passes() -> None:
    """The worked solutions and all other known right forms, under the default rules; layers have their own."""
    layers = {name for name in list_exercises() if load_exercise(name).is_layer}
    every = [*ROOT.glob("solutions/*/backward.py"), *ROOT.glob("solutions/*/right/*.py")]
    files = [file for file in every if file.relative_to(ROOT / "solutions").parts[0] not in layers]
    assert files
    for file in files:
        reading = submitted(file.read_text()).reading
        assert (reading.problem, reading.findings) == (None, ()), file


REFUSED = {
    "x.backward()": "autograd",
    "x.sum().backward(retain_graph=True)": "autograd",
    "torch.autograd.grad(x, y)": "autograd",
    "torch.Tensor.backward(x)": "autograd",
    "type(x).backward(x)": "autograd",
    "x.grad.clone()": "autograd",
    "x.requires_grad_()": "autograd",
    "x.requires_grad = True": "autograd",
    "torch.tensor(1.0, requires_grad=True)": "autograd",
    "torch.tensor(1.0, **dict(requires_grad=n))": "autograd",
    "torch.enable_grad()": "autograd",
    "torch.func.grad(x)": "autograd",
    "torch.nn.grad.conv2d_weight(x)": "autograd",
    "torch.ops.aten.tanh_backward(x, y)": "torch",
    "torch._C._nn.gelu_backward(x, y)": "private",
    "torch._softmax_backward_data(x, y, 1)": "private",
    "F.log_softmax(x, 1).grad_fn(y)": "autograd",
    "x.grad_fn.next_functions": "autograd",
    "t = torch; t.func.vjp(x)": "autograd",
    "(a := torch).autograd": "autograd",
    "[torch][0].autograd": "autograd",
    "(lambda m: m.autograd)(torch)": "autograd",
    "[m.backward for m in [x]]": "autograd",
    "getattr(x, 'backward')()": "autograd",
    "getattr(x, 'back' + 'ward')()": "name",
    "eval('1')": "name",
    "exec('1')": "name",
    "compile('1', '', 'eval')": "name",
    "open('f')": "name",
    "input()": "name",
    "globals()['x']": "name",
    "locals()": "name",
    "vars(torch)": "name",
    "breakpoint()": "name",
    "__import__('os')": "name",
    "__builtins__": "private",
    "__loader__.load_module('os')": "private",
    "().__class__.__base__.__subclasses__()": "private",
    "dx.__globals__": "private",
    "dx.__code__": "private",
    "x.__dict__": "private",
    "torch.__dict__['autograd']": "private",
    "x.__class__.__mro__": "private",
    "import enum; enum.bltns.getattr": "import",
    "import collections.abc; collections._sys": "import",
    "torch.distributions.transforms.operator.attrgetter('T')(x)": "name",
    "import dataclasses as d; d.types": "import",
    "(0 for _ in ()).gi_frame": "private",
    "x._grad": "private",
    "x._backward_hooks": "private",
    "from torch import autograd": "autograd",
    "from torch.autograd import grad as g": "autograd",
    "import torch.autograd as a": "autograd",
    "from torch import func": "autograd",
    "from torch.func import vjp": "autograd",
    "from torch import enable_grad as e": "autograd",
    "from torch import _C": "private",
    "from torch.nn import grad": "autograd",
    "import os": "import",
    "import numpy as np": "import",
    "import sympy": "import",
    "from . import forward": "import",
    "import functorch": "import",
    "from operator import attrgetter": "name",
    "import operator; operator.methodcaller('backward')": "name",
    "torch.sys.modules": "import",
    "from torch import os": "import",
    "math.inspect": "import",
    "torch.load('f')": "torch",
    "torch.save(x, 'f')": "torch",
    "torch.hub.load('a', 'b')": "torch",
    "torch.jit.script(x)": "torch",
    "torch.compile(x)": "torch",
    "torch.utils.checkpoint": "torch",
    "torch.library.Library('aten', 'IMPL')": "torch",
    "match x:\n        case torch.Tensor(grad=g): return g": "autograd",
    "match torch:\n        case object(autograd=a): return a": "autograd",
    "class T(torch.autograd.Function): pass": "autograd",
    "@torch.jit.script\n    def f(z): return z": "torch",
    "async def f(): await x.backward()": "autograd",
    "def f(z=x.grad): return z": "autograd",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_asks_for_autograd_or_for_more_than_a_gradient_needs_is_refused(line: str) -> None:
    """Every spelling that names what it uses, with the rule it breaks."""
    assert refused(body(line)) == {"dx": [REFUSED[line]]}


def test_a_finding_names_the_line_and_speaks_to_the_learner() -> None:
    """The message says what the code asks for and what to do instead."""
    finding = submitted(body("y = 1", "x.backward()")).reading.functions["dx"].findings[0]
    assert (finding.file, finding.line) == ("backward.py", 7)
    assert finding.message == "`.backward` asks autograd for the gradient; derive the gradient by hand instead"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("import os", "`os` cannot be imported here: use torch, math"),
        ("import numpy", "`numpy` cannot be imported here: torch has the same functions, torch.exp for np.exp"),
        ("import numpy as np; np.sum(x)", "torch has the same functions, torch.sum for np.sum"),
        ("import numpy as np; np.array(x)", "torch has the same functions, torch.tensor for np.array"),
        ("import numpy as np; np.random.rand(3)", "torch has the same functions, torch.exp for np.exp"),
        ("from numpy import tanh", "torch has the same functions, torch.tanh for tanh"),
        ("from .forward import n", "take forward values as parameters, and copy a helper into this file"),
        ("from helpers import unbroadcast", "only this file is graded; copy what you need from it into this file"),
        ("from .helpers import unbroadcast", "only this file is graded; copy what you need from it into this file"),
        ("import matplotlib.pyplot as plt", "draw in a notebook"),
        ("import pdb; pdb.set_trace()", "`pdb` opens a debugger, which does not work here; print(...) what you want"),
        ("import ipdb", "`ipdb` opens a debugger, which does not work here; print(...) what you want"),
        ("breakpoint()", "`breakpoint` opens a debugger, which does not work here; print(...) what you want"),
        ("input()", "write the value itself, or print(...) what it is about"),
        ("open('f')", "`open` opens files; compute the gradient from the parameters only"),
        ("torch.set_default_device(y)", "changes where the gradient is computed; everything here runs on the CPU"),
        ("torch.sys", "`torch.sys` is a module that cannot be imported here"),
        ("from operator import attrgetter", "`operator.attrgetter` looks up attributes by a computed name"),
        ("x.__globals__", "`.__globals__` is internal to Python or PyTorch"),
        ("torch.ones(1, requires_grad=True)", "`requires_grad=True` switches autograd on"),
        ("x.requires_grad = True", "`requires_grad=True` switches autograd on"),
        ("torch._softmax_backward_data", "is internal to Python or PyTorch"),
        ("torch.batch_norm_backward_elemt", "`torch.batch_norm_backward_elemt` asks autograd for the gradient"),
    ],
)
def test_every_kind_of_finding_has_its_message(line: str, sentence: str) -> None:
    """No message is written that nothing prints."""
    assert sentence in submitted(body(line)).reading.functions["dx"].findings[0].message


def test_a_call_of_something_refused_costs_nothing_else() -> None:
    """The lecture's `cmp` below the gradients: it is not run, and no gradient depends on it."""
    found = submitted("def dx(y):\n    return y\ndef cmp(s, dt, t):\n    print(s, dt == t.grad)\ncmp('x', 1, 2)\n")
    assert found.reading.functions["dx"].findings == ()
    assert found.reading.notes[0].startswith("backward.py:5: skipped: `.grad` is the gradient computed by autograd")
    assert refused("def dx(y):\n    return y\nloss.backward()\n") == {"dx": []}


def test_a_line_that_fails_does_not_give_a_refused_name_another_meaning() -> None:
    """It is skipped, and the name is Python's own again."""
    assert refused("getattr = 1/0\ndef da(x):\n    return getattr(x, 'gr' + 'ad')\n") == {"da": ["name"]}
    assert refused("def getattr(x, y):\n    return x\ndef da(x):\n    return getattr(x, 'a')\n") == {"da": []}


def test_a_violation_inside_a_function_costs_only_that_function() -> None:
    """The others in the file are graded."""
    assert refused("def da(x):\n    return x.grad\ndef db(x):\n    return x\n") == {"da": ["autograd"], "db": []}


def test_a_tainted_name_costs_the_functions_that_use_it_directly_or_not() -> None:
    """A helper, a constant made by the helper, a function that reads the constant."""
    text = """
import numpy as np
def helper(x): return np.exp(x)
table = [helper(1)]
def da(x): return table[0] * x
def db(x): return da(x)
def dc(x): return x
"""
    assert refused(text) == {"da": ["import"], "db": ["import"], "dc": []}


def test_a_name_that_is_bound_again_is_clean_again() -> None:
    """The last binding counts, as in Python."""
    assert refused("from numpy import exp\nfrom torch import exp\ndef da(x): return exp(x)\n") == {"da": []}
    assert refused("def da(x): return x.grad\ndef da(x): return x\n") == {"da": []}


def test_a_binding_that_may_not_happen_cleans_nothing() -> None:
    """After a binding inside `if`, both possibilities remain."""
    assert refused("import numpy as m\nif 1:\n    import math as m\ndef da(x): return m.exp(x)\n") == {"da": ["import"]}


def test_a_parameter_with_the_same_name_is_not_the_tainted_one() -> None:
    """Scopes matter: the parameter `h` is not the module's `h`."""
    assert refused("h = open('f')\ndef da(h): return h\ndef db(x): return h\n") == {"da": [], "db": ["name"]}


def test_a_violation_that_binds_nothing_is_left_out_with_a_note() -> None:
    """It never runs, so no function depends on it; in a notebook, such lines beside functions are not read at all."""
    text = "import torch\ntorch.autograd.set_detect_anomaly(True)\ndef da(x): return x\nloss.backward()\n"
    assert refused(text) == {"da": []}
    notes = submitted(text).reading.notes
    assert [note.split(": ")[:2] for note in notes] == [["backward.py:2", "skipped"], ["backward.py:4", "skipped"]]


def test_changing_an_object_taints_its_name() -> None:
    """`table['x'] = open(...)` is how a name gets something that is refused."""
    text = "table = {}\ntable['x'] = open\ntable.y = eval\ndef da(x): return table\ndef db(x): return x\n"
    assert refused(text) == {"da": ["name", "name"], "db": []}


def test_what_a_function_writes_globally_is_tainted_with_it() -> None:
    """`global` makes a function a binding of the module's name."""
    text = "kept = None\ndef helper(x):\n    global kept\n    kept = x.grad\ndef da(x): return kept\n"
    assert refused(text) == {"da": ["autograd"]}


def test_a_star_import_taints_only_what_is_bound_nowhere_else() -> None:
    """Any name that may come from it."""
    text = "from numpy import *\nimport torch\ndef da(x): return exp(x)\ndef db(x): return torch.exp(x) + len(x)\n"
    assert refused(text) == {"da": ["import"], "db": []}


def test_a_star_import_from_torch_brings_refused_names() -> None:
    """`from torch import *` and then `enable_grad()`."""
    text = "from torch import *\ndef da(x): return enable_grad()\ndef db(x): return exp(x)\n"
    assert refused(text) == {"da": ["autograd"], "db": []}


def test_statements_that_break_a_rule_do_not_run() -> None:
    """The compiled code contains neither them nor what uses their names."""
    found = submitted("a = open('f')\nb = a\nc = 1\nprint(b)\n")
    space: dict[str, object] = {}
    for piece in found.pieces:
        exec(piece.code, space)
    assert {name for name in space if not name.startswith("__")} == {"c"}


def test_a_statement_that_only_uses_an_absent_module_is_skipped_with_a_note() -> None:
    """`plt.show()` at the end of a file is no reason to refuse it."""
    found = submitted("import matplotlib.pyplot as plt\ndef da(x): return x\nplt.show()\n")
    assert found.reading.functions["da"].findings == ()
    assert found.reading.notes == ("backward.py:3: skipped: it uses what cannot be imported",)


def test_the_main_block_is_not_checked() -> None:
    """`if __name__ == "__main__":` never runs here; its `else` does."""
    text = "def da(x): return x\nif '__main__' == __name__:\n    open('f')\nelse:\n    k = eval('1')\n"
    assert refused(text) == {"da": []}
    assert [f.line for f in submitted(text).reading.findings] == [5]


def test_an_exercise_allows_more_imports_and_names() -> None:
    """`[rules]` in exercise.toml."""
    text = "import numpy.linalg as m\nimport torch\ndef da(x): return m.norm(torch.func.f(open(x.backward)))\n"
    assert refused(text) == {"da": ["autograd", "autograd", "name", "import"]}
    assert refused(text, imports=("numpy",), names=("torch.func", "open", "backward")) == {"da": []}


def test_a_name_that_is_allowed_with_its_module_is_allowed_after_a_star_import() -> None:
    """`names = ["torch.load"]`."""
    text = "from torch import *\ndef da(x): return load(x)\n"
    assert refused(text) == {"da": ["torch"]}
    assert refused(text, names=("torch.load",)) == {"da": []}


def test_a_harmless_module_of_torch_may_still_be_absent() -> None:
    """`torch.testing` is imported late, and the locked child cannot open files."""
    text = "import torch.testing as check\nglobal kept\ndef da(x): return check.assert_close(x, x)\n"
    assert refused(text) == {"da": ["import"]}


def test_switched_off_rules_find_nothing_and_run_everything() -> None:
    """The jail holds on its own."""
    found = submitted("import os\ndef da(x): return x.grad\n", enabled=False)
    assert found.reading.findings == found.reading.functions["da"].findings == ()
    assert "os" in found.pieces[0].code.co_names


def test_the_number_of_findings_is_limited() -> None:
    """A file full of violations must not fill a report."""
    found = submitted("\n".join(f"a{i} = open(b{i}.grad, eval)" for i in range(2000)) + "\ndef da(x): return a1, a2\n")
    assert len(found.reading.findings) == 50
    assert len(found.reading.functions["da"].findings) <= 5


def test_dual_numbers_and_tapes_get_a_note_and_no_finding() -> None:
    """Legitimate mathematics, but not what the exercise asks for: the instructor decides."""
    text = """
class Dual:
    def __init__(self, value, grad): self.value, self.grad = value, grad
    def __add__(self, other): return Dual(self.value + other.value, self.grad + other.grad)
    def __mul__(self, other): return Dual(self.value * other.value, self.grad * other.value + self.value * other.grad)
    def backward(self): self.grad = 1.0
def da(x):
    y = Dual(x, 1)*Dual(x, 0)
    y.backward()
    return y.grad
"""
    found = submitted(text).reading
    assert found.functions["da"].findings == ()
    assert found.asides == (
        "backward.py:2: class Dual defines + and *: possibly dual numbers or a hand-written autograd tape",
    )


@pytest.mark.parametrize(
    "loop",
    [
        "for i in range(3):\n        d[i] = (loss(x + e[i]) - loss(x - e[i])) / 2e-5",
        "for i in e:\n        up = loss(x + i)\n        down = loss(x - i)\n        d[i] = (up - down) / 2",
        "d = [(loss(x + k) - loss(x)) / 1e-5 for k in e]",
    ],
)
def test_finite_differences_get_a_note_and_no_finding(loop: str) -> None:
    """The difference of two evaluations, divided, in a loop."""
    found = submitted(f"def da(x, d, e):\n    {loop}\n    return d\n").reading
    assert found.functions["da"].findings == ()
    assert found.asides == ("backward.py:1: da divides the difference of two evaluations: possibly finite differences",)


@pytest.mark.parametrize("line", ["return (x - x.mean(0)) / x.std(0)", "for a in x: b = (a.sum() - a.max()) / 2"])
def test_ordinary_differences_get_no_note(line: str) -> None:
    """Normalizing is not differentiating."""
    assert submitted(f"def da(x):\n    {line}\n").reading.notes == ()
