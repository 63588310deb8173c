"""Reading a submission: which file, in which encoding, from which archive or notebook, and what cannot be read."""

from __future__ import annotations

import codecs
import io
import json
import random
import stat
import struct
import sys
import time
import zipfile
from pathlib import Path

import pytest

from grader.exercise.shelf import load_exercise
from grader.sandbox.reading.reading import Submitted, read
from grader.sandbox.reading.source import newer
from grader.sandbox.types import Parameter, Reading, RulesConfig

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
RULES = RulesConfig()
NOISE = random.Random(0).randbytes(1 << 20)
ANSWER = b"def dx(y):\n    return y\n"


def reading(**files: bytes) -> Reading:
    return read({name.replace("__", "/").replace("_", "."): data for name, data in files.items()}, RULES).reading


def read_text(text: str | bytes) -> Submitted:
    return read({"backward.py": text.encode() if isinstance(text, str) else text}, RULES)


def ran(found: Submitted) -> dict[str, object]:
    """What the code defines when it is run."""
    space: dict[str, object] = {}
    for piece in found.pieces:
        exec(piece.code, space)
    return space


def zipped(members: dict[str, bytes], **attributes: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = attributes.get("mode", stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def notebook(*cells: str, **more: object) -> bytes:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"nbformat": 4, "cells": made, **more}).encode()


def parameters(found: Reading) -> dict[str, list[str]]:
    return {name: [parameter.name for parameter in f.parameters] for name, f in found.functions.items()}


# which file


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["backward.py"], "backward.py"),
        (["Backward.PY", "other.py"], "Backward.PY"),
        (["week4/mlp/backward.py", "week4/forward.py"], "week4/mlp/backward.py"),
        (["a/b/backward.py", "a/backward.py"], "a/backward.py"),
        (["hw.py"], "hw.py"),
        (["conftest.py", "forward.py", "hw.py"], "hw.py"),
        (["forward.py"], "forward.py"),
        ([".hidden/backward.py", "__MACOSX/._backward.py", "hw.py"], "hw.py"),
        ([".ipynb_checkpoints/a.ipynb", "b.py"], "b.py"),
        (["C:\\work\\backward.py", "other.py"], "C:\\work\\backward.py"),
    ],
)
def test_the_learners_file_is_found_wherever_it_is(files: list[str], chosen: str) -> None:
    """Wrong folder, wrong case, another file name: no reason for a zero."""
    found = read(dict.fromkeys(files, ANSWER), RULES).reading
    assert (found.file, found.problem) == (chosen, None)
    assert "dx" in found.functions


def test_of_several_files_the_one_with_the_most_answers_is_read_and_the_others_are_named() -> None:
    """`d*` functions are counted, in notebooks as well."""
    files = {"a.py": ANSWER, "b.py": ANSWER * 1 + b"def dy(y): return y\n", "c.py": b"def helper(): pass\n"}
    found = read(files, RULES).reading
    assert found.file == "b.py"
    assert found.notes == ("read: b.py; not read: a.py, c.py",)
    files["n.ipynb"] = notebook("def dx(): return 1\ndef dy(): return 2", "dz = 1\ndw = 2\ndv = 3")
    assert read(files, RULES).reading.file == "n.ipynb"


@pytest.mark.parametrize("files", [{}, {"a.txt": b"x"}, {"__pycache__/a.py": b"x"}, {"a.zip": zipped({"a.txt": b"x"})}])
def test_nothing_to_read_is_reported_in_a_sentence(files: dict[str, bytes]) -> None:
    """It says what was expected."""
    found = read(files, RULES).reading
    assert found.problem == "no Python file or notebook was found; expected backward.py"


@pytest.mark.parametrize("files", [{"forward.py": b"x = 1"}, {"a/forward.py": b"", "a/__init__.py": b""}])
def test_a_forward_pass_alone_is_not_an_answer(files: dict[str, bytes]) -> None:
    """Somebody deleted backward.py, or submitted the wrong file."""
    found = read(files, RULES).reading
    assert found.problem == f"no backward.py was found, only {', '.join(sorted(files))}"


