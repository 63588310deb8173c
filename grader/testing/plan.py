"""What a check was asked for: how the functions are written, and what their values are called."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import is_floating
from grader.exercise.forward import COTANGENT, OUTPUT
from grader.exercise.nearest import did_you_mean
from grader.testing.calling import kind_of, title
from grader.testing.draws import from_examples, from_function
from grader.testing.ways import ArgumentNames, AutogradFunction, Functions, Objects, arguments_of, composite_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.testing.calling import BothPasses
    from grader.testing.draws import Draws

PREFIXES = ("d", "d_", "grad_", "")
"""What a gradient's name may have before its input's."""


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """The arguments of `check_backward`, as they were given."""

    forward: Any
    backward: Any
    inputs: Any
    upstream: str | Sequence[str] | None
    returns: Sequence[str | None] | str | None
    reference: Callable[..., Any] | None
    given: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    sizes: Sequence[Mapping[str, int]] | None
    dtype: torch.dtype | None
    seed: int


class Plan:
    """How the functions of a check are written, what their values are called, and how its inputs are drawn.

    Raises:
        TypeError, ValueError: what was given does not fit together.
    """

    def __init__(self, request: CheckRequest) -> None:
        _check(request)
        self.request = request
        forward, backward = request.forward, request.backward
        self.is_function_class = isinstance(forward, type) and issubclass(forward, torch.autograd.Function)
        self.is_class = isinstance(forward, type) and not self.is_function_class
        self.by_gradient = isinstance(backward, dict)
        """Whether each gradient has a function of its own."""
        self.title = title(forward if backward is None or self.by_gradient else backward)
        self.function = request.reference or (
            composite_of(forward, request.given) if self.is_function_class else forward
        )
        """The forward pass that is differentiated."""
        self.draws = self._draws()
        self.known = self.draws.inputs(request.seed, {})
        """The inputs of the given case."""
        _check_elements(self.known)
        self.taken = self._taken()
        """Those that the forward pass takes, in order."""
        self.upstream = self._upstream()
        _check_names(self.known, self.upstream)
        self._check_given()
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        file = PurePath(code.co_filename).name if code is not None else "forward.py"
        self.labels: dict[str, str] = {"forward.py": file, "those of forward.py": f"those of {title(self.function)}"}
        """The engine's name of a row or a value -> the author's."""
        returned = tuple(map(self._canonical, self._returned()))
        read = {path: self._canonical(name) for path, name in request.reads.items()}
        single = len(self.upstream) == 1
        self.outputs = _outputs(self.upstream)
        if single:
            self.labels |= {OUTPUT: _bare(self.upstream[0]) or OUTPUT, f"d{OUTPUT}": self.upstream[0]}
        by_value = request.reference is not None and forward is not None and not self.by_gradient
        values = self.outputs if by_value else ("loss",) if "loss" in returned else ()
        gradients = [name.removeprefix("d") for name in (*returned, *read.values()) if name and name != "loss"]
        self.graded = [*values, *gradients]
        """What gets a row: outputs, for their values, and inputs, for their gradients."""
        self.layer: BothPasses | None = None
        self.functions: dict[str, Callable[..., Any]] = dict(backward) if self.by_gradient else {}
        """By the names of the calls."""
        if not self.by_gradient:
            cotangents = (f"d{OUTPUT}",) if single else self.upstream
            known = tuple(self.known)
            names = ArgumentNames(self.outputs, self.upstream, cotangents, returned, known, request.given)
            self.layer = self._layer(names, read)
            self.functions = {call.name: self._function(call.name) for call in self.layer.passes.calls}

    def _draws(self) -> Draws:
        request = self.request
        if self.is_function_class and request.reference is None:
            names = arguments_of(request.forward, ())
        else:
            names = list(_parameters(self.function))
        names = [name for name in names if name not in request.given]
        draw = from_function if callable(request.inputs) else from_examples
        return draw(request.inputs, names, request.seed)

    def _taken(self) -> list[str]:
        if self.is_function_class and self.request.reference is None:
            return [name for name in arguments_of(self.request.forward, self.known) if name in self.known]
        parameters = _parameters(self.function).values()
        for each in parameters:
            needed = each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
            if needed and each.name not in {*self.known, *self.request.given}:
                meant = did_you_mean(each.name, self.known, f"There are {', '.join(self.known)}.")
                raise TypeError(
                    f"{title(self.function)} has a parameter {each.name}, which is none of the inputs. {meant} Give "
                    f"anything else with given={{'{each.name}': ...}}"
                )
        return [each.name for each in parameters if each.name in self.known]

    def _upstream(self) -> tuple[str, ...]:
        """The names of the upstream gradients.

        Of a dict of functions, the forward pass tells: it ends in a loss or, as a layer's does, in `out`.
        """
        if not self.by_gradient:
            return _listed(self.request.upstream)
        try:
            values = self.function(**{name: self.known[name] for name in self.taken}, **self.request.given)
        except Exception as error:
            raise ValueError(f"{title(self.function)} raised {type(error).__name__}: {error}") from error
        if not isinstance(values, dict) or not values.keys() & {"loss", OUTPUT}:
            raise ValueError(
                f"{title(self.function)} returns {described_value(values)}; with a dict of functions it must end in "
                "`loss = ...` and `return locals()`"
            )
        return () if "loss" in values else (f"d{OUTPUT}",)

    def _check_given(self) -> None:
        """Check that further arguments are taken by a function, and are no inputs."""
        forward, backward = self.request.forward, self.request.backward
        functions = [self.function, *(backward.values() if self.by_gradient else [backward] if backward else [])]
        functions += [forward.forward if self.is_function_class else forward] if forward is not None else []
        if self.is_class:
            functions += [
                found for name in ("forward", "__call__", "backward") if (found := getattr(forward, name, None))
            ]
        taken = {name for each in functions for name in _parameters(each)}
        for name in self.request.given:
            if name in {*self.known, *self.upstream}:
                raise TypeError(f"given has {name}, which the functions get anyway")
            if name not in taken and "kwargs" not in taken and "inputs" not in taken:
                meant = did_you_mean(name, taken - {*self.known, "self", "ctx"}, "")
                raise TypeError(f"given has {name}, which no function takes. {meant}".rstrip())

    def _returned(self) -> tuple[str | None, ...]:
        """What the backward pass returns, as the author calls it."""
        if self.by_gradient:
            return tuple(self.request.backward)
        if self.request.returns is not None:
            return _checked(_listed(self.request.returns), more=bool(self.request.reads))
        floats = (f"d{name}" for name in self.taken if is_floating(self.known[name]))
        return () if self.is_class and self.request.reads else tuple(floats)

    def _canonical(self, name: str | None) -> str:
        """The engine's name of what a function returns; empty for what has no row."""
        if name is None or name == "_":
            return ""
        if self.by_gradient or (name == "loss" and not self.upstream):
            return name
        rests = (name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix))
        found = next((rest for rest in rests if rest in self.known), None)
        if found is None:
            floats = [each for each in self.known if is_floating(self.known[each])]
            meant = did_you_mean(name, [f"d{each}" for each in floats], "")
            has = ", ".join(floats) or "none with a gradient"
            raise ValueError(
                f"returns has {name}, which is the gradient of no input; the inputs are {has}. {meant}".rstrip()
            )
        if not is_floating(self.known[found]):
            what = described_value(self.known[found])
            raise ValueError(f"returns has {name}, but {found} is {what}, which has no gradient; write None for it")
        self.labels[f"d{found}"] = name
        return f"d{found}"

    def _layer(self, names: ArgumentNames, read: Mapping[str, str]) -> BothPasses:
        request, sizes = self.request, {*self.draws.given}
        if self.is_function_class:
            arguments = arguments_of(request.forward, {**self.known, **request.given})
            return AutogradFunction(request.forward, names, arguments)
        if self.is_class:
            return Objects(request.forward, names, sizes, request.sets, read)
        # A function that returns value and gradient is all there is.
        forward = None if "loss" in names.returned else request.forward
        return Functions(forward, request.backward, names, sizes)

    def _function(self, name: str) -> Callable[..., Any]:
        """The function that a call is made of."""
        forward, backward = self.request.forward, self.request.backward
        if isinstance(forward, type):
            return getattr(forward, name.rpartition(".")[2])  # type: ignore[no-any-return]
        assert self.layer is not None
        return backward if name == self.layer.passes.backward.name else forward  # type: ignore[no-any-return]


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """A function's parameters."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        name = title(function)
        raise TypeError(
            f"the parameters of {name} cannot be read; write a function around it, such as `lambda x: {name}(x)`"
        ) from None


def _check(request: CheckRequest) -> None:
    """Check that the functions fit together."""
    forward, backward = request.forward, request.backward
    if isinstance(forward, type):
        _check_class(request)
    elif forward is None:
        if request.reference is None or backward is None:
            raise TypeError("without forward, pass backward and reference=, the forward pass as a function in torch")
    elif not callable(forward):
        came = described_value(forward)
        raise TypeError(f"forward is {came}; it must be a function, or a class (not an object: each case makes one)")
    elif backward is None and (kind := _class_of(forward)) is not None:
        raise TypeError(f"pass the class itself, {kind.__name__}: each case makes its own object, or applies it anew")
    elif backward is None:
        raise TypeError(f"there is no backward for {title(forward)}: pass the function as the second argument")
    if isinstance(backward, dict):
        _check_dict(request)
    elif backward is not None and not callable(backward):
        raise TypeError(f"backward is {described_value(backward)}; it must be a function, or a dict of functions")
    if (request.sets or request.reads) and not isinstance(forward, type):
        raise TypeError("sets and reads are for a class of objects")


def _check_dict(request: CheckRequest) -> None:
    """Check a dict of functions."""
    if not request.backward:
        raise TypeError("backward is an empty dict; it must have a function for each gradient, such as {'dw': dw}")
    for name, function in request.backward.items():
        if not callable(function):
            raise TypeError(f"{name} is {described_value(function)}; it must be a function")
    for name in ("returns", "reference"):
        if getattr(request, name) is not None:
            raise TypeError(f"{name} has no meaning beside a dict of functions, whose names say what they return")


def _class_of(forward: Any) -> type | None:
    """The class that was meant, if this is an object of it, or the `apply` of a `torch.autograd.Function`."""
    owner = getattr(forward, "__self__", None)
    if isinstance(owner, type) and issubclass(owner, torch.autograd.Function):
        return owner
    return type(forward) if callable(getattr(forward, "backward", None)) else None


def _check_class(request: CheckRequest) -> None:
    forward = request.forward
    if request.backward is not None:
        raise TypeError(f"{forward.__name__} is a class, whose backward pass is its own: remove backward")
    if request.reference is None and not issubclass(forward, torch.autograd.Function):
        raise TypeError(
            f"{forward.__name__} is a class of objects, which autograd cannot follow: pass reference=, the forward "
            "pass as a function in torch"
        )


def _check_names(known: Mapping[Any, Any], upstream: Sequence[str]) -> None:
    """Check that no input has a name that something else has."""
    for name in known:
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"an input is called {name!r}; its name must be that of a parameter")
        if name in upstream:
            raise ValueError(f"inputs have a value {name}, which is what the upstream gradient is called")
        if name == "loss" or (len(upstream) == 1 and name in (COTANGENT, OUTPUT)):
            raise ValueError(f"an input cannot be called {name}, which is what a check calls a value of its own")
        if name[:1] == "d" and name[1:] in known:
            raise ValueError(f"inputs have {name} beside {name[1:]}, whose gradient has that name; rename one of them")


def _check_elements(known: Mapping[str, Any]) -> None:
    """Check that there is something to differentiate."""
    if not any(is_floating(value) for value in known.values()):
        has = ", ".join(f"{name} is {described_value(value)}" for name, value in known.items())
        raise ValueError(f"no input is a floating-point tensor: {has or 'there are none'}")
    for name, value in known.items():
        if isinstance(value, torch.Tensor) and not value.numel():
            raise ValueError(f"{name} has no elements (shape {tuple(value.shape)}); give inputs that have some")


def _listed(names: str | Sequence[Any] | None) -> tuple[Any, ...]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def _checked(returns: tuple[Any, ...], *, more: bool) -> tuple[str | None, ...]:
    """Names of gradients, each once.

    Args:
        more: whether gradients are read elsewhere, so that none need be returned.
    """
    for place, name in enumerate(returns):
        if name is not None and not isinstance(name, str):
            raise TypeError(f"returns has {name!r}; it must be names, such as 'dx', and None for what has no gradient")
        if name is not None and name != "_" and name in returns[:place]:
            raise ValueError(f"returns has {name} twice; give None for what has no row")
    if not more and all(name in (None, "_") for name in returns):
        raise ValueError("returns names no gradient; say what backward returns, such as ('dx', 'dw')")
    return returns


def _outputs(upstream: Sequence[str]) -> tuple[str, ...]:
    """What the engine calls the outputs: a loss, `out`, or several by what their gradients are called."""
    if len(upstream) < 2:
        return (OUTPUT,) if upstream else ("loss",)
    return tuple(_bare(name) or f"{OUTPUT}{number}" for number, name in enumerate(upstream))


def _bare(name: str) -> str:
    """What an upstream gradient is the gradient of: `out` of `dout` and of `grad_out`; empty if it does not say."""
    rests = (name.removeprefix(prefix) for prefix in ("grad_", "d_", "d") if name.startswith(prefix))
    return next((rest for rest in rests if rest), "")


def described_value(value: Any) -> str:
    """A value in words, such as `a float32 tensor of shape (3, 4)`."""
    if isinstance(value, torch.Tensor):
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
    return kind_of(value)
