"""From a forward pass to a draft exercise: check it, then choose the graded variables and the sizes."""

from __future__ import annotations

from functools import partial
from inspect import getfile
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import torch

from grader.authoring.checks import (
    NoBranches,
    check_branches,
    check_finite,
    check_followed,
    check_ties_and_kinks,
    check_unique,
    tensors,
)
from grader.authoring.exercise_files import Draft, with_constants
from grader.authoring.further_sizes import FurtherSizes
from grader.authoring.graded import left_out
from grader.authoring.layer_forms import FORMS, layer_inputs, returned
from grader.authoring.randomness import check_draws
from grader.authoring.value_kinds import NoNarrowing, check_accuracy, check_inputs, check_values
from grader.exercise.case import Case, leaves
from grader.exercise.dtypes import is_floating
from grader.exercise.exercise import Exercise
from grader.exercise.forward import COTANGENT, OUTPUT, BrokenExercise, ForwardFile, assignments
from grader.exercise.nearest import nearest
from grader.exercise.packing import is_packed, packing
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.sizes import given_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from grader.authoring.layer_forms import Style

T = TypeVar("T")

_IN_PLACE = (
    "this changes a tensor in place that is an input, or has another name above (`a = b`); "
    "copy it first: `a = b.clone()`"
)
_READER = getfile(ForwardFile)
"""The grader's own module of that name, which calls the author's."""
_OTHER_SEEDS = range(7, 12)
"""Each set of sizes is also tried with these seeds: one draw may be finite by luck."""


def draft(
    path: Path,
    name: str,
    workplace: Path,
    graded: Sequence[str] = (),
    null: Sequence[str] | None = (),
    style: Style | None = None,
) -> Draft:
    """Check a forward pass and work out what else its exercise needs.

    Args:
        path: the author's file, with `inputs(seed, ...)` and `forward(...)`; GRADED and SIZES are optional.
        name: the name of the exercise.
        workplace: an empty folder for a trial copy of the exercise.
        graded: variables to grade; default: GRADED, or everything with a gradient that a learner should write.
        null: variables whose gradient the author knows to be zero; None accepts all that are.
        style: that of a layer; None for a function for each gradient.

    Raises:
        BrokenExercise: a check failed; the message has the line and what to change.
    """
    file = ForwardFile.read(path)
    _check_sizes(file)
    file = _with_packed(file)
    check_branches(file)
    check_unique(file)
    values = _first_run(file)
    if inside := _not_followed(file, values):
        file = ForwardFile.read(path, packed=file.packed, inside=inside)
        values = _first_run(file)
    check_values(file, values)
    _run_as_author(path, lambda: check_draws(file))
    _check_names(file, graded, null or (), values)
    asked: Sequence[str] = graded or file.constants.get("GRADED", ())
    without = {} if asked else _left_out(file, values)
    every = [name for name in _differentiable(file, values) if name not in without]
    chosen = returned(file, asked, every) if style else _backwards(asked or every, file)
    if not chosen:
        raise BrokenExercise(f"{path}: nothing is left to grade: {_listed(without)}; choose with --graded")
    sizes = file.constants.get("SIZES")
    folder = workplace / name
    try:
        trial = _trial(folder, file, chosen, sizes or [], null or ())
        _run_as_author(path, partial(check_accuracy, file, trial))
        given = _case(file, trial, {})
        check_ties_and_kinks(file, given)
        inside = check_followed(file, trial, given)
        found = tuple(sizes or FurtherSizes(trial, given).draw())
        cases = [given, *(_case(file, trial, size) for size in found)]
        for size in ({}, *found):
            _check_other_seeds(file, trial, size)
    except BrokenExercise as error:
        raise BrokenExercise(_in_authors_words(str(error), folder, path)) from error
    chosen = _without_inside(path, chosen, inside, asked)
    without |= dict.fromkeys(inside, "the step that computes it uses it, too")
    zero = tuple(v for v in chosen if all(case.is_null(v) for case in cases))
    surprising = [] if null is None else [name for name in zero if name not in null]
    if surprising and (asked or style or len(surprising) > len(chosen) / 2):
        _refuse_null(path, surprising)
    chosen = tuple(name for name in chosen if name not in surprising)
    zero = tuple(name for name in zero if name not in surprising)
    without |= dict.fromkeys(surprising, "its gradient is zero in every case")
    rows = chosen if style is None else (OUTPUT, *chosen)
    form = {} if style is None else FORMS[style](name, layer_inputs(file), chosen)
    return Draft(name, file, rows, found, zero, form, without)


def _in_authors_words(sentence: str, folder: Path, path: Path) -> str:
    """The message with the author's file instead of the trial copy, which has the same line numbers."""
    sentence = sentence.replace(str(folder / "forward.py"), str(path))
    alone = sentence.removeprefix(f"{folder.name}: ")
    return sentence if alone == sentence else f"{path}: {alone}"


