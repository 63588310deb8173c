"""Notes for the instructor: numerical differentiation gets one in any spelling, honest derivations get none."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from grader.sandbox.reading.reading import read
from grader.sandbox.types import RulesConfig

DIFFERENCES = {
    "in one line": "return (F.cross_entropy(x + e, y) - F.cross_entropy(x - e, y)) / (2*e)",
    "of two parameters": "return (F.cross_entropy(a, y) - F.cross_entropy(b, y)) / (2*e)",
    "over several lines": "p = f(x + e)\nm = f(x - e)\ndiff = p - m\nscale = 2*e\nreturn diff / scale",
    "one-sided": "return (torch.tanh(x + t) - torch.tanh(x)) / t",
    "backwards": "return (torch.tanh(x) - torch.tanh(x - t)) / t",
    "a step that is a number": "h = 1e-6\nreturn (torch.exp(x + h) - torch.exp(x - h)) / (2*h)",
    "a step that is typed": "return (torch.exp(x + 1e-6) - torch.exp(x - 1e-6)) / 2e-6",
    "times the inverse": "return (f(x + q) - f(x - q)) * (1 / (2*q))",
    "times a power": "return 0.5 * (f(x + q) - f(x - q)) * q**-1",
    "times a large number": "return (torch.exp(x + 1e-6) - torch.exp(x)) * 1e6",
    "by methods": "up = x.add(q).tanh()\ndown = x.sub(q).tanh()\nreturn up.sub(down).div(2*q)",
    "by functions of torch": "return torch.div(torch.sub(f(torch.add(x, q)), f(torch.sub(x, q))), 2*q)",
    "a copy for each side": "a = x.clone()\nb = x.clone()\na[0] += q\nb[0] -= q\nreturn (g(a) - g(b)) / (2*q)",
    "one copy, back and forth": "x[0] += q\np = g(x)\nx[0] -= 2*q\nm = g(x)\nreturn (p - m) / (2*q)",
    "elements that are put back": """
        for i in range(x.numel()):
            old = x.view(-1)[i].item()
            x.view(-1)[i] = old + q
            p = g(x).item()
            x.view(-1)[i] = old - q
            m = g(x).item()
            x.view(-1)[i] = old
            d.view(-1)[i] = (p - m) / (2*q)
        return d
    """,
    "a flat view": """
        flat = x.view(-1)
        flat[0] += q
        up = g(x)
        flat[0] -= q + q
        down = g(x)
        return (up - down) / q / 2
    """,
    "in place by a method": "a = x.clone()\na[0].add_(q)\nreturn (g(a) - g(x)) / q",
    "a function that is given nothing": """
        def value():
            return F.cross_entropy(x @ W, y)
        x[0] += q
        p = value()
        x[0] -= 2*q
        m = value()
        return (p - m) / (2*q)
    """,
    "a unit vector": "return torch.stack([(g(x + q*v) - g(x - q*v)) / (2*q) for v in torch.eye(3)])",
    "a lambda": "value = lambda z: F.mse_loss(z, y)\nreturn (value(x + q) - value(x - q)) / (2*q)",
    "a helper that divides": "def slope(u, v): return (u - v) / (2*q)\nreturn slope(f(x + q), f(x - q))",
    "a helper that moves": "return (g(bump(x, 0, q)) - g(bump(x, 0, -q))) / (2*q)",
    "one after the other": "d = f(x + q)\nd -= f(x - q)\nd /= 2*q\nreturn d",
    "unpacked": "p, m = g(x + q), g(x - q)\nreturn (p - m) / (2*q)",
    "unpacked from a comprehension": "p, m = [g(x + s*q) for s in (1, -1)]\nreturn (p - m) / (2*q)",
    "unpacked from map": "p, m = map(g, (x + q, x - q))\nreturn (p - m) / (2*q)",
    "a list of values": "v = [g(x + s*q) for s in (1, -1)]\nreturn (v[0] - v[1]) / (2*q)",
    "both places at once": "p, m = f(torch.stack([x + q, x - q]))\nreturn (p - m) / (2*q)",
    "signs": "for s in (1, -1): d += s*g(x + s*q) / (2*q)\nreturn d",
    "fourth order": "return (-g(x + 2*q) + 8*g(x + q) - 8*g(x - q) + g(x - 2*q)) / (12*q)",
    "along a cotangent": "return ((torch.tanh(x + q) - torch.tanh(x - q)) * dy).sum() / (2*q)",
    "summed on either side": "return ((torch.tanh(x + q)*dy).sum() - (torch.tanh(x - q)*dy).sum()) / (2*q)",
    "no function but the formula": "return ((x + q)**3 - (x - q)**3) / (2*q)",
    "a relative step": "return (torch.tanh(x*(1 + q)) - torch.tanh(x*(1 - q))) / (2*q*x)",
    "in a branch": "if q:\n    with torch.no_grad():\n        return (g(x + q) - g(x - q)) / (2*q)\n",
    "in an exception": "try:\n    p = g(x + q)\nfinally:\n    m = g(x - q)\nreturn (p - m) / (2*q)",
    "keywords": "return (F.cross_entropy(input=x + q, target=y) - F.cross_entropy(input=x, target=y)) / q",
    "an annotated name": "p: torch.Tensor = g(x + q)\nreturn (p - g(x)) / q",
}

IMAGINARY = {
    "a step in the imaginary direction": "return f(x + 1j*h).imag / h",
    "typed": "return torch.tanh(x + 1e-20j).imag / 1e-20",
    "torch.complex": "z = torch.complex(x, torch.full_like(x, h))\nreturn torch.tanh(z).imag / h",
    "torch.imag": "z = x + complex(0, h)\nreturn torch.imag(f(z)) / h",
    "multiplied": "return f(x + 1e-30j).imag * 1e30",
    "element by element": "for i in range(3):\n    d[i] = g(x + 1j*h*v[i]).imag.item() / h\nreturn d",
    "view_as_real": "return torch.view_as_real(f(x + 1j*h))[..., 1] / h",
    "along a cotangent": "return (f(x + 1j*h).imag * dy) / h",
    "indexed": "return f(x + 1j*h).imag[0] / h",
}

PAIRS = {
    "tuples": "def times(p, q): return p[0]*q[0], p[0]*q[1] + p[1]*q[0]\nreturn times((x, 1), (x, 1))[1]",
    "turned round": "def times(p, q): return (p[0]*q[0], p[1]*q[0] + p[0]*q[1])\nreturn times((x, 1), (x, 1))[1]",
    "four numbers": "def times(a, da, b, db): return a*b, a*db + da*b\nreturn times(x, 1, x, 1)[1]",
    "a named pair": "times = lambda p, q: Pair(p.v*q.v, p.v*q.t + p.t*q.v)\nreturn times(x, x).t",
}

HONEST = {
    "sums": "return (a.sum(1) - b.sum(1)) / (2*n)",
    "softmax and one-hot": "return (F.softmax(x, 1) - F.one_hot(y, 27)) / n",
    "two tanhs": "return torch.tanh(x) - torch.tanh(y)",
    "two tanhs, averaged": "return (torch.tanh(x) - torch.tanh(y)) / n",
    "sinh": "return (torch.exp(x) - torch.exp(-x)) / 2",
    "tanh": "return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))",
    "a shifted sigmoid": "return (torch.sigmoid(x + b) - torch.sigmoid(x)) / b.shape[0]",
    "layer norm": "return (n*d - d.sum(1, keepdim=True) - xhat*(d*xhat).sum(1, keepdim=True)) * inv / n",
    "batch norm": "return (x - x.mean(0)) / (x.var(0) + 1e-5).sqrt()",
    "one fewer": "d = p.clone()\nd[range(n), y] -= 1\nreturn d / n",
    "one fewer, in a difference": "d = p.clone()\nd[range(n), y] -= 1\nreturn (d - p) / n",
    "neighbors": "return (x[1:] - x[:-1]) / 2",
    "rolled": "return (x.roll(1) - x.roll(-1)) / 2",
    "one function twice": "return (act(x) - act(y)) / (2*n)",
    "a quotient rule": "return (db*a - da*b) / b**2",
    "a quotient rule of functions": "return (torch.cos(x)*v - torch.sin(x)*w) / v**2",
    "means": "return (a.mean() - b.mean()) / (a.std() - b.std())",
    "maximum and minimum": "return (x - x.amin()) / (x.amax() - x.amin())",
    "a shifted sigmoid, over a length": "return (torch.sigmoid(x + b) - torch.sigmoid(x)) / len(b)",
    "a loop": "for i in range(3):\n    d[i] = (x[i].sum() - x[i].max()) / 2\nreturn d",
    "a loop over functions": "for k in range(3):\n    d += (torch.tanh(x[k]) - torch.tanh(y[k])) / n\nreturn d",
    "log of a softmax": "return (torch.exp(x) / torch.exp(x).sum() - h) / n",
    "a rotation": "z = torch.view_as_complex(x.view(-1, 2)) * torch.polar(one, t).conj()\nreturn torch.view_as_real(z)",
    "a rotation, in parts": "z = torch.complex(a, b) * torch.complex(c, -s)\nreturn torch.cat([z.real, z.imag], 1)",
    "a rotation, scaled": "z = torch.complex(a, b) * (c - 1j*s)\nreturn torch.cat([z.real, z.imag / n], 1)",
    "a rotation, half of it": "z = torch.complex(a, b) * rot\nreturn z.imag / 2",
    "a spectrum": "return torch.fft.ifft(torch.fft.fft(x) * w).imag / n",
    "a complex product by hand": "def times(a, b, c, d): return a*c - b*d, a*d + b*c\nreturn times(x, y, c, s)[0]",
    "two gradients at once": "def both(d, a, b): return d*b, d*a\nreturn both(dy, x, W)[0]",
    "a gate and its sum": "def cell(f, c, i, g): return f*c, f*c + i*g\nreturn cell(x, y, b, a)[0]",
    "a gradient function": "def gradient(x): return 2*x\nreturn gradient(x)",
    "a gradient of its own": "self.gradient = dy\nreturn self.gradient",
    "a difference of powers": "return ((x + 1)**2 - (x - 1)**2) / 4",
    "polarization": "return ((a + b)**2 - (a - b)**2) / n",
    "a temperature": "return (F.softmax(x / t, 1) - F.softmax(y / t, 1)) / t",
    "a mean of squares": "return 2*(a - b) / a.numel()",
    "an exponential moving mean": "return (m*(1 - r) + r*a - m) / r",
}


def notes(body: str, top: str = "") -> tuple[str, ...]:
    """The notes on a function `dx` with this body, from line 4 on."""
    head = "import torch\nimport torch.nn.functional as F\n"
    text = f"{head}{top}\ndef dx(x, y, dy, a, b, d, e, h, q, t, v, n, W):\n{indent(dedent(body).strip(), '    ')}\n"
    found = read({"backward.py": text.encode()}, RulesConfig()).reading
    assert found.problem is None
    assert found.findings == ()
    return found.asides


@pytest.mark.parametrize("spelling", DIFFERENCES)
def test_finite_differences_are_noted(spelling: str) -> None:
    """In any number of lines, under any names."""
    found = notes(DIFFERENCES[spelling])
    assert any("divides the difference of two evaluations: possibly finite differences" in note for note in found)


@pytest.mark.parametrize("spelling", IMAGINARY)
def test_complex_steps_are_noted(spelling: str) -> None:
    """An imaginary part, divided by the step."""
    assert notes(IMAGINARY[spelling]) == (
        "backward.py:4: dx divides an imaginary part by a step: possibly complex-step differentiation",
    )


@pytest.mark.parametrize("spelling", PAIRS)
def test_dual_numbers_without_a_class_are_noted(spelling: str) -> None:
    """The product, and the product rule."""
    (note,) = notes(PAIRS[spelling])
    assert note.startswith("backward.py:5: ")
    assert note.endswith("multiplies values and their derivatives in pairs: possibly dual numbers")


@pytest.mark.parametrize(
    ("body", "top"),
    [
        ("return torch.gradient(f(x), spacing=h)[0]", ""),
        ("return gradient(f(x))[0]", "from torch import gradient"),
        ("return numeric(f(x))[0]", "from torch import gradient as numeric"),
        ("return t.gradient(f(x))[0]", "import torch as t"),
    ],
)
def test_torch_gradient_is_noted(body: str, top: str) -> None:
    """It is not one of PyTorch's derivatives but takes differences of numbers: noted like written-out differences."""
    assert notes(body, top) == ("backward.py:4: dx calls torch.gradient: possibly finite differences",)


