"""Calling an author's own functions in this process: the same questions and outcomes as those of a sandbox.

There are no locks and no rules here: who writes the functions also wrote the test.
"""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import torch

from grader.exercise.dtypes import default_dtype, is_floating
from grader.sandbox.types import Function, NotStarted, Parameter, Raised, Reading, Returned, Several, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from grader.sandbox.types import Outcome, Passes, Question

_DTYPES = {"float32": torch.float32, "float64": torch.float64}


class Missing:
    """Stands for an attribute that an object does not have."""

    def __init__(self, path: str) -> None:
        self.path = path


class WrongReturn(Exception):
    """What a function returned cannot be taken apart: what came, and what was expected."""


class BothPasses(Protocol):
    """A forward and a backward pass, however they are written."""

    passes: Passes

    def make(self, values: Mapping[str, Any]) -> Any:
        """What both passes share, such as an object; made once for each pass."""

    def forward(self, values: Mapping[str, Any], shared: Any) -> tuple[dict[str, Any], Any]:
        """The outputs by name, and what the backward pass needs beside the upstream gradients."""

    def backward(self, values: Mapping[str, Any], kept: Any, shared: Any) -> dict[str, Any]:
        """The gradients by name."""


@dataclass
class Caller:
    """A session that answers questions by calling the author's functions here.

    Args:
        functions: by the names of the questions.
        layer: what answers for all values of a layer together; None if each gradient has a function of its own.
        constants: values that are neither tensors nor numbers, by name; the functions get them as they are.
        arrays: whether the functions take arrays of numpy, which are then in float64.
        device: where their tensors are to be; None for the CPU.
        dtype: the only dtype that they run in; None if they run in the dtype of their inputs.
    """

    functions: Mapping[str, Callable[..., Any]]
    layer: BothPasses | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)
    arrays: bool = False
    device: torch.device | None = None
    dtype: torch.dtype | None = None
    error: Exception | None = None
    """The first exception that a function raised."""
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    """By function (empty for a layer) and by the values that it was given: what it raised there first."""
    changed: dict[str, dict[str, None]] = field(default_factory=dict)
    """By function (empty for a layer): the arguments that it changed in place."""
    _asked: tuple[str, str] = ("", "")
    _pools: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def reading(self) -> Reading:
        """What there is to call."""
        found = {name: described(name, function) for name, function in self.functions.items()}
        return Reading(next((each.file for each in found.values()), ""), found)

    def pool(self, key: str, values: Mapping[str, Any]) -> None:
        """Register values that questions refer to."""
        self._pools[key] = values

    def ask(self, questions: Sequence[Question]) -> Generator[Outcome]:
        """Answer each question with a call on fresh arguments."""
        for question in questions:
            self._asked = "" if self.layer is not None else question.function, question.values
            torch.default_generator.manual_seed(0)  # a function that draws is to draw the same each time
            with torch.no_grad(), default_dtype(_DTYPES[question.dtype]):
                outcome = self._passed(question) if self.layer is not None else self._called(question)
            yield outcome

    def _called(self, question: Question) -> Outcome:
        pool = self._pools.get(question.values, {})
        values = {**{name: pool[name] for name in question.from_values}, **question.given}
        taken = self._fresh(values)
        try:
            result = self.functions[question.function](**taken)
        except Exception as error:  # noqa: BLE001 an author's function may raise anything
            return self._raised(error, question.function)
        return self._answer(result, self._mutated(taken, values))

    # A layer's passes

    def _passed(self, question: Question) -> Outcome:
        """All values of one pass; twice if the forward pass of other values comes in between."""
        assert self.layer is not None
        pools: list[Mapping[str, Any]] = [{**self._pools[question.values], **question.given}]
        pools += [self._pools[question.beside]] if question.beside else []
        made = [self._fresh({**self.constants, **pool}) for pool in pools]
        lost: Outcome | None = None
        try:
            shared = [self.layer.make(values) for values in made]
            if self.layer.passes.make is not None and len(made) > 1:  # the object has made another pass before
                self._whole(made[1], shared[0])
            early, kept = self._forward(made, shared)
        except Exception as error:  # noqa: BLE001 an author's function may raise anything
            first = self.layer.passes.calls[0].name
            return Several(outcomes=tuple([self._raised(error, first)] * len(question.wanted) * len(pools)))
        found: list[Outcome] = []
        for number, _ in enumerate(pools):
            try:
                late = self.layer.backward(made[0], kept[0], shared[0])
                lost = None
                if self.layer.passes.make is not None and number == 0 and len(made) > 1:
                    self.layer.backward(made[1], kept[1], shared[1])
            except Exception as error:  # noqa: BLE001
                late, lost = {}, self._raised(error, self.layer.passes.backward.name)
            mutated = self._mutated(made[0], pools[0])
            for name in question.wanted:
                if name in early:
                    found.append(early[name])
                else:
                    found.append(lost or self._answer(late.get(name), mutated))
        return Several(outcomes=tuple(found))

    def _whole(self, values: Mapping[str, Any], shared: Any) -> None:
        assert self.layer is not None
        _, kept = self.layer.forward(values, shared)
        self.layer.backward(values, kept, shared)

    def _forward(
        self, made: Sequence[Mapping[str, Any]], shared: Sequence[Any]
    ) -> tuple[dict[str, Outcome], list[Any]]:
        """The outputs of the first pass, after the forward passes of all, and what each backward pass needs."""
        assert self.layer is not None
        if self.layer.passes.forward is None:
            return {}, [None for _ in made]
        outputs, kept = zip(*(self.layer.forward(*each) for each in zip(made, shared, strict=True)), strict=True)
        return {name: self._answer(value, ()) for name, value in outputs[0].items()}, list(kept)

    # Values

    def _fresh(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._own(value) for name, value in values.items()}

    def _own(self, value: Any) -> Any:
        """A copy of a value, as the author's functions take it."""
        if not isinstance(value, torch.Tensor):
            return value
        if self.arrays:
            return (value.to(self.dtype or torch.float64) if is_floating(value) else value).clone().numpy()
        return value.clone() if self.device is None else value.to(self.device, copy=True)

    def _mutated(self, taken: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, ...]:
        """The arguments that were changed in place."""
        tensors = {name: value for name, value in values.items() if isinstance(value, torch.Tensor) and name in taken}
        changed = tuple(name for name, value in tensors.items() if not _equal(as_tensor(taken[name]), value))
        self.changed.setdefault(self._asked[0], {}).update(dict.fromkeys(changed))
        return changed

    def _raised(self, error: Exception, function: str) -> Outcome:
        """What a function raised, as an outcome; `function` says which."""
        if isinstance(error, WrongReturn):
            return WrongType(description=str(error.args[0]), expected=str(error.args[1]), function=function)
        self.error = self.error or error
        file, line = raised_at(error, list(self.functions.values()))
        said = _message(error)
        place = f" ({file}:{line})" if line else ""
        kind = type(error).__name__
        self.errors.setdefault(self._asked, f"{function} raised {f'{kind}: {said}' if said else kind}{place}")
        if isinstance(error, NotImplementedError):
            how = f"raised NotImplementedError{f': {said}' if said else ''}"
            return NotStarted(how=how, line=line, function=function)
        return Raised(kind=type(error).__name__, message=said, file=file, line=line, function=function)

    def _answer(self, value: Any, mutated: Iterable[str]) -> Outcome:
        """A returned value as an outcome."""
        if value is None:
            return NotStarted(how="returned None")
        if isinstance(value, Missing):
            return WrongType(description=f"nothing: the object has no {value.path}", expected="it there, as reads says")
        if self.arrays and isinstance(value, (float, int)) and not isinstance(value, bool):
            value = torch.tensor(value, dtype=torch.float64)
        tensor = as_tensor(value)
        if tensor is None or (self.arrays and isinstance(value, torch.Tensor) and value.dim()):
            return WrongType(description=kind_of(value), expected="an array" if self.arrays else "a tensor")
        if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_complex():
            kind = str(tensor.dtype if tensor.is_complex() else tensor.layout).removeprefix("torch.")
            return WrongType(description=f"a {kind} tensor")
        return Returned(tensors=(tensor.detach().cpu().contiguous().clone(),), mutated=tuple(mutated))