def _check_names(file: ForwardFile, graded: Sequence[str], null: Sequence[str], values: dict[str, Any]) -> None:
    """Check that every name to be graded, or declared null, is a variable with a gradient."""
    if not graded and "GRADED" in file.constants:
        line, written = assignments(file.tree)["GRADED"].lineno, file.constants["GRADED"]
        if not isinstance(written, list) or not written or not all(isinstance(name, str) for name in written):
            file.refuse(
                line,
                f"GRADED is {written!r}; it must be a list of variable names, such as `GRADED = ['h', 'W']`; "
                "leave it out to grade every variable with a gradient",
            )
        for name in written:
            _check_name(file, f"{file.path}:{line}: GRADED lists {name}", name, values)
    for option, names in (("--graded", graded), ("--null", null)):
        for name in names:
            _check_name(file, f"{option} {name}", name, values)


def _check_name(file: ForwardFile, said: str, name: str, values: dict[str, Any]) -> None:
    with_gradient = [other for other in _gradable(file, values) if _has_gradient(values[other])]
    there = f"variables with a gradient: {', '.join(sorted(with_gradient))}"
    if name not in values:
        close = nearest(name, with_gradient)
        raise BrokenExercise(
            f"{said}: forward() in {file.path} has no variable {name}; {f'did you mean {close}?' if close else there}"
        )
    if name == "loss":
        raise BrokenExercise(f"{said}: the gradient of the loss itself is always 1; {there}")
    value = values[name]
    if not _has_gradient(value):
        kind = f"a {value.dtype} tensor" if isinstance(value, torch.Tensor) else f"of type {type(value).__name__}"
        why = "it is detached, or computed from nothing that has one" if is_floating(value) else f"it is {kind}"
        raise BrokenExercise(f"{said}: {name} has no gradient, because {why}; {there}")
    if torch.autograd.grad(values["loss"], value, retain_graph=True, allow_unused=True)[0] is None:
        raise BrokenExercise(
            f"{said}: the loss of {file.path} does not depend on {name}; use it in forward(), or leave it out"
        )


def _check_other_seeds(file: ForwardFile, exercise: Exercise, sizes: dict[str, int]) -> None:
    """Check that other draws at these sizes are finite, too: each batch run of a class draws its own."""
    for seed in _OTHER_SEEDS:
        check_finite(_run_as_author(file.path, partial(Case, exercise, seed, sizes), sizes))


def _check_sizes(file: ForwardFile) -> None:
    """Check the parameters of inputs(): the seed first, then at least one size."""
    function = file.function("inputs")
    if function is None:
        raise BrokenExercise(
            f"{file.path}: no function inputs(seed, ...) found; define one that returns what forward() reads"
        )
    if [a.arg for a in function.args.args[:1]] != ["seed"]:
        file.refuse(function.lineno, "the first parameter of inputs() must be `seed`")
    if not given_sizes(function) and "SIZES" not in file.constants:
        file.refuse(
            function.lineno,
            "inputs() has no sizes to vary; add some, such as `inputs(seed, n=32, ...)`, "
            "so that hard-coded sizes can be detected",
        )


def _with_packed(file: ForwardFile) -> ForwardFile:
    """The file, with the tensors in each dict, list or object among its inputs as variables of their own."""
    function = file.function("forward")
    module: dict[str, Any] = {}

    def drawn() -> dict[str, Any]:
        exec(compile(file.source, str(file.path), "exec"), module)  # noqa: S102 the author's own file
        return dict(module["inputs"](LECTURE_SEED))

    held = {name: value for name, value in _run_as_author(file.path, drawn).items() if is_packed(value)}
    held = {name: value for name, value in held.items() if name in file.parameters}
    if not held or function is None:
        return file
    try:
        return ForwardFile.read(file.path, packed={n: packing(n, v, function) for n, v in held.items()})
    except BrokenExercise:  # a name of forward() is taken
        packed = {name: packing(name, value, function, prefixed=True) for name, value in held.items()}
        return ForwardFile.read(file.path, packed=packed)


