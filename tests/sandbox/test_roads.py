"""Ways to get PyTorch's derivatives, each in several spellings: none returns a gradient, with the rules or without."""

from __future__ import annotations

import json
import subprocess
import sys
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.types import Question, Raised, Returned

if TYPE_CHECKING:
    from grader.sandbox.client import Sandbox

HEAD = """
import torch
import torch.nn.functional as F
import collections, contextlib, copy, dataclasses, enum, functools, itertools, operator, re, string, typing, warnings

def leave_inference_mode(reach):
    try:
        subclasses = reach(object, "__sub" + "classes__")()
        [calls] = [each for each in subclasses if each.__name__ == "Calls"]
        kept = reach(reach(calls, "load"), "__glo" + "bals__")["_KEPT"]
        while kept:
            reach(kept.pop(), "__ex" + "it__")(None, None, None)
        reach(reach(torch, "_" + "C"), "_set_" + "grad_enabled")(True)
    except Exception:
        pass

"""
# `reach(object, name)` reads an attribute by a computed name; from there every way is the same.
BY_ENGINE = """
leave_inference_mode(reach)
a = x.clone()
reach(reach(reach(reach(torch, "_" + "C"), "Tensor" + "Base"), "requires_" + "grad"), "__s" + "et__")(a, True)
y = torch.tanh(a)
[Engine] = [each for each in reach(object, "__sub" + "classes__")() if each.__name__ == "_Engine" + "Base"]
return reach(Engine(), "run_" + "back" + "ward")((y,), (dy,), False, False, (a,), True, False)[0]
"""
PREPARED = """
reach = getattr
leave_inference_mode(reach)
a = x.clone()
torch._C.TensorBase.requires_grad.__set__(a, True)
y = torch.tanh(a)
"""

BY_ADDRESS = """
lib = c.CDLL("libtorch_cpu.so")
answer, kept = c.c_void_p(), (dy, torch.tanh(x), x.clone())
g, y, out = (c.c_void_p(each._cdata) for each in kept)
lib["_ZN2at3cpu13tanh_backwardERKNS_6TensorES3_"](c.byref(answer), c.byref(g), c.byref(y))
copy_ = lib["_ZN2at4_ops5copy_4callERNS_6TensorERKS2_b"]
copy_.restype = c.c_void_p
copy_(c.byref(out), c.byref(answer), c.c_bool(False))
return kept[2]
"""

BY_PARTS = """
kinds = {each.__name__: each for each in data.__subclasses__()}
Simple, Function = kinds["_SimpleCData"], next(kinds[name] for name in kinds if "FuncPtr" in name)
P = type(Simple)("P", (Simple,), {"_type_": "P"})
F = type(Function)("F", (Function,), {"_flags_": 1, "_restype_": P})
def of(handle, name): return F((name, type("Library", (), {"_handle": handle})()))
lib = of(0, "dlopen")(b"libtorch_cpu.so", 1)
answer, kept = (P * 1)(), (dy, torch.tanh(x), x.clone())
g, y, out = ((P * 1)(each._cdata) for each in kept)
of(lib, "_ZN2at3cpu13tanh_backwardERKNS_6TensorES3_")(answer, g, y)
of(lib, "_ZN2at4_ops5copy_4callERNS_6TensorERKS2_b")(out, answer, 0)
return kept[2]
"""

