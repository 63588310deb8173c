"""The option `--name-pattern`, for downloads whose names no known platform made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.classroom.intake.name_pattern import BadPattern, NamePattern

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def name_pattern() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How the names of the submissions are made."""
    return click.option(
        "--name-pattern", metavar="PATTERN", callback=_read,
        help="How the names are made, if no platform made them, such as {login}_{assignment}_{file}."
    )  # fmt: skip


def _read(_: click.Context, __: click.Parameter, text: str | None) -> NamePattern | None:
    try:
        return None if text is None else NamePattern.of(text)
    except BadPattern as error:
        raise click.UsageError(str(error)) from None
