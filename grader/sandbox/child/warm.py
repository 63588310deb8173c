"""Warm-up before the fork: loads what a locked child can no longer load (late imports, codecs, first calls of kernels),
and rehearses one submission, so that caches, regular expressions and specialized bytecode are warm in every child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import random
import sys
from typing import TYPE_CHECKING, Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)

from grader.sandbox.child import arrays, backstops, context
from grader.sandbox.child.child import Child, Pipes
from grader.sandbox.child.drive import drive
from grader.sandbox.numerics import pin_torch
from grader.sandbox.protocol import messages, wire
from grader.sandbox.types import Question, RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# No file can be opened later: whatever learners, tracebacks and decoders import late must be loaded already.
_MODULES: Final = (
    "abc", "array", "ast", "base64", "bisect", "builtins", "calendar", "cmath", "codecs", "collections",
    "collections.abc", "contextlib", "copy", "copyreg", "csv", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "gc", "hashlib", "heapq", "html", "importlib", "inspect", "io", "itertools",
    "json", "keyword", "linecache", "locale", "math", "numbers", "operator", "os", "pprint", "queue", "random", "re",
    "reprlib", "secrets", "shlex", "statistics", "string", "struct", "sys", "textwrap", "threading", "time", "timeit",
    "tokenize", "traceback", "types", "typing", "unicodedata", "uuid", "warnings", "weakref", "zipfile", "zlib",
    "bz2", "lzma", "_strptime", "_pydatetime", "zoneinfo", "stringprep", "colorsys",
)  # fmt: skip
_CODECS: Final = (
    "ascii", "utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "latin_1", "cp1252", "cp437", "idna",
    "punycode", "raw_unicode_escape", "unicode_escape", "charmap", "iso8859_15", "mac_roman",
)  # fmt: skip


def prepare(allowed: Sequence[str] = ()) -> dict[str, Any]:
    """Prepare an interpreter for learners' code: pin numerics, close autograd, seed, import, run everything once.

    Args:
        allowed: modules that an exercise allows beyond the built-in list.

    Returns:
        Of the report: what is wrong with the numerics, the backstops that are in place, and those that are missing.

    Raises:
        ImportError: an allowed module is not installed here, and no child could import it later.
    """
    numerics = pin_torch()
    active, without = backstops.install()
    context.install()
    _compare_sizes_as_numbers()
    torch.manual_seed(0)  # shared by all forks, and otherwise different on every start
    random.seed(0)
    _everything(allowed)
    arrays.bind()
    return {"numerics": numerics.problem, "backstops": active, "without": without}


def _compare_sizes_as_numbers() -> None:
    """Spare torch an import in its checks of sizes, which a locked child could not make.

    They allow for sizes that are symbols, and import sympy for that at their first call, which takes a second:
    `torch.broadcast_shapes`, `torch.unravel_index`, a loss with weights.
    """
    for place, name, ours in (("torch", "_check_with", _check_with), ("torch._refs", "_broadcast_shapes", _broadcast)):
        if hasattr(sys.modules.get(place), name):
            setattr(sys.modules[place], name, ours)


def _check_with(kind: type[Exception], condition: object, message: Callable[[], object] | None = None) -> None:
    if not condition:
        raise kind(str(message()) if message else "Expected cond to be True, but got False.")


def _broadcast(*shapes: int | Sequence[int] | None) -> list[int] | None:
    known = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes if shape is not None]
    broadcast: Any = torch.broadcast_tensors
    return list(broadcast(*map(torch.zeros(()).expand, known))[0].shape) if known else None


def _everything(allowed: Sequence[str]) -> None:
    """Import all modules, look up all codecs and run all kernels once."""
    for name in allowed:
        importlib.import_module(name)
    for name in _MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in _CODECS:
        with contextlib.suppress(LookupError):
            "x".encode(name)
    for dtype in (torch.float32, torch.float64):
        with torch.inference_mode():
            _kernels(dtype)


def _kernels(dtype: torch.dtype) -> None:
    """Run the operations that exercises use, so that no child pays for their first call."""
    x = torch.randn(32, 27, dtype=dtype)
    index = torch.arange(32) % 27
    _elementwise(x)
    _indexing(x, index)
    (x @ x.T, torch.einsum("ij,kj->ik", x, x), torch.outer(x[0], x[0]), torch.bmm(x[None], x.T[None]))
    (F.one_hot(index, 27), F.softmax(x, 1), F.log_softmax(x, 1), F.cross_entropy(x, index), F.gelu(x), F.relu(x))
    (F.layer_norm(x, (27,)), F.linear(x, x), F.pad(x, (1, 1)), torch.cat([x, x]), torch.stack([x, x]))
    (str(x), repr(index), x.tolist(), x[0, 0].item())
    # The first conversion to half precision reads about the processor in /proc.
    for other in (torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int8, torch.uint8, torch.bool):
        (x.to(other).to(dtype), x.to(other).sum())
    (x.half() @ x.half().T, x.bfloat16() @ x.bfloat16().T, torch.linalg.norm(x), torch.linalg.inv(x[:27]), x.sort())
    (torch.fft.fft(x), x.topk(3), index.bincount(), torch.randperm(4), torch.rand(3), x.svd())


def _elementwise(x: torch.Tensor) -> None:
    (x + x, x - 1, -x, x * 2.0, x / 3, x**2, x**-1, x**-0.5, x.abs() ** -1.5, 1.0 / x, x == 1, x > 0, x.to(torch.bool))
    (x.exp(), x.log(), x.tanh(), x.sqrt(), x.rsqrt(), x.sigmoid(), x.abs(), x.square(), x.reciprocal(), x.clamp(0, 1))
    (x.sum(), x.sum(0), x.sum(1, keepdim=True), x.mean(0, keepdim=True), x.var(0), x.std(0), x.max(1), x.argmax(1))
    (x.amax(1), x.cumsum(0), torch.where(x > 0, x, 0), torch.zeros_like(x), torch.ones_like(x), x.clone(), x.norm())
    (torch.full_like(x, 1), torch.zeros(3), torch.ones(3), torch.eye(3), torch.arange(3), torch.tensor([1.0, 2.0]))


def _indexing(x: torch.Tensor, index: torch.Tensor) -> None:
    y, rows = x.clone(), range(32)
    y[rows, index] -= 1
    y[rows, index] = 1.0
    y[index] += x
    y += x
    y.index_add_(0, index, x)
    y.scatter_add_(1, index[:, None], x[:, :1])
    y.index_put_((index,), x, accumulate=True)
    (
        x[index],
        x.view(-1),
        x.reshape(16, -1),
        x.T,
        x.t(),
        x.unsqueeze(0),
        x.squeeze(),
        x.expand(32, 27),
        x.gather(1, index[:, None]),
    )
    (x.transpose(0, 1), x.permute(1, 0), x.flatten(), x.view(32, 3, 9), torch.tril(x), x.masked_fill(x > 0, 0.0))
    (x[0][3], x[3, 4], index[3].item(), x.shape, x.numel(), x.type(torch.float64), x.float(), x.double(), x.long())


FIRST_ROUNDS: Final = 2
"""Until nothing happens for the first time."""
MORE_ROUNDS: Final = 10
"""Python specializes a function's code after about eight calls."""

