"""Whether the pins take effect, and the message if they do not."""

from __future__ import annotations

import os
import sys

import pytest
import torch

from grader.sandbox.numerics import PINNED_ENVIRONMENT, pin_environment, pin_torch


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment as set before torch loads, on a processor that respects it."""
    for name, value in PINNED_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    return monkeypatch


def test_older_releases_call_the_plain_kernels_otherwise(pinned: pytest.MonkeyPatch) -> None:
    """Up to torch 2.6; their reference gradients have the same bits."""
    pinned.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "NO AVX")
    assert pin_torch().problem is None


@pytest.mark.usefixtures("pinned")
def test_pinned_numerics_have_no_problem() -> None:
    """As the report shows them."""
    numerics = pin_torch()
    assert (numerics.pinned, numerics.problem, numerics.threads) == (True, None, 1)
    assert (numerics.torch, numerics.cpu_capability) == (torch.__version__, "DEFAULT")
    assert numerics.env == PINNED_ENVIRONMENT


def test_other_kernels_are_named(pinned: pytest.MonkeyPatch) -> None:
    """`exact` is not a verdict then."""
    pinned.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    numerics = pin_torch()
    assert not numerics.pinned
    assert str(numerics.problem).startswith("torch uses AVX512 kernels instead of the default ones")


def test_a_variable_that_could_not_be_set_is_named(pinned: pytest.MonkeyPatch) -> None:
    """Once torch is loaded it is too late, and nothing is set."""
    pinned.delenv("MKL_CBWR")
    problem = pin_torch().problem
    assert problem == "MKL_CBWR could not be set before torch loaded: `exact` is only informative here"
    assert "MKL_CBWR" not in os.environ


def test_the_environment_is_pinned_before_torch_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its values were before."""
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "64", "HOME": "/home/me"})
    monkeypatch.delitem(sys.modules, "torch")
    pin_environment()
    assert os.environ == PINNED_ENVIRONMENT | {"HOME": "/home/me"}
