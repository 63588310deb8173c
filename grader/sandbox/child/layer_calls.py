"""One pass through a layer: its functions or methods called one after the other, on fresh arguments.

Everything that may run a learner's code, the reading of an attribute included, is a call of its own for the driver, and
made of functions written in C: beneath a learner's frame there is none of ours.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from operator import attrgetter, call, itemgetter, methodcaller, setitem
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.child import arrays
from grader.sandbox.child.calls import Calls, described, mutated, one
from grader.sandbox.child.context import FunctionCtx
from grader.sandbox.cleaning import clean
from grader.sandbox.protocol.answers import encode_failure, encode_returned, encode_several
from grader.sandbox.protocol.tensors import PlainTensor, Stored, data_ptr, fresh
from grader.sandbox.types import ONLY_NONE, NotStarted, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence

    import torch

    from grader.sandbox.child.calls import Calling
    from grader.sandbox.protocol.messages import Asked
    from grader.sandbox.types import Passes, Raised, Signature

    _Failure = NotStarted | Raised | WrongType
    _Function = Callable[..., Any]
    _Calls = Generator[_Function, None, None]

_OBJECT: Final = ""
"""The key of a layer's object among its values: no value has this name."""
_SETTERS: Final[dict[str, Any]] = {"attribute": setattr, "item": setitem}
_GETTERS: Final[dict[str, Any]] = {"attribute": attrgetter, "item": itemgetter}


@dataclass(slots=True)
class _Pass:
    """The values of one pass, by the names in the signatures."""

    values: dict[str, Any]
    tensors: list[tuple[str, Stored, torch.Tensor, int]] = field(default_factory=list)
    copies: list[tuple[str, Any, bytes]] = field(default_factory=list)
    wanted: tuple[str, ...] = ()
    """What is asked for."""
    lost: dict[str, _Failure] = field(default_factory=dict)
    """What is not there, and why."""

    def changed(self, numpy: arrays.Arrays | None) -> list[str]:
        """The arguments that were changed in place."""
        more = (name for name, array, raw in self.copies if numpy is not None and numpy.raw(array) != raw)
        return [*mutated(self.tensors), *more]


