"""Puts an explanation into words: the last step before a diagnosis."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.diagnosis.derive import Path
from grader.diagnosis.explanations import kind_of_weights
from grader.diagnosis.formula import distinct_leaves
from grader.diagnosis.kinds import Diagnosis, Kind
from grader.diagnosis.phrases import Dimensions, Phrase, listed, spelled, words
from grader.verdict.evidence import Bend
from grader.verdict.problems import (
    CHANCE,
    KEEPS,
    LINEAR,
    RANGE,
    TYPED_VALUE,
    Cause,
    changing,
    error_size,
    not_linear,
    size_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.diagnosis.explanations import Explanation
    from grader.diagnosis.wrong_answer import WrongAnswer
    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line

    Fields = Mapping[str, Any]

_EVIDENCE = (
    "null",
    "other",
    "gradients",
    "sibling",
    "dims",
    "shares",
    "powers",
    "change",
    "path",
    "closed_form",
    "factor",
    "one_share",
    "fused",
    "specific",
    "changed",
    "numbers",
    "failed_cases",
    "cause",
    "ignored",
    "depends_on",
    "tested",
    "relative_error",
    "worst_index",
    "dtype",
    "upstream",
    "how",
    "your_line",
)
"""The fields of an explanation that the report has too, in its order; without those that are None."""


def told(answer: WrongAnswer, found: Explanation) -> Diagnosis:
    """The diagnosis for an identity: its message and its evidence."""
    verified: dict[str, Any] = {
        "verified_cases": len(answer.views),
        "random_upstream": not answer.true_cotangents,
        "lines": [line.number for line in answer.exercise.lines_about(answer.variable)],
    }
    if answer.narrow:
        verified["float32"] = True
    what, look = _parts(answer, found)
    message = ". ".join(part for part in (what, _cause(found.fields), look, _remark(found.fields)) if part)
    return Diagnosis(found.kind, message, {**verified, **_evidence(found.fields)})


def told_without_identity(exercise: Exercise, variable: str, found: Explanation) -> Diagnosis:
    """The diagnosis where no identity holds, or none was looked for."""
    return Diagnosis(found.kind, _WITHOUT[found.key](exercise, variable, found.fields), _evidence(found.fields))


def not_explained(name: str, error: Exception) -> str:
    """What is said of an explanation that failed."""
    return f"{name} could not be explained: {type(error).__name__}: {error}"


def failed(name: str, error: Exception) -> Diagnosis:
    """The diagnosis in its place."""
    why = "This is an internal error of the grader; the verdict is not affected"
    return Diagnosis(Kind.UNKNOWN, f"{not_explained(name, error)}. {why}", {"tested": False})


def _parts(answer: WrongAnswer, found: Explanation) -> tuple[str, str]:
    """What the answer is, and where to look."""
    if found.key in _LONGER:
        return _LONGER[found.key](answer, found.fields)
    known = {**_about(answer, found.fields), **{name: spelled(value) for name, value in found.fields.items()}}
    what, look = _IDENTITIES[found.key]
    return what.format_map(known), look.format_map(known)


def _about(answer: WrongAnswer, fields: Fields) -> dict[str, str]:
    """What a template may say of the answer itself."""
    factor = fields.get("factor", "1")
    computed, lines = answer.exercise.producer.get(answer.variable), answer.lines
    return {
        "name": answer.name,
        "variable": answer.variable,
        "shape": str(list(answer.given.expected.shape)),
        "readers": readers(answer),
        "to_broadcast": f"{_RULES[Kind.NOT_EXPANDED]}, to every summed element. " if answer.summed_by(lines) else "",
        "to_sum": f"{_RULES[Kind.NOT_SUMMED]}. " if answer.broadcast_by(lines) else "",
        "children": listed(f"d{child}" for child in answer.exercise.children(answer.variable)),
        "compare": f"Compare with {place(computed)}: `{computed.head}`" if computed is not None else "",
        "sizes": at_your_sizes(answer, factor),
        "besides": besides(answer, factor),
    }


def _cause(fields: Fields) -> str:
    if not fields.get("changed"):
        return ""
    names = listed(fields["changed"])
    return f"Your function changes {names} in place; a second name for a tensor is not a copy, so work on a clone"


def _remark(fields: Fields) -> str:
    if "typed" in fields:
        return _typed_factor(fields["factor"].removeprefix("-"), *fields["typed"])
    return "The difference is small: a small constant is missing or wrong" if fields.get("small") else ""


def _typed_factor(factor: str, size: float, name: str) -> str:
    """A question: the factor does not vary with any size."""
    over = f"{factor} is 1/{size:g}, and " if "/" not in factor and float(factor) < 1 else ""
    return f"{over}{size:g} is {name} in the given case: is a size typed as a number?"


def _evidence(fields: Fields) -> dict[str, Any]:
    return {name: _plain(name, fields[name]) for name in _EVIDENCE if fields.get(name) is not None}


def _plain(name: str, value: Any) -> Any:
    """A field as the JSON report has it."""
    if name == "shares":
        return {_key(path): factor for path, factor in value}
    if name == "powers":
        return dict(value)
    plain = _PLAIN.get(type(value))
    return value if plain is None else plain(value)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    Phrase: words,
    Path: lambda path: list(path.via),
    Dimensions: lambda dims: list(dims.numbers),
    Kind: str,
    Cause: str,
    tuple: list,
}
"""How the report writes what is not JSON already, by type."""


# parts that many sentences share


def place(line: Line) -> str:
    """How a sentence refers to a forward line; to all lines of a step."""
    first, last = line.span
    whole = line.body and not line.before and first < last
    return f"forward.py lines {first} to {last}" if whole else f"forward.py line {line.number}"


def _quoted(line: Line) -> str:
    return f"Look at {place(line)}"


def _uses(lines: Sequence[Line]) -> str:
    """What lines compute, and where: `probs (forward.py line 68)`."""
    return listed(f"{listed(line.outputs)} ({place(line)})" for line in lines)


def readers(answer: WrongAnswer) -> str:
    """Which lines use the variable: `counts is used in probs (forward.py line 68)`."""
    return f"{answer.variable} is used in {_uses(answer.lines)}"


def _instead(answer: WrongAnswer, lines: Sequence[Line]) -> str:
    """What lines that are written otherwise are in forward.py."""
    numbers = {line.number for line in lines}
    right = [line for line in answer.exercise.lines if line.number in numbers]
    return f"In forward.py, {listed(f'line {line.number} is `{line.head}`' for line in right)}"


NEARLY_ONE = 1e-3
"""A factor this close to 1 is put down to a small constant."""
LARGEST_DENOMINATOR = 10_000
"""A number is written as a fraction if its denominator is at most this, otherwise in decimals."""


def at_your_sizes(answer: WrongAnswer, factor: str) -> str:
    """The value of a factor made of sizes, on the given case: ` (1/32 at your sizes)`; empty for a plain number."""
    given = answer.given.case
    if _is_number(factor) or given.sizes != answer.given_sizes:
        return ""
    value = float(eval(factor, {"__builtins__": {}}, given.graph.values))  # noqa: S307 an expression from factors.py
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    close = near and abs(float(near) - value) <= 1e-9 * abs(value)
    here = "at your sizes" if _of_sizes(answer, factor) else "here"
    return f" ({near if close else format(value, '.4g')} {here})"


def _of_sizes(answer: WrongAnswer, factor: str) -> bool:
    """Whether a factor is made of sizes and counts, not of rates such as a dropout's."""
    values = answer.given.case.graph.values
    names = re.findall(r"[A-Za-z_]\w*", re.sub(r"\.\w+", "", factor))
    return bool(names) and all(not isinstance(values.get(name), float) for name in names)


