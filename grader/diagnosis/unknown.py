"""Explanations without an identity: unused upstream gradients, how far off an answer is, or the verdict itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnosis.explanations import Explanation, explanation
from grader.diagnosis.kinds import Kind
from grader.sandbox.types import Returned
from grader.verdict.evidence import Ask, Verdict

if TYPE_CHECKING:
    from grader.exercise.case import Cases
    from grader.sandbox.types import Outcome
    from grader.verdict.evidence import Evidence, Judgment

NEARLY = 1e-3
"""An error below this fraction of the terms comes from a small constant, not from the form of a formula: wrong epsilons
in the lecture's network give 8e-8 to 2e-5. 1e-4 would change three messages of the catalogues, 1e-2 none."""


def unused(evidence: Evidence, cases: Cases) -> Explanation | None:
    """Upstream gradients that are parameters, where the answer depends on none; beside others, one may be unneeded."""
    if evidence.depends_on:
        return None
    ignored = [name for name in evidence.upstream if name not in evidence.depends_on and name != "loss"]
    exercise, variable = cases.exercise, evidence.variable
    asked = exercise.downstream(variable) if exercise.kind == "layer" else exercise.children(variable)
    direct = tuple(name for name in ignored if name in asked)
    if not direct or not _is_something(evidence.get(Ask.RANDOM, cases.number(cases.probe))):
        return None
    return explanation(Kind.UPSTREAM_UNUSED, "ignored", ignored=direct, depends_on=tuple(evidence.depends_on))


def _is_something(outcome: Outcome | None) -> bool:
    """Whether an answer is neither empty nor zero everywhere: only then does it show what it depends on."""
    return isinstance(outcome, Returned) and any(bool(tensor.any()) for tensor in outcome.tensors)


def unknown(evidence: Evidence, judgment: Judgment, cases: Cases) -> Explanation:
    """What is known when no identity holds: how far off and where."""
    errors = [case.score for case in judgment.cases if case.score is not None]
    not_finite = judgment.verdict is Verdict.NON_FINITE
    worst = None if judgment.worst is None or not_finite else judgment.worst[0]
    return explanation(
        Kind.UNKNOWN,
        "unknown",
        tested=True,
        relative_error=max(errors, default=None),
        nearly=bool(errors) and max(errors) < NEARLY,
        cases=judgment.cases,
        passed=[evidence.passes(*pair) for pair in zip(cases, judgment.cases, strict=True)] if errors else [],
        worst_index=worst,
        not_finite=not_finite,
    )


def by_verdict(evidence: Evidence, judgment: Judgment) -> Explanation | None:
    """What a verdict says that already says what is wrong; None for any other."""
    problem = judgment.problem
    if judgment.verdict is Verdict.WRONG_DTYPE:
        return explanation(Kind.WRONG_DTYPE, "wrong_dtype", problem=problem, dtype=judgment.dtype)
    if judgment.verdict is Verdict.UNTESTABLE:
        got = evidence.tensor(Ask.RANDOM)
        kind = Kind.ZEROS if got is not None and not bool(got.any()) else Kind.NULL_GRADIENT
        return explanation(kind, "untestable", problem=problem, null=True)
    return None
