"""What a submission may import and may not touch: plain data, extended per exercise by `[rules]` in exercise.toml.

The lists are rules of the exercise, not the security boundary, which is the locked process. So they would rather miss
an exotic spelling than refuse an honest one.
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
"""All of them are loaded before the child is locked; it cannot open a file to import anything else."""

BUILTINS = {
    "__import__": "bypasses the import rules; use an import statement",
    "breakpoint": "opens a debugger, which does not work here; use print",
    "compile": "runs text as code; write the code itself",
    "eval": "runs text as code; write the code itself",
    "exec": "runs text as code; write the code itself",
    "getattr": "looks up attributes by a computed name; write the attribute out",
    "globals": "gives access to every name in the file; use the names themselves",
    "input": "waits for keyboard input; there is none here",
    "locals": "gives access to every name in the function; use the names themselves",
    "open": "opens files; compute the gradient from the parameters only",
    "vars": "looks up attributes by a computed name; write the attribute out",
}
"""Built-in functions that are refused, and why. `getattr(x, "T")` with a literal string is treated as `x.T`."""

_BY_HAND = "derive the gradient by hand instead"

AUTOGRAD = {
    "autograd": f"is PyTorch's automatic differentiation; {_BY_HAND}",
    "enable_grad": f"switches autograd on; {_BY_HAND}",
    "grad": f"is the gradient computed by autograd; {_BY_HAND}",
    "grad_fn": f"is autograd's record of the forward pass; {_BY_HAND}",
    "requires_grad_": f"switches autograd on; {_BY_HAND}",
    "retain_grad": f"asks autograd to keep a gradient; {_BY_HAND}",
}
"""Attributes that are refused on any object, unless the submission's own class defines them."""

BACKWARD = f"asks autograd for the gradient; {_BY_HAND}"
"""The message for every other attribute whose name contains `backward`."""

_INSIDE = "gives access to PyTorch internals, including its derivatives"
_FILES = "reads or writes files; compute the gradient from the parameters only"

TORCH = {
    "classes": _INSIDE,
    "compile": "needs a compiler and files, which are not available here; call the function directly",
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
    "set_default_device": "changes where the gradient is computed; everything here runs on the CPU",
    "utils": _INSIDE,
}
"""Attributes that are refused on torch and its modules."""

# fmt: off
MODULES = frozenset((
    "builtins", "codecs", "ctypes", "gc", "glob", "importlib", "inspect", "io", "multiprocessing", "os", "pickle",
    "platform", "shutil", "socket", "sys", "tempfile", "threading", "traceback",
))
# fmt: on
"""Modules that are refused as attributes of another module, as in `torch.sys`."""

# fmt: off
FRAMES = frozenset((
    "ag_frame", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals", "f_locals", "gi_frame", "tb_frame",
))
# fmt: on
"""Attributes that are refused on any object, like private ones: from a generator, a coroutine or an exception they lead
to the variables of the code that runs it.
"""

REFUSED_FROM = {"operator": frozenset(("attrgetter", "methodcaller"))}
"""Names that are refused although their module is allowed."""

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
"""Dunder attributes that are allowed: arithmetic, containers and ordinary classes need them."""

DUNDER_NAMES = frozenset(("__name__", "__doc__", "__file__", "__debug__", "__class__", "__all__", "__version__"))
"""The same for bare names."""

PRIVATE = frozenset(("_asdict", "_replace", "_fields", "_make", "_field_defaults"))
"""Attributes with one leading underscore that are public nevertheless: the methods and fields of named tuples."""

PACKAGES = frozenset((
    "IPython", "cupy", "einops", "flax", "google", "grader", "ipdb", "ipywidgets", "jax", "keras", "matplotlib",
    "micrograd", "numba", "numpy", "pandas", "plotly", "requests", "scipy", "seaborn", "sklearn", "sympy",
    "tensorflow", "tinygrad", "torch", "torchvision", "tqdm", "transformers",
))  # fmt: skip
"""Installed packages that submissions import; a module of any other name is a file of the learner's own."""
