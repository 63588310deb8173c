"""Calls from a command to the grader's process: both are ours, so functions, values and errors travel pickled."""

from __future__ import annotations

import pickle
import traceback
from typing import Any, Final

TWIN: Final = b"twin"
"""Instead of a call: fork, for the pipe whose handle follows."""
_VALUE, _ERROR = b"+", b"-"


def encode(value: Any) -> bytes:
    """Encode a call (a function, which the other side imports by its name, and its arguments)."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def decode(data: bytes) -> Any:
    """Decode what `encode` returned."""
    return pickle.loads(data)  # noqa: S301  never what a learner's process sent


def succeeded(value: Any) -> bytes:
    """Encode what a call returned."""
    return _VALUE + encode(value)


def failed(error: Exception) -> bytes:
    """Encode what a call raised, with its traceback as a note. An error that cannot travel becomes a `RuntimeError`."""
    there = "".join(traceback.format_exception(error))
    error.add_note(there)
    try:
        data = encode(error)
        decode(data)
    except Exception:  # noqa: BLE001  anything may go wrong in an exception's own code
        data = encode(RuntimeError(there))
    return _ERROR + data


def outcome(answer: bytes) -> Any:
    """What a call returned; raises what it raised."""
    value = decode(answer[1:])
    if answer[:1] == _VALUE:
        return value
    raise value