class LayerCalls(Calls):
    """Makes the calls of one submission to a layer as well."""

    def passes(
        self, layer: Passes, functions: Sequence[_Function], asked: Asked, sources: Sequence[Mapping[str, Any]]
    ) -> Calling:
        """Call a layer's functions one after the other; the value is an encoded outcome for each name asked for.

        Args:
            layer: its calls.
            functions: those of the calls, or the class of an object.
            asked: the question.
            sources: the values of the pass, and perhaps those of a second one: then the forward function of that is
                called in between, and the backward function twice.
        """
        self._start(asked.dtype)
        numpy = arrays.bound() if layer.arrays == "numpy" else None
        if numpy is not None and self._random:
            numpy.reseed(0)
        made = [replace(_fresh(layer, each, numpy), wanted=asked.wanted) for each in sources]
        if layer.make is not None:
            yield from self._made(layer, functions[0], made)
        if layer.forward is not None:
            for each in made:
                yield from self._called(layer, layer.forward, functions, each)
        # Encoded before the backward function may change it, and after another forward pass may have.
        early = self._parts(asked, made[0], numpy, layer.forward.returns if layer.forward is not None else ())
        parts = []
        for number, _ in enumerate(sources):
            after = replace(made[0], values=dict(made[0].values), lost=dict(made[0].lost))
            yield from self._called(layer, layer.backward, functions, after)
            for other in made[1:] if layer.make is not None and number == 0 else ():
                yield from self._called(layer, layer.backward, functions, other)
            yield from self._read(layer, after)
            late = self._parts(asked, after, numpy, [name for name in asked.wanted if name not in early])
            parts += [{**early, **late}[name] for name in asked.wanted]
            yield after.values.clear
        for each in made:
            yield each.values.clear  # a cache's __del__ is the learner's code, too
        return encode_several(parts)

    def _made(self, layer: Passes, kind: _Function, made: Sequence[_Pass]) -> _Calls:
        """Make the layer's object for each pass. If there are two, the first has made the other's pass before."""
        assert layer.make is not None
        for each in made:
            yield partial(call, kind, *(each.values[name] for name in layer.make.parameters))
            self._lose(each, self._failure(), layer.make.name, layer.returned)
            each.values[_OBJECT] = self._result[0][0]
            yield from self._set(layer, each)
        for other in made[1:]:
            before = replace(other, values={**other.values, _OBJECT: made[0].values[_OBJECT]}, lost=dict(made[0].lost))
            yield from self._set(layer, before)
            if layer.forward is not None:
                yield from self._called(layer, layer.forward, (), before)
            yield from self._called(layer, layer.backward, (), before)
            yield before.values.clear
            yield from self._set(layer, made[0])

    def _set(self, layer: Passes, each: _Pass) -> _Calls:
        """Set the attributes of the layer's object."""
        for path, name in layer.sets.items() if not each.lost else ():
            *steps, (how, last) = _steps(path)
            failure = yield from self._walk(each.values[_OBJECT], steps)
            if failure is None:
                owner = self._result[0][0] if steps else each.values[_OBJECT]
                yield partial(_SETTERS[how], owner, last, each.values[name])
                failure = self._failure()
            self._lose(each, failure, _where(layer, path), layer.returned)

    def _read(self, layer: Passes, each: _Pass) -> _Calls:
        """Read the attributes of the layer's object after its backward pass."""
        for path, name in layer.reads.items():
            if name not in each.lost:
                failure = yield from self._walk(each.values[_OBJECT], _steps(path))
                each.values[name] = self._result[0][0]
                self._lose(each, failure, _where(layer, path), (name,))

    def _walk(self, owner: Any, steps: Sequence[tuple[str, Any]]) -> Generator[_Function, None, _Failure | None]:
        """Follow a path from the layer's object; where it leads is the result of the last call."""
        for how, key in steps:
            yield partial(call, owner) if how == "call" else partial(_GETTERS[how](key), owner)
            failure = self._failure()
            if failure is not None:
                return failure
            owner = self._result[0][0]
        return None

    def _called(self, layer: Passes, signature: Signature, functions: Sequence[_Function], each: _Pass) -> _Calls:
        """Call one of the functions, unless what it needs is lost."""
        after = (*signature.returns, *(layer.reads.values() if signature is layer.backward else ()))
        missing = next((each.lost[name] for name in (*signature.parameters, *after) if name in each.lost), None)
        if missing is not None:
            each.lost.update(dict.fromkeys(after, missing))
            return
        function = functions[layer.calls.index(signature)] if layer.make is None else None
        if function is None and layer.make is None:
            self._lose(each, self.undefined(signature.name), signature.name, after)
            return
        given = [each.values[name] for name in signature.parameters]
        # PyTorch's newer way: forward without ctx, which setup_context is given with its arguments and its result.
        apart = layer.style == "autograd" and signature is layer.forward and functions[-1] is not None
        if function is not None:
            yield partial(call, function, *(given[1:] if apart else given))
        else:
            yield partial(methodcaller(signature.name.rpartition(".")[2], *given), each.values[_OBJECT])
        failure = self._failure() or self._taken_apart(layer, signature, each.values)
        if apart and failure is None:
            yield partial(call, functions[-1], each.values["ctx"], tuple(given[1:]), each.values[signature.returns[0]])
            failure = self._failure()
        answers = [each.values.get(name) for name in signature.returns if name in each.wanted]
        if (
            failure is None
            and len(signature.returns) > 1
            and answers
            and not any(value is not None for value in answers)
        ):
            failure = NotStarted(how=ONLY_NONE, printed=self._shown())
        # What an object or a ctx would have kept is lost with a forward pass that failed.
        kept = layer.style != "functions" and signature is layer.forward
        self._lose(each, failure, signature.name, layer.returned if kept else after)

    def _lose(self, each: _Pass, failure: _Failure | None, function: str, names: Iterable[str]) -> None:
        if failure is not None:
            each.lost.update(dict.fromkeys(names, replace(failure, function=function)))

    def _taken_apart(self, layer: Passes, signature: Signature, values: dict[str, Any]) -> _Failure | None:
        """Give the values that a function returned their names; what is wrong with them if there are not as many."""
        result: Any = _plain(self._result[0][0])
        names = signature.returns
        if not names:
            return None
        if result is None:
            return NotStarted(how="returned None", printed=self._shown())
        if layer.style == "autograd" and signature is layer.backward:
            result = _one_for_each(result, len(names))
            stray = self._stray(names, result, values) if len(result) == len(names) else None
            if stray is not None:
                return stray
        elif len(names) == 1 and type(result) is not dict:
            result = (result,)
        if type(result) in (tuple, list) and len(result) == len(names):
            values.update(zip(names, result, strict=True))
        elif (found := _by_name(names, result)) is not None:
            values.update(found)
        else:
            what = clean(described(result), 300)
            expected = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
            return WrongType(description=what, expected=expected, printed=self._shown())
        return None

    def _stray(self, names: Sequence[str], result: Sequence[Any], values: Mapping[str, Any]) -> WrongType | None:
        """Of a torch.autograd.Function: a gradient of what has none, such as a flag."""
        for name, value in zip(names, result, strict=True):
            if value is not None and type(values.get(name[1:])) is not PlainTensor:
                what = f"{described(value)} as {name}"
                return WrongType(description=what, expected="None, because it is no tensor", printed=self._shown())
        return None

    def _parts(
        self, asked: Asked, each: _Pass, numpy: arrays.Arrays | None, names: Collection[str]
    ) -> dict[str, bytes]:
        """The encoded outcomes of those of the names that are asked for."""
        changed = each.changed(numpy)
        wanted = [name for name in asked.wanted if name in names]
        return {name: self._part(name, each, asked.max_bytes, changed, numpy) for name in wanted}

    def _part(self, name: str, each: _Pass, most: int, changed: Sequence[str], numpy: arrays.Arrays | None) -> bytes:
        if name in each.lost:
            return encode_failure(each.lost[name])
        raw = numpy.encoded(each.values[name], most) if numpy is not None else None
        if raw is None:
            raw = one(each.values[name], most) if numpy is None else described(each.values[name])
            raw = "a torch tensor" if numpy is not None and raw == "a tensor" else raw
        if isinstance(raw, str):
            what, expected = clean(f"{raw} as {name}", 300), "a tensor" if numpy is None else "an array"
            return encode_failure(WrongType(description=what, expected=expected, printed=self._shown()))
        return encode_returned(self._shown(), [raw], changed)