def test_an_empty_file_has_no_functions_and_no_problem() -> None:
    """Not started is not broken."""
    found = read_text("")
    assert (found.reading.functions, found.reading.problem) == ({}, None)


# functions


def test_functions_are_described_from_the_syntax_tree() -> None:
    """Name, lines and every kind of parameter."""
    found = read_text(
        "@staticmethod\ndef dx(a, /, b, c=1, *d, e, f=2, **g):\n    return a\n\n"
        "dy = dz = lambda u, v=1: u\nasync def dw(): pass\nif 1:\n    def dv(): pass\n"
        "try:\n    pass\nexcept ValueError:\n    def du(): pass\nmatch 1:\n    case _:\n        def dt(): pass\n"
        "class A:\n    def ds(self): pass\ndef gradients(): pass\ndef helper(): pass\ndq = 3\n"
    ).reading
    assert found.functions.keys() == {"dx", "dy", "dz", "dw", "dv", "du", "dt", "gradients"}
    assert (found.functions["dx"].line, found.functions["dx"].end_line) == (2, 3)
    assert found.functions["dx"].parameters == (
        Parameter("a", "positional_only", has_default=False),
        Parameter("b", "positional", has_default=False),
        Parameter("c", "positional", has_default=True),
        Parameter("d", "var_positional", has_default=False),
        Parameter("e", "keyword_only", has_default=False),
        Parameter("f", "keyword_only", has_default=True),
        Parameter("g", "var_keyword", has_default=False),
    )
    assert [p.name for p in found.functions["dy"].parameters] == ["u", "v"]


def test_of_two_functions_with_one_name_the_last_counts_and_a_note_says_so() -> None:
    """As in Python."""
    found = read_text("def dx(a): return a\ndef dx(b): pass\n").reading
    assert parameters(found) == {"dx": ["b"]}
    assert found.asides == ("backward.py:2: dx is defined more than once; the last one counts",)


def test_what_was_read_is_what_runs() -> None:
    """The code's own file name and lines appear in tracebacks; nothing of the grader's is inherited."""
    found = read_text("def dx():\n    return 1 / 0\n")
    space = ran(found)
    with pytest.raises(ZeroDivisionError) as caught:
        space["dx"]()  # type: ignore[operator]
    entry = caught.traceback[-1]
    assert (entry.frame.code.raw.co_filename, entry.lineno + 1) == ("backward.py", 2)
    assert found.pieces[0].code.co_flags & 0x1000000 == 0


# encodings

TEXT = "def dx(y):\n    # Größe, été\n    return y\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        b"# -*- coding: latin-1 -*-\n" + TEXT.encode("latin-1"),
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n" + TEXT.encode("cp1252"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        b"# coding: rot13\n" + TEXT.encode(),
        b"# coding: no-such-encoding\n" + TEXT.encode(),
        TEXT.encode() + b"\x0c\n",
    ],
)
def test_every_usual_encoding_is_read(data: bytes) -> None:
    """From editors and shells on all platforms; an encoding that would have to be imported is not."""
    found = read_text(data).reading
    assert (found.problem, list(found.functions), found.notes) == (None, ["dx"], ())


def test_bytes_in_no_encoding_are_read_as_latin_1_with_a_note() -> None:
    """The formulas are ASCII; only comments suffer."""
    found = read_text(TEXT.encode("latin-1")).reading
    assert list(found.functions) == ["dx"]
    assert found.notes == ("backward.py: not UTF-8 and no encoding declared, read as Latin-1",)


