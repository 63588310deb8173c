"""The other end of the portable back end: an interpreter that limits itself as far as its system lets it."""

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
    """Move the pipes out of the way, import, limit, report; what is left is to be driven."""
    pipes = Pipes(*_take_over_pipes())
    try:
        report = _prepare(settings)
    except BaseException:  # noqa: BLE001  (the grader says it in its own words)
        pipes.send(HELLO, json.dumps({"error": traceback.format_exc()[-4000:]}).encode())
        os._exit(1)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    pipes.send(HELLO, json.dumps(report).encode())
    pipes.send(HELLO, ",".join(report["locks"]).encode())
    return Child(pipes, locked=False).driven()


def _leave_with(grader: int) -> None:
    """A learner's loop must not go on when nobody is there to stop it (Windows never changes a parent's number)."""
    while os.getppid() == grader:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _prepare(settings: dict[str, Any]) -> dict[str, Any]:
    _numerics, active = warm.prepare(settings["imports"])
    report = {"locks": _limit(settings), "selftest": {}, "backstops": active, "without": _without()}
    namespace.clear()
    return report


def _without() -> list[str]:
    """What a learner's code can do here, in words."""
    unbounded = {"win32": ["a limit of memory and of processor time"], "darwin": ["a limit of memory"]}
    return ["a wall around files, network and processes", *unbounded.get(sys.platform, [])]


def _take_over_pipes() -> tuple[int, int]:
    """Standard input and output become /dev/null; what was there moves to higher numbers."""
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
    """What the platform has; Windows has none of it here."""
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
    """Address space relative to what is taken; macOS accepts the number and does not keep to it."""
    if sys.platform != "linux":
        return []
    import resource

    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    return ["rlimit:memory"]
