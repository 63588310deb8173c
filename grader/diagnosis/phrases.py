"""The parts of a sentence that say what was changed: a key and its fields, and the template that makes text of them.

Whatever looks for a mistake makes phrases only. They are put into words once, for the mistake that is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from grader.diagnosis.formula import Node
from grader.exercise.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Phrase(NamedTuple):
    """What a part of a sentence says, as data."""

    key: str
    """Which kind of slip: one generator of candidates has it to itself."""
    fields: Mapping[str, Any]
    """What it is about: values of a formula, numbers, lines, other phrases."""


class Dimensions(NamedTuple):
    """Dimensions of a value in a phrase."""

    numbers: tuple[int, ...]


class LineNumbers(NamedTuple):
    """Lines of forward.py in a phrase."""

    numbers: tuple[int, ...]


def said(key: str, **fields: Any) -> Phrase:
    """A phrase. The search makes thousands: there is no text yet, and this is the cheapest way to make the tuple."""
    return tuple.__new__(Phrase, (key, fields))


def words(phrase: Phrase) -> str:
    """The text of a phrase."""
    known = _Spelled({name: spelled(value) for name, value in phrase.fields.items()})
    return TEMPLATES[phrase.key].format_map(known)


class _Spelled(dict[str, Any]):
    """The fields of a template, and code in which one of them is applied to another: `function(of)`."""

    def __missing__(self, key: str) -> str:
        form, _, of = key.removesuffix(")").partition("(")
        return str(self[form]).replace("{}", str(self[of]))


def spelled(value: Any) -> Any:
    """A field as its template writes it; names and numbers are left to the template."""
    spelling = _SPELLINGS.get(type(value))
    return value if spelling is None else spelling(value)


def spell(node: Node) -> str:
    """How the learner writes a leaf."""
    return f"d{node.data}" if node.op == "up" else str(node.data)


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(parts)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def _numbered(what: str, numbers: tuple[int, ...]) -> str:
    return f"{what}{'s' * (len(numbers) > 1)} {listed(map(str, numbers))}"


_SPELLINGS: dict[type, Callable[[Any], str]] = {
    Phrase: words,
    Node: spell,
    Dimensions: lambda dims: _numbered("dimension", dims.numbers),
    LineNumbers: lambda lines: _numbered("line", lines.numbers),
    Line: lambda line: f"`{line.text}` as line {line.number}",
    tuple: lambda parts: listed(str(spelled(part)) for part in parts),
}
"""How a template writes a field, by type."""

_STEP = "right except for one step: "
_THING = "right except for one thing: "

TEMPLATES: dict[str, str] = {
    # what a change may be made to
    "result": "it",
    "whole_result": "the whole result",
    "derivative": "the derivative",
    "upstream_gradient": "the upstream gradient",
    "right_value": "the right value",
    "column": "column {column} of {of}",
    # a change of one place, made everywhere
    "wherever_needed": "wherever {leaf} is needed, {change}",
    "everywhere_used": "{change}, everywhere it is used",
    "sums_over_another": "the sums run over dimension {dim}",
    "sums_over_everything": "the sums run over every dimension",
    # every share, or the finished result
    "leaves_swapped": "{one} and {other} are swapped",
    "several_shifted": "each of {of} is used one step too {when}",
    "late": "late",
    "early": "early",
    "term_overwrites": "one use's gradient overwrites the others where it is put, instead of being added to them",
    "several_replaced": "{used} are used instead of {right}",
    "no_matrix_transposed": "no matrix is transposed",
    "summed_before_product": "the factors are added up before they are multiplied",
    "all_upstream_unused": "no upstream gradient is used",
    "all_derivatives_missing": "the lines' own derivatives are missing",
    "line_skipped": "a line is skipped on the way back",
    # other entries of a value
    "shifted": "{of} is shifted by one along dimension {dim}",
    "first_for_all": "the first entry of {of} along dimension {dim} is used for all",
    "last_for_all": "the last entry of {of} along dimension {dim} is used for all",
    "averaged_along": "{of} is averaged over dimension {dim}",
    "summed_along": "{of} is summed over dimension {dim}",
    "sorted": "{of} is sorted along dimension {dim}",
    "laid_anew": "{of} is transposed and reshaped back, which mixes its entries up",
    "centered": "{of} has its {op} over dimension {dim} subtracted",
    "centered_overall": "{of} has its mean subtracted",
    "index_arranged": "its index is wrong: {change}",
    "rows_arranged": "the index of its rows is wrong: {change}",
    # another value
    "value_replaced": "{used} is used instead of {right}",
    "reshaped_to_fit": "{change}, reshaped to fit",
    "upstream_left_out": "{of} is left out",
    "value_left_out": "a factor is missing",
    "value_reversed": "{of} is reversed along dimension {dim}",
    "derivative_replaced": "{used} is used instead of the line's own derivative",
    "another_raised": "{of}**{power:g} is used instead of the right value",
    "function_of_another": "{function(of)} is used instead of the right value",
    "softmax_of_another": "softmax({of}, {dim}) is used instead of the right value",
    # a power or a function of the right value, or another one with it
    "exponent_times": "the exponent of {of} is {power:g} times the right one",
    "raised": "{of} is raised to the power {power:g}",
    "function_applied": "{function(of)} is used instead of {of}",
    "extra_factor": "{of} has an extra factor of {other}",
    "extra_gate": "{of} has an extra factor of {gate(other)}",
    "extra_slope": "{of} has an extra factor of {slope(other)}",
    "another_added": "{other} is added to {of}",
    "another_subtracted": "{other} is subtracted from {of}",
    "subtracted_from_another": "{of} is subtracted from {other}",
    # another operation
    "added": "added",
    "subtracted": "subtracted",
    "added_or_subtracted": "added or subtracted",
    "multiplied": "multiplied",
    "divided": "divided",
    "combined_as_power": "combined as a power",
    "matrix_multiplied": "matrix-multiplied",
    "operands_swapped": "two values are swapped",
    "operation_replaced": "two values are {wrong} instead of {right}",
    "epsilon_dropped": "the small constant {number:g} is missing",
    "term_missing": "one term is missing",
    "power_missing": "a power is missing",
    "upstream_unused": "the upstream gradient is never used",
    "factor_missing": "a factor is missing",
    "term_negated": "one term has the wrong sign",
    "term_scaled": "one term has an extra factor of {factor}",
    "exponent_wrong": "an exponent amounts to {exponent:g}, which is wrong",
    "matrix_transposed": "a matrix is transposed that should not be, or the other way round",
    "epsilon_after_power": "the small constant {number:g} is added after the root instead of inside it",
    "matrices_summed": "both matrices are summed before they are multiplied",
    "matrices_summed_throughout": "both matrices are summed over all examples before they are multiplied",
    "number_wrong": "the number {number:g} is wrong",
    "epsilon_missing": "the small constant {number:g} is missing",
    "epsilon_replaced": "the small constant is {wrong:g} instead of {right:g}",
    "epsilon_added": "a small constant ({number:g}) is added where the forward pass has none",
    "minus_missing": "a minus sign is missing",
    "softmax_over_another": "the softmax runs over the wrong dimension",
    "softmax_missing": "the softmax is missing",
    "exp_for_softmax": "exp is used instead of the softmax, without dividing by its sum",
    "sigmoid_for_softmax": "the sigmoid is used instead of the softmax",
    "log_softmax_for_softmax": "the log-softmax is used instead of the softmax",
    # some entries only
    "only_part": "only the part used in {other} is included",
    "part_left_out": "the part used in {other} is left out",
    "filled": "it starts from {of} instead of zeros",
    "gate_turned": "the gradient is passed on where {of} is not positive, and nowhere else",
    "ones_elsewhere": "where {of} is not positive, it is one instead of zero",
    "input_of_relu": "the relu's input",
    "but_last": "the last entry along dimension {dim} is left out",
    "but_first": "the first entry along dimension {dim} is left out",
    "but_last_edge": "the last row and column ({dims}) are left out",
    "but_first_edge": "the first row and column ({dims}) are left out",
    "only_first": "only the first entry along dimension {dim} is used",
    "only_last": "only the last entry along dimension {dim} is used",
    "only_half": "only the first half along dimension {dim} is used",
    "only_indexed": "only the positions indexed by {index} are used",
    "indexed_left_out": "the positions indexed by {index} are left out",
    "only_largest": "only the position of the largest entry of {of} is used",
    # what is summed, and what is broadcast
    "not_summed": "it is not summed over what was broadcast",
    "summed_over_another_reshaped": "it is summed over {over} instead, then reshaped",
    "summed_over_another": "it is summed over {over} instead",
    "summed_over_everything": "it is summed over every dimension",
    "summed_early": "it is summed before it is multiplied",
    "not_broadcast": "it is not broadcast over what was summed",
    "sum_over_another": "a sum runs over the wrong dimension",
    "sum_missing": "a sum is missing",
    "mean_for_sum": "a mean is used instead of a sum",
    "mean_over_another": "a mean runs over the wrong dimension",
    "sum_for_mean": "a sum is used instead of a mean",
    "mean_missing": "a mean is missing",
    "mean_less_one": "a mean is divided by one less than the count (Bessel's correction)",
    # the positions that a gradient goes to
    "largest": "largest",
    "smallest": "smallest",
    "overall": "overall",
    "along": "along dimension {dim}",
    "sent_everywhere": "it is sent to every position instead of only those that were read",
    "sent_beyond_extreme": "it is sent to every entry instead of only the {place} one",
    "sent_to_first": "it is sent to the first entry along dimension {dim}",
    "sent_to_indexed": "it is sent to the positions indexed by {index}",
    "sent_to_extreme_of_another": "it is sent to the position of the {place} entry of {of}",
    "sent_to_extreme": "it is sent to the {place} entry {where}",
    "sent_beside": "it is sent to the position next to the one that was read",
    "sent_to_next_row": "it is sent to the position that belongs to the next row",
    "sent_in_every_row": "every row's position is used in all rows, as in an index [:, i]",
    "one_for_each_row": "it has one gradient for every row, not one for every element of the variable",
    "one_for_each_read": "it has one gradient for every element read, not one for every element of the variable",
    "reads_overwrite": "gradients overwrite each other where a position was read more than once",
    "reads_averaged": "gradients are averaged where a position was read more than once",
    "sent_to_indexed_rows": "the gradients are sent to the rows indexed by {index}",
    "index_transposed": "{index} is transposed, but the gradient is not",
    "copies_overwrite": "gradients overwrite each other where an element was copied more than once",
    "nonzero_copies_overwrite": (
        "gradients overwrite each other where an element was copied more than once, unless they are zero"
    ),
    "copies_averaged": "gradients are averaged where an element was copied more than once",
    # the same values in another order
    "not_reshaped": "it is not reshaped to the variable's shape",
    "reshaped_in_another_order": "it is reshaped with the dimensions in the wrong order",
    "reversed_after_reshape": "it is reversed along dimension {dim}",
    "summed_after_reshape": "it is summed over dimension {dim}",
    # formulas for several lines, and changes that only these have
    "softmax_form": "the softmax {of}",
    "masked_softmax_form": "the masked softmax {of}",
    "mask_missing": "the softmax is computed again without the mask",
    "log_softmax_form": "the log-softmax {of}",
    "cross_entropy_form": "softmax and cross entropy combined",
    "normalization_form": "the normalization {of}",
    "form_of_log_softmax": "it is the derivative of the log-softmax",
    "upstream_subtracted": "it is {of} - d{of}",
    "entries_alone": (
        "each entry is treated on its own, p(1-p), although every output of a softmax depends on its whole row"
    ),
    "only_probabilities_divided": "only the probabilities are divided, before 1 is subtracted",
    "factor_outside_means": "a factor is multiplied at the end that belongs inside the means",
    "mean_not_subtracted": "it has the term of a mean that the forward pass does not subtract",
    # what is done to an upstream gradient, or to one on the way, that makes the answer not linear in it
    "finished": "the result",
    "goes_through_relu": "{of} goes through a relu",
    "negative_kept": "only the negative values of {of} are kept",
    "absolute_taken": "the absolute value of {of} is taken",
    "only_sign": "only the sign of {of} is used",
    "times_itself": "{of} is multiplied by itself",
    "times_itself_twice": "{of} is multiplied by itself twice",
    "times_its_absolute": "{of} is multiplied by its absolute value",
    "inverted": "1/{of} takes the place of {of}",
    "goes_through_tanh": "{of} goes through a tanh",
    "goes_through_sigmoid": "{of} goes through a sigmoid",
    "goes_through_exp": "{of} goes through an exp",
    "goes_through_leaky_relu": "{of} goes through a leaky relu",
    "goes_through_softmax": "{of} goes through a softmax",
    "clamped_to_one": "{of} is clamped to [0, 1]",
    "clamped": "{of} is clamped to [-{bound:.6g}, {bound:.6g}]",
    "over_its_norm": "{of} is divided by its norm",
    "over_its_sum": "{of} is divided by its sum",
    "over_its_largest": "{of} is divided by its largest absolute value",
    "shares_multiplied": "what comes back through {through} is multiplied instead of added",
    # one step of the way back through a layer: the end of a sentence that starts with "your dX is "
    "passed_back": "what line {line} passes back to {of}",
    "share_missing": f"{_STEP}{{share}} is missing",
    "share_negated": f"{_STEP}{{share}} has the wrong sign",
    "share_doubled": f"{_STEP}{{share}} is counted twice",
    "two_shares_missing": "right except for two steps: {one} and {other} are missing",
    "on_one_way": "{mistake}, in {share}",
    "lines_skipped": f"{_STEP}d{{other}} is passed on as d{{of}}, which skips forward.py line {{lines}}",
    "totals_exchanged": "right if d{one} and d{other} change places: check where you put them together or return them",
    "total_used_as": f"{_STEP}d{{other}} is used as d{{of}}",
    "total_of_one": f"{_STEP}d{{of}} is taken to be one",
    "slopes_missing": f"{_THING}the derivatives of {{of}} are missing",
    "another_pass": "the gradient of a forward pass with {lines}",
    "lines_with": "{having} ({lines})",
    "differentiated_otherwise": f"{_STEP}line {{line}} is differentiated as if {{differs}}",
    "line_otherwise": "it were `{code}`",
    "line_with": "with {having}",
    "share_otherwise": f"{_STEP}{{share}} is that of {{of}}",
    "that_code": "`{code}`",
    "that_line_with": "a line with {having}",
    "values_exchanged": (
        "right if {one} and {other} change places on the way back: check the order in which you keep them"
    ),
    "value_taken_for": f"{_THING}wherever {{taken}} is needed on the way back, {{instead}} is used",
    "share_changed": f"{_STEP}in {{share}}, {{change}}",
    "way_changed": f"{_STEP}on the way back to {{to}} through line {{line}}, {{change}}",
    "multiplied_late": (
        "almost right, but {factor} is multiplied at the end: it is a factor of line {line}, "
        "and the gradient is summed on the way from there"
    ),
    "form_changed": f"{_STEP}in the formula for {{form}}, {{change}}",
    "gradient_cut": "of {of}, {change}",
    "form_of_another_pass": f"{_STEP}the formula for {{form}} has the values of a forward pass with {{lines}}",
    "form_with_value": f"{_STEP}in the formula for {{form}}, the value of line {{line}} is that of {{of}}",
    "kept_in_another_order": "{one} and {other} change places: check the order in which you keep them",
    "value_with": "in {of}, {change}",
    "slope_of_logarithm": "the derivative is taken to be that of the logarithm alone",
    "derivative_taken_to_be": "the derivative is taken to be {slope(of)}",
    "slope_of_another": "the derivative is that of {function}",
    "gelu_with_erf": "the exact gelu, with erf",
    "gelu_with_tanh": "the gelu with tanh",
    "gelu_with_sigmoid": "x*sigmoid(1.702*x), another approximation of gelu",
    "silu": "silu, x*sigmoid(x)",
    "wrong_in_a_term": "the derivative of {function} is taken to be {slope}",
    "only_distribution": "the normal distribution function, without the term of its own derivative",
    "only_density_term": "{of} times the normal density, without the distribution function",
    "density_without_input": "the distribution function plus the density, which lacks its factor {of}",
    "terms_subtracted": "a difference of its two terms",
    "only_density": "the normal density alone",
    "erf_of_input": "one with erf({of}) instead of erf({of}/sqrt(2))",
    "distribution_not_halved": "one without the factor 1/2 of 1 + erf",
    "density_not_scaled": "one without the 1/sqrt(2*pi) of the density",
    "only_sigmoid": "sigmoid({of}), without the term of its own derivative",
    "only_sigmoid_term": "{of} times the derivative of the sigmoid, without the sigmoid",
    "only_sigmoid_slope": "the derivative of the sigmoid alone",
    "second_factor_missing": "sigmoid({of})*(1 + {of}), which lacks the factor 1 - sigmoid({of})",
    "slope_without_input": "the sum of the sigmoid and its derivative, which lacks its factor {of}",
    "over_dimension": "over dimension {dim}",
    "over_everything": "over everything",
    "mean_runs": "a mean runs {over}",
    "means_run": "the means run {over}",
    # what a line of another pass has, where its code would not say it
    "exponentials_summed": "the exponentials summed over dimension {dim}",
    "leaking": "a leak of {leak:g} where {of} is negative",
    "every_positive": "every positive entry of {of} in the place of the largest",
    "each_largest": "each of several equal largest entries",
    "shared_by_largest": "a gradient shared by equal largest entries",
    "largest_twice": "the largest only where it is also the largest along dimension {dim}",
    "running_averages": "running averages in the place of the mean and variance of the minibatch",
    "function_in_place": "{other} in the place of {right}",
    "gelu_by_tanh": "the tanh approximation of gelu",
    "gelu_by_sigmoid": "the sigmoid approximation of gelu",
    "variance_less_one": "a variance divided by one less than the count",
    "epsilon_outside_root": "epsilon added to the standard deviation",
    "no_epsilon": "no epsilon",
    "no_root": "no square root of the variance",
    "no_mean": "no mean subtracted",
    "moments_over_examples": "the mean and variance along dimension 0",
    "no_weight": "no weight",
    "no_bias": "no bias",
    "window_means": "the mean of each window",
    "window_sums": "the sum of each window",
    "window_smallest": "the smallest of each window",
    "window_firsts": "the first of each window",
    "window_each_largest": "each of several equal largest entries of a window",
    "window_shared": "a gradient shared by equal largest entries of a window",
    "window_last_largest": "the last of several equal largest entries",
    "windows_of_successive": "windows of successive entries in the place of square ones",
    "stride_of_one": "windows one step apart, whatever the stride",
    "stride_too_small": "a stride that is one too small",
    "windows_turned": "the height and width of a window swapped",
    "windows_apart": "windows that never overlap",
    "first_window_for_all": "the first window in the place of every other",
    "border_at_end": "the whole border at the end of each dimension",
    "border_at_start": "the whole border at the start of each dimension",
    "border_repeated": "a border that repeats the entries at the edge",
    "border_mirrored": "a border that mirrors what is inside",
    "border_around": "a border taken from the opposite edge",
}
"""The text of each key; a field in it is a name, a number, another phrase, or code: `{function(of)}`."""
