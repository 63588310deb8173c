"""An exercise: a folder with a forward pass, its stubs and its settings, read without running it where possible."""

from __future__ import annotations

import ast
import difflib
import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.sandbox.outcome import RulesConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

PACKAGE = Path(__file__).resolve().parent


class BrokenExercise(Exception):
    """An exercise's own files are at fault: one sentence with file and line. Never a learner's fault."""


class UnknownExercise(Exception):
    """No exercise of that name: one sentence that lists what there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the forward pass: `outputs = f(reads)`."""

    number: int
    text: str
    outputs: tuple[str, ...]
    reads: tuple[str, ...]
    """Names it reads that are inputs or outputs of earlier lines, in order of appearance."""
    code: ast.stmt = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the author says about one variable, never the code."""

    shape: str = ""
    derivative: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseSettings:
    """exercise.toml, validated."""

    title: str
    kind: str = "gradients"
    minutes: int = 30
    difficulty: int = 1
    why: str = ""
    points: int = 1
    null: tuple[str, ...] = ()
    stretches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exact_expected: bool = True
    exact_reason: str = ""
    rules: RulesConfig = field(default_factory=RulesConfig)
    hints: dict[str, Hint] = field(default_factory=dict)


class Exercise:
    """A forward pass and all that stands beside it. Reading one needs no torch; `inputs` and `forward` do."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = directory.name
        self.forward_file = directory / "forward.py"
        self.settings = _read_settings(directory / "exercise.toml")
        self.source = _read_text(self.forward_file)
        tree = _parse(self.forward_file, self.source)
        constants = _literals(tree)
        self.kind = self.settings.kind
        self.constants = constants
        self.graded: tuple[str, ...] = tuple(
            self._names_constant("PARAMETERS" if self.kind == "training" else "GRADED")
        )
        self.sizes: tuple[dict[str, int], ...] = tuple(constants.get("SIZES", ()))
        self.inputs_parameters, self.lines = _read_forward(self.forward_file, self.source, tree)
        self._check_order()

    def __repr__(self) -> str:
        return f"Exercise({self.name!r}, {len(self.graded)} gradients)"

    @property
    def title(self) -> str:
        """What the exercise is called, in a few words."""
        return self.settings.title

    @property
    def gradients(self) -> tuple[str, ...]:
        """The graded gradients, `d<variable>`, in the order of the report."""
        return tuple(f"d{variable}" for variable in self.graded)

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that a grade depends on: forward pass and settings."""
        content = self.source.encode() + b"\0" + (self.directory / "exercise.toml").read_bytes()
        return hashlib.sha256(content).hexdigest()

    @cached_property
    def producer(self) -> dict[str, Line]:
        """Variable -> the line that makes it."""
        return {output: line for line in self.lines for output in line.outputs}

    @cached_property
    def readers(self) -> dict[str, tuple[Line, ...]]:
        """Variable -> the lines that read it, in the order of the forward pass."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            for name in line.reads:
                found.setdefault(name, []).append(line)
        return {name: tuple(lines) for name, lines in found.items()}

    def children(self, variable: str) -> tuple[str, ...]:
        """The variables whose lines read this one: where its gradient comes from."""
        return tuple(output for line in self.readers.get(variable, ()) for output in line.outputs)

    @cached_property
    def _downstream(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in [*reversed([o for line in self.lines for o in line.outputs]), *self.inputs_parameters]:
            below = self.children(name)
            found[name] = frozenset(below).union(*(found[child] for child in below))
        return found

    def downstream(self, variable: str) -> frozenset[str]:
        """Every variable that the loss reaches this one through; never the variable itself."""
        return self._downstream.get(variable, frozenset())

    @cached_property
    def module(self) -> ModuleType:
        """forward.py, run. Trusted: it comes from the package, a pack or the learner's own desk."""
        module = ModuleType(f"forward_{self.name}")
        module.__file__ = str(self.forward_file)
        try:
            exec(compile(self.source, str(self.forward_file), "exec"), module.__dict__)  # noqa: S102 trusted file
        except Exception as error:
            raise BrokenExercise(f"{self.forward_file} does not run: {type(error).__name__}: {error}") from error
        return module

    def inputs(self, seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Named inputs of one case: float32 tensors, int64 tensors and ints, drawn from one generator."""
        values: dict[str, Any] = self.module.inputs(seed, **sizes)
        missing = [name for name in self.inputs_parameters if name not in values]
        if missing:
            raise BrokenExercise(
                f"{self.forward_file}: inputs() does not make {', '.join(missing)}, which forward() reads"
            )
        return values

    def forward(self, inputs: Mapping[str, torch.Tensor | int]) -> dict[str, Any]:
        """Run the forward pass: every named value, `loss` included."""
        values: dict[str, Any] = self.module.forward(**inputs)
        return values

    @cached_property
    def differs_from_installed(self) -> bool:
        """Whether this forward.py differs from the installed exercise of the same name."""
        installed = exercises_directory() / self.name / "forward.py"
        return installed.is_file() and installed.read_text(encoding="utf-8") != self.source

    def _names_constant(self, constant: str) -> list[str]:
        names = self.constants.get(constant)
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise BrokenExercise(f"{self.forward_file}: {constant} has to be a literal list of variable names")
        return names

    def _check_order(self) -> None:
        known = {*self.inputs_parameters, *self.producer}
        seen: set[str] = set()
        for variable in self.graded:
            if variable not in known:
                close = difflib.get_close_matches(variable, known, 1)
                hint = f" Did you mean {close[0]}?" if close else ""
                raise BrokenExercise(f"{self.forward_file}: GRADED names {variable}, which no line makes.{hint}")
            late = self.downstream(variable) & set(self.graded) - seen
            if late and self.kind == "gradients":
                raise BrokenExercise(
                    f"{self.forward_file}: GRADED has {variable} before {min(late)}, which is made from it. "
                    "List the variables from the loss backwards, so that no question gives a later answer away."
                )
            if "loss" not in self.downstream(variable):
                raise BrokenExercise(f"{self.forward_file}: the loss does not depend on {variable}, which GRADED names")
            seen.add(variable)


def exercises_directory() -> Path:
    """Where the installed exercises are: inside the package (a wheel) or beside it (an editable checkout)."""
    return _shipped("exercises")


def solutions_directory() -> Path:
    """Where the worked solutions are, by the same look-up."""
    return _shipped("solutions")


def list_exercises(directory: Path | None = None) -> list[str]:
    """The exercises in a directory (default: the installed ones), by name. Reads no file but exercise.toml's place."""
    root = directory or exercises_directory()
    if not root.is_dir():
        return []
    return sorted(entry.name for entry in root.iterdir() if is_exercise(entry))


def is_exercise(directory: Path) -> bool:
    """Whether a folder holds an exercise: forward.py with exercise.toml beside it."""
    return (directory / "exercise.toml").is_file() and (directory / "forward.py").is_file()


def load_exercise(name: str | Path, directory: Path | None = None) -> Exercise:
    """Read an exercise by name (looked up in `directory`, default: the installed ones) or by path."""
    path = Path(name)
    if isinstance(name, Path) or path.name != str(name):
        if is_exercise(path):
            return Exercise(path.resolve())
        raise UnknownExercise(f"{path} is not an exercise: it has no exercise.toml beside a forward.py")
    root = directory or exercises_directory()
    if not is_exercise(root / path):
        there = list_exercises(root)
        close = difflib.get_close_matches(str(name), there, 1)
        hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(there) or 'none'}."
        raise UnknownExercise(f"there is no exercise {name} in {root}. {hint}")
    return Exercise((root / path).resolve())


def _shipped(kind: str) -> Path:
    inside = PACKAGE / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenExercise(f"{path} cannot be read: {error}") from error


def _parse(path: Path, source: str) -> ast.Module:
    try:
        return ast.parse(source, str(path))
    except SyntaxError as error:
        raise BrokenExercise(f"{path}:{error.lineno}: {error.msg}") from error


def _literals(tree: ast.Module) -> dict[str, Any]:
    """Top-level constants of forward.py, read as literals."""
    found: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def _read_forward(path: Path, source: str, tree: ast.Module) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """The parameters of forward() and its lines, each one assignment."""
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "forward"), None)
    if function is None:
        raise BrokenExercise(f"{path}: there is no function forward(...)")
    parameters = tuple(a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs])
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or not _returns_locals(body[-1]):
        raise BrokenExercise(f"{path}:{function.lineno}: forward() has to end in `return locals()`")
    known = dict.fromkeys(parameters)
    lines = []
    for node in body[:-1]:
        line = _read_line(path, source, node, known)
        known.update(dict.fromkeys(line.outputs))
        lines.append(line)
    if not lines or lines[-1].outputs != ("loss",):
        raise BrokenExercise(f"{path}:{body[-1].lineno}: the last line before `return locals()` has to be `loss = ...`")
    return parameters, tuple(lines)


