"""Puts an identity into words: the last step before a diagnosis."""

from __future__ import annotations

import ast
import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.diagnosis.formula import has_gradient
from grader.diagnosis.kinds import Diagnosis, Identity, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.diagnosis.candidates.changed_lines import ChangedLines
    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.search import Match, Ratio
    from grader.exercise.forward import Line


def told(facts: Facts, found: Identity) -> Diagnosis:
    """The diagnosis for an identity: its message and its evidence."""
    known: dict[str, Any] = {
        "verified_cases": len(facts.views),
        "random_upstream": not facts.true_cotangents,
        "lines": [line.number for line in facts.exercise.lines_about(facts.variable)],
    }
    if facts.narrow:
        known["float32"] = True
    parts = (found.what, found.cause, found.look, found.remark)
    return Diagnosis(found.kind, ". ".join(part for part in parts if part), {**known, **found.facts})


# phrases that many sentences share


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def written(changed: ChangedLines) -> str:
    """Lines that are written otherwise."""
    return listed(f"`{line.text}` as line {line.number}" for line in changed.lines)


def instead(facts: Facts, changed: ChangedLines) -> str:
    """What these lines are in forward.py."""
    numbers = {line.number for line in changed.lines}
    lines = [line for line in facts.exercise.lines if line.number in numbers]
    return f"In forward.py, {listed(f'line {line.number} is `{line.text}`' for line in lines)}"


def place(line: Line) -> str:
    """How a sentence refers to a forward line."""
    return f"forward.py line {line.number}"


def readers(facts: Facts) -> str:
    """Which lines use the variable: `counts is used in probs (forward.py line 68)`."""
    found = [f"{listed(line.outputs)} ({place(line)})" for line in facts.lines]
    return f"{facts.variable} is used in {listed(found)}"


LARGEST_DENOMINATOR = 10_000
"""A number is written as a fraction if its denominator is at most this, otherwise in decimals."""


def at_your_sizes(facts: Facts, factor: str) -> str:
    """The value of a factor made of sizes, on the given case: ` (1/32 at your sizes)`; empty for a plain number."""
    given = facts.given.case
    if _is_number(factor) or given.sizes != facts.given_sizes:
        return ""
    value = float(eval(factor, {"__builtins__": {}}, given.graph.values))  # noqa: S307 an expression from factors.py
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    close = near and abs(float(near) - value) <= 1e-9 * abs(value)
    return f" ({near if close else format(value, '.4g')} at your sizes)"


def besides(facts: Facts, factor: str) -> str:
    """The end of a clause for a factor on top of another mistake."""
    if factor in ("1", "-1"):
        return "" if factor == "1" else ", with the sign flipped"
    return f", with an extra factor of {factor}{at_your_sizes(facts, factor)}"


def _is_number(factor: str) -> bool:
    try:
        Fraction(factor)
    except ValueError:
        return False
    return True


# the whole answer and the whole gradient


def whole(facts: Facts, kind: Kind, what: str, look: str, **known: Any) -> Identity:
    """An identity between the whole answer and the whole gradient."""
    return Identity(kind=kind, what=f"your {facts.name} {what}", look=look, **known)


def zeros(facts: Facts, *, null: bool) -> Identity:
    """A gradient that is zero everywhere."""
    if null:
        cancels = "The true gradient is zero too, but only because its terms cancel"
        why = f"{cancels}. Compute it from {_children(facts)} so that it can be checked"
    else:
        why = f"But the loss depends on {facts.variable}: {readers(facts)}"
    return whole(facts, Kind.ZEROS, "is zero everywhere", why, null=null)


def null_gradient(facts: Facts) -> Identity:
    """A tiny answer where the true gradient is zero for this loss, but not for every upstream gradient."""
    why = (
        "The true gradient is tiny too, but only because its terms cancel; "
        f"with other upstream gradients they do not. Compute it from {_children(facts)}: {readers(facts)}"
    )
    return whole(facts, Kind.NULL_GRADIENT, "is tiny", why, null=True)


