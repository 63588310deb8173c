"""The pages as text: self-contained, escaped, the same every time; the browser's part is in tests/browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.exercise.shelf import list_exercises, load_exercise
from grader.report.document import render
from grader.report.html.class_page import class_page
from grader.report.html.forward_graph import picture
from grader.report.html.gradient_card import heat_map
from grader.report.html.graph_layout import HEIGHT, curve, lay_out
from grader.report.html.loss_curve import BOTTOM, TOP, loss_curve, ticks
from grader.report.html.render import MissingLibrary
from grader.report.html.submission_page import submission_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HERE = Path(__file__).resolve().parents[1]
EVIL = "</script><img src=x onerror=alert(1)>\"'`{{7*7}}"


def document(run: str) -> dict[str, Any]:
    """What the grader wrote for one of the three runs."""
    found: dict[str, Any] = json.loads((HERE / "data" / f"{run}.json").read_text(encoding="utf-8"))
    return found


def page(run: str) -> str:
    """Its page."""
    return submission_page(document(run), {"mlp": load_exercise("mlp")})


def everywhere(value: Any, text: str) -> Any:
    """A document whose every free text is hostile; names that have a fixed form keep it."""
    fixed = {"verdict", "status", "variable", "dtype", "exercise", "level", "schema", "criterion", "first_cause"}
    if isinstance(value, dict):
        return {key: each if key in fixed else everywhere(each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, text) for each in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("run", ["perfect", "half", "hostile"])
def test_needs_no_network(run: str) -> None:
    """Nothing is fetched: no address but XML's own names, no import, no source."""
    text = page(run)
    told = re.sub(r"<dd.*?</dd>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", told)
    assert "url(http" not in text
    assert "@import" not in text


def test_is_the_same_every_time() -> None:
    """The layout too."""
    assert page("half") == page("half")


@pytest.mark.parametrize("kind", ["single", "class"])
def test_whatever_a_learner_writes_is_text(kind: str) -> None:
    """Every string of a report may be hostile: no tag of it survives, no template of it is filled in."""
    evil = everywhere(document("half"), EVIL)
    if kind == "single":
        text = submission_page(evil, {"mlp": load_exercise("mlp")})
    else:
        text = class_page([(entry, EVIL) for entry in evil["grader"]["submissions"]], [dict.fromkeys(
            ("first", "second", "similarity", "traits"), EVIL)])  # fmt: skip
    assert "<img" not in text
    assert text.count("</script>") == (1 if kind == "single" else 2)
    assert "49" not in re.findall(r"alert\(1\)&gt;[^{]{0,12}", text)


def test_no_page_holds_a_mark_that_turns_text_round() -> None:
    """Of a name in a class, and of everything in a report."""
    evil = everywhere(document("half"), "x\u061c\u202e\u2067y")
    pages = [submission_page(evil, {"mlp": load_exercise("mlp")})]
    pages.append(class_page([(entry, "x\u061cy") for entry in evil["grader"]["submissions"]]))
    assert not any(re.search("[\u061c\u202e\u2067]", text) for text in pages)


def test_only_its_own_script_may_run() -> None:
    """The policy names hashes, and no attribute carries a handler or a style."""
    text = page("hostile")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"<[^>]+\s(?:on\w+|style)=", re.sub(r"<dd.*?</dd>", "", text, flags=re.DOTALL))


def test_students_see_what_their_report_tells() -> None:
    """With feedback `kind`, the kind of mistake and nothing of figures, sentences or cases."""
    less = document("half")
    less["grader"]["submissions"] = [render(less["grader"]["submissions"][0], "kind")]
    text = submission_page(less, {"mlp": load_exercise("mlp")})
    assert "missing path" in text
    assert "is the path through probs alone" not in text
    assert "where it is worst" not in text
    assert "error on each case" not in text


def test_an_unknown_exercise_is_shown_without_its_graph() -> None:
    """The table and the cards stay."""
    text = submission_page(document("half"), {})
    assert "<article" in text
    assert "The forward pass as a graph" not in text


def test_an_unreadable_file_says_why() -> None:
    """No gradients, one sentence."""
    broken = document("half")
    broken["grader"]["submissions"][0] |= {
        "status": "unreadable", "problem": "backward.py:3 is no Python", "gradients": [], "score": None,
        "isolation": None,
    }  # fmt: skip
    text = submission_page(broken, {"mlp": load_exercise("mlp")})
    assert '<p class="problem">backward.py:3 is no Python</p>' in text


def test_a_pattern_of_differences_becomes_a_heat_map() -> None:
    """Levels without values; absurd ones are left out."""
    row = document("half")["grader"]["submissions"][0]["gradients"][4]
    drawn = heat_map({**row, "pattern": {"levels": ["0900", "0009"]}})
    assert drawn is not None
    assert (drawn.rows, drawn.columns, len(drawn.cells)) == (2, 4, 2)
    assert drawn.description.startswith("25% of the places differ")
    assert heat_map({**row, "pattern": {"levels": ["9" * 100]}}) is None


