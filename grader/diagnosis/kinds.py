"""The closed list of what a diagnosis can say, with a sentence for each; a diagnosis, and the identity behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a wrong gradient turned out to be."""

    NOT_SUMMED = "not_summed"
    KEEPDIM = "keepdim"
    SUMMED_TOO_FAR = "summed_too_far"
    NOT_EXPANDED = "not_expanded"
    TRANSPOSED = "transposed"
    PERMUTED = "permuted"
    WRONG_AXIS = "wrong_axis"
    SIGN = "sign"
    CONSTANT_FACTOR = "constant_factor"
    ZEROS = "zeros"
    MISSING_PATH = "missing_path"
    DOUBLED_PATH = "doubled_path"
    NEGATED_PATH = "negated_path"
    WRONG_PATH = "wrong_path"
    UPSTREAM_UNUSED = "upstream_unused"
    UPSTREAM_ONLY = "upstream_only"
    OTHER_GRADIENT = "other_gradient"
    WRONG_OPERAND = "wrong_operand"
    WRONG_POWER = "wrong_power"
    WRONG_EPSILON = "wrong_epsilon"
    WRONG_INDEX = "wrong_index"
    REPEATED_INDEX = "repeated_index"
    HARD_CODED = "hard_coded"
    NOT_LINEAR = "not_linear"
    WRONG_DTYPE = "wrong_dtype"
    ALIASING = "aliasing"
    SOFTMAX_JACOBIAN = "softmax_jacobian"
    FUSED_TERM = "fused_term"
    NULL_GRADIENT = "null_gradient"
    FLOAT32_PINNED = "float32_pinned"
    UNKNOWN = "unknown"


SENTENCES: dict[Kind, str] = {
    Kind.NOT_SUMMED: "a value was broadcast forward, and its gradients have not been summed backward",
    Kind.KEEPDIM: "the numbers are right; a dimension of size 1 is missing or is one too many",
    Kind.SUMMED_TOO_FAR: "more was summed than the forward pass had broadcast",
    Kind.NOT_EXPANDED: "a sum forward is a broadcast backward: the result has not been spread over what was summed",
    Kind.TRANSPOSED: "a matrix is turned that should not be, or the other way round",
    Kind.PERMUTED: "the right numbers in another order",
    Kind.WRONG_AXIS: "a sum, a mean or a maximum goes along another dimension than in the forward pass",
    Kind.SIGN: "a minus too many or too few",
    Kind.CONSTANT_FACTOR: "right but for a factor that is the same for every element",
    Kind.ZEROS: "nothing but zeros, where the gradient is not zero",
    Kind.MISSING_PATH: "a line of the forward pass reads the variable, and its share of the gradient is missing",
    Kind.DOUBLED_PATH: "one line's share of the gradient is counted twice",
    Kind.NEGATED_PATH: "one line's share of the gradient has the wrong sign",
    Kind.WRONG_PATH: "all shares but one are right; that one is something else",
    Kind.UPSTREAM_UNUSED: "the upstream gradient is not multiplied in: a derivative without the chain rule",
    Kind.UPSTREAM_ONLY: "the upstream gradient is handed on, and the line's own derivative is left out",
    Kind.OTHER_GRADIENT: "the gradient of another variable, or made from the gradient of another variable",
    Kind.WRONG_OPERAND: "the right formula with another value, or another operation, in one place",
    Kind.WRONG_POWER: "the right formula with another power of a value",
    Kind.WRONG_EPSILON: "the right formula with another small constant, or without it",
    Kind.WRONG_INDEX: "the gradient goes to, or comes from, other places than the forward pass read",
    Kind.REPEATED_INDEX: "where a row was read more than once, gradients overwrite each other instead of adding up",
    Kind.HARD_CODED: "right on the given problem only: a size or a value is typed, or something is kept between calls",
    Kind.NOT_LINEAR: "not linear in an upstream gradient: a relu, abs, clamp or threshold of the gradient itself",
    Kind.WRONG_DTYPE: "the numbers have another type than the variable",
    Kind.ALIASING: "a value was changed in place and then used as if it had not been",
    Kind.SOFTMAX_JACOBIAN: "every output of a softmax depends on every input of its row, and a part of that is missing",
    Kind.FUSED_TERM: "one term of a formula for several lines at once is missing, or has another factor",
    Kind.NULL_GRADIENT: "the true gradient is zero up to rounding; a tiny answer proves nothing",
    Kind.FLOAT32_PINNED: "a mistake that computing in float32 hides",
    Kind.UNKNOWN: "no identity holds; what is known is where it is worst and by how much",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a gradient: a kind of the closed list, the sentence for the learner, the facts behind it."""

    kind: Kind
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The diagnosis as the report has it."""
        return {"kind": str(self.kind), "message": self.message, "evidence": self.evidence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What holds on every case: the words for it in parts, and the facts, on which decisions rest.

    `sentences.told` makes a diagnosis of it when nothing is left to decide.
    """

    kind: Kind
    what: str
    """What the answer is."""
    look: str = ""
    """Where to look."""
    cause: str = ""
    """What it comes from, where that is known; it is said between the two."""
    remark: str = ""
    """What is said at the end."""

    # The facts, in the order in which the report has them as evidence; None for what does not apply.
    null: bool | None = None
    """Whether the true gradient is zero for this loss."""
    other: str | None = None
    """The variable whose gradient it is."""
    sibling: str | None = None
    """The value of the same line that a share belongs to."""
    dims: list[int] | None = None
    """The dimensions to sum over."""
    shares: dict[str, str] | None = None
    """How often each share is counted."""
    powers: dict[str, float] | None = None
    """The forward values it is multiplied by, with their powers."""
    change: str | None = None
    """The one thing that is different."""
    path: list[str] | None = None
    """The share that is different: the variables it comes through."""
    closed_form: str | None = None
    factor: str | None = None
    """What the answer, or the share, is multiplied by besides."""
    one_share: bool | None = None
    """Whether only one of several shares is different."""
    fused: bool | None = None
    """Whether it is about a term of a formula for several lines."""
    specific: str | None = None
    """The kind before a cause, or the size of the difference, gave it another one."""
    changed: list[str] | None = None
    """The parameters changed in place."""

    @property
    def plain(self) -> bool:
        """Whether there is no factor besides, a sign apart."""
        return self.factor in (None, "1", "-1")

    @property
    def facts(self) -> dict[str, Any]:
        """What applies, by name."""
        named = ((f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _WORDS)
        return {name: value for name, value in named if value is not None}


_WORDS = ("kind", "what", "look", "cause", "remark")
