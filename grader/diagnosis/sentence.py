"""The sentence for the learner: what the answer is, which forward line says otherwise, what to look at.

It names what is wrong and where to look; it never prints the right line.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.diagnosis.kinds import Diagnosis, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.diagnosis.facts import Facts
    from grader.exercise.forward import Line


def place(line: Line) -> str:
    """A forward line as people refer to it."""
    return f"forward.py line {line.number}"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def named(kind: Kind, message: str, facts: Facts, **evidence: Any) -> Diagnosis:
    """A diagnosis that rests on an identity, with the facts that every such has."""
    known = {
        "verified_cases": len(facts.views),
        "random_upstream": not facts.true_cotangents,
        "lines": [line.number for line in facts.lines],
    }
    if facts.narrow:
        known["float32"] = True
    return Diagnosis(kind, message, {**known, **evidence})


def readers(facts: Facts) -> str:
    """Which lines read the variable: `counts is read by probs (forward.py line 68)`."""
    found = [f"{listed(line.outputs)} ({place(line)})" for line in facts.lines]
    return f"{facts.variable} is read by {listed(found)}"


LONGEST = 10_000
"""No fraction with larger numbers is told as one."""


def at_your_sizes(facts: Facts, factor: str) -> str:
    """What a factor that is named by sizes comes to on the learner's own minibatch: ` (1/32 at your sizes)`."""
    given = facts.given.case
    if _is_number(factor) or given.sizes != facts.given_sizes:
        return ""
    value = float(eval(factor, {"__builtins__": {}}, given.graph.values))  # noqa: S307 an expression of ours
    near = Fraction(value).limit_denominator(LONGEST)
    close = near and abs(float(near) - value) <= 1e-9 * abs(value)
    return f" ({near if close else format(value, '.4g')} at your sizes)"


def besides(facts: Facts, factor: str) -> str:
    """A factor beside another mistake, at the end of a clause."""
    if factor in ("1", "-1"):
        return "" if factor == "1" else ", and the sign is turned"
    return f", and it is {factor} times as large{at_your_sizes(facts, factor)}"


def _is_number(factor: str) -> bool:
    try:
        Fraction(factor)
    except ValueError:
        return False
    return True


def zeros(facts: Facts, *, null: bool) -> Diagnosis:
    """Nothing but zeros."""
    if null:
        children = listed(f"d{child}" for child in facts.exercise.children(facts.variable))
        cancels = "The true one is zero too, but only because its terms cancel"
        why = f"{cancels}. Derive it from {children}, then it can be tested"
    else:
        why = f"But the loss depends on {facts.variable}: {readers(facts)}"
    return named(Kind.ZEROS, f"your {facts.name} is zero everywhere. {why}", facts, null=null)


def keepdim(facts: Facts, factor: str) -> Diagnosis:
    """Only dimensions of size 1 differ."""
    view = facts.probe
    more = view.got.dim() > view.expected.dim()
    besides = f"{factor}{at_your_sizes(facts, factor)}"
    right = (
        "the numbers in your {} are right" if factor == "1" else "your {} is right but for a factor {} and its shape"
    )
    have, want = view.got.dim(), view.expected.dim()
    if not want:
        remedy = f"{facts.variable} is one number, and your result a list or row of one: no brackets, or .squeeze() it"
    elif more:
        remedy = (
            f"{facts.variable} has {want} dimension{'s' * (want != 1)} and your result {have}: do without keepdim=True"
        )
    else:
        remedy = (
            f"{facts.variable} keeps a dimension of size 1 that your result has lost: sum(..., keepdim=True) keeps it"
        )
    return named(Kind.KEEPDIM, f"{right.format(facts.name, besides)}; {remedy}", facts, factor=factor)


def global_factor(facts: Facts, factor: str) -> Diagnosis:
    """One factor for every element."""
    if factor == "-1":
        message = (
            f"your {facts.name} is the right gradient with the opposite sign. Look for a minus: {lines_say(facts)}"
        )
        return named(Kind.SIGN, message, facts, factor=factor)
    kind = Kind.SIGN if factor.startswith("-1*") else Kind.CONSTANT_FACTOR
    what = f"your {facts.name} is {factor} times the right gradient{at_your_sizes(facts, factor)}, on every case"
    return named(kind, f"{what}. {_factor_hint(factor)}: {lines_say(facts)}", facts, factor=factor)


def _factor_hint(factor: str) -> str:
    if not _is_number(factor):
        return "Count what is averaged, and what is only added up"
    return "Look for a number that should, or should not, be there"


def lines_say(facts: Facts) -> str:
    """Where the variable goes."""
    found = [f"{facts.variable} goes into {listed(line.outputs)} at {place(line)}" for line in facts.lines]
    return listed(found)


def whole(facts: Facts, kind: Kind, what: str, look: str, **evidence: Any) -> Diagnosis:
    """An identity between the whole answer and the whole gradient."""
    return named(kind, f"your {facts.name} {what}. {look}", facts, **evidence)
