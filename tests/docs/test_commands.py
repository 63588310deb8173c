"""Every command that the documentation shows is run, and prints what the page says.

A page runs in a folder of its own, and each `##` heading starts there again. A comment above a block can say:

    <!-- not run: needs Windows -->   the block is only read
    <!-- in: two-mistakes -->         the folder is first brought into this state, one of `STATES`
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from layers import lay_down, solved
from notebooks.published import lay_down as lay_down_notebook
from shown import PAGES, ROOT, RUN, Block, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

READ_ONLY = ("python", "toml", "yaml", "json", "powershell", "text", "{")
"""The languages of blocks that are not commands of this machine's shell."""
SECONDS = 120
SAME_START = "solved-except-the-function-above"
"""In this state many commands differ only in what they grade: how they start is seen in others."""


def prints(output: str, expected: list[str]) -> str | None:
    """The first line of these that is not printed in its place; `...` stands for any lines."""
    lines, at, anywhere = [line.rstrip() for line in output.splitlines()], 0, False
    for line in (each.rstrip() for each in expected):
        if line == "...":
            anywhere = True
            continue
        where = next((i for i in range(at, len(lines)) if lines[i] == line), None) if anywhere else at
        if where is None or where >= len(lines) or lines[where] != line:
            return line
        at, anywhere = where + 1, False
    return None if anywhere or at == len(lines) else f"(and then) {lines[at]}"


