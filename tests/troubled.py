"""A small class with every kind of trouble, made of the rows of real runs: what an instructor opens the page for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Entry = dict[str, Any]

DATA = Path(__file__).resolve().parent / "data"
POSSIBLE = 26


def run(name: str) -> Entry:
    """The entry of one of the runs in tests/data."""
    found: Entry = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))["grader"]["submissions"][0]
    return found


def ungraded(status: str, problem: str) -> Entry:
    """What a batch writes for what it could not grade."""
    return run("half") | {
        "status": status, "problem": problem, "gradients": [], "notes": [], "sha256": None,
        "score": {"points": 0, "possible": POSSIBLE, "correct": 0, "exact": 0, "approximate": 0,
                  "chained_correct": 0, "chained_exact": 0},
    }  # fmt: skip


def alike(verdict: str, problem: str, status: str = "graded") -> Entry:
    """Every gradient has the same verdict, for the same reason."""
    entry = ungraded(status, "")
    same = {"verdict": verdict, "problem": problem, "diagnosis": None, "local": None, "chained": None, "worst": None}
    rows = [row | same | {"points": 0, "correct": False} for row in run("half")["gradients"]]
    return entry | {"problem": None, "gradients": rows, "sha256": f"{verdict:0>64}"}


def with_verdict(gradient: str, verdict: str) -> Entry:
    """Everything right but one."""
    entry = run("perfect") | {"sha256": f"{verdict:0>64}"}
    rows = [row | {"verdict": verdict, "points": 0} if row["name"] == gradient else row for row in entry["gradients"]]
    return entry | {"gradients": rows}


def troubled_class() -> Iterator[tuple[Entry, str]]:
    """Every submission with its link, as the dashboard takes them."""
    people: dict[str, Entry] = {
        "Missing, Mia": ungraded("missing", "nothing was handed in"),
        "Student, Test": ungraded("missing", "nothing was handed in"),
        "Essay, Eva": ungraded("unreadable", "essay.pdf: not a .py, .zip or .ipynb file"),
        "Syntax, Sam": alike("raised", "backward.py:1: invalid syntax", "unreadable")
        | {"problem": "backward.py:1: invalid syntax"},
        "Failed, Finn": ungraded("failed", "the worker died") | {"score": None},
        "Load, Lea": alike("raised", "backward.py raised KeyError: 3 (backward.py:7)"),
        "Import, Ida": alike("refused", "`os` cannot be imported here", "refused"),
        "Stub, Stan": alike("not_started", "not written yet"),
        "Hung, Hana": with_verdict("dcounts", "timed_out"),
        "Crash, Cleo": with_verdict("dprobs", "killed"),
        "Rule, Rita": with_verdict("dh", "refused"),
        "Half, Hal": run("half") | {"notes": ["handed in late"]},
        "Half, Hope": run("half") | {"notes": ["handed in late"]},
        "Right, Rob": run("perfect"),
        "Ill, Ivo": run("half") | {"sha256": "e" * 64, "uncounted": True, "override": "excused", "reason": "ill"},
        "Luck, Lou": with_verdict("dh", "refused") | {"sha256": "f" * 64, "final": 26.0, "override": "26"},
    }  # fmt: skip
    for number, (name, entry) in enumerate(people.items()):
        marked = {"name": f"s{number:02}", "owner": {"id": str(number), "name": name}}
        yield {"final": None, "uncounted": False, "override": "", "reason": "", **entry, **marked}, f"s{number:02}.html"
