"""A stand-in for the sandbox that runs the project's own catalogue in this process.

Sweeps over a hundred seeds ask millions of questions of code that is trusted; a wall around it would only cost time.
Never for a learner's code.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Self

import torch

from grader.sandbox.limits import Level
from grader.sandbox.numerics import float32_switch
from grader.sandbox.reading.bodies import borrowed
from grader.sandbox.reading.own_lines import own_lines
from grader.sandbox.types import (
    Function,
    Isolation,
    NotStarted,
    Outcome,
    Parameter,
    Raised,
    Reading,
    Returned,
    WrongType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import CodeType

    from grader.sandbox.types import Question

_let_float32_mean = float32_switch()


class UnlockedSession:
    """Answers the questions of one trusted file."""

    skipped: tuple[str, ...] = ()
    """Nothing is skipped here: the forms that are asked run as a whole."""

    def __init__(self, name: str, code: CodeType, functions: dict[str, Function]) -> None:
        self.reading = Reading(name, functions)
        self._pools: dict[str, Mapping[str, Any]] = {}
        self._modules: dict[str, dict[str, Any]] = {}
        self.code = code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def load(self) -> None:
        """Run the file once for each dtype, as a child does."""
        for dtype in (torch.float64, torch.float32):
            _float32_means(dtype)
            module = self._modules[str(dtype).removeprefix("torch.")] = {}
            exec(self.code, module)

    def pool(self, key: str, values: Mapping[str, Any]) -> None:
        """Keep values for later questions."""
        self._pools[key] = values

    def ask(self, questions: Sequence[Question]) -> Iterator[Outcome]:
        """Call, one after the other."""
        return (self._answer(question) for question in questions)

    def _answer(self, question: Question) -> Outcome:
        pool = self._pools.get(question.values, {})
        arguments = {name: pool[name] for name in question.from_values} | question.given
        fresh = {name: v.clone() if isinstance(v, torch.Tensor) else v for name, v in arguments.items()}
        _float32_means(_DTYPES[question.dtype])
        try:
            with torch.inference_mode():
                return _outcome(self._modules[question.dtype][question.function](**fresh), question.outputs)
        except NotImplementedError:
            return NotStarted(how="raised NotImplementedError")
        except Exception as error:  # noqa: BLE001 whatever a form raises is its outcome
            return Raised(kind=type(error).__name__, message=str(error))
        finally:
            _float32_means(_DTYPES["float32"])


class UnlockedSandbox:
    """Opens sessions without a wall."""

    isolation = Isolation(Level.NONE, (), ("this process",))

    def __init__(self) -> None:
        self._read: dict[bytes, tuple[str, CodeType, dict[str, Function]]] = {}

    def open(self, files: Mapping[str, bytes], *_asked: object) -> UnlockedSession:
        """A session for the one file."""
        ((name, source),) = files.items()
        if source not in self._read:
            tree = ast.parse(source)
            lines = source.decode().splitlines()
            functions = {n.name: _function(name, n, lines) for n in tree.body if isinstance(n, ast.FunctionDef)}
            self._read[source] = (name, compile(tree, name, "exec"), functions)
        return UnlockedSession(*self._read[source])


_DTYPES = {"float32": torch.float32, "float64": torch.float64}


def _float32_means(dtype: torch.dtype) -> None:
    torch.set_default_dtype(dtype)
    _let_float32_mean(dtype)


def _outcome(result: Any, outputs: int) -> Outcome:
    if result is None:
        return NotStarted(how="returned None")
    results = (result,) if outputs == 1 else tuple(result)
    if len(results) != outputs or not all(isinstance(each, torch.Tensor) for each in results):
        return WrongType(description=f"a {type(result).__name__}")
    return Returned(tensors=tuple(each.clone() for each in results))


def _function(file: str, node: ast.FunctionDef, lines: list[str]) -> Function:
    a = node.args
    positional = [*a.posonlyargs, *a.args]
    first = len(positional) - len(a.defaults)
    parameters = [Parameter(p.arg, "positional", i >= first) for i, p in enumerate(positional)]
    parameters += [
        Parameter(p.arg, "keyword_only", d is not None) for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True)
    ]
    end = node.end_lineno or node.lineno
    code = own_lines(node, lines, lambda number: (file, number))
    return Function(node.name, file, node.lineno, end, tuple(parameters), borrowed=borrowed(node), code=code)