# what cannot be read


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("def dx(y)\n    return y\n", 1, "backward.py:1: invalid syntax: expected ':'"),
        ("\n\nx = = 1\n", 3, "backward.py:3: invalid syntax"),
        ("def dx(y):\nreturn y\n", 2, "backward.py:2: invalid syntax: expected an indented block"),
        ("if 1:\n\tx = 1\n        y = 2\n", 3, "backward.py:3: invalid syntax: "),
        ("x = '\n", 1, "backward.py:1: invalid syntax: unterminated string literal"),
        ("x = “1”\n", 1, "backward.py:1: invalid syntax: invalid character '“'"),
        ("x = 1\nreturn x\n", 2, "backward.py:2: invalid syntax: 'return' outside function"),
        ("def f():\n    x = 1\n    global x\n", 3, "backward.py:3: invalid syntax: name 'x' is assigned to before"),
        ("print 'x'\n", 1, "backward.py:1: invalid syntax: Missing parentheses"),
        ("x = '\x00'\n", None, "backward.py"),
        ("(" * 300 + ")" * 300, 1, "backward.py:1: invalid syntax: too many nested parentheses"),
        ("x" + "[0]" * 50000, None, "backward.py: the code is nested too deeply to be read"),
        ("-" * 100000 + "1", None, "backward.py: the code is nested too deeply to be read"),
        ("x = " + "1+" * 60000 + "1", None, "backward.py: the code is nested too deeply to be read"),
        ("x" * (256 << 10) + "y", None, "backward.py: the file is larger than 256 KB"),
        ("x = " + "9" * 5000, 1, "backward.py:1: invalid syntax: Exceeds the limit"),
    ],
    ids=range(16),
)
def test_what_is_not_python_is_one_sentence_with_its_line(text: str, line: int | None, sentence: str) -> None:
    """Syntax errors, Python 2, bombs for the parser and for the compiler."""
    found = read_text(text)
    assert not found.pieces
    assert found.reading.problem is not None
    assert found.reading.problem.startswith(sentence)
    assert line is None or found.reading.line == line
    assert "\n" not in found.reading.problem


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1\n\tx = = \x1b[31m 2\n", ": `x = = ?[31m 2`"),
        ("def f():\n    x = 1\n    global x\n", ": `global x`"),
        ("x = = " + "1" * 500, ": `x = = " + "1" * 94 + "...`"),
        ("x = = 1 # \u202e\r\n", ": `x = = 1 # ?`"),
    ],
)
def test_a_syntax_error_shows_its_line(text: str, shown: str) -> None:
    """Short, on one line, and without what could control a terminal."""
    problem = read_text(text).reading.problem
    assert problem is not None
    assert problem.endswith(shown)


