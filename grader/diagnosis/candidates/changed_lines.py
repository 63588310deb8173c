"""A forward line written wrongly: the other lines that people write in its place when they make one mistake."""

from __future__ import annotations

import ast
import copy
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.candidates.mutations import Replaced, Surroundings
from grader.diagnosis.candidates.one_call import call_slips
from grader.diagnosis.candidates.slips import ALONG, MOST_DIMENSIONS, Slip, complement, parsed, slips
from grader.diagnosis.candidates.windows import window_slips
from grader.diagnosis.forward_code import literal, value_of
from grader.diagnosis.kinds import Kind
from grader.diagnosis.phrases import LineNumbers, said
from grader.exercise.forward import COTANGENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.diagnosis.phrases import Phrase
    from grader.exercise.exercise import Exercise
    from grader.exercise.line import Line


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """Lines of a forward pass that are written otherwise, mostly one."""

    lines: tuple[Line, ...]
    """What stands in the place of the lines with the same numbers."""
    kind: Kind
    cost: float
    """How far-fetched it is, on the scale of `Change.cost`."""
    phrase: Phrase | None = None
    """What the lines have then, if their code would not say it."""

    @property
    def written(self) -> Phrase | tuple[Line, ...]:
        """How a phrase refers to them."""
        numbers = LineNumbers(tuple(line.number for line in self.lines))
        return self.lines if self.phrase is None else said("lines_with", having=self.phrase, lines=numbers)

    def within(self, lines: Sequence[Line]) -> list[Line]:
        """All lines of the forward pass, with these in their places."""
        others = {line.outputs: line for line in self.lines}
        return [others.get(line.outputs, line) for line in lines]


def changed_lines(exercise: Exercise, values: Mapping[str, Any]) -> list[ChangedLines]:
    """Every change of one line, and some of several lines at once; likeliest first.

    Args:
        exercise: the forward pass.
        values: its values on some case, which show what may stand in the place of what.
    """
    found: dict[tuple[tuple[int, str], ...], ChangedLines] = {}
    lines = exercise.lines[:-1] if exercise.ends_in_out else exercise.lines  # the last one is not in the file
    for changed in (*_of_one_line(exercise, lines, values), *_of_several(lines, values)):
        key = tuple((line.number, line.text) for line in changed.lines)
        if key not in found or changed.cost < found[key].cost:
            found[key] = changed
    return sorted(found.values(), key=lambda changed: changed.cost)


