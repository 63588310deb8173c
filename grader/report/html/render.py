"""Renders a template as one self-contained file: everything inline and escaped, and only our own script runs."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from grader.installation import how_to_install
from grader.sandbox.cleaning import clean


class MissingLibrary(Exception):
    """An optional library is not installed; the message says how to install it."""


def check_libraries() -> None:
    """Check that pages can be made.

    Raises:
        MissingLibrary: one of the libraries in the extra `html` is not installed.
    """
    if None in map(find_spec, ("grandalf", "jinja2")):
        raise MissingLibrary(f"pages need Grandalf and Jinja: {how_to_install('html')}")


def asset(name: str) -> str:
    """A file that ships with the package."""
    return (files("grader.report.html") / "assets" / name).read_text(encoding="utf-8")


def render(template: str, *, style: str, script: str, **values: Any) -> str:
    """A page. Its policy allows our script and style by their hashes, so an injected script would not run."""
    check_libraries()
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    styles, scripts = asset("base.css") + asset(style), asset(script)
    policy = f"default-src 'none'; style-src '{_hash(styles)}'; script-src '{_hash(scripts)}'; base-uri 'none'"
    page = environment.get_template(template).render(style=styles, script=scripts, policy=policy, **values)
    return clean(page, len(page), lines=True)  # no character may reverse the text that follows it, not even in a name


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
