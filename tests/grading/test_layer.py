"""A layer in a course's own signatures: a forward and a backward function, with a cache between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.exercise.case import build_cases
from grader.exercise.exercise import Exercise
from grader.exercise.settings import Settings
from grader.grading.grading import start_grading
from grader.grading.submission import Submission
from grader.sandbox.host.session import Session
from grader.sandbox.types import Question, RulesConfig, Several

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.client import Sandbox

FORWARD = """\
import torch

GRADED = ['out', 'x', 'w', 'b']
SIZES = [{'n': 7, 'd_in': 3, 'd_out': 11}, {'n': 3, 'd_in': 9, 'd_out': 2}, {'n': 9, 'd_in': 2, 'd_out': 3}]

def inputs(seed, n=6, d_in=5, d_out=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d_in), generator=g)
    w = torch.randn((d_in, d_out), generator=g)
    return {'x': x, 'w': w, 'b': torch.randn(d_out, generator=g)}

def forward(x, w, b):
    z = x @ w
    out = z + b
    return locals()
"""
SETTINGS = """\
title = "Affine layer"
kind = "layer"

[form]
forward = "affine_forward(x, w, b) -> out, cache"
backward = "affine_backward(dout, cache) -> dx, dw, db"
"""
SOLUTION = """\
import torch

def affine_forward(x, w, b):
    out = x @ w + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(0)
    return dx, dw, db
"""
ALL = ("out", "dx", "dw", "db")


def layer(folder: Path, forward: str = FORWARD, settings: str = SETTINGS) -> Exercise:
    """An exercise of these two files."""
    folder.mkdir()
    (folder / "forward.py").write_text(forward, encoding="utf-8")
    (folder / "exercise.toml").write_text(settings, encoding="utf-8")
    return Exercise(folder)


@pytest.fixture(scope="module")
def graded_layer(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., dict[str, dict[str, Any]]]:
    """Rows by name of the solution with some parts replaced."""
    exercise = layer(tmp_path_factory.mktemp("exercises") / "affine")
    cases = build_cases(exercise, Settings().seed)

    def grade(*changes: tuple[str, str]) -> dict[str, dict[str, Any]]:
        source = SOLUTION
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
        rows = start_grading(exercise, submission, sandbox, Settings(), cases).document()["gradients"]
        return {row["name"]: row for row in rows}

    return grade


def verdicts(rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: row["verdict"] for name, row in rows.items()}


def test_the_value_and_every_gradient_have_a_row(graded_layer: Callable[..., Any]) -> None:
    """In the order of GRADED; a layer is no chain."""
    rows = graded_layer()
    assert verdicts(rows) == dict.fromkeys(ALL, "exact")
    assert [row["variable"] for row in rows.values()] == ["out", "x", "w", "b"]
    assert all(row["chained"] is None for row in rows.values())
    assert rows["dx"]["depends_on"] == ("dout",)


@pytest.mark.parametrize(
    "changes",
    [
        [("cache = (x, w, b)", "cache = {'x': x, 'w': w, 'b': b}"), ("x, w, b = cache", "x, w, b = cache.values()")],
        [("return dx, dw, db", "return {'dx': dx, 'dw': dw, 'db': db}")],
        [("return dx, dw, db", "return [dx, dw, db]"), ("return out, cache", "return [out, cache]")],
        [("dout.sum(0)", "torch.ones(len(x)) @ dout")],
        [("def affine_backward(dout, cache)", "def helper(a): return a.T\n\ndef affine_backward(upstream, kept)"),
         ("x, w, b = cache", "(x, w, b), dout = kept, upstream"), ("w.T", "helper(w)")],
    ],
    ids=["a dict as cache", "a dict of gradients", "lists", "another formula", "a helper, other names"],
)  # fmt: skip
def test_right_forms_are_accepted(graded_layer: Callable[..., Any], changes: list[tuple[str, str]]) -> None:
    """The cache is the learner's own, and so are the names of parameters."""
    assert all(row["correct"] for row in graded_layer(*changes).values())


