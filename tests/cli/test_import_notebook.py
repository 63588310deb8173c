"""`grade import`: which file is written, and what is refused before anything is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Grade = Callable[..., Result]

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def test_a_file_that_is_there_is_written_over_only_by_force(grade: Grade, tmp_path: Path) -> None:
    """The default is the file that a learner works in."""
    (tmp_path / "backward.py").write_text("# mine\n", encoding="utf-8")
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb")
    assert result.exit_code == 4
    expected = "backward.py is there already; name another file with -o, or write over it with --force"
    assert result.stderr == f"Error: {expected}\n"
    assert (tmp_path / "backward.py").read_text(encoding="utf-8") == "# mine\n"
    assert grade("import", NOTEBOOKS / "softmax_only.ipynb", "--force").exit_code == 0
    assert "def dprobs(" in (tmp_path / "backward.py").read_text(encoding="utf-8")


def test_a_script_of_functions_is_graded_as_it_is(grade: Grade, tmp_path: Path) -> None:
    """There is nothing to put together."""
    (tmp_path / "mine.py").write_text("def dh(dlogits, W2):\n    return dlogits @ W2.T\n", encoding="utf-8")
    result = grade("import", "mine.py", "--exercise", "mlp")
    assert result.exit_code == 4
    assert result.stderr == "Error: mine.py holds functions already: grade it as it is, `grade mine.py`\n"
    assert not (tmp_path / "backward.py").exists()


def test_what_belongs_to_another_exercise_is_said(grade: Grade) -> None:
    """--exercise decides; the rest of the notebook is named on stderr."""
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb", "--exercise", "cross_entropy")
    assert result.exit_code == 0, result.output
    assert "note: no gradients of cross_entropy: " in result.stderr
    assert result.stdout.endswith("next: `grade backward.py --exercise cross_entropy`\n")


@pytest.mark.parametrize(("output", "reason"), [("no/x.py", "no such file or directory"), ("file/x.py", "not a dir")])
def test_a_place_that_cannot_be_written_is_a_sentence(grade: Grade, tmp_path: Path, output: str, reason: str) -> None:
    """Exit code 4."""
    (tmp_path / "file").touch()
    result = grade("import", NOTEBOOKS / "softmax_only.ipynb", "-o", output)
    assert result.exit_code == 4
    assert f"Error: {output} cannot be written: {reason}" in result.stderr
