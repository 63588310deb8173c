"""The locks themselves: what the canary found, what the filter allows, what a child has open."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.child import seccomp
from grader.sandbox.child.selftest import judge
from grader.sandbox.limits import Level
from grader.sandbox.types import Outcome, Question, Raised, Returned, SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox.client import Sandbox
    from grader.sandbox.host.session import Session

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the locks need Linux")

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
PID = 4321


def test_this_machine_locks_everything(sandbox: Sandbox) -> None:
    """Seccomp is in effect and every attempt of the canary was refused."""
    isolation = sandbox.isolation
    assert isolation.level is Level.LOCKED, isolation
    assert set(isolation.locks) >= {"seccomp", "rlimit", "pdeathsig", "nodump", "no_new_privs"}
    assert len(isolation.selftest) >= 10
    assert "succeeded" not in isolation.selftest.values()
    assert isolation.backstops


def status(pid: int) -> dict[str, str]:
    """/proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_a_child_is_filtered_single_threaded_and_without_privileges(opened: Callable[[str], Session]) -> None:
    """As reported by the kernel."""
    process = opened("def d(x): return x\n")._process
    assert process is not None
    told = status(process.pid)  # type: ignore[attr-defined]
    assert (told["Seccomp"], told["NoNewPrivs"], told["Threads"]) == ("2", "1", "1")
    assert int(told["CapEff"], 16) == 0 or os.geteuid() != 0
    assert "0" not in told["Uid"].split()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can see another process's descriptors")
def test_a_child_has_only_two_pipes_and_the_null_device_open(opened: Callable[[str], Session]) -> None:
    """Nothing else was inherited."""
    process = opened("def d(x): return x\n")._process
    folder = Path(f"/proc/{process.pid}/fd")  # type: ignore[union-attr]
    held = {int(entry.name): str(entry.readlink()) for entry in folder.iterdir()}
    assert [held.pop(number) for number in (0, 1, 2)] == ["/dev/null"] * 3
    assert sorted(held) == [seccomp.REQUEST_FD, seccomp.ANSWER_FD]
    assert all(target.startswith("pipe:") for target in held.values())


PRY = """
import gc, os, sys
import torch

def dmodules(x):
    raise ValueError(" ".join(sorted(name for name in sys.modules if name.startswith(("grader", "pytest", "_pytest")))))

def denvironment(x):
    raise ValueError(repr(sorted(os.environ.items())))

def darguments(x):
    raise ValueError(repr(sys.orig_argv) + os.getcwd() if False else repr(sys.argv))

def dtensors(x):
    return torch.tensor([sum(type(each) is torch.Tensor for each in gc.get_objects())])

def dclose(x):
    for number in range(64):
        try: os.close(number)
        except OSError: pass
    return x

def dwrite(x):
    written = []
    for number in range(64):
        if number != 4:
            try: written.append(os.write(number, b"x"))
            except OSError: pass
    return torch.tensor(written)
"""


def message(ask: Callable[..., Outcome], function: str) -> str:
    """What a prying function reports by raising."""
    outcome = ask(PRY, function, x=torch.ones(1))
    assert isinstance(outcome, Raised)
    return outcome.message


def test_only_the_sandbox_is_imported_where_submissions_run(ask: Callable[..., Outcome]) -> None:
    """No exercise, no reference, no pytest; and by the time they run, no module of the sandbox has a name."""
    names = message(ask, "dmodules").split()
    assert names == []


