"""Reading ends in a reading whatever the bytes: with functions, or with one sentence that says what is wrong."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.sandbox.reading.reading import read
from grader.sandbox.types import RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
SEEDS = sorted(str(path) for path in (ROOT / "tests" / "hostile" / "corpus").rglob("*.py"))
NAMES = ["torch", "F", "x", "dx", "dy", "grad", "backward", "autograd", "self", "__class__", "_p", "open", "d", "é"]

FEW, MANY = 30, 150
"""Number of examples of each property in the default tests, and with the mark `slow`."""

MORE: dict[str, Callable[[], None]] = {}
"""The same properties, with many examples."""


def examples(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Like `given`, with few examples or with many."""

    def both(check: Callable[..., None]) -> Callable[[], None]:
        bounded = settings(deadline=None, suppress_health_check=list(HealthCheck))
        MORE[check.__name__] = settings(bounded, max_examples=MANY)(given(*strategies)(check))
        return settings(bounded, max_examples=FEW)(given(*strategies)(check))

    return both


def check(files: dict[str, bytes], *, enabled: bool = True) -> None:
    """The reading can be sent, and contains no internal error."""
    found = read(files, RulesConfig(enabled=enabled))
    reading = found.reading
    assert len(json.dumps(asdict(reading)).encode("utf-8", "surrogatepass")) < 4 << 20
    assert "(internal error:" not in (reading.problem or "")
    assert reading.problem is None or not found.pieces
    assert reading.file.isprintable()
    assert all(text.isprintable() for text in (reading.problem or "", *reading.notes))


names = st.sampled_from(NAMES)
attributes = st.sampled_from([*NAMES, "data", "func", "ops", "sum", "T"])
expressions = st.recursive(
    names | st.sampled_from(["1", "'{0.__globals__}'", "None", "..."]),
    lambda inner: st.one_of(
        st.builds("{}.{}".format, inner, attributes),
        st.builds("{}({}, requires_grad={})".format, inner, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("({} - {}) / {}".format, inner, inner, inner),
        st.builds("(lambda {}: {})".format, names.filter(lambda n: not n.startswith("__")), inner),
        st.builds("[{} for {} in {}]".format, inner, names, inner),
        st.builds("({} := {})".format, names, inner),
        st.builds("getattr({}, '{}')".format, inner, attributes),
        st.builds("f'{{{}}}'".format, names),
        st.builds("{{'requires_grad': {}}}".format, inner),
    ),
    max_leaves=8,
)


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


simple = st.one_of(
    st.builds("{} = {}\n".format, names, expressions),
    st.builds("{}.{} = {}\n".format, names, attributes, expressions),
    st.builds("{}[{}] += {}\n".format, names, expressions, expressions),
    st.builds("{}\n".format, expressions),
    st.builds("import {}\n".format, names),
    st.builds("from {} import {} as {}\n".format, names, attributes, names),
    st.builds("from {} import *\n".format, names),
    st.builds("global {}\n".format, names),
    st.builds("del {}\n".format, names),
    st.builds("return {}\n".format, expressions),
    st.builds("{}: {} = {}\n".format, names, expressions, expressions),
)
statements = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(lambda n, p, e, b: f"def {n}({p}={e}):\n{indented(b)}", names, names, expressions, inner),
        st.builds(lambda n, e, b: f"class {n}({e}):\n{indented(b)}", names, expressions, inner),
        st.builds(lambda n, e, b: f"for {n} in {e}:\n{indented(b)}", names, expressions, inner),
        st.builds(lambda e, b: f"with {e}:\n{indented(b)}", expressions, inner),
        st.builds(lambda n, b, c: f"try:\n{indented(b)}except E as {n}:\n{indented(c)}", names, inner, inner),
        st.builds(
            lambda e, n, b: f"match {e}:\n    case A({n}=k):\n{indented(indented(b))}", expressions, names, inner
        ),
        st.builds(lambda e, b: f"if __name__ == '__main__' or {e}:\n{indented(b)}", expressions, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=6,
)


@examples(st.binary(max_size=2000), st.sampled_from(["a.py", "a.ipynb", "a.zip", "backward.py"]))
@example(b"\xff\xfe\x00", "a.py")
@example(b"PK\x03\x04", "a.zip")
@example(b"# coding: utf-16\n\xff", "a.py")
@example(b"def d\xe9(): pass", "a.py")
def test_any_bytes_can_be_read(data: bytes, name: str) -> None:
    """As a script, as a notebook, as an archive."""
    check({name: data})


@examples(st.text(max_size=500), st.text(max_size=40))
def test_any_text_and_any_name_can_be_read(text: str, name: str) -> None:
    """Names come from archives and file systems."""
    check({f"{name}.py": text.encode("utf-8", "surrogatepass"), f"{name}.ipynb": b"{}"})


@examples(st.lists(statements, max_size=6).map("".join), st.booleans())
def test_any_program_can_be_judged(text: str, enabled: bool) -> None:
    """Programs made of what the rules look for, most of them valid Python."""
    check({"backward.py": text.encode()}, enabled=enabled)


@examples(st.lists(st.lists(statements, max_size=3).map("".join), max_size=5))
@example(["x = = 1", ""])
def test_any_notebook_of_programs_can_be_read(cells: list[str]) -> None:
    """Flat lines among functions, in any order."""
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    check({"n.ipynb": json.dumps({"cells": made}).encode()})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "source", "input", "cell_type", "x"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@examples(json_values)
def test_any_json_can_be_read_as_a_notebook(value: object) -> None:
    """Keys with the right names and values of the wrong types."""
    check({"n.ipynb": json.dumps(value).encode()})
    check({"n.ipynb": json.dumps({"cells": [value, {"cell_type": "code", "source": value}]}).encode()})


@examples(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=20))
def test_any_damaged_attack_can_be_read(path: str, damage: list[tuple[int, int]]) -> None:
    """The hostile corpus with some bytes changed."""
    data = bytearray(Path(path).read_bytes())
    for place, value in damage:
        data[place % len(data)] = value
    check({"backward.py": bytes(data)})


