"""Write mlp.ipynb, the lecture's exercise as a notebook, from the exercise's files: `python docs/notebooks/make.py`."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import load_exercise
from grader.exercise.stubs import pristine_stub

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
EXERCISE = load_exercise("mlp")
ADDRESS = "https://github.com/backprop-grader/backprop-grader"
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
COLAB = "https://colab.research.google.com/github/backprop-grader/backprop-grader/blob/main/docs/notebooks/mlp.ipynb"

TITLE = f"""\
# Becoming a backprop ninja: 26 gradients by hand

[![Open In Colab]({BADGE})]({COLAB})

This is the first exercise of Andrej Karpathy's lecture *Building makemore part 4: becoming a backprop ninja*. The cells
below compute the loss of a small language model, one small step after another. You write the gradient of the loss with
respect to each of its 26 variables, with pencil, paper and tensors. `%%grade` compares each of them with autograd's
and names the likely mistake.

## Install

The first cell installs `grade` if it is not there yet. It keeps the torch, IPython and numpy that are here."""

INSTALL = f"""\
import importlib.util

if importlib.util.find_spec("grader") is None:
    %pip install -q "backprop-grader[notebook] @ git+{ADDRESS}\""""

UNREACHABLE = """\
If pip cannot reach that address, give it the folder of a clone in its place, or a wheel that you have uploaded:
`%pip install -q "./backprop-grader[notebook]"`."""

IMPORTS = """\
import torch
import torch.nn.functional as F

from grader import check
from grader.names import training_examples

%load_ext grader"""

FORWARD = """\
## The forward pass

Run these cells, and read them: each line is one step of your way back."""

INPUTS = """\
block_size = {block_size} # context length: how many characters do we take to predict the next one
{sizes}

{lines}"""

BACKWARD = """\
## The backward pass

`dlogits`, say, is the derivative of the loss with respect to `logits`, and has its shape. Write each gradient in the
place of `None` and run the cell. A gradient may take several lines, and use every forward value and every gradient that
you have already written. The first one is done as an example."""

EXAMPLE = "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n"

LAST = """\
## All of them

A mistake in one gradient also shows in those that are computed from it: begin with the first that is wrong."""

SCORE = """\
This compares on one minibatch. For a score, save the notebook and run `grade mlp.ipynb --exercise mlp` in a terminal,
or with a `!` before it in a cell. In Colab, download the notebook and upload it to *Files* first. `grade` reads your
cells, without running the notebook, and tests each gradient at other sizes and with random upstream gradients, too."""


def cells() -> Iterator[tuple[str, str]]:
    """Kind and text of each cell."""
    yield "markdown", TITLE
    yield "code", INSTALL
    yield "markdown", UNREACHABLE
    yield "code", IMPORTS
    yield "markdown", FORWARD
    yield "code", inputs()
    for step in forward():
        yield "code", step
    yield "markdown", BACKWARD
    for number, (heading, variables) in enumerate(EXERCISE.settings.stretches.items(), 1):
        yield "markdown", f"### {number}. {heading[0].upper()}{heading[1:]}"
        for variable in variables:
            yield "code", gradient(f"d{variable}", EXAMPLE if variable == "logprobs" else f"d{variable} = None # TODO")
    yield "markdown", LAST
    yield "code", "check()"
    yield "markdown", SCORE


def inputs() -> str:
    """The sizes, the parameters and the minibatch, as the exercise draws them."""
    source = (EXERCISE.directory / "forward.py").read_text(encoding="utf-8")
    lines = body(source, "inputs").replace("manual_seed(seed)", "manual_seed(2147483647) # the lecture's seed")
    sizes = ", ".join(EXERCISE.given_sizes), ", ".join(map(str, EXERCISE.given_sizes.values()))
    return INPUTS.format(block_size=EXERCISE.constants["block_size"], sizes=" = ".join(sizes), lines=lines)


def forward() -> list[str]:
    """The forward pass, a cell for each part that has a comment of its own."""
    source = (EXERCISE.directory / "forward.py").read_text(encoding="utf-8")
    return [part.rstrip() for part in re.split(r"(?m)^(?=# )", body(source, "forward"))]


def body(source: str, function: str) -> str:
    """A function's lines without its `return`."""
    (lines,) = re.findall(rf"^def {function}\(.*\):\n((?:    .*\n)+?)    return ", source, re.MULTILINE)
    return textwrap.dedent(lines).rstrip()


def gradient(name: str, lines: str) -> str:
    """The cell of a gradient: what its stub says, and its lines or the place to write them."""
    (stub,) = ast.parse(pristine_stub(EXERCISE, name)).body
    assert isinstance(stub, ast.FunctionDef)
    comments = [f"# {line.strip()}" for line in (ast.get_docstring(stub) or "").splitlines() if line]
    return "\n".join([f"%%grade {name}", *comments, lines])


def notebook() -> dict[str, Any]:
    """The notebook, as Jupyter writes one that has not been run."""
    return {
        "cells": [_cell(f"cell-{number}", kind, text) for number, (kind, text) in enumerate(cells(), 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(name: str, kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def written() -> str:
    """The file's text."""
    return json.dumps(notebook(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    (HERE / "mlp.ipynb").write_text(written(), encoding="utf-8")