FORWARD_PASSES = {"new-exercise.md": ("kalman.py", "rnn_over_time.py"), "forms.md": ("affine.py",)}
"""Files that pages show, in order."""


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages take for granted: the checkout's exercises, a class, its grades, a notebook, forward passes."""
    top = tmp_path_factory.mktemp("stage")
    for folder in ("exercises", "solutions"):
        shutil.copytree(ROOT / folder, top / folder, ignore=shutil.ignore_patterns("__pycache__"))
    right = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
    for student, code in {"ada": right, "bob": right.replace("dlogits @ W2.T", "2 * dlogits @ W2.T")}.items():
        (top / "submissions" / student).mkdir(parents=True)
        (top / "submissions" / student / "backward.py").write_text(code, encoding="utf-8")
    people = "Student,ID,SIS Login ID,Section,Backprop (12345)\n    Points Possible,,,,26\nAda,1,ada,1,\nBob,2,bob,1,\n"
    for name in ("class.csv", "gradebook.csv"):
        (top / name).write_text(people, encoding="utf-8")
    shutil.copy(ROOT / "tests" / "notebooks" / "lecture.ipynb", top / "makemore_part4.ipynb")
    lay_down_notebook(top, "two_layers", ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (1 - a1)"))
    for page, names in FORWARD_PASSES.items():
        passes = [block.text for block in blocks(ROOT / "docs" / page) if "def forward(" in block.text]
        for name, forward in zip(names, passes, strict=True):
            (top / name).write_text(forward + "\n", encoding="utf-8")
    shutil.copy(top / "kalman.py", top / "forward.py")
    for command in (
        "grade solutions/mlp",
        "grade submissions/ada --exercise mlp --report ada.json",
        "grade batch submissions/ --exercise mlp --out grades",
    ):
        done = run(command, top, top)
        assert done.returncode == 0, done.stdout + done.stderr
    return top


def run(command: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """A command in bash, as a reader types it who has activated the environment."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = f'{command}\ncode=$?; pwd > "{home}/.where"; exit $code'
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False,
        env={**kept, "PATH": path, "HOME": str(home), "COLUMNS": "80", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip


def in_process(command: str, grade: Callable[..., Result]) -> subprocess.CompletedProcess[str]:
    """A plain `grade` command, in this process and its warm sandbox."""
    program, *words = shlex.split(command)
    assert program == "grade"
    result = grade(*words, env={"COLUMNS": "80"})
    return subprocess.CompletedProcess(command, result.exit_code, result.stdout, result.stderr)


def two_mistakes(folder: Path, _: str) -> None:
    """A learner who has begun: two gradients correct, one of a wrong shape, one of the wrong sign."""
    stubs = (ROOT / "exercises" / "mlp" / "backward.py").read_text(encoding="utf-8")
    for gradient, body in {
        "dlogprobs": "g = torch.zeros_like(logprobs); g[range(n), Yb] = -1.0 / n; return g",
        "dprobs": "return (1.0 / probs) * dlogprobs",
        "dcounts_sum_inv": "return (counts * dprobs).sum(1)",
        "dcounts_sum": "return counts_sum**-2 * dcounts_sum_inv",
    }.items():
        stub = f"    # TODO: write {gradient}\n    raise NotImplementedError"
        assert stub in stubs
        stubs = stubs.replace(stub, f"    {body}\n")
    (folder / "exercises" / "mlp" / "backward.py").write_text(stubs, encoding="utf-8")


def kalman_solved(folder: Path, _: str) -> None:
    """The worked solution of docs/authors.md, as its author would write it."""
    (folder / "solutions" / "kalman").mkdir(parents=True, exist_ok=True)
    (folder / "solutions" / "kalman" / "backward.py").write_text(KALMAN, encoding="utf-8")


def rnn_solved(folder: Path, _: str) -> None:
    """The worked solution of docs/new-exercise.md's second example."""
    (folder / "solutions" / "rnn_over_time" / "backward.py").write_text(through_time(), encoding="utf-8")


def rnn_class(folder: Path, _: str) -> None:
    """A student of that exercise who has forgotten what comes back from the next time step."""
    (folder / "class" / "bob").mkdir(parents=True, exist_ok=True)
    wrong = through_time().replace("(dH[:, t] + dh)", "dH[:, t]")
    (folder / "class" / "bob" / "backward.py").write_text(wrong, encoding="utf-8")


def through_time() -> str:
    """The solution that the page shows."""
    page = blocks(ROOT / "docs" / "new-exercise.md")
    return next(block.text for block in page if "def dlogits(" in block.text)


def kalman_solved_in_a_pack(folder: Path, _: str) -> None:
    """The same solution, in the pack that the page makes."""
    (folder / "deep-pack" / "deep_pack" / "solutions" / "kalman" / "backward.py").write_text(KALMAN, encoding="utf-8")


def kalman_class(folder: Path, _: str) -> None:
    """Two students of that exercise: one correct, one who has forgotten a path."""
    for student, code in {"ada": KALMAN, "bob": KALMAN.replace("H.T @ dS + dK @ Sinv.T", "dK @ Sinv.T")}.items():
        (folder / "class" / student).mkdir(parents=True, exist_ok=True)
        (folder / "class" / student / "backward.py").write_text(code, encoding="utf-8")


def affine_solved(folder: Path, _: str) -> None:
    """The worked solution of docs/forms.md."""
    (folder / "solutions" / "affine" / "backward.py").write_text(AFFINE, encoding="utf-8")


def canvas_download(folder: Path, _: str) -> None:
    """A class on Canvas: its submissions as a zip, its grade book, and somebody who handed in nothing."""
    right = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
    wrong = right.replace("dlogits @ W2.T", "2 * dlogits @ W2.T")
    begun = (ROOT / "exercises" / "mlp" / "backward.py").read_text(encoding="utf-8")
    codes = {"doejohn_4711": right, "ngann_LATE_4712": wrong, "roejane_4714": f"# mine\n{wrong}", "satomia_4715": begun}
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for number, (name, code) in enumerate(codes.items()):
            archive.writestr(f"{name}_{88123 + number}_backward.py", code)
    people = {"Doe, John": "jdoe", "Ng, Ann": "ang", "Poe, Cleo": "cpoe", "Roe, Jane": "jroe", "Sato, Mia": "msato"}
    head = "Student,ID,SIS User ID,SIS Login ID,Section,Backprop (12345)\n    Points Possible,,,,,26\n"
    rows = (f'"{name}",{4711 + number},,{login},A,\n' for number, (name, login) in enumerate(people.items()))
    (folder / "gradebook.csv").write_text(head + "".join(rows), encoding="utf-8")


def solved_except(folder: Path, function: str) -> None:
    """The worked solution of mlp, with one function replaced."""
    right = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
    (folder / "exercises" / "mlp" / "backward.py").write_text(f"{right}\n\n{function}", encoding="utf-8")


def layers(folder: Path, _: str) -> None:
    """A learner's file of layers with a mistake in one and another not begun, and a class with such files."""
    names = ("affine", "product", "relu")
    lay_down(folder / "course", (*names, "scale", "shift"))
    right = solved((*names, "scale"))
    stub = "def scale_forward(x, gamma):\n    raise NotImplementedError\n"
    wrong = f"{solved(names)}\n\n{stub}".replace("x.T @ dout", "x.T @ dout / len(x)")
    (folder / "layers.py").write_text(wrong, encoding="utf-8")
    for student, code in {"ada": right, "bob": wrong, "cy": right.replace("x > 0", "x >= 0")}.items():
        (folder / "class" / student).mkdir(parents=True, exist_ok=True)
        (folder / "class" / student / "layers.py").write_text(code, encoding="utf-8")


def constant_variance(folder: Path, module: str) -> None:
    """The test of docs/testing.md, with the mistake that its text names."""
    term = " - xhat * along"
    assert term in module
    (folder / "test_layernorm.py").write_text(module.replace(term, ""), encoding="utf-8")


STATES = {
    "layernorm-with-a-constant-variance": constant_variance,
    "layers": layers,
    "two-mistakes": two_mistakes,
    SAME_START: solved_except,
    "kalman-solved": kalman_solved,
    "rnn-solved": rnn_solved,
    "rnn-class": rnn_class,
    "kalman-solved-in-a-pack": kalman_solved_in_a_pack,
    "kalman-class": kalman_class,
    "affine-solved": affine_solved,
    "canvas-download": canvas_download,
}
"""State -> what brings a folder into it, given the text of the block above."""

AFFINE = """\
def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)
"""

KALMAN = """\
def dxn(cot):
    return cot


def dcorr(dxn):
    return dxn


def dinnov(dcorr, K):
    return dcorr @ K


def dK(dcorr, innov):
    return dcorr.T @ innov


def dSinv(dK, PH):
    return PH.T @ dK


def dS(dSinv, Sinv):
    return -Sinv.T @ dSinv @ Sinv.T


def dPH(dS, dK, H, Sinv):
    return H.T @ dS + dK @ Sinv.T


def dP(dPH, H):
    return dPH @ H


def dL(dP, L):
    return dP @ L + dP.T @ L


def dH(dPH, dS, dinnov, P, PH, xp):
    return dPH.T @ P + dS @ PH.T - dinnov.T @ xp


def dA(dxn, dinnov, x, H):
    return (dxn - dinnov @ H).T @ x
"""


def runnable(page: Path) -> list[Block]:
    """The page's blocks that are run."""
    return [block for block in blocks(page) if block.language in RUN and not block.why_not]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)], ids=lambda page: page.name)