@examples(st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=12), st.integers(0, 400))
def test_any_damaged_archive_can_be_read(damage: list[tuple[int, int]], cut: int) -> None:
    """Including changes to the sizes, offsets, methods and names in its headers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hw/backward.py", "def dx(y): return y\n" * 20)
        archive.writestr("hw/n.ipynb", "{}")
    data = bytearray(buffer.getvalue())
    for place, value in damage:
        data[place % len(data)] = value
    check({"hw.zip": bytes(data[: len(data) - cut] if cut < 200 else data)})


@examples(st.lists(statements, max_size=4).map("".join))
def test_no_gradient_is_invented(text: str) -> None:
    """Reading invents no gradient: each is named in the file (one statement may have several, as a loop over `dx` that
    sets `dy`).
    """
    try:
        ast.parse(text)
    except SyntaxError:
        return
    found = read({"backward.py": text.encode()}, RulesConfig())
    if found.reading.problem is None and not found.reading.findings:
        assert all(not function.findings for function in found.reading.functions.values())
        assert all(name in text for name in found.reading.functions)


@pytest.mark.slow
@pytest.mark.parametrize("name", MORE)
def test_the_properties_hold_for_many_more_examples(name: str) -> None:
    """Each property again."""
    MORE[name]()


HEAVY = {
    "many statements that break a rule": "a[0] = a.grad;" * 18000,
    "a long chain of poisoned names": "".join(f"a{i} = a{i - 1}\n" for i in range(18000)).replace("a-1", "open"),
    "one name bound over and over": "a = a.grad\n" * 23000,
    "many functions that use each other": "".join(f"def d{i}(): return d{i + 1}, open\n" for i in range(7000)),
    "a wide expression": "x = [" + "a.grad," * 36000 + "]",
    "many flat lines": "".join(f"d{i}x = y*d{i - 1}x\n" for i in range(1, 2990)),
    "many parameters": "def dx(" + ",".join(f"a{i}" for i in range(40000)) + "): pass",
    "nested functions": "".join(f"{' ' * i}def f{i}():\n" for i in range(98)) + " " * 98 + "pass\n",
    "a long name": "def d" + "x" * 200000 + "(): pass",
    "many strings for format": "x = ['" + "{a.__b__}" * 25000 + "'.format]",
}


HEAVIEST = (
    "many statements that break a rule", "one name bound over and over", "a wide expression",
    "many functions that use each other", "many flat lines",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in HEAVIEST else ()) for name in HEAVY]
)
def test_a_file_built_to_waste_time_is_read_in_seconds(name: str) -> None:
    """As large as a file may be, and as bad as possible. Seconds of CPU time: others may use the processor."""
    before = time.process_time()
    check({"backward.py": HEAVY[name].encode()})
    assert time.process_time() - before < 10


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_coverage_guided_fuzzing_finds_nothing_in_ten_seconds() -> None:
    """The same checks with inputs from atheris."""
    command = [sys.executable, str(ROOT / "benchmarks" / "fuzz_reading.py"), "--seconds", "10"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
