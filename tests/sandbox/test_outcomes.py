"""The outcome of one call, on both back ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.types import Killed, NotStarted, Outcome, Question, Raised, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session

SOURCE = """\
import torch

def dtwice(x):
    return x * 2

def dchange(x, y):
    x += 1
    return x * y

def dstub(x):
    raise NotImplementedError

def dmessage(x):
    raise NotImplementedError("later")

def dnothing(x):
    x * 2

def draise(x):
    return x @ torch.zeros(5, 7)

def ddeep(x):
    return (lambda value: value.nosuch)(x)

def dtorch_not_implemented(x):
    return torch.nn.functional.conv2d(x, x, padding="nosuch") if False else torch.nn.Module()(x)

def dloop(x):
    while True:
        pass

def dsignals(x):
    try:
        while True:
            pass
    except BaseException:
        while True:
            pass

def dexit(x):
    raise SystemExit(0)

def dhard_exit(x):
    import os
    os._exit(0)

def dsegfault(x):
    x.untyped_storage().resize_(0)
    return x + 1

def dmemory(x):
    return torch.zeros(30 << 30)

def dpython_memory(x):
    return bytearray(30 << 30)

def dprint(x):
    print("seen", x.shape, "\\x1b[31m" + "\\u202e" + "z" * 10_000)
    return x

def dunprintable(x):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError
    raise Mute

def dlong_message(x):
    raise ValueError("\\x1b[31mred" + "x" * 10_000_000)

def ddefault_dtype(x):
    return torch.tensor([0.5])

def drandom(x):
    import random
    return torch.rand(3) + random.random()

def dgrad_mode(x):
    return torch.tensor([float(torch.is_inference_mode_enabled()), float(x.requires_grad)])

def dposition(x, /, y):
    return x - y

def dlimit(x):
    import sys
    sys.setrecursionlimit(60)
    return x

def drecursion(x):
    return drecursion(x)

def dpatched(x):
    torch.empty = torch.Tensor.contiguous = torch.Tensor.data_ptr = torch.Tensor.detach = None
    return x + 1
"""


@pytest.fixture(scope="module", params=["sandbox", pytest.param("portable", marks=pytest.mark.slow)])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """One child for the whole file; it is replaced when a call kills it."""
    running: Sandbox = request.getfixturevalue(request.param)
    opened = running.open({"backward.py": SOURCE.encode()})
    opened.pool("case", {"x": torch.arange(6.0).view(2, 3), "y": torch.ones(2, 3), "n": 4})
    yield opened
    opened.close()


@pytest.fixture
def call(session: Session) -> Callable[..., Outcome]:
    """Ask one question about the pool's x."""

    def ask_one(function: str, *names: str, dtype: str = "float32") -> Outcome:
        session.kills = 0
        [outcome] = session.ask([Question(function, values="case", from_values=names or ("x",), dtype=dtype)])
        return outcome

    return ask_one


def test_a_tensor_comes_back_bit_for_bit(call: Callable[..., Outcome]) -> None:
    """Values, shape and dtype are what the function returned."""
    outcome = call("dtwice")
    assert isinstance(outcome, Returned)
    [answer] = outcome.tensors
    assert torch.equal(answer, torch.arange(6.0).view(2, 3) * 2)
    assert outcome.mutated == ()


def test_a_parameter_changed_in_place_is_reported_and_the_next_call_gets_a_fresh_one(
    call: Callable[..., Outcome],
) -> None:
    """The pool itself never changes."""
    first, second = call("dchange", "x", "y"), call("dchange", "x", "y")
    assert isinstance(first, Returned)
    assert isinstance(second, Returned)
    assert first.mutated == ("x",)
    assert torch.equal(first.tensors[0], second.tensors[0])


def test_a_stub_is_not_started_and_says_where(call: Callable[..., Outcome]) -> None:
    """NotImplementedError raised by the learner's own line."""
    outcome = call("dstub")
    assert outcome == NotStarted(how="raised NotImplementedError", line=11, seconds=outcome.seconds)


def test_a_stub_with_a_message_keeps_it(call: Callable[..., Outcome]) -> None:
    """The learner's text is shown."""
    outcome = call("dmessage")
    assert isinstance(outcome, NotStarted)
    assert outcome.how == "raised NotImplementedError: later"


def test_a_function_without_return_is_not_started(call: Callable[..., Outcome]) -> None:
    """None is what an unfinished function returns."""
    outcome = call("dnothing")
    assert isinstance(outcome, NotStarted)
    assert outcome.how == "returned None"


def test_an_exception_has_class_message_file_and_line(call: Callable[..., Outcome]) -> None:
    """The innermost line in the learner's file."""
    outcome = call("draise")
    assert isinstance(outcome, Raised)
    assert (outcome.kind, outcome.file, outcome.line) == ("RuntimeError", "backward.py", 20)
    assert outcome.message == "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x7)"


