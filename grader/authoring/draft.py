"""From a forward pass to a draft of an exercise: checked, with what is graded and at which sizes."""

from __future__ import annotations

import ast
import random
from typing import TYPE_CHECKING, Any

import torch

from grader.authoring.checks import check_values
from grader.authoring.files import SEED, Draft, with_constants
from grader.case import Case, is_floating
from grader.exercise import Exercise
from grader.lines import BrokenExercise, Line, literals, parse, read_forward, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FURTHER_CASES = 3
_TRIES = 40


def draft(path: Path, name: str, workplace: Path, graded: Sequence[str] = (), null: Sequence[str] = ()) -> Draft:
    """Check a forward pass and find what an exercise needs beyond it.

    Args:
        path: the author's file: `inputs(seed, ...)` and `forward(...)`; GRADED and SIZES are optional.
        name: what the exercise will be called.
        workplace: an empty folder to try the exercise in.
        graded: variables to grade; default: GRADED, or everything with a gradient.
        null: variables whose gradient the author knows to be zero.

    Raises:
        BrokenExercise: with the line, and what to change.
    """
    source = read_text(path)
    tree = parse(path, source)
    constants = literals(tree)
    parameters, lines = read_forward(path, source, tree)
    _check_inputs(path, tree)
    values = _first_run(source, path, parameters)
    chosen = tuple(graded or constants.get("GRADED", ()) or _differentiable(values, parameters, lines))
    chosen = _backwards(chosen, lines, parameters)
    sizes = constants.get("SIZES")
    trial = _trial(workplace / name, source, chosen, sizes or [], null)
    given = _case(trial, {}, path)
    check_values(path, trial, given)
    found = tuple(sizes) if sizes else tuple(_draw_sizes(path, tree, trial))
    cases = [given, *(_case(trial, size, path) for size in found)]
    zero = tuple(v for v in chosen if all(case.is_null(v) for case in cases))
    _check_null(path, zero, null)
    return Draft(name, source, chosen, found, zero)


def _check_inputs(path: Path, tree: ast.Module) -> None:
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "inputs"), None)
    if function is None:
        raise BrokenExercise(f"{path}: there is no function inputs(seed, ...) that makes what forward() reads")
    names = [a.arg for a in function.args.args]
    if names[:1] != ["seed"]:
        raise BrokenExercise(f"{path}:{function.lineno}: the first parameter of inputs() has to be seed")
    if not _size_parameters(function):
        raise BrokenExercise(
            f"{path}:{function.lineno}: inputs() has no sizes to vary; give it some, `inputs(seed, n=32, ...)`, "
            "so that a size typed as a number can be told from a right answer"
        )


def _size_parameters(function: ast.FunctionDef) -> dict[str, int]:
    """The parameters of inputs() whose default is a whole number."""
    arguments, defaults = function.args.args, function.args.defaults
    pairs = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
    return {a.arg: d.value for a, d in pairs if isinstance(d, ast.Constant) and type(d.value) is int}


def _first_run(source: str, path: Path, parameters: Sequence[str]) -> dict[str, Any]:
    """The author's own run at the default sizes: every named value, differentiable."""
    module: dict[str, Any] = {}
    try:
        exec(compile(source, str(path), "exec"), module)  # noqa: S102 the author's own file
        inputs = module["inputs"](SEED)
        leaves = {n: v.clone().requires_grad_() if is_floating(v) else v for n, v in inputs.items() if n in parameters}
        values: dict[str, Any] = module["forward"](**leaves)
    except Exception as error:
        raise BrokenExercise(f"{path}{_line_of(error, path.name)}: {type(error).__name__}: {error}") from error
    loss = values["loss"]
    if not is_floating(loss) or loss.numel() != 1:
        came = f"has shape {tuple(loss.shape)}" if isinstance(loss, torch.Tensor) else f"is a {type(loss).__name__}"
        raise BrokenExercise(f"{path}: the loss {came}; it has to be one number, such as (out * cot).sum()")
    return values


