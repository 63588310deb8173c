"""The fork server: imports torch once, then only forks locked children and reaps them (Linux)."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from grader.sandbox.child import jail, namespace, selftest, warm
from grader.sandbox.child.child import Child, Pipes
from grader.sandbox.child.seccomp import ANSWER_FD, REQUEST_FD
from grader.sandbox.protocol.wire import FORK, HELLO, PID, REAP, SETTLE, STATUS, TWIN

if TYPE_CHECKING:
    from grader.sandbox.child.drive import Driven

_CONTROL_FD: Final = 32
_CANARY_SECONDS: Final = 10.0


class Server:
    """Serves the grader's control socket, one message at a time."""

    def __init__(self, control: socket.socket, prepared: jail.Jail) -> None:
        self._control = control
        self._jail = prepared
        self._forgotten: set[int] = set()
        self._forks = 0
        self._settled = False

    def serve(self) -> Driven:
        """Serve until the grader closes its end. In a forked child, return at once with what `drive` needs."""
        while True:
            message, descriptors, _flags, _address = socket.recv_fds(self._control, 1 << 16, 2)
            if not message:
                os._exit(0)
            if message[:1] in (TWIN, SETTLE) or (message[:1] == FORK and self._forks):
                self._settle()
            if message[:1] == FORK:
                self._forks += 1
                if self._fork(message[1:], descriptors) == 0:
                    return run_child(self._jail, *descriptors)
            elif message[:1] == TWIN:
                self._twin(*descriptors)
            elif message[:1] == REAP:
                self._reap(PID.unpack_from(message, 1)[0])

    def _settle(self) -> None:
        """Make further children faster, once: a single submission does not wait for what only others gain from."""
        if not self._settled:
            warm.rehearse(warm.MORE_ROUNDS)
            jail.freeze()
            jail.collapse()
            self._settled = True

    def _fork(self, forgotten: bytes, descriptors: list[int]) -> int:
        try:
            pid = jail.fork()
        except OSError:
            pid = -1
        if pid != 0:
            for descriptor in descriptors:
                os.close(descriptor)
            self._introduce(pid)
            self._forgotten.update(each[0] for each in PID.iter_unpack(forgotten))
            self._forgotten = {each for each in self._forgotten if os.waitpid(each, os.WNOHANG)[0] == 0}
        return pid

    def _twin(self, descriptor: int) -> None:
        """Fork another server, as warm as this one, for a second grader. It listens only to a socket of its own."""
        try:
            pid = jail.fork()
        except OSError:
            pid = -1
        if pid == 0:
            os.setsid()
            self._control.close()
            self._control = control_socket(descriptor)
            self._jail = replace(self._jail, server=os.getpid())
            self._forgotten.clear()
            return
        os.close(descriptor)
        self._introduce(pid)
        if pid > 0:
            self._forgotten.add(pid)

    def _introduce(self, pid: int) -> None:
        """Send the grader a pidfd: a process id alone may belong to another process by the time it is used."""
        if pid < 0:
            self._control.send(PID.pack(pid))
            return
        handle = os.pidfd_open(pid)
        socket.send_fds(self._control, [PID.pack(pid)], [handle])
        os.close(handle)

    def _reap(self, pid: int) -> None:
        _pid, status, usage = os.wait4(pid, 0)
        self._control.send(STATUS.pack(status, usage.ru_utime + usage.ru_stime))


def run_child(prepared: jail.Jail, requests: int, answers: int) -> Driven:
    """Everything after the fork: locks and hello. The rest is driven from outside, from where no frame leads here."""
    locks = jail.lock(prepared, requests, answers)
    pipes = Pipes(REQUEST_FD, ANSWER_FD)
    pipes.send(HELLO, ",".join(locks).encode())
    return Child(pipes, locked="seccomp" in locks).driven()


def canary(prepared: jail.Jail) -> dict[str, Any]:
    """Fork one child that tries everything that is forbidden; return the `locks` and `selftest` it reports."""
    receiver, sender = os.pipe()
    requests, unused = os.pipe()
    pid = jail.fork()
    if pid == 0:
        try:
            locks = jail.lock(prepared, requests, sender)
            report = {"locks": locks, "selftest": selftest.attempts()}
            os.write(ANSWER_FD, json.dumps(report).encode())
        finally:
            os._exit(0)
    for descriptor in (sender, requests, unused):
        os.close(descriptor)
    ready, _, _ = select.select([receiver], [], [], _CANARY_SECONDS)
    raw = os.read(receiver, 1 << 16) if ready else b""
    os.close(receiver)
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    if not raw:
        return {"locks": [], "selftest": {}, "problem": f"the canary died (wait status {status})"}
    return dict(json.loads(raw))


def prepare(settings: dict[str, Any]) -> tuple[jail.Jail, dict[str, Any]]:
    """Import, warm up, lock the server itself, and test the locks on a canary."""
    warmed = warm.prepare(settings["imports"])
    warm.rehearse(warm.FIRST_ROUNDS)
    jail.sacrifice()
    problem = jail.drop_root()
    jail.assert_single_thread()
    prepared = jail.prepare(settings["memory"], settings["cpu"])
    report = warmed | {"root": problem} | canary(prepared)
    namespace.clear()
    jail.freeze()
    return prepared, report


def control_socket(descriptor: int) -> socket.socket:
    """The socket to the grader, on a high number: pipes sent over it then arrive as 3 and 4, as a child needs them."""
    control = socket.socket(fileno=fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _CONTROL_FD))
    os.close(descriptor)
    return control


def main(descriptor: int, settings: dict[str, Any]) -> Driven:
    """Report which locks hold (or what went wrong), then serve. Only a child returns."""
    control = control_socket(descriptor)
    try:
        prepared, report = prepare(settings)
    except BaseException:  # noqa: BLE001  (the grader reports it)
        control.send(json.dumps({"error": traceback.format_exc()[-4000:]}).encode())
        os._exit(1)
    control.send(json.dumps(report).encode())
    return Server(control, prepared).serve()