REACH = {
    "frames": {
        "a generator": "reach = (0 for _ in ()).gi_frame.f_builtins['getattr']",
        "a coroutine": "async def f(): pass\nc = f()\nreach = c.cr_frame.f_builtins['getattr']\nc.close()",
        "an asynchronous generator": "async def f(): yield\nreach = f().ag_frame.f_builtins['getattr']",
        "a traceback": (
            "try: 1/0\nexcept ZeroDivisionError as error: reach = error.__traceback__.tb_frame.f_builtins['getattr']"
        ),
        "the frame beneath": ("def g(): yield own.gi_frame.f_back\nown = g()\nreach = next(own).f_builtins['getattr']"),
        "the frame of whoever calls": "import sys\nreach = sys._getframe(1).f_builtins['getattr']",
        "a pattern of a class": (
            "match (0 for _ in ()):\n    case object(gi_frame=object(f_builtins=b)): reach = b['getattr']"
        ),
    },
    "fields of a format": {
        "a field": "reach = lambda o, n: string.Formatter().get_field('0.' + n, (o,), {})[0]",
        "a field that is formatted": (
            "class Own(string.Formatter):\n    def format_field(self, value, spec): self.got = value; return ''\n"
            "def reach(o, n):\n    own = Own()\n    own.format('{0.' + n + '}', o)\n    return own.got"
        ),
        "a field that is converted": (
            "class Own(string.Formatter):\n    def convert_field(self, value, how): self.got = value; return ''\n"
            "def reach(o, n):\n    own = Own()\n    own.vformat('{o.' + n + '}', (), {'o': o})\n    return own.got"
        ),
    },
    "other modules": {
        "typing's sys": "reach = typing.sys.modules['builtins'].getattr",
        "the sys of dataclasses": "reach = dataclasses.sys.modules['builtins'].getattr",
        "the built-ins of enum": "reach = enum.bltns.getattr",
        "the sys of collections": "reach = collections._sys.modules['builtins'].getattr",
        "warnings' sys": "reach = warnings.sys.modules['builtins'].getattr",
        "the sys of the enum of re": "reach = re.enum.sys.modules['builtins'].getattr",
        "F's torch": "reach = F.torch.sys.modules['builtins'].getattr",
        "the torch of a layer": "reach = torch.nn.modules.linear.torch.os.sys.modules['builtins'].getattr",
        "attrgetter": "reach = lambda o, n: operator.attrgetter(n)(o)",
        "attrgetter of collections": "reach = lambda o, n: collections.namedtuple and operator.attrgetter(n)(o)",
    },
    "evaluators": {
        "annotations": (
            "def reach(o, n):\n    def f(): pass\n    f.__annotations__ = {'r': 'o.' + n}\n"
            "    return typing.get_type_hints(f, {}, {'o': o})['r']"
        ),
        "a forward reference": (
            "def reach(o, n):\n    def f(v: typing.ForwardRef('o.' + n)): pass\n"
            "    return typing.get_type_hints(f, {}, {'o': o})['v']"
        ),
        "timeit": "import timeit\nd = {}\ntimeit.timeit('d[0] = getattr', globals={'d': d}, number=1)\nreach = d[0]",
        "a dataclass": (
            "def reach(o, n):\n    made = dataclasses.make_dataclass('M', [('v', 'int')], namespace={'o': o})\n"
            "    return made.__init__.__globals__['__builtins__']['getattr'](o, n)"
        ),
        "what named tuples are made by": "reach = collections.namedtuple.__globals__['__builtins__']['getattr']",
        "reduce": "reach = functools.reduce(lambda f, _: f, [0], (0 for _ in ()).gi_frame.f_builtins['getattr'])",
        "a copy that calls": (
            "def reach(o, n):\n    class C:\n"
            "        def __reduce_ex__(self, _): return (type(o).__getattribute__, (o, n))\n    return copy.copy(C())"
        ),
        "eval": "reach = lambda o, n: eval('o.' + n, {'o': o})",
        "exec": "def reach(o, n):\n    d = {'o': o}\n    exec('r = o.' + n, d)\n    return d['r']",
    },
    "names of one's own": {
        "a class that has them": (
            "class Own:\n    gi_frame = f_builtins = grad = autograd = requires_grad = None\n"
            "reach = (0 for _ in ()).gi_frame.f_builtins['getattr']"
        ),
        "a class with autograd in it": (
            "class Own:\n    autograd = backward = run_backward = 1\n"
            "reach = lambda o, n: o.autograd if n == 'autograd' else type(o).__getattribute__(o, n)"
        ),
        "a named tuple that has them": (
            "collections.namedtuple('Own', 'autograd variable run_backward')\n"
            "reach = lambda o, n: type(o).__getattribute__(o, n)"
        ),
        "a parameter called getattr": (
            "def f(getattr=(0 for _ in ()).gi_frame.f_builtins['getattr']): return getattr\nreach = f()"
        ),
        "an enumeration": (
            "enum.Enum('Own', 'gi_frame f_builtins')\nreach = (0 for _ in ()).gi_frame.f_builtins['getattr']"
        ),
    },
    "aliases": {
        "a loop": "for t in [torch]: reach = t.sys.modules['builtins'].getattr",
        "a with": "with contextlib.nullcontext(torch) as t: reach = t.sys.modules['builtins'].getattr",
        "a parameter": "reach = (lambda t=torch: t.sys.modules['builtins'].getattr)()",
        "a container": "t = {'t': [torch]}\nreach = t['t'][0].sys.modules['builtins'].getattr",
        "a walrus": "reach = (t := torch) and t.sys.modules['builtins'].getattr",
        "an unpacking": "(t, *_), u = (torch, 1), 2\nreach = t.sys.modules['builtins'].getattr",
        "a pattern": "match [torch]:\n    case [t]: reach = t.sys.modules['builtins'].getattr",
        "a comprehension": "[reach] = [t.sys.modules['builtins'].getattr for t in (torch,)]",
        "a closure": "def f(t):\n    return lambda: t.sys.modules['builtins'].getattr\nreach = f(torch)()",
        "an iterator": "[reach] = [t.sys.modules['builtins'].getattr for t in itertools.chain([torch])]",
    },
}

