"""Recognizes a backward pass in a form that is not graded, so that the learner is told which form is."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.sandbox.cleaning import shortened
from grader.sandbox.reading.bodies import is_stub
from grader.sandbox.reading.own_names import is_gradient
from grader.sandbox.reading.steps import flat, step_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.sandbox.types import Wanted

_COMMENTED: Final = re.compile(r"^\s*#+\s*(?:def\s+(d\w+|gradients)\s*\(|(d\w+)\s*[+-]?=(?!=)(?!\s*(?:None|\.\.\.)))")
_IN_TEXT: Final = re.compile(r"^[ \t]*(?:def[ \t]+(d\w+|gradients)[ \t]*\(|(d\w+)[ \t]*[+-]?=(?!=))", re.MULTILINE)
_LIKE_A_GRADIENT: Final = re.compile(r"d[A-Za-z]\w*")
_NAMED_SO: Final = re.compile(r"backward|backprop|grad", re.IGNORECASE)
ENOUGH_STORED: Final = 3
"""So many gradients in a dict are a backward pass; one may be anything."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class OtherForm(NamedTuple):
    """What was found, and what a function of the expected form would be called and take."""

    line: int
    what: str
    remedy: str


def form_of(
    body: Sequence[ast.stmt], lines: Sequence[str], place: Callable[[int], tuple[str, int]], wanted: Wanted | None
) -> str:
    """A sentence on the first backward pass in another form than one function for each gradient; empty if none is.

    Args:
        body: the file's statements.
        lines: its text.
        place: where a line is.
        wanted: the exercise; None if it is not known.
    """
    looking = _Looking(wanted)
    commented = (looking.comments(lines), looking.texts(body))
    elsewhere = (looking.stored(body), looking.loops(body))
    for found in (looking.functions(body), looking.classes(body), *commented, *elsewhere):
        form = next(found, None)
        if form is not None:
            file, line = place(form.line)
            return shortened(f"{file}:{line}: {form.what}; {form.remedy}", 400)
    return ""


