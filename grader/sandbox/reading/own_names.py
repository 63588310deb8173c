"""Which of a notebook's names mean which variables of the exercise: learners call `h` `hidden`, and `dh` `d_hidden`.

A name of the exercise means itself. Others are told by the learner's comparisons (`cmp('h', dhidden, hidden)`), by
their own forward pass (the line that the exercise has under another name), and by their spelling (`h_prebn`).
"""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING, Final

from grader.sandbox.rules.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from grader.sandbox.reading.steps import Step
    from grader.sandbox.types import Wanted

_OF: Final = tuple(map(re.compile, (r"d_?(.+)", r"grad_?(.+)", r"(.+?)_?grad", r"d(?:l|L|loss)_?d_?(.+)", r"g_(.+)")))
"""How learners name the gradient of a variable."""
_BAR: Final = re.compile(r"(.+)_bar")
"""As those do who write a gradient with a bar over its variable; elsewhere it is a mean."""
_MODULES: Final = ("torch", "F", "functional")
GRADIENT: Final = re.compile(r"d[A-Za-z_]\w*")
_NOT_GRADIENTS: Final = frozenset((
    "data", "dataset", "dataloader", "decode", "dev", "device", "df", "diff", "diffs", "dim", "dims", "display", "dist",
    "dloss", "docs", "done", "dropout", "dt", "dtype",
))  # fmt: skip
"""Names starting with d that notebooks use for something else, unless the exercise has such a gradient."""
ENOUGH_OF_A_FORWARD_PASS: Final = 4
"""If this many gradients have their variable in the code as well, the code contains the forward pass."""


class OwnNames:
    """The names in some lines of a notebook, as names of the exercise.

    Args:
        steps: the lines.
        before: other lines, which may set sizes.
    """

    def __init__(self, wanted: Wanted, steps: Sequence[Step], before: Sequence[Step] = ()) -> None:
        self._lines = [_assigned(line) for line in ast.parse("\n".join(wanted.lines)).body]
        self.outputs = frozenset(name for names, _ in self._lines for name in names)
        self._variables = self.outputs | frozenset(wanted.parameters)
        self._sizes = wanted.sizes
        self._synonyms = wanted.synonyms
        self._written = {name for step in steps for name in step.writes}
        # A loop that draws samples has its own `emb` and `probs`, which are not those of the forward pass.
        lines = [step for step in steps if not step.is_loop]
        self._used = {name for step in lines for name in (*step.writes, *step.reads)}
        self._of = _patterns(steps)
        self._spelled = _unique((_plain(name), name) for name in self._variables)
        self._constants = _constants([*before, *steps])
        self._values: dict[str, str] = {}
        self._gradients: dict[str, str] = {}
        self._from_comparisons(steps)
        self._from_forward_pass(steps)
        self._from_comparisons(
            steps
        )  # again: `cmp('hidden', dhid, hidden)`, where the forward pass says what hidden is
        for name in sorted(self._used):
            self._learn_spelling(name)

    @property
    def told(self) -> dict[str, str]:
        """The learner's own name -> the exercise's, where they differ."""
        return self._values | self._gradients

    def value(self, name: str) -> str | None:
        """The forward value or size that a name means; None if it is neither."""
        if name in self._variables:
            return name
        return self._values.get(name) or self._size(name)

    def is_tensor(self, name: str) -> bool:
        """Whether a name of the exercise is a variable, and neither a size nor another name for one."""
        return name in self._variables and name not in self._sizes and name not in self._synonyms

    def gradient(self, name: str) -> str | None:
        """The gradient that a name means, as `d<variable>`; None if it is none."""
        if name[:1] == "d" and name[1:] in self._variables and name not in self._variables:
            return name
        return self._gradients.get(name)

    def children(self, gradient: str) -> frozenset[str]:
        """The gradients of the variables computed from a gradient's variable in one line."""
        below = (names for names, value in self._lines if gradient[1:] in _reads(value))
        return frozenset(f"d{name}" for names in below for name in names)

    def is_near(self, gradient: str, upstream: str) -> bool:
        """Whether one gradient comes from another in at most two steps of the chain rule."""
        below = self.children(gradient)
        return upstream in below or any(upstream in self.children(each) for each in below)

    def looks_like_gradient(self, name: str) -> bool:
        """Whether an unknown name may have been meant as a gradient."""
        return self.gradient(name) is None and name[:1] == "d" and _plain(name[1:]) in map(_plain, self._written)

    def _size(self, name: str) -> str | None:
        if name in self._sizes:
            return name
        same = [size for size, length in self._sizes.items() if length == self._constants.get(name)]
        if len(same) == 1:
            return same[0]
        meant = self._synonyms.get(name)
        return meant if meant in self._sizes or meant in self._variables else None

    def _mean(self, own: str, variable: str) -> None:
        """Learn that a name means a variable, unless the notebook uses both names."""
        if own not in self._variables and variable not in self._used:
            self._values.setdefault(own, variable)

    def _mean_gradient(self, own: str, variable: str) -> None:
        if self.gradient(own) is None and f"d{variable}" not in self._written:
            self._gradients[own] = f"d{variable}"

    def _from_comparisons(self, steps: Iterable[Step]) -> None:
        """`cmp('h', dhidden, hidden)`."""
        for text, gradient, value in _comparisons(steps):
            variable = text if text in self._variables else self._values.get(text) or self._spelled.get(_plain(text))
            if variable is None:
                continue
            self._mean_gradient(gradient, variable)
            if value is not None:
                self._mean(value, variable)

    def _from_forward_pass(self, steps: Iterable[Step]) -> None:
        """Lines that are in the exercise's forward pass, with other names."""
        ours = [(names[0], _form(value), frozenset(_reads(value))) for names, value in self._lines if len(names) == 1]
        for step in steps:
            names, value = _assigned(step.node)
            if len(names) != 1 or value is None or any(map(self._may_be_gradient, (*names, *_reads(value)))):
                continue
            own, form = names[0], _form(value)
            same = [(line, form) for line in ours if self._may_be(own, form, *line[:2])]
            if len(same) == 1:
                (output, (_, theirs), _), (_, mine) = same[0]
                for name, meant in ((own, output), *zip(mine, theirs, strict=True)):
                    self._mean(name, meant)
            elif not same and own not in self._variables and {f"d{own}", f"d_{own}"} & self._written:
                reads = frozenset(self._values.get(name, name) for name in _reads(value))
                alike = [output for output, _, theirs in ours if theirs == reads]
                if len(alike) == 1:
                    self._mean(own, alike[0])

    def _may_be_gradient(self, name: str) -> bool:
        """Whether a name is a variable's with a `d` before it, or the like."""
        if name in self._variables:
            return False
        own = [match[1] for pattern in self._of if (match := pattern.fullmatch(name))]
        return self.gradient(name) is not None or any(
            each in self._used or each in self._variables or _plain(each) in self._spelled for each in own
        )

    def _may_be(self, own: str, form: Form, output: str, theirs: Form) -> bool:
        """Whether a line may be the exercise's line for an output, if names not known yet mean what is there."""
        pairs = ((own, output), *zip(form[1], theirs[1], strict=False))
        return form[0] == theirs[0] and all(self._may_mean(name, meant) for name, meant in pairs)

    def _may_mean(self, own: str, meant: str) -> bool:
        known = own if own in self._variables else self._values.get(own)
        return known == meant or (known is None and meant not in self._used)

    def _learn_spelling(self, name: str) -> None:
        if self.value(name) is None and (meant := self._spelling(name)):
            self._mean(name, meant)
        if self.gradient(name) is not None or self.value(name) is not None:
            return
        for pattern in self._of:
            found = pattern.fullmatch(name)
            if found is None:
                continue
            own = found[1]
            variable = self.value(own) or self._spelling(own)
            if variable in self._variables:
                self._mean_gradient(name, variable)

    def _spelling(self, own: str) -> str | None:
        """The variable that a name spells otherwise; None if the lines have both: a state `h`, a size `H`."""
        meant = self._spelled.get(_plain(own))
        return None if own in self._used and meant in self._used else meant


