"""The closed list of kinds with a description of each, and a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is wrong with a gradient."""

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
    Kind.NOT_SUMMED: "the forward pass broadcasts a value, but its gradient is not summed",
    Kind.KEEPDIM: "the values are right, but a dimension of size 1 is missing or extra",
    Kind.SUMMED_TOO_FAR: "the gradient is summed over more than the forward pass broadcast",
    Kind.NOT_EXPANDED: "the forward pass sums, but the gradient is not broadcast back over what was summed",
    Kind.TRANSPOSED: "a matrix is transposed that should not be, or the other way round",
    Kind.PERMUTED: "the right values in the wrong order",
    Kind.WRONG_AXIS: "a sum, mean or maximum runs over a different dimension than in the forward pass",
    Kind.SIGN: "a minus sign is missing or extra",
    Kind.CONSTANT_FACTOR: "right except for a factor that is the same for every element",
    Kind.ZEROS: "zero everywhere, although the gradient is not zero",
    Kind.MISSING_PATH: "a forward line uses the variable, but its contribution to the gradient is missing",
    Kind.DOUBLED_PATH: "one line's contribution to the gradient is counted twice",
    Kind.NEGATED_PATH: "one line's contribution to the gradient has the wrong sign",
    Kind.WRONG_PATH: "one line's contribution is wrong in some other way; the rest are right",
    Kind.UPSTREAM_UNUSED: "the upstream gradient is never used: a derivative without the chain rule",
    Kind.UPSTREAM_ONLY: "the upstream gradient is passed on without the line's own derivative",
    Kind.OTHER_GRADIENT: "the gradient of another variable, or computed from the gradient of another variable",
    Kind.WRONG_OPERAND: "the right formula with a wrong value or operation in one place",
    Kind.WRONG_POWER: "the right formula with a value raised to the wrong power",
    Kind.WRONG_EPSILON: "the right formula with a small constant that is wrong, missing or extra",
    Kind.WRONG_INDEX: "the gradient goes to, or comes from, different positions than the forward pass read",
    Kind.REPEATED_INDEX: "where a row was read more than once, gradients overwrite each other instead of adding up",
    Kind.HARD_CODED: "right on the given case only: a size or value is hard-coded, or state is kept between calls",
    Kind.NOT_LINEAR: "not linear in an upstream gradient: products or quotients of it, or a relu, abs or clamp of it",
    Kind.WRONG_DTYPE: "the gradient has a different dtype than the variable",
    Kind.ALIASING: "a value was changed in place and then used as if it had not been",
    Kind.SOFTMAX_JACOBIAN: "every output of a softmax depends on every input of its row, and part of that is missing",
    Kind.FUSED_TERM: "one term of a formula that covers several lines is missing or has the wrong factor",
    Kind.NULL_GRADIENT: "the true gradient is zero up to rounding, so a tiny value proves nothing",
    Kind.FLOAT32_PINNED: "a mistake hidden by computing in float32",
    Kind.UNKNOWN: "no known mistake fits; the message says where the gradient is furthest off and by how much",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a gradient: its kind, the message for the learner, and the evidence."""

    kind: Kind
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The diagnosis as it appears in the JSON report."""
        return {"kind": str(self.kind), "message": self.message, "evidence": self.evidence}
