"""The self-test for releases of torch that the tests have not seen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

import pytest
import torch

from grader.sandbox import untested
from grader.sandbox.numerics import TESTED_TORCH
from grader.sandbox.types import Killed, NotStarted, Raised, Returned, SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox.client import Sandbox
    from grader.sandbox.types import Outcome, Question

SIZES = {"dy": (4, 5), "x": (4, 3), "W": (3, 5)}


def right(questions: list[Question]) -> torch.Tensor:
    """The gradient that a question asks for, from autograd."""
    x, W, dy = (questions[0].given[name] for name in ("x", "W", "dy"))
    x = x.clone().requires_grad_()
    return torch.autograd.grad(torch.tanh(x @ W), x, dy)[0]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | None]:
    """The self-test's error, if a sandbox gives these outcomes; each is an outcome, or whether it is the gradient."""

    def check(*outcomes: Outcome | bool) -> str | None:
        class Pretend:
            def __init__(self, *_: object) -> None: ...
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None: ...
            def ask(self, questions: list[Question]) -> Iterator[Outcome]:
                value = right(questions)
                for each in outcomes:
                    yield Returned(tensors=(value * each,)) if isinstance(each, bool) else each

        monkeypatch.setattr(untested, "Session", Pretend)
        try:
            untested.check(None)  # type: ignore[arg-type]
        except SandboxError as error:
            return str(error)
        return None

    return check


REFUSED = Raised(kind="AutogradClosedError", message="closed")


def test_a_release_passes_whose_attacks_are_all_refused(asked: Callable[..., str | None]) -> None:
    """However they end, if not with the gradient."""
    assert asked(True, REFUSED, Killed(reason="signal", detail="signal 11"), False) is None


@pytest.mark.parametrize("which", range(3))
def test_an_attack_that_gets_the_gradient_is_named(asked: Callable[..., str | None], which: int) -> None:
    """With the releases that can be installed instead."""
    told = asked(True, *(each == which or REFUSED for each in range(3)))
    assert told is not None
    assert list(untested.ATTACKS.values())[which] in told
    assert told.startswith(f"torch {torch.__version__} was not tested with this release of grade")
    assert told.endswith(f"Install a release that was tested: {', '.join(TESTED_TORCH)}")


@pytest.mark.parametrize(
    ("worked", "why"),
    [
        (False, "its value differs from autograd's"),
        (Returned(tensors=(torch.ones(4, 3),)), "its value differs from autograd's"),
        (Returned(tensors=(torch.ones(7, dtype=torch.float64),)), "its value differs from autograd's"),
        (Raised(kind="RuntimeError", message="no kernel"), "RuntimeError: no kernel"),
        (NotStarted(how="returned None"), "it returned no tensor"),
        (Killed(reason="syscall", detail="a system call"), "its process was stopped"),
    ],
)
def test_a_correct_gradient_that_is_not_accepted_is_told(
    asked: Callable[..., str | None], worked: Outcome | bool, why: str
) -> None:
    """Every verdict would be wrong."""
    assert f"a correct gradient is not accepted ({why})" in str(asked(worked, REFUSED, REFUSED, REFUSED))


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name == "dtransform" else [])  # torch loads much for it
        for name in (untested.WORKED, *untested.ATTACKS)
    ],
)
def test_each_function_computes_the_gradient_where_autograd_is_open(function: str) -> None:
    """An attack that would fail anywhere shows nothing."""
    names: dict[str, Any] = {}
    exec(untested.SUBMISSION, names)
    given = {name: torch.randn(size, dtype=torch.float64) for name, size in SIZES.items()}
    expected = given["x"].clone().requires_grad_()
    [dx] = torch.autograd.grad(torch.tanh(expected @ given["W"]), expected, given["dy"])
    assert torch.allclose(names[function](**given), dx)


def test_releases_are_compared_without_their_local_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build for CPUs is the same release."""
    monkeypatch.setattr(torch, "__version__", f"{TESTED_TORCH[-1]}+cpu")
    assert untested.is_tested()
    monkeypatch.setattr(torch, "__version__", "2.99.0")
    assert not untested.is_tested()


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")
class TestFirstUse:
    """In a real sandbox."""

    def test_a_release_that_was_tested_is_not_tried(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """It costs nothing."""
        monkeypatch.setattr(sandbox, "_tried", None)
        monkeypatch.setattr(untested, "check", lambda _: pytest.fail("tried"))
        assert sandbox.try_torch() is False

    def test_another_passes_on_this_machine(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """Once for each sandbox, before the first submission."""
        monkeypatch.setattr(sandbox, "_tried", None)
        monkeypatch.setattr(untested, "is_tested", lambda: False)
        with sandbox.open({"backward.py": b"def dx(dy):\n    return dy\n"}):
            assert sandbox._tried is True

    def test_one_that_fails_runs_no_submission(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also not on a second attempt."""
        monkeypatch.setattr(sandbox, "_tried", None)
        monkeypatch.setattr(untested, "is_tested", lambda: False)
        monkeypatch.setattr(untested, "WORKED", "dkernel")
        for _ in range(2):
            with pytest.raises(SandboxError, match="a correct gradient is not accepted"):
                sandbox.open({"backward.py": b"def dx(dy):\n    return dy\n"})