def test_any_other_failure_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the reader must not stop the grading of a class; the fuzzers look for the word `internal`."""

    def fails(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr("grader.sandbox.reading.reading.decode", fails)
    assert read_text("").reading.problem == "backward.py: the file could not be read (internal error: KeyError)"


def test_a_formula_that_only_the_compiler_finds_too_deep_is_a_sentence() -> None:
    """The parser accepts a longer chain than the compiler."""
    texts = ["x = " + "-" * terms + "1" for terms in (100, 500, 2000)]
    texts += ["x = " + "1+" * terms + "1" for terms in (500, 2000, 2900, 4000)]
    problems = {read_text(text).reading.problem for text in texts}
    assert problems == {None, "backward.py: the code is nested too deeply to be read"}


def test_a_long_formula_is_not_a_bomb() -> None:
    """Five hundred terms nest five hundred deep."""
    assert read_text("def dx(y): return " + "+".join(["y"] * 500)).reading.problem is None


def test_names_and_messages_cannot_break_a_report() -> None:
    """File names come from archives, messages from the source."""
    found = read({"a\x1b[31m\n\u202e.py": b"x = = 1"}, RULES).reading
    assert found.file.isprintable()
    assert found.problem is not None
    assert found.problem.isprintable()


# archives


def test_a_zip_archive_is_read_in_memory() -> None:
    """Including folders, other files and the shadow files of macOS."""
    data = zipped({"hw/": b"", "hw/backward.py": ANSWER, "hw/notes.txt": b"x", "__MACOSX/hw/._backward.py": b"\0"})
    assert reading(hw_zip=data).file == "hw/backward.py"


def test_a_file_beside_an_archive_wins() -> None:
    """An unpacked file is what was meant."""
    assert read({"old.zip": zipped({"backward.py": b"x = = 1"}), "hw.py": ANSWER}, RULES).reading.file == "hw.py"


def encrypted() -> bytes:
    data = bytearray(zipped({"backward.py": ANSWER}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + offset, 1)
    return bytes(data)


def wrong_size() -> bytes:
    """The central directory says 10 bytes; the data have 3 MB."""
    data = bytearray(zipped({"backward.py": b"#" * (3 << 20)}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no archive", "hw.zip: not a readable zip archive"),
        (b"PK\x05\x06" + bytes(18), "no Python file or notebook was found"),
        (zipped({"backward.py": ANSWER})[:-30], "hw.zip: not a readable zip archive"),
        (
            zipped({f"{i}.py": b"" for i in range(501)}),
            "hw.zip: the archive contains 501 Python files and notebooks; at most 500 are read",
        ),
        (zipped({"../backward.py": ANSWER}), "hw.zip: a file in the archive would be unpacked outside its folder"),
        (zipped({"/etc/backward.py": ANSWER}), "hw.zip: a file in the archive would be unpacked outside its folder"),
        (zipped({"a\\..\\b.py": ANSWER}), "hw.zip: a file in the archive would be unpacked outside its folder"),
        (zipped({"C:b.py": ANSWER}), "hw.zip: a file in the archive would be unpacked outside its folder"),
        (zipped({"a" * 300 + ".py": ANSWER}), "hw.zip: a file name in the archive is too long"),
        (
            zipped({"backward.py": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777),
            "hw.zip: 'backward.py' in the archive is a",
        ),
        (zipped({"backward.py": b""}, mode=stat.S_IFIFO | 0o777), "hw.zip: 'backward.py' in the archive is a link or"),
        (encrypted(), "hw.zip: the archive is encrypted ('backward.py'); submit it without a password"),
        (
            zipped({"backward.py": bytes(10 << 20)}),
            "hw.zip: 'backward.py' in the archive has an implausible compression ratio",
        ),
        (zipped({"a.py": NOISE + b"#" * 200}), "hw.zip: 'a.py' in the archive is larger than 1 MB"),
        (
            zipped({f"{i}.py": NOISE[:-999] for i in range(6)}),
            "hw.zip: the code in the archive takes more than 4 MB",
        ),
        (wrong_size(), "hw.zip: "),
    ],
    ids=range(16),
)
def test_an_archive_that_no_honest_tool_writes_is_one_sentence(data: bytes, sentence: str) -> None:
    """Counts, names, sizes, ratios, encryption, links."""
    found = reading(hw_zip=data)
    assert found.problem is not None
    assert found.problem.startswith(sentence)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_one_name_twice_is_refused() -> None:
    """Whichever file were read, the other might have been meant."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("backward.py", ANSWER)
        archive.writestr("backward.py", b"")
    assert reading(hw_zip=buffer.getvalue()).problem == "hw.zip: the archive contains 'backward.py' twice"


