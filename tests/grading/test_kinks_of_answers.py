"""The note on PyTorch's choice at kinks and ties, for a right answer that chooses differently; never a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import LECTURE_SEED
from grader.exercise.shelf import load_exercise
from grader.grading import follow_ups
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.verdict.evidence import Ask, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.grading.questions import Inquiry
    from grader.grading.row import Row
    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session

    Graded = Callable[[str | Exercise, str], dict[str, Row]]

ROOT = Path(__file__).resolve().parents[2]
RELU = "at exactly 0, PyTorch's relu takes slope 0; yours takes another, which is equally valid"
MAX = "at an exact tie, PyTorch's max gives the whole gradient to one of the tied values"
DIVIDED = f"{MAX}; yours divides it differently, which is equally valid"
NOT_ADDED_UP = f"{MAX}; your shares do not add up to it, which is right only where there is no tie"


@pytest.fixture
def rows(sandbox: Sandbox) -> Graded:
    """The rows of a worked solution overlaid with some source; for a new exercise, of the source alone."""

    def grade(exercise: str | Exercise, block: str) -> dict[str, Row]:
        solved = ""
        if isinstance(exercise, str):
            solved = (ROOT / "solutions" / exercise / "backward.py").read_text(encoding="utf-8")
            exercise = load_exercise(exercise)
        files = {"backward.py": f"{solved}\n\n{block}".encode()}
        cases = build_cases(exercise, LECTURE_SEED)
        grading = start_grading(exercise, Submission("test", Path("backward.py"), files), sandbox, cases=cases)
        return {row.name: row for row in grading.rows()}

    return grade


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions asked at kinks, in order."""
    found, honest = list[str](), follow_ups.ask

    def counted(session: Session, inquiries: Sequence[Inquiry]) -> None:
        found.extend(inquiry.evidence.variable for inquiry in inquiries if inquiry.ask is Ask.KINK)
        honest(session, inquiries)

    monkeypatch.setattr(follow_ups, "ask", counted)
    return found


class TestRelu:
    """A gate that is open at 0."""

    def test_a_gate_that_is_open_at_zero_scores_with_a_note(self, rows: Graded) -> None:
        """`z >= 0` instead of `z > 0`."""
        row = rows("linear_relu", "def dz1(dh, z1):\n    return dh * (z1 >= 0)")["dz1"]
        assert (row.verdict, row.points) == (Verdict.EXACT, row.possible)
        assert row.notes == (RELU,)

    @pytest.mark.parametrize("gate", ["(z1 > 0)", "(h > 0)", "(h != 0)", "h.sign()"])
    def test_a_gate_that_is_closed_at_zero_has_no_note(self, rows: Graded, gate: str) -> None:
        """It makes PyTorch's choice, however it is written."""
        row = rows("linear_relu", f"def dz1(dh, z1, h):\n    return dh * {gate}")["dz1"]
        assert row.verdict.right
        assert row.notes == ()

    def test_half_a_slope_at_zero_is_equally_valid(self, rows: Graded) -> None:
        """Anything between both sides is valid."""
        row = rows("linear_relu", "def dz1(dh, z1):\n    return dh * (z1.sign() + 1)/2")["dz1"]
        assert row.notes == (RELU,)

    @pytest.mark.parametrize(
        "slope",
        [
            "(z1/z1.abs() + 1)/2",  # nan at 0
            "((z1 > 0) + 5*(z1 == 0))",  # no slope between both sides
            "((z1 > 0) + (z1 == z1.round(decimals=3))*0.01)",  # off elsewhere, too
        ],
    )
    def test_what_a_choice_does_not_explain_is_not_mentioned(self, rows: Graded, slope: str) -> None:
        """It is right on every case, and nothing more is claimed."""
        row = rows("linear_relu", f"def dz1(dh, z1):\n    return dh * {slope}")["dz1"]
        assert row.verdict.right
        assert row.notes == ()

    def test_a_wrong_gate_has_no_note(self, rows: Graded) -> None:
        """Its verdict comes first."""
        row = rows("linear_relu", "def dz1(dh, z1):\n    return dh * (z1 >= 0) * 2")["dz1"]
        assert row.verdict is Verdict.WRONG_VALUES
        assert not any("PyTorch" in note for note in row.notes)


class TestMax:
    """Ties at a maximum."""

    @pytest.mark.parametrize(
        ("body", "note"),
        [
            ("((flat == pooled.unsqueeze(2)) * dpooled.unsqueeze(2))", NOT_ADDED_UP),
            ("won/won.sum(2, keepdim=True) * dpooled.unsqueeze(2)", DIVIDED),
            (
                "0*flat + (flat.flip(2).argmax(2)[:, :, None] == torch.arange(8, -1, -1)[:, None])*dpooled[:, :, None]",
                DIVIDED,
            ),
        ],
        ids=["whole to each", "shared", "to the last"],
    )
    def test_a_pooling_that_divides_differently_scores_with_a_note(self, rows: Graded, body: str, note: str) -> None:
        """Shared ties are right; giving each the whole gradient is too much."""
        source = (
            "def dflat(dpooled, flat, pooled):\n"
            "    won = (flat == pooled.unsqueeze(2)).to(flat.dtype)\n"
            f"    return {body}\n"
        )
        row = rows("maxpool", source)["dflat"]
        assert (row.verdict, row.points) == (Verdict.EXACT, row.possible)
        assert row.notes == (note,)

    def test_an_equality_mask_of_the_mlp_has_the_note(self, graded: Callable[..., dict[str, Row]]) -> None:
        """The gradient of logits has two terms, and only one of them a tie."""
        source = (
            "def dlogits(dnorm_logits, dlogit_maxes, logits, logit_maxes):\n"
            "    return dnorm_logits + (logits == logit_maxes)*dlogit_maxes\n"
        )
        row = graded(source)["dlogits"]
        assert row.verdict.right
        assert row.notes == (NOT_ADDED_UP,)