def _differentiable(values: dict[str, Any], parameters: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Every variable with a gradient that a line reads, the loss itself excepted."""
    names = [*parameters, *(o for line in lines for o in line.outputs if o != "loss")]
    wanted = [name for name in names if _has_gradient(values.get(name))]
    grads: Sequence[torch.Tensor | None] = torch.autograd.grad(
        values["loss"], [values[name] for name in wanted], allow_unused=True
    )
    used = {name for line in lines for name in line.reads}
    return [name for name, grad in zip(wanted, grads, strict=True) if grad is not None and name in used]


def _has_gradient(value: object) -> bool:
    return is_floating(value) and value.requires_grad


def _backwards(chosen: Sequence[str], lines: Sequence[Line], parameters: Sequence[str]) -> tuple[str, ...]:
    """In the order of the backward pass: what is made or first read last comes first."""
    made = {output: line.number for line in lines for output in line.outputs}
    read = {name: line.number - 0.5 for line in reversed(lines) for name in line.reads if name in parameters}
    return tuple(sorted(chosen, key=lambda name: -made.get(name, read.get(name, 0.0))))


def _trial(folder: Path, source: str, graded: Sequence[str], sizes: Sequence[Any], null: Sequence[str]) -> Exercise:
    folder.mkdir(parents=True)
    (folder / "forward.py").write_text(with_constants(source, graded, sizes), encoding="utf-8")
    (folder / "exercise.toml").write_text(f"title = 'trial'\nnull = {list(null)!r}\n", encoding="utf-8")
    return Exercise(folder)


def _case(exercise: Exercise, sizes: dict[str, int], path: Path) -> Case:
    """One case of the author's forward pass, its own exceptions with file and line."""
    try:
        case = Case(exercise, SEED, sizes)
        case.check_finite()
    except BrokenExercise:
        raise
    except Exception as error:
        raise BrokenExercise(f"{path}{_line_of(error)}: {type(error).__name__} at sizes {sizes}: {error}") from error
    return case


def _line_of(error: BaseException, name: str = "forward.py") -> str:
    """`:12` if the innermost line of the forward pass is known, else nothing."""
    trace, number = error.__traceback__, None
    while trace is not None:
        if name in trace.tb_frame.f_code.co_filename:
            number = trace.tb_lineno
        trace = trace.tb_next
    return f":{number}" if number is not None else ""


def _check_null(path: Path, zero: Sequence[str], said: Sequence[str]) -> None:
    surprising = [name for name in zero if name not in said]
    if surprising:
        raise BrokenExercise(
            f"{path}: the gradient of {', '.join(surprising)} is zero on every case: anything small would look right. "
            f"If that is meant, say so with {' '.join(f'--null {name}' for name in surprising)}; "
            "if not, look at the loss (out.sum() makes every norm layer's gradient vanish; (out * cot).sum() does not)"
        )


def _draw_sizes(path: Path, tree: ast.Module, exercise: Exercise) -> Iterator[dict[str, int]]:
    """Sizes for the further cases: no two numbers alike, and the forward pass runs on them."""
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "inputs")
    given = _size_parameters(function)
    rng, used, found = random.Random(SEED), set(given.values()), 0  # noqa: S311 reproducible, not secret
    for _ in range(_TRIES):
        if found == FURTHER_CASES:
            return
        drawn = {
            name: rng.choice([k for k in range(max(2, size // 3), max(size, 8) + 8) if k not in used])
            for name, size in given.items()
        }
        if len(set(drawn.values())) < len(drawn):
            continue
        try:
            _case(exercise, drawn, path)
        except BrokenExercise:
            continue
        used |= set(drawn.values())
        found += 1
        yield drawn
    if found < FURTHER_CASES:
        raise BrokenExercise(
            f"{path}: no {FURTHER_CASES} further sets of sizes were found that forward() runs on; "
            f"write them yourself: SIZES = [{{{', '.join(f'{n!r}: ...' for n in given)}}}, ...]"
        )
