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

_DEBUGGER = "opens a debugger, which does not work here; print(...) what you want to see instead"

BUILTINS = {
    "__import__": "bypasses the import rules; use an import statement",
    "breakpoint": _DEBUGGER,
    "compile": "runs text as code; write the code itself",
    "eval": "runs text as code; write the code itself",
    "exec": "runs text as code; write the code itself",
    "getattr": "looks up attributes by a computed name; write the attribute out",
    "globals": "gives access to every name in the file; use the names themselves",
    "input": "waits for keyboard input, and there is none here; write the value itself, or print(...) what it is about",
    "locals": "gives access to every name in the function; use the names themselves",
    "open": "opens files; compute the gradient from the parameters only",
    "vars": "looks up attributes by a computed name; write the attribute out",
}
"""Built-in functions that are refused, and why. `getattr(x, "T")` with a literal string is treated as `x.T`."""

# fmt: off
NUMPY_REFUSED = frozenset((
    "DataSource", "ctypeslib", "distutils", "f2py", "fromfile", "fromregex", "genfromtxt", "get_include", "load",
    "loadtxt", "lookfor", "memmap", "open_memmap", "save", "savetxt", "savez", "savez_compressed", "show_config",
    "testing",
))
# fmt: on
"""Attributes that are refused on numpy and its modules, where an exercise allows it: they read or write files, or lead
to machine code."""

# fmt: off
DEBUGGERS = frozenset(("IPython", "bdb", "code", "debugpy", "icecream", "ipdb", "pdb", "pudb", "snoop", "wdb"))
PLOTS = frozenset(("matplotlib", "plotly", "pylab", "seaborn"))
NUMPY = frozenset(("cupy", "jax", "numpy"))
ELSEWHERE = frozenset((
    "datasets", "einops", "google", "grader", "ipykernel", "ipywidgets", "jaxtyping", "keras", "numba",
    "opt_einsum", "pandas", "PIL", "scipy", "sklearn", "sympy", "tensorflow", "tiktoken", "torch",
    "torchvision", "torchaudio", "tqdm", "transformers",
))
# fmt: on
"""Packages that learners import. A module that is in none of these lists, nor Python's own, is a file of theirs."""

IMPORTED = {
    "debugger": _DEBUGGER,
    "file": "cannot be imported here: only this file is graded; copy what you need from it into this file",
    "forward": "cannot be imported here: take forward values as parameters, and copy a helper into this file",
    "numpy": "cannot be imported here: torch has the same functions",
    "plots": "cannot be imported here: draw in a notebook, and print(...) here what you want to see",
    "other": (
        "cannot be imported here: use torch, math, functools, itertools, collections or typing, "
        "and take forward values as parameters"
    ),
}
"""Kind of module -> why it is refused, and what to do instead."""

TORCH_FOR_NUMPY = {
    "array": "tensor", "asarray": "as_tensor", "dot": "matmul", "expand_dims": "unsqueeze", "float32": "float32",
    "power": "pow", "product": "prod",
}  # fmt: skip
"""Functions of NumPy that have another name in torch."""

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

# fmt: off
FUNCTION_MODULES = ("torch.autograd", "torch.autograd.function")
FUNCTION_NAMES = frozenset((
    "torch.autograd.Function", "torch.autograd.function.Function", "torch.autograd.function.once_differentiable",
    "save_for_backward",
))
# fmt: on
"""What a `torch.autograd.Function` is written with, where an exercise asks for one: these names, not their modules."""

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

COMPUTED = frozenset(("attrgetter", "methodcaller"))
"""The functions of `operator` that are refused, although the module is allowed."""


def refused_from(module: str, name: str) -> str:
    """Why a name of an allowed module is refused; empty if it is not."""
    if module == "operator" and name in COMPUTED:
        return "looks up attributes by a computed name; write the attribute out"
    if module.partition(".")[0] == "numpy" and name in NUMPY_REFUSED:
        return "reads or writes files, or leads to machine code; compute from the arguments only"
    return ""


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
