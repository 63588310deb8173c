"""A backward pass in a form that is not graded is recognized, and the expected form is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.exercise.shelf import load_exercise
from grader.sandbox.reading.reading import read
from grader.sandbox.types import RulesConfig, Wanted

ROOT = Path(__file__).resolve().parents[2]
ONE_EACH = "write one function for each gradient: def "
FORMS = {
    "a tuple": (
        "def layernorm_backward(dout, cache):\n    x, w = cache\n    dx = w\n    dw = dout * x\n    return dx, dw\n",
        f"a.py:1: layernorm_backward returns several gradients at once; {ONE_EACH}dx(dout, ...)",
    ),
    "a list in a name": (
        "import torch\ndef all_of_them(dout, w):\n    made = [dout * w, dout]\n    return made\n",
        f"a.py:2: all_of_them returns several gradients at once; {ONE_EACH}dscaled(dout, ...)",
    ),
    "a dict": (
        "def backward(x, dout):\n    grads = {}\n    grads['b'] = dout.sum((0, 1))\n    return grads\n",
        f"a.py:1: backward returns its gradients in a dict; {ONE_EACH}db(dout, ...)",
    ),
    "a dict at once": (
        "def step(x, dout):\n    return dict(dw=dout, db=dout)\n",
        f"a.py:1: step returns its gradients in a dict; {ONE_EACH}dscaled(dout, ...)",
    ),
    "autograd's Function": (
        (
            "import torch\nclass Norm(torch.autograd.Function):\n    @staticmethod\n    def backward(ctx, dout):\n"
            "        dx = dout\n        return dx, None\n"
        ),
        f"a.py:4: Norm is a torch.autograd.Function, which is not called; {ONE_EACH}dx(dout, ...)",
    ),
    "a layer": (
        "class Norm:\n    def backward(self, dout):\n        self.db = dout\n        return dout\n",
        f"a.py:2: Norm.backward is a method, which is not called; {ONE_EACH}dscaled(dout, ...)",
    ),
    "a line in a comment": ("# dw = dout * norm\n", "a.py:1: dw is commented out; remove the # from its lines"),
    "a function in a comment": (
        "import torch\n\n# def dw(dout, norm):\n#     return dout * norm\n",
        "a.py:3: dw is commented out; remove the # from its lines so that it counts",
    ),
    "a function in quotes": (
        "import torch\n'''\ndef dw(dout, norm):\n    return dout * norm\n'''\n",
        "a.py:2: dw is in a text between quotes; remove the quotes around it",
    ),
    "lines that fill a dict": (
        "grads['dw'] = dout * norm\ngrads['db'] = dout.sum(0)\ngrads['dx'] = dout\n",
        "a.py:1: the gradients are put into grads; give each a name of its own: dw = ...",
    ),
    "lines that set attributes": (
        "d.w = dout * norm\nd.b = dout.sum(0)\nd.x = dout\n",
        "a.py:1: the gradients are put into d; give each a name of its own: dw = ...",
    ),
    "a training loop": (
        "for step in range(9):\n    loss = f(x)\n    loss.backward()\n",
        f"a.py:3: the gradients are computed by autograd, in a training loop; {ONE_EACH}dout(...)",
    ),
    "autograd": ("loss = f(x)\nloss.backward()\n", "a.py:2: the gradients are computed by autograd; write one"),
}


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return load_exercise("layernorm").wanted


@pytest.mark.parametrize(("source", "sentence"), FORMS.values(), ids=FORMS)
def test_what_was_found_is_said_with_its_line(source: str, sentence: str, wanted: Wanted) -> None:
    """And what is expected, in the learner's own names."""
    found = read({"a.py": source.encode()}, RulesConfig(), wanted).reading
    assert (found.problem, found.form[: len(sentence)]) == (None, sentence)


@pytest.mark.parametrize(("source", "sentence"), FORMS.values(), ids=FORMS)
def test_a_notebook_says_the_same_with_its_cell(source: str, sentence: str, wanted: Wanted) -> None:
    """Beside cells that Python alone cannot read."""
    cells = ["%matplotlib inline\n!pip install torch", source]
    document = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    found = read({"a.ipynb": json.dumps(document).encode()}, RulesConfig(), wanted).reading
    assert found.form.startswith(sentence.replace("a.py:", "a.ipynb cell 2:"))


@pytest.mark.parametrize("exercise", sorted(path.parent.name for path in ROOT.glob("exercises/*/backward.py")))
def test_stubs_as_they_are_handed_out_have_no_form(exercise: str) -> None:
    """They are not started."""
    files = {"backward.py": (ROOT / "exercises" / exercise / "backward.py").read_bytes()}
    assert read(files, RulesConfig(), load_exercise(exercise).wanted).reading.form == ""


def test_a_form_beside_a_function_of_the_expected_form_is_nobodys_mistake(wanted: Wanted) -> None:
    """A helper may return what it likes."""
    source = FORMS["a tuple"][0] + "def dw(dout, norm):\n    return (dout * norm).sum((0, 1))\n"
    assert read({"a.py": source.encode()}, RulesConfig(), wanted).reading.form == ""


def test_functions_that_have_nothing_to_do_with_gradients_are_no_form(wanted: Wanted) -> None:
    """Nor is autograd's own backward pass beside lines for another exercise, which are compared with it."""
    source = "def build_dataset(words):\n    return [words], words\n"
    assert read({"a.py": source.encode()}, RulesConfig(), wanted).reading.form == ""
    cells = ["loss.backward()", "dlogits = probs\ndh = dlogits @ W2.T"]
    document = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    assert read({"a.ipynb": json.dumps(document).encode()}, RulesConfig(), wanted).reading.form == ""


def test_a_form_beside_stubs_is_said(wanted: Wanted) -> None:
    """In the same file, or in another one of the hand-in."""
    stubs = (ROOT / "exercises/layernorm/backward.py").read_bytes()
    for files in (
        {"backward.py": stubs + FORMS["a tuple"][0].encode()},
        {"backward.py": stubs, "a.py": FORMS["a dict"][0].encode()},
    ):
        assert "write one function for each gradient" in read(files, RulesConfig(), wanted).reading.form


def test_a_training_exercise_expects_one_function() -> None:
    """It returns all gradients together."""
    form = read(
        {"a.py": b"def step(x):\n    return dC, dW1\n"}, RulesConfig(), load_exercise("training").wanted
    ).reading.form
    assert form.endswith("write one function that returns all of them: def gradients(...)")