_SUBMISSION: Final = b'''# a learner's file
import math
import torch
import torch.nn.functional as F


def da(db, a, n):
    """Every kind of statement."""
    da = torch.zeros_like(a)
    da[range(n), torch.zeros(n, dtype=torch.long)] = -1.0/n
    return da + (1.0 / a) * db + -a**-2 * db.sum(1, keepdim=True) + a.T.T * math.sqrt(2)


def db(a, n):
    total = a.sum(0)
    for k in range(2):
        total += F.one_hot(a.max(1).indices, num_classes=a.shape[1]).sum(0) * 0.5
    return a @ a.T if n < 0 else a - total


def dc(db):
    print("hello", db.shape)
    raise NotImplementedError


def dd(db): return None
def de(db): return 1.0
df = lambda db: db @ db


def dg(db, a, n, h=1e-5):
    """What the instructor's notes look for."""
    dg = db.clone()
    dg += 1.0/n * (torch.ones_like(a) * a.sum(0))
    for k in range(n):
        up, down = (a + h).tanh(), (a - h).tanh()
        dg[k] = ((up - down) / (2 * h)).sum() * db[k]
    return dg - (a - n)
'''


class _Stage(Pipes):
    """Pipes from a made-up grader, with no reader."""

    def __init__(self) -> None:
        super().__init__(-1, -1)
        self._frames = _frames()

    def receive(self) -> bytearray | None:
        """The next frame, without its length."""
        kind, body = next(self._frames, (None, b""))
        return None if kind is None else bytearray(wire.encode(kind, body))[wire.LENGTH.size :]

    def send(self, kind: int, body: bytes, nonce: bytes = wire.NO_NONCE) -> None:
        """Discard a frame, after encoding it like a real one."""
        wire.encode(kind, body, nonce)


def rehearse(rounds: int) -> None:
    """Read, load and call a made-up submission."""
    streams = sys.stdout, sys.stderr
    for _ in range(rounds):
        drive(*Child(_Stage(), locked=True).driven())
    sys.modules.pop("backward", None)
    sys.stdout, sys.stderr = streams
    gc.enable()
    torch.set_default_dtype(torch.float32)


def _frames() -> Iterator[tuple[int, bytes]]:
    yield wire.READ, messages.encode_read({"backward.py": _SUBMISSION}, RulesConfig())
    yield wire.LOAD, b""
    for dtype in (torch.float32, torch.float64):
        name = str(dtype).removeprefix("torch.")
        a = torch.linspace(0.1, 2, 6, dtype=dtype).view(2, 3)
        yield wire.POOL, messages.encode_pool(name, {"a": a, "n": 2, "x": 0.5})
        ask = [Question("d" + each, name, (), {"db": a}, name) for each in "cdef"]
        ask.append(Question("da", name, ("a", "n"), {"db": a}, name))
        ask.append(Question("db", name, ("a", "n"), {}, name))
        yield wire.ASK, messages.encode_ask(ask, [wire.NO_NONCE] * len(ask))