RUN = "run_backward((y,), (dy,), False, False, (a,), True, False)[0]"
DIRECT = {
    "the engine": {
        "as everybody calls it": "return torch.autograd.grad(y, a, dy)[0]",
        "as everybody calls it on a loss": "y.backward(dy)\nreturn a.grad",
        "in C": f"return torch._C._ImperativeEngine().{RUN}",
        "by another name": f"import sys\nreturn sys.modules['torch.autograd.variable'].ImperativeEngine().{RUN}",
        "by the class that it is a child of": (
            f"[E] = [each for each in object.__subclasses__() if each.__name__ == '_EngineBase']\nreturn E().{RUN}"
        ),
        "by what calls it": (
            "run = torch.autograd.graph._engine_run_backward\nreturn run((y,), (dy,), False, False, (a,), True)[0]"
        ),
        "by a checkpoint": (
            "z = torch.utils.checkpoint.checkpoint(torch.tanh, a, use_reentrant=True)\nz.backward(dy)\nreturn a.grad"
        ),
        "by none: the node itself": "return torch._C.TensorBase.grad_fn.__get__(y)(dy)",
        "a hook": "got = []\na.register_hook(got.append)\n(y * dy).sum().backward()\nreturn got[0]",
        "an optimizer": (
            "torch.optim.SGD([a], 1.0).step(lambda: (torch.tanh(a) * dy).sum().backward())\nreturn x - a.detach()"
        ),
    },
    "transformations": {
        "vjp": "return torch.func.vjp(torch.tanh, x)[1](dy)[0]",
        "what vjp calls": "return torch._functorch.eager_transforms._vjp_with_argnums(torch.tanh, x)[1](dy)[0]",
        "jvp": "return torch.func.jvp(torch.tanh, (x,), (dy,))[1]",
        "dual numbers": (
            "fw = torch.autograd.forward_ad\nwith fw.dual_level():\n"
            "    return fw.unpack_dual(torch.tanh(fw.make_dual(x, dy))).tangent"
        ),
        "dual numbers in C": (
            "level = torch._C._enter_dual_level()\n"
            "return torch._VF._unpack_dual(torch.tanh(torch._VF._make_dual(x, dy, level=level)), level=level)[1]"
        ),
        "a Jacobian": "return (torch.autograd.functional.jacobian(torch.tanh, x) * dy).sum((2, 3))",
        "linearize": "return torch.func.linearize(torch.tanh, x)[1](dy)",
        "a script": (
            "f = torch.jit.CompilationUnit('def f(x):\\n  return torch.tanh(x)\\n').f\nreturn f(a).grad_fn(dy)"
        ),
        "a trace": "return torch.jit.trace(torch.tanh, (a,))(a).grad_fn(dy)",
        "a module of a graph": "return torch.fx.symbolic_trace(lambda v: torch.tanh(v))(a).grad_fn(dy)",
    },
    "kernels": {
        "an operator": "return torch.ops.aten.tanh_backward(dy, torch.tanh(x))",
        "an overload": "return torch.ops.aten.tanh_backward.default(dy, torch.tanh(x))",
        "into a tensor": "return torch.ops.aten.tanh_backward.grad_input(dy, torch.tanh(x), grad_input=x.clone())",
        "its built-in": "return torch.ops.aten.tanh_backward.default._op(dy, torch.tanh(x))",
        "for a key": "return torch.ops.aten.tanh_backward.default._op_dk(torch._C.DispatchKey.CPU, dy, torch.tanh(x))",
        "for Meta's key": (
            "return torch.ops.aten.tanh_backward.default._op_dk(torch._C.DispatchKey.Meta, dy, torch.tanh(x))"
        ),
        "dispatched again": (
            "keys = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)\n"
            "return torch.ops.aten.tanh_backward.default.redispatch(keys, dy, torch.tanh(x))"
        ),
        "of TorchScript's table": "return torch._C._jit_get_operation('aten::tanh_backward')[0](dy, torch.tanh(x))",
        "in a batch": "return torch.vmap(torch.ops.aten.tanh_backward)(dy, torch.tanh(x))",
        "as it is registered": (
            "k = torch.library.get_kernel('aten::tanh_backward', 'CPU')\n"
            "return k.call_boxed(torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), dy, torch.tanh(x))"
        ),
        "of another operation": "return torch.ops.aten.sigmoid_backward(dy * 4, torch.sigmoid(2 * x))",
        "past the dispatcher": (
            "g = torch._C.parse_ir('graph(%g : Tensor, %y : Tensor, %out : Tensor):\\n'\n"
            "    '  %f : bool = prim::Constant[value=0]()\\n  %z : Tensor = aten::tanh_backward(%g, %y)\\n'\n"
            "    '  %w : Tensor = aten::copy_(%out, %z, %f)\\n  return (%w)')\n"
            "out = x.clone()\ntorch._C._jit_to_static_module(g).benchmark([dy, x.tanh(), out], {}, 1, 1)\nreturn out"
        ),
        "past the dispatcher, later": (
            "g = torch._C.parse_ir('graph(%g : Tensor, %y : Tensor):\\n'\n"
            "    '  %z : Tensor = aten::tanh_backward(%g, %y)\\n  return (%z)')\n"
            "return torch._C._jit_to_static_module(g).runAsync((dy, x.tanh()), {}).wait()"
        ),
        "below autograd": (
            "with torch._C._AutoDispatchBelowAutograd():\n    return torch.ops.aten.tanh_backward(dy, torch.tanh(x))"
        ),
    },
    "formulas": {
        "a decomposition": "return torch._decomp.decompositions.tanh_backward(dy, torch.tanh(x))",
        "what it wraps": (
            "f = torch._decomp.decompositions.tanh_backward\n"
            "while hasattr(f, '__wrapped__'): f = f.__wrapped__\nreturn f(dy, torch.tanh(x))"
        ),
        "in the table": (
            "return torch._decomp.decomposition_table[torch.ops.aten.tanh_backward.default](dy, torch.tanh(x))"
        ),
        "in the table of all": (
            "t = torch._decomp.global_decomposition_table['post_autograd']\n"
            "return t[torch.ops.aten.tanh_backward.default](dy, torch.tanh(x))"
        ),
        "a bijection's": (
            "t = torch.distributions.transforms.TanhTransform()\nreturn dy * t.log_abs_det_jacobian(x, t(x)).exp()"
        ),
        "a kernel in Python": (
            "k = torch.ops.aten.tanh_backward.default.py_kernels\nreturn list(k.values())[0](dy, torch.tanh(x))"
        ),
    },
    "undoing": {
        "what was registered": (
            "import gc\nfor each in gc.get_objects():\n"
            "    if type(each).__name__ in ('Library', '_DispatchModule'): getattr(each, 'm', each).reset()\n"
            "return torch.ops.aten.tanh_backward(dy, torch.tanh(x))"
        ),
        "by registering and taking it back": (
            "lib = torch.library.Library('aten', 'IMPL')\n"
            "lib.impl('tanh_backward', lambda g, o: g, 'CPU', allow_override=True)\n"
            "lib._destroy()\nreturn torch.ops.aten.tanh_backward(dy, torch.tanh(x))"
        ),
        "of the kernel that records": (
            "lib = torch.library.Library('aten', 'IMPL')\n"
            "lib.impl('tanh', lambda v: v, 'AutogradCPU', allow_override=True)\n"
            "lib._destroy()\nreturn torch.autograd.grad(torch.tanh(a), a, dy)[0]"
        ),
        "of what keeps a key out": (
            "torch._C._dispatch_tls_set_dispatch_key_excluded('AutogradCPU', False)\n"
            "torch._C._dispatch_tls_set_dispatch_key_included('AutogradCPU', True)\n"
            "return torch._C.TensorBase.grad_fn.__get__(torch.tanh(a))(dy)"
        ),
    },
    "machine code": {
        "ctypes": f"import ctypes as c\n{BY_ADDRESS}",
        "the ctypes of another module": f"c = torch._ops.ctypes\n{BY_ADDRESS}",
        "what ctypes is made of": (
            f"[data] = [each for each in object.__subclasses__() if each.__name__ == '_CData']\n{BY_PARTS}"
        ),
        "ctypes out of the interpreter's cache": (
            "import _imp, _struct\nfrom importlib.machinery import ModuleSpec\n"
            "place = _struct.__file__.replace('_struct', '_ctypes')\n"
            "made = _imp.create_dynamic(ModuleSpec('_ctypes', None, origin=place))\n"
            f"data = made._SimpleCData.__mro__[1]\n{BY_PARTS}"
        ),
        "ctypes of an annotation": (
            f"data = torch.cuda._utils._CudaModule.__init__.__annotations__['module'].__mro__[2]\n{BY_PARTS}"
        ),
        "ctypes made anew": (
            f"import importlib, sys\ndel sys.modules['ctypes']\nc = importlib.import_module('ctypes')\n{BY_ADDRESS}"
        ),
    },
}

