"""Whether `grader.testing` and `grade` give the same verdicts: on every labeled mistake and right form there is.

    python benchmarks/agreement.py                 counts, and each form on which they differ
    python benchmarks/agreement.py --share 1 numpy mlp    exercises with these words in their names
    python benchmarks/agreement.py --share 10      every tenth form

The forms run here and without a sandbox. A form is called through a function in the exercise's own names, as the author
of a test would write it, so `check_backward` meets functions, caches, objects and classes as they are in courses.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from measurement import Parser

from grader.sandbox.numerics import pin_environment, pin_torch

pin_environment()
pin_torch()

import torch

from grader.exercise.case import build_cases
from grader.exercise.catalogue import Form, right_forms, solution_file, wrong_forms
from grader.exercise.settings import Settings
from grader.exercise.shelf import list_exercises, load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox
from grader.testing import compare_backward

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.exercise.exercise import Exercise
    from grader.sandbox.types import Passes, Signature
    from grader.testing import Comparison

QUICK = ("linear_relu", "autograd_linear", "static_linear")
"""The exercises of the quick form."""


@dataclass(frozen=True)
class Outcome:
    """A form under both: which of its rows are right."""

    exercise: str
    place: str
    wrong: bool
    """Whether it is labeled as a mistake."""
    graded: tuple[bool, ...]
    compared: tuple[bool | None, ...]
    """None where the check itself failed."""
    said: str
    """What the comparison says."""


def graded(exercise: Exercise, form: Form, sandbox: Sandbox, cases: Any) -> dict[str, bool]:
    """Which rows are right for `grade`."""
    names = form.gradients if exercise.kind == "gradients" else exercise.gradients
    settings = Settings(only=names if exercise.kind == "gradients" else (), explained=False)
    submission = Submission("form", form.path, form.files)
    rows = start_grading(exercise, submission, sandbox, settings, cases).document()["gradients"]
    return {row["name"]: row["correct"] for row in rows if row["name"] in names}


def compared(exercise: Exercise, form: Form) -> Comparison:
    """The same with `compare_backward`."""
    names: dict[str, Any] = {"__name__": "backward"}
    exec(compile(form.source, str(form.path), "exec"), names)
    module = exercise.module
    if exercise.kind == "gradients":
        functions = {name: names[name] for name in form.gradients}
        return compare_backward(module.forward, functions, inputs=module.inputs, sizes=exercise.sizes)
    if exercise.kind == "training":
        return compare_backward(
            module.forward,
            names["gradients"],
            inputs=module.inputs,
            upstream=None,
            returns=exercise.gradients,
            sizes=exercise.sizes,
        )
    return _layer(exercise, names)


def _layer(exercise: Exercise, names: Mapping[str, Any]) -> Comparison:
    form = exercise.settings.form
    assert form is not None
    outputs = _outputs(exercise, form)
    upstream = [f"d{name}" for name in outputs if f"d{name}" in form.taken]
    inputs = _inputs(exercise, upstream)
    reference = _reference(exercise, outputs, inputs(0), upstream)
    common: dict[str, Any] = {
        "inputs": inputs,
        "upstream": upstream or None,
        "reference": reference,
        "sizes": exercise.sizes,
    }
    forward, backward = _calls(exercise, form, names)
    if form.style == "autograd":
        return compare_backward(forward, returns=[f"d{v}" for v in exercise.graded if v != "out"], **common)
    if form.forward is None:
        return compare_backward(None, backward, returns=form.backward.returns, **common)
    returns = [name for name in form.backward.returns if name not in outputs]
    if form.style == "object":
        reads = dict(form.reads)
        return compare_backward(forward, returns=returns, sets=dict(form.sets), reads=reads, **common)
    return compare_backward(forward, backward, returns=returns, **common)


def _outputs(exercise: Exercise, form: Passes) -> list[str]:
    """What the forward function returns first."""
    if form.forward is not None:
        return [name for name in form.forward.returns if name in exercise.producer]
    return ["out"] if exercise.ends_in_out else ["loss"]


def _inputs(exercise: Exercise, upstream: Sequence[str]) -> Any:
    """The exercise's inputs without those that stand for upstream gradients."""
    draw = exercise.module.inputs

    def inputs(seed: int, **sizes: int) -> dict[str, Any]:
        drawn = {name: value for name, value in draw(seed, **sizes).items() if name not in upstream}
        tensors = exercise.in_numpy and (name for name, value in drawn.items() if isinstance(value, torch.Tensor))
        return drawn | {name: drawn[name].numpy() for name in tensors or ()}

    inputs.__signature__ = inspect.signature(draw)  # type: ignore[attr-defined]
    return inputs


def _reference(exercise: Exercise, outputs: Sequence[str], inputs: Mapping[str, Any], upstream: Sequence[str]) -> Any:
    """The forward pass as a function that returns its outputs; its upstream gradients may be read for their shape."""
    forward = exercise.module.forward
    parameters = [name for name in exercise.inputs_parameters if name in inputs]
    spare = [name for name in exercise.inputs_parameters if name in upstream and name not in inputs]
    shape = "prev_h" if "prev_h" in inputs else ""
    passed = ", ".join([*(f"{n}={n}" for n in parameters), *(f"{n}=torch.zeros_like({shape})" for n in spare)])
    returned = ", ".join(f"values[{output!r}]" for output in outputs)
    code = f"def reference({', '.join(parameters)}):\n    values = forward({passed})\n    return {returned}\n"
    namespace = {"forward": forward, "torch": torch}
    exec(code, namespace)
    return namespace["reference"]


