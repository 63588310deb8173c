"""The words for an identity, and the diagnosis that is made of it at last."""

from __future__ import annotations

import ast
import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.diagnosis.formula import has_gradient
from grader.diagnosis.kinds import Diagnosis, Identity, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.search import Match, Ratio
    from grader.exercise.forward import Line


def told(facts: Facts, found: Identity) -> Diagnosis:
    """The sentence and the evidence of an identity."""
    known: dict[str, Any] = {
        "verified_cases": len(facts.views),
        "random_upstream": not facts.true_cotangents,
        "lines": [line.number for line in facts.lines],
    }
    if facts.narrow:
        known["float32"] = True
    parts = (found.what, found.cause, found.look, found.remark)
    return Diagnosis(found.kind, ". ".join(part for part in parts if part), {**known, **found.facts})


# words that many sentences are made of


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def place(line: Line) -> str:
    """A forward line as people refer to it."""
    return f"forward.py line {line.number}"


def readers(facts: Facts) -> str:
    """Which lines read the variable: `counts is read by probs (forward.py line 68)`."""
    found = [f"{listed(line.outputs)} ({place(line)})" for line in facts.lines]
    return f"{facts.variable} is read by {listed(found)}"


def lines_say(facts: Facts) -> str:
    """Where the variable goes."""
    found = [f"{facts.variable} goes into {listed(line.outputs)} at {place(line)}" for line in facts.lines]
    return listed(found)


LARGEST_DENOMINATOR = 10_000
"""A number is written as a fraction if it is one with no larger denominator; else in decimals."""


def at_your_sizes(facts: Facts, factor: str) -> str:
    """What a factor that is named by sizes comes to on the learner's own minibatch: ` (1/32 at your sizes)`."""
    given = facts.given.case
    if _is_number(factor) or given.sizes != facts.given_sizes:
        return ""
    value = float(eval(factor, {"__builtins__": {}}, given.graph.values))  # noqa: S307 an expression of ours
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
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


# the whole answer and the whole gradient


def whole(facts: Facts, kind: Kind, what: str, look: str, **known: Any) -> Identity:
    """An identity between the whole answer and the whole gradient."""
    return Identity(kind=kind, what=f"your {facts.name} {what}", look=look, **known)


def zeros(facts: Facts, *, null: bool) -> Identity:
    """Nothing but zeros."""
    if null:
        cancels = "The true one is zero too, but only because its terms cancel"
        why = f"{cancels}. Derive it from {_children(facts)}, then it can be tested"
    else:
        why = f"But the loss depends on {facts.variable}: {readers(facts)}"
    return whole(facts, Kind.ZEROS, "is zero everywhere", why, null=null)


def null_gradient(facts: Facts) -> Identity:
    """A tiny answer for a gradient that is null for this loss, but not for every upstream gradient."""
    why = (
        "The true one is tiny too, but only because its terms cancel: "
        f"with other upstream gradients they do not. Derive it from {_children(facts)}; {readers(facts)}"
    )
    return whole(facts, Kind.NULL_GRADIENT, "is tiny", why, null=True)


def _children(facts: Facts) -> str:
    return listed(f"d{child}" for child in facts.exercise.children(facts.variable))


def keepdim(facts: Facts, factor: str) -> Identity:
    """Only dimensions of size 1 differ."""
    have, want = facts.probe.got.dim(), facts.probe.expected.dim()
    if factor == "1":
        right = f"the numbers in your {facts.name} are right"
    else:
        right = f"your {facts.name} is right but for a factor {factor}{at_your_sizes(facts, factor)} and its shape"
    if not want:
        remedy = f"{facts.variable} is one number, and your result a list or row of one: no brackets, or .squeeze() it"
    elif have > want:
        remedy = (
            f"{facts.variable} has {want} dimension{'s' * (want != 1)} and your result {have}: do without keepdim=True"
        )
    else:
        remedy = (
            f"{facts.variable} keeps a dimension of size 1 that your result has lost: sum(..., keepdim=True) keeps it"
        )
    return Identity(kind=Kind.KEEPDIM, what=f"{right}; {remedy}", factor=factor)


def global_factor(facts: Facts, factor: str) -> Identity:
    """One factor for every element."""
    if factor == "-1":
        look = f"Look for a minus: {lines_say(facts)}"
        return whole(facts, Kind.SIGN, "is the right gradient with the opposite sign", look, factor=factor)
    what = f"is {factor} times the right gradient{at_your_sizes(facts, factor)}, on every case"
    return whole(facts, Kind.CONSTANT_FACTOR, what, f"{_factor_hint(factor)}: {lines_say(facts)}", factor=factor)


def _factor_hint(factor: str) -> str:
    if not _is_number(factor):
        return "Count what is averaged, and what is only added up"
    return "Look for a number that should, or should not, be there"


