"""The system calls that a locked child may make: a short allow-list as classic BPF, assembled by hand.

It contains no open, clone, exec, socket, kill, prctl, ptrace or ioctl. It is written out here because the only
maintained binding needs a system library and takes six times as long per child; a test compares the two.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass
from typing import Final

REQUEST_FD: Final = 3
ANSWER_FD: Final = 4

_PROT_EXEC: Final = 0x4  # asm-generic/mman-common.h

# linux/seccomp.h: SECCOMP_RET_ALLOW, _KILL_PROCESS, and _ERRNO with the number in the lower half.
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000

# linux/bpf_common.h. Jumps count instructions, from the one after the jump.
_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6].
_OFFSET_NUMBER: Final = 0
_OFFSET_ARCH: Final = 4
_OFFSET_ARGUMENTS: Final = 16

_SET_MODE_FILTER: Final = 1  # SECCOMP_SET_MODE_FILTER
_X32_BIT: Final = 0x40000000  # asm/unistd.h: __X32_SYSCALL_BIT


@dataclass(frozen=True, slots=True)
class Machine:
    """What differs between processor architectures."""

    audit: int
    """linux/audit.h: AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64."""
    seccomp: int
    """The number of the system call `seccomp` itself."""
    numbers: dict[str, int]
    """The numbers of the others: arch/x86/entry/syscalls/syscall_64.tbl; asm-generic/unistd.h for aarch64."""
    x32: bool = False
    """Whether a bit in the number selects a second table of calls."""


# Harmless in any combination: they affect only this process's own memory, clocks, signals and ids.
PLAIN: Final = (
    "futex", "madvise", "munmap", "mremap", "brk", "getrandom", "clock_gettime", "clock_getres", "clock_nanosleep",
    "nanosleep", "gettimeofday", "time", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid",
    "getrusage", "times", "sysinfo", "sched_yield", "sched_getaffinity", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "sigaltstack", "restart_syscall", "exit", "exit_group",
)  # fmt: skip

_X86_64: Final = Machine(
    audit=0xC000003E,
    seccomp=317,
    x32=True,
    numbers={
        "read": 0, "write": 1, "readv": 19, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
        "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35,
        "getpid": 39, "exit": 60, "gettimeofday": 96, "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102,
        "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "gettid": 186, "time": 201,
        "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
        "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234, "prlimit64": 302, "getrandom": 318, "clone3": 435,
    },
)  # fmt: skip

# Taken from the kernel's table; not yet run on such a machine.
_AARCH64: Final = Machine(
    audit=0xC00000B7,
    seccomp=277,
    numbers={
        "read": 63, "write": 64, "readv": 65, "exit": 93, "exit_group": 94, "futex": 98, "nanosleep": 101,
        "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124,
        "restart_syscall": 128, "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
        "rt_sigreturn": 139, "times": 153, "getrusage": 165, "gettimeofday": 169, "getpid": 172, "getppid": 173,
        "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179, "brk": 214,
        "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "prlimit64": 261, "getrandom": 278,
        "clone3": 435,
    },
)  # fmt: skip

_MACHINES: Final = {"x86_64": _X86_64, "aarch64": _AARCH64}


def machine() -> Machine | None:
    """This processor's system call numbers, or None if they are not listed here."""
    return _MACHINES.get(platform.machine())


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


_PERMIT: Final = _instruction(_RETURN, _ALLOW)
_REFUSE: Final = _instruction(_RETURN, _ERRNO | errno.EPERM)


def _argument(position: int, *, high: bool = False) -> bytes:
    return _instruction(_LOAD, _OFFSET_ARGUMENTS + 8 * position + (4 if high else 0))


def _when(number: int, block: bytes) -> bytes:
    """Run the block, which ends by returning, for one system call; otherwise jump over it."""
    return _instruction(_EQUAL, number, 0, len(block) // 8) + block


def _is(position: int, value: int) -> bytes:
    """Refuse unless an argument (all 64 bits) has this value."""
    low = _argument(position) + _instruction(_EQUAL, value, 1, 0) + _REFUSE
    return low + _argument(position, high=True) + _instruction(_EQUAL, 0, 1, 0) + _REFUSE


def _without(position: int, bits: int) -> bytes:
    """Refuse if an argument has one of these bits."""
    return _argument(position) + _instruction(_ANY_BIT, bits, 0, 1) + _REFUSE


def _filter(target: Machine, pid: int) -> bytes:
    """The whole program: another architecture's calls kill the process, listed ones are allowed, others get EPERM."""
    numbers = target.numbers
    program = _instruction(_LOAD, _OFFSET_ARCH) + _instruction(_EQUAL, target.audit, 1, 0)
    program += _instruction(_RETURN, _KILL) + _instruction(_LOAD, _OFFSET_NUMBER)
    if target.x32:
        program += _instruction(_AT_LEAST, _X32_BIT, 0, 1) + _instruction(_RETURN, _KILL)
    program += b"".join(_when(numbers[name], _PERMIT) for name in PLAIN if name in numbers)
    conditions = {
        "read": _is(0, REQUEST_FD),
        "readv": _is(0, REQUEST_FD),
        "write": _is(0, ANSWER_FD),
        "mmap": _without(2, _PROT_EXEC),
        "mprotect": _without(2, _PROT_EXEC),
        "prlimit64": _is(0, 0) + _is(2, 0),  # reading its own limits, not setting them
        "tgkill": _is(0, pid),  # abort() sends itself a signal
    }
    program += b"".join(_when(numbers[name], condition + _PERMIT) for name, condition in conditions.items())
    # glibc falls back to clone, which is refused below, only on this answer.
    return program + _when(numbers["clone3"], _instruction(_RETURN, _ERRNO | errno.ENOSYS)) + _REFUSE


class _Program(ctypes.Structure):
    """linux/filter.h: struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


_UNKNOWN_PID: Final = (
    0x5EC0DE  # larger than any process id (PID_MAX_LIMIT is 1 << 22), so it occurs only once in the program
)
_PID: Final = struct.Struct("<I")


class Filter:
    """A program assembled before the fork; a child only writes its own process id into it."""

    def __init__(self, target: Machine) -> None:
        program = _filter(target, _UNKNOWN_PID)
        self._at = program.index(_PID.pack(_UNKNOWN_PID))
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._program = ctypes.byref(_Program(len(program) // 8, ctypes.addressof(self._buffer)))
        self._number = target.seccomp

    def install(self, libc: ctypes.CDLL, pid: int) -> bool:
        """Load it into this thread, permanently; False if the kernel refuses."""
        _PID.pack_into(self._buffer, self._at, pid)
        return not libc.syscall(self._number, _SET_MODE_FILTER, 0, self._program)