class Guessed:
    """Stands in for `OwnNames` where the exercise is not known.

    A comparison tells what a gradient is of, and so does a spelling such as `d_h` or `h_grad` beside an `h`.
    Every other name means itself.
    """

    outputs: frozenset[str] = frozenset()

    def __init__(self, steps: Sequence[Step], answered: Collection[str]) -> None:
        self._written = {name for step in steps for name in step.writes}
        self._used = self._written.union(*(step.reads for step in steps))
        self._gradients = {name: name for name in (*_guessed_gradients(steps), *answered)}
        self.told = self._spelled_otherwise(_patterns(steps)) | self._compared(steps)
        self._gradients |= self.told
        self.gradients = frozenset(self._gradients.values())
        """The gradients that the lines write, as `d<variable>`."""

    def _compared(self, steps: Sequence[Step]) -> dict[str, str]:
        """`cmp('h', dhidden, hidden)`."""
        told = ((gradient, text) for text, gradient, _ in _comparisons(steps) if text.isidentifier())
        found = {own: text if text[:1] == "d" and text[1:] in self._used else f"d{text}" for own, text in told}
        return {own: meant for own, meant in found.items() if own in self._written and meant not in self._written}

    def _spelled_otherwise(self, patterns: Sequence[re.Pattern[str]]) -> dict[str, str]:
        matches = ((name, pattern.fullmatch(name)) for name in self._written if "_" in name for pattern in patterns)
        # `d_model` may be anything, `grad_h` and `h_bar` may not.
        found = {
            name: f"d{match[1]}"
            for name, match in matches
            if match and (match[1] in self._used or "grad" in name or match.re is _BAR)
        }
        return {own: meant for own, meant in found.items() if own != meant and meant not in self._written}

    def value(self, name: str) -> str | None:
        """A variable whose gradient is written, and whatever the notebook does not compute."""
        given = name not in self._written and not hasattr(builtins, name)
        return name if given or f"d{name}" in self.gradients else None

    def is_tensor(self, _name: str) -> bool:
        return False

    def gradient(self, name: str) -> str | None:
        return self._gradients.get(name)

    def looks_like_gradient(self, _name: str) -> bool:
        return False

    def is_near(self, _gradient: str, _upstream: str) -> bool:
        return False


