"""The page of similar submissions, and a student's page with what the instructor wrote, in a real browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser.test_pages import DATA, violations

from grader.exercise.shelf import load_exercise
from grader.report.html.similarity_page import CodeLine, Excerpt, PairShown, Reason, SimilarityRun, similarity_page
from grader.report.html.submission_page import Given, submission_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs: one with a rare comment, one that is only unusually similar."""
    lines = (
        CodeLine(7, (("def dh(dlogits, W2):", False),)),
        CodeLine(8, (("    # ", False), ("my dog could do this one", True)), "trait"),
        CodeLine(9, (("    return " + "dlogits @ W2.T + " * 12 + "0", False),), "equal"),
    )
    side = Excerpt("backward.py:8", lines, more=3)
    reason = Reason("the comment “my dog could do this one”", (side, side))
    shown = [
        PairShown(("ann", "bob"), 0.97, True, 8.1, (reason,), ("the names foo, bar",), (side, side)),
        PairShown(("cleo", "dan"), 0.99, True, 0.0, (), (), (side, side)),
    ]
    path = tmp_path_factory.mktemp("similarity") / "similarity.html"
    about = SimilarityRun("mlp", 9, 2, 0.94, "Only some are listed.", (("eve", "eve.zip: not a readable zip archive"),))
    path.write_text(similarity_page(shown, about), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def commented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's page with an override and a comment."""
    report = json.loads((DATA / "half.json").read_text(encoding="utf-8"))
    given = Given("20.5", ("Late: 2 days", "Your instructor set the points to 20.5."), "Well done.\nLook at dh.")
    path = tmp_path_factory.mktemp("commented") / "feedback.html"
    path.write_text(submission_page(report, {"mlp": load_exercise("mlp")}, [given]), encoding="utf-8")
    return path


class TestFeedback:
    """A student's page with an override."""

    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
    def test_axe_finds_nothing(self, visit: Callable[..., Any], commented: Path, width: int, scheme: str) -> None:
        """Contrast, names, structure."""
        page = visit(commented, scheme=scheme, width=width)
        assert violations(page) == []
        assert page.locator("aside.given .comment").inner_text() == "Well done.\nLook at dh."
        assert page.evaluate("document.documentElement.scrollWidth") <= width


class TestSimilarity:
    """Pairs with both sides beside each other."""

    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
    def test_axe_finds_nothing(self, visit: Callable[..., Any], pairs: Path, width: int, scheme: str) -> None:
        """Contrast, names, structure; with the files open."""
        page = visit(pairs, scheme=scheme, width=width)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_a_name_filters_the_pairs(self, visit: Callable[..., Any], pairs: Path) -> None:
        """Typing part of a name hides the others."""
        page = visit(pairs)
        page.fill("#filter", "DAN")
        assert page.locator(".pair:visible h2").all_inner_texts() == ["cleo and dan"]
        assert page.locator("#count").inner_text() == "1 of 2 pairs"