@pytest.mark.parametrize(
    ("change", "wrong", "verdict", "said"),
    [
        (("dx = dout @", "dx = torch.ones_like(dout) @"), ["dx"], "wrong_values", "values differ"),
        (("dw = x.T @ dout", "dw = x.T @ dout / len(x)"), ["dw"], "wrong_values", "values differ"),
        (("dout.sum(0)", "dout.sum()"), ["db"], "wrong_shape", "shape (), expected (4,)"),
        (("x.T @ dout", "(x.T @ dout).T"), ["dw"], "wrong_shape", "shape (4, 5), expected (5, 4)"),
        (("x.T @ dout", "(x.T @ dout).tolist()"), ["dw"], "wrong_type", "returned a list of 5 as dw, expected"),
        (("db = dout.sum(0)", "db = None"), ["db"], "wrong_type", "returned None as db, expected a tensor"),
        (("return dx, dw, db", "return dx, dw"), ["dx", "dw", "db"], "wrong_type",
         "affine_backward returned a tuple of 2, expected dx, dw and db"),
        (("return dx, dw, db", "return {'dx': dx}"), ["dx", "dw", "db"], "wrong_type",
         "affine_backward returned a dict, expected dx, dw and db"),
        (("return dx, dw, db", "pass"), ["dx", "dw", "db"], "wrong_type", "affine_backward returns nothing"),
        (("return out, cache", "return out"), list(ALL), "wrong_type",
         "affine_forward returned a tensor, expected out and cache"),
        (("dout.sum(0)", "boom"), ["dx", "dw", "db"], "raised", "affine_backward raised NameError"),
        (("cache = (x, w, b)", "cache = (x, w)"), ["dx", "dw", "db"], "raised", "affine_backward raised ValueError"),
        (("out = x @ w + b", "out = x @ b"), list(ALL), "raised", "affine_forward raised RuntimeError"),
        (("out = x @ w + b", "out = x @ w"), ["out"], "wrong_values", "values differ from those of forward.py"),
        (("out = x @ w + b", "out = (x @ w + b)[:6]"), ["out"], "hard_coded", "wrong at n=7"),
        (("dx = dout @ w.T", "while True: pass"), list(ALL), "timed_out", "did not finish"),
        (("def affine_backward(dout, cache)", "def affine_back(dout, cache)"), ["dx", "dw", "db"], "not_started",
         "has no function affine_backward"),
        (("    dx = dout @ w.T\n", "    import os\n    dx = dout @ w.T\n"), ["dx", "dw", "db"], "refused",
         "`os` cannot be"),
        (("out = x @ w + b", "raise NotImplementedError"), list(ALL), "raised", "still raises NotImplementedError"),
    ],
)  # fmt: skip
def test_a_mistake_costs_its_own_rows(
    graded_layer: Callable[..., Any], change: tuple[str, str], wrong: list[str], verdict: str, said: str
) -> None:
    """With one clear sentence; what it does not touch is graded."""
    rows = graded_layer(change)
    assert verdicts(rows) == {name: verdict if name in wrong else "exact" for name in ALL}
    assert all(said in rows[name]["problem"] for name in wrong), rows[wrong[0]]["problem"]


def test_swapped_gradients_are_wrong(graded_layer: Callable[..., Any]) -> None:
    """They are taken in the order of the signature."""
    rows = graded_layer(("return dx, dw, db", "return dw, dx, db"))
    assert verdicts(rows) == {"out": "exact", "dx": "wrong_shape", "dw": "wrong_shape", "db": "exact"}


def test_the_mistake_is_named_as_in_any_gradient(graded_layer: Callable[..., Any]) -> None:
    """By the lines of forward.py."""
    rows = graded_layer(("dx = dout @", "dx = torch.ones_like(dout) @"), ("x.T @ dout", "x.T @ dout / len(x)"))
    assert rows["dx"]["diagnosis"]["kind"] == "upstream_unused"
    assert "1/z.shape[0] times the right gradient" in rows["dw"]["diagnosis"]["message"]


def test_behind_a_wrong_value_the_forward_pass_comes_first(graded_layer: Callable[..., Any]) -> None:
    """What it keeps may be wrong as well."""
    rows = graded_layer(("x @ w + b", "x @ w - b"), ("cache = (x, w, b)", "cache = (x, -w, b)"))
    assert rows["dx"]["verdict"] == "wrong_values"
    assert any(note.startswith("out is wrong, so the forward pass comes first") for note in rows["dx"]["notes"])
    assert not rows["dw"]["notes"]


