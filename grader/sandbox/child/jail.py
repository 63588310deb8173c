"""The locks that a child applies to itself before it reads a byte of a learner's code (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import gc
import os
import resource
import signal
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.sandbox.child import seccomp
from grader.sandbox.types import SandboxError

GARBAGE: Final = 10_000
"""New containers in a child before a garbage collection: most submissions never create that many."""
# linux/prctl.h
_PR_SET_PDEATHSIG: Final = 1
_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_GET_NO_NEW_PRIVS: Final = 39

# asm-generic/unistd.h: new system calls have the same number on every architecture.
_SYS_LANDLOCK_CREATE: Final = 444
_SYS_LANDLOCK_RESTRICT: Final = 446
# linux/landlock.h; what each version added: Documentation/userspace-api/landlock.rst, "Previous limitations".
_LANDLOCK_VERSION: Final = 1  # the flag LANDLOCK_CREATE_RULESET_VERSION
_LANDLOCK_NETWORK: Final = 4  # the version with bind and connect of TCP
_LANDLOCK_SCOPES: Final = 6  # the version with scopes for signals and abstract Unix sockets
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file rights each version of Landlock has; later versions have as many as version 5."""

_MADV_COLLAPSE: Final = 25  # asm-generic/mman-common.h
_HUGE: Final = 2 << 20
"""A huge page. With the heap collapsed to them, a fork takes 1.1 ms (0.9 quiet) instead of 3.4 to 4.8."""
_MB: Final = 1 << 20
_STACK: Final = 8 * _MB
_NOBODY: Final = 65534  # the kernel's overflowuid

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

_fork: Final = ctypes.PyDLL(None, use_errno=True).fork
# `ctypes` itself is gone by the time of a fork, and so is `gc.set_threshold`.
_set_threshold: Final = gc.set_threshold
_get_errno: Final = ctypes.get_errno
_size_t: Final = ctypes.c_size_t


@dataclass(frozen=True, slots=True)
class Jail:
    """Everything that can be prepared before the fork."""

    server: int
    limits: tuple[tuple[int, tuple[int, int]], ...]
    landlock: int
    """Landlock's version; 0 if there is none."""
    filter: seccomp.Filter | None


def fork() -> int:
    """A bare fork. `os.fork` also resets the locks of threading, logging and random in the child, which writes to some
    300 shared pages; with one thread there is nothing to reset, and a child never reaches the interpreter's own exit.
    """
    pid = int(_fork())
    if pid < 0:
        raise OSError(_get_errno(), "fork")
    return pid


def prepare(memory: int, cpu: int) -> Jail:
    """Apply to the server the locks that its children inherit and that do not hinder it; prepare the others."""
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):  # the three that Python changes
        signal.signal(number, signal.SIG_DFL)
    for limit in _inherited_limits(memory):
        resource.setrlimit(*limit)
    hide()
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    target = seccomp.machine()
    return Jail(
        server=os.getpid(),
        # With these, a server could not fork, or would run out of time. Soft = hard: SIGKILL, which cannot be caught.
        limits=(_limit(resource.RLIMIT_NPROC, 0), _limit(resource.RLIMIT_CPU, cpu)),
        landlock=landlock_version(),
        filter=None if target is None else seccomp.Filter(target),
    )


def _inherited_limits(memory: int) -> list[tuple[int, tuple[int, int]]]:
    """The limits that children inherit; memory is relative to what torch already uses."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in status.splitlines() if line.endswith(" kB")}
    nothing = (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE)
    return [
        *(_limit(name, 0) for name in nothing),
        _limit(resource.RLIMIT_NOFILE, 64),
        _limit(resource.RLIMIT_STACK, _STACK),
        _limit(resource.RLIMIT_DATA, sizes["VmData"] + memory),
        _limit(resource.RLIMIT_AS, sizes["VmSize"] + memory),
    ]


def _limit(name: int, value: int) -> tuple[int, tuple[int, int]]:
    hard = resource.getrlimit(name)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return name, (value, value)


def landlock_version() -> int:
    """Landlock's version; 0 if the kernel has none or it is switched off."""
    return max(0, int(_libc.syscall(_SYS_LANDLOCK_CREATE, None, _size_t(0), _LANDLOCK_VERSION)))


