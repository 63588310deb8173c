"""The one rule by which a submission's name becomes a name that is safe everywhere: as a file on every system, in a
terminal, in a spreadsheet and in a path of a web page.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100
"""Bytes of UTF-8; file systems allow 255, and an ending and a temporary mark come on top."""

OWN = frozenset(("summary", "batch", "journal", "grades", "students"))
"""Names that the results' folder itself uses."""

_DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", "clock$"))
_PORTS = frozenset(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\xb9\xb2\xb3")
_INSIDE = frozenset(" -_.@+,()")


def safe_name(raw: str) -> str:
    """A raw name made safe. Whatever had to change gets a hash of the raw name, so that two names stay two."""
    text = unicodedata.normalize("NFC", raw)
    kept = "".join(c if _harmless(c) else "_" for c in text)
    if not kept[:1].isalnum() and kept[:1] != "_":
        kept = f"_{kept[1:]}"
    kept = kept.rstrip(". ") or "_"
    kept = _cut(kept, LONGEST)
    stem = kept.split(".")[0].strip().casefold()
    if stem in OWN | _DEVICES | _PORTS:
        kept = f"_{kept}"
    return kept if kept == text else marked(kept, raw)


def marked(name: str, raw: str) -> str:
    """The name with eight digits that belong to this raw name alone."""
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_cut(name, LONGEST - 9)}~{digest}"


def safe_names(raws: Iterable[str]) -> list[str]:
    """Safe names for a class, different from each other on systems that ignore case as well."""
    pairs = [(safe_name(raw), raw) for raw in raws]
    count = Counter(_compared(name) for name, _ in pairs)
    return [name if count[_compared(name)] == 1 or "~" in name else marked(name, raw) for name, raw in pairs]


def _harmless(character: str) -> bool:
    return character in _INSIDE or unicodedata.category(character)[0] in "LMN"


def _compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode(errors="ignore").rstrip(". ")