def test_an_archive_of_an_unknown_method_is_one_sentence() -> None:
    """A compression method that this Python lacks."""
    data = bytearray(zipped({"backward.py": ANSWER}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(signature) + offset, 99)
    assert "not a readable zip archive" in str(reading(hw_zip=bytes(data)).problem)


# notebooks


def test_functions_imports_and_constants_are_taken_from_a_notebook_and_nothing_else() -> None:
    """The rest is never run: files, plots, the forward pass, autograd's backward pass."""
    found = read(
        {
            "net.ipynb": notebook(
                "import torch\n%matplotlib inline\n!pip install x\nwords = open('names.txt').read()\n",
                "eps = 1e-5\nshape = (32, -27)\nloss.backward()\nclass A: pass\n",
                "# the answer\ndef helper(x):\n    return x\n\ndef dx(y):\n    return helper(y) * eps\n",
                "dy = lambda u: u\n",
            )
        },
        RULES,
    )
    assert found.reading.problem is None
    assert found.reading.findings == ()
    assert parameters(found.reading) == {"dx": ["y"], "dy": ["u"]}
    assert (found.reading.functions["dx"].file, found.reading.functions["dx"].line) == ("net.ipynb cell 3", 5)
    space = ran(found)
    assert space["dx"](2) == 2e-5  # type: ignore[operator]
    assert "words" not in space
    assert "def dx(y):" in found.source
    assert "words" not in found.source


def test_lines_in_a_notebook_are_those_of_its_cells() -> None:
    """In findings and in tracebacks."""
    found = read(
        {"n.ipynb": notebook("import torch", "x = 1\n\ndef dx(y):\n    a = 1\n    return y.grad / 0\n")}, RULES
    )
    finding = found.reading.functions["dx"].findings[0]
    assert (finding.file, finding.line) == ("n.ipynb cell 2", 5)
    found = read({"n.ipynb": notebook("import torch", "x = 1\n\ndef dx(y):\n    a = 1\n    return y / 0\n")}, RULES)
    space = ran(found)
    with pytest.raises(ZeroDivisionError) as caught:
        space["dx"](1)  # type: ignore[operator]
    entry = caught.traceback[-1]
    assert entry.frame.code.raw.co_filename == found.reading.file
    assert found.place is not None
    assert found.place(entry.lineno + 1) == ("n.ipynb cell 2", 5)


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\ndef dx(y): return y",
        "%load_ext x\ndef dx(y): return y\n?dx\ndx??\n%timeit dx(1)",
        "files = !ls\ndef dx(y): return y",
        "t = %time f()\ndef dx(y):\n    !ls\n    return y",
        "def dx(y):\n    return (y\n        % 3)",
    ],
)
def test_magics_are_dropped_and_formulas_are_not(cell: str) -> None:
    """A line that starts with % may continue a formula."""
    assert parameters(reading(n_ipynb=notebook(cell))) == {"dx": ["y"]}


@pytest.mark.parametrize("cell", ["%%bash\ndef dx(y): return y", "%%html\n<b>", "%%writefile a.py\ndef dx(): pass"])
def test_cells_in_another_language_are_dropped(cell: str) -> None:
    """Whatever they look like."""
    assert parameters(reading(n_ipynb=notebook(cell, "def dy(): pass"))) == {"dy": []}


def test_a_broken_cell_costs_only_that_cell() -> None:
    """A note for the instructor says which."""
    found = reading(n_ipynb=notebook("def dx(): pass", "def dy(:", "def dz(): pass"))
    assert found.functions.keys() == {"dx", "dz"}
    assert found.notes == ("n.ipynb cell 2:1: skipped: invalid syntax: `def dy(:`",)


def test_a_cell_that_is_broken_beside_its_magics_says_what_is_broken() -> None:
    """The broken line, not the magic's."""
    found = reading(n_ipynb=notebook("x = 1\n%matplotlib inline\ny = = 2", "'\ud800'", "def dz(): pass"))
    assert found.functions.keys() == {"dz"}
    assert found.notes[0].startswith("n.ipynb cell 1:3: skipped: invalid syntax")
    assert found.notes[1].startswith("n.ipynb cell 2: skipped: not valid Python text")


def test_the_older_notebook_format_is_read() -> None:
    """Format 3 has worksheets and `input`."""
    cells = [
        {"cell_type": "code", "input": "def dx(y): return y"},
        {"cell_type": "markdown", "source": "def dz(): pass"},
    ]
    assert parameters(reading(n_ipynb=json.dumps({"worksheets": [{"cells": cells}, 3]}).encode())) == {"dx": ["y"]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"{", "n.ipynb: not a valid notebook ("),
        (b"\xff\xfe", "n.ipynb: not a valid notebook ("),
        (b"[" * 100000, "n.ipynb: not a valid notebook ("),
        (b"[]", "n.ipynb: no code cell in this notebook could be read"),
        (b'{"cells": 3}', "n.ipynb: no code cell in this notebook could be read"),
        (b'{"cells": [3, {"cell_type": "code", "source": {}}]}', "n.ipynb: no code cell"),
        (notebook("x = = 1"), "n.ipynb: no code cell in this notebook could be read: n.ipynb cell 1:1: invalid syntax"),
        (b"9" * 5000, "n.ipynb: not a valid notebook ("),
        (b" " * ((1 << 20) + 1), "n.ipynb: not a valid notebook ("),
        (notebook("x = 1\n" * (1 << 18)), "n.ipynb: its code is larger than 1 MB; submit only your own cells"),
    ],
    ids=range(10),
)
def test_a_file_that_is_not_a_notebook_is_one_sentence(data: bytes, sentence: str) -> None:
    """Broken JSON, bombs, other documents, sizes."""
    assert str(reading(n_ipynb=data).problem).startswith(sentence)