@pytest.mark.parametrize("name", list_exercises())
def test_every_exercise_has_a_graph_without_overlaps(name: str) -> None:
    """No node lies on another, and everything is inside the picture."""
    exercise = load_exercise(name)
    drawn = picture({"gradients": []}, exercise, "")
    for node in drawn.nodes:
        assert node.left >= 0
        assert 0 <= node.top <= drawn.height - HEIGHT
        assert node.left + node.width <= drawn.width
        others = (other for other in drawn.nodes if other is not node and other.y == node.y)
        assert all(abs(other.x - node.x) >= (other.width + node.width) / 2 for other in others)


def test_parts_that_nothing_joins_stand_side_by_side() -> None:
    """Two graphs in one picture."""
    laid = lay_out({"a": 30, "b": 30, "c": 30, "d": 30}, [("a", "b"), ("c", "d")])
    assert abs(laid.nodes["a"][0] - laid.nodes["c"][0]) >= 30
    assert laid.nodes["a"][1] < laid.nodes["b"][1]


def test_an_edge_enters_from_straight_above() -> None:
    """A curve for every part of the way."""
    assert curve([(0, 0), (4, 10)]) == "M0,0C0,5 4,5 4,10"


def test_says_how_to_get_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence."""
    import sys

    monkeypatch.setitem(sys.modules, "grandalf.graphs", None)
    with pytest.raises(MissingLibrary, match=r"pip install 'backprop-grader\[html\]'"):
        page("half")


def run_of(yours: list[float | None], autograd: list[float], stopped: str | None = None) -> dict[str, Any]:
    """A training run as a report has it."""
    pairs = [abs(a - b) / b for a, b in zip(yours, autograd, strict=False) if a is not None]
    return {
        "steps": len(autograd), "stopped": stopped, "losses": yours, "reference_losses": autograd,
        "largest_loss_difference": max(pairs, default=None), "loss_tolerance": 1e-9,
    }  # fmt: skip


class TestLosses:
    """The curve of a training exercise."""

    def test_a_training_page_has_it_in_words_too(self) -> None:
        """First and last loss and the largest difference, for those who do not see the picture."""
        text = submission_page(document("astray"), {"training": load_exercise("training")})
        told = re.search(r'<svg role="img" aria-label="([^"]+)" viewBox="0 0 440 270">', text)
        assert told is not None
        assert told[1].replace("&#39;", "'") == (
            "Loss over 200 steps. Yours: 3.398 at first, 12.98 at last. Autograd's: 3.398 at first, 2.634 at last. "
            "The largest difference is 3.93 times autograd's loss; 1e-9 is allowed."
        )

    def test_other_pages_have_none(self) -> None:
        """Nor has a run that never began."""
        assert "The loss, step by step" not in page("half")
        assert loss_curve(run_of([], [3.0, 2.0])) is None

    def test_equal_runs_are_one_line(self) -> None:
        """The learner's dashes lie on autograd's."""
        drawn = loss_curve(run_of([3.0, 2.0, 1.5], [3.0, 2.0, 1.5]))
        assert drawn is not None
        assert drawn.yours == drawn.autograd
        assert drawn.remarks == ["The largest difference is none; 1e-9 is allowed."]

    def test_a_run_that_goes_astray_leaves_autograd_s_its_height(self) -> None:
        """The frame ends, and says how far the losses go."""
        drawn = loss_curve(run_of([3.0, 50.0, 1e107], [3.0, 2.5, 2.0]))
        assert drawn is not None
        assert drawn.up[-1][1] == "5"
        assert drawn.remarks[-1] == "Your losses go up to 1e+107, beyond the frame."

    def test_a_loss_that_is_not_finite_is_a_gap(self) -> None:
        """One alone between two gaps is a dot."""
        drawn = loss_curve(run_of([3.0, 2.9, None, 2.5, None], [3.0, 2.9, 2.8, 2.7, 2.6], "in step 4"))
        assert drawn is not None
        assert len(drawn.yours) == 2
        assert len(set(drawn.yours[1][1:].split("L"))) == 1
        assert drawn.end is not None
        assert TOP <= drawn.end[1] <= BOTTOM
        assert "Yours: 3 at first, not finite at last." in drawn.description
        assert drawn.remarks[-1] == "Your run stopped in step 4 of 5."

    def test_a_run_without_a_finite_loss_is_drawn_as_autograd_s_alone(self) -> None:
        """No difference can be told."""
        drawn = loss_curve(run_of([None], [3.0, 3.0], "in step 0"))
        assert drawn is not None
        assert (drawn.yours, drawn.end) == ([], None)
        assert "difference" not in drawn.description

    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [(0, 200, [0, 50, 100, 150, 200]), (2.2, 3.5, [2.5, 3, 3.5]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])],
    )
    def test_ticks_are_round(self, low: float, high: float, expected: list[float]) -> None:
        """Ones, twos, quarters and fives."""
        assert ticks(low, high) == expected


class TestClass:
    """The dashboard's figures."""

    def test_counts_where_people_stand(self) -> None:
        """Right, wrong, stopped and to do, for each gradient."""
        entries = [(document(run)["grader"]["submissions"][0], f"{run}.json") for run in ("perfect", "half", "hostile")]
        text = " ".join(class_page(entries).split())
        cells = re.search(r'dlogits</td>.*?</svg></td>((?:<td class="count">\d+</td>)+)', text)
        assert cells is not None
        assert re.findall(r"\d+", re.sub('class="count"', "", cells[1])) == ["1", "1", "1", "0"]

    def test_groups_equal_wrong_answers(self) -> None:
        """The same verdict and the same figures; a right answer is no group, nor is a time-out."""
        twice = [(document("half")["grader"]["submissions"][0], "a.json")] * 2
        groups = re.findall(r'aria-label="Show the (\d+) who share this (\w+)"', class_page(twice))
        assert ("2", "dcounts") in groups
        assert "dlogprobs" not in {name for _, name in groups}


