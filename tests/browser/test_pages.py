"""Both pages in a real browser: light, dark, on a phone and on paper; by mouse and by keyboard."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from troubled import run, troubled_class

from grader.exercise.shelf import load_exercise
from grader.report.html.class_page import class_page
from grader.report.html.submission_page import submission_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

DATA = Path(__file__).resolve().parent.parent / "data"
EVIL = "</script><img src=x onerror=alert(1)>"
CLASS = 2000


def simulated(count: int) -> Iterator[tuple[dict[str, Any], str]]:
    """A class put together from the rows of three real runs."""
    drawn = random.Random(1)
    names = ("perfect", "half", "hostile")
    runs = [json.loads((DATA / f"{name}.json").read_text())["grader"]["submissions"][0] for name in names]
    for number in range(count):
        entry = copy.copy(runs[0])
        picks = drawn.choices([0, 1, 2], [60, 34, 6], k=26)
        rows = [runs[pick]["gradients"][at] for at, pick in enumerate(picks)]
        points = sum(row["points"] for row in rows)
        entry |= {"name": f"student-{number:04}" if number else EVIL, "gradients": rows}
        entry["score"] = entry["score"] | {"points": points, "correct": points}
        if drawn.random() < 0.02:
            entry |= {"status": "unreadable", "problem": EVIL, "gradients": []}
        yield entry, f"student-{number:04}.json"


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thousand submissions: under ten seconds, under five megabytes."""
    started = time.perf_counter()
    text = class_page(simulated(CLASS))
    assert time.perf_counter() - started < 10
    assert len(text.encode()) < 5_000_000
    path = tmp_path_factory.mktemp("class") / "class.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty submissions: what axe-core looks at is the same, fifty times as fast."""
    path = tmp_path_factory.mktemp("small") / "class.html"
    path.write_text(class_page(simulated(40)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of trouble, override, note and pair."""
    path = tmp_path_factory.mktemp("troubled") / "class.html"
    pairs = [{"first": "s13", "second": "s09", "similarity": "0.984", "traits": "a long comment " * 8}]
    path.write_text(class_page(troubled_class(), pairs), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wrong gradient with a pattern, whose function printed one long line and some short ones."""
    entry = run("half")
    entry["gradients"][4] |= {"printed": "x" * 500 + "\ncounts (32, 27)\n", "pattern": {"levels": ["1059", "9510"]}}
    told = json.loads((DATA / "half.json").read_text()) | {"tests": []}
    told["grader"]["submissions"] = [entry]
    path = tmp_path_factory.mktemp("printing") / "half.html"
    path.write_text(submission_page(told, {"mlp": load_exercise("mlp")}), encoding="utf-8")
    return path


def violations(page: Any) -> list[str]:
    """What axe-core finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}: {each['nodes'][0]['failureSummary']}" for each in found]


def contrast(one: str, other: str) -> float:
    """Between two colors as the browser writes them, by WCAG's formula."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(each) / 255 for each in re.findall(r"\d+", color)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestReport:
    """One submission."""

    @pytest.mark.parametrize(
        ("run", "width", "scheme"),
        [
            ("half", 1280, "light"),
            ("half", 390, "dark"),
            ("hostile", 1280, "dark"),
            ("astray", 1280, "light"),
            ("astray", 390, "dark"),
        ],
    )
    def test_axe_finds_nothing(
        self, visit: Callable[..., Any], report_of: Callable[[str], Path], run: str, width: int, scheme: str
    ) -> None:
        """Contrast, names, structure."""
        assert violations(visit(report_of(run), scheme=scheme, width=width)) == []

    def test_opens_at_the_first_mistake(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """From the loss backwards, as `grade` does."""
        page = visit(report_of("half"))
        assert page.locator(".card:visible").count() == 1
        assert page.locator(".card:visible h3").inner_text().startswith("dcounts")
        assert page.locator(".graph a[aria-current]").get_attribute("href") == "#dcounts"

    def test_a_click_on_a_node_opens_its_card(
        self, visit: Callable[..., Any], report_of: Callable[[str], Path]
    ) -> None:
        """Forward lines, shape, verdict, diagnosis; hints folded."""
        page = visit(report_of("half"))
        page.locator('.graph a[href="#dbngain"]').click()
        card = page.locator(".card:visible")
        assert card.count() == 1
        text = card.inner_text()
        assert "hpreact = bngain * bnraw + bnbias" in text
        assert "is 1/n times the right gradient" in text
        assert "(1, 64) float32" in text
        assert page.locator("#dbngain details[open]").count() == 0
        page.locator("#dbngain summary").first.click()
        assert "One row of gains" in card.inner_text()

    def test_the_keyboard_walks_the_graph(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """Arrows move, Enter opens, Escape goes back."""
        page = visit(report_of("half"))
        page.locator('.graph a[href="#dlogits"]').focus()
        page.keyboard.press("ArrowDown")
        focused = "document.activeElement.getAttribute('href')"
        assert page.evaluate(focused) == "#dlogit_maxes"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "dlogit_maxes-name"
        assert page.locator(".card:visible h3").inner_text().startswith("dlogit_maxes")
        page.keyboard.press("Escape")
        assert page.evaluate(focused) == "#dlogit_maxes"

    def test_the_first_break_of_the_chain_is_marked(
        self, visit: Callable[..., Any], report_of: Callable[[str], Path]
    ) -> None:
        """By a flag with words, and in the node's name for a screen reader."""
        page = visit(report_of("half"))
        assert page.locator(".break").count() == 1
        assert page.get_by_role("link", name="dcounts: wrong values; the chain breaks first here").count() == 1
        assert page.locator(".inherits").count() == 8

    @pytest.mark.parametrize("run", ["perfect", "half", "hostile", "astray"])
    def test_nothing_is_wider_than_a_phone(
        self, visit: Callable[..., Any], report_of: Callable[[str], Path], run: str
    ) -> None:
        """The page itself never scrolls sideways."""
        page = visit(report_of(run), width=390, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    def test_works_without_scripts(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """Every card is open then."""
        page = visit(report_of("half"), script=False)
        assert page.locator(".card").count() == 26
        assert page.locator(".card").nth(5).is_visible()

    def test_on_paper_every_mistake_is_open(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """What is right is in the table."""
        page = visit(report_of("half"))
        page.emulate_media(media="print")
        assert page.locator(".card:visible").count() == 14

    def test_a_learners_markup_is_text(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """No element of theirs exists; the fixture sees any dialog, error or request."""
        page = visit(report_of("hostile"))
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1
        page.locator('.graph a[href="#dcounts_sum_inv"]').click()
        assert "<script>alert('x')</script>" in page.locator(".card:visible").inner_text()

    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
    def test_what_was_printed_fits_and_can_be_read(
        self, visit: Callable[..., Any], printing: Path, width: int, scheme: str
    ) -> None:
        """A line of five hundred characters is broken; contrast and structure hold."""
        page = visit(printing, width=width, scheme=scheme)
        assert "counts (32, 27)" in page.locator(".card:visible .printed").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_stronger_the_color_the_larger_the_difference(
        self, visit: Callable[..., Any], printing: Path, scheme: str
    ) -> None:
        """As the caption says, in the dark as well: a larger level stands out more from the ground."""
        page = visit(printing, scheme=scheme)
        shown = page.locator(".card:visible .map")
        cells = shown.locator("rect").evaluate_all("all => all.map(each => Number(each.getAttribute('opacity')))")
        assert sorted(set(cells)) == [0.11, 0.56, 1.0]
        ground = shown.evaluate("map => getComputedStyle(map).backgroundColor")
        full = shown.locator("rect").first.evaluate("cell => getComputedStyle(cell).fill")
        assert contrast(full, ground) >= 4.5
        assert "the stronger the color, the larger the difference" in page.locator(".card:visible").inner_text()


class TestLosses:
    """The curve of a training exercise."""

    def test_is_a_picture_with_words(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """What a screen reader says of it."""
        page = visit(report_of("astray"))
        curve = page.get_by_role("img", name="Loss over 200 steps. Yours: from 3.398 to 12.98.")
        assert curve.count() == 1
        assert "The largest difference is 3.93 times" in curve.get_attribute("aria-label")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_runs_differ_without_color(
        self, visit: Callable[..., Any], report_of: Callable[[str], Path], scheme: str
    ) -> None:
        """Dashed and solid, and the legend says which; both stand out from the ground."""
        page = visit(report_of("astray"), scheme=scheme)
        dashes = "path => getComputedStyle(path).strokeDasharray"
        drawn = page.locator(".losses [role=img]")
        assert drawn.locator(".yours").first.evaluate(dashes) != "none"
        assert drawn.locator(".autograd").first.evaluate(dashes) == "none"
        legend = page.locator(".losses .legend li").all_inner_texts()
        assert [text.strip() for text in legend] == ["dashed: yours", "solid: autograd's"]
        ground = drawn.evaluate("svg => getComputedStyle(svg).backgroundColor")
        for line in ("yours", "autograd"):
            color = drawn.locator(f".{line}").first.evaluate("path => getComputedStyle(path).stroke")
            assert contrast(color, ground) >= 3

    def test_can_be_read_on_a_phone(self, visit: Callable[..., Any], report_of: Callable[[str], Path]) -> None:
        """No letter of it is smaller than a phone's fine print, and none lies outside."""
        page = visit(report_of("astray"), width=390, height=844)
        frame = page.locator(".losses [role=img]").bounding_box()
        for text in page.locator(".losses [role=img] text").all():
            box = text.bounding_box()
            assert min(box["width"], box["height"]) >= 6
            assert frame["x"] <= box["x"] <= box["x"] + box["width"] <= frame["x"] + frame["width"]
            assert box["y"] + box["height"] <= frame["y"] + frame["height"]
        size = page.locator(".losses [role=img] text").first.evaluate("t => parseFloat(getComputedStyle(t).fontSize)")
        assert size * frame["width"] / 440 >= 11


class TestClass:
    """The dashboard of two thousand."""

    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
    def test_axe_finds_nothing(self, visit: Callable[..., Any], small_class: Path, width: int, scheme: str) -> None:
        """Contrast, names, structure."""
        assert violations(visit(small_class, width=width, scheme=scheme)) == []

    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
    def test_a_troubled_class_can_be_read(
        self, visit: Callable[..., Any], troubled: Path, width: int, scheme: str
    ) -> None:
        """What to act on comes before the table, with contrast and structure, and nothing is wider than the window."""
        page = visit(troubled, width=width, scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        headings = page.locator("h2").all_inner_texts()
        assert headings[:4] == ["Who is lost", "What stops people", "Who needs a look", "Students and gradients"]

    def test_a_button_shows_its_people_in_the_table(self, visit: Callable[..., Any], troubled: Path) -> None:
        """From the lists at the top, and everyone again."""
        page = visit(troubled)
        page.get_by_role("button", name="Show the 2 in the table: Unreadable").click()
        assert page.locator("#grid tbody th").all_inner_texts() == ["Essay, Eva", "Syntax, Sam"]
        page.get_by_role("button", name="Show everyone").click()
        assert page.locator("#grid tbody tr").count() == 15

    def test_whatever_holds_for_a_whole_submission_is_one_cell(self, visit: Callable[..., Any], troubled: Path) -> None:
        """With its reason, however it came about."""
        page = visit(troubled)
        told = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in
                page.locator("#grid tbody tr").all()}  # fmt: skip
        assert told["Syntax, Sam"] == ["0/26", "unreadable", "backward.py:1: invalid syntax"]
        assert told["Essay, Eva"] == ["0/26", "unreadable", "essay.pdf: not a .py, .zip or .ipynb file"]
        assert told["Missing, Mia"] == ["", "missing", "nothing was handed in"]
        assert told["Stub, Stan"] == ["0/26", "graded", "Not started"]
        assert told["Load, Lea"][2:] == ["backward.py raised KeyError: 3 (backward.py:7)"]
        assert len(told["Half, Hal"]) == 28

    def test_an_override_is_in_the_table(self, visit: Callable[..., Any], troubled: Path) -> None:
        """A word as it is, a figure with the points; both with a star that the legend explains."""
        page = visit(troubled)
        cell = page.locator("#grid tbody tr", has_text="Ill, Ivo").locator("td.number")
        assert (cell.inner_text(), cell.get_attribute("title")) == ("excused *", "graded 12/26; ill")
        assert page.locator("#grid tbody tr", has_text="Luck, Lou").locator("td.number").inner_text() == "26/26 *"
        assert "set by the instructor" in page.locator(".legend").inner_text()

    def test_paints_and_filters_fluently(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """First paint and each filter under 200 ms, laid out: the best of a few, as others use the machine too."""
        entry = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        page = visit(dashboard)
        paints = []
        for _ in range(5):
            page.reload()
            while (paint := page.evaluate(entry)) is None:  # asked again from here: the page's policy allows no eval
                page.wait_for_timeout(20)
            paints.append(paint)
        paint = min(paints)
        page.locator("#grid tbody tr").first.wait_for()
        timing = """([id, value]) => {
            for (const each of ["text", "status", "gradient", "verdict"]) document.getElementById(each).value = "";
            const field = document.getElementById(id), start = performance.now();
            field.value = value;
            field.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
            return performance.now() - start;
        }"""
        filters = (
            ["text", "19"],
            ["text", ""],
            ["verdict", "wrong shape"],
            ["gradient", "6"],
            ["status", "unreadable"],
        )
        rounds = [[page.evaluate(timing, each) for each in filters] for _ in range(4)]
        spent = [min(each) for each in zip(*rounds, strict=True)]
        print(f"first paint {paint:.0f} ms, filters {', '.join(f'{each:.0f}' for each in spent)} ms")
        assert paint < 200
        assert max(spent) < 200

    def test_filters_and_sorts(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """By name, by verdict of a gradient, by points both ways."""
        page = visit(dashboard)
        page.locator("#grid tbody tr").first.wait_for()
        assert page.locator("#count").inner_text() == "1 to 50 of 2000"
        page.locator("#text").fill("student-19")
        assert page.locator("#count").inner_text() == "1 to 50 of 100"
        page.locator("#text").fill("")
        page.locator('th[data-by="points"] button').click()
        points = [int(text.split("/")[0]) for text in page.locator("#grid tbody td.number").all_inner_texts() if text]
        assert points == sorted(points, reverse=True)
        page.locator('th[data-by="points"] button').click()
        assert page.locator('th[data-by="points"]').get_attribute("aria-sort") == "ascending"
        page.locator("#gradient").select_option(label="dlogit_maxes")
        page.locator("#verdict").select_option(label="wrong shape")
        column = page.locator("#grid tbody tr td:nth-child(10)").all_inner_texts()
        assert set(column) == {"S"}
        assert page.locator("#grid tbody tr td:nth-child(10)").first.get_by_role("img", name="wrong shape").count() == 1

    def test_shows_the_members_of_a_group(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """Those with the same wrong answer, and everybody again."""
        page = visit(dashboard)
        button = page.locator("button[data-group]").first
        count = int(button.inner_text())
        button.click()
        assert page.locator("#count").inner_text().endswith(f"of {count}")
        page.get_by_role("button", name="Show everyone").click()
        assert page.locator("#count").inner_text() == "1 to 50 of 2000"

    def test_a_large_count_is_on_one_line(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """At the top and below, on a phone as well."""
        page = visit(dashboard, width=390)
        heights = page.locator("button.count").evaluate_all("all => all.map(each => each.offsetHeight)")
        assert len(heights) > 20
        assert max(heights) < 34

    def test_the_keyboard_sorts(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """A heading is a button."""
        page = visit(dashboard)
        page.locator("#grid thead").get_by_role("button", name="dW2").focus()
        page.keyboard.press("Enter")
        assert page.locator("th[aria-sort]").inner_text().startswith("dW2")

    def test_a_students_name_is_text(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """Markup in it makes no element; the fixture sees any dialog, error or request."""
        page = visit(dashboard)
        page.locator("#text").fill("onerror")
        assert page.locator("#grid tbody th a").inner_text() == EVIL
        assert page.locator("img").count() == 0

    def test_nothing_is_wider_than_a_phone(self, visit: Callable[..., Any], dashboard: Path) -> None:
        """The table scrolls in its own frame."""
        page = visit(dashboard, width=390, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
