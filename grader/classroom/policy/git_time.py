"""When the last commit of a learner's clone was made, without running anything that the clone brings along.

A clone's `.git/config` can name programs that git runs (`core.fsmonitor`, `core.pager`, `gpg.program`), and so can its
hooks. Therefore git never sees the clone: its objects, refs and HEAD are copied into a fresh bare repository with a
configuration of ours. A commit's date is what its author's computer said: whoever made the commit can choose it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.classroom.policy.times import UnreadableTime

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES: Final = 1 << 30
_MOST_FILES: Final = 200_000
_SECONDS: Final = 60
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_CONFIG: Final = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_OPTIONS: Final = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.alternateRefsCommand=", "log.showSignature=false",
    "log.mailmap=false", "safe.directory=*", "protocol.allow=never", "gc.auto=0", "maintenance.auto=false",
)  # fmt: skip


def last_commit(clone: Path) -> str:
    """The committer date of a clone's HEAD, ISO 8601.

    Raises:
        UnreadableTime: it is not a clone, git is missing, or it has no commit that git can read.
    """
    git = shutil.which("git")
    if git is None:
        raise UnreadableTime("git is not installed, so the time of a commit cannot be read")
    inside = clone / ".git"
    if inside.is_symlink() or not inside.is_dir():
        raise UnreadableTime(f"{clone} has no folder .git, so it has no time of a last commit")
    try:
        with tempfile.TemporaryDirectory(prefix="grade-") as folder:
            bare = Path(folder) / "clone.git"
            _copy(inside, bare)
            return _asked(git, bare, clone)
    except OSError as error:
        raise UnreadableTime(f"{error.filename or clone} cannot be read: {error.strerror}") from error


def _copy(source: Path, bare: Path) -> None:
    """Copy what holds commits, and nothing that configures git or leads elsewhere."""
    for folder in ("objects", "refs"):
        (bare / folder).mkdir(parents=True)
    (bare / "config").write_text(_CONFIG, encoding="ascii")
    size = 0
    for number, path in enumerate(_files(source)):
        size += path.lstat().st_size
        if size > _MOST_BYTES or number > _MOST_FILES:
            raise UnreadableTime(f"{source} holds more than {_MOST_BYTES >> 30} GB or {_MOST_FILES} files")
        to = bare / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to, follow_symlinks=False)


def _files(source: Path) -> Iterator[Path]:
    """The regular files among objects and refs; not objects/info, which may name folders elsewhere."""
    for name in ("HEAD", "packed-refs", "shallow"):
        if _is_regular(source / name):
            yield source / name
    for top in ("objects", "refs"):
        if (source / top).is_symlink():
            raise UnreadableTime(f"{source / top} is a link")
        for folder, folders, names in os.walk(source / top, onerror=_raised):
            at = Path(folder)
            folders[:] = [each for each in folders if at / each != source / "objects" / "info"]
            yield from (at / each for each in names if _is_regular(at / each))


def _raised(error: OSError) -> None:
    raise error


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _asked(git: str, bare: Path, clone: Path) -> str:
    home = str(bare.parent)
    environment = {
        "PATH": os.defpath, "HOME": home, "XDG_CONFIG_HOME": home, "LC_ALL": "C", "GIT_DIR": str(bare),
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    }  # fmt: skip
    command = [git, "--no-pager", "--bare", *(word for each in _OPTIONS for word in ("-c", each))]
    try:
        result = subprocess.run(
            [*command, "log", "-1", "--no-show-signature", "--format=%cI", "HEAD", "--"],
            env=environment, cwd=bare, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnreadableTime(f"git did not read the last commit of {clone} within {_SECONDS} s") from None
    said = result.stdout.decode("ascii", "replace").strip()
    if result.returncode or not _TIME.fullmatch(said):
        lines = result.stderr.decode("utf-8", "replace").split("\n")
        why = next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal:")), "it has no commit")
        raise UnreadableTime(f"git finds no last commit in {clone}: {why.replace(home, '')[:200]}")
    return said