def _patterns(steps: Sequence[Step]) -> tuple[re.Pattern[str], ...]:
    """How the gradients are named here: with a bar if one with a bar is computed from another."""
    barred = any(_has_bar(step.writes) and _has_bar(step.reads.keys() - step.writes) for step in steps)
    return (*_OF, _BAR) if barred else _OF


def _has_bar(names: Iterable[str]) -> bool:
    return any(map(_BAR.fullmatch, names))


def _guessed_gradients(steps: Sequence[Step]) -> frozenset[str]:
    """The gradients that flat lines write, where the exercise is not known.

    Where there is a forward pass, `dtanh` and `delta` are not gradients: there is no variable `tanh` or `elta`.
    """
    written = {name for step in steps for name in step.fresh if is_gradient(name)}
    made = {name for step in steps for name in step.fresh}
    if sum(name[1:] in made for name in written) < ENOUGH_OF_A_FORWARD_PASS:
        return frozenset(written)
    variables = made | {name for step in steps for name in step.reads}
    return frozenset(name for name in written if name[1:] in variables)


def is_gradient(name: str) -> bool:
    return GRADIENT.fullmatch(name) is not None and name not in _NOT_GRADIENTS


def gradients_of(step: Step) -> list[str]:
    """The names that a line assigns afresh and that may be gradients."""
    return [name for name in step.fresh if is_gradient(name) or name.startswith("grad_")]


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return {key: names[0] for key, names in found.items() if len(names) == 1}


def _assigned(node: ast.stmt) -> tuple[list[str], ast.expr | None]:
    """The names that an assignment binds, and its value."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id], node.value
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return [], None
    return [part.id for part in walk(node.targets[0]) if isinstance(part, ast.Name)], node.value


def _reads(value: ast.expr | None) -> Iterator[str]:
    """The variables in an expression."""
    for part in walk(value or ast.Constant(None)):
        if isinstance(part, ast.Name) and part.id not in (*_MODULES, "range"):
            yield part.id


def _comparisons(steps: Iterable[Step]) -> Iterator[tuple[str, str, str | None]]:
    """The variable's name, the gradient and the value of every `cmp('h', dh, h)`, whatever the function's name."""
    for step in steps:
        for call in walk(step.node):
            given = [*call.args, *(each.value for each in call.keywords)] if isinstance(call, ast.Call) else []
            if len(given) < 2:
                continue
            text, gradient, *rest = given
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str) and isinstance(gradient, ast.Name)):
                continue
            yield text.value, gradient.id, next((each.id for each in rest if isinstance(each, ast.Name)), None)


def _constants(steps: Iterable[Step]) -> dict[str, int]:
    """The names that hold one integer throughout: `batch_size = 32`, `V = 26 + 1`."""
    found: dict[str, set[int | None]] = {}
    for step in steps:
        names = [target.id for target in getattr(step.node, "targets", ()) if isinstance(target, ast.Name)]
        for name in step.writes:
            number = _integer(getattr(step.node, "value", None)) if name in names else None
            found.setdefault(name, set()).add(number)
    return {name: number for name, numbers in found.items() if len(numbers) == 1 and (number := min(numbers, key=str))}


def _integer(node: ast.expr | None) -> int | None:
    """The value of an integer, or of a sum, difference or product of integers."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = _integer(node.left), _integer(node.right)
        if left is None or right is None or max(abs(left), abs(right)) > 1 << 32:
            return None
        if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
            return {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}[type(node.op)]
    return None


# The form of an expression: equal for `torch.tanh(x)` and `x.tanh()`, `1.0/n` and `1/n`, whatever the names

Form = tuple[str, tuple[str, ...]]
"""An expression without its names, and the names in order."""


def _form(value: ast.expr | None) -> Form:
    if value is None:
        return "", ()
    plainer = _Plainer()
    tree = plainer.visit(ast.parse(ast.unparse(value), mode="eval"))
    return ast.dump(tree), tuple(plainer.names)


class _Plainer(ast.NodeTransformer):
    """Rewrites an expression so that different ways of writing the same one are equal."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in (*_MODULES, "range"):
            return node
        self.names.append(node.id)
        return ast.Name("_", node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        whole = isinstance(node.value, float) and node.value.is_integer()
        return ast.Constant(int(node.value)) if whole else node  # type: ignore[arg-type]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function = node.func
        root = getattr(getattr(function, "value", None), "id", None)
        if isinstance(function, ast.Attribute) and root in _MODULES and node.args:  # torch.tanh(x) as x.tanh()
            node.func, node.args = ast.Attribute(node.args[0], function.attr, ast.Load()), node.args[1:]
        for keyword in node.keywords:
            keyword.arg = "keepdim" if keyword.arg == "keepdims" else keyword.arg
        first = next((keyword for keyword in node.keywords if keyword.arg in ("dim", "axis")), None)
        if first is not None and not node.args:
            node.args, node.keywords = [first.value], [each for each in node.keywords if each is not first]
        return self.generic_visit(node)
