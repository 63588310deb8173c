"""A course's assignment for tests: a dozen layers, an exercise each, and the one file that answers them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

INPUTS = {
    "x": "torch.randn((n, d), generator=g)",
    "x2": "torch.randn((n, d), generator=g)",
    "w": "torch.randn((d, m), generator=g)",
    "b": "torch.randn(m, generator=g)",
    "gamma": "torch.rand(d, generator=g) + 0.5",
    "beta": "torch.randn(d, generator=g)",
    "table": "torch.randn((m + 3, d), generator=g)",
    "words": "torch.randint(0, m + 3, (n, 2), generator=g)",
    "y": "torch.randint(0, d, (n,), generator=g)",
}
"""Every input that a layer may have, drawn with the sizes n, d and m."""

FORWARD = """\
import torch

GRADED = {graded}
SIZES = [{{'n': 7, 'd': 3, 'm': 11}}, {{'n': 3, 'd': 9, 'm': 2}}, {{'n': 9, 'd': 2, 'm': 3}}]

def inputs(seed, n=6, d=5, m=4):
    g = torch.Generator().manual_seed(seed)
{draws}
    return {{{returned}}}

def forward({arguments}):
{lines}
    return locals()
"""


class OneLayer(NamedTuple):
    """A layer: its forward pass, its functions' signatures, and a worked solution."""

    graded: tuple[str, ...]
    lines: tuple[str, ...]
    form: tuple[str, ...]
    """`forward = "..."` and `backward = "..."`."""
    solution: str

    @property
    def arguments(self) -> list[str]:
        """The inputs that its lines read."""
        return [name for name in INPUTS if any(name in _words(line) for line in self.lines)]


def _words(line: str) -> list[str]:
    return "".join(each if each.isalnum() or each == "_" else " " for each in line).split()


def _pair(name: str, arguments: str, returned: str) -> tuple[str, ...]:
    """The signatures of a function pair with a cache."""
    return (
        f'forward = "{name}_forward({arguments}) -> out, cache"',
        f'backward = "{name}_backward(dout, cache) -> {returned}"',
    )