def power(facts: Facts, found: Ratio, path: Path | None) -> Identity:
    """Right but for powers of forward values, as a whole or in one share."""
    product = " times ".join(v if p == 1 else f"{v}**{p:g}" for v, p in found.powers)
    factor = "" if found.factor == "1" else f"{found.factor}{at_your_sizes(facts, found.factor)} times "
    what = f"your {facts.name}" if path is None else f"the path through {_way(path)} in your {facts.name}"
    return Identity(
        kind=Kind.WRONG_OPERAND if len(found.powers) > 1 or found.powers[0][1] == 1 else Kind.WRONG_POWER,
        what=f"{what} is right but for {factor}{product}, at every element",
        look=f"Look at what that line does: {lines_say(facts)}",
        powers=dict(found.powers),
        factor=found.factor,
        one_share=path is not None,
    )


# how often each share is counted


MOST_WAYS = 3
"""Paths that a sentence lists."""
MOST_STEPS = 3
"""Variables of a path that a sentence lists."""
_ORDINAL = ("", "first", "second", "third", "a later")


def weights(facts: Facts, paths: Sequence[Path], factors: Sequence[str], *, fused: bool) -> Identity:
    """How often each share is counted; at least one of them not once."""
    odd = [(path, f) for path, f in zip(paths, factors, strict=True) if f != "1"]
    kept = [path for path, f in zip(paths, factors, strict=True) if f == "1"]
    kind, what = _odd_weights(facts, odd, kept)
    look = _sharing(facts, [p for p, _ in odd], kept, odd[0][1])
    return Identity(
        kind=Kind.FUSED_TERM if fused else kind,
        what=f"your {facts.name} {what}: {look}",
        shares={_key(p): f for p, f in zip(paths, factors, strict=True)},
        fused=fused,
    )


def _odd_weights(facts: Facts, odd: Sequence[tuple[Path, str]], kept: Sequence[Path]) -> tuple[Kind, str]:
    path, factor = odd[0]
    through = f"the path through {_way(path)}"
    if len({f for _, f in odd}) > 1 or (len(odd) > 1 and factor != "0"):
        each = (f"{f} times the one through {_way(p)}{at_your_sizes(facts, f)}" for p, f in odd)
        return Kind.WRONG_PATH, f"counts its paths wrongly: {listed(each)}"
    if factor == "0":
        return Kind.MISSING_PATH, _missing(kept, odd)
    if factor == "2":
        return Kind.DOUBLED_PATH, f"counts {through} twice"
    if factor == "-1":
        return Kind.NEGATED_PATH, f"takes {through} with the wrong sign"
    return Kind.CONSTANT_FACTOR, f"has {through} with a factor {factor}{at_your_sizes(facts, factor)}"


def _missing(kept: Sequence[Path], odd: Sequence[tuple[Path, str]]) -> str:
    if len(kept) == 1:
        return f"is the path through {_way(kept[0])} alone"
    ways = [_way(path) for path, _ in odd]
    shown = ways if len(ways) <= MOST_WAYS else [*ways[: MOST_WAYS - 1], f"{len(ways) - MOST_WAYS + 1} more"]
    return f"lacks the path{'s' * (len(ways) > 1)} through {listed(shown)}"


def _sharing(facts: Facts, odd: Sequence[Path], kept: Sequence[Path], factor: str) -> str:
    """Where to look."""
    if factor == "0":
        forks = dict.fromkeys(_fork(facts, path, kept) for path in odd)
        return f"{listed(list(forks)[:MOST_WAYS])}; the gradients of all its uses add up"
    steps = [facts.exercise.producer[name].number for name in odd[0].via if name in facts.exercise.producer]
    if len(steps) > 1:
        return f"go back through forward.py lines {listed(str(number) for number in reversed(steps))} one at a time"
    lines = listed(f"{listed(line.outputs)} ({place(line)})" for line in dict.fromkeys(path.line for path in odd))
    return f"look at {lines}; each use of {facts.variable} adds its gradient once"


def _fork(facts: Facts, missing: Path, kept: Sequence[Path]) -> str:
    """Where a missing path leaves the ones that are there: `bndiff is also read by bndiff2 (forward.py line 53)`."""
    common = max((_alike(missing, path) for path in kept), default=0)
    common = min(common, len(missing.via) - 1)
    fork = missing.via[common - 1] if common else facts.variable
    line = facts.exercise.producer[missing.via[common]]
    return f"{fork} is also read by {missing.via[common]} ({place(line)})"


def _alike(one: Path, other: Path) -> int:
    """How many variables two paths begin with in common."""
    pairs = zip(one.via, other.via, strict=False)
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _way(path: Path) -> str:
    """A path's variables, from the variable towards the loss; in one line, which of its places."""
    place_in_line = f" ({_ORDINAL[min(path.occurrence, 4)]} place in the line)" if path.occurrence else ""
    via = path.via if len(path.via) <= MOST_STEPS else (*path.via[:2], "...", path.via[-1])
    return ", ".join(via) + place_in_line


