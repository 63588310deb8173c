"""Formulations drawn from the worked solutions by a program: each wraps or rewrites one function.

Whether one is wrong or a twin of the right function is not decided here: `second_opinion.py` does that. No code is
shared with the package's own mutants, which are what the verdicts were developed with.
"""

from __future__ import annotations

import ast
import random
import re
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from second_opinion import given_sizes

from grader.exercise.catalogue import Form, solution_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from second_opinion import SecondOpinion

    from grader.exercise.exercise import Exercise

SMALL, LARGE = ("1e-8", "1e-6", "1e-3"), ("10", "1e3", "1e6")
EPSILONS = ("1.1e-5", "2e-5", "1e-6", "1e-4", "0")
STRAYS = ("1e-5", "1e-8", "1e-12")
MOST_DIFFERENCED = 150
"""The largest variable, in numbers, that differences are taken of one by one: two forward lines for each number."""
ROW_PLACES = ((":1", 0), ("-1:", 0), ("13:14", 13), ("26:27", 26), ("30:", 30))
"""Rows of a table, and how many rows the given one has at least for somebody to name them."""
NARROW_MOST = 4
"""Forms in float32 of each kind and gradient: they alone need the real sandbox, which takes its time."""
TRAINING_MOST = 2
"""Forms of each kind and gradient of a training exercise, whose verdict takes ten times as long as another one."""
DECIDED_STEP = "0.125"
"""The step at which it is decided whether a difference is exact: see `second_opinion.COARSE_WRONG`."""
TIES = (
    (r"> 0\b", ">= 0", ">= for > at a kink"),
    (r"!= -1\b", "> -1", "> -1 for != -1"),
    (
        r"F\.one_hot\((\w+)\.max\(1\)\.indices, num_classes=\w+\.shape\[1\]\)",
        r"(lambda m: m / m.sum(1, keepdim=True))((\1 == \1.max(1, keepdim=True).values).to(\1.dtype))",
        "ties of the maximum shared",
    ),
    (
        r"F\.one_hot\((\w+)\.max\(1\)\.indices, num_classes=\w+\.shape\[1\]\)",
        r"(\1 == \1.max(1, keepdim=True).values)",
        "ties of the maximum counted in full",
    ),
    (
        r"torch\.zeros_like\((\w+)\)\.scatter\(2, winners, (\w+\.unsqueeze\(2\))\)",
        r"(\1 == \1.max(2, keepdim=True).values) * \2",
        "ties of the maximum counted in full",
    ),
    (
        r"torch\.zeros_like\((\w+)\)\.scatter\(2, winners, (\w+\.unsqueeze\(2\))\)",
        r"(\1 == \1.max(2, keepdim=True).values) / (\1 == \1.max(2, keepdim=True).values).sum(2, keepdim=True) * \2",
        "ties of the maximum shared",
    ),
)
"""What a function may do at an exact tie: pattern, replacement, what it is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One formulation of one gradient."""

    kind: str
    note: str
    gradient: str
    source: str
    checked: str = ""
    """What is compared with the solution if not `source`: the same formula in float64, or with a coarse step."""
    coarse: bool = False
    """Whether `checked` is a difference with a coarse step."""

    @property
    def narrow(self) -> bool:
        """Whether it computes in float32, however the question is put."""
        return self.kind.startswith("float32")

    @property
    def form(self) -> Form:
        """As `Verification.grade` takes it."""
        return Form(Path("drawn.py"), 1, self.kind, self.note, (self.gradient,), self.source)


def drafts(exercise: Exercise, opinion: SecondOpinion, most: int) -> list[Draft]:
    """Every alteration of every gradient of an exercise, each text once; `most` of each kind and gradient (0: all)."""
    found: list[Draft] = []
    for gradient in exercise.gradients:
        kinds: dict[str, dict[str, Draft]] = defaultdict(dict)
        for draft in Original(exercise, gradient, opinion).all():
            kinds[draft.kind].setdefault(draft.source, draft)
        for kind, members in kinds.items():
            drawn = list(members.values())
            few = NARROW_MOST if drawn[0].narrow else TRAINING_MOST if exercise.kind == "training" else most
            limit = min(most, few)
            if limit and len(drawn) > limit:
                drawn = random.Random(f"{exercise.name} {gradient} {kind}").sample(drawn, limit)
            found += drawn
    return found


