"""The documentation as a site: `python -m sphinx -W -n docs .venv/docs`, with the extra `docs` installed."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grader
from grader.cli.main import LATER, run

if TYPE_CHECKING:
    from sphinx.application import Sphinx

warnings.filterwarnings("ignore", "Failed to initialize NumPy")  # torch, once, where numpy is not installed
ROOT = Path(__file__).resolve().parent.parent

project = "backprop-grader"
release = version = grader.__version__
html_title = "backprop-grader"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "sphinx_copybutton"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["pictures"]
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b57d0", "color-brand-content": "#0b57d0"},
    "dark_css_variables": {"color-brand-primary": "#8ab4f8", "color-brand-content": "#8ab4f8"},
}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "literal"  # `x` in a docstring is code
autodoc_typehints = "description"
autodoc_member_order = "bysource"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

nitpick_ignore_regex = [("py:.*", ".*")]  # types of torch, pathlib and modules that are not public have no page here


def report_fields() -> str:
    """The report's schema as a Markdown table: a line for each key that has a description."""
    schema = json.loads((ROOT / "grader" / "report" / "report.schema.json").read_text(encoding="utf-8"))
    rows = ["| key | type | meaning |", "|---|---|---|"]
    for name, definition in {"": schema, **schema["$defs"]}.items():
        if definition.get("description") and name:
            rows.append(f"| **{name}** | {_type(definition)} | {definition['description']} |")
        for key, value in definition.get("properties", {}).items():
            if "description" in value:
                rows.append(f"| {name + '.' if name else ''}{key} | {_type(value)} | {value['description']} |")
    return "\n".join(rows)


def _type(value: dict[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "$ref" in value:
        return str(value["$ref"]).rpartition("/")[2]
    kinds = value.get("type", [])
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def commands() -> str:
    """A directive for what `grade` itself does, and for each of its commands."""
    run.hidden = False  # it is what `grade` does without a command, and no command of its own
    every = {"grade": ("grader.cli.main", "run")}
    every |= {f"grade {command}": (module, name) for command, (module, name, _) in sorted(LATER.items())}
    directives = [f".. click:: {module}:{name}\n   :prog: {words}\n" for words, (module, name) in every.items()]
    return "\n".join(["```{eval-rst}", *directives, "```"])


GENERATED = {
    "reference/cli": ("<!-- commands -->", commands),
    "reference/report": ("<!-- fields -->", report_fields),
}
"""Page -> the mark in it, and what is put there."""


def setup(app: Sphinx) -> None:
    """Put what is generated into the pages that ask for it."""

    def fill(_: Sphinx, name: str, source: list[str]) -> None:
        if name in GENERATED:
            mark, text = GENERATED[name]
            source[0] = source[0].replace(mark, text())

    app.connect("source-read", fill)
