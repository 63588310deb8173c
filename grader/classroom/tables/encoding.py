"""Which encoding a table is in: exactly, so that its text encodes to the same bytes again.

A byte order mark decides, then NUL bytes (UTF-16), then whether it is valid UTF-8. What is left is one of the encodings
of the years before: the one is taken that reads the non-ASCII bytes as letters of names. For rarer ones,
charset-normalizer is asked.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import islice

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLDER = (
    "cp1252", "cp1250", "cp1251", "mac_roman", "cp850", "cp437", "cp852", "cp1254", "cp1253", "cp1257", "iso8859_2",
    "koi8_r", "cp866", "gb18030", "shift_jis", "cp949", "big5", "euc_jp", "latin_1",
)  # fmt: skip
"""Likelier ones first: the first of those that read a table equally well is taken."""
_MANY_LINES = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HANGUL", "HIRAGANA", "KATAKANA", "CJK", "HEBREW", "ARABIC", "THAI")
_WESTERN = frozenset("äöüßéèêëàâáãåæçíìîïñóòôõøúùûýÄÖÜÉÈÀÁÂÅÆÇÍÎÑÓÔÕØÚÛ")
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžőűäöüôľĺŕßăâîșțşţđĄĆŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽŐŰÄÖÜÔĽȘȚŞŢĐ")
_TURKISH = frozenset("çğıöşüâÇĞİÖŞÜ")
_BALTIC = frozenset("āčēģīķļņšūžąęėįųõäöüĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲÕÄÖÜ")
_TYPICAL = {
    "cp1252": _WESTERN, "latin_1": _WESTERN, "mac_roman": _WESTERN, "cp850": _WESTERN, "cp437": _WESTERN,
    "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp852": _CENTRAL, "cp1254": _TURKISH, "cp1257": _BALTIC,
}  # fmt: skip
_COMMON_LEADS = {"gb18030": (0xB0, 0xD7), "shift_jis": (0x88, 0x97), "big5": (0xA4, 0xC6), "euc_jp": (0xB0, 0xCF)}
"""First bytes of the characters in everyday use."""
_VOWELS = frozenset("aeiouyæøœıаеёиоуыэюяіїєαεηιουω")  # noqa: RUF001 letters of three scripts
_RARER = frozenset("ţŢýîâêôûïìòùõőÎÂÊÔÛÏÌÒÙÕŐ")
_SURNAMES = frozenset("김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민나지엄")


class UnknownEncoding(Exception):
    """No encoding reads these bytes as text: the message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding and the byte order mark at the beginning."""

    name: str
    mark: bytes = b""

    def decode(self, content: bytes) -> str:
        """The text behind the byte order mark."""
        return content[len(self.mark) :].decode(self.name)

    def encode(self, text: str) -> bytes:
        """The text with the byte order mark.

        Raises:
            UnicodeEncodeError: this encoding lacks a character.
        """
        return self.mark + text.encode(self.name)

    def reads(self, content: bytes) -> bool:
        """Whether it decodes these bytes, and gives the same bytes back."""
        try:
            return self.encode(self.decode(content)) == content
        except UnicodeError:
            return False


def encoding_of(content: bytes) -> Encoding:
    """The encoding that reads these bytes, without loss.

    Raises:
        UnknownEncoding: they are not text.
    """
    for mark, name in _MARKS:
        if content.startswith(mark) and (found := Encoding(name, mark)).reads(content):
            return found
    if b"\0" in content:
        return _without_mark(content)
    if Encoding("utf-8").reads(content):
        return _text(Encoding("utf-8"), content)
    return _text(_older(content), content)


def _without_mark(content: bytes) -> Encoding:
    """UTF-16 without a byte order mark: in the right order, separators and line ends are ASCII."""
    possible = [each for name in ("utf-16-le", "utf-16-be") if (each := Encoding(name)).reads(content)]
    plain = {each.name: len(re.findall(r"[\t\n\r ,;|A-Za-z0-9]", each.decode(content))) for each in possible}
    best = max(possible, key=lambda each: plain[each.name], default=None)
    if best is None or not plain[best.name]:
        raise UnknownEncoding("it contains NUL bytes, so it is not text")
    return _text(best, content)


def _text(found: Encoding, content: bytes) -> Encoding:
    if _CONTROL.search(found.decode(content)):
        raise UnknownEncoding("it contains control characters, so it is not text")
    return found


def _older(content: bytes) -> Encoding:
    lines = (line for line in re.split(rb"[\r\n]+", content) if not line.isascii())
    sample = b"\n".join(islice(lines, _MANY_LINES))
    scores = {each: _score(each, sample) for name in _OLDER if (each := Encoding(name)).reads(sample)}
    best_first = sorted(scores, key=lambda each: -scores[each])
    best = next(each for each in best_first if each.reads(content))  # latin_1 reads anything
    if scores[best] < 0.4 and (other := _normalized(content)) is not None and _score(other, sample) > scores[best]:
        return other
    return best


def _normalized(content: bytes) -> Encoding | None:
    """The opinion of charset-normalizer, if that is an encoding without loss."""
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    found = None if best is None else Encoding(best.encoding)
    return found if found is not None and found.reads(content) else None


def _score(encoding: Encoding, sample: bytes) -> float:
    """How much the non-ASCII part of this text looks like people's names: from below zero to 1."""
    text = sample.decode(encoding.name, "ignore")
    words = list(dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii()))
    others = [char for char in dict.fromkeys(_WORD.sub("", text)) if not char.isascii()]
    weights = [weight for word in words for weight in _weights(word, encoding.name)]
    weights += [_mark_weight(char) for char in others]
    return sum(weights) / len(weights) if weights else 0.0


