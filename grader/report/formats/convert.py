"""Results where people look: one module for each system, each a pure function of the report's document."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Context:
    """What a format needs beside the document."""

    environment: Mapping[str, str] = field(default_factory=dict)
    roster: str | None = None
    """The text of a grade book or worksheet that was downloaded from the learning platform."""
    title: str | None = None
    """The assignment's name there."""
    visibility: str = "visible"
    """Gradescope's: visible, after_due_date, after_published, hidden."""


TARGETS = {
    "gradescope": "gradescope",
    "classroom50": "classroom50",
    "github": "github",
    "junit": "junit",
    "markdown": "markdown",
    "csv": "csv_table",
    "canvas": "canvas",
    "moodle": "moodle",
    "exercism": "exercism",
}
"""Target -> its module; each has `convert(document, context)`."""


def convert(document: Mapping[str, Any], target: str, context: Context | None = None) -> str:
    """A report's document as another system reads it.

    Raises:
        NothingToTell: the document, or what came with it, does not hold what that system asks for.
    """
    module = import_module(f"grader.report.formats.{TARGETS[target]}")
    text: str = module.convert(document, context or Context())
    return text