def _not_followed(file: ForwardFile, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names whose values have a gradient, but are no real tensors: complex ones, and containers of tensors."""
    outputs = (name for line in file.lines for name in line.outputs if name in values)
    return tuple(name for name in outputs if _hides_gradient(values[name]))


def _hides_gradient(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_complex()
    return any(inner.requires_grad for inner in tensors(value))


def _first_run(file: ForwardFile) -> dict[str, Any]:
    """Run the author's file at the default sizes: every value that forward() reads or computes, differentiable."""
    module: dict[str, Any] = {}

    def run() -> dict[str, Any]:
        exec(compile(file.source, str(file.path), "exec"), module)  # noqa: S102 the author's own file
        drawn = file.inputs(module, LECTURE_SEED, {})
        inputs = {name: value for name, value in drawn.items() if name in file.parameters}
        check_inputs(file, inputs)
        with NoNarrowing(file, file.path), NoBranches(file):  # the author's own lines call the inner one
            return file.forward(module, leaves(inputs, file.class_weights))

    values = _run_as_author(file.path, run)
    loss = values["loss"]
    if not is_floating(loss) or loss.numel() != 1:
        came = f"has shape {tuple(loss.shape)}" if isinstance(loss, torch.Tensor) else f"is a {type(loss).__name__}"
        raise BrokenExercise(f"{file.path}: the loss {came}; it must be a single number, such as (out * cot).sum()")
    if not loss.requires_grad:
        raise BrokenExercise(
            f"{file.path}: the loss does not depend on any floating-point tensor from inputs(), so it has no "
            "gradients; use one in forward(), and do not detach it"
        )
    found = {name: values.get(name) for name in (*file.parameters, *(o for line in file.lines for o in line.outputs))}
    return {name: value for name, value in found.items() if name in values}


def _left_out(file: ForwardFile, values: dict[str, Any]) -> dict[str, str]:
    """The variables that a learner need not differentiate, each with the reason."""
    module: dict[str, Any] = {}
    exec(compile(file.source, str(file.path), "exec"), module)  # noqa: S102 the author's own file
    one, other = (file.inputs(module, seed, {}) for seed in (LECTURE_SEED, _OTHER_SEEDS[0]))
    read = {name for line in file.lines for name in line.reads if _has_gradient(values.get(name))}
    read &= {*_gradable(file, values)}
    return {name: why for name, why in left_out(file, one, other, values).items() if name in read}


def _differentiable(file: ForwardFile, values: dict[str, Any]) -> list[str]:
    """Every variable with a gradient that a line reads, except the loss."""
    wanted = [name for name in _gradable(file, values) if _has_gradient(values[name])]
    grads: Sequence[torch.Tensor | None] = torch.autograd.grad(
        values["loss"], [values[name] for name in wanted], allow_unused=True
    )
    used = {name for line in file.lines for name in line.reads}
    return [name for name, grad in zip(wanted, grads, strict=True) if grad is not None and name in used]


def _gradable(file: ForwardFile, values: dict[str, Any]) -> list[str]:
    """The variables that learners may have to differentiate: not what stands in for the rest of a network."""
    given = ("loss", file.output, COTANGENT) if file.output else ("loss",)
    return [name for name in values if name not in given]


def _has_gradient(value: object) -> bool:
    return is_floating(value) and value.requires_grad


def _backwards(chosen: Sequence[str], file: ForwardFile) -> tuple[str, ...]:
    """The chosen names, each once, in the order of the backward pass: computed or first read last comes first."""
    lines = list(enumerate(file.lines))
    made = {output: k for k, line in lines for output in line.outputs}
    read = {name: k - 0.5 for k, line in reversed(lines) for name in line.reads if name in file.parameters}
    return tuple(sorted(dict.fromkeys(chosen), key=lambda name: -made.get(name, read.get(name, -1.0))))


def _trial(
    folder: Path, file: ForwardFile, graded: Sequence[str], sizes: Sequence[Any], null: Sequence[str]
) -> Exercise:
    folder.mkdir(parents=True)
    source = with_constants(file, graded, sizes)
    (folder / "forward.py").write_text(source, encoding="utf-8")
    (folder / "exercise.toml").write_text(f"title = 'trial'\nnull = {list(null)!r}\n", encoding="utf-8")
    return Exercise(folder)


def _case(file: ForwardFile, exercise: Exercise, sizes: dict[str, int]) -> Case:
    """Build a case of the author's forward pass, and check that its values and gradients are finite."""

    def run() -> Case:
        case = Case(exercise, LECTURE_SEED, sizes)
        check_finite(case)
        case.check_finite()
        return case

    return _run_as_author(file.path, run, sizes)


def _run_as_author(path: Path, run: Callable[[], T], sizes: dict[str, int] | None = None) -> T:
    """Run the author's code; its exceptions become BrokenExercise, with file and line."""
    try:
        return run()
    except BrokenExercise:
        raise
    except Exception as error:
        where = f" at sizes {sizes}" if sizes else ""
        came = f"{type(error).__name__}{where}: {error}"
        said = _IN_PLACE if "leaf Variable that requires grad" in came else came
        raise BrokenExercise(f"{path}{_line_of(error, path)}: {said}") from error


def _line_of(error: BaseException, path: Path) -> str:
    """`:12`, the innermost line of the forward pass (the author's file or the trial copy); empty if unknown."""
    trace, number = error.__traceback__, None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file == str(path) or ("forward.py" in file and file != _READER):
            number = trace.tb_lineno
        trace = trace.tb_next
    return f":{number}" if number is not None else ""


def _without_inside(path: Path, chosen: Sequence[str], inside: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The graded variables, without those that the step that computes them uses."""
    for name in inside:
        if name in asked:
            raise BrokenExercise(
                f"{path}: {name} cannot be graded: the step that computes it uses it, too, so that its gradient at the "
                "end of the step is another than autograd's; write that step in several lines, or do not grade it"
            )
    return tuple(name for name in chosen if name not in inside)


def _refuse_null(path: Path, surprising: Sequence[str]) -> NoReturn:
    raise BrokenExercise(
        f"{path}: the gradient of {', '.join(surprising)} is zero in every case, so any tiny value looks right. "
        f"If that is intended, pass {' '.join(f'--null {name}' for name in surprising)}; "
        "if not, check the loss (out.sum() makes a norm layer's gradient vanish; (out * cot).sum() does not)"
    )


def _listed(without: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({why})" for name, why in without.items())