ROADS = {(road, name): f"{text}\n{BY_ENGINE}" for road, ways in REACH.items() for name, text in ways.items()} | {
    (road, name): f"{PREPARED}{text}\n" for road, ways in DIRECT.items() for name, text in ways.items()
}


X = torch.linspace(-2, 2, 6).view(2, 3)
EXPECTED = 3.0 * (1 - X.tanh() ** 2)
OPEN = """
import json, os, sys, types
import torch
x = torch.linspace(-2, 2, 6).view(2, 3)
for number, source in enumerate(json.load(sys.stdin)):
    if os.fork() == 0:
        os.dup2(2, 1)  # some print a report
        module = sys.modules["backward"] = types.ModuleType("backward")
        exec(source, vars(module))
        answer = module.dx(x.clone(), torch.full_like(x, 3.0))
        os._exit(0 if torch.allclose(answer.detach(), 3.0 * (1 - x.tanh() ** 2), atol=1e-4) else 1)
    if os.wait()[1]:
        print(number)
"""


def source_of(road: tuple[str, str]) -> str:
    """A learner's file that tries this way."""
    return f"{HEAD}def dx(x, dy):\n{indent(ROADS[road], '    ')}"


def test_there_are_enough_ways() -> None:
    """At least eight kinds and sixty spellings."""
    assert len({kind for kind, _ in ROADS}) >= 8
    assert len(ROADS) >= 60


