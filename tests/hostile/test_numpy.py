"""Attacks with numpy, on a layer that is written in it, without the rules: the locks alone hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.exercise.case import build_cases
from grader.exercise.catalogue import solution_file
from grader.exercise.settings import Settings
from grader.exercise.shelf import load_exercise
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.client import Sandbox
from grader.sandbox.limits import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Grade = Callable[[str], dict[str, tuple[str, str]]]

pytestmark = [
    pytest.mark.numpy,
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform != "linux", reason="the locked level needs Linux"),
]

RAW = """\
class Raw:
    __array_interface__ = {{'shape': (1 << 12,), 'typestr': '|u1', 'data': ({address}, False), 'version': 3}}
"""
ATTACKS = {
    "the solution by load": "dx = np.load(SOLUTION, allow_pickle=True)",
    "the solution by loadtxt": "print(open(SOLUTION).read()); dx = np.loadtxt(SOLUTION)",
    "the solution by memmap": "dx = np.memmap(SOLUTION)",
    "the solution by fromfile": "dx = np.fromfile(SOLUTION)",
    "the solution by DataSource": "dx = np.lib.npyio.DataSource().open(SOLUTION)",
    "a file by save": "np.save('/tmp/got_out', dout)",
    "a file by tofile": "dout.tofile('/tmp/got_out')",
    "a file by dump": "dout.dump('/tmp/got_out')",
    "a pickle": "dx = np.load(__import__('io').BytesIO(b'cos\\nsystem\\n.'), allow_pickle=True)",
    "a shared library": "dx = np.ctypeslib.load_library('libc.so.6', '/lib/x86_64-linux-gnu')",
    "ctypes of an array": "dx = x.ctypes.data_as(x.ctypes._ctypes.c_void_p)",
    "a compiler": "import numpy.f2py; numpy.f2py.compile('', 'escaped')",
    "a command": "import numpy; numpy.lib.npyio.os.system('touch /tmp/got_out')",
    "no memory there": RAW.format(address=0x1000) + "dx = np.array(Raw()).sum()",
    "memory written": RAW.format(address="id(dout)") + "a = np.asarray(Raw()); a[:] = 255",
    "far beyond an array": "dx = np.lib.stride_tricks.as_strided(x, (1 << 40,), (8,)).sum()",
    "before an array": "a = np.lib.stride_tricks.as_strided(x, (1 << 30,), (-8,)); a[:] = 0",
    "a gigantic array": "dx = np.ones((1 << 40,))",
    "a gigantic view": "dx = np.broadcast_to(x[0, 0, 0], (1 << 20, 1 << 20))",
    "many dimensions": "dx = np.zeros((1,) * 30)",
    "objects": "dx = np.array([dx, None, print], dtype=object)",
    "records": "dx = np.zeros(3, dtype=[('a', 'f8'), ('b', 'O')])",
    "the other order of bytes": "dx = dx.astype('>f8')",
    "a subclass": "class Mine(np.ndarray):\n    def tobytes(self): return b'escaped'\ndx = dx.view(Mine)",
    "a masked array": "dx = np.ma.array(dx)",
    "dates": "dx = np.zeros(x.shape, dtype='M8[s]')",
    "strings": "dx = np.array(['escaped'])",
    "long doubles": "dx = dx.astype(np.longdouble)",
    "not a number of numpy's": "dx = 3",
}


@pytest.fixture(scope="module")
def graded() -> Iterator[Grade]:
    """Verdict and text of each row of numpy_affine, with lines put before the return."""
    exercise = load_exercise("numpy_affine")
    cases, file = build_cases(exercise, Settings().seed), solution_file(exercise)
    source = file.read_text(encoding="utf-8")

    with Sandbox(imports=("numpy",), timeout=5.0, submission_timeout=20.0, rules=False) as sandbox:
        if sandbox.isolation.level < Level.LOCKED:
            pytest.skip(f"no locked level here: {sandbox.isolation.missing}")

        def grade(lines: str) -> dict[str, tuple[str, str]]:
            written = lines.replace("SOLUTION", repr(str(file))).replace("\n", "\n    ")
            attack = source.replace("    return dx, dw, db", f"    {written}\n    return dx, dw, db")
            submission = Submission("attack", Path("backward.py"), {"backward.py": attack.encode()})
            rows = start_grading(exercise, submission, sandbox, Settings(), cases).rows()
            return {row.name: (row.verdict, f"{row.problem}{row.printed}{row.notes}") for row in rows}

        yield grade


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_attack_with_numpy_gets_nothing_and_changes_nothing(graded: Grade, attack: str) -> None:
    """Its row is lost, out is either right or lost with it, and the next submission is graded as before."""
    honest = graded("pass")
    assert {verdict for verdict, _ in honest.values()} <= {"correct", "exact"}
    rows = graded(ATTACKS[attack])
    assert rows["dx"][0] not in ("correct", "exact") or attack.startswith(("memory written", "before an array"))
    assert not any("escaped" in text or "def affine" in text for _, text in rows.values())
    assert not list(Path("/tmp").glob("got_out*"))
    assert graded("pass") == honest


@pytest.mark.parametrize(
    "name", ["ndarray", "float64", "dtype", "frombuffer", "array", "zeros", "random", "asarray", "copyto", "generic"]
)
def test_what_a_patched_numpy_answers_is_no_one_else_s(graded: Grade, name: str) -> None:
    """The grader's own functions were bound before; the rows are those of the arrays that were returned."""
    rows = graded(f"np.{name} = lambda *a, **k: 'escaped'; import numpy; numpy.{name} = np.{name}")
    assert {verdict for verdict, _ in rows.values()} <= {"correct", "exact"}
    assert {verdict for verdict, _ in graded("pass").values()} <= {"correct", "exact"}