def _children(facts: Facts) -> str:
    return listed(f"d{child}" for child in facts.exercise.children(facts.variable))


def keepdim(facts: Facts, factor: str) -> Identity:
    """A shape that is wrong only by dimensions of size 1."""
    have, want = facts.probe.got.dim(), facts.probe.expected.dim()
    if factor == "1":
        right = f"the values in your {facts.name} are right"
    else:
        size = at_your_sizes(facts, factor)
        right = f"your {facts.name} is right except for a factor of {factor}{size} and its shape"
    if not want:
        remedy = f"{facts.variable} is a scalar, but your result has dimensions: drop the brackets, or call .squeeze()"
    elif have > want:
        remedy = (
            f"{facts.variable} has {want} dimension{'s' * (want != 1)}, but your result has {have}: drop keepdim=True"
        )
    else:
        remedy = f"{facts.variable} has a dimension of size 1 that your result lost: use sum(..., keepdim=True)"
    return Identity(kind=Kind.KEEPDIM, what=f"{right}; {remedy}", factor=factor)


def global_factor(facts: Facts, factor: str) -> Identity:
    """The right gradient times one factor."""
    if factor == "-1":
        look = f"Look for a missing or extra minus sign: {readers(facts)}"
        return whole(facts, Kind.SIGN, "is the right gradient with the opposite sign", look, factor=factor)
    what = f"is {factor} times the right gradient{at_your_sizes(facts, factor)} in every case"
    return whole(facts, Kind.CONSTANT_FACTOR, what, f"{_factor_hint(factor)}: {readers(facts)}", factor=factor)


def _factor_hint(factor: str) -> str:
    if not _is_number(factor):
        return "Check what is averaged and what is only summed"
    return "Look for a missing or extra factor"


def power(facts: Facts, found: Ratio, path: Path | None) -> Identity:
    """The right gradient, or one share of it, times powers of forward values."""
    product = " times ".join(v if p == 1 else f"{v}**{p:g}" for v, p in found.powers)
    factor = "" if found.factor == "1" else f"{found.factor}{at_your_sizes(facts, found.factor)} times "
    what = f"your {facts.name}" if path is None else f"the path through {_way(path)} in your {facts.name}"
    return Identity(
        kind=Kind.WRONG_OPERAND if len(found.powers) > 1 or found.powers[0][1] == 1 else Kind.WRONG_POWER,
        what=f"{what} is right except for a factor of {factor}{product}, element by element",
        look=f"Check the derivative: {readers(facts)}",
        powers=dict(found.powers),
        factor=found.factor,
        one_share=path is not None,
    )


# how often each share is counted


MOST_WAYS = 3
"""The most paths that a sentence lists."""
MOST_STEPS = 3
"""The most variables of a path that a sentence lists."""
_ORDINAL = ("", "first", "second", "third", "a later")


def weights(facts: Facts, paths: Sequence[Path], factors: Sequence[str], *, fused: bool) -> Identity:
    """How often each share is counted, where at least one is not counted exactly once."""
    odd = [(path, f) for path, f in zip(paths, factors, strict=True) if f != "1"]
    kept = [path for path, f in zip(paths, factors, strict=True) if f == "1"]
    kind, what = _odd_weights(facts, odd, kept)
    look = _sharing(facts, [p for p, _ in odd], kept, odd[0][1])
    return Identity(
        kind=Kind.FUSED_TERM if fused else kind,
        what=f"your {facts.name} {what}; {look}",
        shares={_key(p): f for p, f in zip(paths, factors, strict=True)},
        fused=fused,
    )


