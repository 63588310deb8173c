"""The ways in which a layer is written: functions, a class of objects, a `torch.autograd.Function`.

Arguments go by name: the upstream gradient, the inputs and what is `given`. Parameters of the backward function that
are none of these are what the forward function returned after its outputs, its cache.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from grader.exercise.dtypes import is_floating
from grader.exercise.form import path_problem
from grader.exercise.nearest import did_you_mean
from grader.sandbox.types import Passes, Signature
from grader.testing.calling import Missing, WrongReturn, kind_of, title

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


@dataclass(frozen=True)
class ArgumentNames:
    """What the values of a check are called.

    Args:
        outputs: what the forward pass returns first, by the engine's names.
        upstream: the parameters that the upstream gradients are given as, one for each output.
        cotangents: the engine's names of these.
        returned: what the backward function returns, in order, by the engine's names; empty for what has no row.
        known: the inputs.
        given: further arguments, by name.
    """

    outputs: tuple[str, ...]
    upstream: tuple[str, ...]
    cotangents: tuple[str, ...]
    returned: tuple[str, ...]
    known: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)

    def bound(self, function: Callable[..., Any], more: Collection[str] = (), skip: int = 0) -> _Bound:
        """Which of a function's parameters are known, and which are left.

        Args:
            more: names that are known beside the inputs, such as sizes.
            skip: how many parameters come first that are not arguments: a `self` or a `ctx`.

        Raises:
            TypeError: it has parameters like `*args`, whose names say nothing.
        """
        taken: list[str] = []
        left: list[str] = []
        for each in list(inspect.signature(function).parameters.values())[skip:]:
            if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
                star = "*" if each.kind is each.VAR_POSITIONAL else "**"
                raise TypeError(
                    f"{title(function)} takes {star}{each.name}; its arguments go by name, so write a function "
                    "around it that names each"
                )
            if each.name in (*self.known, *self.upstream, *self.given, *more):
                taken.append(each.name)
            elif each.default is each.empty:
                left.append(each.name)
        order = [name for name in inspect.signature(function).parameters if name in (*taken, *left)]
        positional = [
            each.name for each in inspect.signature(function).parameters.values() if each.kind is each.POSITIONAL_ONLY
        ]
        return _Bound(function, tuple(taken), tuple(left), tuple(order), frozenset(positional))

    def values(self, pool: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that an argument can be, by the author's names."""
        upstream = {mine: pool[name] for mine, name in zip(self.upstream, self.cotangents, strict=True) if name in pool}
        return {**pool, **self.given, **upstream}

    def canonical(self, name: str) -> str:
        """The engine's name of an argument."""
        return dict(zip(self.upstream, self.cotangents, strict=True)).get(name, name)

    def gradients(self, result: Any) -> dict[str, Any]:
        """What a backward function returned, by the engine's names."""
        if isinstance(result, dict):
            named = {key.removeprefix("d"): value for key, value in result.items()}
            return {name: named[name.removeprefix("d")] for name in self.returned if name.removeprefix("d") in named}
        if len(self.returned) == 1 and result is not None and not isinstance(result, (tuple, list)):
            result = (result,)
        if result is None:
            return {}
        if not isinstance(result, (tuple, list)) or len(result) != len(self.returned):
            names = [name or "None" for name in self.returned]
            expected = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
            raise WrongReturn(kind_of(result), expected)
        return {name: value for name, value in zip(self.returned, result, strict=True) if name}


