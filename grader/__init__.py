"""The public door. Lazy, so that the sandbox's server can import `grader.sandbox` and nothing else."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_DOOR = {
    "cmp": "grader.notebook_door",
    "load_exercise": "grader.exercise",
    "load_ipython_extension": "grader.notebook_door",
}

__all__ = ["__version__", "check", "cmp", "load_exercise"]


class CallableModule(ModuleType):
    """The class of `grader.check`: a module of the engine, and in a notebook the function of that name."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return import_module("grader.notebook_door").check(*args, **options)


def __getattr__(name: str) -> Any:
    if name in _DOOR:
        return getattr(import_module(_DOOR[name]), name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