def _of_one_line(exercise: Exercise, lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    known = [name for name in exercise.inputs_parameters if name != COTANGENT]
    for line in lines:
        if line.body:  # a step has no expression to write otherwise
            known += line.outputs
            continue
        around = Surroundings((), [name for name in known if name in values], values)
        for value, slip in _written_otherwise(line, around):
            yield ChangedLines((_with_value(line, value, known),), slip.kind, slip.cost, slip.phrase)
        known += line.outputs


def _with_value(line: Line, value: ast.expr, known: Iterable[str]) -> Line:
    """The line with another right-hand side."""
    if not isinstance(line.code, ast.Assign):
        raise AssertionError(f"line {line.number} assigns nothing")  # noqa: TRY004 every line does
    code = ast.fix_missing_locations(ast.copy_location(ast.Assign(line.code.targets, value), line.code))
    used = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
    reads = tuple(dict.fromkeys(name for name in used if name in set(known)))
    return replace(line, text=ast.unparse(code), reads=reads, code=code)


def _written_otherwise(line: Line, around: Surroundings) -> Iterator[tuple[ast.expr, Slip]]:
    """Other right-hand sides of a line, with the slip that each is."""
    original = value_of(line)
    before, twin = ast.unparse(original), copy.deepcopy(original)
    for node in list(ast.walk(twin)):
        for slip in [*slips(node, twin, around), *window_slips(node), *call_slips(node)]:
            text = ast.unparse(Replaced(node, slip.new).visit(twin))
            if node is not twin:
                Replaced(slip.new, node).visit(twin)  # as it was
            if text != before:
                yield parsed(text), slip
    for name in line.reads:
        alike = len(line.outputs) == 1 and _same_shape(around.values, name, line.outputs[0])
        if alike and not isinstance(original, ast.Name):
            new = ast.Name(name, ast.Load())
            yield new, Slip(new, Kind.WRONG_OPERAND, 0.1)
    negative = ast.UnaryOp(ast.USub(), original)
    yield negative, Slip(negative, Kind.SIGN, 0.1)


def _same_shape(values: Mapping[str, Any] | None, one: str, other: str) -> bool:
    a, b = (values or {}).get(one), (values or {}).get(other)
    return isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.shape == b.shape


# several lines at once


def _of_several(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    yield from _exchanged(lines, values)
    yield from _all_along_another(lines)
    yield from _whole_numbers_everywhere(lines, values)
    yield from _in_another_order(lines, values)
    yield from _complements(lines, values)
    yield from _running_averages(lines, values)


def _exchanged(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    """The values of two lines that read the same, exchanged: gates in another order."""
    for one, other in itertools.combinations(lines, 2):
        alone = len(one.outputs) == len(other.outputs) == 1 and set(one.reads) == set(other.reads)
        if alone and _same_shape(values, one.outputs[0], other.outputs[0]):
            pair = _with_value(one, value_of(other), one.reads), _with_value(other, value_of(one), one.reads)
            yield ChangedLines(pair, Kind.WRONG_INDEX, 0.3)


_DIMS = (*((dim,) for dim in range(MOST_DIMENSIONS)), (0, 1), (0, 2), (1, 2))


def _all_along_another(lines: Sequence[Line]) -> Iterator[ChangedLines]:
    """Every sum and mean along another dimension, and every sum that is divided by its count."""
    for dims in _DIMS:
        for divided in (False, True):
            changed = [found for line in lines if (found := _turned(line, dims, divided=divided)) is not None]
            if len(changed) > 1 or (changed and len(dims) > 1):
                yield ChangedLines(tuple(changed), Kind.WRONG_AXIS, 0.2)


def _turned(line: Line, dims: tuple[int, ...], *, divided: bool) -> Line | None:
    twin = copy.deepcopy(value_of(line))
    places = [node for node in ast.walk(twin) if (_is_share(node) if divided else _is_along(node))]
    along = ast.Constant(dims[0]) if len(dims) == 1 else ast.Tuple([ast.Constant(dim) for dim in dims], ast.Load())
    for node in places:
        call = node.left if isinstance(node, ast.BinOp) else node
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        name = "mean" if divided else call.func.attr
        kept = [] if "softmax" in name else [ast.keyword("keepdim", ast.Constant(value=True))]
        new = ast.Call(ast.Attribute(call.func.value, name, ast.Load()), [along], kept)
        twin = Replaced(node, new).visit(twin)
    return _with_value(line, twin, line.reads) if places else None


def _is_share(node: ast.AST) -> bool:
    """Whether an expression is a sum divided by a name, `x.sum(0) / n`."""
    divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Name)
    return divided and isinstance(node, ast.BinOp) and _is_along(node.left)


def _whole_numbers_everywhere(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    """A whole number taken for another one in every line: a stride of one, height and width exchanged."""
    read = dict.fromkeys(name for line in lines for name in line.reads if type(values.get(name)) is int)
    for one in read:
        news = [ast.Constant(1), *(ast.Name(other, ast.Load()) for other in read if other != one)]
        news += [ast.BinOp(ast.Name(one, ast.Load()), op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())]
        for new in news:
            yield from _renamed(lines, {one: new})
    for one, other in itertools.combinations(read, 2):
        yield from _renamed(lines, {one: ast.Name(other, ast.Load()), other: ast.Name(one, ast.Load())})


def _renamed(lines: Sequence[Line], news: Mapping[str, ast.expr]) -> Iterator[ChangedLines]:
    changed = []
    for line in lines:
        if any(name in news for name in line.reads):
            twin = _substituted(value_of(line), news)
            known = {*line.reads, *(n.id for new in news.values() for n in ast.walk(new) if isinstance(n, ast.Name))}
            changed.append(_with_value(line, twin, known))
    if len(changed) > 1:
        yield ChangedLines(tuple(changed), Kind.WRONG_INDEX, 0.3)


def _in_another_order(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    """A function applied to what a line reads instead of to its result, or before the line adds its last term."""
    for one, other in itertools.pairwise(lines):
        function = value_of(other)
        if not isinstance(function, ast.Call) or other.reads != one.outputs or _is_along(function):
            continue
        alone = _with_value(other, ast.Name(one.outputs[0], ast.Load()), other.reads)
        for name in one.reads:
            if isinstance(values.get(name), torch.Tensor) and values[name].is_floating_point():
                inner = _substituted(function, {one.outputs[0]: ast.Name(name, ast.Load())})
                early = _with_value(one, _substituted(value_of(one), {name: inner}), one.reads)
                yield ChangedLines((early, alone), Kind.WRONG_OPERAND, 0.3)
        terms = value_of(one)
        if isinstance(terms, ast.BinOp) and isinstance(terms.op, (ast.Add, ast.Sub)):
            short = _with_value(one, terms.left, one.reads)
            late = _with_value(other, ast.BinOp(function, terms.op, terms.right), (*one.reads, *other.reads))
            yield ChangedLines((short, late), Kind.WRONG_OPERAND, 0.3)


def _substituted(node: ast.expr, news: Mapping[str, ast.expr]) -> ast.expr:
    """An expression with other expressions in the place of some names."""
    twin = copy.deepcopy(node)
    for name in [each for each in ast.walk(twin) if isinstance(each, ast.Name) and each.id in news]:
        twin = Replaced(name, news[name.id]).visit(twin)
    return twin


def _complements(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    """A mask and its share both taken for their complements."""
    for line in lines:
        read = [name for name in line.reads if complement(name, values.get(name)) is not None]
        shares = [name for name in read if isinstance(values[name], float)]
        if shares and len(read) > len(shares):
            news = {name: new for name in read if (new := complement(name, values[name])) is not None}
            changed = _with_value(line, _substituted(value_of(line), news), line.reads)
            yield ChangedLines((changed,), Kind.WRONG_OPERAND, 0.3)


RUNNING = ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.1, 0.1, 0.0), (0.1, 0.1, 0.9))
"""What is left of a mean and of a variance, and what is added to the variance, in running averages that start from 0,
or from 0 and 1: before the first update, and after one with the usual momentum of 0.9."""


def _running_averages(lines: Sequence[Line], values: Mapping[str, Any]) -> Iterator[ChangedLines]:
    """Running averages instead of the mean and variance of a minibatch."""
    averages = [line for line in lines if _over_the_minibatch(value_of(line))]
    if len(averages) != 2:
        return
    made: dict[str, ast.expr] = {}  # the variance is not that around the running mean
    for line in lines:
        made[line.outputs[0]] = _substituted(value_of(line), made)
    for of_mean, of_variance, start in RUNNING:
        changed = [
            _with_value(line, parsed(f"{start} + {share} * ({ast.unparse(made[line.outputs[0]])})"), values)
            for line, share, start in zip(averages, (of_mean, of_variance), (0.0, start), strict=True)
        ]
        yield ChangedLines(tuple(changed), Kind.WRONG_OPERAND, 0.3, said("running_averages"))


def _over_the_minibatch(node: ast.expr) -> bool:
    """Whether an expression is `x.mean(0)` or `x.sum(0) / n`."""
    call = node.left if isinstance(node, ast.BinOp) and _is_share(node) else node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not _is_along(call):
        return False
    return (call is not node or call.func.attr == "mean") and literal(call.args[0]) == 0


def _is_along(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in ALONG and bool(node.args) and literal(node.args[0]) is not None
