"""One table of unsafe characters, and every route by which a learner's text reaches a reader."""

from __future__ import annotations

import json
import struct
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from grader.report import clean_text
from grader.sandbox.child import unpacking
from grader.sandbox.child.calls import Calls
from grader.sandbox.cleaning import INSTEAD, TEXT_LIMIT, clean, joined, shortened
from grader.sandbox.protocol import answers, messages
from grader.sandbox.protocol.wire import BODY, ProtocolError
from grader.sandbox.reading.reading import read
from grader.sandbox.types import NotStarted, Question, Raised, RulesConfig, WrongType

if TYPE_CHECKING:
    from collections.abc import Callable

UNSAFE = {
    "bell": "\a",
    "backspace": "\b",
    "escape sequence": "\x1b",
    "delete": "\x7f",
    "one-byte escape sequence": "\x9b",
    "left-to-right mark": "\u200e",
    "Arabic letter mark": "\u061c",
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "pop isolate": "\u2069",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "combining grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "tag": "\U000e0041",
    "interlinear annotation": "\ufff9",
    "high surrogate": "\ud800",
    "low surrogate": "\udfff",
    "noncharacter": "\uffff",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
}
BREAKS = {
    "carriage return": "\r",
    "vertical tab": "\v",
    "form feed": "\f",
    "record separator": "\x1e",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
}
KEPT = "aZ09 <b>{}'\"\\`~ é ß 漢 ع 😀 ❤\ufe0f = ✓"


def reading_of(file: str) -> str:
    """A reading in which every text is this one, as a lying child would send it."""
    text = "x" + file + "y"
    parameter, finding = [text, text, False], [text, 1, text, text]
    own = [1, text, [text], [text], [text], [], [], [], True]
    function = [text, text, 1, 2, 1, text, [text], [parameter], [finding], [own]]
    about, survey = [text, text, 1, "", {text: text}, text], [text, [text], [text], False, [text]]
    body = json.dumps([about, [text], [text], [function], [finding], [survey]]).encode()
    found = messages.decode_reading(body)
    (one,) = found.functions.values()
    (asked,) = one.parameters
    finds = [field for each in (*one.findings, *found.findings) for field in (each.file, each.rule, each.message)]
    (told,) = found.surveys
    surveyed = (told.file, *told.begun, *told.stubs, *told.computed, one.unreturned, *one.borrowed)
    (line,) = one.code
    surveyed = (*surveyed, line.text, *line.assigns, *line.reads, *line.bent)
    texts = (*found.notes, *found.asides, *found.functions, *found.lost, *found.lost.values(), found.form, *surveyed)
    shown = {found.file, found.problem, *texts, one.name, one.file, asked.name, asked.kind}
    (same,) = shown | set(finds)
    return str(same)


def answer_of(outcome: Any) -> Any:
    """An outcome from a child that did not clean its text."""
    body = bytearray(BODY) + answers.encode_failure(outcome)
    return answers.decode_outcome(body, 0.0, Question("dx"))


def printed_by_a_child(text: str) -> str:
    """What the child itself makes of printed text."""
    calls = Calls("backward.py", None, [], locked=True)
    calls._printed.kept = "x" + text + "y"
    return calls._shown()


def raised_in_a_child(text: str) -> str:
    """What the child itself makes of an exception's message."""
    error = ValueError("x" + text + "y")
    return Calls("backward.py", None, [], locked=True)._message(error, str(error))


ONE_LINE: dict[str, Callable[[str], str]] = {
    "clean": lambda text: clean("x" + text + "y"),
    "shortened": lambda text: shortened("x" + text + "y"),
    "a reading": reading_of,
    "an exception's class": lambda text: answer_of(Raised(kind="x" + text + "y", message="")).kind,
    "an exception's file": lambda text: answer_of(Raised(kind="", message="", file="x" + text + "y")).file,
    "a wrong type": lambda text: answer_of(WrongType(description="x" + text + "y")).description,
    "an archive's problem": lambda text: (
        unpacking.decode_member(struct.pack("<HB", 0, 1) + ("x" + text + "y").encode("utf-8", "replace")).problem or ""
    ),
    "a file's name in the child": lambda text: read(
        {"x" + text + "y.py": b""}, RulesConfig()
    ).reading.file.removesuffix(".py"),
}
RUNNING: dict[str, Callable[[str], str]] = {
    "clean": lambda text: clean("x" + text + "y", lines=True),
    "a print": lambda text: answer_of(NotStarted(how="None", printed="x" + text + "y")).printed,
    "a print in the child": printed_by_a_child,
    "a message in the child": raised_in_a_child,
    "every format of the report": lambda text: clean_text.clean("x" + text + "y"),
}
"""Where newlines and tabs are kept."""
JOINED: dict[str, Callable[[str], str]] = {
    "joined": lambda text: joined("x" + text + "y"),
    "a message": lambda text: answer_of(Raised(kind="", message="x" + text + "y")).message,
    "why it has not started": lambda text: answer_of(NotStarted(how="x" + text + "y")).how,
}
"""Where they become spaces: a part of a sentence must not start a new line."""