def _calls(exercise: Exercise, form: Passes, names: Mapping[str, Any]) -> tuple[Any, Any]:
    """The submission's functions in the exercise's own names, written out as an author would."""
    if form.style == "autograd":
        return _run(_function_class(form, names), names)["Wrapped"], None
    if form.style == "object":
        return _run(_object_class(form), names)["Wrapped"], None
    which = ("forward", "backward") if form.forward is not None else ("backward",)
    pairs = zip(which, form.calls, strict=True)
    made = _run([line for name, call in pairs for line in _function(name, call, exercise, form)], names)
    return made.get("forward"), made["backward"]


def _run(lines: Sequence[str], names: Mapping[str, Any]) -> dict[str, Any]:
    """What these lines define; `names` holds the submission's own definitions."""
    space: dict[str, Any] = {"names": names}
    exec("\n".join(lines), space)
    return space


def _function_class(form: Passes, names: Mapping[str, Any]) -> list[str]:
    assert form.forward is not None
    kind, parameters = form.forward.name.partition(".")[0], form.forward.parameters
    apart = names[kind].setup_context is not torch.autograd.Function.setup_context
    taken = ", ".join(parameters[1:] if apart else parameters)
    head = [f"class Wrapped(names[{kind!r}]):", "    @staticmethod"]
    return [*head, f"    def forward({taken}):", f"        return names[{kind!r}].forward({taken})"]


def _object_class(form: Passes) -> list[str]:
    assert form.make is not None
    lines = [f"class Wrapped(names[{form.make.name!r}]):"]
    if taken := ", ".join(form.make.parameters):
        lines += [f"    def __init__(self, {taken}):", f"        super().__init__({taken})"]
    for call in form.calls:
        method, taken = call.name.rpartition(".")[2], ", ".join(call.parameters)
        lines += [f"    def {method}(self, {taken}):", f"        return super().{method}({taken})"]
    return lines


def _function(name: str, call: Signature, exercise: Exercise, form: Passes) -> list[str]:
    own, _, method = call.name.partition(".")
    target = f"names[{own!r}].{method}" if method else f"names[{own!r}]"
    known = {*exercise.given_sizes, *exercise.inputs_parameters}
    given = {each: form.given[each] for each in call.parameters if each in form.given}
    inner = [entry for value in given.values() if isinstance(value, dict) for entry in value.values() if entry in known]
    taken = dict.fromkeys([*(each for each in call.parameters if each not in given), *inner])
    passed = (_literal(given[each], known) if each in given else each for each in call.parameters)
    return [f"def {name}({', '.join(taken)}):", f"    return {target}({', '.join(passed)})"]


def _literal(value: Any, known: set[str]) -> str:
    """An argument that the exercise gives, as it stands in a call; a string may name a value."""
    if isinstance(value, dict):
        inner = ", ".join(f"{k!r}: {e if isinstance(e, str) and e in known else repr(e)}" for k, e in value.items())
        return "{" + inner + "}"
    return value if isinstance(value, str) and value in known else repr(value)


def outcomes(name: str, share: int) -> list[Outcome]:
    """Every form of an exercise under both."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    exercise = load_exercise(name)
    solution = solution_file(exercise)
    text = solution.read_text(encoding="utf-8")
    forms = [
        Form(solution, 1, None, "solution", exercise.gradients, text),
        *right_forms(exercise),
        *wrong_forms(exercise),
    ]
    cases, found = build_cases(exercise, Settings().seed), []
    with Sandbox(imports=exercise.rules.imports) as sandbox:
        for form in forms[::share]:
            theirs = graded(exercise, form, sandbox, cases)
            try:
                comparison = compared(exercise, form)
                mine = {row.name: row.right for row in comparison.rows}
                said = str(comparison)
            except Exception as error:  # noqa: BLE001 a check that fails is a result, too
                mine, said = {}, f"{type(error).__name__}: {error}"
            if form.kind is not None and exercise.kind == "layer":
                rows = [*form.gradients]
            else:
                rows = [each for each in theirs if each in mine or not mine]
            found.append(
                Outcome(
                    name,
                    form.place,
                    form.kind is not None,
                    tuple(theirs[row] for row in rows if row in theirs),
                    tuple(mine.get(row) for row in rows if row in theirs) if mine else (None,),
                    said,
                )
            )
    return found


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("words", nargs="*", help="only exercises with one of these in their names")
    parser.add_argument("--verbose", action="store_true", help="what is said of each form on which they differ")
    parser.add_amount("--share", full=1, quick=5, what="one form in so many")
    options, measurement = parser.begin()
    names = [n for n in list_exercises() if not options.words or any(word in n for word in options.words)]
    names = [n for n in names if n in QUICK] if options.quick else names
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for name, found in zip(names, pool.map(outcomes, names, [options.share] * len(names)), strict=True):
            differ = [each for each in found if each.graded != each.compared]
            print(f"{name:32} {len(found):4} forms, {len(differ)} differ", flush=True)
            for each in differ:
                print(f"    {each.place} {'mistake' if each.wrong else 'right'}: {each.graded} {each.compared}")
                if options.verbose:
                    print("        " + each.said.replace("\n", "\n        "))
            counts["mistakes"] += sum(each.wrong for each in found)
            counts["right forms"] += sum(not each.wrong for each in found)
            counts["differ"] += len(differ)
            counts["mistakes accepted"] += sum(each.wrong and all(each.compared) for each in found)
            counts["right forms rejected"] += sum(not each.wrong and not all(each.compared) for each in found)
    for what in ("mistakes", "right forms", "differ", "mistakes accepted", "right forms rejected"):
        measurement.figure(what, counts[what], "forms")
    measurement.end()


if __name__ == "__main__":
    sys.exit(main())