def test_the_environment_contains_only_the_pinned_numerics(
    ask: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the grader's secrets."""
    environment = message(ask, "denvironment")
    assert "OMP_NUM_THREADS" in environment
    assert "HOME" not in environment
    assert "PATH'" not in environment.replace("LD_LIBRARY_PATH'", "")


def test_the_command_line_reveals_nothing(ask: Callable[..., Outcome]) -> None:
    """Everybody can read it."""
    assert message(ask, "darguments").startswith("['-c', '")


def test_a_call_sees_only_its_own_tensors(bared: Sandbox) -> None:
    """Through everything that gc can reach."""
    with bared.open({"backward.py": PRY.encode()}) as session:
        [outcome] = session.ask([Question("dtensors", given={"x": torch.ones(1)})])
    assert isinstance(outcome, Returned)
    assert outcome.tensors[0].item() <= 2


@pytest.mark.parametrize("function", ["dclose", "dwrite"])
def test_descriptors_can_neither_be_closed_nor_written_to(ask: Callable[..., Outcome], function: str) -> None:
    """Except the one for answers."""
    outcome = ask(PRY, function, x=torch.ones(1))
    assert isinstance(outcome, Returned)
    assert function == "dclose" or outcome.tensors[0].numel() == 0


# --------------------------------------------------------------------------------- the filter, interpreted


def run(program: bytes, number: int, arguments: tuple[int, ...] = (), arch: int = 0xC000003E) -> int:
    """Classic BPF, as far as the filter uses it."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*arguments, *[0] * (6 - len(arguments))))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += if_true if holds else if_false


PROGRAM = seccomp._filter(seccomp._X86_64, PID)
NUMBERS = seccomp._X86_64.numbers


def test_the_filter_allows_these_system_calls_and_no_others() -> None:
    """With all arguments zero; conditions on arguments are tested below."""
    allowed = {number for number in range(1000) if run(PROGRAM, number) == ALLOW}
    plain = {NUMBERS[name] for name in seccomp.PLAIN}
    assert allowed == plain | {NUMBERS[name] for name in ("mmap", "mprotect", "prlimit64")}
    for name, number in {"open": 2, "openat": 257, "clone": 56, "fork": 57, "execve": 59, "socket": 41, "kill": 62,
                         "ptrace": 101, "prctl": 157, "ioctl": 16, "io_uring_setup": 425, "memfd_create": 319,
                         "process_vm_readv": 310, "close": 3, "dup": 32, "sendto": 44, "bpf": 321}.items():  # fmt: skip
        assert run(PROGRAM, number) == ERRNO | errno.EPERM, name


def test_system_calls_of_another_architecture_kill() -> None:
    """32-bit calls and x32 have other numbers for everything."""
    assert run(PROGRAM, 0, arch=0x40000003) == KILL
    assert run(PROGRAM, 0x40000000) == KILL


@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("read", (3,), True),
        ("readv", (3,), True),
        ("read", (0,), False),
        ("read", (3 | 1 << 32,), False),
        ("write", (4,), True),
        ("write", (3,), False),
        ("write", (1,), False),
        ("mmap", (0, 4096, 3), True),
        ("mmap", (0, 4096, 7), False),
        ("mprotect", (0, 4096, 5), False),
        ("mprotect", (0, 4096, 1), True),
        ("prlimit64", (0, 7, 0, 1), True),
        ("prlimit64", (0, 7, 1, 0), False),
        ("prlimit64", (0, 7, 1 << 32, 0), False),
        ("prlimit64", (1, 7, 0, 0), False),
        ("tgkill", (PID, 1, 6), True),
        ("tgkill", (PID + 1, 1, 6), False),
    ],
)
def test_arguments_are_checked_in_all_their_bits(name: str, arguments: tuple[int, ...], allowed: bool) -> None:
    """Including the upper half."""
    assert run(PROGRAM, NUMBERS[name], arguments) == (ALLOW if allowed else ERRNO | errno.EPERM)


def test_threads_fall_back_from_clone3_to_clone() -> None:
    """glibc does so only on ENOSYS."""
    assert run(PROGRAM, NUMBERS["clone3"]) == ERRNO | errno.ENOSYS


def test_libseccomp_agrees_on_the_numbers() -> None:
    """A second opinion on the table, where the binding is installed."""
    pyseccomp = pytest.importorskip("pyseccomp")
    assert {name: pyseccomp.resolve_syscall(pyseccomp.Arch.X86_64, name) for name in NUMBERS} == NUMBERS
    arm = seccomp._AARCH64.numbers
    assert {name: pyseccomp.resolve_syscall(pyseccomp.Arch.AARCH64, name) for name in arm} == arm


def test_both_tables_list_every_call_with_a_condition() -> None:
    """A missing one would stop the filter from being built; only x86 has `time`."""
    assert len(seccomp._filter(seccomp._AARCH64, PID)) % 8 == 0
    assert set(NUMBERS) - set(seccomp._AARCH64.numbers) == {"time"}


# ------------------------------------------------------------------------------------------- levels


def report(*locks: str, **selftest: str) -> dict[str, object]:
    """What a canary might have reported."""
    return {"locks": list(locks), "selftest": selftest, "backstops": []}


def test_seccomp_and_a_refused_canary_are_locked() -> None:
    """With or without Landlock."""
    assert judge(report("rlimit", "seccomp", open="EPERM")).level is Level.LOCKED


def test_one_success_of_the_canary_lowers_the_level_and_is_named() -> None:
    """Measured, not assumed."""
    isolation = judge(report("seccomp", "landlock:7", open="EPERM", fork="succeeded"))
    assert isolation.level is Level.PARTIAL
    assert "refusal of fork" in isolation.missing


def test_landlock_alone_is_partial_and_limits_alone_are_a_process() -> None:
    """Each lists what it lacks."""
    assert judge(report("landlock:4", open="EACCES", fork="succeeded")).level is Level.PARTIAL
    alone = judge(report("rlimit"))
    assert alone.level is Level.PROCESS
    assert any(entry.startswith("seccomp (needs Linux") for entry in alone.missing)
    assert any(entry.startswith("Landlock (needs Linux 5.13") for entry in alone.missing)


def test_a_canary_that_died_lowers_the_level() -> None:
    """Its self-test is empty: nothing was refused."""
    dead = {"locks": [], "selftest": {}, "problem": "the canary died (wait status 9)", "backstops": []}
    isolation = judge(dead)
    assert isolation.level is Level.PROCESS
    assert "the canary died (wait status 9)" in isolation.missing


def test_a_level_below_the_minimum_is_refused_with_what_is_missing(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with how to get it."""
    monkeypatch.setattr(sandbox, "_isolation", judge(report("rlimit")))
    monkeypatch.setattr(sandbox, "_minimum", Level.LOCKED)
    with pytest.raises(SandboxError, match=r"the isolation level is `process` here, but `locked` is required. Miss"):
        sandbox.open({"backward.py": b""})
    with pytest.raises(SandboxError, match="or accept less with `--isolation process`"):
        _ = sandbox.isolation