def _odd_weights(facts: Facts, odd: Sequence[tuple[Path, str]], kept: Sequence[Path]) -> tuple[Kind, str]:
    path, factor = odd[0]
    through = f"the path through {_way(path)}"
    if len({f for _, f in odd}) > 1 or (len(odd) > 1 and factor != "0"):
        each = (f"{f}{at_your_sizes(facts, f)} on the path through {_way(p)}" for p, f in odd)
        return Kind.WRONG_PATH, f"has the wrong factor on some paths: {listed(each)}"
    if factor == "0":
        return Kind.MISSING_PATH, _missing(kept, odd)
    if factor == "2":
        return Kind.DOUBLED_PATH, f"counts {through} twice"
    if factor == "-1":
        return Kind.NEGATED_PATH, f"has the wrong sign on {through}"
    return Kind.CONSTANT_FACTOR, f"has an extra factor of {factor}{at_your_sizes(facts, factor)} on {through}"


def _missing(kept: Sequence[Path], odd: Sequence[tuple[Path, str]]) -> str:
    if len(kept) == 1:
        return f"covers only the path through {_way(kept[0])}"
    ways = [_way(path) for path, _ in odd]
    shown = ways if len(ways) <= MOST_WAYS else [*ways[: MOST_WAYS - 1], f"{len(ways) - MOST_WAYS + 1} more"]
    return f"is missing the path{'s' * (len(ways) > 1)} through {listed(shown)}"


def _sharing(facts: Facts, odd: Sequence[Path], kept: Sequence[Path], factor: str) -> str:
    """Where to look."""
    if factor == "0":
        used: dict[str, list[str]] = {}
        for fork, use in list(dict.fromkeys(_fork(facts, path, kept) for path in odd))[:MOST_WAYS]:
            used.setdefault(fork, []).append(use)
        also = listed(f"{fork} is also used in {listed(uses)}" for fork, uses in used.items())
        return f"{also}: the gradients from all uses add up"
    steps = [facts.exercise.producer[name].number for name in odd[0].via if name in facts.exercise.producer]
    if len(steps) > 1:
        return f"work back through forward.py lines {listed(str(number) for number in reversed(steps))} one at a time"
    lines = listed(f"{listed(line.outputs)} ({place(line)})" for line in dict.fromkeys(path.line for path in odd))
    return f"look at {lines}: each use of {facts.variable} adds its gradient once"


def _fork(facts: Facts, missing: Path, kept: Sequence[Path]) -> tuple[str, str]:
    """Where a missing path branches off the others: `bndiff` and its use in `bndiff2 (forward.py line 53)`."""
    common = max((_alike(missing, path) for path in kept), default=0)
    common = min(common, len(missing.via) - 1)
    fork = missing.via[common - 1] if common else facts.variable
    line = facts.exercise.producer[missing.via[common]]
    return fork, f"{missing.via[common]} ({place(line)})"


def _alike(one: Path, other: Path) -> int:
    """How many variables two paths share at their start."""
    pairs = zip(one.via, other.via, strict=False)
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _way(path: Path) -> str:
    """The variables of a path, ordered towards the loss, and which use it is if a line uses the variable twice."""
    place_in_line = f" ({_ORDINAL[min(path.occurrence, 4)]} use in the line)" if path.occurrence else ""
    via = path.via if len(path.via) <= MOST_STEPS else (*path.via[:2], "...", path.via[-1])
    return " -> ".join(via) + place_in_line


def _key(path: Path) -> str:
    return ".".join(path.via) + (f"#{path.occurrence}" if path.occurrence else "")


def sibling(facts: Facts, other: str, factors: Sequence[str]) -> Identity:
    """A share that belongs to another value of the line, instead of or in addition to the variable's own."""
    line = next(line for line in facts.lines if other in line.reads)
    own = [f for path, f in zip(facts.paths, factors[: len(facts.paths)], strict=True) if path.line is line]
    instead = all(factor == "0" for factor in own)
    how = "contains, instead of its own gradient," if instead else "contains, in addition to its own gradient,"
    return Identity(
        kind=Kind.WRONG_INDEX if instead else Kind.WRONG_PATH,
        what=f"your {facts.name} {how} the one that {place(line)} passes back to {other}: `{line.text}`",
        sibling=other,
        one_share=False,
    )


# one change in a formula


