"""Starts another interpreter for the sandbox: bare environment, isolated mode, explicit search path."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from grader.sandbox.numerics import PINNED_ENVIRONMENT
from grader.sandbox.types import SandboxError

READY_SECONDS: Final = 180.0
"""Time to import torch, on a machine that is busy or has a slow disk; 1.1 to 1.5 s are usual."""

_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE")
"""What an interpreter may need to find its own libraries."""
_PACKAGES = ("site-packages", "dist-packages")


def environment() -> dict[str, str]:
    """The pinned numerics, and of the grader's own environment only the library paths."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | PINNED_ENVIRONMENT


def search_path() -> list[str]:
    """Directories in which the other interpreter finds torch and this package.

    Isolated mode hides user installs and editable checkouts. The grader's own path may contain the current directory or
    a submission's, where a malicious `torch.py` could be: only package directories are passed on, and those in use.
    """
    packages = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry).name in _PACKAGES]
    spec = importlib.util.find_spec("torch")
    torch = [str(Path(place).parent) for place in (spec.submodule_search_locations or [])] if spec else []
    ours = str(Path(__file__).resolve().parents[3])
    return list(dict.fromkeys([*packages, *torch, ours]))


def ready(said: bytes, who: str) -> dict[str, Any]:
    """The report that the other interpreter sends first.

    Raises:
        SandboxError: it could not start; the report is its traceback.
    """
    report = dict(json.loads(said))
    if "error" in report:
        message = f"the sandbox {who} could not start:\n{report['error']}"
        raise SandboxError(message)
    return report


def bootstrap(module: str) -> str:
    """The program text: read the settings from the control channel, extend the path, call the main module."""
    return _PROGRAM.format(module=module, first=_FIRST[module], excuse=_EXCUSE[module], last=_LAST[module])


_FIRST = {
    "grader": "from multiprocessing import connection\n"
    "control = getattr(connection, 'PipeConnection', connection.Connection)(int(sys.argv[1]))\n"
    "line = control.recv_bytes()",
    "server": "control = socket.socket(fileno=int(sys.argv[1])); line = control.recv(1 << 16)",
    "worker": "line = b''\nwhile not line.endswith(b'\\n'): line += os.read(0, 1)",
}
_EXCUSE = {
    "grader": "control.send_bytes(report)",
    "server": "control.send(report)",
    "worker": "os.write(1, (17 + len(report)).to_bytes(4, 'little') + bytes(16) + b'@' + report)",
}
_LAST = {
    "grader": "main(control, settings)",
    "server": "main(control.detach(), settings)",
    "worker": "main(settings)",
}
"""Learners' code runs from this program's own frame, with nothing of `main` beneath it."""
_PROGRAM = """\
import json, os, socket, sys
{first}
settings = json.loads(line)
sys.path += [entry for entry in settings.pop("path") if entry not in sys.path]
sys.dont_write_bytecode = True
try:
    from grader.sandbox.{module} import main
    from grader.sandbox.child.drive import drive
except BaseException:
    import traceback
    report = json.dumps({{"error": traceback.format_exc()[-4000:]}}).encode()
    {excuse}
    os._exit(1)
try:
    driven = {last}
    del main
    drive(*driven)
finally:
    os._exit(0)
"""
