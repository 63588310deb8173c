"""The locks that a child puts on itself before it reads a byte of a learner's code (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import os
import resource
import signal
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.sandbox import seccomp
from grader.sandbox.outcome import SandboxError

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

_SYS_LANDLOCK_CREATE: Final = 444
_SYS_LANDLOCK_RESTRICT: Final = 446
_LANDLOCK_VERSION: Final = 1
_LANDLOCK_NETWORK: Final = 4
_LANDLOCK_SCOPES: Final = 6
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files each version of Landlock knows; later ones know as many as version 5."""

_MADV_COLLAPSE: Final = 25
_HUGE: Final = 2 << 20
_MB: Final = 1 << 20
_STACK: Final = 8 * _MB
_NOBODY: Final = 65534

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


@dataclass(frozen=True, slots=True)
class Jail:
    """Everything that can be worked out before the fork."""

    server: int
    memory: int
    cpu: int
    data: int
    space: int
    landlock: int
    """Landlock's version, 0 where there is none."""
    machine: seccomp.Machine | None


def prepare(memory: int, cpu: int) -> Jail:
    """Measure the warm process: limits are relative to what torch already takes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in status.splitlines() if line.endswith(" kB")}
    return Jail(
        server=os.getpid(),
        memory=memory,
        cpu=cpu,
        data=sizes["VmData"] + memory,
        space=sizes["VmSize"] + memory,
        landlock=landlock_version(),
        machine=seccomp.machine(),
    )


def landlock_version() -> int:
    """0 where the kernel has no Landlock or it is switched off."""
    return max(0, int(_libc.syscall(_SYS_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)))


def lock(jail: Jail, requests: int, answers: int) -> list[str]:
    """Put on every lock there is, in the order that works, and name those that hold."""
    _detach(jail.server)
    _descriptors(requests, answers)
    _limits(jail)
    locks = ["rlimit", "pdeathsig"]
    if not _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        locks.append("nodump")
    if not _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        locks.append("no_new_privs")
    if jail.landlock and not _landlock(jail.landlock):
        locks.append(f"landlock:{jail.landlock}")
    if jail.machine is not None:
        program = seccomp.filter_program(jail.machine, os.getpid())
        if not seccomp.install(_libc, jail.machine, program):
            locks.append("seccomp")
    return locks


def _detach(server: int) -> None:
    """Default signals, a session of its own, and death together with the server."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != server:  # it died between the fork and the line above
        os._exit(1)


def _descriptors(requests: int, answers: int) -> None:
    """Only /dev/null and the two pipes stay open."""
    requests, answers = os.dup(requests), os.dup(answers)
    requests, answers = _above(requests), _above(answers)
    null = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(null, target)
    os.dup2(requests, seccomp.REQUEST_FD)
    os.dup2(answers, seccomp.ANSWER_FD)
    os.closerange(seccomp.ANSWER_FD + 1, 1024)


def _above(descriptor: int) -> int:
    """The same file under a number that the dup2 calls do not overwrite."""
    while descriptor <= seccomp.ANSWER_FD:
        descriptor = os.dup(descriptor)
    return descriptor


def _limits(jail: Jail) -> None:
    for name, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_STACK, _STACK),
        (resource.RLIMIT_CPU, jail.cpu),  # soft = hard: SIGKILL, which nothing can catch
        (resource.RLIMIT_DATA, jail.data),
        (resource.RLIMIT_AS, jail.space),
    ):
        soft, hard = resource.getrlimit(name)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


def _landlock(version: int) -> int:
    """Handle every right there is and allow none of them."""
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = 0b11 if version >= _LANDLOCK_NETWORK else 0
    scopes = 0b11 if version >= _LANDLOCK_SCOPES else 0
    size = 24 if version >= _LANDLOCK_SCOPES else 16 if version >= _LANDLOCK_NETWORK else 8
    attributes = struct.pack("<QQQ", files, network, scopes)
    ruleset = _libc.syscall(_SYS_LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return ctypes.get_errno()
    failed = _libc.syscall(_SYS_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return ctypes.get_errno() if failed else 0


# ------------------------------------------------------------------------- the server's own locks


def hide() -> None:
    """Nobody of the same uid may attach to this process or read its memory."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def sacrifice() -> None:
    """If memory runs out, the kernel takes these processes before anything else of the user's."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def drop_root() -> str | None:
    """Become nobody; why not, if that fails."""
    if os.geteuid() != 0:
        return None
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as error:
        return f"root could not be given up ({errno.errorcode.get(error.errno or 0, '?')})"
    return None


def assert_single_thread() -> None:
    """A fork copies one thread: with a second one the child would wait for ever on its locks."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        message = f"the server has {threads} threads and may not fork; please report which torch this is"
        raise SandboxError(message)


def settle() -> None:
    """Make forks cheap: freeze the heap for the collector and collapse it to huge pages (kernel 6.1 and later)."""
    gc.collect()
    gc.freeze()
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        span, rights, _offset, _device, inode, *name = line.split(maxsplit=5)
        start, end = (int(half, 16) for half in span.split("-"))
        heap = bool(name) and name[0] == "[heap]"
        if rights.startswith("rw") and inode == "0" and (heap or (not name and end - start >= _HUGE)):
            _libc.madvise(start, end - start, _MADV_COLLAPSE)
