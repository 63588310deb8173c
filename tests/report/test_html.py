"""The pages as text: self-contained, escaped, the same every time; the browser's part is in tests/browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import troubled

from grader.exercise.shelf import list_exercises, load_exercise
from grader.report.document import render
from grader.report.html.class_page import class_page
from grader.report.html.forward_graph import picture
from grader.report.html.gradient_card import card, heat_map
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
    """The report of one of the runs in tests/data."""
    found: dict[str, Any] = json.loads((HERE / "data" / f"{run}.json").read_text(encoding="utf-8"))
    return found


def page(run: str) -> str:
    """Its page."""
    return submission_page(document(run), {"mlp": load_exercise("mlp")})


def everywhere(value: Any, text: str) -> Any:
    """A report with every free text replaced by a hostile one; names of a fixed form are kept."""
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


def test_no_page_has_a_character_that_reverses_text() -> None:
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


def test_a_page_shows_no_more_than_its_report() -> None:
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
    assert drawn.description.startswith("25% of the elements differ; the stronger the color")
    assert heat_map({**row, "pattern": {"levels": ["9" * 100]}}) is None


def test_a_shape_has_parentheses_and_an_index_brackets() -> None:
    """On one card, too: `(64, 27)` is a shape, `[12, 0]` a place in it."""
    row = document("half")["grader"]["submissions"][0]["gradients"][4]
    shown = card(row, None, "")
    assert ("your shape", "(32, 27) float32") in shown.facts
    assert shown.map is not None
    assert shown.map.description == "the largest difference is at [12, 0] of shape (32, 27)"
    assert dict(card({**row, "shape": [64]}, None, "").facts)["your shape"] == "(64,) float32"


def test_a_map_of_one_column_can_be_seen() -> None:
    """As wide as a finger, and as high as others."""
    row = document("half")["grader"]["submissions"][0]["gradients"][4]
    drawn = heat_map({**row, "pattern": {"levels": ["9"] * 32}})
    assert drawn is not None
    assert drawn.columns * drawn.width == 24
    assert drawn.rows * drawn.height == 200


def test_captions_are_true_in_the_dark() -> None:
    """There the largest difference is the brightest."""
    row = document("half")["grader"]["submissions"][0]["gradients"][4]
    drawn = heat_map({**row, "pattern": {"levels": ["09", "10"]}})
    assert drawn is not None
    assert not re.search("dark|light|bright|red|green", drawn.description)


def test_an_absurd_error_has_no_digits() -> None:
    """`4.56e+09%` says no more than "very wrong"."""
    row = document("half")["grader"]["submissions"][0]["gradients"][4]
    cases = [{"sizes": {}, "score": score} for score in (0.107, 9.99, 4.5e7)]
    assert [error for _, error, _ in card({**row, "cases": cases}, None, "").cases] == ["10.7%", "999%", "> 1000%"]


def test_what_a_function_printed_is_on_its_card() -> None:
    """As text, the first lines of it; on no other card, and not with --feedback verdict."""
    told = document("half")
    row = told["grader"]["submissions"][0]["gradients"][4]
    row["printed"] = "counts torch.Size([32, 27])\n<b>\n" + "more\n" * 60
    text = submission_page(told, {"mlp": load_exercise("mlp")})
    assert text.count('<pre class="printed">') == 1
    assert "<h4>dcounts printed</h4>" in text
    assert '<pre class="printed">counts torch.Size([32, 27])\n&lt;b&gt;\nmore' in text
    assert "... and 22 more lines</pre>" in text
    told["grader"]["submissions"] = [render(told["grader"]["submissions"][0], "verdict")]
    assert "printed</h4>" not in submission_page(told, {"mlp": load_exercise("mlp")})


def test_the_likely_mistake_comes_first() -> None:
    """Before what was found."""
    text = page("half")
    shown = text[text.index('id="dcounts"') :]
    assert shown.index('<div class="likely"><dt>likely</dt>') < shown.index("<dt>found</dt>")


def test_a_gradient_without_figures_has_no_columns_of_none() -> None:
    """Of one that raised, nothing is "not exact"."""
    assert "none" not in re.findall(r'<td class="mono">([^<]*)</td>', page("half"))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "unreadable", "problem": "backward.py:7 raised KeyError: 3"},
        {},
    ],
)
def test_a_files_one_problem_is_said_once(changes: dict[str, Any]) -> None:
    """Not on 26 cards, whether it could not be read or raised while it was loaded."""
    broken = document("half")
    entry = broken["grader"]["submissions"][0]
    same = {"verdict": "raised", "problem": "backward.py:7 raised KeyError: 3", "points": 0, "diagnosis": None}
    entry["gradients"] = [row | same for row in entry["gradients"]]
    broken["grader"]["submissions"][0] = entry | changes
    text = submission_page(broken, {"mlp": load_exercise("mlp")})
    assert text.count("raised KeyError: 3") == 1
    assert "<article" not in text
    assert "Fix this first" in text


def test_finishing_is_seen() -> None:
    """One line, on that page alone."""
    assert "All 26 gradients are correct." in page("perfect")
    assert "gradients are correct" not in page("half")


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


def test_unconnected_parts_are_side_by_side() -> None:
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

    monkeypatch.setitem(sys.modules, "grandalf", None)
    with pytest.raises(MissingLibrary, match=r'pages need Grandalf and Jinja: pip install "grandalf.+" "jinja2.+"$'):
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
        """The first and last loss and the largest difference, as the text alternative."""
        text = submission_page(document("astray"), {"training": load_exercise("training")})
        told = re.search(r'<svg role="img" aria-label="([^"]+)" viewBox="0 0 440 270">', text)
        assert told is not None
        assert told[1].replace("&#39;", "'") == (
            "Loss over 200 steps. Yours: from 3.398 to 12.98. Autograd's: from 3.398 to 2.634. "
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
        assert drawn.remarks == ["There is no difference; 1e-9 is allowed."]

    def test_a_run_that_diverges_leaves_the_frame(self) -> None:
        """The axis is scaled to autograd's losses; the text gives the largest one."""
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
        assert "Yours: from 3 to not finite." in drawn.description
        assert drawn.remarks[-1] == "Your run stopped in step 4 of 5."

    def test_a_run_without_a_finite_loss_is_drawn_as_autograd_s_alone(self) -> None:
        """There is no difference to report."""
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

    def test_counts_verdicts_for_each_gradient(self) -> None:
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


