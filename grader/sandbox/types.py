"""The results of running a learner's code: plain values, the only things that leave the sandbox.

Nothing here imports torch. The server's child and the grader share these definitions and no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.cleaning import TEXT_LIMIT

if TYPE_CHECKING:
    import torch

    from grader.sandbox.limits import Level

CUT: Final = f"[output truncated: the limit is {TEXT_LIMIT:,} characters per call]"
"""The last line of a call's output, if it was truncated."""


class SandboxError(Exception):
    """An internal error of the sandbox: stops the run with exit code 3 and never produces a grade."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How well a learner's code is isolated on this machine: the level, the locks in effect, and what is missing."""

    level: Level
    locks: tuple[str, ...]
    missing: tuple[str, ...]
    selftest: dict[str, str] = field(default_factory=dict)
    backstops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a learner's function, as written in the syntax tree."""

    name: str
    kind: str
    """`positional_only`, `positional`, `keyword_only`, `var_positional` or `var_keyword`."""
    has_default: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule violation: its location, the rule, and the message for the learner (which leaves out the location)."""

    file: str
    line: int
    rule: str
    message: str


MOST_OWN_LINES: Final = 40
"""The most statements of a function that are reported, if all are."""
MOST_IN_LINE: Final = 20
"""The most names or numbers of one kind in such a statement."""
LONGEST_OWN_LINE: Final = 100
"""The most characters that are shown of a statement."""
LONGEST_OWN_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One statement of an answer's function: what a diagnosis needs to find the one that it is about."""

    number: int
    """Its first line."""
    text: str
    """On one line, cut after `LONGEST_OWN_LINE` characters."""
    assigns: tuple[str, ...] = ()
    """The names that it assigns, or whose values it may change."""
    reads: tuple[str, ...] = ()
    bent: tuple[str, ...] = ()
    """Of these, the ones inside a function that is not linear: relu, abs, clamp, a comparison, a power."""
    operands: tuple[float, ...] = ()
    """The numbers that are added, multiplied, assigned, ...; `1/32` also counts as 0.03125. None has a sign."""
    exponents: tuple[float, ...] = ()
    arguments: tuple[float, ...] = ()
    """Numbers in calls, indices and comparisons."""
    computes: bool = False
    """Whether it does more than give or return names, as `x, w = cache` and `return dx` do."""


