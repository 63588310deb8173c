"""`grade import`: which file is written, and what is refused before writing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def test_an_existing_file_is_overwritten_only_with_force(grade: Grade, tmp_path: Path) -> None:
    """The default is the file that a learner works in."""
    (tmp_path / "backward.py").write_text("# mine\n", encoding="utf-8")
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb")
    assert result.exit_code == 4
    expected = "backward.py already exists; choose another file with -o, or overwrite it with --force"
    assert result.stderr == f"Error: {expected}\n"
    assert (tmp_path / "backward.py").read_text(encoding="utf-8") == "# mine\n"
    assert grade("import", NOTEBOOKS / "softmax_only.ipynb", "--force").exit_code == 0
    assert "def dprobs(" in (tmp_path / "backward.py").read_text(encoding="utf-8")


def test_a_script_of_functions_is_refused(grade: Grade, tmp_path: Path) -> None:
    """It can be graded as it is."""
    (tmp_path / "mine.py").write_text("def dh(dlogits, W2):\n    return dlogits @ W2.T\n", encoding="utf-8")
    result = grade("import", "mine.py", "--exercise", "mlp")
    assert result.exit_code == 4
    assert result.stderr == "Error: mine.py already defines functions; grade it as it is with `grade mine.py`\n"
    assert not (tmp_path / "backward.py").exists()


def test_gradients_of_another_exercise_are_left_out(grade: Grade, tmp_path: Path) -> None:
    """--exercise decides which lines are looked for."""
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb", "--exercise", "cross_entropy")
    assert result.exit_code == 0, result.output
    assert "1 of 1 gradients of cross_entropy" in result.stdout
    assert "dprobs" not in (tmp_path / "backward.py").read_text(encoding="utf-8").split("def dlogits")[0]
    assert result.stdout.endswith("next: `grade backward.py --exercise cross_entropy`\n")


@pytest.mark.parametrize(("output", "reason"), [("no/x.py", "no such file or directory"), ("file/x.py", "not a dir")])
def test_an_unwritable_path_is_a_usage_error(grade: Grade, tmp_path: Path, output: str, reason: str) -> None:
    """Exit code 4."""
    (tmp_path / "file").touch()
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb", "-o", output)
    assert result.exit_code == 4
    assert f"Error: {output} cannot be written: {reason}" in result.stderr
