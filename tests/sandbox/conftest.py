"""One server for the whole session, since starting one imports torch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from bare import bare

from grader.sandbox.client import Sandbox
from grader.sandbox.limits import Level
from grader.sandbox.types import Outcome, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch

    from grader.sandbox.host.session import Session

TIMEOUT = 1.5
BUDGET = 30.0


def question(function: str, **given: torch.Tensor | float) -> Question:
    """A question whose arguments are all sent with it."""
    return Question(function, given=given)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The fork server, with the rules off: the tests are about the sandbox itself."""
    if sys.platform != "linux":
        pytest.skip("the fork server needs Linux")
    with Sandbox(timeout=TIMEOUT, submission_timeout=BUDGET, rules=False) as running:
        yield running


@pytest.fixture(scope="session")
def ruled() -> Iterator[Sandbox]:
    """The same with the rules on."""
    with Sandbox(timeout=TIMEOUT, submission_timeout=BUDGET) as running:
        yield running


@pytest.fixture(scope="session")
def bared() -> Iterator[Sandbox]:
    """The same with every name still within reach."""
    with bare(timeout=TIMEOUT, submission_timeout=BUDGET, rules=False) as running:
        yield running


@pytest.fixture(scope="session")
def portable() -> Iterator[Sandbox]:
    """The back end of macOS and Windows."""
    with Sandbox(force=Level.PROCESS, timeout=TIMEOUT, submission_timeout=BUDGET, rules=False) as running:
        yield running


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[[str], Session]]:
    """Open a source text; whatever was opened is closed at the end."""
    sessions: list[Session] = []

    def open_source(source: str) -> Session:
        sessions.append(sandbox.open({"backward.py": source.encode()}))
        return sessions[-1]

    yield open_source
    for session in sessions:
        session.close()


@pytest.fixture
def ask(opened: Callable[[str], Session]) -> Callable[..., Outcome]:
    """The outcome of one call of one function: `ask(source, "dx", x=tensor)`."""

    def ask_one(source: str, function: str, **given: torch.Tensor | float) -> Outcome:
        [outcome] = opened(source).ask([question(function, **given)])
        return outcome

    return ask_one