@dataclass(frozen=True)
class _Bound:
    """A function with the names of its arguments."""

    function: Callable[..., Any]
    taken: tuple[str, ...]
    left: tuple[str, ...]
    order: tuple[str, ...]
    positional: frozenset[str]

    def call(self, function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
        """Call the function itself, or its bound method."""
        given = {name: values[name] for name in self.order if name in values}
        first = [given.pop(name) for name in self.order if name in self.positional and name in given]
        return function(*first, **given)


def _known_or_refused(bound: _Bound, names: ArgumentNames, more: Collection[str] = ()) -> _Bound:
    """Check that a function has no parameter that nothing is known for."""
    if bound.left:
        known = (*names.known, *names.given, *more)
        meant = did_you_mean(bound.left[0], known, f"There are {', '.join(known) or 'none'}.")
        raise TypeError(
            f"{title(bound.function)} has a parameter {bound.left[0]}, which is none of the inputs. {meant} Give "
            f"anything else with given={{'{bound.left[0]}': ...}}"
        )
    return bound


class Functions:
    """A forward and a backward function, perhaps with a cache between them."""

    def __init__(
        self,
        forward: Callable[..., Any] | None,
        backward: Callable[..., Any],
        names: ArgumentNames,
        sizes: Collection[str],
    ) -> None:
        self._names = names
        self._forward = forward and _known_or_refused(names.bound(forward, sizes), names, sizes)
        self._backward = names.bound(backward, sizes)
        if missing := [name for name in names.upstream if name not in self._backward.taken]:
            has = ", ".join(inspect.signature(backward).parameters)
            raise TypeError(
                f"{title(backward)}({has}) has no parameter {missing[0]}; say what the upstream gradient is called: "
                f'upstream="{next(iter(inspect.signature(backward).parameters), "dout")}"'
            )
        if self._backward.left and forward is None:
            raise TypeError(f"{title(backward)} has a parameter {self._backward.left[0]}, but there is no forward")
        self._kept = self._backward.left
        first = None
        if forward is not None and self._forward is not None:
            first = Signature(title(forward), self._forward.taken, (*names.outputs, *self._kept))
        taken = tuple(map(names.canonical, self._backward.order))
        returned = tuple(filter(None, names.returned))
        self.passes = Passes(Signature(title(backward), taken, returned), first)

    def make(self, values: Mapping[str, Any]) -> None:
        """Nothing: what they share is what the forward function returns."""

    def forward(self, values: Mapping[str, Any], shared: Any) -> tuple[dict[str, Any], Any]:
        """Call the forward function; its result is the outputs, then the cache."""
        assert self._forward is not None
        del shared
        result = self._forward.call(self._forward.function, self._names.values(values))
        if isinstance(result, dict) and {*self._names.outputs} <= result.keys():  # `return locals()`
            return {name: result[name] for name in self._names.outputs}, result
        found = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        count = len(self._names.outputs)
        if len(found) < count:
            raise WrongReturn(kind_of(result), f"{count} outputs first")
        return dict(zip(self._names.outputs, found, strict=False)), found[count:]

    def backward(self, values: Mapping[str, Any], kept: Any, shared: Any) -> dict[str, Any]:
        """Call the backward function."""
        del shared
        given = {**self._names.values(values), **self._cache(kept)}
        return self._names.gradients(self._backward.call(self._backward.function, given))

    def _cache(self, kept: Any) -> dict[str, Any]:
        """What the forward function returned beside its outputs, by the names of the backward function's parameters."""
        names = self._kept
        if isinstance(kept, dict):
            if missing := [name for name in names if name not in kept]:
                raise WrongReturn(f"no {missing[0]}", f"it, as {self.passes.backward.name} takes it")
            return {name: kept[name] for name in names}
        values = tuple(kept or ())
        if not names:
            return {}
        if len(names) == 1 and len(values) > 1:
            values = (values,)
        if len(values) == 1 and len(names) > 1 and isinstance(values[0], (tuple, list)):
            values = tuple(values[0])
        if len(values) != len(names):
            count = f"{len(values)} value{'s' * (len(values) != 1)}"
            raise WrongReturn(
                f"{count} after the output of {self.passes.calls[0].name}",
                f"{', '.join(names)}, as {self.passes.backward.name} takes them",
            )
        return dict(zip(names, values, strict=True))


class Objects:
    """A class whose objects make one pass at a time.

    Args:
        sets: attributes that are set once an object is made -> the inputs that they are set to.
        reads: attributes that hold gradients after the backward pass -> the engine's names of these.
    """

    def __init__(
        self,
        kind: type,
        names: ArgumentNames,
        sizes: Collection[str],
        sets: Mapping[str, str],
        reads: Mapping[str, str],
    ) -> None:
        self._kind, self._names, self._sets, self._reads = kind, names, sets, reads
        for path, name in {**sets, **reads}.items():
            if problem := path_problem(path, name):
                raise TypeError(f"sets and reads: {problem}")
        if called := next((path for path in sets if path.endswith(")")), None):
            raise TypeError(f"sets and reads: {called} is a call, which nothing can be set to; name an attribute")
        if stray := next((name for name in sets.values() if name not in names.known), None):
            raise TypeError(f"sets names {stray}, which is none of the inputs: {', '.join(names.known)}")
        forward, backward = (_method(kind, each) for each in (("forward", "__call__"), ("backward",)))
        plain = kind.__init__ is object.__init__  # type: ignore[misc]
        self._make = None if plain else _known_or_refused(names.bound(kind, sizes), names, sizes)
        self._forward = _known_or_refused(names.bound(forward, sizes, 1), names, sizes)
        self._backward = _known_or_refused(names.bound(backward, sizes, 1), names, sizes)
        if missing := [name for name in names.upstream if name not in self._backward.taken]:
            raise TypeError(
                f"{title(backward)} has no parameter {missing[0]}; say what the upstream gradient is called: "
                f'upstream="{next(iter(self._backward.left), "dout")}"'
            )
        name = kind.__name__
        taken = tuple(map(names.canonical, self._backward.order))
        self.passes = Passes(
            Signature(f"{name}.backward", taken, tuple(filter(None, names.returned))),
            Signature(f"{name}.{forward.__name__}", self._forward.taken, names.outputs),
            style="object",
            make=Signature(name, self._make.taken if self._make else (), ()),
            sets=dict(sets),
            reads=dict(reads),
        )

    def make(self, values: Mapping[str, Any]) -> Any:
        """A new object, with its attributes set."""
        known = self._names.values(values)
        return self._make.call(self._kind, known) if self._make else self._kind()

    def forward(self, values: Mapping[str, Any], shared: Any) -> tuple[dict[str, Any], Any]:
        """Set the attributes and call the object's forward method."""
        known = self._names.values(values)
        for path, name in self._sets.items():
            exec(f"layer.{path} = value", {"layer": shared, "value": _parameter(shared, path, known[name])})  # noqa: S102
        result = self._forward.call(getattr(shared, self._forward.function.__name__), known)
        found = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        return dict(zip(self._names.outputs, found, strict=False)), None

    def backward(self, values: Mapping[str, Any], kept: Any, shared: Any) -> dict[str, Any]:
        """Call the object's backward method, and read its attributes."""
        del kept
        result = self._backward.call(shared.backward, self._names.values(values))
        found = self._names.gradients(result) if any(self._names.returned) else {}
        return {**found, **{name: _attribute(shared, path) for path, name in self._reads.items()}}


def _attribute(owner: Any, path: str) -> Any:
    try:
        return eval(f"layer.{path}", {"layer": owner})  # noqa: S307 the author's own path
    except Exception:  # noqa: BLE001 whatever the way to it does
        return Missing(path)


def _method(kind: type, names: Sequence[str]) -> Callable[..., Any]:
    """The first of these methods that a class has itself, not from `type` or `torch.nn.Module`."""
    for name in names:
        found: Any = getattr(kind, name, None)
        if callable(found) and found is not getattr(torch.nn.Module, name, None) and hasattr(found, "__code__"):
            return found  # type: ignore[no-any-return]
    raise TypeError(f"{kind.__name__} has no method {' or '.join(names)}")


def _parameter(owner: Any, path: str, value: Any) -> Any:
    """A value to set; a module's parameters can be set only to parameters."""
    current = eval(f"layer.{path}", {"layer": owner}) if isinstance(owner, torch.nn.Module) else None  # noqa: S307
    return torch.nn.Parameter(value, requires_grad=False) if isinstance(current, torch.nn.Parameter) else value


class AutogradFunction:
    """A `torch.autograd.Function`, called through `apply` as in a network."""

    def __init__(self, kind: Any, names: ArgumentNames, arguments: Sequence[str]) -> None:
        self._kind, self._raw = _recorded(kind)
        self._names, self._arguments = names, tuple(arguments)
        name = kind.__name__
        self.passes = Passes(
            Signature(f"{name}.backward", ("ctx", *names.cotangents), tuple(filter(None, names.returned))),
            Signature(f"{name}.forward", ("ctx", *self._arguments), names.outputs),
            style="autograd",
        )

    def make(self, values: Mapping[str, Any]) -> None:
        """Nothing: each application has its own ctx."""

    def forward(self, values: Mapping[str, Any], shared: Any) -> tuple[dict[str, Any], Any]:
        """Apply it to leaves that require gradients."""
        del shared
        known = self._names.values(values)
        leaves = {
            name: known[name].detach().requires_grad_() if is_floating(known[name]) else known[name]
            for name in self._arguments
        }
        with torch.enable_grad():
            # Copies of the leaves: a function may change its arguments in place, and say so.
            result = self._kind.apply(*(each.clone() if is_floating(each) else each for each in leaves.values()))
        found = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        outputs = dict(zip(self._names.outputs, found, strict=False))
        return outputs, (tuple(outputs.values()), leaves)

    def backward(self, values: Mapping[str, Any], kept: Any, shared: Any) -> dict[str, Any]:
        """Have autograd call its backward method."""
        del shared
        outputs, leaves = kept
        known = self._names.values(values)
        upstream = [known[name] for name in self._names.upstream]
        wanted = [name for name in self._arguments if f"d{name}" in self._names.returned and is_floating(leaves[name])]
        grads = torch.autograd.grad(
            outputs, [leaves[name] for name in wanted], upstream or None, retain_graph=True, allow_unused=True
        )
        found = {f"d{name}": grad for name, grad in zip(wanted, grads, strict=True)}
        raw = dict(zip(self._arguments, self._raw.pop() if self._raw else (), strict=False))
        for name in wanted:  # autograd sums a gradient that was broadcast, and hides that it was not
            value = raw.get(name)
            if isinstance(value, torch.Tensor) and value.shape != leaves[name].shape:
                found[f"d{name}"] = value
        return found


def _recorded(kind: Any) -> tuple[Any, list[tuple[Any, ...]]]:
    """The class with a backward method that also keeps what it returns, before autograd has seen that."""
    kept: list[tuple[Any, ...]] = []

    def backward(ctx: Any, *upstream: Any) -> Any:
        result = kind.backward(ctx, *upstream)
        kept[:] = [tuple(result) if isinstance(result, (tuple, list)) else (result,)]
        return result

    return type(kind.__name__, (kind,), {"backward": staticmethod(backward)}), kept


def arguments_of(kind: Any, names: Collection[str]) -> list[str]:
    """The arguments of a `torch.autograd.Function`: those of its forward method without the ctx.

    Args:
        names: the inputs, where they are known; all of them are arguments of `forward(ctx, *inputs)`.
    """
    parameters = list(inspect.signature(kind.forward).parameters.values())[0 if _sets_up_apart(kind) else 1 :]
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return list(names)
    return [each.name for each in parameters if each.name in names or each.default is each.empty]


def _sets_up_apart(kind: Any) -> bool:
    """Whether forward has no ctx, but `setup_context` has."""
    return kind.setup_context is not torch.autograd.Function.setup_context


def composite_of(kind: Any, given: Mapping[str, Any]) -> Callable[..., Any]:
    """The forward method of a `torch.autograd.Function` as a function that autograd can follow.

    Args:
        given: further arguments.
    """
    ctx = () if _sets_up_apart(kind) else (_Context(),)

    def forward(**values: Any) -> Any:
        known = {**values, **given}
        return kind.forward(*ctx, *(known[name] for name in arguments_of(kind, known) if name in known))

    forward.__name__ = forward.__qualname__ = f"{kind.__name__}.forward"
    forward.__dict__["__wrapped__"] = kind.forward  # its lines are the author's
    return forward


class _Context:
    """A ctx that keeps anything and does nothing."""

    def save_for_backward(self, *tensors: Any) -> None:
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """For autograd alone."""

    mark_dirty = save_for_forward = set_materialize_grads = mark_non_differentiable
    needs_input_grad = (True,) * 64
