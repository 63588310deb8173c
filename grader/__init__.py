"""The public API, loaded lazily so that the sandbox server can import only `grader.sandbox`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.api import grade
    from grader.exercise.shelf import load_exercise
    from grader.learner.notebook_checks import check, cmp

__version__ = "0.2.0"

_DOOR = {
    "check": "grader.learner.notebook_checks",
    "cmp": "grader.learner.notebook_checks",
    "grade": "grader.api",
    "load_exercise": "grader.exercise.shelf",
    "load_ipython_extension": "grader.learner.notebook_checks",
}

__all__ = ["__version__", "check", "cmp", "grade", "load_exercise"]


if not TYPE_CHECKING:  # to a type checker, any name would be there, of any type

    def __getattr__(name: str) -> Any:
        if name in _DOOR:
            return getattr(import_module(_DOOR[name]), name)
        raise AttributeError(f"module 'grader' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