def as_tensor(value: Any) -> torch.Tensor | None:
    """A tensor, or an array of numpy as one; None for anything else."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, (numpy.ndarray, numpy.generic)) or value.dtype.kind not in "fiub":
        return None
    return torch.from_numpy(numpy.ascontiguousarray(value).reshape(value.shape))


def _equal(one: torch.Tensor | None, other: torch.Tensor) -> bool:
    return one is not None and one.shape == other.shape and bool(((one == other) | (one != one)).all())  # noqa: PLR0124


def title(function: Any) -> str:
    """What a function or a class is called."""
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", f"{type(function).__name__}()")
    return str(name).rpartition("<locals>.")[2]


def kind_of(value: Any) -> str:
    """A value's type in words."""
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def described(name: str, function: Any) -> Function:
    """What a report says of a function: where it is, and its parameters."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    file, line = (code.co_filename, code.co_firstlineno) if code is not None else source_of(function)
    parameters, unreturned = tuple(parameters_of(function)), "returned None, expected a tensor"
    return Function(name, short_path(file), line, line, parameters, unreturned=unreturned)


def short_path(file: str) -> str:
    """A path as seen from the current folder, where it is inside that."""
    here = os.path.relpath(file) if os.path.isabs(file) else file  # noqa: PTH117 the name in a code object
    return file if here.startswith("..") else here


def source_of(kind: Any) -> tuple[str, int]:
    """File and line of a class; an empty name if it has none."""
    try:
        return inspect.getsourcefile(kind) or "", inspect.getsourcelines(kind)[1]
    except (OSError, TypeError):
        return "", 0


def _message(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 somebody's own exception class
        return "(its message cannot be shown)"


_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional_only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword_only",
    inspect.Parameter.VAR_POSITIONAL: "var_positional",
    inspect.Parameter.VAR_KEYWORD: "var_keyword",
}


def parameters_of(function: Any) -> list[Parameter]:
    """A function's parameters; none if they cannot be known."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [Parameter(each.name, _KINDS[each.kind], each.default is not each.empty) for each in found]


def raised_at(error: BaseException, functions: Sequence[Any]) -> tuple[str | None, int | None]:
    """The innermost line in a file of the author's functions that an exception passed through."""
    files = {described("", each).file for each in functions}
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if short_path(frame.filename) in files]
    return (short_path(own[-1].filename), own[-1].lineno) if own else (None, None)
