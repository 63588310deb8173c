"""Templates into one self-contained file: everything inline, everything escaped, and no script runs but ours."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Any

from grader.sandbox.cleaning import clean


class MissingLibrary(Exception):
    """An optional part is not installed: one sentence that says how to get it."""


def asset(name: str) -> str:
    """A file that ships with the package."""
    return (files("grader.report.html") / "assets" / name).read_text(encoding="utf-8")


def render(template: str, *, style: str, script: str, **values: Any) -> str:
    """A page. Its policy names our script and style by their hashes: what a learner could smuggle in would not run."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingLibrary("a page needs Jinja: pip install 'backprop-grader[html]'") from error
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
    return clean(page, len(page), lines=True)  # names, too: no mark in them turns round what stands behind it


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