def besides(answer: WrongAnswer, factor: str) -> str:
    """The end of a clause for a factor on top of another mistake."""
    if factor in ("1", "-1"):
        return "" if factor == "1" else ", with the sign flipped"
    return f", with an extra factor of {factor}{at_your_sizes(answer, factor)}"


def _is_number(factor: str) -> bool:
    try:
        Fraction(factor)
    except ValueError:
        return False
    return True


# the whole answer and the whole gradient


_IDENTITIES: dict[str, tuple[str, str]] = {
    "zeros_like_the_gradient": (
        "your {name} is zero everywhere",
        (
            "The true gradient is zero too, but only because its terms cancel. "
            "Compute it from {children} so that it can be checked"
        ),
    ),
    "zeros": ("your {name} is zero everywhere", "But the loss depends on {variable}: {readers}"),
    "only_rounding": (
        "your {name} is zero everywhere but for rounding: its terms cancel",
        "But the loss depends on {variable}: {readers}",
    ),
    "tiny_like_the_gradient": (
        "your {name} is tiny",
        (
            "The true gradient is tiny too, but only because its terms cancel; "
            "with other upstream gradients they do not. Compute it from {children}: {readers}"
        ),
    ),
    "opposite_sign": (
        "your {name} is the right gradient with the opposite sign",
        "Look for a missing or extra minus sign: {readers}",
    ),
    "size_for_another": (
        "your {name} is {factor} times the right gradient{sizes}",
        "The forward pass divides by, or sums over, a different dimension: {readers}",
    ),
    "cut": (
        "your {name} is right in the entries [{kept}] along dimension {dim}, and zero in all others",
        "Check which entries are left out: {readers}",
    ),
    "constant_added": (
        "your {name} is the right gradient with {number:g} added to every element",
        "Look for a small constant that the forward pass does not have: {readers}",
    ),
    "right_for_ones": (
        "your {name} is right only if every element of d{other} is 1: the upstream gradient is never used",
        "The chain rule multiplies the upstream gradient by the line's own derivative: {readers}",
    ),
    "gradient_of_another": ("your {name} is the gradient of {other}", "Trace the variable forward: {readers}"),
    "whole_not_broadcast": (
        "your {name} has the right values but is not broadcast to {variable}'s shape{besides}",
        "{to_broadcast}{readers}",
    ),
    "whole_repeated": (
        "your {name} has the right values, but repeated along {dims}",
        "Your result has shape {had}, {variable} has {shape}",
    ),
    "whole_not_summed": (
        "your {name} has to be summed further: your result's sum over {dims} would be right",
        "{to_sum}{readers}",
    ),
    "whole_summed_too_far": (
        "your {name} is the right gradient summed over {dims}",
        "Sum only over what the forward pass broadcast. {readers}",
    ),
    "whole_averaged": (
        "your {name} is the right gradient averaged over {dims}",
        "Sum only over what the forward pass broadcast. {readers}",
    ),
    "whole_transposed": (
        "your {name} is the right gradient transposed ({turned}){besides}",
        "A gradient has the shape of its variable, here {shape}",
    ),
    "whole_not_reshaped": (
        "the values in your {name} are right, but its shape is not that of {variable}, {shape}",
        "Reshape it to the shape of the variable: {readers}",
    ),
    "upstream_as_it_is": (
        "your {name} is d{other} as it is, without the line's own derivative",
        "The chain rule multiplies the upstream gradient by the line's own derivative: {readers}",
    ),
    "whole_reordered": (
        "your {name} has the right values in the wrong positions",
        "Check the order of the dimensions when you reshape it, and the positions that its values go to. {readers}",
    ),
    "mask_inverted": (
        "your {name} passes d{child} on where the forward pass blocks {variable}, and blocks it elsewhere",
        "The condition is the wrong way round: {readers}",
    ),
    "another_mask": (
        "your {name} passes d{child} on in other places than the forward pass keeps",
        "Use the mask or the condition of the forward pass, and draw none anew. {readers}",
    ),
    "variable_added": (
        "your {name} is right except for one thing: {factor}*{variable} is added to it",
        "The forward pass has no such term, as for a weight decay: {readers}",
    ),
    "mask_drawn_anew": (
        "your {name} is right for another mask than the {mask} of the forward pass",
        "Draw the mask once, in the forward pass, and keep it: forward.py line {number} is `{code}`",
    ),
    "not_carried": (
        "in your {name}, the gradient of {carried} is not carried back from one round of the loop to the one before",
        "Go through the rounds of forward.py line {number} from the last; each gets what the one after it sends back",
    ),
    "not_counted": (
        "in your {name}, the gradient that comes back through one use of {used} is missing",
        "forward.py line {number} is `{code}`: the gradients from all uses add up",
    ),
    # values of a layer
    "value_zeros": ("your {variable} is zero everywhere", "{compare}"),
    "value_opposite": ("your {variable} has the opposite sign in every case", "{compare}"),
    "value_times_factor": (
        "your {variable} is {factor} times what forward.py computes{sizes} in every case",
        "{compare}",
    ),
    "value_turned": ("your {variable} is transposed ({turned})", "{compare}"),
    "value_of_another_mask": (
        "your {variable} is right for another mask than the {mask} of the forward pass",
        "Check how the mask is drawn: forward.py line {number} is `{code}`",
    ),
    "value_of_another_line": ("your {variable} is {other}, a value of forward.py line {number}", "{compare}"),
    "value_reordered": (
        "your {variable} has the right values in the wrong positions",
        "Check the order of the dimensions when you reshape. {compare}",
    ),
}
"""What the answer is and where to look, for each identity that needs no more than a template."""


