"""One file with all layers of an assignment: `grade layers.py`, and a class of such files."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from classroom import EngineWorkers, hand_in, zipped
from layers import LAYERS, ROWS, lay_down, lay_down_as, solved
from lent import Shared

from grader.classroom.batch.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from grader.classroom.batch.order import Order
    from grader.sandbox.client import Sandbox

FEW = ("affine", "relu", "static_linear")


@pytest.fixture
def layers(grade: Callable[..., Result], tmp_path: Path) -> Callable[..., Result]:
    """Grade a text as layers.py, with the course's exercises."""
    lay_down(tmp_path / "course")

    def run(text: str, *words: str) -> Result:
        (tmp_path / "layers.py").write_text(text, encoding="utf-8")
        return grade("layers.py", "--exercises", "course", *words)

    return run


def entries(folder: Path) -> list[dict[str, Any]]:
    """The submissions in the report."""
    found: list[dict[str, Any]] = json.loads((folder / "report.json").read_text("utf-8"))["grader"]["submissions"]
    return found


class TestOneFile:
    """Every layer in it has a table."""

    def test_every_layer_in_the_file_is_graded(
        self, layers: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A table for each, one total, and one word at the end."""
        monkeypatch.delenv("CI", raising=False)  # nobody is congratulated there
        result = layers(solved())
        assert result.exit_code == 0, result.output
        for name, count in ROWS.items():
            assert f"\n{name}: {count} of {count} correct" in result.stdout
        assert f"\ntotal: {sum(ROWS.values())} of {sum(ROWS.values())} correct in 12 exercises\n" in result.stdout
        assert result.stdout.count("autograd has no secrets left here") == 1
        assert "All of layers.py derived by hand" in result.stdout
        assert [entry["exercise"] for entry in entries(tmp_path)] == sorted(LAYERS)

    def test_a_mistake_is_in_its_own_table(self, layers: Callable[..., Result], tmp_path: Path) -> None:
        """The most pressing one of each layer is opened."""
        result = layers(solved(FEW).replace("x.T @ dout, dout.sum(0)", "x.T @ dout / len(x), dout.sum(0)", 1))
        assert result.exit_code == 1
        assert result.stdout.startswith("✗ dw: wrong values")
        assert "your dw is 1/z.shape[0] times the right gradient" in result.stdout
        assert "\ntotal: 9 of 10 correct in 3 exercises\n" in result.stdout
        assert "derived by hand" not in result.stdout

    def test_a_missing_function_is_said_in_the_rows(self, layers: Callable[..., Result], tmp_path: Path) -> None:
        """The layer is graded, and its table is shown."""
        result = layers(solved(FEW).replace("def affine_backward", "def affine_back"))
        assert "· w               | not started: layers.py has no function affine_backward" in result.stdout
        assert [entry["score"]["correct"] for entry in entries(tmp_path)] == [1, 2, 4]

    def test_what_has_no_table_is_told_on_one_line(self, layers: Callable[..., Result]) -> None:
        """Stubs, and the course's other layers."""
        stub = "def tanh_forward(x):\n    raise NotImplementedError\n"
        result = layers(f"{solved(set(LAYERS) - {'tanh', 'affine', 'scale'})}\n\n{stub}")
        assert "\nnot begun: tanh; not in layers.py: affine and scale\nisolation: " in result.stdout

    def test_quiet_is_one_line_for_each_layer(self, layers: Callable[..., Result]) -> None:
        """And the total."""
        assert layers(solved(FEW), "-q").stdout.splitlines() == [
            "affine: 4 of 4 correct, 4 exact, 4 approximate",
            "relu: 2 of 2 correct, 2 exact, 2 approximate",
            "static_linear: 4 of 4 correct, 4 exact, 4 approximate",
            "total: 10 of 10 correct in 3 exercises",
        ]

    def test_one_layer_can_be_named(self, layers: Callable[..., Result], tmp_path: Path) -> None:
        """The others do not matter."""
        assert layers(solved(FEW), "--exercise", "relu").exit_code == 0
        assert [entry["exercise"] for entry in entries(tmp_path)] == ["relu"]

    def test_other_layers_are_no_other_form(self, layers: Callable[..., Result], tmp_path: Path) -> None:
        """Nor the wrong exercise."""
        layers(solved(("relu", "tanh")), "--exercise", "affine")
        (entry,) = entries(tmp_path)
        assert entry["problem"] is None
        assert entry["gradients"][0]["problem"] == "layers.py has no function affine_forward"

    def test_a_layer_whose_name_begins_like_a_gradients_is_not_the_wrong_exercise(
        self, layers: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """`dense_forward` is no gradient of ense_forward."""
        lay_down_as(tmp_path / "course" / "dense", "affine")
        settings = tmp_path / "course" / "dense" / "exercise.toml"
        settings.write_text(settings.read_text("utf-8").replace("affine_", "dense_"), "utf-8")
        text = solved(["affine"]).replace("affine_", "dense_")
        layers(text, "--exercise", "affine")
        assert entries(tmp_path)[0]["problem"] is None
        assert layers(text, "-q").stdout == "dense: 4 of 4 correct, 4 exact, 4 approximate\n"

    def test_a_module_that_only_a_found_layer_allows_is_imported_before_it_is_graded(
        self, layers: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When the sandbox started, nobody knew which exercises there are in the file."""
        allowed: list[str] = []
        monkeypatch.setattr(Shared, "allow", lambda _, imports: allowed.extend(imports), raising=False)
        layers("")
        with (tmp_path / "course" / "relu" / "exercise.toml").open("a") as file:
            file.write('[rules]\nimports = ["colorsys"]\n')
        assert layers(solved(FEW)).exit_code == 0
        assert allowed == ["colorsys"]

    def test_layers_of_a_notebook_are_not_imported(
        self, layers: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """They are functions already."""
        layers("")
        cell = {"cell_type": "code", "source": solved(FEW) + "\ndx, dw, db = affine_backward(dout, cache)"}
        (tmp_path / "n.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}), encoding="utf-8")
        result = grade("import", "n.ipynb", "--exercises", "course")
        assert result.exit_code == 4
        assert "whose functions are not imported: `grade n.ipynb` grades them there" in result.stderr

    def test_two_exercises_with_the_same_functions_are_a_usage_error(
        self, layers: Callable[..., Result], tmp_path: Path
    ) -> None:
        """It says which."""
        lay_down_as(tmp_path / "course" / "copy", "relu")
        result = layers(solved(FEW))
        assert result.exit_code == 4
        assert "relu_forward and relu_backward fit copy and relu equally well; pass --exercise NAME" in result.stderr

    def test_a_notebook_of_layers_is_graded(
        self, layers: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """The cells that call them are not mistaken for a backward pass."""
        layers("")
        cells = [
            solved(FEW),
            "x, w, b = torch.randn(2, 3), torch.randn(3, 4), torch.randn(4)\nout, cache = affine_forward(x, w, b)",
            "dout = torch.randn(2, 4)\ndx, dw, db = affine_backward(dout, cache)\nprint(dx.shape, dw.shape)",
        ]
        book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
        (tmp_path / "n.ipynb").write_text(json.dumps(book), encoding="utf-8")
        result = grade("n.ipynb", "--exercises", "course", "-q")
        assert result.stdout.splitlines()[-1] == "total: 10 of 10 correct in 3 exercises", result.output
        assert all("lines outside functions" not in note for entry in entries(tmp_path) for note in entry["notes"])

    def test_lines_that_call_the_layers_are_not_mistaken_for_a_backward_pass(
        self, layers: Callable[..., Result], tmp_path: Path
    ) -> None:
        """They run as they are, or are left out."""
        calls = "\n\nif True:\n    dout = torch.ones(2, 4)\n    dx, dw, db = affine_backward(dout, (dout, dout.T))\n"
        assert layers(solved(FEW) + calls, "-q").stdout.splitlines()[-1] == "total: 10 of 10 correct in 3 exercises"
        assert all("lines outside functions" not in note for entry in entries(tmp_path) for note in entry["notes"])

    @pytest.mark.parametrize("to", ["html", "markdown", "junit", "github", "csv"])
    def test_other_formats_have_every_layer(self, layers: Callable[..., Result], tmp_path: Path, to: str) -> None:
        """As they have every target."""
        result = layers(solved(FEW), "--to", to)
        text = (tmp_path / "report.html").read_text("utf-8") if to == "html" else result.output
        assert result.exit_code == 0
        assert all(name in text for name in FEW)


@pytest.fixture
def batch(
    grade: Callable[..., Result], sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """Grade a class of an assignment's files, with engines in this process."""
    lay_down(tmp_path / "course", FEW)
    warm: list[Engine] = []

    def start(order: Order, jobs: int | None = None) -> EngineWorkers:
        warm.append(Engine(order, sandbox))
        return EngineWorkers(warm[-1])

    monkeypatch.setattr("grader.cli.batch.on_this_machine", start)
    hand_in(
        tmp_path / "class",
        {
            "ada.py": solved(FEW),
            "bob/layers.py": solved(FEW).replace("return dout * (x > 0)", "return dout"),
            "cy.zip": zipped({"hw/layers.py": solved(("affine", "relu"))}),
        },
    )
    yield lambda *words: grade("batch", "class", "--exercises", "course", *words)
    for engine in warm:
        engine.close()


def points(folder: Path) -> dict[str, list[str]]:
    """Everybody's points in course.csv, and the total."""
    with (folder / "grades" / "course.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *people = csv.reader(file)
    first, last = head.index("email") + 1, head.index("total") + 1
    return {row[head.index("name")] or row[1]: row[first:last] for row in [head, *people]}


class TestClass:
    """A whole assignment as one hand-in."""

    def test_everybody_is_graded_on_every_layer(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Handed in as a file, in a folder or in a zip; who lacks one has no points for it."""
        result = batch()
        assert result.exit_code == 0, result.output
        assert "layers: affine, relu, static_linear\n" in result.stderr
        assert points(tmp_path) == {
            "name": ["affine (of 4)", "relu (of 2)", "static_linear (of 4)", "total"],
            "ada": ["4", "2", "4", "10"],
            "bob": ["4", "1", "4", "9"],
            "cy": ["4", "2", "0", "6"],
        }
        told = json.loads((tmp_path / "grades" / "static_linear" / "students" / "cy.json").read_text("utf-8"))
        (entry,) = told["grader"]["submissions"]
        assert {row["problem"] for row in entry["gradients"]} == {"hw/layers.py has no function Linear.forward"}

    def test_named_layers_are_graded_and_no_others(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """Also one that nobody has."""
        lay_down(tmp_path / "course", ["tanh"])
        result = batch("--exercise", "relu", "--exercise", "tanh")
        assert result.exit_code == 0, result.output
        assert "no submission has started a gradient of tanh" in result.stderr
        assert points(tmp_path)["ada"] == ["2", "0", "2"]

    def test_a_layer_that_few_have_is_told_but_not_graded(self, batch: Callable[..., Result], tmp_path: Path) -> None:
        """A helper of one student costs nobody points."""
        lay_down(tmp_path / "course", ["tanh"])
        (tmp_path / "class" / "ada.py").write_text(solved((*FEW, "tanh")), encoding="utf-8")
        result = batch()
        assert "not graded, because less than half of the class has it: tanh; to grade" in result.stderr
        assert sorted(path.name for path in (tmp_path / "grades").iterdir()) == [
            *sorted(FEW[:1]),
            "course.csv",
            *FEW[1:],
        ]

    def test_one_page_shows_the_class_in_all_layers(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """Rows are called after their exercise, and a name leads to a page with every layer."""
        batch()
        result = grade("report", "--class", "grades", "-o", "class.html", "--pages", "--exercises", "course")
        assert result.exit_code == 0, result.output
        page = (tmp_path / "class.html").read_text("utf-8")
        assert "affine, relu and static_linear" in page
        assert '"affine: dw"' in page
        assert "9 of 10" in page  # the median
        one = (tmp_path / "pages" / "bob.html").read_text("utf-8")
        assert [name for name in FEW if f"<code>{name}</code>" in one] == [*FEW]

    def test_a_student_is_told_of_all_layers_on_one_page(
        self, batch: Callable[..., Result], grade: Callable[..., Result], tmp_path: Path
    ) -> None:
        """With what the instructor decided in each."""
        batch()
        path = tmp_path / "grades" / "relu" / "grades.csv"
        text = path.read_text("utf-8-sig")
        head, _, bob, _ = text.splitlines()
        place = head.split(",").index("override")
        cells = bob.split(",")
        cells[place] = "2"
        path.write_text(text.replace(bob, ",".join(cells)), encoding="utf-8")
        result = grade("report", "--class", "grades", "--feedback-pages", "feedback", "--exercises", "course")
        assert result.exit_code == 0, result.output
        assert "written  feedback: 3 pages" in result.stderr
        page = (tmp_path / "feedback" / "bob.html").read_text("utf-8")
        assert [name for name in FEW if f"<code>{name}</code>" in page] == [*FEW]
        assert page.count("Your instructor set the points to 2. The grader gave 1 of 2.") == 1
        grade("report", "--class", "grades", "-o", "class.html")
        assert "10 of 10" in (tmp_path / "class.html").read_text("utf-8")  # the median, with the override

    def test_a_class_with_one_layer_has_a_plain_folder_of_results(
        self, batch: Callable[..., Result], tmp_path: Path
    ) -> None:
        """There is nothing to add up."""
        for path in ("ada.py", "bob/layers.py"):
            (tmp_path / "class" / path).write_text(solved(["relu"]), encoding="utf-8")
        (tmp_path / "class" / "cy.zip").unlink()
        assert batch().exit_code == 0
        assert (tmp_path / "grades" / "grades.csv").is_file()