@pytest.mark.parametrize("exercise", ["mlp", "linear_relu", "maxpool", "masked_cross_entropy"])
def test_a_worked_solution_makes_the_same_choice_as_pytorch(rows: Graded, exercise: str) -> None:
    """No note about a different choice."""
    assert not any("PyTorch" in note for row in rows(exercise, "").values() for note in row.notes)


OWN = """
import torch

GRADED = ["y", "a"]


def inputs(seed, n=4, k=6):
    g = torch.Generator().manual_seed(seed)
    return {{"a": torch.randn((n, k), generator=g), "w": torch.randn((n, k), generator=g)}}


SIZES = [{{"n": 5, "k": 7}}, {{"n": 3, "k": 9}}]


def forward(a, w):
    y = {line}
    loss = (y * w).sum()
    return locals()
"""


def own(folder: Path, line: str) -> Exercise:
    """An exercise whose graded input goes into a kink."""
    (folder / "exercise.toml").write_text('title = "own"\n', encoding="utf-8")
    (folder / "forward.py").write_text(OWN.format(line=line), encoding="utf-8")
    return Exercise(folder)


@pytest.mark.parametrize(
    ("line", "slope", "note"),
    [
        ("a.abs()", "a.sign()", None),
        ("a.abs()", "torch.where(a >= 0, 1.0, -1.0)", "at exactly 0, PyTorch's abs takes slope 0"),
        ("a.clamp(-0.5, 0.5)", "(a.abs() <= 0.5)", None),
        ("a.clamp(-0.5, 0.5)", "(a.abs() < 0.5)", "exactly at a bound, PyTorch's clamp takes slope 1"),
        ("torch.maximum(a, w)", "(a > w)", "at an exact tie, PyTorch's maximum gives half of the gradient to each"),
        ("torch.maximum(a, w)", "((a > w) + 0.5*(a == w))", None),
        ("torch.where(a > 0, a, 0.1*a)", "torch.where(a < 0, 0.1, 1.0)", "where both sides are equal, `a > 0` is"),
    ],
)
def test_any_kink_of_a_graded_input(rows: Graded, tmp_path: Path, line: str, slope: str, note: str | None) -> None:
    """If the slope differs from PyTorch's, the note starts with PyTorch's."""
    source = f"import torch\ndef dy(w):\n    return w\ndef da(dy, a, w):\n    return dy * {slope}\n"
    row = rows(own(tmp_path, line), source)["da"]
    assert row.verdict.right, row.problem
    if note is None:
        assert row.notes == ()
    else:
        (said,) = row.notes
        assert said.startswith(note)


class TestFailures:
    """What goes wrong at a kink is not reported."""

    @pytest.mark.parametrize("deed", ["raise ValueError", "while True: pass", "return None", "print('here')"])
    def test_a_failure_at_a_kink_does_not_change_a_verdict(self, rows: Graded, deed: str) -> None:
        """Neither this function's nor a later one's; nothing is printed or noted."""
        source = f"def dz1(dh, z1):\n    if (z1 == 0).any():\n        {deed}\n    return dh * (z1 > 0)"
        found = rows("linear_relu", source)
        assert all(row.verdict.right for row in found.values())
        assert (found["dz1"].notes, found["dz1"].printed) == ((), "")

    def test_after_a_timeout_no_other_function_is_asked(self, rows: Graded, asked: list[str], tmp_path: Path) -> None:
        """The remaining time is for verdicts."""
        exercise = own(tmp_path, "(a.abs() - w.abs()).relu()")
        exercise.graded = ("y", "a", "w")
        wait = "    if (a == 0).any():\n        while True: pass\n"
        source = (
            "def dy(w):\n    return w\n"
            f"def da(dy, a, w):\n{wait}    return dy * (a.abs() > w.abs()) * a.sign()\n"
            f"def dw(dy, y, a, w):\n{wait}    return y - dy * (a.abs() > w.abs()) * w.sign()\n"
        )
        assert all(row.verdict.right for row in rows(exercise, source).values())
        assert asked == ["a"]


@pytest.mark.parametrize(("exercise", "count"), [("mlp", 1), ("linear_relu", 1), ("batchnorm", 0), ("attention", 0)])
def test_a_question_is_asked_only_where_there_is_a_kink(
    rows: Graded, asked: list[str], exercise: str, count: int
) -> None:
    """One for each function whose variable goes into a kink."""
    rows(exercise, "")
    assert len(asked) == count