# flat lines

FORWARD = (
    "n = batch_size\nXb, Yb = Xtr[ix], Ytr[ix]",
    "emb = C[Xb]\nprobs = counts*counts_sum_inv\nlogits = h @ W2 + b2",
)


def flat(*cells: str) -> Submitted:
    files = {"n.ipynb": notebook("import torch\nimport torch.nn.functional as F", *FORWARD, *cells)}
    return read(files, RULES, load_exercise("mlp").wanted)


def test_flat_lines_become_functions_that_take_what_they_read() -> None:
    """Gradients and forward values become parameters; intermediate values of the same cell are included."""
    found = flat(
        "dlogprobs = torch.zeros_like(logprobs)\ndlogprobs[range(n), Yb] = -1.0/n\n"
        "dprobs = (1.0 / probs) * dlogprobs\ncmp('probs', dprobs, probs)\n"
        "dcounts = counts_sum_inv * dprobs\ndcounts_sum = (-counts_sum**-2) * dcounts\n"
        "dcounts += torch.ones_like(counts) * dcounts_sum\n"
        "mask = F.one_hot(logits.max(1).indices, num_classes=logits.shape[1])\nscale = 2\nscale += 1\n"
        "dlogits = mask * dcounts.clone() * scale\n"
        "dW1, db1 = embcat.T @ dlogits, dlogits.sum(0)\n"
    )
    assert parameters(found.reading) == {
        "dlogprobs": ["logprobs", "n", "Yb"],
        "dprobs": ["probs", "dlogprobs"],
        "dcounts": ["counts_sum_inv", "dprobs", "counts", "dcounts_sum"],
        "dcounts_sum": ["counts_sum_inv", "dprobs", "counts_sum"],  # dcounts, before its last line
        "dlogits": ["logits", "dcounts"],
        "dW1": ["embcat", "dlogits"],
        "db1": ["embcat", "dlogits"],
    }
    assert "def dlogits(logits, dcounts):\n    mask = F.one_hot(" in found.source


def test_loops_that_fill_a_gradient_and_blocks_around_lines_are_followed() -> None:
    """The double loop of dC, in-place methods, `with torch.no_grad():`."""
    found = flat(
        "dC = torch.zeros_like(C)\nfor k in range(Xb.shape[0]):\n  for j in range(Xb.shape[1]):\n"
        "    ix = Xb[k,j]\n    dC[ix] += demb[k,j]\n",
        "with torch.no_grad():\n    dW1 = torch.zeros_like(W1)\n    dW1.index_add_(0, Xb.view(-1), demb)\n",
        "parts = []\nfor a in dembcat:\n    parts.append(a)\ndemb = torch.stack(parts)\n",
        "total = 0\nwhile total < n:\n    total += 1\ndh = total * probs\n",
    )
    assert parameters(found.reading) == {
        "dC": ["C", "Xb", "demb"],
        "dW1": ["W1", "Xb", "demb"],
        "demb": ["dembcat"],
        "dh": ["n", "probs"],
    }
    space = ran(found)
    assert space["dh"](3, 2) == 6  # type: ignore[operator]


def test_of_several_versions_of_a_gradient_the_main_cells_is_taken_with_a_note() -> None:
    """Exercise 1 of the lecture, not the one-line variations of exercises 2 and 3."""
    found = flat(
        "dprobs = probs\ndlogits = dprobs + 1\ndh = dlogits @ W2.T", "dlogits = F.softmax(logits, 1)\ndlogits /= n"
    )
    assert parameters(found.reading)["dlogits"] == ["dprobs"]
    assert "n.ipynb cell 4:2: dlogits is assigned 2 times; this assignment was used" in found.reading.notes


