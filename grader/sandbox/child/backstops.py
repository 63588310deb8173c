"""Closes autograd at run time, for spellings that no check of the source can find.

The lock is in torch's dispatcher, below Python. The kernels that record a graph or propagate a tangent are removed: an
operation goes straight to the kernel that computes its value. So there is no graph to run backward over, whichever
engine is asked to, by whatever name. The kernels that compute derivatives are replaced by a refusal, for every kind of
tensor on a CPU. These registrations are not held by any Python object that could be found or collected.

The same applies to torch's derivative formulas in Python: their code is gone, even for code that still holds the
functions.

Above that, the public names raise an error saying that they are closed, so that a learner sees a message and not zeros.
What remains: machine code reached by its address, and derivatives approximated by arithmetic.
"""

# ruff: noqa: SLF001  # what is closed here has no public names
from __future__ import annotations

import ctypes
import re
import sys
import types
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import torch
import torch.autograd.forward_ad
import torch.autograd.functional
import torch.autograd.graph
import torch.func
import torch.library

from grader.sandbox.child import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ENTRY_POINTS: Final = (
    "torch.autograd.backward",
    "torch.autograd.grad",
    "torch.autograd.enable_grad",
    "torch.autograd.grad_mode.enable_grad",
    "torch.autograd.forward_ad.dual_level",
    "torch.autograd.forward_ad.enter_dual_level",
    "torch.autograd.forward_ad.make_dual",
    "torch.autograd.functional.hessian",
    "torch.autograd.functional.hvp",
    "torch.autograd.functional.jacobian",
    "torch.autograd.functional.jvp",
    "torch.autograd.functional.vhp",
    "torch.autograd.functional.vjp",
    "torch.enable_grad",
    "torch.func.grad",
    "torch.func.grad_and_value",
    "torch.func.hessian",
    "torch.func.jacfwd",
    "torch.func.jacrev",
    "torch.func.jvp",
    "torch.func.linearize",
    "torch.func.vjp",
    "torch.Tensor.backward",
    "torch.Tensor.register_hook",
    "torch.Tensor.retain_grad",
)
"""Public names; the code in torch that calls them is not needed for any forward pass."""

ENGINE: Final = (
    "torch._C._ImperativeEngine",
    "torch._C._functorch._grad_increment_nesting",
    "torch._C._functorch._jvp_increment_nesting",
    "torch._functorch.eager_transforms.grad_increment_nesting",
    "torch._functorch.eager_transforms.jvp_increment_nesting",
    "torch._functorch.eager_transforms.vjp",
    "torch._functorch.eager_transforms._vjp_with_argnums",
    "torch._make_dual",
    "torch._VF._make_dual",
    "torch.autograd._engine_run_backward",
    "torch.autograd.graph._engine_run_backward",
    "torch.autograd.variable.Variable._execution_engine",
)
"""What the entry points are built on, in the tested releases of torch."""

