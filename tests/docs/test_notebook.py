"""The notebook that the documentation ships: the lecture's exercise, with `%%grade` in each gradient's cell."""

from __future__ import annotations

import ast
import json
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernels import run_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from grader.exercise.exercise import Exercise

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "notebooks" / "mlp.ipynb"


def code(text: str) -> list[str]:
    """The source of a notebook's cells of code."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def solved() -> str:
    """The notebook with the lines of the worked solution in their places."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    for function in ast.parse((ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef):
            *lines, last = function.body
            assert isinstance(last, ast.Return)
            own = [*map(ast.unparse, lines), f"{function.name} = {ast.unparse(last.value or last)}"]
            text = text.replace(f"{function.name} = None # TODO", "\\n".join(own))
    return text


def test_the_notebook_is_what_the_exercise_says() -> None:
    """Nobody edits it by hand: `python docs/notebooks/make.py` writes it, without outputs."""
    made = runpy.run_path(str(NOTEBOOK.with_name("make.py")))
    assert made["written"]() == NOTEBOOK.read_text(encoding="utf-8")


def test_each_gradient_has_a_cell_with_grade_above_it(mlp: Exercise) -> None:
    """Only the first is written; the others are the learner's."""
    cells = [text for text in code(NOTEBOOK.read_text(encoding="utf-8")) if text.startswith("%%grade ")]
    assert [text.split()[1] for text in cells] == [*mlp.gradients]
    assert [text.endswith(f"{name} = None # TODO") for text, name in zip(cells, mlp.gradients, strict=True)] == [
        False, *[True] * 25
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_it_runs_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not written yet is told, and is no error; nothing is installed over the package that is there."""
    shown = run_cells(code(NOTEBOOK.read_text(encoding="utf-8")), tmp_path, monkeypatch)
    assert shown[0] == ""
    assert "mlp: 1 of 1 agree" in shown[-27]
    assert shown[-26] == "<p>mlp: dprobs is not written yet</p>"
    assert "mlp: 1 of 1 agree, 25 not written yet" in shown[-1]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_worked_solution_in_its_cells_is_correct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell says so, and the last one counts 26."""
    shown = run_cells(code(solved()), tmp_path, monkeypatch)
    assert [text.count("mlp: 1 of 1 agree") for text in shown[-27:-1]] == [1] * 26
    assert "mlp: 26 of 26 agree; " in shown[-1]


@pytest.mark.parametrize(("text", "correct"), [(solved(), 26), (NOTEBOOK.read_text(encoding="utf-8"), 1)])
def test_grade_reads_it(grade: Callable[..., Result], text: str, correct: int) -> None:
    """The same verdict, and what is not written is not started; no note gives the learner something to think about."""
    Path("mlp.ipynb").write_text(text, encoding="utf-8")
    result = grade("mlp.ipynb", "--exercise", "mlp")
    assert f"mlp: {correct} of 26 correct" in result.output
    assert not re.search(r"^note: ", result.output, re.MULTILINE)