def test_a_branch_around_the_backward_pass_is_entered() -> None:
    """With the lines of each gradient for itself; autograd's branch is left out."""
    found = flat("if BY_HAND:\n    dh = dlogits @ W2.T\n    dW2 = h.T @ dlogits\nelse:\n    loss.backward()\n")
    assert parameters(found.reading) == {"dh": ["dlogits", "W2"], "dW2": ["h", "dlogits"]}
    assert not any(function.findings for function in found.reading.functions.values())


def test_a_line_that_only_shows_a_gradient_is_not_part_of_it() -> None:
    """A method changes its object if its name says so."""
    found = flat("dh = dlogits @ W2.T\ndh.numpy()\ndb2 = dlogits.sum(0)\ndb2.mul_(1)")
    assert "numpy" not in found.source
    assert "db2.mul_(1)" in found.source


def test_of_two_attempts_by_different_routes_the_last_counts() -> None:
    """Where no heading says which exercise a cell belongs to."""
    found = flat("dbnvar = dbnvar_inv * 2", "dbnvar = (bndiff * dbnraw).sum(0, keepdim=True)")
    assert parameters(found.reading) == {"dbnvar": ["bndiff", "dbnraw"]}


def test_a_magic_may_go_on_to_the_next_line_and_the_lectures_modules_need_no_import() -> None:
    """A cell with both keeps its other lines."""
    cells = ["!pip install -q \\\n    torch\nimport math", "dh = torch.tanh(F.relu(dlogits @ W2.T))"]
    found = read({"n.ipynb": notebook(*cells)}, RULES, load_exercise("mlp").wanted)
    assert parameters(found.reading) == {"dh": ["dlogits", "W2"]}
    assert found.source.startswith("import torch\nimport torch.nn.functional as F\n")


def test_a_function_takes_precedence_over_flat_lines() -> None:
    """A function was written on purpose."""
    found = flat("def dprobs(probs): return probs\ndprobs = 1*probs\ndlogits = 2*dprobs")
    assert found.source.count("def dprobs") == 1
    assert parameters(found.reading) == {"dprobs": ["probs"], "dlogits": ["dprobs"]}


def test_other_names_with_d_are_not_gradients_and_constants_that_change_are_not_constants() -> None:
    """`device`, `data`; `k = 3` and later `k = len(x)`."""
    found = flat("device = 'cpu'\ndata = 3\nk = 3", "k = len(probs)\ndprobs = k * probs")
    assert parameters(found.reading) == {"dprobs": ["probs"]}
    assert "k = len(probs)" in found.source


def test_a_script_of_flat_lines_is_read_like_the_notebook_it_came_from() -> None:
    """The exporting tool marked the cells; without marks, the forward pass ends at the first gradient."""
    text = "import torch\n{0}n = 32 * size\nprobs = counts * inv\n{0}k = probs.sum()\ndprobs = probs * n * k\n"
    for mark in ("# In[3]:\n", "# %%\n"):
        found = read_text(text.format(mark))
        assert parameters(found.reading) == {"dprobs": ["size", "probs"]}
    assert parameters(read_text(text.format("")).reading) == {"dprobs": ["size", "probs"]}


def test_a_script_with_functions_is_left_as_it_is() -> None:
    """`dscale = 2` beside them is a global of theirs."""
    found = read_text("dscale = 2\ndef dx(y): return y * dscale\n")
    assert parameters(found.reading) == {"dx": ["y"]}
    assert found.source == ""


def test_names_bound_by_a_lambda_or_a_comprehension_are_not_forward_values() -> None:
    """They are local."""
    found = flat("dprobs = sum(map(lambda p: p + bias, [q for q in probs]))")
    assert parameters(found.reading) == {"dprobs": ["bias", "probs"]}


def test_too_many_flat_lines_are_not_followed() -> None:
    """A file built to waste the reader's time."""
    found = read_text("dx1 = y\n" * 3001)
    assert found.reading.functions == {}
    assert found.reading.notes == ("backward.py: more than 3000 lines outside functions: none of them was graded",)


