"""A value changed in place and used again: what follows from it, where the call was seen to change an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnosis import sentence
from grader.diagnosis.kinds import Diagnosis, Kind

if TYPE_CHECKING:
    from grader.diagnosis.facts import Facts


def aliased(facts: Facts, found: Diagnosis) -> Diagnosis:
    """The identity found, with its cause where that is an argument changed in place."""
    if not facts.mutated or not _follows(facts, found):
        return found
    changed = sentence.listed(facts.mutated)
    what, _, look = found.message.partition(". ")
    cause = f"Your function changes {changed} in place, and two names for one tensor are one tensor: work on a clone"
    message = ". ".join(part for part in (what, cause, look) if part)
    return Diagnosis(
        Kind.ALIASING, message, {**found.evidence, "specific": str(found.kind), "changed": list(facts.mutated)}
    )


def _follows(facts: Facts, found: Diagnosis) -> bool:
    """Whether it is what a changed argument leads to: a share counted more than once, or a value overwritten."""
    shares = [factor for factor in found.evidence.get("shares", {}).values() if factor != "1"]
    if found.kind is Kind.CONSTANT_FACTOR:
        return found.evidence.get("factor") == "2" or shares == ["2"]
    if found.kind is Kind.DOUBLED_PATH:
        return True
    if len(shares) > 1:
        return len(set(shares)) == 1 and shares[0] not in ("0", "-1")
    values = {name for name in facts.mutated if name in facts.probe.numbers.values}
    return bool(values) and found.kind is Kind.WRONG_INDEX