LAYERS = {
    "affine": OneLayer(
        ("out", "x", "w", "b"), ("z = x @ w", "out = z + b"), _pair("affine", "x, w, b", "dx, dw, db"),
        """\
def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)
""",
    ),
    "relu": OneLayer(
        ("out", "x"), ("out = torch.relu(x)",), _pair("relu", "x", "dx"),
        """\
def relu_forward(x):
    return x.clamp(min=0), x

def relu_backward(dout, x):
    return dout * (x > 0)
""",
    ),
    "tanh": OneLayer(
        ("out", "x"), ("out = torch.tanh(x)",), _pair("tanh", "x", "dx"),
        """\
def tanh_forward(x):
    out = torch.tanh(x)
    return out, out

def tanh_backward(dout, out):
    return dout * (1 - out**2)
""",
    ),
    "sigmoid": OneLayer(
        ("out", "x"), ("out = torch.sigmoid(x)",), _pair("sigmoid", "x", "dx"),
        """\
def sigmoid_forward(x):
    out = torch.sigmoid(x)
    return out, out

def sigmoid_backward(dout, out):
    return dout * out * (1 - out)
""",
    ),
    "scale": OneLayer(
        ("out", "x", "gamma"), ("out = x * gamma",), _pair("scale", "x, gamma", "dx, dgamma"),
        """\
def scale_forward(x, gamma):
    return x * gamma, (x, gamma)

def scale_backward(dout, cache):
    x, gamma = cache
    return dout * gamma, (dout * x).sum(0)
""",
    ),
    "shift": OneLayer(
        ("out", "x", "beta"), ("out = x + beta",), _pair("shift", "x, beta", "dx, dbeta"),
        """\
def shift_forward(x, beta):
    return x + beta, None

def shift_backward(dout, _):
    return dout, dout.sum(0)
""",
    ),
    "product": OneLayer(
        ("out", "x", "x2"), ("out = x * x2",), _pair("product", "x, x2", "dx, dx2"),
        """\
def product_forward(x, x2):
    return x * x2, (x, x2)

def product_backward(dout, cache):
    x, x2 = cache
    return dout * x2, dout * x
""",
    ),
    "layernorm": OneLayer(
        ("out", "x", "gamma", "beta"),
        (
            "centered = x - x.mean(1, keepdim=True)",
            "var = (centered**2).mean(1, keepdim=True)",
            "xhat = centered * (var + 1e-5)**-0.5",
            "out = gamma * xhat + beta",
        ),
        _pair("layernorm", "x, gamma, beta", "dx, dgamma, dbeta"),
        """\
def layernorm_forward(x, gamma, beta):
    centered = x - x.mean(1, keepdim=True)
    scale = ((centered**2).mean(1, keepdim=True) + 1e-5) ** -0.5
    xhat = centered * scale
    return gamma * xhat + beta, (xhat, scale, gamma)

def layernorm_backward(dout, cache):
    xhat, scale, gamma = cache
    dxhat = dout * gamma
    dx = scale * (dxhat - dxhat.mean(1, keepdim=True) - xhat * (dxhat * xhat).mean(1, keepdim=True))
    return dx, (dout * xhat).sum(0), dout.sum(0)
""",
    ),
    "batchnorm": OneLayer(
        ("out", "x", "gamma", "beta"),
        (
            "centered = x - x.mean(0)",
            "var = (centered**2).mean(0)",
            "xhat = centered * (var + 1e-5)**-0.5",
            "out = gamma * xhat + beta",
        ),
        _pair("batchnorm", "x, gamma, beta", "dx, dgamma, dbeta"),
        """\
def batchnorm_forward(x, gamma, beta):
    centered = x - x.mean(0)
    scale = ((centered**2).mean(0) + 1e-5) ** -0.5
    xhat = centered * scale
    return gamma * xhat + beta, (xhat, scale, gamma)

def batchnorm_backward(dout, cache):
    xhat, scale, gamma = cache
    dxhat = dout * gamma
    dx = scale * (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0))
    return dx, (dout * xhat).sum(0), dout.sum(0)
""",
    ),
    "word_embedding": OneLayer(
        ("out", "table"), ("out = table[words]",), _pair("word_embedding", "words, table", "dtable"),
        """\
def word_embedding_forward(words, table):
    return table[words], (words, table.shape)

def word_embedding_backward(dout, cache):
    words, shape = cache
    dtable = torch.zeros(shape, dtype=dout.dtype)
    return dtable.index_add(0, words.reshape(-1), dout.reshape(-1, shape[1]))
""",
    ),
    "softmax_loss": OneLayer(
        ("x",),
        ("logprobs = x - torch.logsumexp(x, 1, keepdim=True)", "loss = -logprobs[range(x.shape[0]), y].mean()"),
        ('backward = "softmax_loss(x, y) -> loss, dx"',),
        """\
def softmax_loss(x, y):
    n = x.shape[0]
    logprobs = x - torch.logsumexp(x, 1, keepdim=True)
    dx = logprobs.exp()
    dx[range(n), y] -= 1
    return -logprobs[range(n), y].mean(), dx / n
""",
    ),
    "static_linear": OneLayer(
        ("out", "x", "w", "b"), ("z = x @ w", "out = z + b"),
        (
            'forward = "Linear.forward(x, w, b) -> out, cache"',
            'backward = "Linear.backward(dout, cache) -> dx, dw, db"',
        ),
        """\
class Linear:
    @staticmethod
    def forward(x, w, b):
        return x @ w + b, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(0)
""",
    ),
}  # fmt: skip
"""By name of the exercise."""

ROWS = {name: len(layer.graded) for name, layer in LAYERS.items()}


def lay_down(folder: Path, names: Iterable[str] = LAYERS, *, difficulty: int = 1) -> Path:
    """The exercises of these layers in a folder."""
    for name in names:
        lay_down_as(folder / name, name, difficulty=difficulty)
    return folder


def lay_down_as(folder: Path, name: str, *, difficulty: int = 1) -> None:
    """One layer's exercise, in a folder of any name."""
    layer = LAYERS[name]
    folder.mkdir(parents=True)
    forward = FORWARD.format(
        graded=list(layer.graded),
        draws="\n".join(f"    {name} = {INPUTS[name]}" for name in layer.arguments),
        returned=", ".join(f"'{name}': {name}" for name in layer.arguments),
        arguments=", ".join(layer.arguments),
        lines="\n".join(f"    {line}" for line in layer.lines),
    )
    (folder / "forward.py").write_text(forward, encoding="utf-8")
    head = [f'title = "{name}"', 'kind = "layer"', f"difficulty = {difficulty}", "", "[form]"]
    (folder / "exercise.toml").write_text("\n".join([*head, *layer.form, ""]), encoding="utf-8")


def solved(names: Iterable[str] = LAYERS) -> str:
    """One file with the worked solutions of these layers."""
    return "\n\n".join(["import torch\n", *(LAYERS[name].solution for name in names)])
