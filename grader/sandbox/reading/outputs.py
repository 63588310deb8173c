"""Drops a notebook's outputs and pictures before anything of it is limited: code is small, whatever it has drawn."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MOST_BYTES_OF_NOTEBOOK: Final = 96 << 20
"""The largest notebook file that is opened; one with plots has a few megabytes."""
SMALL: Final = 256 << 10
"""Notebooks up to this size are left as they are."""
_KEPT_OF_CELL: Final = ("cell_type", "id", "input", "language", "source")
_KEPT_OF_FILE: Final = ("nbformat", "nbformat_minor")
_KEPT_OF_METADATA: Final = ("jupytext", "kernelspec", "language_info")
_PICTURE: Final = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]*")
"""A picture within the text of a cell."""
_ENOUGH_TO_COMPLAIN: Final = 1 << 20


def without_outputs(data: bytes) -> bytes:
    """The notebook's cells alone; bytes that are no notebook come back as they are, but not more than a message needs.

    Never raises.
    """
    if len(data) <= SMALL:
        return data
    try:
        document = json.loads(data.decode("utf-8-sig"))
        return json.dumps(_reduced(document)).encode() if isinstance(document, dict) else data[:_ENOUGH_TO_COMPLAIN]
    except (ValueError, RecursionError, MemoryError):
        return data[:_ENOUGH_TO_COMPLAIN]


def _reduced(document: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: document[key] for key in _KEPT_OF_FILE if key in document}
    metadata = document.get("metadata")
    if isinstance(metadata, dict):
        kept["metadata"] = {key: metadata[key] for key in _KEPT_OF_METADATA if key in metadata}
    if isinstance(document.get("worksheets"), list):
        sheets = [sheet for sheet in document["worksheets"] if isinstance(sheet, dict)]
        kept["worksheets"] = [{"cells": _cells(sheet.get("cells"))} for sheet in sheets]
    if "cells" in document:
        kept["cells"] = _cells(document["cells"])
    return kept


def _cells(cells: Any) -> list[Any]:
    return [_cell(cell) for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: cell[key] for key in _KEPT_OF_CELL if key in cell}
    for key in ("source", "input"):
        if cell.get("cell_type") != "code" and key in kept:
            kept[key] = _without_pictures(kept[key])
    return kept


def _without_pictures(source: Any) -> Any:
    if isinstance(source, list):
        return [_without_pictures(part) for part in source]
    return _PICTURE.sub("", source) if isinstance(source, str) else source
