"""A submission's life: loading, questions in one frame, children that die and are replaced, time budgets."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.sandbox.client import Sandbox
from grader.sandbox.types import (
    Killed,
    Outcome,
    Question,
    Raised,
    Returned,
    RulesConfig,
    SandboxError,
    TimedOut,
    WrongType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.host.session import Session

HEAD = "import os, sys, time, torch\n"
DIES = "def ddies(x):\n    os._exit(3)\n"
FINE = "def dfine(x):\n    return x + 1\n"


def about_x(*functions: str, **options: Any) -> list[Question]:
    """Questions about the pool's x."""
    return [Question(function, values="c", from_values=("x",), **options) for function in functions]


def with_pool(session: Session) -> Session:
    """Register a pool with this x."""
    session.pool("c", {"x": torch.ones(2)})
    return session


def kinds(outcomes: Any) -> list[str]:
    """Class names, in order."""
    return [type(outcome).__name__ for outcome in outcomes]


def test_questions_in_one_frame_are_answered_in_order(opened: Callable[[str], Session]) -> None:
    """Even if some of them fail."""
    session = with_pool(opened(HEAD + FINE + "def dstub(x):\n    raise NotImplementedError\n"))
    assert kinds(session.ask(about_x("dfine", "dstub", "dfine"))) == ["Returned", "NotStarted", "Returned"]
    assert session.kills == 0


def test_a_child_that_dies_costs_only_the_fatal_question(opened: Callable[[str], Session]) -> None:
    """Later questions go to a fresh child; the fatal one is not asked again."""
    session = with_pool(opened(HEAD + FINE + DIES))
    outcomes = list(session.ask(about_x("dfine", "ddies", "dfine", "ddies", "dfine")))
    assert kinds(outcomes) == ["Returned", "Killed", "Returned", "Killed", "Returned"]
    assert session.kills == 2


def test_a_fresh_child_is_sent_the_pools_again(opened: Callable[[str], Session]) -> None:
    """The caller sends them once."""
    session = with_pool(opened(HEAD + FINE + DIES))
    session.pool("unused", {"x": torch.zeros(1)})
    assert kinds(session.ask(about_x("ddies"))) == ["Killed"]
    [outcome] = session.ask(about_x("dfine"))
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].tolist() == [2.0, 2.0]


def test_a_pool_can_be_replaced(opened: Callable[[str], Session]) -> None:
    """The next question sees the new values."""
    session = with_pool(opened(HEAD + FINE))
    assert kinds(session.ask(about_x("dfine"))) == ["Returned"]
    session.pool("c", {"x": torch.zeros(1)})
    [outcome] = session.ask(about_x("dfine"))
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].tolist() == [1.0]


def test_numbers_and_given_tensors_arrive_unchanged(opened: Callable[[str], Session]) -> None:
    """Ints stay ints, floats floats; given values take precedence over the pool."""
    session = opened(HEAD + "def d(n, p, x):\n    return x * n + p if type(n) is int and type(p) is float else None\n")
    session.pool("c", {"n": 3, "p": 0.5, "x": torch.ones(1)})
    given = {"x": torch.full((2,), 2.0)}
    [outcome] = session.ask([Question("d", values="c", from_values=("n", "p", "x"), given=given)])
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].tolist() == [6.5, 6.5]


def test_after_eight_deaths_no_further_child_is_started(opened: Callable[[str], Session]) -> None:
    """A file with 26 dying functions costs eight children."""
    session = with_pool(opened(HEAD + DIES))
    outcomes = list(session.ask(about_x(*["ddies"] * 12)))
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Killed)] == ["exit"] * 8 + ["too_often"] * 4
    assert session.kills == 8


@pytest.mark.parametrize("line", ["1 / 0", "assert False", "cmp('dx', dx, x)", "raise SystemExit(0)", "print(nope)"])
def test_a_line_that_fails_is_skipped_with_a_note(opened: Callable[[str], Session], line: str) -> None:
    """What is defined before it and after it is not affected."""
    session = with_pool(opened(HEAD + FINE + f"{line}\n" + FINE.replace("dfine", "dafter")))
    assert session.load() is None
    [note] = session.skipped
    assert note.startswith("backward.py:4: skipped: ")
    assert kinds(session.ask(about_x("dfine", "dafter"))) == ["Returned"] * 2


