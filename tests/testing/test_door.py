"""`import grader.testing`: its names, and what is loaded for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import grader.testing

NAMES = [
    "Comparison",
    "Gradient",
    "WrongGradients",
    "check_backward",
    "check_gradients",
    "compare_backward",
    "compare_gradients",
]


def run(code: str, *options: str) -> str:
    """What a new process prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_it_loads_no_torch() -> None:
    assert run("import grader.testing, sys; print('torch' in sys.modules)") == "False"


@pytest.mark.slow
def test_importing_everything_from_it_warns_of_nothing() -> None:
    assert run("from grader.testing import *; print(check_backward.__name__)", "-W", "error") == "check_backward"


def test_dir_lists_the_public_names() -> None:
    assert dir(grader.testing) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there(name: str) -> None:
    assert getattr(grader.testing, name).__doc__


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'grader\.testing' has no attribute 'check_forward'"):
        grader.testing.check_forward  # type: ignore[attr-defined]  # noqa: B018


def test_both_doors_have_the_same_parameters() -> None:
    import inspect

    for one, other in (("check_backward", "compare_backward"), ("check_gradients", "compare_gradients")):
        signatures = [inspect.signature(getattr(grader.testing, name)).parameters for name in (one, other)]
        assert [*signatures[0].items()] == [*signatures[1].items()]
