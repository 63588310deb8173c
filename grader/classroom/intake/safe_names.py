"""Turn a submission's name into one that is safe everywhere: as a file name on every system, in a terminal, in a
spreadsheet and in the path of a web page.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100
"""Maximum length in bytes of UTF-8. File systems allow 255; an extension and a temporary suffix are added."""

OWN = frozenset(("summary", "batch", "class", "journal", "grades", "students"))
"""Names that the results folder itself uses."""

_DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", "clock$"))
_PORTS = frozenset(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\xb9\xb2\xb3")
_INSIDE = frozenset(" -_.@+,()")


def safe_name(raw: str) -> str:
    """Make a raw name safe. A changed name gets a hash of the raw name, so that different names stay different."""
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
    """The name with the first eight hexadecimal digits of the raw name's hash."""
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_cut(name, LONGEST - 9)}~{digest}"


def safe_names(raws: Iterable[str]) -> list[str]:
    """Safe names for a class, unique even on systems that ignore case."""
    pairs = [(safe_name(raw), raw) for raw in raws]
    count = Counter(_compared(name) for name, _ in pairs)
    return [name if count[_compared(name)] == 1 or "~" in name else marked(name, raw) for name, raw in pairs]


def _harmless(character: str) -> bool:
    return character in _INSIDE or unicodedata.category(character)[0] in "LMN"


def _compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode(errors="ignore").rstrip(". ")
