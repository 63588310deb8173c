"""Which file of a submission is graded: the exercise decides, and an untouched stub never beats work."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from grader.exercise.shelf import load_exercise
from grader.sandbox.reading.reading import read
from grader.sandbox.types import RulesConfig, Wanted

ROOT = Path(__file__).resolve().parents[2]
STUBS = (ROOT / "exercises/mlp/backward.py").read_bytes()
RIGHT = (ROOT / "solutions/mlp/backward.py").read_bytes()
OTHER = (ROOT / "solutions/gpt2_block/backward.py").read_bytes()
HALF = RIGHT.split(b"def dlogits(")[0]
ONE = b"def dprobs(dlogprobs, probs):\n    return dlogprobs / probs\n"
STUBS_THAT_RETURN = (
    b"def dprobs(probs):\n    return None\ndef dlogits(logits):\n    dlogits = None\n    return dlogits\n"
)
DONE = b"def dx(y):\n    return y\n"


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    return load_exercise("mlp").wanted


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


CASES = [
    ("its own folder", {"w/exercises/mlp/backward.py": HALF, "w/exercises/gpt2_block/backward.py": OTHER}),
    ("its own folder, however it is spelled", {"MLP/Backward.py": HALF, "gpt2-block/backward.py": OTHER}),
    ("its own folder without the folder around it", {"mlp/backward.py": ONE, "attention/backward.py": OTHER}),
    ("its own folder before other attempts", {"exercises/mlp/backward.py": ONE, "old/backward.py": RIGHT}),
    ("its own stub before another exercise's work", {"mlp/backward.py": STUBS, "cross_entropy/backward.py": ONE}),
    ("the innermost folder", {"mlp/exercises/mlp/backward.py": ONE, "mlp/exercises/rnn_step/backward.py": RIGHT}),
    ("the file that answers most", {"final.py": RIGHT, "backward.py": HALF, "x.py": OTHER}),
    ("the copy that a browser made", {"backward (1).py": RIGHT, "backward.py": STUBS}),
    ("work beside the folder of stubs", {"mine.py": ONE, "exercises/mlp/backward.py": STUBS}),
    ("backward.py among equals that have more names", {"backward.py": ONE, "a.py": ONE + DONE}),
    ("backward.py among equals", {"backward.py": RIGHT, "a.py": RIGHT}),
    ("the upper one among equals", {"a/backward.py": RIGHT, "a/b/backward.py": RIGHT}),
    ("work before stubs that return None", {"mine.py": ONE, "backward.py": STUBS_THAT_RETURN}),
    ("stubs before nothing", {"backward.py": STUBS, "helpers.py": b"def log(x): return x\n"}),
    ("work in an archive before a stub beside it", {"mine/backward.py": RIGHT, "backward.py": STUBS}),
    ("work before a file that cannot be parsed", {"b.py": ONE, "backward.py": b"def dprobs(:\n"}),
    ("a broken file before a stub", {"my.py": ONE + b"x = = 1\n", "backward.py": STUBS}),
]


@pytest.mark.parametrize(("what", "files"), CASES, ids=[what for what, _ in CASES])
def test_the_first_of_these_files_is_read(what: str, files: dict[str, bytes], wanted: Wanted) -> None:
    """As loose files, in any order, and in an archive."""
    first = next(iter(files))
    if "archive" not in what:
        assert read(files, RulesConfig(), wanted).reading.file == first
        assert read(dict(reversed(files.items())), RulesConfig(), wanted).reading.file == first
    loose = {name: data for name, data in files.items() if name != first} if "archive" in what else {}
    packed = {name: data for name, data in files.items() if name not in loose}
    assert read({"hw.zip": zipped(packed), **loose}, RulesConfig(), wanted).reading.file == first


def test_what_was_read_and_what_was_not_is_a_note(wanted: Wanted) -> None:
    """A long list is cut."""
    names = ("attention", "broadcast", "gelu", "mlp", "relu")
    files = {f"exercises/{name}/backward.py": ONE for name in names}
    [note] = read(files, RulesConfig(), wanted).reading.notes
    assert note == (
        "read: exercises/mlp/backward.py; not read: exercises/attention/backward.py, exercises/broadcast/backward.py, "
        "exercises/gelu/backward.py and 1 more"
    )


def test_a_single_file_needs_no_note(wanted: Wanted) -> None:
    """Nor do a forward pass and a README beside it."""
    files = {"backward.py": RIGHT, "forward.py": b"x = 1", "README.md": b"# hello"}
    assert read(files, RulesConfig(), wanted).reading.notes == ()


def test_a_readme_is_not_taken_for_work(wanted: Wanted) -> None:
    """Not even alone."""
    problem = read({"README.md": b"# mlp\n"}, RulesConfig(), wanted).reading.problem
    assert problem == "no Python file or notebook was found; expected backward.py"


def test_the_survey_names_what_each_file_answers() -> None:
    """So that each exercise of a workspace can be graded."""
    files = {
        "a.py": DONE + b"def dw(y): return y\ndef dy(x):\n    raise NotImplementedError\n",
        "b.py": b"",
        "c.py": b"dz = 2 * dw\n",
    }
    surveys = read(files, RulesConfig()).reading.surveys
    assert [(each.file, each.begun, each.stubs, each.flat) for each in surveys] == [
        ("a.py", ("dx", "dw"), ("dy",), False),
        ("c.py", ("dz",), (), True),
    ]


def test_an_archive_that_was_packed_twice_is_read(wanted: Wanted) -> None:
    """But nothing deeper is."""
    twice = zipped({"hw/hw.zip": zipped({"mlp/backward.py": ONE}), "__MACOSX/hw/._hw.zip": b""})
    assert list(read({"hw.zip": twice}, RulesConfig(), wanted).reading.functions) == ["dprobs"]
    assert read({"hw.zip": zipped({"hw.zip": twice})}, RulesConfig(), wanted).reading.problem is not None


@pytest.mark.parametrize("size", [1 << 20, 12 << 20])
@pytest.mark.parametrize("packed", [False, True])
def test_the_outputs_and_pictures_of_a_notebook_do_not_count(size: int, packed: bool, wanted: Wanted) -> None:
    """Nor does what an archive has beside it."""
    picture = "A" * (size // 2)
    code = {"cell_type": "code", "source": ONE.decode(), "outputs": [{"data": {"image/png": picture}}]}
    text = {"cell_type": "markdown", "source": "# 1", "attachments": {"a.png": {"image/png": picture}}}
    book = json.dumps({"nbformat": 4, "cells": [text, code], "metadata": {"widgets": picture}}).encode()
    more = {f"{number}.png": b"x" for number in range(600)} | {"run/model.ckpt": bytes(4 << 20)}
    files = {"hw.zip": zipped({"hw.ipynb": book, **more})} if packed else {"hw.ipynb": book}
    found = read(files, RulesConfig(), wanted).reading
    assert (found.problem, list(found.functions)) == (None, ["dprobs"])


def test_the_survey_names_every_function_and_method_that_may_be_a_layers() -> None:
    """Where the exercise is not known: a layer's may have any name."""
    code = b"""\
import torch

def relu_forward(x): return x, x
def relu_backward(dout, cache): pass
def dropout_forward(x): return x, x

class Linear:
    def __init__(self): self.w = 1
    @staticmethod
    def forward(x): return x, x
    @staticmethod
    def backward(dout, cache): raise NotImplementedError
"""
    (survey,) = read({"layers.py": code}, RulesConfig()).reading.surveys
    assert (survey.functions, survey.empty) == (
        ("relu_forward", "Linear.forward"),
        ("relu_backward", "Linear.backward"),
    )
    assert survey.begun == ("dropout_forward",)
    assert survey.arrays == ("torch",)


def test_a_file_that_is_read_for_an_exercise_names_no_other_functions(wanted: Wanted) -> None:
    """They were of use only for finding it."""
    (survey,) = read({"a.py": ONE + b"def relu_forward(x): return x\n"}, RulesConfig(), wanted).reading.surveys
    assert (survey.functions, survey.empty) == ((), ())
