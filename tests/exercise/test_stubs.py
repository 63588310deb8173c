"""The original stubs, and restoring one of them in a file's bytes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from packs import STUBS, shelf

from grader.exercise.shelf import exercises_directory, load_exercise
from grader.exercise.stubs import (
    NoReset,
    function_names,
    function_text,
    pristine_stub,
    put_back,
    signature_and_docstring,
)
from grader.sandbox.types import Function

if TYPE_CHECKING:
    from pathlib import Path

    from grader.exercise.exercise import Exercise

STUB = 'def dh(dlogits, W2):\n    """h @ W2"""\n\n    raise NotImplementedError'
BOM = b"\xef\xbb\xbf"


def function(first: int, last: int, begins: int | None = None) -> Function:
    """What the sandbox's child process would report for dh; decorators begin before the `def`."""
    return Function("dh", "backward.py", first, last, (), begins=begins)


def test_a_function_is_replaced_and_everything_else_stays() -> None:
    """The removed text is returned."""
    content = b"import torch\n\ndef dh(a):\n    return a\n\nx = 1\n"
    new, taken = put_back(content, function(3, 4), STUB)
    assert new == b"import torch\n\n" + STUB.encode() + b"\n\nx = 1\n"
    assert taken == b"def dh(a):\n    return a"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["unix", "windows", "old mac"])
def test_a_stub_gets_the_line_endings_of_the_file(ending: bytes) -> None:
    """Between its own lines, too."""
    content = ending.join([b"x = 1", b"def dh(a):", b"    return a", b"y = 2", b""])
    new, _ = put_back(content, function(2, 3), STUB)
    assert new == ending.join([b"x = 1", *STUB.encode().split(b"\n"), b"y = 2", b""])


def test_a_byte_order_mark_stays_at_the_beginning() -> None:
    """It is not part of the first line's function."""
    new, taken = put_back(BOM + b"def dh(a):\n    return a\n", function(1, 2), STUB)
    assert new == BOM + STUB.encode() + b"\n"
    assert taken == b"def dh(a):\n    return a"


def test_decorators_are_removed_with_their_function() -> None:
    """The stub has none."""
    content = b"@first\n@second(\n    1)\ndef dh(a):\n    return a\n"
    new, taken = put_back(content, function(4, 5, begins=1), STUB)
    assert new == STUB.encode() + b"\n"
    assert taken == content.rstrip()


def test_a_function_inside_a_block_keeps_its_indentation() -> None:
    """Empty lines stay empty."""
    new, _ = put_back(b"if True:\n    def dh(a):\n        return a\n", function(2, 3), STUB)
    assert new.split(b"\n")[1:4] == [b"    def dh(dlogits, W2):", b'        """h @ W2"""', b""]


@pytest.mark.parametrize("line", [b"x = 1; dh = lambda a: a", b"if x: dh = lambda a: a", b"(dh := abs)"])
def test_a_function_that_shares_its_line_is_refused(line: bytes) -> None:
    """The rest of the line would be removed, too."""
    with pytest.raises(NoReset, match=r"^backward\.py:1: dh shares its line with other code; put it on its own line$"):
        put_back(line + b"\n", function(1, 1), STUB)


def test_a_missing_function_is_appended() -> None:
    """Two empty lines below the last line, whether or not that line is terminated; at the top of an empty file."""
    for content in (b"x = 1", b"x = 1\n"):
        assert put_back(content, None, STUB) == (b"x = 1\n\n\n" + STUB.encode() + b"\n", b"")
    assert put_back(b" \n", None, STUB)[0] == b" \n" + STUB.encode() + b"\n"
    assert put_back(b"x = 1\r\n", None, "a\nb")[0] == b"x = 1\r\n\r\n\r\na\r\nb\r\n"


def test_a_file_that_has_changed_in_the_meantime_is_left_alone() -> None:
    """Its lines are no longer the ones that were read."""
    with pytest.raises(NoReset, match="has changed in the meantime"):
        put_back(b"x = 1\n", function(7, 9), STUB)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_refused(encoding: str) -> None:
    """A stub in UTF-8 would break it."""
    with pytest.raises(NoReset, match="save it as UTF-8 first"):
        put_back("\ufeffdef dh(a): return a\n".encode(encoding), function(1, 1), STUB)


def test_a_stub_is_described_by_its_signature_and_docstring() -> None:
    """The signature on one line, however it was written."""
    assert signature_and_docstring("def dh(\n    dlogits,\n    W2,\n):\n    raise NotImplementedError") == (
        "def dh(dlogits, W2):",
        "",
    )
    assert signature_and_docstring(STUB)[1] == "h @ W2"


def test_a_functions_text_is_its_own_lines() -> None:
    """Not what only looks like it."""
    source = "def dhs():\n    pass\n\n@once\ndef dh(a):\n    # why\n    return a  # so\n\nx = 1\n"
    assert function_text(source, "dh") == "def dh(a):\n    # why\n    return a  # so"
    assert function_text(source, "x") == ""


def test_a_methods_text_has_its_decorators_and_no_margin() -> None:
    """It is found by the name of its class, and in no other class."""
    source = "class A:\n    def f(): pass\n\nclass B:\n    @staticmethod\n    def f(x):\n        return x\n"
    assert function_text(source, "B.f") == "@staticmethod\ndef f(x):\n    return x"
    assert function_text(source, "A.f") == "def f(): pass"
    assert function_text(source, "C.f") == function_text(source, "f") == ""


def test_a_training_exercise_has_one_function_for_all_gradients(mlp: Exercise) -> None:
    """Every other exercise has one for each."""
    assert function_names(load_exercise("training")) == ("gradients",)
    assert function_names(mlp) == mlp.gradients


class TestHandedOut:
    """Where an original stub comes from: never from a learner's file."""

    def test_in_a_workspace_it_is_the_installed_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the learner's file contains."""
        monkeypatch.chdir(tmp_path)
        mine = tmp_path / "exercises" / "mlp"
        shutil.copytree(exercises_directory() / "mlp", mine)
        (mine / "backward.py").write_text("def dprobs(mine):\n    return (\n")
        assert pristine_stub(load_exercise(mine), "dprobs").startswith("def dprobs(dlogprobs, probs):")

    def test_a_workspace_exercise_that_is_not_installed_has_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its only file may have been filled in, and may not be valid Python."""
        monkeypatch.chdir(tmp_path)
        mine = shelf(tmp_path) / "squares"
        (mine / "backward.py").write_text("def dy(y):\n    return (\n")
        with pytest.raises(NoReset, match="no stub of dy is installed with squares, so there is nothing to restore"):
            pristine_stub(load_exercise(mine), "dy")

    def test_an_exercise_of_another_folder_has_its_own(self, tmp_path: Path) -> None:
        """The folder of `--exercises`, from an instructor."""
        folder = shelf(tmp_path) / "squares"
        with pytest.raises(NoReset):
            pristine_stub(load_exercise(folder), "dy")
        (folder / "backward.py").write_text(STUBS)
        assert pristine_stub(load_exercise(folder), "dy") == STUBS.split("\n\n\n", maxsplit=1)[0]

    def test_an_exercise_of_a_pack_has_the_packs_own(self, installed_pack: Path) -> None:
        """If two packs have one, that of the exercise's own pack."""
        stubs = installed_pack / "exercises" / "squares" / "backward.py"
        stubs.write_text("def dy(packed):\n    raise NotImplementedError\n")
        assert pristine_stub(load_exercise("squares"), "dy").startswith("def dy(packed):")
