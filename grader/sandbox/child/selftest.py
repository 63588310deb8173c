"""The canary: a child that attempts what no learner's code may do, and the isolation level that the results imply."""

from __future__ import annotations

import _thread
import ctypes
import errno
import mmap
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.limits import Level
from grader.sandbox.types import Isolation

if TYPE_CHECKING:
    from collections.abc import Callable

_FAR_TOO_MUCH = 40 << 30
_PR_SET_DUMPABLE = 4
SUCCEEDED = "succeeded"


def attempts() -> dict[str, str]:
    """Try everything; each result is `succeeded`, or the name of the errno or exception that refused it."""
    return {name: _outcome(act) for name, act in _ATTEMPTS.items()}


def refused(results: dict[str, str]) -> bool:
    """Whether every attempt was refused."""
    return bool(results) and SUCCEEDED not in results.values()


def _outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except Exception as error:  # noqa: BLE001  (a thread that cannot start is a RuntimeError)
        return type(error).__name__
    return SUCCEEDED


def _read_file() -> None:
    os.close(os.open(sys.executable or os.devnull, os.O_RDONLY))


def _write_file() -> None:
    os.close(os.open(os.devnull, os.O_WRONLY))


def _socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _kill() -> None:
    os.kill(os.getppid(), 0)


def _exec() -> None:
    try:
        os.execve("/nowhere/at/all", ["nothing"], {})  # noqa: S606  (there is nothing to run)
    except FileNotFoundError:
        return  # the path was looked up: running a program is not refused


def _thread_start() -> None:
    _thread.start_new_thread(lambda: None, ())


def _memory_file() -> None:
    os.close(os.memfd_create("canary"))


def _change_mode() -> None:
    try:
        Path("/nowhere/at/all").chmod(0o600)
    except FileNotFoundError:
        return


def _huge_memory() -> None:
    mmap.mmap(-1, _FAR_TOO_MUCH).close()


def _executable_memory() -> None:
    mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def _process_control() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


_ATTEMPTS: dict[str, Callable[[], Any]] = {
    "open": _read_file,
    "write": _write_file,
    "chmod": _change_mode,
    "socket": _socket,
    "fork": _fork,
    "exec": _exec,
    "kill": _kill,
    "thread": _thread_start,
    "memfd": _memory_file,
    "prctl": _process_control,
    "exec_memory": _executable_memory,
    "40GB": _huge_memory,
}


_REMEDIES: Final = {
    "seccomp": "seccomp (needs Linux on x86-64 or aarch64; in a container, a runtime that allows it)",
    "landlock": "Landlock (needs Linux 5.13 or later, with landlock among its security modules)",
}


def judge(report: dict[str, Any]) -> Isolation:
    """The isolation that the locks and the canary's results amount to."""
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