def _key(path: Path) -> str:
    return ".".join(path.via) + (f"#{path.occurrence}" if path.occurrence else "")


def sibling(facts: Facts, other: str, factors: Sequence[str]) -> Identity:
    """Shares that belong to another value, instead of the variable's own or besides."""
    line = next(line for line in facts.lines if other in line.reads)
    own = [f for path, f in zip(facts.paths, factors[: len(facts.paths)], strict=True) if path.line is line]
    instead = all(factor == "0" for factor in own)
    how = "has what belongs to {}, not its own share," if instead else "has, besides its own share, what belongs to {}"
    return Identity(
        kind=Kind.WRONG_INDEX if instead else Kind.WRONG_PATH,
        what=f"your {facts.name} {how.format(other)} of what {place(line)} hands back: `{line.text}`",
        sibling=other,
        one_share=False,
    )


# one change in a formula


_RULES = {
    Kind.NOT_SUMMED: "What is broadcast forward is summed backward",
    Kind.WRONG_AXIS: "Go back along the dimension that the forward pass went along",
    Kind.SUMMED_TOO_FAR: "Sum only over what the forward pass had broadcast",
    Kind.NOT_EXPANDED: "What is summed forward is spread backward",
    Kind.UPSTREAM_UNUSED: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.UPSTREAM_ONLY: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.REPEATED_INDEX: "Everything that was read adds its gradient",
    Kind.TRANSPOSED: "Write down the shapes: there is one way to multiply them",
}
"""The rule that a kind of mistake breaks, in words."""
_SEVERAL_TERMS = {
    "softmax": Kind.SOFTMAX_JACOBIAN,
    "log_softmax": Kind.SOFTMAX_JACOBIAN,
    "logsumexp": Kind.SOFTMAX_JACOBIAN,
    "cross_entropy": Kind.SOFTMAX_JACOBIAN,
    "layer_norm": Kind.FUSED_TERM,
}
"""Functions whose derivative has several terms, and what a wrong one is called."""
_OF_THE_FORM = (
    Kind.MISSING_PATH,
    Kind.UPSTREAM_ONLY,
    Kind.CONSTANT_FACTOR,
    Kind.SIGN,
    Kind.NOT_SUMMED,
    Kind.WRONG_PATH,
)
"""Changes whose name, inside a formula for several lines, is that of the formula's kind."""
_MAY_BE_SMALL = (Kind.WRONG_OPERAND, Kind.WRONG_POWER, Kind.CONSTANT_FACTOR)
"""Changes that come down to a small constant where they change next to nothing."""


def changed(facts: Facts, found: Match, *, nearly: bool = False) -> Identity:
    """One change in one share.

    Args:
        facts: the answer.
        found: the change.
        nearly: whether the answer is nearly right: it is then the small constant that makes the difference.
    """
    several, form = len(facts.paths) > 1 and bool(found.path.via), _form_of(found.path)
    change, line = found.change, found.path.line
    small = nearly and change.kind in _MAY_BE_SMALL
    what = f"in your {facts.name} the path through {_way(found.path)} is" if several else f"your {facts.name} is"
    missing = f"; the other paths are missing ({readers(facts)})" if found.alone else ""
    rule = f"{_RULES[change.kind]}. " if change.kind in _RULES else ""
    kind = form if form is not None and change.kind in _OF_THE_FORM else change.kind
    return Identity(
        kind=Kind.WRONG_EPSILON if small else kind,
        what=f"{what} right but for one thing: {change.text}{besides(facts, found.factor)}{missing}",
        look=f"{rule}Look at {place(line)}: `{line.text}`",
        remark="The difference is small: the small constant there is missing, or another one" if small else "",
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
    """Whether the upstream gradient comes in by more than one term."""
    both = node.op in ("add", "sub") and all(has_gradient(arg) for arg in node.args)
    return both or any(_has_terms(arg) for arg in node.args)


def closed(facts: Facts, form: ClosedForm, found: Match, *, nearly: bool) -> Identity:
    """One change in a closed form."""
    kind = form.kind if found.change.kind in _OF_THE_FORM else found.change.kind
    what = f"{found.change.text}{besides(facts, found.factor)}"
    compare = f"{readers(facts)}: go back through those lines one at a time and compare term by term"
    return Identity(
        kind=Kind.WRONG_EPSILON if nearly and kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER) else kind,
        what=f"your {facts.name} is nearly the formula for {form.title}, but {what}",
        look=compare,
        change=found.change.text,
        closed_form=form.title,
        factor=found.factor,
        fused=True,
    )
