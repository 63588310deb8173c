"""From locks and self-test to a level and to what is missing, in words."""

from __future__ import annotations

from typing import Any, Final

from grader.sandbox.child.selftest import SUCCEEDED, refused
from grader.sandbox.types import Isolation, Level

_REMEDIES: Final = {
    "seccomp": "seccomp (Linux on x86-64 or aarch64, in a container whose runtime does not forbid it)",
    "landlock": "Landlock (Linux 5.13 or later, with landlock among its security modules)",
}


def judge(report: dict[str, Any]) -> Isolation:
    """The level that the locks and the canary's experience amount to."""
    locks: list[str] = [str(lock) for lock in report["locks"]]
    results: dict[str, str] = report["selftest"]
    names = {lock.partition(":")[0] for lock in locks}
    missing = [_REMEDIES[name] for name in ("seccomp", "landlock") if name not in names]
    missing += [str(report[key]) for key in ("root", "problem") if report.get(key)]
    missing += map(str, report.get("without", ()))
    missing += [f"refusal of {name}" for name, result in results.items() if result == SUCCEEDED]
    return Isolation(_level(names, results), tuple(locks), tuple(missing), results, tuple(report["backstops"]))


def _level(names: set[str], results: dict[str, str]) -> Level:
    if "seccomp" in names and refused(results):
        return Level.LOCKED
    if "landlock" in names or "seccomp" in names:
        return Level.PARTIAL
    return Level.PROCESS