_DERIVATIVE: Final = re.compile(r"\w+::(\w*(backward|_jvp)|_make_dual(_copy)?(\.|$))")
"""The operators that compute a derivative."""
_FORMULA: Final = re.compile("backward|jvp|vjp|jacobian")
_FORMULAS_OF: Final = re.compile(r"torch\.(?!nn\.modules\.module$)")
"""Names of Python functions with derivative formulas, and the modules that contain them. A module's bookkeeping of
hooks is not a formula."""
_RECORDING: Final = {
    "Autograd": re.compile(r"(?!.*(\.out(?!put)|_out\b))"),
    "AutogradNestedTensor": re.compile(""),
    "ADInplaceOrView": re.compile(r"(?!.*(\.out|_out\b|_\.|_$))"),
}
"""The dispatcher's keys whose kernels record (the graph and the tangents; which tensor is a view of which), and the
names of the operators for which they do. Operators that write into a given tensor are left out, since they refuse one
that requires gradients; for views, operators that change a tensor in place are left out as well.
"""
_COMPUTING: Final = (
    "CPU", "NestedTensorCPU", "MkldnnCPU", "SparseCPU", "SparseCsrCPU", "QuantizedCPU", "CompositeImplicitAutograd",
    "CompositeImplicitAutogradNestedTensor", "CompositeExplicitAutograd", "CompositeExplicitAutogradNonFunctional",
    "Meta", "SparseCsrMeta", "FuncTorchBatched", "FuncTorchBatchedDecomposition", "FuncTorchDynamicLayerFrontMode",
    "FuncTorchVmapMode",
)  # fmt: skip
"""The keys whose kernels compute values on a CPU, or could be made to: torch's formulas in Python are registered for
Meta, and vmap has some of its own.
"""
_SCRIPT: Final = re.compile(
    r"_jit_(?!get_(operation|schemas_for_operator)$)|_create_|_load_|_[gs]et_graph_executor|_fuse_to|import_ir|parse_ir"
)
_SCRIPTED: Final = re.compile(r"Script|Static|LiteScript|CompilationUnit")
"""In `torch._C`: the functions that create TorchScript code or control how it runs, and the types of what runs. Its
executor differentiates on its own when it optimizes, and runs some kernels past the dispatcher.
"""
_KEPT_OF_TYPES: Final = frozenset(("__init__", "__new__", "__getattribute__", "__setattr__", "__repr__", "__module__"))


def install() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Close everything that can be closed, once per process.

    Returns:
        What is closed, and a sentence for each part that this release of torch does not let be closed: what this
        module calls has no public name, and may be gone.
    """
    active, missing = [], []
    for part, close in _PARTS.items():
        try:
            count = close()
            if count == 0:
                raise LookupError("none of them has a known name")  # noqa: TRY301  (told like the other faults)
        except Exception as error:  # noqa: BLE001  (whatever a private function that has changed may raise)
            fault = f"{type(error).__name__}: {error}"
            missing.append(f"closing of autograd's {part}, which torch {torch.__version__} does not allow ({fault})")
        else:
            active.append(part if count is None else f"{part}: {count}")
    return tuple(active), tuple(missing)


def _stop_optimizer() -> None:
    torch._C._set_graph_executor_optimize(False)


def _close_entry_points() -> int:
    named = (*ENTRY_POINTS, *ENGINE)
    left = [path for path in named if not _close(path)]
    if left:
        raise LookupError(f"{', '.join(left)}")
    return len(named)


def _close_script() -> int:
    return sum(map(_close, _script()))


def _script() -> Iterator[str]:
    """All of TorchScript: no code can be created, and none that exists can run, whatever its methods are called."""
    for name, value in list(vars(torch._C).items()):
        if _SCRIPT.match(name) and callable(value):
            yield f"torch._C.{name}"
        elif _SCRIPTED.match(name) and isinstance(value, type):
            yield from (f"torch._C.{name}.{each}" for each in vars(value) if each not in _KEPT_OF_TYPES)


def _close(path: str) -> bool:
    """Replace `torch.a.b` by a refusal; False if there is no such name or it cannot be replaced."""
    owner_path, _, name = path.rpartition(".")
    owner = _find(owner_path)
    if owner is None or not hasattr(owner, name):
        return False
    replacement: Any = refusals.closed(path)
    if path.endswith("_execution_engine"):
        replacement = types.SimpleNamespace(run_backward=replacement, queue_callback=replacement)
    try:
        setattr(owner, name, replacement)
    except (AttributeError, TypeError):
        return False
    return True


def _find(path: str) -> Any:
    found: Any = torch
    for name in path.split(".")[1:]:
        found = getattr(found, name, None)
    return found


def _close_requires_grad() -> None:
    """`requires_grad` may still be read, and set to False, everywhere; only switching autograd on is closed."""
    torch.Tensor.requires_grad_ = refusals.requires_grad_  # type: ignore[assignment, method-assign]
    torch.Tensor.requires_grad = property(refusals.TENSOR.requires_grad.__get__, refusals.set_requires_grad)  # type: ignore[assignment]


def _close_grad_fn() -> None:
    torch.Tensor.grad_fn = property(refusals.grad_fn)  # type: ignore[assignment]


def _close_inference_mode() -> None:
    """It may be switched on, not off."""
    torch.inference_mode = refusals.only_on(torch.inference_mode)  # type: ignore[assignment, misc]
    torch.autograd.inference_mode = torch.inference_mode  # type: ignore[misc]
    torch.autograd.grad_mode.inference_mode = torch.inference_mode  # type: ignore[misc]
    torch._C._InferenceMode = refusals.only_on(torch._C._InferenceMode)  # type: ignore[assignment, misc]


def _record_nothing() -> int:
    """Make every operation bypass its autograd kernels, in all of torch's libraries; return their number."""
    count = 0
    for key, recorded in _RECORDING.items():
        names = list(filter(recorded.match, _at(key)))
        parsed, count = torch._C._parse_dispatch_key(key), count + len(names)
        for library, members in _by_library(names).items():
            registrations = _forever(library, key)
            for name in members:
                registrations.impl(name, parsed, torch.library.fallthrough_kernel)
    return count