class _Looking:
    def __init__(self, wanted: Wanted | None) -> None:
        self.answers = wanted.answers if wanted else ()
        self.gradients = {*wanted.answers, *wanted.returns} if wanted else set()
        self.together = bool(wanted and wanted.returns)

    def functions(self, body: Sequence[ast.stmt]) -> Iterator[OtherForm]:
        """One function that returns several gradients, as a tuple, a list or a dict."""
        for node in _functions(body):
            how, names = _returned(node)
            if self.is_answer(node.name) or is_stub(node) or not self.is_about_gradients(node, names):
                continue
            what = f"{node.name} {how or 'computes a gradient, but its name does not say which'}"
            yield OtherForm(node.lineno, what, self.remedy(node, names))

    def is_about_gradients(self, node: _Function, names: Sequence[str]) -> bool:
        """Whether a function is called a backward pass, or takes or returns one of the gradients."""
        returns = any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))
        taken = [each.arg for each in node.args.args] if returns else []
        return bool(_NAMED_SO.search(node.name)) or any(map(self.is_gradient, (*taken, *names)))

    def is_gradient(self, name: str) -> bool:
        """Whether this is the name of one of the exercise's gradients; of any, if the exercise is not known."""
        return name in self.gradients if self.gradients else is_gradient(name)

    def is_answer(self, name: str) -> bool:
        """Whether a function of this name is in the form that is graded."""
        return name in self.answers if self.answers else name == "gradients" or bool(_LIKE_A_GRADIENT.fullmatch(name))

    def classes(self, body: Sequence[ast.stmt]) -> Iterator[OtherForm]:
        """A class with a method `backward`."""
        for node in body:
            if not isinstance(node, ast.ClassDef):
                continue
            method = next((each for each in _functions(node.body) if each.name == "backward"), None)
            if method is None:
                continue
            is_function = any(ast.unparse(base).split(".")[-1] == "Function" for base in node.bases)
            kind = f"{node.name} is a torch.autograd.Function" if is_function else f"{node.name}.backward is a method"
            yield OtherForm(method.lineno, f"{kind}, which is not called", self.remedy(method, _returned(method)[1]))

    def stored(self, body: Sequence[ast.stmt]) -> Iterator[OtherForm]:
        """Gradients that lines put into a dict or into attributes: `grads["h"] = ...`, `h.mine = ...`."""
        found = [(target, name) for node in flat(body) for target, name in _stored(node)]
        mine = [(target, name) for target, name in found if self.gradients & {name, f"d{name}"}]
        if len(mine) >= ENOUGH_STORED:
            target, name = mine[0]
            gradient = name if name in self.gradients else f"d{name}"
            what = f"the gradients are put into {ast.unparse(target.value)}"
            yield OtherForm(target.lineno, what, f"give each a name of its own: {gradient} = ...")

    def comments(self, lines: Sequence[str]) -> Iterator[OtherForm]:
        """An answer that is commented out."""
        for number, line in enumerate(lines, 1):
            found = _COMMENTED.match(line)
            name = (found[1] or found[2]) if found else ""
            if name and (name in self.answers or not self.answers):
                yield OtherForm(number, f"{name} is commented out", "remove the # from its lines so that it counts")

    def texts(self, body: Sequence[ast.stmt]) -> Iterator[OtherForm]:
        """An answer in a text between quotes, which some take for a comment."""
        for node in body:
            value = node.value if isinstance(node, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                for found in _IN_TEXT.finditer(value.value):
                    name = found[1] or found[2]
                    if name in self.answers or not self.answers:
                        yield OtherForm(
                            node.lineno, f"{name} is in a text between quotes", "remove the quotes around it"
                        )

    def loops(self, body: Sequence[ast.stmt]) -> Iterator[OtherForm]:
        """Nothing but training with autograd."""
        if _keeps_gradients(body):
            return
        for node in body:
            for part in ast.walk(node):
                called = part.func if isinstance(part, ast.Call) else None
                if isinstance(part, ast.Call) and isinstance(called, ast.Attribute) and called.attr == "backward":
                    what = "the gradients are computed by autograd" + (
                        ", in a training loop" if isinstance(node, (ast.For, ast.While, ast.FunctionDef)) else ""
                    )
                    yield OtherForm(part.lineno, what, self.remedy(None, ()))

    def remedy(self, node: _Function | None, names: Sequence[str]) -> str:
        """The form that is expected, with names from the learner's own function."""
        given = [each.arg for each in node.args.args if each.arg not in ("self", "ctx", "cls")] if node else []
        upstream = next((name for name in given if _LIKE_A_GRADIENT.fullmatch(name)), "")
        if self.together:
            return f"write one function that returns all of them: def {self.answers[0]}(...)"
        mine = [name for name in names if name in self.answers]
        examples = [name for name in (*mine, *(self.answers or names or ("dx",))) if name != upstream]
        inside = f"{upstream}, ..." if upstream else "..."
        return f"write one function for each gradient: def {next(iter(examples), 'dx')}({inside})"


def _stored(node: ast.stmt) -> Iterator[tuple[ast.Subscript | ast.Attribute, str]]:
    """What an assignment puts into a dict or an attribute, and under which name."""
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Attribute):
            yield target, target.attr
        elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            yield target, str(target.slice.value)


def _keeps_gradients(body: Sequence[ast.stmt]) -> bool:
    """Whether lines compute gradients by hand, or autograd's are kept to compare such with."""
    if any(is_gradient(name) for node in flat(body) for name in step_of(node, 0).fresh):
        return True
    return any(
        isinstance(part, ast.Attribute) and part.attr == "retain_grad" for node in body for part in ast.walk(node)
    )


def _functions(body: Sequence[ast.stmt]) -> list[_Function]:
    return [node for node in body if isinstance(node, _Function)]


def _returned(node: _Function) -> tuple[str, list[str]]:
    """How a function returns several gradients (empty: it does not), and their names."""
    values = {
        target.id: part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Assign)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    for part in ast.walk(node):
        if not isinstance(part, ast.Return) or part.value is None:
            continue
        value = values.get(part.value.id, part.value) if isinstance(part.value, ast.Name) else part.value
        if _is_dict(value):
            return "returns its gradients in a dict", [*_gradients(value), *_keys(node)]
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) > 1:
            return "returns several gradients at once", _gradients(value)
    return "", []


def _is_dict(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(value, (ast.Dict, ast.DictComp)) or (isinstance(called, ast.Name) and called.id == "dict")


def _keys(node: _Function) -> list[str]:
    """What a function sets by name, as in `grads["b"] = ...`, in the form `db`."""
    slices = [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
    keys = [each.value for each in slices if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [*keys, *(f"d{key}" for key in keys)]


def _gradients(value: ast.expr) -> list[str]:
    names = [part.id for part in ast.walk(value) if isinstance(part, ast.Name)]
    texts = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [name for name in (*names, *texts) if _LIKE_A_GRADIENT.fullmatch(name)]