def test_a_changed_argument_is_noted(graded_layer: Callable[..., Any]) -> None:
    """In place on x, which the caller still holds."""
    rows = graded_layer(("out = x @ w + b", "out = x @ w + b\n    x.add_(0.5).sub_(0.5).add_(1e-13)"))
    assert all(row["correct"] for row in rows.values())
    assert any("changes x in place" in note for note in rows["db"]["notes"])


def test_a_second_backward_pass_shows_that_dout_is_changed_in_place(graded_layer: Callable[..., Any]) -> None:
    """A caller that still holds dout, as in a network with a skip connection, would go on with a wrong one."""
    rows = graded_layer(("db = dout.sum(0)", "dout *= 2\n    db = dout.sum(0) / 2"))
    assert verdicts(rows) == {"out": "exact", **dict.fromkeys(ALL[1:], "hard_coded")}
    assert rows["db"]["problem"] == (
        "right in the first call, wrong in a second one after the same forward pass: affine_backward changes dout "
        "in place; work on a copy"
    )


def test_a_second_backward_pass_shows_that_the_cache_is_changed(graded_layer: Callable[..., Any]) -> None:
    """What the forward pass kept is the next backward pass's as well."""
    rows = graded_layer(("dx = dout @ w.T", "dx = dout @ w.T\n    w.mul_(2)"))
    assert {name for name, row in rows.items() if not row["correct"]} == {"dx"}
    assert "affine_backward changes what the forward pass kept in place" in rows["dx"]["problem"]


def test_another_forward_pass_in_between_shows_a_global_cache(graded_layer: Callable[..., Any]) -> None:
    """Two layers of one kind in a network are called like this."""
    rows = graded_layer(
        ("import torch\n", "import torch\n\nLATEST = []\n"),
        ("    cache = (x, w, b)", "    cache = (x, w, b)\n    LATEST[:] = [x]"),
        ("dw = x.T", "dw = LATEST[0].T"),
    )
    assert verdicts(rows) == {"out": "exact", "dx": "exact", "dw": "hard_coded", "db": "exact"}
    assert rows["dw"]["problem"] == (
        "right by itself, wrong when the forward pass of another input comes before the backward pass: affine_backward "
        "uses what the latest forward pass left in a global or in the class; take it from what its own forward pass "
        "kept"
    )


def test_values_kept_from_an_earlier_call_of_the_same_shapes_are_found(graded_layer: Callable[..., Any]) -> None:
    """One of the cases has the given sizes and other numbers."""
    rows = graded_layer(
        ("import torch\n", "import torch\n\nKEPT = {}\n"),
        ("    cache = (x, w, b)", "    cache = (KEPT.setdefault(x.shape, x), w, b)"),
    )
    assert {name for name, row in rows.items() if not row["correct"]} == {"dw"}
    assert "keeps state between calls" in rows["dw"]["problem"]


def test_state_between_calls_is_found(graded_layer: Callable[..., Any]) -> None:
    """The second call gets another answer than the first."""
    rows = graded_layer(
        ("import torch\n", "import torch\n\ncount = [0]\n"),
        ("    dx = dout @ w.T", "    count[0] += 1\n    dx = dout @ w.T * (1 if count[0] == 1 else 2)"),
    )
    assert not rows["dx"]["correct"]
    assert rows["dw"]["correct"]