class Original:
    """A function of the worked solution, and everything that is done to it."""

    def __init__(self, exercise: Exercise, gradient: str, opinion: SecondOpinion) -> None:
        self.exercise, self.gradient, self.variable = exercise, gradient, gradient[1:]
        self.values: dict[str, Any] = opinion.family[0].values
        self.largest = opinion.largest(gradient)
        self.training = exercise.kind == "training"
        self.name = "gradients" if self.training else gradient
        self.text = solution_file(exercise).read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)
        self.functions = {n.name: n for n in self.tree.body if isinstance(n, ast.FunctionDef)}
        self.node = self.functions[self.name]
        self.parameters = [a.arg for a in self.node.args.args]
        self.numbers = sorted(set(given_sizes(exercise).values()))
        """The given sizes: what somebody might type."""

    def all(self) -> Iterator[Draft]:
        """Every draft; the same texts may come twice."""
        yield from self.cuts()
        yield from self.gradient_thresholds()
        yield from self.value_thresholds()
        yield from self.rows()
        yield from self.integers()
        yield from self.epsilons()
        yield from self.strays()
        yield from self.ties()
        yield from self.ranges()
        yield from self.float32()
        if not self.training:
            yield from self.differences()

    # what there is to alter

    @cached_property
    def operands(self) -> dict[str, tuple[int, ...]]:
        """Floating parameters by name, with their shapes at the given sizes."""
        known = {p: self.values.get(p, self.values.get(p[1:])) for p in self.parameters}
        return {p: tuple(v.shape) for p, v in known.items() if isinstance(v, torch.Tensor) and v.is_floating_point()}

    @cached_property
    def upstream(self) -> list[str]:
        """Parameters that are upstream gradients; in a training step, gradients that it makes on its way."""
        if not self.training:
            return [p for p in self.operands if p not in self.values]
        assigned = [n.id for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        made = dict.fromkeys(n for n in assigned if n[:1] == "d" and n[1:] in self.values)
        return [n for n in made if n not in self.exercise.gradients and self._use_of(n) is not None]

    @cached_property
    def forward_operands(self) -> dict[str, tuple[int, ...]]:
        """Floating parameters that are forward values."""
        return {p: shape for p, shape in self.operands.items() if p in self.values}

    @property
    def shape(self) -> tuple[int, ...]:
        """The result's, at the given sizes."""
        return tuple(self.values[self.variable].shape)

    def draft(self, kind: str, note: str, source: str | None, **rest: Any) -> Iterator[Draft]:
        """A draft, if there is a text for it."""
        if source is not None:
            yield Draft(kind, note, self.gradient, source, **rest)

    # texts

    def wrapped(
        self,
        *,
        pre: Sequence[str] = (),
        post: Sequence[str] = (),
        more: Iterable[str] = (),
        head: str = "",
        altered: str | None = None,
        text: str | None = None,
    ) -> str:
        """A submission that calls the worked function, or an altered text of it, with lines before and after.

        Args:
            pre: lines that may give parameters other values.
            post: lines that may change the result `r`.
            more: parameters beyond the worked function's own.
            head: a line for the top of the file.
            altered: the definition of a function `altered` to be called in the worked one's place.
            text: the file to wrap, if not the worked solution.
        """
        worked, call = f"worked_{self.name}", ", ".join(self.parameters)
        base = re.sub(rf"^def {self.name}\(", f"def {worked}(", text or self.text, flags=re.MULTILINE)
        callee = "altered" if altered else worked
        signature = ", ".join(dict.fromkeys([*self.parameters, *more]))
        if self.training:
            place = self.exercise.gradients.index(self.gradient)
            first, last = [f"everything = list({worked}({call}))"], [f"everything[{place}] = r", "return everything"]
            got = f"r = {callee}({call})[{place}]"
        else:
            first, last, got = [], ["return r"], f"r = {callee}({call})"
        body = textwrap.indent("\n".join([*first, *pre, got, *post, *last]), "    ")
        parts = [head, base, altered or "", f"def {self.name}({signature}):\n{body}\n"]
        return "\n\n".join(part for part in parts if part)

    def changed(self, name: str, expression: str) -> str | None:
        """A submission in which a parameter, or a gradient made on the way, has another value from the start."""
        line = f"{name} = {expression.format(x=name)}"
        if name in self.parameters:
            return self.wrapped(pre=[line])
        place = self._use_of(name)
        if place is None:
            return None
        body = [*self.node.body[:place], *ast.parse(line).body, *self.node.body[place:]]
        return self.wrapped(altered=self._unparsed(body))

    def _use_of(self, name: str) -> int | None:
        """The first statement of a training step that reads a finished gradient for another one."""
        made = False
        for number, statement in enumerate(self.node.body):
            names = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id == name]
            stored = any(isinstance(n.ctx, ast.Store) for n in names)
            subscripted = isinstance(statement, ast.AugAssign) and name in ast.unparse(statement.target)
            if made and names and not stored and not subscripted:
                return number
            made = made or stored
        return None

    def _unparsed(self, body: list[ast.stmt]) -> str:
        node = ast.FunctionDef("altered", self.node.args, body, [], None, None, type_params=[], lineno=1)
        return ast.unparse(ast.fix_missing_locations(node))

    def rewritten(self, pattern: str, replacement: str) -> str | None:
        """A submission in which the function's own text is another, None if the pattern is not in it."""
        text = ast.unparse(self.node)
        new = re.sub(pattern, replacement, text)
        if new == text:
            return None
        return self.wrapped(altered=re.sub(r"^def \w+\(", "def altered(", new))

    def result(self, expression: str) -> str:
        """A submission whose result is changed at the end."""
        return self.wrapped(post=[f"r = {expression.format(x='r')}"])

    # kinds

    def cuts(self) -> Iterator[Draft]:
        """Only the first k along a dimension are kept, the rest is zero; of an operand, a sum over the first k."""
        targets = {"result": self.shape, **self.operands}
        for name, shape in targets.items():
            for dimension, own in enumerate(shape):
                if own == 1:
                    continue
                for k in sorted({own - 1, own, own + 1, *self.numbers}):
                    before = ":, " * dimension
                    kept, rest = f"{{x}}[{before}:{k}]", f"{{x}}[{before}{k}:]"
                    cut = f"torch.cat([{kept}, torch.zeros_like({rest})], {dimension})"
                    source = self.result(cut) if name == "result" else self.changed(name, cut)
                    kind = "cut: own size" if k == own else "cut: off by one" if abs(k - own) == 1 else "cut: other"
                    yield from self.draft(kind, f"{name}[{before}:{k}] of {own}", source)

    def gradient_thresholds(self) -> Iterator[Draft]:
        """Functions of an upstream gradient, or of the result, that are not linear in it."""
        expressions = [f"{{x}} * ({{x}}.abs() > {t})" for t in SMALL]
        expressions += [f"{{x}} * ({{x}}.abs() < {t})" for t in LARGE]
        expressions += [f"{{x}}.clamp(-{t}, {t})" for t in LARGE]
        expressions += ["{x}.relu()", "{x}.abs()", "{x}.sign()", "{x}.clamp(min=-1)", "torch.where({x} > -3, {x}, 0)"]
        for expression in expressions:
            for name in self.upstream:
                note = expression.format(x=name)
                yield from self.draft("threshold: gradient", note, self.changed(name, expression))
            yield from self.draft("threshold: result", expression.format(x="result"), self.result(expression))

    def value_thresholds(self) -> Iterator[Draft]:
        """Forward values clamped, and results masked by them, where no ordinary value gets."""
        kind = "threshold: value"
        for change in ("> -0.01", "> 0.01"):
            yield from self.draft(kind, f"{change} for > 0", self.rewritten(r"> 0\b", change))
        candidates = {**self.forward_operands, self.variable: self.shape}
        for name, shape in candidates.items():
            value = self.values[name]
            for mask, clamp in _beyond(value):
                note, more = mask.format(x=name), [name]
                if shape == self.shape:
                    post = [f"r = r * ({note})"]
                    yield from self.draft(kind, f"result * ({note})", self.wrapped(post=post, more=more))
                if name in self.parameters:
                    yield from self.draft(kind, clamp.format(x=name), self.changed(name, clamp))

    def rows(self) -> Iterator[Draft]:
        """Some rows of the result zeroed or doubled."""
        if not self.shape or self.shape[0] == 1:
            return
        for place, factor in [(p, f) for p, least in ROW_PLACES for f in (0, 2) if least <= self.shape[0]]:
            lines = ["r = r.clone()", f"r[{place}] *= {factor}"]
            yield from self.draft("rows", f"result[{place}] *= {factor}", self.wrapped(post=lines))

    def integers(self) -> Iterator[Draft]:
        """Integer inputs clamped at the last but one and at 1."""
        kind, vocabulary = "integers", given_sizes(self.exercise).get("vocab_size")
        for name in self.parameters:
            value = self.values.get(name)
            if not isinstance(value, torch.Tensor) or value.dtype != torch.int64 or int(value.max()) <= 1:
                continue
            bounds = [f"max={(vocabulary or int(value.max()) + 1) - 2}", f"max={(vocabulary or 1) - 1}", "min=1"]
            sized = [(p, s.index(vocabulary)) for p, s in self.operands.items() if vocabulary in s]
            bounds += [f"max={p}.shape[{d}] - 2" for p, d in sized[:1]]
            for bound in bounds:
                source = self.changed(name, f"{{x}}.clamp({bound})")
                yield from self.draft(kind, f"{name}.clamp({bound})", source)

    def epsilons(self) -> Iterator[Draft]:
        """The epsilon replaced: in the function and its helpers, or in a forward value that is computed again."""
        for epsilon in EPSILONS:
            for where, parts in self._epsilon_parts(epsilon):
                yield from self.draft("epsilon", f"{epsilon} for 1e-5 in {where}", self.wrapped(**parts))

    def _epsilon_parts(self, epsilon: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Where an epsilon can be replaced, and what `wrapped` takes to do so."""
        if "1e-05" in self._reached:
            yield self.name, {"text": self.text.replace("1e-5", epsilon)}
        for name in self.forward_operands:
            for right, reads in self._forward_lines().get(name, ()):
                if "1e-05" in right:
                    yield name, {"pre": [f"{name} = {right.replace('1e-05', epsilon)}"], "more": reads}

    @cached_property
    def _reached(self) -> str:
        """The text of the function and of every helper it calls, at any remove."""
        reached, waiting = dict[str, str](), [self.name]
        while waiting:
            name = waiting.pop()
            reached[name] = ast.unparse(self.functions[name])
            calls = (n.func for n in ast.walk(self.functions[name]) if isinstance(n, ast.Call))
            called = {n.id for n in calls if isinstance(n, ast.Name)}
            waiting += [n for n in called if n in self.functions and n not in reached]
        return "\n".join(reached.values())

    def _forward_lines(self) -> dict[str, list[tuple[str, list[str]]]]:
        """Variable -> the right-hand sides that make it, and the names that each reads."""
        found: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        tree = ast.parse(self.exercise.forward_file.read_text(encoding="utf-8"))
        (forward,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "forward"]
        for line in forward.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                read = [n.id for n in ast.walk(line.value) if isinstance(n, ast.Name) and n.id in self.values]
                found[line.targets[0].id].append((ast.unparse(line.value), list(dict.fromkeys(read))))
        return found

    def strays(self) -> Iterator[Draft]:
        """A small number added to an operand or to a denominator."""
        for stray in STRAYS:
            for name in self.operands:
                yield from self.draft("stray epsilon", f"{name} + {stray}", self.changed(name, f"{{x}} + {stray}"))
            adder = _Denominators(stray)
            node = adder.visit(ast.parse(ast.unparse(self.node)).body[0])
            if adder.count:
                altered = ast.unparse(ast.fix_missing_locations(node)).replace(f"def {self.name}(", "def altered(", 1)
                yield from self.draft("stray epsilon", f"denominators + {stray}", self.wrapped(altered=altered))

    def ties(self) -> Iterator[Draft]:
        """Another choice at an exact kink or tie, where any is right."""
        for pattern, replacement, note in TIES:
            yield from self.draft("ties and kinks", note, self.rewritten(pattern, replacement))

    def ranges(self) -> Iterator[Draft]:
        """Results that are clamped, and values above the largest that was seen."""
        for bound in ("1", "10", "1e3"):
            source = self.result(f"{{x}}.clamp(-{bound}, {bound})")
            yield from self.draft("range", f"result.clamp(-{bound}, {bound})", source)
        seen = {"result": self.largest} | {p: float(self.values[p].abs().max()) for p in self.forward_operands}
        for name, largest in seen.items():
            for expression in (f"{{x}} * ({{x}}.abs() <= {1.05 * largest:.4g})", f"{{x}}.clamp(max={4 * largest:.4g})"):
                source = self.result(expression) if name == "result" else self.changed(name, expression)
                yield from self.draft("range", expression.format(x=name), source)

    def float32(self) -> Iterator[Draft]:
        """The right formula in float32 that nobody can widen, alone and with an epsilon that is ten per cent off."""
        yield from self._narrowed("", {})
        for where, parts in self._epsilon_parts("1.1e-5"):
            yield from self._narrowed(f" and 1.1e-5 in {where}", parts)

    def _narrowed(self, note: str, parts: dict[str, Any]) -> Iterator[Draft]:
        head = "from torch import float32"
        pre = parts.get("pre", [])
        casts = {
            "operands.to(float32)": [f"{p} = {p}.to(float32)" for p in self.operands],
            "operands.type(torch.FloatTensor)": [f"{p} = {p}.type(torch.FloatTensor)" for p in self.operands],
            "operands.type('torch.FloatTensor')": [f"{p} = {p}.type('torch.FloatTensor')" for p in self.operands],
        }
        if len(self.operands) > 1:  # a matrix product of the two raises where the others are wider
            first = next(iter(self.operands))
            casts[f"{first}.type(torch.FloatTensor)"] = [f"{first} = {first}.type(torch.FloatTensor)"]
        for cast, lines in casts.items():
            text = self.wrapped(**{**parts, "pre": [*pre, *lines]}, head=head)
            yield from self._float32_draft(f"{cast}{note}", text)
        text = self.wrapped(**parts, post=["r = r.to(float32)"], head=head)
        yield from self._float32_draft(f"result.to(float32){note}", text)
        if self.shape:
            eye = "r = (TABLE[:r.shape[0], :r.shape[0]] @ r.reshape(r.shape[0], -1)).reshape(r.shape)"
            base = parts.get("text", self.text)
            text = self.wrapped(**{**parts, "text": f"{base}\n\nTABLE = torch.eye(1024)\n"}, post=[eye])
            yield from self._float32_draft(f"a table of ones made at the top{note}", text)

    def _float32_draft(self, note: str, text: str) -> Iterator[Draft]:
        wide = text.replace("float32", "float64").replace("FloatTensor", "DoubleTensor")
        kind = "float32, wrong epsilon" if "1.1e-5" in note else "float32"
        yield from self.draft(kind, note, text, checked=wide)

    def differences(self) -> Iterator[Draft]:
        """The lines that read the variable, differenced: all numbers at once where they work on each alone."""
        value, lines = self.values[self.variable], list(self._readers())
        if not lines or not isinstance(value, torch.Tensor):
            return
        together = all(self.values[target].shape == value.shape for target, _, _ in lines)
        if not together and value.numel() > MOST_DIFFERENCED:
            return
        for order, step in ((2, "1e-3"), (2, "1e-4"), (2, "1e-5"), (2, "1e-6"), (4, "1e-2"), (4, "1e-3")):
            source = self._differenced(lines, order, step, together=together)
            checked = self._differenced(lines, order, DECIDED_STEP, together=together)
            note = f"{'central' if order == 2 else 'fourth order'}, step {step}"
            yield from self.draft("differences", note, source, checked=checked, coarse=True)

    def _readers(self) -> Iterator[tuple[str, str, list[str]]]:
        """Each line that reads the variable and makes a floating value: target, right-hand side, names it reads."""
        for target, lines in self._forward_lines().items():
            made = self.values.get(target)
            for right, reads in lines:
                if self.variable in reads and isinstance(made, torch.Tensor) and made.is_floating_point():
                    yield target, right, reads

    def _differenced(self, lines: list[tuple[str, str, list[str]]], order: int, step: str, *, together: bool) -> str:
        x = self.variable
        read = dict.fromkeys([x, *(name for _, _, reads in lines for name in reads)])
        upstream = [f"d{target}" for target, _, _ in lines if target != "loss"]
        out = [f"def {self.name}({', '.join([*read, *dict.fromkeys(upstream)])}):", f"    e = {step}"]
        out.append(f"    r = torch.zeros_like({x})")
        for target, right, _ in lines:
            times = "" if target == "loss" else f" * d{target}"
            out += [f"    def f({x}):", f"        return {right}"]
            if together:
                out.append(f"    r = r + {_quotient(order, 'f(x)', x, 'e')}{times}")
                continue
            out += [f"    for j in range({x}.numel()):", f"        s = torch.zeros_like({x}).reshape(-1)"]
            out += ["        s[j] = e", f"        s = s.reshape({x}.shape)"]
            out.append(f"        r.view(-1)[j] += {_quotient(order, f'(f(x){times}).sum()', x, 's')}")
        function = "\n".join([*out, "    return r"])
        base = re.sub(rf"^def {self.name}\(", f"def worked_{self.name}(", self.text, flags=re.MULTILINE)
        return f"import torch.nn.functional as F\n\n{base}\n\n{function}\n"


def _quotient(order: int, call: str, x: str, step: str) -> str:
    """A difference quotient of f, whose call is written with `f(x)`."""
    at = {k: call.replace("f(x)", f"f({x} + {k} * {step})") for k in (-2, -1, 1, 2)}
    if order == 2:
        return f"({at[1]} - {at[-1]}) / (2 * e)"
    return f"(8 * ({at[1]} - {at[-1]}) - ({at[2]} - {at[-2]})) / (12 * e)"


def _beyond(value: Any) -> Iterator[tuple[str, str]]:
    """Masks and clamps that change nothing at the values of an ordinary case, or little."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return
    if float(value.min()) > 0:
        for bound in ("1e-4", "1e-6"):
            yield f"{{x}} > {bound}", f"{{x}}.clamp(min={bound})"
    if float(value.abs().max()) <= 1:
        yield "{x}.abs() <= 0.999", "{x}.clamp(-0.9999, 0.9999)"
    else:
        yield "{x} < 6", "{x}.clamp(max=6)"
        yield "{x}.abs() < 20", "{x}.clamp(-20, 20)"
        yield "{x} > -6", "{x}.clamp(min=-6)"


class _Denominators(ast.NodeTransformer):
    """Adds a number to whatever is divided by, or has a negative power."""

    def __init__(self, stray: str) -> None:
        self.stray, self.count = stray, 0

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        """Rewrite one operation, its operands first."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and not isinstance(node.right, ast.Constant):
            node.right = self._added(node.right)
        elif isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
            node.left = self._added(node.left)
        return node

    def _added(self, node: ast.expr) -> ast.expr:
        self.count += 1
        return ast.BinOp(node, ast.Add(), ast.Constant(float(self.stray)))
