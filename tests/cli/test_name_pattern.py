"""`--name-pattern`, and what is said of names when a class is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from classroom import hand_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.mark.parametrize("words", [("batch",), ("similarity", "--exercise", "mlp")])
@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{logn}_{file}", "--name-pattern {logn}_{file}: {logn} is not a field; the fields are {id}, {login}"),
        ("{id}+{file}", "--name-pattern {id}+{file} fits none of the 1 names, such as jdoe.py"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_one_sentence(
    grade: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], pattern: str, sentence: str
) -> None:
    """Before anything is graded or compared."""
    hand_in(tmp_path / "class", {"jdoe.py": "x = 1\n"})
    result = grade(*words, tmp_path / "class", "--name-pattern", pattern)
    assert result.exit_code == 4
    assert sentence in result.stderr
    assert not (tmp_path / "grades").exists()


def test_a_class_that_may_not_be_read_is_one_sentence(
    grade: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the system says, and no traceback."""
    hand_in(tmp_path / "class", {"jdoe.py": "x = 1\n"})

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "class"))

    monkeypatch.setattr("grader.classroom.intake.folder._without_wrappers", refused)
    result = grade("batch", tmp_path / "class", "--exercise", "mlp")
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"{tmp_path / 'class'} cannot be read: Permission denied" in result.stderr