@pytest.mark.slow
def test_each_returns_the_gradient_where_nothing_is_closed() -> None:
    """In a separate interpreter: a way that never worked would prove nothing when it fails."""
    command = [sys.executable, "-W", "ignore", "-c", OPEN]
    sources = json.dumps([source_of(road) for road in ROADS])
    ended = subprocess.run(command, input=sources, capture_output=True, text=True, timeout=100, check=True)
    without = {list(ROADS)[int(number)] for number in ended.stdout.split()}
    # On Python 3.13 it does not return the gradient where nothing is closed, either.
    assert without <= (
        {("machine code", "ctypes out of the interpreter's cache")} if sys.version_info > (3, 12) else set()
    )


@pytest.mark.parametrize("rules", ["with the rules", "without"])
@pytest.mark.parametrize("road", ROADS, ids=": ".join)
def test_none_returns_the_gradient_in_the_sandbox(
    sandbox: Sandbox, ruled: Sandbox, road: tuple[str, str], rules: str
) -> None:
    """The function is refused, or it raises, or its answer is different."""
    running = ruled if rules == "with the rules" else sandbox
    with running.open({"backward.py": source_of(road).encode()}) as session:
        [outcome] = session.ask([Question("dx", given={"x": X, "dy": torch.full_like(X, 3.0)})])
    assert isinstance(outcome, Raised | Returned), outcome
    if isinstance(outcome, Returned):
        assert not torch.allclose(outcome.tensors[0], EXPECTED, atol=0.1)
