"""Replaces a file's content whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file and rename: whoever reads it meanwhile sees the old content or the new. A link stays one.

    Raises:
        OSError: nothing was changed.
    """
    real = Path(os.path.realpath(path))
    temporary = real.with_name(f".{real.name[:100]}-{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if real.exists():
            temporary.chmod(stat.S_IMODE(real.stat().st_mode))
        temporary.replace(real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