def lock(jail: Jail, requests: int, answers: int) -> tuple[str, ...]:
    """Apply every available lock, in the order that works, and return the names of those in effect."""
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != jail.server:  # the server died between the fork and the line above
        os._exit(1)
    _descriptors(requests, answers)
    for name, pair in jail.limits:
        resource.setrlimit(name, pair)
    locks = ["rlimit", "pdeathsig"]
    if not _libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0):
        locks.append("nodump")
    if _libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0):
        locks.append("no_new_privs")
    if jail.landlock and _landlock(jail.landlock):
        locks.append(f"landlock:{jail.landlock}")
    if jail.filter is not None and jail.filter.install(_libc, os.getpid()):
        locks.append("seccomp")
    for power in ("_libc", "_fork"):  # with these, code that got here could call anything
        del globals()[power]
    return tuple(locks)


def _descriptors(requests: int, answers: int) -> None:
    """Close everything but the two pipes and 0, 1 and 2, which are already /dev/null in the server."""
    if (requests, answers) != (seccomp.REQUEST_FD, seccomp.ANSWER_FD):
        # Move them out of the way first: one may have the number that the other needs.
        requests, answers = (fcntl.fcntl(each, fcntl.F_DUPFD, 16) for each in (requests, answers))
        os.dup2(requests, seccomp.REQUEST_FD)
        os.dup2(answers, seccomp.ANSWER_FD)
    os.closerange(seccomp.ANSWER_FD + 1, 1 << 20)


def _landlock(version: int) -> bool:
    """Handle every access right and allow none of them."""
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    network = 0b11 if version >= _LANDLOCK_NETWORK else 0
    scopes = 0b11 if version >= _LANDLOCK_SCOPES else 0
    size = 24 if version >= _LANDLOCK_SCOPES else 16 if version >= _LANDLOCK_NETWORK else 8
    attributes = struct.pack("<QQQ", files, network, scopes)
    ruleset = _libc.syscall(_SYS_LANDLOCK_CREATE, attributes, _size_t(size), 0)
    if ruleset < 0:
        return False
    failed = _libc.syscall(_SYS_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return not failed


# ------------------------------------------------------------------------- the server's own locks


def hide() -> None:
    """Prevent other processes of the same uid from attaching to this one or reading its memory."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def sacrifice() -> None:
    """Let the kernel kill these processes before any other of the user's if memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def drop_root() -> str | None:
    """Become nobody if running as root; return the reason if that fails."""
    if os.geteuid() != 0:
        return None
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as error:
        return f"root privileges could not be dropped ({errno.errorcode.get(error.errno or 0, '?')})"
    return None


def assert_single_thread() -> None:
    """Raise `SandboxError` if there is a second thread: a fork copies only one, so the child could wait forever on
    locks that another one held.
    """
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        message = f"the sandbox server has {threads} threads and cannot fork safely: report this with the torch version"
        raise SandboxError(message)


def freeze() -> None:
    """Exempt what there is from garbage collection, in this process and its forks."""
    gc.collect()
    gc.freeze()
    _set_threshold(GARBAGE)


def collapse() -> None:
    """Make forks cheap: collapse the heap to huge pages (kernel 6.1 and later)."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        span, rights, _offset, _device, inode = line.split(maxsplit=5)[:5]
        if rights.startswith("rw") and inode == "0":
            start, end = (int(half, 16) for half in span.split("-"))
            # Piece by piece: one call over everything stops at the first piece that cannot be collapsed.
            for piece in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
                _libc.madvise(piece, _HUGE, _MADV_COLLAPSE)