def test_flat_lines_that_use_autograd_cost_only_their_own_gradient() -> None:
    """The rules apply to the generated functions as to any other."""
    found = flat("dprobs = probs.grad\ndlogits = 2*dprobs")
    assert [f.rule for f in found.reading.functions["dprobs"].findings] == ["autograd"]
    assert found.reading.functions["dlogits"].findings == ()


@pytest.mark.parametrize("path", sorted(Path(__file__).resolve().parents[2].glob("solutions/*/backward.py")), ids=str)
def test_every_worked_solution_reads_without_a_note(path: Path) -> None:
    """The project's own answers would be the first false alarms."""
    form = load_exercise(path.parent.name).settings.form
    rules = RulesConfig(("numpy",), function=form is not None and form.style == "autograd")
    found = read({"backward.py": path.read_bytes()}, rules).reading
    assert (found.problem, found.findings, found.notes) == (None, (), ())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("backward.py", b'"""' + b"\n" * 200_000 + b'"""\n'),
        pytest.param(
            *("backward.py", b"from __future__ import annotations\n" * 3000 + b"x\n" * 20_000), marks=pytest.mark.slow
        ),
        ("a.ipynb", notebook("y = (\n" + " " * 2500 + "x\n")),
        pytest.param(
            *("a.ipynb", notebook("".join(f"def a{i}(): return a{i + 1}()\n" for i in range(2500)))),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["empty lines between quotes", "imports from __future__", "spaces", "helpers that use each other"],
)
def test_no_text_takes_time_out_of_proportion(name: str, data: bytes) -> None:
    begun = time.monotonic()
    read({name: data}, RULES, load_exercise(EXERCISES / "mlp").wanted)
    assert time.monotonic() - begun < 20


def test_a_number_without_end_is_no_exercise() -> None:
    found = reading(a_ipynb=notebook(f"# Exercise {'9' * 5000}\ndef dx(y):\n    return y\n"))
    assert list(found.functions) == ["dx"]
    assert found.problem is None


def test_of_very_many_statements_that_may_fail_the_last_are_run_together() -> None:
    submitted = read_text("x = 1\n" * 2500 + "def dx(y):\n    return y\n")
    assert len(submitted.pieces) == 2001
    assert submitted.pieces[-1].binds == {"x", "dx"}


@pytest.mark.parametrize(
    ("said", "line", "running", "version"),
    [
        ("expected '('", "def f[T](x): return x", (3, 11), "3.12"),
        ("invalid syntax", "class A[T]:", (3, 11), "3.12"),
        ("invalid syntax", "type Pair = tuple[int, int]", (3, 11), "3.12"),
        ("f-string: unmatched '['", """print(f"{d["a"]}")""", (3, 11), "3.12"),
        ("unterminated string literal (detected at line 1)", 'x = f"{a', (3, 11), "3.12"),
        ("multiple exception types must be parenthesized", "except KeyError, ValueError:", (3, 13), "3.14"),
        ("invalid syntax", "x = t'{a}'", (3, 13), "3.14"),
        ("expected '('", "def f[T](x): return x", (3, 12), ""),
        ("invalid syntax", 'print(f"{a}" b)', (3, 11), ""),
        ("invalid syntax", "types = = 3", (3, 11), ""),
        ("invalid syntax", "", (3, 11), ""),
    ],
)
def test_a_line_of_a_newer_python_names_the_version(
    said: str, line: str, running: tuple[int, int], version: str
) -> None:
    """It is right where the learner runs it."""
    ours = ".".join(map(str, running))
    expected = f" (read by Python {ours}; Python {version} may accept this line)" if version else ""
    assert newer(said, line, running) == expected


def test_the_version_stands_before_the_line() -> None:
    """As the terminal expects it."""
    problem = read_text("def dx(y):\n    return y\ntype X = = 3\n").reading.problem
    version = ".".join(map(str, sys.version_info[:2]))
    added = f" (read by Python {version}; Python 3.12 may accept this line)" if sys.version_info < (3, 12) else ""
    assert problem is not None
    assert problem.endswith(f":3: invalid syntax{added}: `type X = = 3`")
