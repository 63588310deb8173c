"""A sandbox without its outer layer: what is behind it has to hold on its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from grader.sandbox.client import Sandbox
from grader.sandbox.host import forkserver
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def insert(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, statements: str, *, before: str = "try:\n    driven"
) -> None:
    """The next process started runs these statements before that line."""
    original = module.bootstrap

    def bootstrap(name: str) -> str:
        program = str(original(name))
        assert before in program
        return program.replace(before, f"{statements}\n{before}")

    monkeypatch.setattr(module, "bootstrap", bootstrap)


@contextmanager
def bare(**options: Any) -> Iterator[Sandbox]:
    """Its children keep `ctypes`, all of `gc`, and our modules, where any code can find them."""
    with pytest.MonkeyPatch.context() as patch:
        insert(patch, forkserver, "from grader.sandbox.child import namespace; namespace.clear = lambda: None")
        sandbox = Sandbox(**options)
        assert sandbox.isolation.level is Level.LOCKED
    with sandbox:
        yield sandbox