def _fresh(layer: Passes, sources: Mapping[str, Any], numpy: arrays.Arrays | None) -> _Pass:
    """Copies of the values for one pass, and the arguments that the exercise gives."""
    each = _Pass({})
    for name, source in sources.items():
        each.values[name] = source
        if type(source) is Stored and numpy is not None:
            each.values[name] = array = numpy.fresh(source)
            each.copies.append((name, array, numpy.raw(array)))
        elif type(source) is Stored:
            each.values[name] = tensor = fresh(source)
            each.tensors.append((name, source, tensor, data_ptr(tensor)))
    for name, value in layer.given.items():
        entries = value.items() if isinstance(value, dict) else ()
        table = {key: each.values.get(entry, entry) for key, entry in entries}
        each.values[name] = table if isinstance(value, dict) else value
    if layer.style == "autograd":
        needed = (type(each.values[name]) is PlainTensor for name in layer.calls[0].parameters if name != "ctx")
        each.values["ctx"] = FunctionCtx(tuple(needed))
    return each


def _plain(result: Any) -> Any:
    """A named tuple as a tuple, and a dict of the standard library as a dict, without running a learner's methods."""
    kind = type(result)
    if kind is not tuple and issubclass(kind, tuple):
        return tuple.__getitem__(result, slice(None))
    if kind in (OrderedDict, defaultdict):
        return {key: dict.__getitem__(result, key) for key in dict.__iter__(result)}
    return result


def _by_name(names: Sequence[str], result: Any) -> dict[str, Any] | None:
    """What a dict holds under these names, or under those of the variables: `dw` or `w`; None if it lacks one."""
    if type(result) is not dict or not all(type(key) is str for key in result):
        return None
    keys = {name: name if name in result else name.removeprefix("d") for name in names}
    return {name: result[key] for name, key in keys.items()} if result.keys() >= {*keys.values()} else None


def _one_for_each(result: Any, count: int) -> Sequence[Any]:
    """A gradient for each argument, as PyTorch counts them: None may follow, and a single one needs no tuple."""
    found = tuple(result) if type(result) in (tuple, list) else (result,)
    rest = found[count:]
    return found[:count] if all(each is None for each in rest) else found


@lru_cache(256)
def _steps(path: str) -> tuple[tuple[str, Any], ...]:
    """`params['weight']` as the steps from the object: an attribute, then an item."""
    found = re.findall(r"""\.?([^\W\d]\w*)|\[(\d+)\]|\[["'](\w+)["']\]|(\(\))""", path)
    return tuple(
        ("attribute", name) if name else ("call", None) if call else ("item", int(number) if number else key)
        for name, number, key, call in found
    )


def _where(layer: Passes, path: str) -> str:
    """An attribute as a message names it: `Linear.dLdW`."""
    return f"{layer.make.name}.{path}" if layer.make is not None else path
