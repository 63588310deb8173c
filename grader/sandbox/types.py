"""What a learner's code came to: plain values, the only things that cross the wall.

Nothing here imports torch: the server's child and the grader share these definitions and no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.cleaning import TEXT_LIMIT

if TYPE_CHECKING:
    import torch

    from grader.sandbox.limits import Level

CUT: Final = f"[cut here: no more than {TEXT_LIMIT:,} characters of what one call prints are kept]"
"""The last line of what a call printed, where it was cut."""


class SandboxError(Exception):
    """A fault of the sandbox itself: stops the run, exit code 3, never a grade."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What holds a learner's code on this machine."""

    level: Level
    locks: tuple[str, ...]
    missing: tuple[str, ...]
    selftest: dict[str, str] = field(default_factory=dict)
    backstops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a learner's function, as its syntax tree has it."""

    name: str
    kind: str
    """`positional_only`, `positional`, `keyword_only`, `var_positional` or `var_keyword`."""
    has_default: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken: where, which, and the sentence for the learner (ends without the place)."""

    file: str
    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Function:
    """A learner's top-level function `d<variable>`."""

    name: str
    file: str
    line: int
    end_line: int
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...] = ()
    """The broken rules that this function rests on: its own, and those of the names it uses."""
    begins: int = 0
    """Where its first decorator stands; `line` where it has none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the locked child read off a submission before it ran a line of it."""

    file: str
    functions: dict[str, Function]
    findings: tuple[Finding, ...] = ()
    problem: str | None = None
    """Set when nothing could be read (syntax error, broken archive, ...): one sentence with file and line."""
    line: int | None = None
    notes: tuple[str, ...] = ()
    """For the instructor: finite differences, hand-written dual numbers, ..."""
    source: str = ""
    """The code as text, where it was put together from a notebook or from flat lines."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a class's archive, taken out in the child."""

    name: str
    """Its path there; empty for what is said of the whole archive."""
    content: bytes = b""
    problem: str | None = None
    """Why it was not taken out."""


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """What an exercise allows beyond the built-in lists, and whether the rules are read at all."""

    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one call of a learner's function came to."""

    seconds: float = 0.0
    printed: str = ""
    """What the call printed: at most 2 KB, control characters removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Outcome):
    """It returned dense CPU tensors (one, unless the question asked for several)."""

    tensors: tuple[torch.Tensor, ...]
    mutated: tuple[str, ...] = ()
    """Parameters whose tensors the call changed in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStarted(Outcome):
    """It raised NotImplementedError or returned None."""

    how: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised(Outcome):
    """It raised an exception."""

    kind: str
    message: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongType(Outcome):
    """It returned something that is not a dense CPU tensor."""

    description: str
    """`a float`, `a sparse tensor`, `a tuple of 2`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(Outcome):
    """It did not answer within the limit and was killed."""

    limit: float
    whole_submission: bool = False
    """Whether the submission's own budget ran out, not this call's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed(Outcome):
    """Its process died or had to be killed."""

    reason: str
    """`memory`, `signal`, `exit`, `syscall`, `protocol` or `too_often` (no further child is started)."""
    detail: str
    """A sentence fragment: `signal 11 (segmentation fault)`, `exit code 0`, ..."""


NOT_TOLD = "more is not told, as hidden cases were asked before"


def wordless(outcome: Outcome) -> Outcome:
    """An outcome without anything that a learner may have chosen: no text, no line, no name, no time.

    Of a child that has seen hidden values: all of it could be a message about them.
    """
    outcome = replace(outcome, seconds=0.0)
    if isinstance(outcome, Returned):
        return replace(outcome, printed="", mutated=())
    if isinstance(outcome, NotStarted):
        return NotStarted(how="returned None or raised NotImplementedError")
    if isinstance(outcome, Raised):
        return Raised(kind="an exception", message=NOT_TOLD)
    if isinstance(outcome, WrongType):
        return WrongType(description=f"something else ({NOT_TOLD})")
    if isinstance(outcome, Killed) and outcome.reason in ("exit", "signal", "protocol"):
        return replace(outcome, detail=f"by itself ({NOT_TOLD})")
    return outcome


@dataclass(frozen=True, slots=True)
class Question:
    """One call to make in the child.

    Arguments come from a pool of values sent once per child (`values`, `from_values`), or with the question
    (`given`); each call gets fresh, contiguous, detached copies.
    """

    function: str
    values: str = ""
    from_values: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    """name -> torch.Tensor, int or float."""
    dtype: str = "float32"
    """Default dtype during the call: `float32` or `float64`."""
    outputs: int = 1
    """How many tensors are expected; more than one means a tuple or list of exactly that many."""
    max_bytes: int = 1 << 20
    """The most bytes of tensor data that an answer may have."""
    shape: tuple[int, ...] | None = None
    """That of a right answer, where it is known. Answers in other shapes have only so much room in all."""
    hidden: bool = False
    """Whether it holds values that no learner is to see: from then on a child's words are not passed on."""
