"""The grader's process: a bare interpreter imports torch once, forks the server off, and answers a command's calls.

The server is forked before anything of an exercise is loaded and before anything but a search path has arrived from
the command, so that neither answers nor the user's environment are in the memory that learners' code runs in. Where
nothing can be forked, there is no server, and the portable back end starts its own interpreters.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import sys
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING, Any

from grader.sandbox.can_fork import can_fork
from grader.sandbox.numerics import pin_torch
from grader.sandbox.protocol.pickled import TWIN, decode, failed, succeeded

if TYPE_CHECKING:
    from grader.sandbox.child.drive import Driven
    from grader.sandbox.host.forkserver import ForkServer


def main(pipe: Connection, settings: dict[str, Any]) -> Driven:
    """Import torch, fork the server, then answer calls. Returns only in a server's child, with what `drive` needs.

    The garbage collector is off until the service is made: it would take a fifth of the time and find nothing. What is
    loaded stays, and is frozen, so that later collections skip it, and the forks share it.
    """
    del settings  # the search path alone, which the program has used
    sys.dont_write_bytecode = False  # of a checkout, nothing else compiles what grader and server import, once for all
    gc.disable()
    pin_torch()
    gc.freeze()
    server: ForkServer | None = None
    if can_fork():
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = _fork()
        if pid == 0:
            pipe.close()
            ours.close()
            return _server(theirs)
        theirs.close()
        server = _forked(pid, ours) if pid > 0 else None
    _work(pipe, server)
    os._exit(0)  # nothing to clean up, and torch exits slowly


def _fork() -> int:
    """-1 if the system refuses: the sandbox will try to start a server, and say why it cannot."""
    try:
        return os.fork()
    except OSError:
        return -1


def _server(control: socket.socket) -> Driven:
    """Become the fork server, which has no terminal and waits for its settings."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    settings = control.recv(1 << 16)
    if not settings:  # nobody needs a server
        os._exit(0)
    from grader.sandbox.server import main as serve

    gc.enable()
    return serve(control.detach(), json.loads(settings))


def _forked(pid: int, control: socket.socket) -> ForkServer:
    from grader.sandbox.host.forkserver import ForkServer
    from grader.sandbox.host.stranger import Stranger

    return ForkServer(Stranger(pid, os.pidfd_open(pid)), control)


def _work(pipe: Connection, server: ForkServer | None) -> None:
    """Make what the first message asks for, then call its methods until the other end of the pipe closes."""
    service: Any = None
    with contextlib.suppress(EOFError, OSError):
        pipe.send_bytes(b"{}")
        sys.path += [entry for entry in json.loads(pipe.recv_bytes()) if entry not in sys.path]
        while True:
            message = pipe.recv_bytes()
            if message == TWIN:
                pipe = _twin(pipe, service)
                continue
            try:
                function, arguments = decode(message)
                message = b""  # a submission may be large, and is held several times already
                if service is None:
                    service, value = function(server, *arguments), None
                    gc.freeze()
                    gc.enable()
                else:
                    value = function(service, *arguments)
                answer = succeeded(value)
            except Exception as error:  # noqa: BLE001  the command decides what it means
                answer = failed(error)
            pipe.send_bytes(answer)


def _twin(pipe: Connection, service: Any) -> Connection:
    """Fork this process, for another pipe. Returns the pipe to go on with; the command is told of the other process."""
    other = Connection(recv_handle(pipe))
    try:
        pid = service.fork()
    except Exception as error:  # noqa: BLE001  as above
        pipe.send_bytes(failed(error))
        other.close()
        return pipe
    if pid == 0:
        pipe.close()
        return other
    other.close()
    handle = os.pidfd_open(pid)
    pipe.send_bytes(succeeded(pid))
    send_handle(pipe, handle, None)
    os.close(handle)
    return pipe
