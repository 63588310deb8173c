"""A hundred broken and hostile hand-ins in one class: each a row with a true reason, none stops the batch."""

from __future__ import annotations

import json
import random
import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from classroom import EngineWorkers, Silent, hand_in, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.batch.engine import Engine
from grader.batch.grades import read_table
from grader.batch.order import Order
from grader.batch.runner import Batch
from grader.batch.store import Store
from grader.intake.folder import read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grader.exercise import Exercise
    from grader.sandbox.client import Sandbox

SMALL = "def dlogprobs(n): return None\n"
"""An honest file with one function in it."""


def archive(*members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive, honest tools' rules aside."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for info, content in members:
            made.writestr(info, content)
    return buffer.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """An entry that is no regular file."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def patched(data: bytes, marker: bytes, offset: int, value: bytes, *, last: bool = True) -> bytes:
    """Bytes overwritten after a marker."""
    at = (data.rindex(marker) if last else data.index(marker)) + offset
    return data[:at] + value + data[at + len(value) :]


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive ..."""
    data = SMALL.encode()
    for level in range(depth):
        data = zipped({"backward.py" if level == 0 else f"{level}.zip": data})
    return data


def lying_size() -> bytes:
    """A member that is larger than it says."""
    data = archive(("backward.py", bytes(900_000)))
    return patched(patched(data, b"PK\x01\x02", 24, struct.pack("<I", 10)), b"PK\x03\x04", 22, struct.pack("<I", 10))


def overlapping() -> bytes:
    """Two entries that share their bytes: a bomb without nesting."""
    data = zipped({"a.py": SMALL, "b.py": SMALL})
    return patched(data, b"PK\x01\x02", 42, struct.pack("<I", 0))


HONEST = zipped({"backward.py": SMALL})
DEEP = "(" * 5000 + ")" * 5000
PACKED_SMALL, BROKEN, OUTSIDE, NOT_ARCHIVE = (
    "packed implausibly small",
    "readable zip archive",
    "outside",
    "readable zip",
)

UNREADABLE: dict[str, tuple[str, bytes | str, str]] = {
    # archives
    "empty": ("x.zip", b"", NOT_ARCHIVE),
    "noise": ("x.zip", random.Random(1).randbytes(5000), NOT_ARCHIVE),
    "only the mark": ("x.zip", b"PK\x03\x04", NOT_ARCHIVE),
    "only the end": ("x.zip", b"PK\x05\x06" + bytes(18), "no Python file and no notebook"),
    "cut in half": ("x.zip", HONEST[: len(HONEST) // 2], NOT_ARCHIVE),
    "cut at the end": ("x.zip", HONEST[:-5], NOT_ARCHIVE),
    "cut at the start": ("x.zip", HONEST[30:], NOT_ARCHIVE),
    "wrong checksum": ("x.zip", patched(HONEST, b"PK\x01\x02", 16, b"\0\0\0\0"), BROKEN),
    "wrong method": ("x.zip", patched(HONEST, b"PK\x01\x02", 10, b"\x63\0"), BROKEN),
    "encrypted": (
        "x.zip",
        patched(patched(HONEST, b"PK\x01\x02", 8, b"\x01"), b"PK\x03\x04", 6, b"\x01"),
        "encrypted",
    ),
    "bomb": ("x.zip", archive(("backward.py", bytes(50 << 20))), PACKED_SMALL),
    "bomb of many": ("x.zip", archive(*((f"{n}.py", bytes(1 << 19)) for n in range(60))), PACKED_SMALL),
    "bomb of bz2": ("x.zip", archive(("backward.py", bytes(20 << 20)), method=zipfile.ZIP_BZIP2), PACKED_SMALL),
    "bomb of lzma": ("x.zip", archive(("backward.py", bytes(20 << 20)), method=zipfile.ZIP_LZMA), PACKED_SMALL),
    "large but not a bomb": (
        "x.zip",
        archive(*((f"{n}.py", random.Random(n).randbytes(250_000)) for n in range(5))),
        "more than 1024 KB",
    ),
    "thousands of files": ("x.zip", archive(*((f"{n}.py", b"") for n in range(600))), "at most 500"),
    "a lie about its size": ("x.zip", lying_size(), ""),
    "parent": ("x.zip", archive(("../../backward.py", b"x")), OUTSIDE),
    "parent inside": ("x.zip", archive(("a/../../backward.py", b"x")), OUTSIDE),
    "absolute": ("x.zip", archive(("/etc/cron.d/backward.py", b"x")), OUTSIDE),
    "drive": ("x.zip", archive(("C:/backward.py", b"x")), OUTSIDE),
    "backslashes": ("x.zip", archive(("..\\..\\backward.py", b"x")), OUTSIDE),
    "link": ("x.zip", archive((special("backward.py", 0o120777), b"/etc/passwd")), "a link or a device"),
    "pipe": ("x.zip", archive((special("backward.py", 0o010644), b"")), "a link or a device"),
    "device": ("x.zip", archive((special("backward.py", 0o020644), b"")), "a link or a device"),
    "long name": ("x.zip", archive(("x" * 5000 + ".py", b"")), "too long"),
    "no python in it": ("x.zip", zipped({"essay.txt": "hello"}), "no Python file and no notebook"),
    "only rubbish of a Mac": ("x.zip", zipped({"__MACOSX/._backward.py": "x"}), "no Python file and no notebook"),
    "archive in archive": ("x.zip", nested(3), "no Python file and no notebook"),
    "tar with the wrong name": ("x.zip", b"backward.py" + bytes(600), NOT_ARCHIVE),
    "gzip with the wrong name": ("x.zip", b"\x1f\x8b" + zlib.compress(SMALL.encode()), NOT_ARCHIVE),
    "overlapping members": ("x.zip", overlapping(), BROKEN),
    # Python
    "nested too deeply": ("x.py", f"x = {DEEP}\n", "nested"),
    "unclosed": ("x.py", "def dprobs(:\n", "invalid syntax"),
    "null bytes": ("x.py", b"x = 1\0\n", ""),
    "nothing but null bytes": ("x.py", bytes(1000), ""),
    "tabs and spaces": ("x.py", "def dprobs(n):\n\tif n:\n        return n\n", "inconsistent use of tabs"),
    "python 2": ("x.py", "def dprobs(n): print n\n", "x.py:1"),
    "word processor": ("x.py", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ""),
    "a page of a site": ("x.py", "<!DOCTYPE html>\n<html>Sign in</html>", "invalid syntax"),
    "merge conflict": ("x.py", "<<<<<<< HEAD\ndef dprobs(n): return n\n=======\n", "invalid syntax"),
    "return outside": ("x.py", "return 5\n", "outside function"),
    "too large": ("x.py", b"#" * 300_000, "more than 256 KB"),
    "a lone surrogate": ("x.py", 'x = "\\ud800" +\n', "invalid syntax"),
    "an unknown coding with broken text": ("x.py", b"# coding: martian\nx = (\xff\n", ""),
    # notebooks
    "empty notebook": ("x.ipynb", b"", "notebook"),
    "no JSON": ("x.ipynb", b"{'cells': []}", "notebook"),
    "a list": ("x.ipynb", b"[]", "notebook"),
    "no cells": ("x.ipynb", b'{"nbformat": 4}', ""),
    "cells that are none": ("x.ipynb", b'{"cells": 5, "nbformat": 4}', ""),
    "deep JSON": ("x.ipynb", b"[" * 100_000, "notebook"),
    "huge number": ("x.ipynb", b'{"nbformat": ' + b"9" * 5000 + b', "cells": []}', ""),
    "a notebook of text": (
        "x.ipynb",
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "hi"}]}),
        "no code cell",
    ),
    # the wrong thing
    "essay": ("x.pdf", b"%PDF-1.7", "neither a .py, a .zip nor an .ipynb file"),
    "word": ("x.docx", archive(("word/document.xml", b"<x/>")), "neither a .py, a .zip nor an .ipynb file"),
    "tar": ("x.tar.gz", b"\x1f\x8b", "neither a .py, a .zip nor an .ipynb file"),
    "rar": ("x.rar", b"Rar!", "neither a .py, a .zip nor an .ipynb file"),
    "seven zip": ("x.7z", b"7z\xbc\xaf", "neither a .py, a .zip nor an .ipynb file"),
    "picture": ("x.png", b"\x89PNG", "neither a .py, a .zip nor an .ipynb file"),
    "no ending": ("x", b"def dprobs(n): return n", "neither a .py, a .zip nor an .ipynb file"),
    "compiled": ("x.pyc", b"\xa7\r\r\n", "neither a .py, a .zip nor an .ipynb file"),
}
"""What cannot be read, and a part of the reason; empty where any is true enough."""

