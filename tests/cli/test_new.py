"""`grade new`: the name of the exercise. The draft itself is tested in tests/authoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.cli.new import _name_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.mark.parametrize(("file", "name"), [("lab/tiny_net.py", "tiny_net"), ("lab/forward.py", "lab")])
def test_an_exercise_is_named_after_its_file(tmp_path: Path, file: str, name: str) -> None:
    """Or after the folder, if the file is forward.py."""
    assert _name_of(tmp_path / file) == name


@pytest.mark.parametrize("words", [("my-net.py",), ("net.py", "--name", "2nd"), ("net.py", "--name", "../net")])
def test_a_name_that_is_not_an_identifier_is_refused(
    grade: Callable[..., Result], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """It becomes a folder and part of `NAME::gradient`; nothing is written."""
    (tmp_path / words[0]).touch()
    result = grade("new", *words)
    assert result.exit_code == 4
    assert "cannot be an exercise name: use letters, digits and _ only; choose another with --name" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [words[0]]


def test_arrays_without_a_form_are_refused(grade: Callable[..., Result], tmp_path: Path) -> None:
    """A function for each gradient is given torch tensors."""
    (tmp_path / "net.py").touch()
    result = grade("new", "net.py", "--arrays", "numpy")
    assert result.exit_code == 4
    assert "--arrays is about the functions of a layer; choose them with --form functions" in result.stderr