def _keepdim(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """A shape that is wrong only by dimensions of size 1."""
    have, want, factor = answer.probe.got.dim(), answer.probe.expected.dim(), fields["factor"]
    if factor == "1":
        right = f"the values in your {answer.name} are right"
    else:
        size = at_your_sizes(answer, factor)
        right = f"your {answer.name} is right except for a factor of {factor}{size} and its shape"
    if not want:
        remedy = f"{answer.variable} is a scalar, but your result has dimensions: drop the brackets, or call .squeeze()"
    elif have > want:
        remedy = (
            f"{answer.variable} has {want} dimension{'s' * (want != 1)}, but your result has {have}: drop keepdim=True"
        )
    else:
        remedy = f"{answer.variable} has a dimension of size 1 that your result lost: use keepdim=True"
    return f"{right}; {remedy}", ""


MOST_PLACES = 3
"""The most positions that a sentence lists."""


def _gaps(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """The right gradient at some entries along a dimension, and zero at the others."""
    places = [str(place) for place in fields["places"]]
    if len(places) > MOST_PLACES:
        places = [*places[: MOST_PLACES - 1], f"{len(places) - MOST_PLACES + 1} more"]
    shown = f" (at your sizes, it is zero at {listed(places)})" if places else ""
    return (
        f"your {answer.name} is right at some entries along dimension {fields['dim']}, and zero at the others{shown}",
        f"Check what you loop over, slice or mask: {readers(answer)}",
    )


def _one_factor(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """The right gradient times one factor."""
    factor = fields["factor"]
    averaged = not _is_number(factor) and _of_sizes(answer, factor)
    hint = "Check what is averaged and what is only summed" if averaged else "Look for a missing or extra factor"
    if _is_number(factor) and abs(float(Fraction(factor)) - 1) < NEARLY_ONE:
        hint = "Look for a small constant or a rounded number"
    what = f"your {answer.name} is {factor} times the right gradient{at_your_sizes(answer, factor)} in every case"
    return what, f"{hint}: {readers(answer)}"


def _powers(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """The right gradient, or one share of it, times powers of forward values."""
    product = " times ".join(v if p == 1 else f"{v}**{p:g}" for v, p in fields["powers"])
    factor, path = fields["factor"], fields["share"]
    factor = "" if factor == "1" else f"{factor}{at_your_sizes(answer, factor)} times "
    what = f"your {answer.name}" if path is None else f"the path through {_way(path)} in your {answer.name}"
    return (
        f"{what} is right except for a factor of {factor}{product}, element by element",
        f"Check the derivative: {readers(answer)}",
    )


def _step_of_layer(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """One mistake on the way back through a layer."""
    line, lines = fields["line"], fields["otherwise"]
    look = _quoted(line) if lines is None else _instead(answer, lines)
    return f"your {answer.name} is {words(fields['step'])}", look


def _value_of_another_pass(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """The value in a forward pass with lines that are written otherwise."""
    what = f"your {answer.variable} is right for a forward pass with {spelled(fields['written'])}"
    return what, _instead(answer, fields["otherwise"])


# how often each share is counted


MOST_LINES = 4
"""The most lines that a sentence lists."""
MOST_WAYS = 3
"""The most paths that a sentence lists."""
MOST_STEPS = 3
"""The most variables of a path that a sentence lists."""
_ORDINAL = ("", "first", "second", "third", "a later")


def _weights(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """How often each share is counted, where at least one is not counted exactly once."""
    odd = [(path, factor) for path, factor in fields["shares"] if factor != "1"]
    kept = [path for path, factor in fields["shares"] if factor == "1"]
    look = _sharing(answer, [path for path, _ in odd], kept, odd[0][1])
    return f"your {answer.name} {_odd_weights(answer, odd, kept)}; {look}", ""


def _odd_weights(answer: WrongAnswer, odd: Sequence[tuple[Path, str]], kept: Sequence[Path]) -> str:
    path, factor = odd[0]
    through = f"the path through {_way(path)}"
    match kind_of_weights([factor for _, factor in odd]):
        case Kind.WRONG_PATH:
            each = (f"{f}{at_your_sizes(answer, f)} on the path through {_way(p)}" for p, f in odd)
            return f"has the wrong factor on some paths: {listed(each)}"
        case Kind.MISSING_PATH:
            return _missing(kept, odd)
        case Kind.DOUBLED_PATH:
            return f"counts {through} twice"
        case Kind.NEGATED_PATH:
            return f"has the wrong sign on {through}"
    return f"has an extra factor of {factor}{at_your_sizes(answer, factor)} on {through}"


def _missing(kept: Sequence[Path], odd: Sequence[tuple[Path, str]]) -> str:
    if len(kept) == 1:
        return f"covers only the path through {_way(kept[0])}"
    ways = [_way(path) for path, _ in odd]
    shown = ways if len(ways) <= MOST_WAYS else [*ways[: MOST_WAYS - 1], f"{len(ways) - MOST_WAYS + 1} more"]
    return f"is missing the path{'s' * (len(ways) > 1)} through {listed(shown)}"


def _sharing(answer: WrongAnswer, odd: Sequence[Path], kept: Sequence[Path], factor: str) -> str:
    """Where to look."""
    if factor == "0":
        used: dict[str, list[str]] = {}
        for fork, use in list(dict.fromkeys(_fork(answer, path, kept) for path in odd))[:MOST_WAYS]:
            used.setdefault(fork, []).append(use)
        also = listed(f"{fork} is also used in {listed(uses)}" for fork, uses in used.items())
        return f"{also}: the gradients from all uses add up"
    steps = [answer.exercise.producer[name].number for name in odd[0].via if name in answer.exercise.producer]
    if len(steps) > 1:
        return f"work back through forward.py lines {listed(str(number) for number in reversed(steps))} one at a time"
    lines = list(dict.fromkeys(path.line for path in odd))
    return f"look at {_uses(lines)}: each use of {answer.variable} adds its gradient once"


def _fork(answer: WrongAnswer, missing: Path, kept: Sequence[Path]) -> tuple[str, str]:
    """Where a missing path branches off the others: `bndiff` and its use in `bndiff2 (forward.py line 53)`."""
    common = max((len(missing.shared(path)) for path in kept), default=0)
    common = min(common, len(missing.via) - 1)
    fork = missing.via[common - 1] if common else answer.variable
    line = answer.exercise.producer[missing.via[common]]
    return fork, f"{missing.via[common]} ({place(line)})"


def _way(path: Path) -> str:
    """The variables of a path, ordered towards the loss, and which use it is if a line uses the variable twice."""
    place_in_line = f" ({_ORDINAL[min(path.occurrence, 4)]} use in the line)" if path.occurrence else ""
    via = path.via if len(path.via) <= MOST_STEPS else (*path.via[:2], "...", path.via[-1])
    return " -> ".join(via) + place_in_line


def _key(path: Path) -> str:
    return ".".join(path.via) + (f"#{path.occurrence}" if path.occurrence else "")


def _sibling(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """A share that belongs to another value of the line."""
    line, how = fields["line"], "instead of" if fields["instead"] else "in addition to"
    theirs = f"the one that {place(line)} passes back to {fields['sibling']}: `{line.head}`"
    return f"your {answer.name} contains, {how} its own gradient, {theirs}", ""


# one change in a formula


_RULES = {
    Kind.NOT_SUMMED: "Broadcasting forward means summing backward",
    Kind.WRONG_AXIS: "Use the same dimension as the forward pass",
    Kind.SUMMED_TOO_FAR: "Sum only over what the forward pass broadcast",
    Kind.NOT_EXPANDED: "Summing forward means broadcasting backward",
    Kind.UPSTREAM_UNUSED: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.UPSTREAM_ONLY: "The chain rule multiplies the upstream gradient by the line's own derivative",
    Kind.TRANSPOSED: "Write down the indices: of a square matrix, both ways have the right shape",
}
"""The rule that a kind of mistake breaks."""


def _one_change(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """One change in one share."""
    path, change = fields["path"], f"{words(fields['change'])}{besides(answer, fields['factor'])}"
    where = f"in your {answer.name}, the path through {_way(path)}" if fields["one_share"] else f"your {answer.name}"
    missing = "; the other paths are missing" if fields["alone"] else ""
    rule = f"{_RULES[fields['of']]}. " if fields["of"] in _RULES and _applies(fields["of"], path.line, answer) else ""
    look = _quoted(path.line) if fields["one_share"] else _where(answer, path)
    return f"{where} is right except for one thing: {change}{missing}", f"{rule}{look}"


def _where(answer: WrongAnswer, path: Path) -> str:
    """The line to look at; all lines between, for a formula that covers several."""
    used = {*answer.evidence.depends_on} | {leaf.data for leaf in distinct_leaves(path.node) if leaf.op == "up"}
    below = answer.exercise.downstream(answer.variable) & answer.given.case.graph.differentiable
    between = {name for name in below if name in used or used & answer.exercise.downstream(name)}
    lines = [line for line in answer.exercise.lines if between & {*line.outputs}]
    one = answer.local_style or len(path.via) > 1 or path.line not in lines
    if one or not 1 < len(lines) <= MOST_LINES:
        return _quoted(path.line)
    return f"Work back through forward.py lines {listed(str(line.number) for line in reversed(lines))}"


def _applies(broken: Kind, line: Line, answer: WrongAnswer) -> bool:
    """Whether the rule for a kind of mistake is about this line."""
    if broken is Kind.NOT_SUMMED:
        return answer.broadcast_by([line])
    if broken is Kind.WRONG_AXIS:
        return answer.summed_by([line])
    return broken is not Kind.NOT_EXPANDED or answer.summed_by([line])


def _one_change_of_form(answer: WrongAnswer, fields: Fields) -> tuple[str, str]:
    """One change in a closed form."""
    change = f"{words(fields['change'])}{besides(answer, fields['factor'])}"
    what = f"your {answer.name} is almost the formula for {words(fields['closed_form'])}, but {change}"
    return what, f"Work back one line at a time to {listed(map(place, answer.lines))}"


_LONGER: dict[str, Callable[[WrongAnswer, Fields], tuple[str, str]]] = {
    "keepdim": _keepdim,
    "gaps": _gaps,
    "one_factor": _one_factor,
    "powers": _powers,
    "step_of_layer": _step_of_layer,
    "value_of_another_pass": _value_of_another_pass,
    "weights": _weights,
    "sibling": _sibling,
    "one_change": _one_change,
    "one_change_of_form": _one_change_of_form,
}
"""The same for those that need more."""


# no identity: what a verdict says already, and what is known if nothing fits


def _hard_coded(_: Exercise, variable: str, fields: Fields) -> str:
    """An answer that is right on the given case only."""
    if fields["remembers"]:
        return f"your d{variable} depends on earlier calls: {KEEPS}. Compute the gradient from the arguments only"
    return f"your d{variable} is {_right_once(fields)}"


def _right_once(fields: Fields) -> str:
    cause = fields["cause"]
    if fields["never_right"]:
        return f"different each time it is called with the same arguments: {changing(cause)}"
    match cause:
        case Cause.CHANGES | Cause.UNSET:
            return f"right in one call and wrong in another with the same forward pass: {changing(cause)}"
        case Cause.SIZE:
            return f"right at the given sizes only{_typed_sizes(fields)}"
        case Cause.RANGE:
            return (
                f"{RANGE}: a mask, clamp or epsilon differs from the forward pass, or one row of a table is treated "
                "differently. Values that saturate, values near zero and every index were checked"
            )
        case Cause.VALUE:
            kept = "" if fields["keeps_nothing"] else f", or {KEEPS}"
            return (
                f"right for the numbers of this seed only: {TYPED_VALUE}{kept}. It fails for other numbers: "
                "take the value as a parameter, by name, in each call"
            )
    return _right_on_given_case(fields)


def _typed_sizes(fields: Fields) -> str:
    """Which numbers are wrong, and what to do. Where the function can keep state, a number need not be typed."""
    numbers = listed(f"{number} instead of {size}" for number, size in fields["numbers"].items())
    verb, kept = ("you wrote", "") if fields["keeps_nothing"] else ("it uses", " in each call")
    which = f": {verb} {numbers}" if numbers else ""
    return f"{which}. It fails at other sizes: take every size from {size_source(fields['sizes'])}{kept}"


def _right_on_given_case(fields: Fields) -> str:
    typed = "a size or a value of the forward pass" if fields["sizes"] else "a value of the forward pass"
    count, kept = ("two", "") if fields["keeps_nothing"] else ("three", f", or {KEEPS}")
    leave = f"Its answers to other cases leave {count} explanations"
    return f"right on the given case only. {leave}: {typed} is hard-coded{kept}, or {CHANCE}"


def _ignored(exercise: Exercise, variable: str, fields: Fields) -> str:
    """Upstream gradients that are parameters but do not change the answer."""
    gradients = listed(f"d{name}" for name in fields["ignored"])
    return (
        f"your d{variable} takes {gradients}, but its result does not depend on {gradients}. "
        f"{_RULES[Kind.UPSTREAM_UNUSED]}. {_where_to_start(exercise, variable)}"
    )


def _unknown(exercise: Exercise, variable: str, fields: Fields) -> str:
    """How far off a gradient is and where, with signs and orders of magnitude."""
    bad = ", which has values that are not finite" if fields["not_finite"] else ""
    parts = [f"no single known mistake explains your d{variable}{bad}"]
    if fields["relative_error"] is not None:
        parts.append(f"it is off by {error_size(fields['cases'], fields['passed'])}{_most(fields['worst_index'])}")
    if fields["nearly"]:
        parts.append("the formula is nearly right: check small constants and rounded numbers")
    if fields["not_finite"]:
        parts.append("such values come from 0/0, the log or root of a negative number, or ** typed for *")
    parts.append(_where_to_start(exercise, variable))
    return ". ".join([parts[0], *(part[0].upper() + part[1:] for part in parts[1:])])


def _where_to_start(exercise: Exercise, variable: str) -> str:
    return f"Start where {variable} is used: {_uses(exercise.readers.get(variable, ()))}"


def _most(index: tuple[int, ...] | None) -> str:
    return f", most at {list(index)}" if index else ""


def _unknown_value(exercise: Exercise, variable: str, _: Fields) -> str:
    """A value of a layer."""
    line = exercise.producer[variable]
    return (
        f"no single known mistake explains your {variable}. Work through the lines of forward.py up to "
        f"line {line.number}, `{line.head}`, and compare each with yours"
    )


def _not_linear(_: Exercise, variable: str, fields: Fields) -> str:
    """How an answer depends on the upstream gradients in which it is not linear, as far as that is known."""
    other = Bend.OTHER in fields["bends"].values()
    return _bent(variable, f"not linear in {listed(fields['upstream'])}" if other else not_linear(fields["bends"]))


def _done_to_gradient(_: Exercise, variable: str, fields: Fields) -> str:
    """The one thing that makes an answer not linear."""
    done, more = words(fields["done"]), besides(fields["answer"], fields["extra"])
    if fields["nothing_else"]:
        return _bent(variable, f"wrong: {done}" if more else f"wrong: {done}, and nothing else is done")
    return _bent(variable, f"right except for one thing: {done}{more}")


def _offset(_: Exercise, variable: str, fields: Fields) -> str:
    """A part that does not depend on the upstream gradients."""
    how = "right except for one thing" if fields["right"] else "not linear"
    return _bent(variable, f"{how}: something that does not depend on {listed(fields['upstream'])} is added")


def _bent(variable: str, what: str) -> str:
    return f"your d{variable} is {what}. {LINEAR[0].upper()}{LINEAR[1:]}, whatever their size or sign"


_WITHOUT: dict[str, Callable[[Exercise, str, Fields], str]] = {
    "hard_coded": _hard_coded,
    "ignored": _ignored,
    "unknown": _unknown,
    "unknown_value": _unknown_value,
    "not_linear": _not_linear,
    "done_to_gradient": _done_to_gradient,
    "offset": _offset,
    "wrong_dtype": lambda _, variable, fields: f"your d{variable} has {fields['problem']}",
    "untestable": lambda _, variable, fields: f"your d{variable} cannot be checked: {fields['problem']}",
}
"""The message for what is not an identity."""