READABLE: dict[str, tuple[str, bytes | str]] = {
    "empty file": ("x.py", b""),
    "a comment": ("x.py", "# I could not do it, sorry\n"),
    "UTF-16": ("x.py", SMALL.encode("utf-16")),
    "a mark of UTF-8": ("x.py", b"\xef\xbb\xbf" + SMALL.encode()),
    "Latin-1 without saying so": ("x.py", b"# \xe9\n" + SMALL.encode()),
    "an unknown coding": ("x.py", "# -*- coding: martian -*-\n" + SMALL),
    "old Mac's line ends": ("x.py", SMALL.replace("\n", "\r")),
    "a comment in an archive": ("x.zip", HONEST[:-2] + b"\x05\0hello"),
    "something before an archive": ("x.zip", b"#!/bin/sh\n" + HONEST),
    "endless loop": ("x.py", "while True: pass\n"),
    "exit": ("x.py", "import sys\nsys.exit()\n"),
    "raises": ("x.py", "raise ValueError('x' * 10**6)\n" + SMALL),
    "memory": ("x.py", "x = [0] * 10**12\n" + SMALL),
    "recursion": ("x.py", "def f(): return f()\nf()\n" + SMALL),
    "prints without end": ("x.py", "for k in range(10**5): print('x' * 1000)\n" + SMALL),
    "escape sequences": ("x.py", "raise ValueError('\\x1b[31m\\x1b]0;owned\\x07')\n"),
    "a formula as message": ("x.py", "def dlogprobs(n): raise ValueError('=cmd|calc!A1')\n"),
    "commands of a CI": ("x.py", "def dlogprobs(n): raise ValueError('::error::you failed\\n::set-output')\n"),
    "long lines": ("x.py", "x = '" + "a" * 200_000 + "'\n" + SMALL),
    "many functions": ("x.py", "".join(f"def d{k}(n): return n\n" for k in range(4000))),
    "names of ours": ("x.py", "__name__ = 'grader'\n__file__ = '/etc/passwd'\n" + SMALL),
    "a thousand definitions of one": ("x.py", SMALL * 1000),
    "shell in a notebook": (
        "x.ipynb",
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "!rm -rf /\n%magic\n" + SMALL}]}),
    ),
}
"""What can be read, although little good comes of it."""