def test_a_failed_line_costs_only_the_functions_that_need_it(opened: Callable[[str], Session]) -> None:
    """They say which line it was."""
    needs = "def dneeds(x):\n    return x * scale\n@nothing\ndef dless(x):\n    return x\n"
    session = with_pool(opened(HEAD + "scale = 1 / 0\n" + needs + FINE))
    fine, needing, less = session.ask(about_x("dfine", "dneeds", "dless"))
    assert isinstance(fine, Returned)
    assert isinstance(needing, Raised)
    assert (needing.kind, needing.line) == ("NameError", 4)
    assert needing.message.endswith(": line 2, which makes it, raised ZeroDivisionError: division by zero")
    assert isinstance(less, Raised)
    assert (less.kind, less.message, less.line) == ("NameError", "name 'nothing' is not defined", 5)


def test_what_ran_before_a_failure_inside_a_block_is_kept(opened: Callable[[str], Session]) -> None:
    """`if True:` and `try` around definitions."""
    source = "try:\n    def dfirst(x):\n        return x\n    1 / 0\nfinally:\n    pass\n"
    session = with_pool(opened(HEAD + source + "if True:\n    def dsecond(x):\n        return x\n"))
    assert kinds(session.ask(about_x("dfirst", "dsecond"))) == ["Returned"] * 2


def test_loading_a_module_without_error_returns_none(opened: Callable[[str], Session]) -> None:
    """And it keeps its state for all questions."""
    session = with_pool(opened(HEAD + "state = []\ndef d(x):\n    state.append(1)\n    return x * len(state)\n"))
    assert session.load() is None
    outcomes = list(session.ask(about_x("d", "d")))
    assert [outcome.tensors[0][0].item() for outcome in outcomes if isinstance(outcome, Returned)] == [1.0, 2.0]


def test_an_endless_loop_at_import_times_out_once(opened: Callable[[str], Session]) -> None:
    """Not once per function."""
    session = with_pool(opened(HEAD + FINE + "while True: pass\n"))
    outcomes = list(session.ask(about_x("dfine", "dfine")))
    assert [isinstance(outcome, TimedOut) for outcome in outcomes] == [True, True]
    assert session.kills == 1


def test_an_exit_at_import_is_not_success(opened: Callable[[str], Session]) -> None:
    """By `os._exit`; SystemExit is an exception like others."""
    outcome = opened(HEAD + FINE + "os._exit(0)\n").load()
    assert isinstance(outcome, Killed)
    assert outcome.detail == "exit code 0"


def test_a_stub_at_module_level_is_skipped(opened: Callable[[str], Session]) -> None:
    """NotImplementedError means `not started` only inside a function."""
    session = opened(HEAD + "raise NotImplementedError\n")
    assert session.load() is None
    assert session.skipped == ("backward.py:2: skipped: raised NotImplementedError",)


def test_the_deadline_restarts_with_every_answer(opened: Callable[[str], Session]) -> None:
    """Three calls of 0.8 s do not exceed a time limit of 1.5 s."""
    session = with_pool(opened(HEAD + "def d(x):\n    time.sleep(0.8)\n    return x\n"))
    assert kinds(session.ask(about_x("d", "d", "d"))) == ["Returned"] * 3


@pytest.mark.slow
def test_a_submission_has_its_own_time_budget() -> None:
    """Whatever is unanswered by then has timed out as a whole."""
    source = HEAD + "def d(x):\n    time.sleep(60)\n    return x\n"
    with (
        Sandbox(timeout=0.5, submission_timeout=1.2, rules=False) as sandbox,
        sandbox.open({"backward.py": source.encode()}) as session,
    ):
        outcomes = list(with_pool(session).ask(about_x(*["d"] * 5)))
    whole = [outcome.whole_submission for outcome in outcomes if isinstance(outcome, TimedOut)]
    assert whole == [False, False, True, True, True]
    assert session.seconds < 2


def test_unfetched_answers_are_never_taken_for_later_ones(opened: Callable[[str], Session]) -> None:
    """Dropping a round costs the child, not a wrong outcome."""
    session = with_pool(opened(HEAD + FINE + "def dother(x):\n    return x * 10\n"))
    first = session.ask(about_x("dfine", "dfine", "dfine"))
    next(first)
    [outcome] = session.ask(about_x("dother"))
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].tolist() == [10.0, 10.0]
    with pytest.raises(SandboxError, match="dropped when others were asked"):
        next(first)


def test_asking_nothing_answers_nothing(opened: Callable[[str], Session]) -> None:
    """No frame is sent for it."""
    assert list(opened(HEAD).ask([])) == []


def test_a_file_that_cannot_be_read_answers_every_question_with_its_problem(
    opened: Callable[[str], Session],
) -> None:
    """No child is kept for it."""
    session = opened("def d(:\n")
    assert session.reading.problem is not None
    [outcome] = session.ask([Question("d")])
    assert isinstance(outcome, Raised)
    assert outcome.message == session.reading.problem
    assert isinstance(session.load(), Raised)