@dataclass(frozen=True, slots=True)
class Function:
    """A learner's top-level function `d<variable>`."""

    name: str
    file: str
    line: int
    end_line: int
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...] = ()
    """The violations that affect this function: its own, and those in the names it uses."""
    begins: int = 0
    """The line of its first decorator; `line` if it has none."""
    unreturned: str = ""
    """What to say if a call returns None although the function was begun; empty for a stub, which was not."""
    borrowed: tuple[str, ...] = ()
    """Names that it reads and that are neither its parameters nor assigned in it: modules, helpers, missing parameters.
    """
    code: tuple[OwnLine, ...] = ()
    """The statements of an answer, in order; none if there are too many, or if the exercise is not known."""

    @property
    def begun(self) -> bool:
        """Whether its body is more than a stub."""
        return bool(self.unreturned)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the locked child found in a submission before running any of it."""

    file: str
    functions: dict[str, Function]
    findings: tuple[Finding, ...] = ()
    problem: str | None = None
    """Set if nothing could be read (syntax error, broken archive, ...): one sentence with file and line."""
    line: int | None = None
    notes: tuple[str, ...] = ()
    """What was read and what was not: which file, which of several attempts, which lines were skipped, ..."""
    asides: tuple[str, ...] = ()
    """For the instructor alone: finite differences, hand-written dual numbers, ..."""
    source: str = ""
    """The code as text if it was assembled from a notebook or from flat lines, otherwise empty."""
    lost: dict[str, str] = field(default_factory=dict)
    """Answers in a cell that could not be read -> why not, with cell and line."""
    surveys: tuple[Survey, ...] = ()
    """The answers in each file of the submission, most promising first."""
    form: str = ""
    """Set if no answer is begun, but there is a backward pass in a form that is not graded: a sentence says which."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The answers in one file of a submission."""

    file: str
    begun: tuple[str, ...] = ()
    """The answers with work in them."""
    stubs: tuple[str, ...] = ()
    """The answers that are still as they were handed out."""
    flat: bool = False
    """Whether it is a notebook, or made of lines outside functions."""
    computed: tuple[str, ...] = ()
    """What lines outside functions assign, where the exercise is not known."""
    functions: tuple[str, ...] = ()
    """Other functions and methods (`Linear.forward`) with work in them, where the exercise is not known: a layer's may
    have any name.
    """
    empty: tuple[str, ...] = ()
    """Those that are still as they were handed out."""
    arrays: tuple[str, ...] = ()
    """Of numpy and torch those that it imports, where the exercise is not known."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a class's archive, extracted in the child."""

    name: str
    """Its path in the archive; empty for a problem with the whole archive."""
    content: bytes = b""
    problem: str | None = None
    """Why it was not extracted."""


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """What an exercise allows beyond the built-in lists, and whether the rules apply at all."""

    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    enabled: bool = True
    function: bool = False
    """Whether a `torch.autograd.Function` may be written."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a course calls a function: `affine_backward(dout, cache) -> dx, dw, db`, by position."""

    name: str
    """`Linear.forward` if it is a static method."""
    parameters: tuple[str, ...]
    returns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passes:
    """The calls of a layer, one after the other in the child; what one returns the next can be given."""

    backward: Signature
    forward: Signature | None = None
    style: str = "functions"
    """`functions`, `object` or `autograd`."""
    arrays: str = "torch"
    """`torch` or `numpy`."""
    given: dict[str, Any] = field(default_factory=dict)
    """Further arguments; a string, also inside a dict, that is the name of a value stands for that."""
    make: Signature | None = None
    """Of an object: how it is made."""
    sets: dict[str, str] = field(default_factory=dict)
    """Of an object: the path of an attribute, such as `params['weight']` -> the value that it is set to."""
    reads: dict[str, str] = field(default_factory=dict)
    """Of an object: the path of an attribute -> what it holds after the backward pass."""
    scale: dict[str, str] = field(default_factory=dict)
    """What is returned -> the factor beside the vector-Jacobian product, such as `1/m`."""

    @property
    def calls(self) -> tuple[Signature, ...]:
        """In order."""
        return (self.backward,) if self.forward is None else (self.forward, self.backward)

    @property
    def returned(self) -> tuple[str, ...]:
        """Everything that has a name in the end."""
        return (*(name for call in self.calls for name in call.returns), *self.reads.values())

    @property
    def taken(self) -> tuple[str, ...]:
        """The names of all that the functions are given, and that no earlier one has returned."""
        found, returned = dict.fromkeys(self.sets.values()), set[str]()
        for call in filter(None, (self.make, *self.calls)):
            found |= dict.fromkeys(name for name in call.parameters if name not in returned)
            returned |= {*call.returns}
        inner = [each for value in self.given.values() if isinstance(value, dict) for each in value.values()]
        return (*found, *(each for each in inner if isinstance(each, str) and each not in found))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for in a submission: the functions that an exercise grades, and the names of its forward pass."""

    exercise: str
    answers: tuple[str, ...]
    """The functions to grade: `dlogits`, ...; `gradients` in a training exercise."""
    returns: tuple[str, ...]
    """The gradients that a single function returns together, in order; empty if each has its own."""
    parameters: tuple[str, ...]
    """The inputs of the forward pass."""
    lines: tuple[str, ...]
    """The lines of the forward pass, each one assignment."""
    sizes: dict[str, int]
    """The sizes of the given case, by name; a function may ask for each."""
    synonyms: dict[str, str]
    """Other names for values and sizes -> the exercise's own: `batch_size` -> `n`."""
    part: int | None = None
    """The number of the exercise in a notebook that has several, as in `# Exercise 2`."""
    others: tuple[str, ...] = ()
    """The names of the other exercises: a folder of such a name holds work on that one."""
    passes: Passes | None = None
    """The functions of a layer; None if every answer is a function of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one call of a learner's function."""

    seconds: float = 0.0
    printed: str = ""
    """What the call printed: at most 2 KB, control characters removed."""
    function: str = ""
    """Which function of a layer it is about; empty if there is only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Outcome):
    """It returned dense CPU tensors: one, unless the question asked for several."""

    tensors: tuple[torch.Tensor, ...]
    mutated: tuple[str, ...] = ()
    """Parameters whose tensors the call changed in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several(Outcome):
    """The passes of a layer ended: an outcome for each value that was asked for."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStarted(Outcome):
    """It raised NotImplementedError or returned None."""

    how: str
    line: int | None = None


ONLY_NONE: Final = "returned only None"
"""How a layer's function that returns several values was not started."""


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
    expected: str = "a tensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(Outcome):
    """It did not return within the limit and was killed."""

    limit: float
    whole_submission: bool = False
    """Whether the time limit of the whole submission ran out, not that of this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed(Outcome):
    """Its process died or had to be killed."""

    reason: str
    """`memory`, `signal`, `exit`, `syscall`, `protocol` or `too_often` (no further child is started)."""
    detail: str
    """A sentence fragment: `signal 11 (segmentation fault)`, `exit code 0`, ..."""


NOT_TOLD = "no details are shown, because hidden cases were run before this"


def wordless(outcome: Outcome) -> Outcome:
    """Strip an outcome of everything that the learner's code could have chosen: text, line, name and time.

    Used once a child has seen hidden values, since any of these could carry a message about them.
    """
    if isinstance(outcome, Returned):
        return Returned(tensors=outcome.tensors)
    if isinstance(outcome, Several):
        return Several(outcomes=tuple(map(wordless, outcome.outcomes)))
    if isinstance(outcome, NotStarted):
        return NotStarted(how="returned None or raised NotImplementedError")
    if isinstance(outcome, Raised):
        return Raised(kind="an exception", message=NOT_TOLD)
    if isinstance(outcome, WrongType):
        return WrongType(description=f"something else ({NOT_TOLD})")
    if isinstance(outcome, Killed) and outcome.reason in ("exit", "signal", "protocol"):
        outcome = replace(outcome, detail=f"unexpectedly ({NOT_TOLD})")
    return replace(outcome, seconds=0.0)


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
    """Number of tensors expected; more than one means a tuple or list of exactly that many."""
    max_bytes: int = 1 << 20
    """The most bytes of tensor data that an answer may have."""
    shape: tuple[int, ...] | None = None
    """The shape of a correct answer, if known. Answers in other shapes share a limited amount of memory."""
    hidden: bool = False
    """Whether it holds values that the learner must not see: from then on, no text from the child is passed on."""
    wanted: tuple[str, ...] = ()
    """Of a layer: the values that are asked for, by the names in its signatures; `function` is then of no account."""
    beside: str = ""
    """Of a layer: the values of a second pass whose forward function is called before this one's backward function,
    which is then called twice: there are two outcomes for each value."""