def _returns_locals(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "locals"
    )


def _read_line(path: Path, source: str, node: ast.stmt, known: Mapping[str, None]) -> Line:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        raise BrokenExercise(
            f"{path}:{node.lineno}: every line of forward() has to assign to one variable: `name = ...`"
        )
    target = node.targets[0]
    elements = target.elts if isinstance(target, ast.Tuple) else [target]
    if not all(isinstance(element, ast.Name) for element in elements):
        raise BrokenExercise(f"{path}:{node.lineno}: only plain names can be assigned to in forward()")
    outputs = tuple(element.id for element in elements if isinstance(element, ast.Name))
    for name in outputs:
        if name in known:
            raise BrokenExercise(
                f"{path}:{node.lineno}: {name} is assigned a second time; give each value its own name"
            )
    names = (n.id for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id in known)
    text = (ast.get_source_segment(source, node) or "").strip()
    return Line(node.lineno, text, outputs, tuple(dict.fromkeys(names)), node)


_TOML_KEYS = {
    "title": str, "kind": str, "minutes": int, "difficulty": int, "why": str, "points": int,
    "null": list, "stretches": dict, "exact": dict, "rules": dict, "hints": dict,
}  # fmt: skip


def _read_settings(path: Path) -> ExerciseSettings:
    try:
        data = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BrokenExercise(f"{path}: {error}") from error
    for key, value in data.items():
        if key not in _TOML_KEYS:
            close = difflib.get_close_matches(key, _TOML_KEYS, 1)
            raise BrokenExercise(f"{path}: unknown key {key!r}." + (f" Did you mean {close[0]!r}?" if close else ""))
        if not isinstance(value, _TOML_KEYS[key]):
            raise BrokenExercise(
                f"{path}: {key} has to be of type {_TOML_KEYS[key].__name__}, not {type(value).__name__}"
            )
    if "title" not in data:
        raise BrokenExercise(f"{path}: title is missing")
    if data.get("kind", "gradients") not in ("gradients", "training"):
        raise BrokenExercise(f"{path}: kind is 'gradients' or 'training', not {data['kind']!r}")
    plain = {k: data[k] for k in ("title", "kind", "minutes", "difficulty", "why", "points") if k in data}
    rules = data.get("rules", {})
    return ExerciseSettings(
        **plain,
        null=tuple(data.get("null", ())),
        stretches={name: tuple(members) for name, members in data.get("stretches", {}).items()},
        exact_expected=bool(data.get("exact", {}).get("expected", True)),
        exact_reason=str(data.get("exact", {}).get("reason", "")),
        rules=RulesConfig(imports=tuple(rules.get("imports", ())), names=tuple(rules.get("names", ()))),
        hints={name: Hint(**{k: str(v) for k, v in hint.items()}) for name, hint in data.get("hints", {}).items()},
    )
