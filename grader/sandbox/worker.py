"""The child's end of the portable back end: an interpreter that limits itself as far as its system allows."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.child import namespace, warm
from grader.sandbox.child.child import Child, Pipes
from grader.sandbox.protocol.wire import HELLO

if TYPE_CHECKING:
    from grader.sandbox.child.drive import Driven

_WATCH_SECONDS: Final = 1.0


def main(settings: dict[str, Any]) -> Driven:
    """Move the pipes out of the way, import, limit, report. The rest is driven from outside."""
    pipes = Pipes(*_take_over_pipes())
    try:
        report = _prepare(settings)
    except BaseException:  # noqa: BLE001  (the grader reports it)
        pipes.send(HELLO, json.dumps({"error": traceback.format_exc()[-4000:]}).encode())
        os._exit(1)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    pipes.send(HELLO, json.dumps(report).encode())
    pipes.send(HELLO, ",".join(report["locks"]).encode())
    return Child(pipes, locked=False).driven()


def _leave_with(grader: int) -> None:
    """Exit with the grader, so that a learner's loop does not run on (Windows never changes a process's parent id)."""
    while os.getppid() == grader:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _prepare(settings: dict[str, Any]) -> dict[str, Any]:
    warmed = warm.prepare(settings["imports"])
    without = [*_without(), *warmed["without"]]
    report = warmed | {"locks": _limit(settings), "selftest": {}, "without": without}
    namespace.clear()
    return report


def _without() -> list[str]:
    """The protections that are missing here, in words."""
    unbounded = {"win32": ["limits on memory and CPU time"], "darwin": ["a memory limit"]}
    return ["isolation from files, network and other processes", *unbounded.get(sys.platform, [])]


def _take_over_pipes() -> tuple[int, int]:
    """Point standard input and output at /dev/null, and move the pipes that were there to higher numbers."""
    requests, answers = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, answers):
            msvcrt.setmode(descriptor, os.O_BINARY)
    null = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(null, target)
    os.close(null)
    return requests, answers


def _limit(settings: dict[str, Any]) -> list[str]:
    """Set the limits that the platform has; there are none on Windows."""
    if sys.platform == "win32":
        return []
    import resource

    locks = []
    for name, value in (("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0), ("RLIMIT_CPU", settings["cpu"])):
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
            locks.append(f"rlimit:{name[7:].lower()}")
        except (OSError, ValueError):
            continue
    return locks + _limit_memory(settings["memory"])


def _limit_memory(memory: int) -> list[str]:
    """Limit address space relative to what is already used; macOS accepts the limit but does not enforce it."""
    if sys.platform != "linux":
        return []
    import resource

    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    return ["rlimit:memory"]
