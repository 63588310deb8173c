"""What a submission may import and may not touch: plain data, extended per exercise by `[rules]` in exercise.toml.

The lists are a rule of the game, not the wall: the wall is the locked process. So they rather miss an exotic
spelling than refuse an honest one.
"""

from __future__ import annotations

# fmt: off
IMPORTS = frozenset((
    "__future__", "abc", "bisect", "collections", "collections.abc", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "heapq", "itertools", "math", "numbers",
    "operator", "pprint", "random", "re", "statistics", "string", "textwrap", "time", "typing",
    "typing_extensions", "warnings", "torch", "torch.nn", "torch.nn.functional", "torch.nn.init",
    "torch.linalg", "torch.fft", "torch.special", "torch.types", "torch.random",
))
# fmt: on
"""All of them are in memory before the child is locked: it cannot open a file to import anything else."""

BUILTINS = {
    "__import__": "imports behind the rules' back",
    "breakpoint": "opens a debugger, which nobody can answer here",
    "compile": "runs text as code",
    "eval": "runs text as code",
    "exec": "runs text as code",
    "getattr": "reads attributes by a computed name",
    "globals": "reaches every name of the file",
    "input": "waits for a keyboard that is not there",
    "locals": "reaches every name of the function",
    "open": "opens files, and a gradient is computed from its parameters alone",
    "vars": "reaches attributes by a computed name",
}
"""Built-in functions that are refused, and why. `getattr(x, "T")` with a plain string is read as `x.T`."""

_BY_HAND = "here you derive the gradient by hand"

AUTOGRAD = {
    "autograd": f"is PyTorch's automatic differentiation; {_BY_HAND}",
    "enable_grad": f"switches autograd on; {_BY_HAND}",
    "grad": f"is the gradient that autograd found; {_BY_HAND}",
    "grad_fn": f"is autograd's record of the forward pass; {_BY_HAND}",
    "requires_grad_": f"switches autograd on; {_BY_HAND}",
    "retain_grad": f"asks autograd to keep a gradient; {_BY_HAND}",
}
"""Attributes that are refused on any object, unless the submission's own class defines them."""

BACKWARD = f"asks autograd for the gradient; {_BY_HAND}"
"""The sentence for every other attribute whose name contains `backward`."""

_INSIDE = "reaches PyTorch's insides, its derivatives among them"
_FILES = "reads or writes files, and a gradient is computed from its parameters alone"

TORCH = {
    "classes": _INSIDE,
    "compile": "needs a compiler and files, which are not available here",
    "distributed": "starts processes or uses the network",
    "export": _INSIDE,
    "from_file": _FILES,
    "func": f"differentiates for you; {_BY_HAND}",
    "fx": _INSIDE,
    "hub": "downloads files",
    "jit": "compiles code; write plain torch operations instead",
    "library": _INSIDE,
    "load": _FILES,
    "onnx": _FILES,
    "ops": _INSIDE,
    "package": _FILES,
    "save": _FILES,
    "serialization": _FILES,
    "set_default_device": "would change where this gradient is computed; everything here is on the CPU",
    "utils": _INSIDE,
}
"""Attributes that are refused on torch and its modules."""

# fmt: off
MODULES = frozenset((
    "builtins", "codecs", "ctypes", "gc", "glob", "importlib", "inspect", "io", "multiprocessing", "os", "pickle",
    "platform", "shutil", "socket", "sys", "tempfile", "threading", "traceback",
))
# fmt: on
"""Modules that are refused where another module happens to carry them, as in `torch.sys`."""

# fmt: off
FRAMES = frozenset((
    "ag_frame", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals", "f_locals", "gi_frame", "tb_frame",
))
# fmt: on
"""Attributes that are refused on any object, as private ones are: they lead from a generator, a coroutine or an
exception to the names of whoever runs it.
"""

REFUSED_FROM = {"operator": frozenset(("attrgetter", "methodcaller"))}
"""Single names that an allowed module may not give away."""

# fmt: off
DUNDERS = frozenset((
    "__abs__", "__add__", "__and__", "__annotations__", "__bool__", "__call__", "__class__", "__contains__",
    "__deepcopy__", "__copy__", "__delitem__", "__divmod__", "__doc__", "__enter__", "__eq__", "__exit__",
    "__float__", "__floordiv__", "__format__", "__ge__", "__getitem__", "__gt__", "__hash__", "__iadd__",
    "__imul__", "__index__", "__init__", "__init_subclass__", "__int__", "__invert__", "__isub__", "__iter__",
    "__itruediv__", "__le__", "__len__", "__lt__", "__matmul__", "__mod__", "__mul__", "__name__", "__ne__",
    "__neg__", "__new__", "__next__", "__or__", "__pos__", "__post_init__", "__pow__", "__qualname__",
    "__radd__", "__repr__", "__reversed__", "__rmatmul__", "__rmul__", "__round__", "__rpow__", "__rsub__",
    "__rtruediv__", "__setitem__", "__str__", "__sub__", "__truediv__", "__version__", "__xor__",
))
# fmt: on
"""Attributes with double underscores that arithmetic, containers and ordinary classes need."""

DUNDER_NAMES = frozenset(("__name__", "__doc__", "__file__", "__debug__", "__class__", "__all__", "__version__"))
"""The same for bare names."""

PRIVATE = frozenset(("_asdict", "_replace", "_fields", "_make", "_field_defaults"))
"""Attributes with one leading underscore that are public all the same: named tuples have them."""
