"""Whether this system has what the fork server needs."""

from __future__ import annotations

import os
import signal
import sys


def can_fork() -> bool:
    """Whether this is Linux with a kernel that has pidfds (5.3 and later), and no filter refuses to signal by one."""
    if sys.platform != "linux":
        return False
    try:
        handle = os.pidfd_open(os.getpid())
        try:
            signal.pidfd_send_signal(handle, 0)  # only asks
        finally:
            os.close(handle)
    except OSError:
        return False
    return True