def _override_kernels() -> int:
    """Refuse every operator that computes a derivative, for every kind of tensor on a CPU; return their number."""
    operators = list(filter(_DERIVATIVE.match, torch._C._dispatch_get_all_op_names()))
    closed = {name: refusals.closed(f"torch.ops.{name.replace('::', '.')}") for name in operators}
    for key in _COMPUTING:
        parsed, found = torch._C._parse_dispatch_key(key), operators if key == "CPU" else _at(key) & closed.keys()
        for library, members in _by_library(found).items():
            registrations = _forever(library, "")
            for name in members:
                registrations.impl(name, parsed, closed[f"{library}::{name}"])
    return len(operators)


def _at(key: str) -> set[str]:
    """The operators that have a kernel registered for a dispatch key."""
    return set(torch._C._dispatch_get_registrations_for_dispatch_key(key))


def _empty_formulas() -> int:
    """Remove the code of torch's Python functions that compute a derivative; return their number."""
    owners: list[Any] = [module for name, module in sys.modules.items() if _FORMULAS_OF.match(name)]
    owners += [*_below(torch.autograd.Function), *_below(torch.distributions.Transform)]
    named = [each for owner in owners for name, each in vars(owner).items() if _FORMULA.search(name)]
    functions = {inner for each in named for inner in _unwrapped(each)}
    for function in functions:
        function.__code__ = refusals.formula.__code__.replace(co_freevars=function.__code__.co_freevars)
    return len(functions)


def _below(kind: type[Any]) -> Iterator[type]:
    each: type[Any]
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _unwrapped(value: Any) -> Iterator[types.FunctionType]:
    """A function, and the one that its decorators have wrapped, which has the same name."""
    function = getattr(value, "__func__", value)  # of a static method
    if isinstance(function, types.FunctionType) and function.__module__ != refusals.__name__:
        yield function
        for cell in function.__closure__ or ():
            if getattr(cell.cell_contents, "__name__", None) == function.__name__:
                yield from _unwrapped(cell.cell_contents)


def _by_library(operators: Iterable[str]) -> dict[str, list[str]]:
    """Operator names without their library, grouped by library."""
    found: dict[str, list[str]] = defaultdict(list)
    for operator in operators:
        library, _, name = operator.partition("::")
        found[library].append(name)
    return found


def _forever(library: str, key: str) -> Any:
    """A library to register kernels in. One reference is never released, so that no registration is ever undone."""
    registrations = torch._C._dispatch_library("IMPL", library, key, __name__, 0)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(registrations))
    return registrations


_PARTS: Final[dict[str, Callable[[], int | None]]] = {
    "optimizer of TorchScript": _stop_optimizer,
    "entry points": _close_entry_points,
    "TorchScript": _close_script,
    "requires_grad": _close_requires_grad,
    "grad_fn": _close_grad_fn,
    "inference mode": _close_inference_mode,
    "recording kernels": _record_nothing,
    "backward kernels": _override_kernels,
    "formulas": _empty_formulas,
}
"""What `install` closes, in this order."""