def test_a_crash_after_the_answer_is_not_blamed_on_the_next_question(opened: Callable[[str], Session]) -> None:
    """The child is found dead before the question is sent, and replaced."""
    bomb = "class Bomb:\n    def __del__(self): os._exit(1)\n"
    source = f"{HEAD}{bomb}def dbomb(x):\n    global kept\n    kept = Bomb()\n    return x\n{FINE}"
    source += "def dlight(x):\n    globals().pop('kept', None)\n    return x\n"
    session = with_pool(opened(source))
    assert kinds(session.ask(about_x("dbomb"))) == ["Returned"]
    assert kinds(session.ask(about_x("dlight", "dfine"))) == ["Killed", "Returned"]


def test_values_that_cannot_be_sent_are_refused(opened: Callable[[str], Session]) -> None:
    """A mistake in the grader is an exception, not an outcome."""
    session = opened(HEAD + FINE)
    with pytest.raises(TypeError, match="cannot send a list to a child"):
        session.pool("c", {"x": [1.0]})  # type: ignore[dict-item]


FORGED = {
    "a frame of another question": "os.write(4, b'\\x15\\0\\0\\0' + bytes(16) + b'C' + bytes(4))",
    "a frame of four gigabytes": "os.write(4, b'\\xff\\xff\\xff\\xff')",
    "half a frame": "os.write(4, b'\\x15')\n    os._exit(0)",
    "noise": "os.write(4, bytes(range(256)) * 16)",
    "a frame that is too short": "os.write(4, bytes(64))",
}


@pytest.mark.parametrize("what", FORGED)
def test_forged_frames_cost_only_their_own_question(opened: Callable[[str], Session], what: str) -> None:
    """Any violation of the protocol kills the child; the next function is graded."""
    session = with_pool(opened(f"{HEAD}def d(x):\n    {FORGED[what]}\n    return x\n{FINE}"))
    first, second = session.ask(about_x("d", "dfine"))
    assert isinstance(first, Killed)
    assert isinstance(second, Returned)


def test_an_unrequested_answer_is_found_before_the_next_question(bared: Sandbox) -> None:
    """Code may answer its own question twice; the second answer is never taken for another's."""
    forge = """
def dforge(x):
    import gc
    [asked] = [each for each in gc.get_objects() if type(each).__name__ == "Asked"]
    body = bytes([3, 0, 0, 0, 4, 0, 0, 0, 0, 0]) + b"?" + bytes(1) + b"a" + bytes(1)
    os.write(4, bytes([17 + len(body), 0, 0, 0]) + asked.nonce + b"C" + body)
    return x
"""
    with bared.open({"backward.py": (HEAD + FINE + forge).encode()}) as session:
        [first] = with_pool(session).ask(about_x("dforge"))
        time.sleep(0.1)
        [second] = session.ask(about_x("dfine"))
    assert isinstance(first, WrongType)
    assert isinstance(second, Returned)
    assert session.kills == 1


def test_an_answer_that_trickles_in_is_late(opened: Callable[[str], Session]) -> None:
    """One deadline applies to the whole frame."""
    drip = "for _ in range(100):\n        os.write(4, b'\\x20')\n        time.sleep(0.2)"
    session = with_pool(opened(f"{HEAD}def d(x):\n    os.write(4, b'\\x40\\0\\0\\0')\n    {drip}\n{FINE}"))
    first, second = session.ask(about_x("d", "dfine"))
    assert isinstance(first, TimedOut)
    assert isinstance(second, Returned)


def test_sessions_can_be_open_side_by_side(opened: Callable[[str], Session]) -> None:
    """Each has its own child."""
    one, other = (with_pool(opened(f"{HEAD}def d(x):\n    return x * {k}\n")) for k in (2, 3))
    answers = [*other.ask(about_x("d")), *one.ask(about_x("d"))]
    assert [answer.tensors[0][0].item() for answer in answers if isinstance(answer, Returned)] == [3.0, 2.0]


def test_rules_reach_the_reading(sandbox: Sandbox) -> None:
    """With `rules=False` there are no findings, whatever the exercise says."""
    with sandbox.open({"backward.py": b"import os\ndef d(x): return x\n"}, RulesConfig()) as session:
        assert session.reading.findings == ()


