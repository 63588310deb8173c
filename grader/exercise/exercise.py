"""An exercise: a folder with a forward pass, its stubs and its settings, read without running it where possible."""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from functools import cached_property
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.exercise.clashes import may_pass
from grader.exercise.course import find_course
from grader.exercise.exercise_toml import KINDS, read_settings
from grader.exercise.form import EXAMPLE, form_problem, row_name
from grader.exercise.forward import COTANGENT, BrokenExercise, ForwardFile, OtherNumber, assignments
from grader.exercise.nearest import did_you_mean
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.sizes import given_sizes
from grader.sandbox.types import RulesConfig, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

    from grader.exercise.course import Course
    from grader.exercise.exercise_toml import ExerciseSettings
    from grader.exercise.line import Line


SIGN_FLIPS = 8
"""Random sign flips of the upstream gradients for each term scale. 320 random mlps were measured with 8."""
INSTALL_NUMPY = "pip install '.[numpy]'"


class Exercise:
    """A forward pass and everything beside it. Reading one does not need torch; `inputs` and `forward` do."""

    def __init__(self, directory: Path) -> None:
        settings = read_settings(directory / "exercise.toml")
        upstream = settings.form.backward.parameters if settings.form else ()
        self._take(directory, ForwardFile.read(directory / "forward.py", upstream), settings)
        self.course: Course | None = find_course(directory.parent)
        self._check()

    def _take(self, directory: Path, file: ForwardFile, settings: ExerciseSettings) -> None:
        """Take over what was read."""
        self.directory, self.name = directory, directory.name
        self.forward_file, self.file, self.settings = file.path, file, settings
        self.source, self.constants = file.source, file.constants
        self.inputs_parameters, self.lines = file.parameters, file.lines
        self.output, self.kind = file.output, settings.kind
        self.packed = file.packed
        self.ends_in_out, self.aliases, self.class_weights = file.ends_in_out, file.aliases, file.class_weights
        self.graded = _graded(file, KINDS[self.kind])
        self.sizes: tuple[dict[str, int], ...] = tuple(file.constants.get("SIZES", ()))
        self.given_sizes = given_sizes(file.function("inputs"))
        self.course = None
        self.tolerance: float | None = None
        """The largest error of a right gradient, relative to the summed terms, where the exercise's own gradients are
        less exact than autograd's in float64; None if they are not."""
        self.sign_flips = SIGN_FLIPS
        self.hides_terms = any(line.body for line in self.lines)
        """Whether one line does so much that the terms of its gradients cancel unseen: a step, or a whole function."""

    def _check(self) -> None:
        """Check what was read.

        Raises:
            BrokenExercise: something does not fit together.
        """
        file = self.file
        if self.kind == "training" and file.ends_in_out:
            file.refuse(self.lines[-1].number, "a network is trained on its loss: forward() must end in `loss = ...`")
        if self.is_layer:
            self._check_form()
        self._check_order(file, KINDS[self.kind])

    def __repr__(self) -> str:
        return f"Exercise({self.name!r}, {len(self.graded)} gradients)"

    @property
    def title(self) -> str:
        """The title of the exercise."""
        return self.settings.title

    @property
    def gradients(self) -> tuple[str, ...]:
        """The graded gradients, `d<variable>`, in the order of the report."""
        return tuple(map(self.row_name, self.graded))

    def row_name(self, variable: str) -> str:
        """What a variable's row is called: `dx`; in a layer, `out` for what its forward function returns."""
        return row_name(variable, self.settings.form)

    @property
    def is_layer(self) -> bool:
        """Whether it asks for the functions of a layer, which share a file with those of other layers."""
        return self.kind == "layer"

    @property
    def arrays(self) -> str:
        """What its functions compute with: torch, or numpy."""
        return self.settings.form.arrays if self.settings.form else "torch"

    def is_value(self, variable: str) -> bool:
        """Whether a variable's row is about its value, which a layer's forward function returns."""
        return self.row_name(variable) == variable

    def variable(self, row: str) -> str:
        """The variable that a row is about."""
        return next(variable for variable in self.graded if self.row_name(variable) == row)

    def lines_about(self, variable: str) -> tuple[Line, ...]:
        """The lines that decide a row: those that read the variable; for a value, the one that computes it."""
        return (self.producer[variable],) if self.is_value(variable) else self.readers.get(variable, ())

    def places(self, variable: str) -> list[tuple[int, str]]:
        """Line number and text of what decides a row: the uses of the variable; for a value, where it is computed."""
        made = self.producer[variable] if self.is_value(variable) else None
        return [(made.number, made.head)] if made is not None else self.uses(variable)

    @property
    def in_numpy(self) -> bool:
        """Whether learners are given arrays of numpy."""
        form = self.settings.form
        return form is not None and form.arrays == "numpy"

    @property
    def rules(self) -> RulesConfig:
        """What learners may use beyond the built-in lists: the exercise's rules and the course's."""
        own, course, form = self.settings.rules, self.course or RulesConfig(), self.settings.form
        numpy = ("numpy",) if self.in_numpy else ()
        if numpy and find_spec("numpy") is None:
            raise BrokenExercise(f"{self.name} is written in numpy, which is not installed here: {INSTALL_NUMPY}")
        return RulesConfig(
            (*own.imports, *numpy, *course.imports),
            (*own.names, *course.names),
            own.enabled,
            function=form is not None and form.style == "autograd",
        )

    @property
    def answers_together(self) -> bool:
        """Whether one function returns all gradients."""
        return self.kind == "training"

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The functions that a submission is to have."""
        if self.answers_together:
            return ("gradients",)
        form = self.settings.form
        return tuple(call.name for call in form.calls) if form else self.gradients

    @cached_property
    def wanted(self) -> Wanted:
        """What to look for in a submission."""
        return Wanted(
            self.name,
            answers=self.answers,
            returns=self.gradients if self.answers_together else (),
            parameters=self.inputs_parameters,
            lines=tuple(ast.unparse(line.code) for line in self.lines),
            sizes=self.given_sizes,
            synonyms=self.settings.synonyms,
            part=self.settings.part,
            others=self._others(),
            passes=self.settings.form,
        )

    def _others(self) -> tuple[str, ...]:
        """The names of the exercises in the same folder, and of the installed ones."""
        from grader.exercise.shelf import exercises_directory, is_exercise

        roots = {self.directory.parent, exercises_directory()}
        found = {entry.name for root in roots if root.is_dir() for entry in root.iterdir() if is_exercise(entry)}
        return tuple(sorted(found - {self.name}))

    def points(self, variable: str) -> int:
        """The points of a gradient: the course's setting, else the exercise's."""
        own = self.settings.points
        return self.course.points_for(self.name, self.row_name(variable), own) if self.course else own

    @property
    def possible(self) -> int:
        """The points of all gradients together."""
        return sum(self.points(variable) for variable in self.graded)

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that a grade depends on: forward pass, exercise.toml, and that part of course.toml."""
        pieces = [self.source.encode(), (self.directory / "exercise.toml").read_bytes()]
        pieces += [self.course.graded_text.encode()] if self.course else []
        return hashlib.sha256(b"\0".join(pieces)).hexdigest()

    @cached_property
    def producer(self) -> dict[str, Line]:
        """Variable -> the line that computes it."""
        return {output: line for line in self.lines for output in line.outputs}

    @cached_property
    def readers(self) -> dict[str, tuple[Line, ...]]:
        """Variable -> the lines that read more of it than its shape, in the order of the forward pass."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            for name in line.reads:
                if any(may_pass(statement, (name,)) for statement in line.body or (line.code,)):
                    found.setdefault(name, []).append(line)
        return {name: tuple(lines) for name, lines in found.items()}

    def uses(self, variable: str) -> list[tuple[int, str]]:
        """Line number and text of what reads a variable; of a step, the statements that name it, or all of it."""
        written = self.source.splitlines()
        found: dict[int, str] = {}
        for line in self.readers.get(variable, ()):
            inside = [each for each in line.statements() if may_pass(each, (variable,))]
            texts = {s.lineno: " ".join(map(str.strip, written[s.lineno - 1 : s.end_lineno])) for s in inside}
            found.update(texts or {line.number: line.head})
        return sorted(found.items())

    def children(self, variable: str) -> tuple[str, ...]:
        """The variables computed directly from this one: its gradient comes from theirs."""
        return tuple(output for line in self.readers.get(variable, ()) for output in line.outputs)

    @cached_property
    def _downstream(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in [*reversed([o for line in self.lines for o in line.outputs]), *self.inputs_parameters]:
            below = [output for line in self.lines if name in line.reads for output in line.outputs]
            found[name] = frozenset(below).union(*(found[child] for child in below))
        return found

    def downstream(self, variable: str) -> frozenset[str]:
        """Every variable computed from this one, directly or not; never the variable itself."""
        return self._downstream.get(variable, frozenset())

    @cached_property
    def module(self) -> ModuleType:
        """forward.py as a module. Trusted: it comes from the package, a pack or the learner's own workspace."""
        module = ModuleType(f"forward_{self.name}")
        module.__file__ = str(self.forward_file)
        before = sys.modules.get(module.__name__)
        sys.modules[module.__name__] = module  # a dataclass looks up its own module
        try:
            exec(compile(self.source, str(self.forward_file), "exec"), module.__dict__)  # noqa: S102 trusted file
        except (Exception, SystemExit) as error:
            raise BrokenExercise(f"{self.forward_file} does not run: {type(error).__name__}: {error}") from error
        finally:
            del sys.modules[module.__name__]
            sys.modules.update({module.__name__: before} if before is not None else {})
        for line in self.lines:
            module.__dict__.update(line.step(module.__dict__))
        return module

    @cached_property
    def has_minibatch(self) -> bool:
        """Whether `inputs` takes a size `n`; an exercise on single numbers has no minibatch."""
        return "n" in inspect.signature(self.module.inputs).parameters

    def inputs(self, seed: int, sizes: Mapping[str, int]) -> dict[str, Any]:
        """Named inputs of one case: float32 tensors, int64 tensors and ints, drawn from one generator."""
        values = self.file.inputs(self.module.__dict__, seed, sizes)
        missing = [name for name in self.inputs_parameters if name not in values]
        if missing:
            raise BrokenExercise(
                f"{self.forward_file}: inputs() does not return {', '.join(missing)}, which forward() reads"
            )
        return values

    @cached_property
    def varied_sizes(self) -> dict[str, int]:
        """The sizes, as given, that may have other values; not the number of tensors in a list, as of layers."""
        return {n: size for n, size in self.given_sizes.items() if not (self.packed and self._counts_inputs(n, size))}

    def _counts_inputs(self, name: str, size: int) -> bool:
        try:
            self.inputs(LECTURE_SEED, {name: size + 1})
        except OtherNumber:
            return True
        except Exception:  # noqa: BLE001 it does not run at this size, which is another matter
            return False
        return False

    def forward(self, inputs: Mapping[str, torch.Tensor | int]) -> dict[str, Any]:
        """Run the forward pass; returns every named value, including `loss`."""
        return self.file.forward(self.module.__dict__, inputs)

    def _check_form(self) -> None:
        """Check that the functions of a layer can be called, and return what is graded."""
        file, form = self.directory / "exercise.toml", self.settings.form
        if form is None:
            raise BrokenExercise(f'{file}: a layer needs a [form] such as backward = "{EXAMPLE}"')
        added = (COTANGENT, "loss") if self.ends_in_out else ()
        values = [name for name in (*self.inputs_parameters, *self.producer) if name not in added]
        if problem := form_problem(form, values, self.given_sizes, self.graded):
            raise BrokenExercise(f"{file}: [form]: {problem}")

    def _check_order(self, file: ForwardFile, constant: str) -> None:
        """Check that every graded variable exists, reaches the loss, and is listed after what is computed from it."""
        line = assignments(file.tree)[constant].lineno
        known = {*self.inputs_parameters, *self.producer}
        seen: set[str] = set()
        for variable in self.graded:
            if variable not in known:
                meant = did_you_mean(variable, known, "")
                file.refuse(
                    line, f"{constant} lists {variable}, which is not a variable of forward(). {meant}".rstrip()
                )
            late = self.downstream(variable) & set(self.graded) - seen
            if late and self.kind == "gradients":
                file.refuse(
                    line,
                    f"{constant} lists {variable} before {min(late)}, which is computed from it. "
                    "List the variables from the loss backward, so that no stub gives a later answer away.",
                )
            if variable != "loss" and "loss" not in self.downstream(variable):
                file.refuse(line, f"{constant} lists {variable}, but the loss does not depend on it")
            seen.add(variable)


def _graded(file: ForwardFile, constant: str) -> tuple[str, ...]:
    names = file.constants.get(constant)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        written = assignments(file.tree).get(constant)
        file.refuse(written.lineno if written else 1, f"{constant} must be a literal list of variable names")
    if again := next((name for index, name in enumerate(names) if name in names[:index]), None):
        file.refuse(assignments(file.tree)[constant].lineno, f"{constant} lists {again} twice; remove one")
    return tuple(names)
