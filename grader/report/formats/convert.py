"""Convert reports to other systems' formats: one module for each, each a pure function of the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Context:
    """What a format needs besides the report."""

    environment: Mapping[str, str] = field(default_factory=dict)
    visibility: str = "visible"
    """When Gradescope shows results: visible, after_due_date, after_published, hidden."""


TARGETS = {
    "gradescope": "gradescope",
    "classroom50": "classroom50",
    "github": "github",
    "junit": "junit",
    "markdown": "markdown",
    "csv": "csv_table",
    "exercism": "exercism",
}
"""Format name -> its module; each has `convert(document, context)`. A grade book needs the people of a class, too."""
OF_ONE = ("gradescope", "classroom50", "github", "exercism")
"""Formats whose system expects one submission, of one student."""


def convert(document: Mapping[str, Any], target: str, context: Context | None = None) -> str:
    """Convert a report to the format that another system reads.

    Raises:
        NothingToTell: the report or the context lacks something that the system requires.
    """
    module = import_module(f"grader.report.formats.{TARGETS[target]}")
    text: str = module.convert(document, context or Context())
    return text