@pytest.mark.parametrize("caller", ONE_LINE)
def test_a_removed_character_leaves_a_mark_in_a_name(caller: str) -> None:
    """So that two different names do not look alike; the name stays on one line."""
    shown = {name: ONE_LINE[caller](character) for name, character in (UNSAFE | BREAKS).items()}
    assert shown == dict.fromkeys(shown, f"x{INSTEAD}y")


@pytest.mark.parametrize("caller", [*RUNNING, *JOINED])
def test_running_text_loses_invisible_characters(caller: str) -> None:
    """Output stays legible; a character that would be drawn as a box is replaced by a mark."""
    shown = {name: (RUNNING | JOINED)[caller](character) for name, character in UNSAFE.items()}
    assert {name: text for name, text in shown.items() if text not in {"xy", f"x{INSTEAD}y"}} == {}


@pytest.mark.parametrize("caller", JOINED)
def test_a_sentence_stays_on_one_line(caller: str) -> None:
    """Otherwise an exception's message could write a line of the log: a GitHub command, or a total."""
    shown = {name: JOINED[caller](character) for name, character in BREAKS.items()}
    assert shown == dict.fromkeys(BREAKS, "x y")
    assert JOINED[caller]("\t\n  \n\n") == "x y"


@pytest.mark.parametrize("caller", RUNNING)
def test_every_line_break_becomes_a_newline(caller: str) -> None:
    """A progress bar's carriage return must not overwrite what the grader prints before it."""
    shown = {name: RUNNING[caller](character) for name, character in BREAKS.items()}
    assert shown == dict.fromkeys(BREAKS, "x\ny")
    assert RUNNING[caller]("\t\n") == "x\t\ny"


def test_a_windows_line_ending_becomes_one_newline() -> None:
    """Not two."""
    assert clean("a\r\nb\r\n\rc", lines=True) == "a\nb\n\nc"


@pytest.mark.parametrize("lines", [True, False])
def test_ordinary_text_in_any_script_is_unchanged(lines: bool) -> None:
    """Letters, symbols and emoji; cleaning twice changes nothing."""
    assert clean(KEPT, lines=lines) == KEPT
    assert clean("a\u00a0b\u3000c", lines=lines) == "a b c"


@pytest.mark.parametrize("lines", [True, False])
def test_no_character_of_unicode_slips_through(lines: bool) -> None:
    """All 1,114,112 of them: the result is printable, can be encoded, and contains no space but the ordinary one."""
    whole = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = clean(whole, len(whole), lines=lines)
    assert shown.replace("\n", "").replace("\t", "").isprintable()
    assert lines or "\n" not in shown
    assert not {unicodedata.category(character) for character in set(shown) - set("\n\t")} & {"Cc", "Cf", "Cs", "Zl"}
    kept = "".join(sorted(set(shown)))
    assert clean(kept, len(kept), lines=lines) == kept
    shown.encode()


def test_nul_is_always_removed() -> None:
    """It separates the texts of an answer, so that one inside a text is a lie; an honest child removes it first."""
    assert (clean("a\0b"), clean("a\0b", lines=True), clean_text.clean("a\0b")) == ("a?b", "ab", "ab")
    assert (printed_by_a_child("\0"), raised_in_a_child("\0")) == ("xy", "xy")
    with pytest.raises(ProtocolError):
        answer_of(NotStarted(how="x\0y"))


def test_each_caller_has_its_own_limit() -> None:
    """The wire cuts silently, a sentence says that it was cut."""
    assert len(clean("x" * 10_000)) == TEXT_LIMIT
    assert shortened("x" * 50, 50) == "x" * 50
    assert shortened("x" * 51, 50) == "x" * 50 + "..."
    assert answer_of(Raised(kind="k" * 999, message="m" * 9999)).kind == "k" * 200
    assert clean_text.clean("x" * 2001).endswith(" ... (truncated)")
