"""What holds between an answer and the right gradient, as data; `sentences` puts it into words once all is decided."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.diagnosis.formula import has_gradient
from grader.diagnosis.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.diagnosis.closed_forms import ClosedForm
    from grader.diagnosis.derive import Path
    from grader.diagnosis.facts import Facts
    from grader.diagnosis.formula import Node
    from grader.diagnosis.search import Match, Ratio


@dataclass(frozen=True, slots=True)
class Explanation:
    """Something that holds on every case, or what is known if nothing does."""

    kind: Kind
    key: str
    """Which sentence says it."""
    fields: Mapping[str, Any]
    """What it is about. Those that the report's evidence has as well are:

    null            whether the true gradient is zero for this loss
    other           the variable whose gradient, or value, the answer is
    gradients       the variable whose gradient is the first wrong one on the way back
    sibling         the value of the same line that one share belongs to
    dims            the dimensions to sum over
    shares          each path, and how often its share is counted
    powers          the forward values that the gradient is multiplied by, with their exponents
    change          the one thing that is wrong
    path            the path of the wrong share
    closed_form     the formula for several lines that the answer nearly is
    factor          an extra factor on the answer or the share
    one_share       whether only one of several shares is wrong
    fused           whether the mistake is in a term of a formula for several lines
    specific        the original kind, if a cause or the size of the difference changed it
    changed         the parameters that the function changed in place
    your_line       the number and text of the learner's own line, if only one can be meant
    """

    @property
    def plain(self) -> bool:
        """Whether there is no extra factor, except perhaps a sign."""
        return self.fields.get("factor") in (None, "1", "-1")

    def also(self, kind: Kind, **fields: Any) -> Explanation:
        """The same explanation under another kind, with more fields."""
        return Explanation(kind, self.key, {**self.fields, **fields})


def explanation(kind: Kind, key: str, **fields: Any) -> Explanation:
    """An explanation with these fields."""
    return Explanation(kind, key, fields)


# the whole answer and the whole gradient


def zeros(*, null: bool) -> Explanation:
    """A gradient that is zero everywhere."""
    return explanation(Kind.ZEROS, "zeros_like_the_gradient" if null else "zeros", null=null)


def global_factor(factor: str) -> Explanation:
    """The right gradient times one factor."""
    if factor == "-1":
        return explanation(Kind.SIGN, "opposite_sign", factor=factor)
    return explanation(Kind.CONSTANT_FACTOR, "one_factor", factor=factor)


def power(found: Ratio, path: Path | None, *, small: bool = False) -> Explanation:
    """The right gradient, or one share of it, times powers of forward values.

    Args:
        found: the powers.
        path: the share; None if it is the whole gradient.
        small: whether the answer is nearly right, so that a small constant explains the difference.
    """
    kind = Kind.WRONG_OPERAND if len(found.powers) > 1 or found.powers[0][1] == 1 else Kind.WRONG_POWER
    return explanation(
        Kind.WRONG_EPSILON if small else kind,
        "powers",
        powers=found.powers,
        factor=found.factor,
        share=path,
        one_share=path is not None,
        small=small,
        specific=kind if small else None,
    )


# how often each share is counted


def weights(paths: Sequence[Path], factors: Sequence[str], *, fused: bool) -> Explanation:
    """How often each share is counted, where at least one is not counted exactly once."""
    kind = Kind.FUSED_TERM if fused else kind_of_weights([factor for factor in factors if factor != "1"])
    return explanation(kind, "weights", shares=tuple(zip(paths, factors, strict=True)), fused=fused)


def kind_of_weights(odd: Sequence[str]) -> Kind:
    """What is wrong with the shares that are not counted exactly once."""
    if len(set(odd)) > 1 or (len(odd) > 1 and odd[0] != "0"):
        return Kind.WRONG_PATH
    known = {"0": Kind.MISSING_PATH, "2": Kind.DOUBLED_PATH, "-1": Kind.NEGATED_PATH}
    return known.get(odd[0], Kind.CONSTANT_FACTOR)


def sibling(facts: Facts, other: str, factors: Sequence[str]) -> Explanation:
    """A share that belongs to another value of the line, instead of or in addition to the variable's own."""
    line = next(line for line in facts.answer.lines if other in line.reads)
    own = [f for path, f in zip(facts.paths, factors[: len(facts.paths)], strict=True) if path.line is line]
    instead = all(factor == "0" for factor in own)
    kind = Kind.WRONG_INDEX if instead else Kind.WRONG_PATH
    return explanation(kind, "sibling", sibling=other, line=line, instead=instead, one_share=False)


# one change in a formula


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


def changed(facts: Facts, found: Match, *, nearly: bool = False) -> Explanation:
    """One change in one share.

    Args:
        facts: the answer.
        found: the change.
        nearly: whether the answer is nearly right, so that a small constant explains the difference.
    """
    change, form = found.change, _form_of(found.path)
    kind = form if form is not None and change.kind in _OF_THE_FORM else change.kind
    small = nearly and change.kind in _MAY_BE_SMALL and change.phrase.key != "slope_of_another"
    return explanation(
        Kind.WRONG_EPSILON if small else kind,
        "one_change",
        change=change.phrase,
        of=change.kind,
        path=found.path,
        factor=found.factor,
        alone=found.alone,
        one_share=len(facts.paths) > 1 and bool(found.path.via),
        fused=form is not None,
        small=small,
        specific=kind if small else None,
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


def closed(form: ClosedForm, found: Match, *, nearly: bool) -> Explanation:
    """One change in a closed form."""
    kind = form.kind if found.change.kind in _OF_THE_FORM else found.change.kind
    small = nearly and kind in (Kind.WRONG_OPERAND, Kind.WRONG_POWER)
    return explanation(
        Kind.WRONG_EPSILON if small else kind,
        "one_change_of_form",
        change=found.change.phrase,
        closed_form=form.title,
        factor=found.factor,
        fused=True,
    )
