"""Runs statements of an author's notebook in a process of its own, and reports what kinds of values they compute.

This module is also what that process runs: the statements come in as JSON on stdin, what is known about each value goes
out as JSON on stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from grader.exercise.forward import BrokenExercise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from grader.authoring.notebook_pass import CellStatement, NotebookPass

SECONDS = 600
"""The longest that the statements may run."""
_PLAIN = (bool, int, float, str, type(None))


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """What is known about one value."""

    kind: str
    """`tensor`, `tensors` (a container of them), `array`, `number`, `generator`, `definition` or `other`."""
    type: str
    """The name of its type; of a tensor, its dtype."""
    plain: Any = None
    """The value itself, if it is a number, a text or None."""
    shape: tuple[int, ...] = ()
    tracked: bool = False
    """Whether autograd follows it."""
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    ones: bool = False
    """Whether it has only zeros and ones."""
    one_hot: bool = False
    """Whether each row has a single one, and zeros."""

    @property
    def is_float(self) -> bool:
        """Whether it is a tensor of real numbers, or one such number."""
        return (self.kind == "tensor" and "float" in self.type) or self.type == "float"

    @property
    def has_gradient(self) -> bool:
        """Whether it, or what is in it, can have a gradient."""
        return self.is_float or self.kind == "tensors"

    @property
    def size(self) -> int | None:
        """The whole number that it is; None if it is anything else."""
        return self.plain if type(self.plain) is int else None


@dataclass(frozen=True, slots=True)
class NotebookValues:
    """What is known about the values of the statements that were run, by the index of the statement."""

    read: dict[int, dict[str, ValueFacts]]
    """Those that it reads, just before it ran."""
    written: dict[int, dict[str, ValueFacts]]
    """Those that it sets or changes, just after."""


def run_statements(found: NotebookPass, folder: Path) -> NotebookValues:
    """Run what leads to the loss, in the notebook's folder.

    Raises:
        BrokenExercise: a statement that the loss depends on fails, or they take too long.
    """
    try:
        answer = in_own_process([_question(index, found) for index in found.run], folder)
    except subprocess.TimeoutExpired:
        raise BrokenExercise(
            f"{found.name}: the lines before {found.last.place} ran for more than {SECONDS // 60} minutes; "
            "cut down the data that they prepare"
        ) from None
    except ValueError:
        raise BrokenExercise(f"{found.name}: one of the lines before {found.last.place} ended Python") from None
    if "failed" in answer:
        raise BrokenExercise(_why_failed(found.statements[answer["failed"]], answer, folder))
    return NotebookValues(*(_facts(answer[key]) for key in ("read", "written")))


def in_own_process(asked: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Any]:
    """What `run` answers in a process of its own.

    Raises:
        subprocess.TimeoutExpired: there is no answer in time.
        ValueError: there is none at all.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", __name__, str(folder)],
        input=json.dumps(asked), capture_output=True, text=True, timeout=SECONDS, check=False,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _question(index: int, found: NotebookPass) -> dict[str, Any]:
    statement = found.statements[index]
    return {
        "index": index,
        "code": statement.text,
        "reads": statement.reads,
        "writes": sorted(statement.step.writes),
        "needed": index in found.needed,
    }


def _why_failed(statement: CellStatement, answer: dict[str, str], folder: Path) -> str:
    said = f"{statement.place}: {answer['type']}: {answer['message']}; the loss depends on this line"
    if answer["type"] == "FileNotFoundError":
        return f"{said}: put the file where the notebook expects it, seen from {folder}"
    if answer["type"] == "ModuleNotFoundError":
        return f"{said}: install the package, or remove the line that needs it"
    if answer["type"] == "NameError":
        return f"{said}, but no line above it sets this name"
    return f"{said}: correct it, or leave out what needs it"


def _facts(known: dict[str, dict[str, dict[str, Any]]]) -> dict[int, dict[str, ValueFacts]]:
    return {
        int(index): {name: ValueFacts(**{**facts, "shape": tuple(facts["shape"])}) for name, facts in values.items()}
        for index, values in known.items()
    }


# In the process


def main() -> None:
    """Run the statements on stdin, and write what is known about their values."""
    asked = json.loads(sys.stdin.read())
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.argv = [sys.argv[0]]
    json.dump(run(asked), answer)
    answer.close()
    os._exit(0)  # threads that the notebook has started may still run


def run(asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Run statements one after the other; one that fails ends it if it is needed."""
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
    read: dict[str, Any] = {}
    written: dict[str, Any] = {}
    for each in asked:
        read[str(each["index"])] = _described(names, each["reads"])
        try:
            exec(compile(each["code"], "notebook", "exec"), names)  # noqa: S102 the author's own
        except BaseException as error:  # noqa: BLE001 SystemExit too: the sentence names the line
            if each["needed"]:
                return {"failed": each["index"], "type": type(error).__name__, "message": str(error)[:300]}
        written[str(each["index"])] = _described(names, each["writes"])
    return {"read": read, "written": written}


def _described(names: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    return {name: asdict(describe(names[name])) for name in wanted if name in names}


def describe(value: Any) -> ValueFacts:
    """What is known about a value."""
    import torch

    kind = type(value).__name__
    if isinstance(value, torch.Tensor):
        return _tensor(value)
    if isinstance(value, _PLAIN):
        return ValueFacts("number", kind, value)
    if isinstance(value, torch.Generator):
        return ValueFacts("generator", kind)
    if isinstance(value, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)):
        return ValueFacts("definition", kind)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    if any(isinstance(each, torch.Tensor) for each in inside):
        return ValueFacts("tensors", kind)
    return ValueFacts("array" if type(value).__module__ == "numpy" else "other", kind)


def _tensor(value: Any) -> ValueFacts:
    import torch

    kind, flat = str(value.dtype).removeprefix("torch."), value.detach()
    if not flat.numel() or flat.is_complex() or flat.layout is not torch.strided:
        return ValueFacts("tensor", kind, shape=tuple(flat.shape), tracked=value.requires_grad)
    flat = flat.to(torch.float64)
    ones = flat.numel() > 1 and bool(((flat == 0) | (flat == 1)).all())
    one_hot = ones and flat.dim() > 1 and flat.shape[-1] > 1 and bool((flat.sum(-1) == 1).all())
    std = float(flat.std()) if flat.numel() > 1 else 0.0
    return ValueFacts(
        "tensor", kind, None, tuple(flat.shape), value.requires_grad,
        float(flat.min()), float(flat.max()), float(flat.mean()), std, ones, one_hot,
    )  # fmt: skip


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    sys.path.insert(0, "")
    main()
