"""A self-test for releases of torch that the tests have not seen: one worked gradient, and three attacks on autograd.

The locks do not depend on torch, and are tested whenever a server starts. What does are the numbers that a child
returns, and autograd, which must be closed in it by every name and below all names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from grader.sandbox.host.session import Session
from grader.sandbox.limits import Limits
from grader.sandbox.numerics import TESTED_TORCH
from grader.sandbox.types import NotStarted, Question, Raised, Returned, RulesConfig, SandboxError, WrongType

if TYPE_CHECKING:
    from grader.sandbox.protocol.processes import Backend
    from grader.sandbox.types import Outcome

LIMITS: Final = Limits(10.0, 30.0, 35)
NO_RULES: Final = RulesConfig(enabled=False)

# y = tanh(x @ W); x (4, 3), W (3, 5), dy (4, 5)
SUBMISSION: Final = b'''
import torch

base = torch.Tensor.__base__


def dx(dy, x, W):
    return (dy * (1 - torch.tanh(x @ W) ** 2)) @ W.T


def dgraph(dy, x, W):
    """Record a graph, and walk it from below the names that are closed."""
    base.requires_grad.__set__(x, True)
    return base.grad_fn.__get__(torch.tanh(x @ W))(dy) @ W.T


def dkernel(dy, x, W):
    """Call the kernel that computes the derivative."""
    return torch.ops.aten.tanh_backward(dy, torch.tanh(x @ W)) @ W.T


def dtransform(dy, x, W):
    """Transform the function."""
    return torch.func.vjp(lambda x: torch.tanh(x @ W), x)[1](dy)[0]
'''
WORKED: Final = "dx"
ATTACKS: Final = {
    "dgraph": "a learner's code can record a graph and run backward over it",
    "dkernel": "a learner's code can call the kernels that compute derivatives",
    "dtransform": "a learner's code can differentiate a function with torch.func",
}


def is_tested() -> bool:
    """Whether the tests have seen this release of torch, whose local label (`+cpu`) makes no difference."""
    return torch.__version__.partition("+")[0] in TESTED_TORCH


def check(backend: Backend) -> None:
    """Ask for the worked gradient and make the attacks, in a child of their own.

    Raises:
        SandboxError: this release of torch cannot be used; what went wrong, and what to install.
    """
    fault = _fault(backend)
    if fault is not None:
        raise SandboxError(
            f"torch {torch.__version__} was not tested with this release of grade, and a self-test says that it cannot "
            f"be used: {fault}. Install a release that was tested: {', '.join(TESTED_TORCH)}"
        )


def _fault(backend: Backend) -> str | None:
    generator = torch.Generator().manual_seed(0)
    sizes = {"dy": (4, 5), "x": (4, 3), "W": (3, 5)}
    given = {name: torch.randn(size, generator=generator, dtype=torch.float64) for name, size in sizes.items()}
    x = given["x"].clone().requires_grad_()
    [right] = torch.autograd.grad(torch.tanh(x @ given["W"]), x, given["dy"])
    with Session(backend, {"backward.py": SUBMISSION}, NO_RULES, None, LIMITS) as session:
        questions = [Question(each, given=given, dtype="float64") for each in (WORKED, *ATTACKS)]
        worked, *attacked = session.ask(questions)
    if not _equals(worked, right):
        return f"a correct gradient is not accepted ({_seen(worked)})"
    return next((text for text, each in zip(ATTACKS.values(), attacked, strict=True) if _equals(each, right)), None)


def _equals(outcome: Outcome, right: torch.Tensor) -> bool:
    if not isinstance(outcome, Returned):
        return False
    [found] = outcome.tensors
    return found.dtype == right.dtype and found.shape == right.shape and torch.allclose(found, right, rtol=1e-9)


def _seen(outcome: Outcome) -> str:
    match outcome:
        case Returned():
            return "its value differs from autograd's"
        case Raised(kind=kind, message=message):
            return f"{kind}: {message}"
        case NotStarted() | WrongType():
            return "it returned no tensor"
        case _:
            return "its process was stopped"