def test_no_answer_is_in_the_process_that_runs_the_layer(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The value of `out` is one; in other exercises, forward values are given."""
    sent: set[str] = set()
    pool = Session.pool

    def noted(session: Session, key: str, values: dict[str, Any]) -> None:
        sent.update(values)
        pool(session, key, values)

    monkeypatch.setattr(Session, "pool", noted)
    submission = Submission("test", Path("backward.py"), {"backward.py": SOLUTION.encode()})
    entry = start_grading(layer(tmp_path / "affine"), submission, sandbox, Settings(hidden_seed=1)).document()
    assert entry["score"]["correct"] == 4
    assert sent == {"x", "w", "b", "dout"}


SPY = """\
import sys

class Spy:
    def __del__(self):
        frame = sys._getframe().f_back
        while frame is not None:
            seen.append(frame.f_code.co_name)
            frame = frame.f_back

seen = []

def affine_forward(x, w, b):
    print(*seen)
    return Spy(), None

def affine_backward(dout, cache):
    return dout, dout, dout
"""


def test_what_is_returned_is_dropped_where_no_frame_leads_to_the_grader(sandbox: Sandbox, tmp_path: Path) -> None:
    """Its `__del__` runs there."""
    exercise = layer(tmp_path / "affine")
    question = Question(
        "dx", given={"x": torch.ones(2, 2), "w": torch.ones(2, 2), "b": torch.ones(2), "dout": torch.ones(2, 2)},
        wanted=("out",), max_bytes=1 << 12,
    )  # fmt: skip
    with sandbox.open({"backward.py": SPY.encode()}, RulesConfig(enabled=False), exercise.wanted) as session:
        for said in ("\n", "drive <module>\n"):
            [outcome] = session.ask([question])
            assert isinstance(outcome, Several)
            assert outcome.outcomes[0].printed == said


STATIC = """\
import torch

class Linear:
    @staticmethod
    def forward(x, w, b):
        return x @ w + b, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(0)
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("", ""), dict.fromkeys(ALL, "exact")),
        (("    @staticmethod\n", ""), dict.fromkeys(ALL, "exact")),
        (("x.T @ dout", "-x.T @ dout"), {**dict.fromkeys(ALL, "exact"), "dw": "wrong_values"}),
        (("def backward", "def back"), {**dict.fromkeys(ALL, "not_started"), "out": "exact"}),
        (("x.T @ dout", "open(x)"), dict.fromkeys(ALL, "refused")),
        (("class Linear:", "class Linear(metaclass=3):"), dict.fromkeys(ALL, "raised")),
    ],
)
def test_a_class_may_hold_both_functions(
    sandbox: Sandbox, tmp_path: Path, change: tuple[str, str], expected: dict[str, str]
) -> None:
    """Static methods, or functions that are called on the class."""
    settings = SETTINGS.replace("affine_forward", "Linear.forward").replace("affine_backward", "Linear.backward")
    exercise = layer(tmp_path / "linear", settings=settings)
    submission = Submission("test", Path("backward.py"), {"backward.py": STATIC.replace(*change).encode()})
    rows = start_grading(exercise, submission, sandbox).document()["gradients"]
    assert {row["name"]: row["verdict"] for row in rows} == expected, rows[0]["problem"]


LOSS = """\
import torch

GRADED = ['x']
SIZES = [{'n': 7, 'c': 3}, {'n': 3, 'c': 9}, {'n': 9, 'c': 2}]

def inputs(seed, n=6, c=5):
    g = torch.Generator().manual_seed(seed)
    return {'x': torch.randn((n, c), generator=g), 'y': torch.randint(0, c, (n,), generator=g)}

def forward(x, y):
    logprobs = x.log_softmax(1)
    n = x.shape[0]
    loss = -logprobs[range(n), y].mean()
    return locals()
"""


@pytest.mark.parametrize(
    ("dx", "right"),
    [("(p - F.one_hot(y, x.shape[1])) / len(x)", True), ("p - F.one_hot(y, x.shape[1])", False), ("p / len(x)", False)],
)
def test_value_and_gradient_may_come_from_one_function(sandbox: Sandbox, tmp_path: Path, dx: str, right: bool) -> None:
    """As in `loss, dx = softmax_loss(x, y)`: no forward function, and no dout."""
    exercise = layer(
        tmp_path / "softmax_loss",
        LOSS,
        'title = "t"\nkind = "layer"\n[form]\nbackward = "softmax_loss(x, y) -> loss, dx"\n',
    )
    source = (
        "import torch\nimport torch.nn.functional as F\n\ndef softmax_loss(x, y):\n    p = F.softmax(x, 1)\n"
        f"    loss = F.cross_entropy(x, y)\n    return loss, {dx}\n"
    )
    submission = Submission("test", Path("backward.py"), {"backward.py": source.encode()})
    [row] = start_grading(exercise, submission, sandbox).document()["gradients"]
    assert row["correct"] is right, row["problem"]
