"""The names within reach of a learner's code: listed built-ins, and no module that leads to the grader or raw memory.

This is not the security boundary. It keeps what no gradient needs out of reach, so that tampering takes an exploit.
"""

from __future__ import annotations

import _imp
import builtins
import collections.abc
import ctypes
import gc
import numbers
import sys
import types
from _abc import _get_dump  # type: ignore[import-not-found]
from abc import ABCMeta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.rules import rule_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.sandbox.types import RulesConfig

_OURS: Final = __name__.partition(".")[0]
_MEMORY: Final = ("ctypes", "_ctypes")
_COLLECTING: Final = (
    "collect", "disable", "enable", "freeze", "get_count", "get_stats", "get_threshold", "is_tracked", "isenabled",
)  # fmt: skip
"""The functions of `gc` that are kept: not those that list all objects or whatever refers to one."""


def clear() -> None:
    """Remove what no child needs: from here on nothing may be imported from this package, or use `ctypes`."""
    _hide_classes()
    names = [name for name in sys.modules if name.partition(".")[0] in (_OURS, *_MEMORY)]
    ours = [vars(sys.modules[name]) for name in names]
    _forget_ctypes(ours)
    for name in names:
        del sys.modules[name]
    for name in [name for name in vars(gc) if not name.startswith("__") and name not in _COLLECTING]:
        delattr(gc, name)
    for name in ("monitoring", "addaudithook"):
        vars(sys).pop(name, None)
    for name in ("create_builtin", "create_dynamic"):  # they could create modules again
        vars(_imp).pop(name, None)


def _forget_ctypes(ours: Sequence[dict[str, Any]]) -> None:
    """Empty the modules of `ctypes`, and remove it from the names and annotations of others, but not the grader's."""
    own = {id(each) for each in ours}
    given = {name for name in (*_MEMORY, *vars(ctypes)) if not name.startswith("__")}
    modules: list[Any] = list(sys.modules.values())  # some of them are classes
    for module in [each for each in modules if isinstance(each, types.ModuleType) and id(vars(each)) not in own]:
        names = [name for name in given & vars(module).keys() if _is_of_ctypes(vars(module)[name])]
        if names or "ctypes" in vars(module):
            for function in _functions(module):
                function.__annotations__ = {}
        for name in names:
            delattr(module, name)
    for name in _MEMORY:
        vars(sys.modules[name]).clear()


def _functions(module: types.ModuleType) -> Iterator[types.FunctionType]:
    """A module's top-level functions, and those of its top-level classes."""
    for value in list(vars(module).values()):
        for each in (value, *(vars(value).values() if isinstance(value, type) else ())):
            if isinstance(each, types.FunctionType) and each.__module__ == module.__name__:
                yield each


def _is_of_ctypes(value: object) -> bool:
    """Whether a value is a type or a function of `ctypes`, or an instance of such a type."""
    owner = value if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)) else type(value)
    return owner.__module__ in _MEMORY


def _hide_classes() -> None:
    """Make `__subclasses__` return an empty list: the real ones lead to the grader's classes and to those of `ctypes`.

    It becomes `list`, which is written in C: the frame of a function in Python can be inspected by its caller. Abstract
    classes use these lists to find out that a dict is a mapping, so their known subclasses are registered explicitly.
    """
    kinds = list(_abstract())
    plain = {registered() for kind in kinds for registered in _get_dump(kind)[0]} - {None}
    known = [(kind, each) for kind in kinds for each in plain if issubclass(each, kind)]
    [names] = gc.get_referents(type.__dict__)
    names["__subclasses__"] = list
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(type))
    for kind, each in known:
        kind._abc_caches_clear()  # noqa: SLF001  (with a cached answer, `register` would do nothing)
        kind.register(each)


def _abstract() -> Iterator[Any]:
    for module in (collections.abc, numbers):
        yield from (each for each in vars(module).values() if isinstance(each, ABCMeta))


@lru_cache(1)
def builtins_for(rules: RulesConfig) -> dict[str, Any]:
    """The built-ins of a learner's module where rules apply. Made before the fork: touching each object takes ms.

    Those that the rules refuse are missing or refuse at run time, so that reaching one by a spelling that the rules
    miss gains nothing.
    """
    kept = dict(vars(builtins))
    for name in rule_lists.BUILTINS.keys() - set(rules.names):
        del kept[name]
    refused = (rule_lists.MODULES | rule_lists.FRAMES) - {*rules.imports, *rules.names}
    public = rule_lists.DUNDERS | rule_lists.PRIVATE | set(rules.names)
    for real in (getattr, setattr, delattr):
        kept[real.__name__] = _alone(_by_name, {"real": real, "refused": refused, "public": public})
    plain = types.ModuleType("builtins")
    vars(plain).update((name, value) for name, value in kept.items() if not name.startswith("_"))
    return kept | {"__import__": _alone(_import, {"modules": {**_importable(rules), "builtins": plain}})}


def _importable(rules: RulesConfig) -> Mapping[str, types.ModuleType]:
    """The modules that may be imported. All of them are loaded before a child is locked in."""
    below = tuple(f"{each}." for each in rules.imports)
    more = [name for name in sys.modules if name.startswith(below)] if below else []
    more += rule_lists.FUNCTION_MODULES if rules.function else ()
    return {name: sys.modules[name] for name in (*rule_lists.IMPORTS, *rules.imports, *more) if name in sys.modules}


def _alone(function: Callable[..., Any], names: Mapping[str, Any]) -> Callable[..., Any]:
    """The function with these names as its globals: nothing leads from it to the globals of this module."""
    return types.FunctionType(function.__code__, {"__builtins__": _PLAIN, **names}, argdefs=function.__defaults__)


_PLAIN: Final = {each.__name__: each for each in (AttributeError, ImportError, str, type)}


# The globals of these two are what `_alone` gives them.


def _by_name(owner: object, name: str, *rest: object) -> object:
    if type(name) is not str or name in refused or (name[:1] == "_" and name not in public):  # type: ignore[name-defined]  # noqa: F821
        raise AttributeError(f"{name!r} cannot be read or set by a computed name here")
    return real(owner, name, *rest)  # type: ignore[name-defined]  # noqa: F821


def _import(name: str, _globals: object = None, _locals: object = None, wanted: object = (), level: int = 0) -> object:
    if level or name not in modules:  # type: ignore[name-defined]  # noqa: F821
        raise ImportError(f"{name!r} cannot be imported here")
    return modules[name if wanted else name.partition(".")[0]]  # type: ignore[name-defined]  # noqa: F821