def test_every_command_of_a_page_does_what_the_page_says(
    page: Path, stage: Path, tmp_path: Path, grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends without a usage error or an internal one, and prints the lines that the page shows."""
    home = tmp_path / "stage"
    shutil.copytree(stage, home)
    where, heading = home, ""
    for block in runnable(page):
        where, heading = (where if block.heading == heading else home), block.heading
        if block.state:
            STATES[block.state](where, block.above)
        for command, printed in block.steps():
            if block.state == SAME_START:
                monkeypatch.chdir(where)
                done = in_process(command, grade)
            else:
                done = run(command, where, home)
                where = Path((home / ".where").read_text(encoding="utf-8").strip())
            shown = f"{page.name}:{block.line}: {command}\n{done.stdout}{done.stderr}"
            assert done.returncode in (0, 1), shown
            missing = prints(done.stdout, printed) if block.language == "console" else None
            assert missing is None, f"{shown}\nnot printed: {missing}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_has_a_language_that_says_whether_it_is_run(page: Path) -> None:
    """A block without one, or with a misspelled one, would never be run and never be missed."""
    unknown = [
        block for block in blocks(page) if block.language not in RUN and not block.language.startswith(READ_ONLY)
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("expected", "missing"),
    [
        (["a", "b", "c"], None),
        (["...", "c"], None),
        (["a", "..."], None),
        (["a", "...", "c"], None),
        (["a", "c"], "c"),
        (["...", "d"], "d"),
        (["a", "b"], "(and then) c"),
        (["...", "b"], "(and then) c"),
    ],
)
def test_what_is_not_printed_is_found(expected: list[str], missing: str | None) -> None:
    """`...` stands for any lines, everything else for itself."""
    assert prints("a\nb\nc\n", expected) == missing
