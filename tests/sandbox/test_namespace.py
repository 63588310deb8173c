"""The names within reach of a learner's code, and where they lead."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.child.namespace import builtins_for
from grader.sandbox.types import NotStarted, Outcome, Question, Raised, Returned, RulesConfig, WrongType
from tests.sandbox.test_rules import HONEST, HONEST_FILES, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session

FRAMES = """
import sys
def dx(x):
    frame, seen = sys._getframe(), []
    while frame is not None:
        seen.append((frame.f_globals["__name__"], sorted(frame.f_locals)))
        frame = frame.f_back
    raise ValueError(seen)
"""


def test_the_two_frames_beneath_a_learners_hold_nothing(ask: Callable[..., Outcome]) -> None:
    """The driver's, and that of the program that started it."""
    outcome = ask(FRAMES, "dx", x=torch.ones(1))
    assert isinstance(outcome, Raised)
    beneath = outcome.message.split("), (")[1:]
    assert len(beneath) == 2
    assert beneath[0].endswith("['act', 'result', 'steps']")
    assert beneath[1].startswith("'__main__'")
    assert "main'" not in beneath[1].replace("'__main__'", "")


LOOKED = """
import gc, sys
seen = []
def look():
    frame = sys._getframe(1)
    while frame is not None:
        seen.append(str(frame.f_globals["__name__"]))
        frame = frame.f_back
class Error(ValueError):
    def __getattribute__(self, name):
        look()
        return super().__getattribute__(name)
    def __str__(self):
        look()
        return "looked"
class Left:
    def __del__(self): look()
class Called:
    @property
    def __code__(self): look()
    def __call__(self, x): return x
dcalled = Called()
def draises(x): raise Error()
def dleaves(x):
    for _ in range(50000):
        left = Left()
        left.me = left
    x.left = Left()
    return x.left
def dtells(x): raise ValueError(sorted(set(seen)))
"""


@pytest.mark.parametrize("function", ["dcalled", "draises", "dleaves"])
def test_no_learners_code_runs_above_a_frame_of_the_grader(opened: Callable[[str], Session], function: str) -> None:
    """Not through an attribute, a message, or an object's finalizer."""
    session = opened(LOOKED)
    *_, told = session.ask([Question(each, given={"x": torch.ones(1)}) for each in (function, "dtells", "dtells")])
    assert isinstance(told, Raised)
    assert "grader.sandbox.child.calls" not in told.message, told
    assert set(re.findall(r"'([\w.]+)'", told.message)) <= {"backward", "grader.sandbox.child.drive", "__main__"}


GONE = {
    "the types of ctypes": "[each for each in object.__subclasses__() if each.__module__ == '_ctypes'].__getitem__(0)",
    "those that torch imports": "import torch.xpu; torch.xpu.c_double",
    "our classes": "[each for each in object.__subclasses__() if each.__module__.startswith('grader')].__getitem__(0)",
    "our modules": "import grader.sandbox.child.child",
    "ctypes": "import ctypes",
    "what ctypes stands on": "import _ctypes",
    "all objects": "import gc; gc.get_objects()",
    "a module of the interpreter's cache": "import _imp; _imp.create_dynamic",
    "an audit hook": "import sys; sys.addaudithook(print)",
    "what holds an object": "import gc; gc.get_referrers(x)",
    "what an object holds": "import gc; gc.get_referents(x)",
    "gc made anew": "import sys; del sys.modules['gc']; import gc; gc.get_objects()",
}


@pytest.mark.parametrize("what", GONE)
def test_nothing_leads_to_the_state_of_a_child(ask: Callable[..., Outcome], what: str) -> None:
    """With the rules off."""
    outcome = ask(f"def dx(x):\n    {GONE[what]}\n    return x\n", "dx", x=torch.ones(1))
    assert isinstance(outcome, Raised)
    assert outcome.kind in {"ModuleNotFoundError", "AttributeError", "IndexError"}


