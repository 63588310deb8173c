"""The reference pages name everything that there is, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.exercise.course import COURSE
from grader.exercise.exercise_toml import EXERCISE
from grader.exercise.toml_file import TomlTable

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def keys_of(table: TomlTable, above: str = "") -> Iterator[str]:
    """Every key of a settings file as its page names it: `exact.expected`."""
    for key, value in table.keys.items():
        named = f"{above}.{key}" if above else key
        yield from keys_of(value, named) if isinstance(value, TomlTable) and value.keys else (named,)


@pytest.mark.parametrize(
    ("page", "table"), [("exercise-toml", EXERCISE), ("course-toml", COURSE)], ids=["exercise.toml", "course.toml"]
)
def test_a_settings_page_has_a_row_for_every_key(page: str, table: TomlTable) -> None:
    """A new key cannot be left out, and a key that is gone cannot stay."""
    text = (DOCS / "reference" / f"{page}.md").read_text(encoding="utf-8")
    rows = " ".join(re.findall(r"^\| (`.+?) \|", text, re.MULTILINE))
    named = {name.strip("[]").split(".EXERCISE")[0].split(".VARIABLE")[0] for name in re.findall(r"`([^`]+)`", rows)}
    assert named - {"shape", "derivative"} == set(keys_of(table))


def test_every_key_of_the_report_is_described() -> None:
    """The page of the report is made from these descriptions."""
    schema = json.loads((ROOT / "grader" / "report" / "report.schema.json").read_text(encoding="utf-8"))
    bare = [
        f"{name}.{key}"
        for name, definition in schema["$defs"].items()
        if name != "test"  # pytest-json-report's own
        for key, value in definition.get("properties", {}).items()
        if not value.get("description")
    ]
    assert bare == []


def outside_the_site() -> list[Path]:
    """Pages whose links are not checked when the site is built."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / ".github").glob("*.md"))]


@pytest.mark.parametrize("page", outside_the_site(), ids=lambda page: page.name)
def test_every_link_between_files_leads_to_one(page: Path) -> None:
    """And its anchor to a heading of it."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(there), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