@pytest.fixture(scope="module")
def text() -> str:
    """The page of a class with every kind of trouble."""
    pairs = [
        {"first": "s13", "second": "s09", "similarity": "0.984", "traits": "the same comment"},
        {"first": "s11", "second": "s12", "similarity": "1.000", "traits": ""},
    ]
    return " ".join(class_page(troubled.troubled_class(), pairs).split())


class TestFirst:
    """What an instructor acts on first, above the table."""

    def panel(self, text: str, name: str) -> str:
        """The words of one of the three, without markup."""
        found = re.search(rf'aria-labelledby="{name}"> ?<h2[^>]*>(.*?)</section>', text)
        assert found is not None
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()).replace(" : ", ": ")

    def data(self, text: str) -> dict[str, Any]:
        """What the script works on."""
        found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
        assert found is not None
        return dict(json.loads(found[1]))

    @pytest.mark.parametrize(
        "line",
        [
            "Missing 1 Missing, Mia",
            "Unreadable 2 Essay, Eva: essay.pdf: not a .py, .zip or .ipynb file Syntax, Sam: backward.py:1: invalid",
            "Not graded: internal error 1 Failed, Finn: the worker died",
            "The file raises when it is loaded 1 Load, Lea: backward.py raised KeyError: 3 (backward.py:7)",
            "Refused 1 Import, Ida: `os` cannot be imported here",
            "Not started 1 Stub, Stan",
            "Timed out 1 Hung, Hana: dcounts",
            "Crashed 1 Crash, Cleo: dprobs",
            "Refused in part 1 Rule, Rita: dh",
            "Fewer than half correct 2 Half, Hal: 12 of 26 Half, Hope: 12 of 26",
        ],
    )
    def test_who_is_lost_is_named_with_the_reason(self, text: str, line: str) -> None:
        """Each person once, the most serious reason first; whose grade was set by hand is dealt with."""
        assert line in self.panel(text, "lost")

    def test_whose_grade_was_set_is_not_lost(self, text: str) -> None:
        """The instructor has acted: they are among the overrides, words and figures, with the reason."""
        assert "Luck, Lou" not in self.panel(text, "lost")
        look = self.panel(text, "look")
        assert "Overrides 2 Ill, Ivo: excused instead of 12 (ill) Luck, Lou: 26 instead of 26" in look

    def test_who_needs_a_look(self, text: str) -> None:
        """Equal notes are one; equal files are named together, and not once more as a similar pair."""
        look = self.panel(text, "look")
        assert "Notes 2 handed in late Half, Hal · Half, Hope" in look
        assert "Identical files 2 Half, Hal · Half, Hope" in look
        assert "Similar submissions Right, Rob and Crash, Cleo 98%" in look
        assert "100%" not in look

    def test_what_stops_people(self, text: str) -> None:
        """Of those whose work runs: whoever handed in nothing that runs would be wrong everywhere."""
        stops = self.panel(text, "stops")
        assert stops.startswith("What stops people Most failed gradients 4 dcounts of 8")
        assert "dcounts missing path" in stops

    def test_a_diagnosis_that_found_nothing_is_no_mistake(self) -> None:
        """It is counted apart."""
        entry = troubled.run("half")
        for row in entry["gradients"]:
            row["diagnosis"] = row["diagnosis"] and row["diagnosis"] | {"kind": "unknown"}
        text = class_page([(entry, "x.json")])
        assert "more wrong gradients have no known single mistake" in text
        assert "No mistake was recognized." in text

    def test_canvas_own_test_student_is_left_out(self, text: str) -> None:
        """Of names and of figures, and it says so."""
        assert "Student, Test" not in text
        assert "Canvas's test student is left out." in text
        assert "<dt>students</dt><dd>15</dd>" in text

    def test_who_handed_in_nothing_moves_no_median(self, text: str) -> None:
        """Nor does somebody excused; an override counts instead of the points."""
        handed_in = [0, 0, 0, 0, 0, 26, 26, 26, 12, 12, 26, 26]
        assert "<dt>handed in</dt><dd>14</dd>" in text
        assert f"<dt>mean</dt><dd>{sum(handed_in) / len(handed_in):.1f}</dd>" in text
        assert f"<dt>median</dt><dd>12 of {troubled.POSSIBLE}</dd>" in text

    def test_one_reason_for_a_whole_submission_is_one_cell(self, text: str) -> None:
        """Neither 26 times `!` nor nothing."""
        data = self.data(text)
        whole = {student[9]: (student[10], student[7]) for student in data["students"] if student[10]}
        assert whole["Syntax, Sam"] == ("unreadable", "backward.py:1: invalid syntax")
        assert whole["Essay, Eva"] == ("unreadable", "essay.pdf: not a .py, .zip or .ipynb file")
        assert whole["Stub, Stan"] == ("not_started", "")
        assert set(data["troubles"]) >= {kind for kind, _ in whole.values()}
        assert "Half, Hal" not in whole

    def test_an_override_that_is_a_word_is_shown(self, text: str) -> None:
        """With its reason."""
        (ivo,) = [student for student in self.data(text)["students"] if student[9] == "Ill, Ivo"]
        assert (ivo[6], ivo[11]) == ("excused", "ill")

    def test_what_the_rules_leave_of_the_points_counts(self) -> None:
        """In the figures, and beside what was earned; points that nothing changed are shown once."""
        late = {"ruled": 23.5, "sentences": ["2 days late.", "26 - 2.5 = 23.5 points."]}
        entries = [
            (troubled.run("perfect") | {"name": name} | rules, f"{name}.json")
            for name, rules in (("cy", late), ("ann", {"ruled": 26.0, "sentences": ["In time."]}))
        ]
        text = " ".join(class_page(entries).split())
        assert "<dt>mean</dt><dd>24.8</dd>" in text
        assert "<dt>full score</dt><dd>1</dd>" in text
        assert "Changed by the course's rules 1 cy: 23.5 instead of 26" in self.panel(text, "look").replace(
            "&#39;", "'"
        )
        assert [student[4:5] + student[12:] for student in self.data(text)["students"]] == [
            [26, 23.5, "2 days late. 26 - 2.5 = 23.5 points."],
            [26, None, ""],
        ]

    def test_two_of_one_name_are_told_apart(self) -> None:
        """By what they handed in."""
        twins = [
            (troubled.run("half") | {"name": name, "owner": {"name": "Kim"}}, f"{name}.json") for name in ("s1", "s2")
        ]
        text = class_page(twins)
        assert "Kim (s1)" in text
        assert "Kim (s2)" in text

    @pytest.mark.parametrize(("link", "said"), [("s1.json", True), ("pages/s1.html", False)])
    def test_where_names_lead_is_said(self, link: str, said: bool) -> None:
        """To the JSON report, where there are no pages."""
        assert ("A name opens the JSON report" in class_page([(troubled.run("half"), link)])) is said

    def test_a_class_without_trouble_says_so(self) -> None:
        """In each of the three."""
        text = class_page([(troubled.run("perfect"), "x.json")])
        for sentence in ("Nobody: every submission runs", "Nothing: no gradient is wrong", "Nobody: no override"):
            assert sentence in text


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

    def test_a_word_for_a_grade_is_on_the_dashboard(self, grade: Callable[..., Result], folder: Path) -> None:
        """`excused` in grades.csv, and its reason."""
        table = folder / "grades.csv"
        table.write_text(table.read_text().replace("20,late", "excused,ill"))
        assert grade("report", "--class", folder).exit_code == 0
        assert "excused instead of 12 (ill)" in (folder / "class.html").read_text(encoding="utf-8")

    def test_pages_are_beside_the_dashboard(self, grade: Callable[..., Result], folder: Path, tmp_path: Path) -> None:
        """Wherever that is, so that both can be moved; and the command says so first."""
        (tmp_path / "site").mkdir()
        result = grade("report", "--class", folder, "--pages", "-o", "site/class.html")
        assert result.stderr.splitlines() == ["pages    site/pages/", "written  site/class.html"]
        assert sorted(path.name for path in (tmp_path / "site" / "pages").iterdir()) == [
            "half.html", "hostile.html", "perfect.html",
        ]  # fmt: skip
        assert '"./pages/half.html"' in (tmp_path / "site" / "class.html").read_text(encoding="utf-8")
        assert not (folder / "pages").exists()

    @pytest.mark.parametrize(
        ("output", "sentence"),
        [
            ("nosuch/class.html", "nosuch/class.html cannot be written: no such file or directory"),
            ("grades", "grades cannot be written: is a directory"),
            ("file/class.html", "file/class.html cannot be written: not a directory"),
        ],
    )
    def test_a_place_that_cannot_be_written_is_said_before_any_work(
        self, grade: Callable[..., Result], folder: Path, tmp_path: Path, output: str, sentence: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """No report is even read, and nothing is left behind."""
        from grader.classroom.gradebook import results_folder

        def read(_: Path) -> None:
            pytest.fail("a report was read")

        monkeypatch.setattr(results_folder.ResultsFolder, "documents", read)
        (tmp_path / "file").touch()
        before = sorted(tmp_path.rglob("*"))
        result = grade("report", "--class", folder, "--pages", "-o", output)
        assert (result.exit_code, result.stderr) == (4, f"Error: {sentence}\n")
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_class_becomes_a_grade_book(self, grade: Callable[..., Result], folder: Path, tmp_path: Path) -> None:
        """By the ids of grades.csv, with the instructor's override."""
        roster = tmp_path / "canvas.csv"
        roster.write_text("Student,ID,SIS Login ID,Section,Lab (7)\nAda,101,x,A,\nBob,102,y,A,\n")
        result = grade("report", "--class", folder, "--to", "canvas", "--roster", roster, "--title", "Lab (7)")
        assert result.stdout.splitlines()[-2:] == ["Ada,101,x,A,26", "Bob,102,y,A,20"]
        assert (result.exit_code, "hostile" in result.stderr) == (1, True)

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
            ([], "expected a report, a class or a course; name REPORT.json, --class DIR or --course FILE"),
            (["x.json", "--pages"], "--pages makes HTML pages of a class: give --class DIR"),
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

    def test_an_internal_error_writes_no_grade(self, grade: Callable[..., Result], tmp_path: Path) -> None:
        """Exit code 3."""
        failed = document("half")
        failed["grader"]["submissions"][0] |= {"status": "failed", "problem": "the sandbox is gone", "score": None}
        (tmp_path / "r.json").write_text(json.dumps(failed))
        result = grade("report", "r.json", "--to", "gradescope", "-o", "results.json")
        assert result.exit_code == 3
        assert "No grade was written." in result.stderr
        assert not (tmp_path / "results.json").exists()
