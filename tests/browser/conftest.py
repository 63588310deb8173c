"""Debian's Chromium, headless, one for a module; a page per test that fails on any console error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.exercise.shelf import load_exercise
from grader.report.html.submission_page import submission_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).resolve().parent.parent / "data"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium. It is closed with its module: as long as it runs, nobody else in this thread can use asyncio."""
    playwright = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a file; at the end nothing may have been logged, and nothing asked of any network."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def open_(path: Path, *, scheme: str = "light", width: int = 1280, height: int = 900, script: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not said
    assert all(url.startswith("file://") for url in asked)


def document(run: str) -> dict[str, Any]:
    """One of the runs."""
    found: dict[str, Any] = json.loads((DATA / f"{run}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a run, as a file."""
    folder = tmp_path_factory.mktemp("pages")

    def write(run: str) -> Path:
        path = folder / f"{run}.html"
        if not path.exists():
            page = submission_page(document(run), {name: load_exercise(name) for name in ("mlp", "training")})
            path.write_text(page, encoding="utf-8")
        return path

    return write