def test_collecting_garbage_is_still_allowed(ask: Callable[..., Outcome]) -> None:
    """It is a habit from long notebooks."""
    body = "import gc\n    gc.collect(); gc.disable(); gc.enable()\n    return x"
    assert isinstance(ask(f"def dx(x):\n    {body}\n", "dx", x=torch.ones(1)), Returned)


def test_builtins_that_the_rules_refuse_are_missing() -> None:
    """Also from the dictionary, for code that gets hold of it."""
    kept = builtins_for(RulesConfig())
    assert not {"eval", "exec", "compile", "open", "globals", "vars", "locals", "input", "breakpoint"} & kept.keys()
    assert {"print", "range", "super", "__build_class__", "len", "sum"} <= kept.keys()
    assert "eval" in builtins_for(RulesConfig(names=("eval",)))


@pytest.mark.parametrize("name", ["__globals__", "_C", "sys", "gi_frame", "f_back", type("Text", (str,), {})("T")])
def test_getattr_reads_nothing_private(name: str) -> None:
    """However the name was put together."""
    with pytest.raises(AttributeError, match="by a computed name"):
        builtins_for(RulesConfig())["getattr"](torch.ones(1), name, None)


def test_getattr_reads_public_names() -> None:
    """`getattr(x, "T")` is `x.T`, and defaults work."""
    read = builtins_for(RulesConfig())["getattr"]
    assert read(torch.ones(2, 3), "T").shape == (3, 2)
    assert read(1, "T", None) is None


def test_only_what_the_rules_allow_can_be_imported() -> None:
    """A module, a module in a package, and what an exercise allows."""
    of = builtins_for(RulesConfig(imports=("json",)))["__import__"]
    assert of("torch.nn.functional") is torch
    assert of("torch.nn.functional", None, None, ("relu",)) is torch.nn.functional
    assert of("json").__name__ == "json"
    for name in ("os", "sys", "grader", "torch._decomp"):
        with pytest.raises(ImportError, match="cannot be imported here"):
            of(name)


def test_an_import_from_builtins_changes_nothing() -> None:
    """A line left over from Python 2: `from builtins import range`."""
    plain = builtins_for(RulesConfig())["__import__"]("builtins", None, None, ("range",))
    assert plain.range is range
    assert not any(hasattr(plain, name) for name in ("eval", "open", "__import__", "getattr_static"))


HONEST_CODE = {line: body(line) for line in HONEST} | {name: dedent(file) for name, file in HONEST_FILES.items()}


@pytest.mark.parametrize("name", HONEST_CODE)
def test_honest_code_misses_no_name(ruled: Sandbox, name: str) -> None:
    """Whatever else such lines do with these values: no name is missing, no import is refused."""
    given = {"x": torch.ones(3, 3), "y": torch.ones(3, 3), "Xb": torch.ones(3, 2).long(), "demb": torch.ones(3, 2, 10)}
    source = HONEST_CODE[name]
    with ruled.open({"backward.py": source.encode()}) as session:
        asked = {each.name for each in session.reading.functions["dx"].parameters}
        values = {key: value for key, value in (given | {"C": torch.ones(27, 10), "n": 3}).items() if key in asked}
        [outcome] = session.ask([Question("dx", given=values)])
    assert isinstance(outcome, Returned | NotStarted | WrongType) or outcome.kind in ARITHMETIC, outcome


ARITHMETIC = {"RuntimeError", "IndexError", "TypeError", "ValueError", "AssertionError", "_LinAlgError"}
"""The results of shapes that do not fit: one set of values is used for all lines."""


def test_nothing_leads_from_a_guard_to_the_graders_names() -> None:
    """Its globals are only what it needs."""
    guards = builtins_for(RulesConfig())
    for name in ("getattr", "setattr", "delattr", "__import__"):
        assert not {"sys", "builtins", "builtins_for"} & guards[name].__globals__.keys()
        assert guards[name].__globals__["__builtins__"].keys() == {"AttributeError", "ImportError", "str", "type"}