def _mark_weight(char: str) -> float:
    """Of a character that is no letter: quotation marks, dashes and CJK punctuation do occur; boxes hardly do."""
    kind = unicodedata.category(char)
    if char in "\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u00ab\u00bb\u00b0\u00a7\u20ac\u00b7\u3000":
        return 0.2
    return -2.0 if kind[0] == "C" else -1.0


def _weights(word: str, encoding: str) -> list[float]:
    """A number for each non-ASCII letter of a word."""
    strange = [char for char in word if not char.isascii()]
    scripts = {_script(char) for char in word if char.isalpha()}
    if len(scripts) > 1 and not scripts <= {"CJK", "HIRAGANA", "KATAKANA"}:
        return [-1.0] * len(strange)
    if "LATIN" in scripts:
        return _latin(word, strange, encoding)
    if scripts & {"CYRILLIC", "GREEK"}:
        return [_cased(word) - (0.6 if _crowded(word) else 0.0)] * len(strange)
    if scripts == {"HANGUL"}:
        return [1.0 if word[0] in _SURNAMES else 0.6] * len(strange)
    return [_eastern(char, encoding) for char in strange]


def _latin(word: str, strange: list[str], encoding: str) -> list[float]:
    if len(word) > 2 and len(strange) > 0.6 * len(word):
        return [-0.5] * len(strange)  # mostly accents: another script, read as this one
    typical = _TYPICAL.get(encoding, _WESTERN)
    fit = _cased(word) - (0.6 if _crowded(word) else 0.0)
    return [fit - (0.3 if char not in typical else 0.1 if char in _RARER else 0.0) for char in strange]


def _cased(word: str) -> float:
    """Less for a capital letter inside a word: `JosŽ`, `MÅller`."""
    inside = zip(word, word[1:], word[2:] + "-", strict=False)
    wrong = any(
        here.isupper() and not here.isascii() and before.isalpha() and (before.islower() or after.islower())
        for before, here, after in inside
    )
    return -0.5 if wrong else 1.0


def _crowded(word: str) -> bool:
    """Whether a non-ASCII letter is among four consonants or three vowels in a row, as in no name: `Jšrg`, `Jiøí`."""
    word = unicodedata.normalize("NFC", word.casefold())
    kinds = "".join("v" if unicodedata.normalize("NFD", char)[0] in _VOWELS else "c" for char in word)
    strange = [index for index, char in enumerate(word) if not char.isascii()]
    for found in re.finditer("c{4,}|v{3,}", kinds):
        inside = [index for index in strange if found.start() <= index < found.end()]
        if len(inside) > (found[0][0] == "v"):
            return True
    return re.search("ñ[^aeiouyáéíóú]", word) is not None


def _eastern(char: str, encoding: str) -> float:
    script = _script(char)
    if script == "HANGUL":
        return 0.3  # among other scripts
    if 0xFF61 <= ord(char) <= 0xFF9F:  # half-width katakana: any byte of another encoding, read as Shift JIS
        return -0.2
    if encoding in _COMMON_LEADS and script == "CJK":
        low, high = _COMMON_LEADS[encoding]
        return 0.9 if low <= char.encode(encoding)[0] <= high else 0.2
    return {"HIRAGANA": 0.9, "KATAKANA": 0.9, "CJK": 0.3}.get(script, 0.5)


@cache
def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((script for script in _SCRIPTS if script in name), "OTHER")


def repaired(text: str) -> str:
    """For comparison: text that was UTF-8, was read as an older encoding and saved again, as it was: `MÃ¼ller`."""
    for _ in range(2):  # some tables went through it twice
        if text.isascii() or (better := _repaired_once(text)) is None:
            return text
        text = better
    return text


def _repaired_once(text: str) -> str | None:
    for encoding in ("cp1252", "mac_roman", "cp850"):
        for each in (text, text.replace("Ã ", "Ã\N{NO-BREAK SPACE}")):
            try:
                return b"".join(_byte(char, encoding) for char in each).decode()
            except UnicodeError:
                continue
    return None


def _byte(char: str, encoding: str) -> bytes:
    """Bytes that Windows-1252 does not define are read as control characters of the same number."""
    if encoding == "cp1252" and char in "\x81\x8d\x8f\x90\x9d":
        return char.encode("latin-1")
    return char.encode(encoding)