@pytest.mark.slow
def test_a_dead_server_is_an_internal_error_and_the_next_opening_starts_another() -> None:
    """Never a grade, never a hang."""
    with Sandbox(rules=False, timeout=5) as sandbox:
        session = sandbox.open({"backward.py": (HEAD + FINE).encode()})
        os.kill(sandbox._backend.pid, signal.SIGKILL)  # type: ignore[union-attr]
        time.sleep(0.3)  # its children die with it
        with pytest.raises(SandboxError, match=r"server is gone \(signal 9\)"):
            list(with_pool(session).ask(about_x("dfine")))
        session.close()
        with sandbox.open({"backward.py": (HEAD + FINE).encode()}) as other:
            assert kinds(with_pool(other).ask(about_x("dfine"))) == ["Returned"]


@pytest.mark.slow
def test_a_closed_sandbox_says_so() -> None:
    """Instead of starting another server behind the caller's back."""
    sandbox = Sandbox()
    sandbox.close()
    with pytest.raises(SandboxError, match="this sandbox is closed"):
        sandbox.open({"backward.py": b""})


def test_a_result_is_bit_equal_to_that_of_the_same_code_here(opened: Callable[[str], Session]) -> None:
    """Copies have the same alignment, kernels are the same."""
    generator = torch.Generator().manual_seed(3)
    a, b = (torch.randn(33, 33, generator=generator) for _ in range(2))
    source = HEAD + "def d(a, b):\n    return (a @ b).tanh().sum(0) / (b.exp() * a).var(1, keepdim=True)\n"
    session = opened(source)
    [outcome] = session.ask([Question("d", given={"a": a, "b": b})])
    assert isinstance(outcome, Returned)
    assert torch.equal(outcome.tensors[0], (a @ b).tanh().sum(0) / (b.exp() * a).var(1, keepdim=True))


def test_outcomes_carry_their_seconds(ask: Callable[..., Outcome]) -> None:
    """Measured by the grader."""
    outcome = ask(HEAD + "def d(x):\n    time.sleep(0.2)\n    return x\n", "d", x=torch.ones(1))
    assert 0.1 < outcome.seconds < 1.4


TALKS = """
held = []
def dsees(x):
    held.append(x.tolist())
    return x
def draises(x):
    raise type("E" + str(held), (Exception,), {})(str(held))
def dstub(x):
    raise NotImplementedError(str(held))
def dprints(x):
    print(held)
    x += 1
    return x
def dodd(x):
    return type("T" + str(held), (), {})()
def dexits(x):
    os._exit(int(held[0][0]) if held else 0)
"""
TALKING = ("draises", "dstub", "dprints", "dodd", "dexits")


@pytest.mark.parametrize("function", TALKING)
def test_no_text_of_a_child_is_passed_on_after_hidden_values(opened: Callable[[str], Session], function: str) -> None:
    """Neither a message nor a class name, a line, output, a changed parameter, an exit code or a time."""
    session = opened(HEAD + TALKS)
    session.pool("c", {"x": torch.full((2,), 42.0)})
    [_, said] = session.ask([*about_x("dsees", hidden=True), *about_x(function)])
    plain = opened(HEAD + TALKS)
    plain.pool("c", {"x": torch.full((2,), 42.0)})
    [_, heard] = plain.ask([*about_x("dsees"), *about_x(function)])
    assert "42" in repr(replace(heard, seconds=0.0)) or getattr(heard, "mutated", ())
    assert type(said) is type(heard)
    assert said.seconds == 0.0
    assert "42" not in repr(replace(said, tensors=()) if isinstance(said, Returned) else said)
    assert (getattr(said, "mutated", ()), getattr(said, "line", None)) == ((), None)


def test_no_text_is_passed_on_from_a_file_that_could_read_hidden_values(opened: Callable[[str], Session]) -> None:
    """They are in the pipe when a fresh child runs the file, which could read them there and raise what it read."""
    source = "@print\ndef dlost(x):\n    return x\nraise ValueError('read from the pipe')\n"
    session = with_pool(opened(HEAD + source.replace("@print", "@pipe")))
    [said] = session.ask(about_x("dlost", hidden=True))
    assert isinstance(said, Raised)
    assert (said.kind, said.line, "pipe" in said.message) == ("an exception", None, False)
    assert session.skipped == ()


def test_text_of_a_fresh_child_is_passed_on_again(opened: Callable[[str], Session]) -> None:
    """It has been sent no hidden values."""
    session = with_pool(opened(HEAD + TALKS + DIES))
    list(session.ask([*about_x("dsees", hidden=True), *about_x("ddies")]))
    [said] = session.ask(about_x("draises"))
    assert isinstance(said, Raised)
    assert (said.kind, said.message) == ("E[]", "[]")
