"""What every command shares: how it ends, and whether it is coloured."""

from __future__ import annotations

import os

import click

ALL_RIGHT, SOMETHING_WRONG, INTERRUPTED, OUR_FAULT, USAGE = range(5)
"""Exit codes, pytest's: 0 all right, 1 something is wrong or missing, 2 interrupted, 3 our own fault, 4 usage."""


def _set_color(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value == "auto":
        ctx.color = False if os.environ.get("NO_COLOR") else None
    else:
        ctx.color = value == "always"
    return value


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    callback=_set_color,
    expose_value=False,
    help="Colour: auto means on a terminal, and not with NO_COLOR.",
)
