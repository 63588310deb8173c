"""Broken or hostile submissions, each with the reason to be reported."""

from __future__ import annotations

import json
import random
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from classroom import zipped

SMALL = "def dlogprobs(n): return None\n"
"""An honest file with one function in it."""


def archive(*members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive that may break the rules ordinary tools follow."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for info, content in members:
            made.writestr(info, content)
    return buffer.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """An entry that is not a regular file."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def patched(data: bytes, marker: bytes, offset: int, value: bytes, *, last: bool = True) -> bytes:
    """Overwrite bytes after a marker."""
    at = (data.rindex(marker) if last else data.index(marker)) + offset
    return data[:at] + value + data[at + len(value) :]


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive ..."""
    data = SMALL.encode()
    for level in range(depth):
        data = zipped({"backward.py" if level == 0 else f"{level}.zip": data})
    return data


def lying_size() -> bytes:
    """A member that is larger than it claims."""
    data = archive(("backward.py", bytes(900_000)))
    return patched(patched(data, b"PK\x01\x02", 24, struct.pack("<I", 10)), b"PK\x03\x04", 22, struct.pack("<I", 10))


def overlapping() -> bytes:
    """Two entries that share bytes: a zip bomb without nesting."""
    data = zipped({"a.py": SMALL, "b.py": SMALL})
    return patched(data, b"PK\x01\x02", 42, struct.pack("<I", 0))


def twice() -> bytes:
    """Two members with the same name."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        return archive(("backward.py", b"x = 1\n"), ("backward.py", b"x = 2\n"))


def notebook(*cells: str) -> bytes:
    """A notebook with these code cells."""
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


TEXT = b"".join(b"# %d\n" % (k * k) for k in range(10_000))
"""A hundred thousand bytes that compress as well as code."""
LINES = b"".join(b"# %d\n" % (k % 2000) for k in range(140_000))
"""Nine hundred thousand bytes that compress to a hundredth: suspicious only together."""
HONEST = zipped({"backward.py": SMALL})
DEEP = "(" * 5000 + ")" * 5000
PACKED_SMALL, BROKEN, OUTSIDE, NOT_ARCHIVE = (
    "implausible compression ratio",
    "readable zip archive",
    "outside",
    "readable zip",
)

UNREADABLE: dict[str, tuple[str, bytes | str, str]] = {
    # archives
    "empty": ("x.zip", b"", NOT_ARCHIVE),
    "noise": ("x.zip", random.Random(1).randbytes(5000), NOT_ARCHIVE),
    "only the mark": ("x.zip", b"PK\x03\x04", NOT_ARCHIVE),
    "only the end": ("x.zip", b"PK\x05\x06" + bytes(18), "no Python file or notebook"),
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
        "null bytes",
    ),
    "thousands of files": ("x.zip", archive(*((f"{n}.py", b"") for n in range(600))), "at most 500"),
    "a lie about its size": ("x.zip", lying_size(), "Bad CRC-32"),
    "parent": ("x.zip", archive(("../../backward.py", b"x")), OUTSIDE),
    "parent inside": ("x.zip", archive(("a/../../backward.py", b"x")), OUTSIDE),
    "absolute": ("x.zip", archive(("/etc/cron.d/backward.py", b"x")), OUTSIDE),
    "drive": ("x.zip", archive(("C:/backward.py", b"x")), OUTSIDE),
    "backslashes": ("x.zip", archive(("..\\..\\backward.py", b"x")), OUTSIDE),
    "link": ("x.zip", archive((special("backward.py", 0o120777), b"/etc/passwd")), "a link or a device"),
    "pipe": ("x.zip", archive((special("backward.py", 0o010644), b"")), "a link or a device"),
    "device": ("x.zip", archive((special("backward.py", 0o020644), b"")), "a link or a device"),
    "long name": ("x.zip", archive(("x" * 5000 + ".py", b"")), "too long"),
    "no python in it": ("x.zip", zipped({"essay.txt": "hello"}), "no Python file or notebook"),
    "only rubbish of a Mac": ("x.zip", zipped({"__MACOSX/._backward.py": "x"}), "no Python file or notebook"),
    "archive in archive": ("x.zip", nested(3), "no Python file or notebook"),
    "tar with the wrong name": ("x.zip", b"backward.py" + bytes(600), NOT_ARCHIVE),
    "gzip with the wrong name": ("x.zip", b"\x1f\x8b" + zlib.compress(SMALL.encode()), "not a readable tar"),
    "overlapping members": ("x.zip", overlapping(), BROKEN),
    "nothing packed": ("x.zip", zipped({}), "no Python file or notebook"),
    "a folder called backward.py": ("x.zip", archive(("backward.py/", b"")), "no Python file or notebook"),
    "one name twice": ("x.zip", twice(), "contains 'backward.py' twice"),
    "null byte in a name": ("x.zip", HONEST.replace(b"backward.py", b"back\0ard.py"), "too long or invalid"),
    "socket": ("x.zip", archive((special("backward.py", 0o140644), b"")), "a link or a device"),
    "disc": ("x.zip", archive((special("backward.py", 0o060644), b"")), "a link or a device"),
    "a share": ("x.zip", archive(("\\\\server\\share\\backward.py", b"x")), OUTSIDE),
    "drive without a slash": ("x.zip", archive(("C:backward.py", b"x")), OUTSIDE),
    "home of somebody": ("x.zip", archive(("/root/ssh/backward.py", b"x")), OUTSIDE),
    "one file too large": ("x.zip", archive(("backward.py", TEXT * 11)), "larger than 1 MB"),
    "together too large": ("x.zip", archive(*((f"{n}.py", LINES) for n in range(6))), "more than 4 MB"),
    "a directory elsewhere": ("x.zip", patched(HONEST, b"PK\x05\x06", 16, b"\xff\xff\0\0"), BROKEN),
    "a directory too short": ("x.zip", patched(HONEST, b"PK\x05\x06", 12, b"\x05\0\0\0"), BROKEN),
    "damaged inside": ("x.zip", patched(HONEST, b"backward.py", 11, b"\xff\xff\xff\xff", last=False), BROKEN),
    "a future version": ("x.zip", patched(HONEST, b"PK\x01\x02", 6, b"\xff\0"), BROKEN),
    "only hidden files": (
        "x.zip",
        zipped({".backward.py": SMALL, ".git/x.py": SMALL}),
        "no Python file or notebook",
    ),
    "only an environment": ("x.zip", zipped({"node_modules/a.py": SMALL}), "no Python file or notebook"),
    "a broken script in it": ("x.zip", zipped({"hw/backward.py": "def ("}), "backward.py:1: invalid syntax"),
    "a page instead of an archive": ("x.zip", b"<!DOCTYPE html><html>Sign in</html>", NOT_ARCHIVE),
    "rar with the wrong name": ("x.zip", b"Rar!\x1a\x07\x01\0" + bytes(300), NOT_ARCHIVE),
    # Python
    "nested too deeply": ("x.py", f"x = {DEEP}\n", "nested"),
    "unclosed": ("x.py", "def dprobs(:\n", "invalid syntax"),
    "null bytes": ("x.py", b"x = 1\0\n", "cannot contain null bytes"),
    "nothing but null bytes": ("x.py", bytes(1000), "cannot contain null bytes"),
    "tabs and spaces": ("x.py", "def dprobs(n):\n\tif n:\n        return n\n", "inconsistent use of tabs"),
    "python 2": ("x.py", "def dprobs(n): print n\n", "x.py:1"),
    "word processor": ("x.py", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "cannot contain null bytes"),
    "a page of a site": ("x.py", "<!DOCTYPE html>\n<html>Sign in</html>", "invalid syntax"),
    "merge conflict": ("x.py", "<<<<<<< HEAD\ndef dprobs(n): return n\n=======\n", "invalid syntax"),
    "return outside": ("x.py", "return 5\n", "outside function"),
    "a lone surrogate": ("x.py", 'x = "\\ud800" +\n', "invalid syntax"),
    "an unknown coding with broken text": ("x.py", b"# coding: martian\nx = (\xff\n", "'(' was never closed"),
    "quotes of a word processor": ("x.py", "x = \u201chello\u201d\n", "invalid character"),
    "spaces of a web page": ("x.py", "def dprobs(n):\n\u00a0\u00a0return n\n", "U+00A0"),
    "unfinished string": ("x.py", "x = 'hello\n", "unterminated string literal"),
    "unfinished docstring": ("x.py", 'def dprobs(n):\n    """hello\n    return n\n', "unterminated triple-quoted"),
    "break outside": ("x.py", "break\n", "'break' outside loop"),
    "await outside": ("x.py", "def dprobs(n):\n    return await n\n", "'await' outside async function"),
    "one argument twice": ("x.py", "def dprobs(n, n): return n\n", "duplicate argument 'n'"),
    "a keyword as argument": ("x.py", "def dprobs(lambda): return 1\n", "x.py:1: invalid syntax"),
    "a number as target": ("x.py", "1 = x\n", "cannot assign to literal"),
    "unexpected indent": ("x.py", "x = 1\n  y = 2\n", "x.py:2: invalid syntax: unexpected indent"),
    "no indent": ("x.py", "def dprobs(n):\nreturn n\n", "expected an indented block"),
    "octal of Python 2": ("x.py", "x = 0777\n", "leading zeros"),
    "not a chance": ("x.py", "from __future__ import braces\n", "not a chance"),
    "future too late": ("x.py", "x = 1\nfrom __future__ import annotations\n", "must occur at the beginning"),
    "the prompt copied too": ("x.py", ">>> def dprobs(n): return n\n", "x.py:1: invalid syntax"),
    "LaTeX": ("x.py", "\\documentclass{article}\n", "unexpected character after line continuation"),
    "a patch": ("x.py", "--- a/backward.py\n+++ b/backward.py\n@@ -1 +1 @@\n", "x.py:3: invalid syntax"),
    "indented without end": (
        "x.py",
        "".join(" " * k + "if x:\n" for k in range(120)),
        "too many levels of indentation",
    ),
    "a formula without end": ("x.py", "x = " + "-" * 60_000 + "1\n", "nested too deeply"),
    "picture called Python": ("x.py", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x.py"),
    "archive called Python": ("x.py", HONEST, "x.py"),
    "program called Python": ("x.py", b"\x7fELF\x02\x01\x01" + bytes(200), "cannot contain null bytes"),
    "half of a character": ("x.py", "x = '\u20ac'\n".encode()[:-3] + b"\n", "unterminated string literal"),
    "UTF-16 cut off": ("x.py", SMALL.encode("utf-16")[:-3], "cannot contain null bytes"),
    # notebooks
    "empty notebook": ("x.ipynb", b"", "not a valid notebook"),
    "no JSON": ("x.ipynb", b"{'cells': []}", "not a valid notebook"),
    "a list": ("x.ipynb", b"[]", "no code cell in this notebook could be read"),
    "no cells": ("x.ipynb", b'{"nbformat": 4}', "no code cell in this notebook could be read"),
    "cells that are none": ("x.ipynb", b'{"cells": 5, "nbformat": 4}', "no code cell in this notebook could be read"),
    "deep JSON": ("x.ipynb", b"[" * 100_000, "not a valid notebook"),
    "huge number": (
        "x.ipynb",
        b'{"nbformat": ' + b"9" * 5000 + b', "cells": []}',
        "not a valid notebook (Exceeds the limit",
    ),
    "a notebook of text": (
        "x.ipynb",
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "hi"}]}),
        "no code cell",
    ),
    "a notebook cut off": ("x.ipynb", notebook(SMALL)[:-20], "not a valid notebook"),
    "a notebook of UTF-16": ("x.ipynb", notebook(SMALL).decode().encode("utf-16"), "not a valid notebook"),
    "a notebook with too much code": ("x.ipynb", notebook("#" * ((1 << 20) + 1)), "its code is larger than"),
    "a notebook in which nothing is right": ("x.ipynb", notebook("def (", "x ="), "no code cell"),
    "a page of a notebook": ("x.ipynb", b"<!DOCTYPE html>", "not a valid notebook"),
    "a script called a notebook": ("x.ipynb", SMALL.encode(), "not a valid notebook"),
    "an archive called a notebook": ("x.ipynb", HONEST, "not a valid notebook"),
    "numbers as source": ("x.ipynb", b'{"cells": [{"cell_type": "code", "source": 5}, 7, null]}', "no code cell"),
    # the wrong thing
    "essay": ("x.pdf", b"%PDF-1.7", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "word": ("x.docx", archive(("word/document.xml", b"<x/>")), "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "tar": ("x.tar.gz", b"\x1f\x8b", "not a readable tar archive"),
    "rar": ("x.rar", b"Rar!", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "seven zip": ("x.7z", b"7z\xbc\xaf", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "picture": ("x.png", b"\x89PNG", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "no ending": ("x", b"def dprobs(n): return n", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
    "compiled": ("x.pyc", b"\xa7\r\r\n", "not a .py, .ipynb, .zip, .tar.gz or .md file"),
}
"""Files that cannot be read, and part of the reason."""

UNWRITTEN, ABSENT = "is not written yet: the function returned None", "x.py has no function dlogprobs"

READABLE: dict[str, tuple[str, bytes | str, str]] = {
    "empty file": ("x.py", b"", ABSENT),
    "a comment": ("x.py", "# I could not do it, sorry\n", ABSENT),
    "UTF-16": ("x.py", SMALL.encode("utf-16"), UNWRITTEN),
    "a mark of UTF-8": ("x.py", b"\xef\xbb\xbf" + SMALL.encode(), UNWRITTEN),
    "Latin-1 without saying so": ("x.py", b"# \xe9\n" + SMALL.encode(), UNWRITTEN),
    "an unknown coding": ("x.py", "# -*- coding: martian -*-\n" + SMALL, UNWRITTEN),
    "old Mac's line ends": ("x.py", SMALL.replace("\n", "\r"), UNWRITTEN),
    "a comment in an archive": ("x.zip", HONEST[:-2] + b"\x05\0hello", UNWRITTEN),
    "something before an archive": ("x.zip", b"#!/bin/sh\n" + HONEST, UNWRITTEN),
    "several discs": ("x.zip", patched(HONEST, b"PK\x05\x06", 4, b"\x01\0"), UNWRITTEN),
    "a transcript": ("x.py", "In [1]: x = 1\nOut[1]: 1\n", ABSENT),
    "endless loop": ("x.py", "while True: pass\n", ABSENT),
    "exit": ("x.py", "import sys\nsys.exit()\n", ABSENT),
    "raises": ("x.py", "raise ValueError('x' * 10**6)\n" + SMALL, UNWRITTEN),
    "memory": ("x.py", "x = [0] * 10**12\n" + SMALL, UNWRITTEN),
    "recursion": ("x.py", "def f(): return f()\nf()\n" + SMALL, UNWRITTEN),
    "prints without end": ("x.py", "for k in range(10**5): print('x' * 1000)\n" + SMALL, UNWRITTEN),
    "escape sequences": ("x.py", "raise ValueError('\\x1b[31m\\x1b]0;owned\\x07')\n", ABSENT),
    "a formula as message": (
        "x.py",
        "def dlogprobs(n): raise ValueError('=cmd|calc!A1')\n",
        "raised ValueError: =cmd|calc!A1",
    ),
    "commands of a CI": (
        "x.py",
        "def dlogprobs(n): raise ValueError('::error::you failed\\n::set-output')\n",
        "raised ValueError: ::error::you failed",
    ),
    "long lines": ("x.py", "x = '" + "a" * 200_000 + "'\n" + SMALL, UNWRITTEN),
    "many functions": ("x.py", "".join(f"def d{k}(n): return n\n" for k in range(4000)), ABSENT),
    "names of ours": ("x.py", "__name__ = 'grader'\n__file__ = '/etc/passwd'\n" + SMALL, UNWRITTEN),
    "a thousand definitions of one": ("x.py", SMALL * 1000, UNWRITTEN),
    "shell in a notebook": (
        "x.ipynb",
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "!rm -rf /\n%magic\n" + SMALL}]}),
        UNWRITTEN,
    ),
}
"""Files that can be read but not graded well, and part of the problem reported for dlogprobs."""