_RULES = {
    Kind.NOT_SUMMED: "Broadcasting forward means summing backward",
    Kind.WRONG_AXIS: "Use the same dimension as the forward pass",
    Kind.SUMMED_TOO_FAR: "Sum only over what the forward pass broadcast",
    Kind.NOT_EXPANDED: "Summing forward means broadcasting backward",
    Kind.UPSTREAM_UNUSED: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.UPSTREAM_ONLY: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.REPEATED_INDEX: "The gradients of repeated reads must add up",
    Kind.TRANSPOSED: "Write down the shapes: they fit in only one way",
}
"""The rule that a kind of mistake breaks."""
_SEVERAL_TERMS = {
    "softmax": Kind.SOFTMAX_JACOBIAN,
    "log_softmax": Kind.SOFTMAX_JACOBIAN,
    "logsumexp": Kind.SOFTMAX_JACOBIAN,
    "cross_entropy": Kind.SOFTMAX_JACOBIAN,
    "layer_norm": Kind.FUSED_TERM,
}
"""Functions whose derivative has several terms, with the kind for a mistake in one of them."""
_OF_THE_FORM = (
    Kind.MISSING_PATH,
    Kind.UPSTREAM_ONLY,
    Kind.CONSTANT_FACTOR,
    Kind.SIGN,
    Kind.NOT_SUMMED,
    Kind.WRONG_PATH,
)
"""Changes that, inside a formula for several lines, are reported as the kind of that formula."""
_MAY_BE_SMALL = (Kind.WRONG_OPERAND, Kind.WRONG_POWER, Kind.CONSTANT_FACTOR)
"""Changes that are put down to a small constant if the answer is nearly right."""


def changed(facts: Facts, found: Match, *, nearly: bool = False) -> Identity:
    """One change in one share.

    Args:
        facts: the answer.
        found: the change.
        nearly: whether the answer is nearly right, so that a small constant explains the difference.
    """
    several, form = len(facts.paths) > 1 and bool(found.path.via), _form_of(found.path)
    change, line = found.change, found.path.line
    small = nearly and change.kind in _MAY_BE_SMALL
    what = f"in your {facts.name}, the path through {_way(found.path)} is" if several else f"your {facts.name} is"
    missing = f"; the other paths are missing: {readers(facts)}" if found.alone else ""
    rule = f"{_RULES[change.kind]}. " if change.kind in _RULES else ""
    kind = form if form is not None and change.kind in _OF_THE_FORM else change.kind
    return Identity(
        kind=Kind.WRONG_EPSILON if small else kind,
        what=f"{what} right except for one thing: {change.text}{besides(facts, found.factor)}{missing}",
        look=f"{rule}Look at {place(line)}: `{line.text}`",
        remark="The difference is small: a small constant is missing or wrong" if small else "",
        change=change.text,
        path=list(found.path.via),
        factor=found.factor,
        one_share=several,
        fused=form is not None,
        specific=str(kind) if small else None,
    )


def _form_of(path: Path) -> Kind | None:
    if not _has_terms(path.node):
        return None
    nodes = ast.walk(path.line.code)
    calls = (n.func.attr for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
    return next((_SEVERAL_TERMS[name] for name in calls if name in _SEVERAL_TERMS), None)


def _has_terms(node: Node) -> bool:
    """Whether the upstream gradient appears in more than one term."""
    both = node.op in ("add", "sub") and all(has_gradient(arg) for arg in node.args)
    return both or any(_has_terms(arg) for arg in node.args)


def closed(facts: Facts, form: ClosedForm, found: Match, *, nearly: bool) -> Identity:
    """One change in a closed form."""
    kind = form.kind if found.change.kind in _OF_THE_FORM else found.change.kind
    what = f"{found.change.text}{besides(facts, found.factor)}"
    compare = f"{readers(facts)}: work back one line at a time and compare term by term"
    return Identity(
        kind=Kind.WRONG_EPSILON if nearly and kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER) else kind,
        what=f"your {facts.name} is almost the formula for {form.title}, but {what}",
        look=compare,
        change=found.change.text,
        closed_form=form.title,
        factor=found.factor,
        fused=True,
    )