class TestCommand:
    """`grade report` on the command line."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """What a batch wrote."""
        folder = tmp_path / "grades"
        folder.mkdir()
        for run in ("perfect", "half", "hostile"):
            (folder / f"{run}.json").write_bytes((HERE / "data" / f"{run}.json").read_bytes())
        (folder / "summary.json").write_text("{}")
        (folder / "grades.csv").write_text(
            "submission,student,name,email,override,reason\nhalf,102,Bob,bob@x.org,20,late\nperfect,101,'=Ada,,,\n"
        )
        return folder

    def test_writes_a_page_beside_the_report(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """report.json gives report.html."""
        (tmp_path / "report.json").write_bytes((HERE / "data" / "half.json").read_bytes())
        result = grade("report", "report.json")
        assert (result.exit_code, result.stderr) == (0, "written  report.html\n")
        assert "Backprop through the makemore MLP" in (tmp_path / "report.html").read_text(encoding="utf-8")

    def test_a_class_has_a_dashboard_with_links_to_pages(self, grade: Callable[..., Result], folder: Path) -> None:
        """Names from grades.csv, overrides count."""
        result = grade("report", "--class", folder, "--pages", "-o", folder / "class.html")
        assert result.exit_code == 0, result.output
        text = (folder / "class.html").read_text(encoding="utf-8")
        assert '["half","Bob","./pages/half.html","graded",12,26,20.0,""' in text
        assert (folder / "pages" / "half.html").is_file()

    def test_a_class_becomes_a_grade_book(self, grade: Callable[..., Result], folder: Path, tmp_path: Path) -> None:
        """By the ids of grades.csv, with the instructor's override."""
        roster = tmp_path / "canvas.csv"
        roster.write_text("Student,ID,SIS Login ID,Section\nAda,101,x,A\nBob,102,y,A\n")
        result = grade("report", "--class", folder, "--to", "canvas", "--roster", roster, "--title", "Lab (7)")
        assert result.stdout.splitlines()[-2:] == ["Ada,101,x,A,26", "Bob,102,y,A,20"]

    def test_github_gets_its_summary_and_outputs(
        self, grade: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In the files that the runner names; annotations on stdout."""
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
        monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
        result = grade("report", HERE / "data" / "half.json", "--to", "github")
        assert result.stdout.startswith("::error title=dcounts,")
        assert "points=12\n" in (tmp_path / "output").read_text()
        assert "## mlp: 12 of 26 points" in (tmp_path / "summary.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            ([], "expected either a report or a class; name REPORT.json or --class DIR"),
            (["nothing.json"], "nothing.json cannot be read: no such file or directory"),
            ([str(HERE / "conftest.py")], "is not a grader report"),
            (["--class", str(HERE)], "contains no reports"),
        ],
    )
    def test_misuse_is_a_sentence(self, grade: Callable[..., Result], words: list[str], sentence: str) -> None:
        """Exit code 4."""
        result = grade("report", *words)
        assert result.exit_code == 4
        assert sentence in result.stderr

    def test_a_fault_of_ours_writes_no_grade(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """Exit code 3."""
        failed = document("half")
        failed["grader"]["submissions"][0] |= {"status": "failed", "problem": "the sandbox is gone", "score": None}
        (tmp_path / "r.json").write_text(json.dumps(failed))
        result = grade("report", "r.json", "--to", "gradescope", "-o", "results.json")
        assert result.exit_code == 3
        assert "No grade was written." in result.stderr
        assert not (tmp_path / "results.json").exists()