@pytest.mark.parametrize("spelling", HONEST)
def test_honest_code_that_looks_alike_gets_no_note(spelling: str) -> None:
    """Forward and backward passes are full of them."""
    assert notes(HONEST[spelling]) == ()


def test_a_function_of_the_file_that_is_evaluated_twice_is_found_anywhere() -> None:
    """In a top-level helper, in any function that is not an answer, and in a method."""
    helper = "def slope(f, z, r): return (f(z + r) - f(z - r)) / (2*r)"
    assert notes("return x", helper) == (
        "backward.py:3: slope divides the difference of two evaluations: possibly finite differences",
    )


SOLUTIONS = sorted((Path(__file__).resolve().parents[2] / "solutions").glob("*/**/*.py"))
CATALOGUES = [path for path in SOLUTIONS if path.parent.name != "wrong"]


def test_no_right_form_in_the_catalogs_gets_a_note() -> None:
    """All of it was derived by hand."""
    asides = {path: read({"backward.py": path.read_bytes()}, RulesConfig()).reading.asides for path in CATALOGUES}
    assert {str(path): noted for path, noted in asides.items() if any("possibly" in note for note in noted)} == {}


@pytest.mark.parametrize(
    "body",
    [
        "a = x\n" + "a = (a*a + a) / (a - a)\n" * 200,
        "return " + " / ".join(["(x - y)"] * 900),
        "return " + " + ".join(["(f(x + 1) - f(x))/2"] * 500),
        "return " + "f(" * 80 + "x" + ")" * 80,
        "return " + "[" * 150 + "x - x" + "]" * 150 + " / 2",
        "p, m = [" + " + ".join(["s*x"] * 200) + " for s in (1, -1)]\nreturn (p - m) / 2",
        "x += y\n" * 400 + "return (x - y) / y",
        "def f(z): return g(z) + g(z)\ndef g(z): return f(z) - f(z)\nreturn (f(x) - g(x)) / 2",
        "return " + " * ".join(["0.5"] * 900),
    ],
    ids=[
        "growing",
        "a chain",
        "a sum",
        "nested",
        "brackets",
        "a long element",
        "a long sum in place",
        "helpers in a circle",
        "a product",
    ],
)
def test_endless_code_is_followed_up_to_a_limit(body: str) -> None:
    """Reading ends, and finds the answer."""
    text = f"def dx(x, y):\n{indent(body, '    ')}\n"
    assert "dx" in read({"backward.py": text.encode()}, RulesConfig()).reading.functions