@pytest.fixture(scope="module")
def engine(sandbox: Sandbox, mlp: Exercise) -> Iterator[Engine]:
    """The real one, with the tests' short limits."""
    with Engine(Order.of(mlp, seed=2147483647, timeout=2.0), sandbox) as warm:
        yield warm


@pytest.fixture
def grade(engine: Engine, tmp_path: Path) -> Callable[[dict[str, Any]], dict[str, dict[str, str]]]:
    """Grade a class of these: its rows."""

    def graded(files: dict[str, Any]) -> dict[str, dict[str, str]]:
        folder = hand_in(tmp_path / "class", {f"{name}/{file}": content for name, (file, content, *_) in files.items()})
        before = sorted(path.name for path in tmp_path.parent.iterdir())
        with Store(tmp_path / "out") as store:
            found = read_folder(folder).handed_in
            batch = Batch(engine.order, 26, engine.exercise.gradients, found, store, Silent())
            batch.run(lambda: EngineWorkers(engine), again=True)
        assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
        return {row["submission"]: row for row in read_table(tmp_path / "out" / "grades.csv")}

    return graded


def test_there_are_enough_of_them() -> None:
    """With those that hypothesis makes, more than a hundred."""
    assert len(UNREADABLE) + len(READABLE) >= 80


def test_what_cannot_be_read_has_a_row_with_its_reason(
    grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    """All in one class, with an honest submission at its end."""
    rows = grade(UNREADABLE | {"zoe": ("backward.py", SMALL, "")})
    assert len(rows) == len(UNREADABLE) + 1
    for name, (_, _, reason) in UNREADABLE.items():
        row = rows[name]
        assert (name, row["status"], row["points"]) == (name, "unreadable", "0")
        assert reason in row["problem"], (name, row["problem"])
        assert row["problem"].isprintable()
        assert str(tmp_path) not in row["problem"], "nobody's folders are a student's business"
        assert len(row["problem"]) < 500
    assert rows["zoe"]["status"] == "graded"
    for path in (tmp_path / "out").rglob("*.json"):
        assert path.stat().st_size < 200_000


def test_what_can_be_read_is_graded_whatever_it_does(
    grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    """And its documents stay small and harmless."""
    rows = grade(READABLE)
    assert {name: row["status"] for name, row in rows.items() if row["status"] not in ("graded", "refused")} == {}
    for path in (tmp_path / "out").rglob("*.json"):
        content = path.read_bytes()
        assert len(content) < 400_000
        assert b"\x1b" not in content
        assert b"\x07" not in content
    table = (tmp_path / "out" / "grades.csv").read_text()
    assert ",=cmd" not in table


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_damaged_files_have_a_row_each(
    data: st.DataObject, grade: Callable[[dict[str, Any]], dict[str, dict[str, str]]]
) -> None:
    """An archive, a notebook and a script, with bytes changed, lost or repeated."""
    cell = {"cell_type": "code", "source": [SMALL]}
    originals = {
        "a": ("x.zip", HONEST),
        "b": ("x.ipynb", json.dumps({"cells": [cell], "nbformat": 4}).encode()),
        "c": ("x.py", SMALL.encode()),
    }
    damaged = {name: (file, damage(data, content)) for name, (file, content) in originals.items()}
    rows = grade(damaged)
    assert {name: row["status"] in ("graded", "unreadable", "refused") for name, row in rows.items()} == dict.fromkeys(
        "abc", True
    )


def damage(data: st.DataObject, content: bytes) -> bytes:
    """What discs, mail programs and people do to files."""
    raw = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        kind = data.draw(st.sampled_from(["flip", "cut", "repeat", "insert"]))
        if kind == "flip" and raw:
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 60))]
        elif kind == "repeat":
            raw[at:at] = raw[at : at + 40]
        else:
            raw[at:at] = data.draw(st.binary(max_size=8))
    return bytes(raw)
