"""Submissions that try to exhaust the memory of the grader's own processes, among honest ones, under a limit."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from classroom import hand_in, zipped

from grader.classroom.batch.grades import read_rows
from grader.exercise.shelf import load_exercise

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc says what a process has held at most"),
]

ROOT = Path(__file__).resolve().parents[2]
LARGEST = "gpt2_block"
LIMIT = 768
"""Memory limit in MB for each of the grader's own processes."""
HONEST = 8
SAMPLE_SECONDS = 0.02
HEAD = "import torch\nFLOAT, kept = torch.get_default_dtype, []\n"


class Watched:
    """A batch whose processes, except for locked children, are killed above the limit, as by the kernel.

    The kernel records the peak (VmHWM), so nothing is missed between two checks.
    """

    def __init__(self, *words: str) -> None:
        self.peak = 0
        """Peak memory in MB of the largest process."""
        self._batch = psutil.Popen(
            [sys.executable, "-m", "grader", "batch", *words, "-q"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._watching = threading.Thread(target=self._watch)
        self._watching.start()

    def end(self) -> tuple[int, str]:
        """The exit code and the output."""
        _, said = self._batch.communicate(timeout=200)
        self._watching.join()
        return self._batch.returncode, said.decode()

    def _watch(self) -> None:
        while self._batch.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since
                for process in [self._batch, *self._batch.children(recursive=True)]:
                    held = held_at_most(process.pid)
                    self.peak = max(self.peak, held)
                    if held > LIMIT:
                        process.kill()
            time.sleep(SAMPLE_SECONDS)


def held_at_most(pid: int) -> int:
    """Peak memory of a process in MB; 0 if it is locked or has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return 0 if fields["Seccomp"].strip() != "0" else int(fields.get("VmHWM", "0 kB").split()[0]) // 1024


def everywhere(body: str, *, chance: float = 1.0, seed: int = 0) -> str:
    """The same body for every gradient: each has upstream gradients as parameters, and its variable as `x`.

    Args:
        body: code, in which TOTAL is replaced by the sum of the parameters and MINE by the variable's name.
        chance: probability of each parameter.
        seed: random seed for the choice.
    """
    exercise, choice = load_exercise(LARGEST), random.Random(seed)
    source = HEAD
    for variable in exercise.graded:
        below = sorted(exercise.downstream(variable) & {*exercise.graded, "loss"})
        asked = [f"d{name}" for name in below if choice.random() < chance]
        total = " + ".join([f"{name}.sum()" for name in asked] or ["1"])
        written = body.replace("TOTAL", f"({total})").replace("MINE", f"'{variable}'")
        lines = "".join(f"    {line}\n" for line in written.splitlines())
        source += f"def d{variable}({', '.join([*asked, variable])}):\n    x = {variable}\n{lines}"
    return source


def bomb() -> bytes:
    """A hundred kilobytes that unpack to a hundred megabytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("backward.py", bytes(100 << 20))
    return buffer.getvalue()


def notebook(source: str, output: int) -> bytes:
    """A notebook with one cell, whose output has this many bytes."""
    cell = {"cell_type": "code", "source": source, "outputs": [{"data": {"image/png": "A" * output}}]}
    return json.dumps({"nbformat": 4, "cells": [cell]}).encode()


def hostile() -> Iterator[tuple[str, str | bytes, str]]:
    """File, content and the status that its row comes to; what stands before the first `/` is the submission's name."""
    odd = "return torch.ones(255, 255, dtype=FLOAT())"
    # Zero on the given case, which is the smallest, but not on others: sums of only zeros are not tried.
    empty = "kept.append(MINE)\nreturn torch.ones((1, 1) if kept.count(MINE) > 1 else (0, 1 << 30), dtype=FLOAT())"
    inside = empty.replace("0, 1 << 30", "1 << 15, 0, 1 << 15").replace("1, 1)", "1, 1, 1)")
    faces = "'\U0001f600' * (1 << 20)"
    deep = "def dlogits(logits):\n    for _ in range(10**6): logits = (logits,)\n    return logits\n"
    for name, source in {
        "a wrong shape for everything": everywhere(odd),
        "as many bytes as there may be": everywhere("return torch.ones(724, 724, dtype=torch.int8)"),
        "right shapes that change": everywhere("return torch.rand_like(x) * torch.relu(TOTAL)"),
        "nothing in huge dimensions": everywhere(empty),
        "nothing in the middle": everywhere(inside),
        "expanded": everywhere("return torch.ones((), dtype=FLOAT()).expand(1 << 30, 1 << 20)"),
        "prints and says too much": everywhere(f"print({faces})\nraise ValueError({faces})"),
        "a class with a long name": everywhere(
            "raise type('\U0001f600' * (1 << 18), (Exception,), {})('a' * (1 << 20))"
        ),
        "tuples": everywhere("return (torch.ones(255, 255),) * 10**6"),
        "a tuple in a tuple": f"{HEAD}{deep}",
        "fills its own process": everywhere(f"kept.append(torch.ones(100 << 20, dtype=torch.uint8))\n{odd}"),
        "fills it at once": f"{HEAD}kept = [torch.ones(300 << 20, dtype=torch.uint8) for _ in range(30)]\n",
        "functions without end": "".join(f"def d{n}(x): return x\n" for n in range(11_000)),
    }.items():
        yield f"{name}/backward.py", source, "graded"
    for n in range(2):
        some = everywhere("return torch.ones_like(x) * TOTAL", chance=0.6, seed=n)
        yield f"depends on this and that {n}/backward.py", some, "graded"
    garbage = "import os\n" + everywhere("os.write(4, b'\\xff\\xff\\xff\\x7f' * (1 << 18))\nreturn x")
    yield "lengths that are a lie/backward.py", garbage, "refused"
    yield "a long file/backward.py", "#" * (256 << 10) + "\n", "failed"
    yield "bomb/x.zip", bomb(), "unreadable"
    yield "many archives/1.zip", zipped({f"{n}.py": "# x\n" * 100 for n in range(600)}), "unreadable"
    for n in range(40):
        yield f"forty notebooks/{n}.ipynb", notebook(f"dx{n} = 1", 1_040_000), "graded"
    yield "one notebook/x.ipynb", notebook("dlogits = logits", 1_040_000), "graded"


def test_the_grader_stays_below_768_mb_and_grades_everybody(tmp_path: Path) -> None:
    """Whatever is handed in, on the exercise that needs the most memory."""
    right = (ROOT / "solutions" / LARGEST / "backward.py").read_text()
    honest = {f"{n} is honest/backward.py": f"{right}\n# {n}\n" for n in range(HONEST)}
    bad = list(hostile())
    course = hand_in(tmp_path / "class", honest | {file: content for file, content, _ in bad})
    batch = Watched(str(course), "--out", str(tmp_path / "out"), "--exercise", LARGEST, "--hidden-seed", "7", "-j", "2")
    code, said = batch.end()
    assert (code, "1 without a grade" in said) == (3, True), said  # the file that the grader does not read
    assert batch.peak < LIMIT
    rows = {row["submission"]: row for row in read_rows(tmp_path / "out" / "grades.csv")}
    assert {name: row["status"] for name, row in rows.items() if "honest" not in name} == {
        file.partition("/")[0]: status for file, _, status in bad
    }
    full = str(sum(map(load_exercise(LARGEST).points, load_exercise(LARGEST).graded)))
    assert [row["points"] for name, row in rows.items() if "honest" in name] == [full] * HONEST