def test_not_implemented_inside_torch_is_an_error_not_a_stub(call: Callable[..., Outcome]) -> None:
    """A module without forward raises the same class, but not on the learner's line."""
    outcome = call("dtorch_not_implemented")
    assert isinstance(outcome, Raised)
    assert outcome.kind == "NotImplementedError"


def test_a_function_that_does_not_exist_is_a_name_error(call: Callable[..., Outcome]) -> None:
    """It may be defined only under some condition."""
    outcome = call("dnowhere")
    assert isinstance(outcome, Raised)
    assert (outcome.kind, outcome.message) == ("NameError", "dnowhere is not defined after the file has run")


@pytest.mark.parametrize("function", ["dloop", "dsignals"])
def test_an_endless_loop_times_out(call: Callable[..., Outcome], function: str) -> None:
    """Whatever it catches."""
    outcome = call(function)
    assert outcome == TimedOut(limit=1.5, seconds=outcome.seconds)
    assert 1.4 < outcome.seconds < 10


def test_system_exit_is_an_exception_like_any_other(call: Callable[..., Outcome]) -> None:
    """It does not end the child."""
    outcome = call("dexit")
    assert isinstance(outcome, Raised)
    assert outcome.kind == "SystemExit"


def test_a_hard_exit_kills_only_the_call(call: Callable[..., Outcome]) -> None:
    """Even exit code 0 is not an answer."""
    outcome = call("dhard_exit")
    assert outcome == Killed(reason="exit", detail="exit code 0", seconds=outcome.seconds)


def test_a_segmentation_fault_is_named(call: Callable[..., Outcome]) -> None:
    """The signal and its meaning."""
    outcome = call("dsegfault")
    assert outcome == Killed(reason="signal", detail="signal 11 (segmentation fault)", seconds=outcome.seconds)


@pytest.mark.parametrize("function", ["dmemory", "dpython_memory"])
def test_too_much_memory_is_a_memory_error(call: Callable[..., Outcome], function: str) -> None:
    """torch raises a RuntimeError; here it is a MemoryError."""
    outcome = call(function)
    assert isinstance(outcome, Raised)
    assert outcome.kind == "MemoryError"


def test_output_is_truncated_and_cleaned(call: Callable[..., Outcome]) -> None:
    """No control or bidi character reaches a terminal."""
    outcome = call("dprint")
    assert isinstance(outcome, Returned)
    assert outcome.printed.startswith("seen torch.Size([2, 3]) [31mzzz")
    assert len(outcome.printed) <= 2048


def test_an_exception_that_cannot_be_shown_is_still_an_exception(call: Callable[..., Outcome]) -> None:
    """Its __str__ raises."""
    outcome = call("dunprintable")
    assert isinstance(outcome, Raised)
    assert (outcome.kind, outcome.message) == ("Mute", "(its message cannot be shown)")


def test_a_message_of_10_mb_is_truncated(call: Callable[..., Outcome]) -> None:
    """To 2 KB, without its escape sequences."""
    outcome = call("dlong_message")
    assert isinstance(outcome, Raised)
    assert outcome.message.startswith("[31mredxxx")
    assert len(outcome.message) <= 2048


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_default_dtype_is_the_questions(call: Callable[..., Outcome], dtype: str) -> None:
    """So that `torch.zeros(3)` fits the case."""
    outcome = call("ddefault_dtype", dtype=dtype)
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].dtype is getattr(torch, dtype)


def test_random_numbers_are_the_same_in_every_call(call: Callable[..., Outcome]) -> None:
    """From torch's generator and from Python's."""
    first, second = call("drandom"), call("drandom")
    assert isinstance(first, Returned)
    assert isinstance(second, Returned)
    assert torch.equal(first.tensors[0], second.tensors[0])


def test_calls_run_in_inference_mode_on_detached_tensors(call: Callable[..., Outcome]) -> None:
    """There is no graph for autograd to use."""
    outcome = call("dgrad_mode")
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].tolist() == [1.0, 0.0]


def test_positional_only_parameters_are_passed_by_position(call: Callable[..., Outcome]) -> None:
    """Their names are still known."""
    outcome = call("dposition", "x", "y")
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].sum() == 9


def test_a_changed_recursion_limit_does_not_outlive_its_call(call: Callable[..., Outcome]) -> None:
    """It affects neither the answer nor the next call."""
    assert isinstance(call("dlimit"), Returned)
    assert isinstance(call("dtwice"), Returned)


def test_endless_recursion_is_an_exception(call: Callable[..., Outcome]) -> None:
    """With the learner's line."""
    outcome = call("drecursion")
    assert isinstance(outcome, Raised)
    assert outcome.kind == "RecursionError"
    assert outcome.line is not None


def test_a_patched_torch_does_not_affect_the_encoding(call: Callable[..., Outcome]) -> None:
    """What the child uses was bound before."""
    outcome = call("dpatched")
    assert isinstance(outcome, Returned)
    assert torch.equal(outcome.tensors[0], torch.arange(6.0).view(2, 3) + 1)
