# attack: links, removals, renames, modes, times, folders, pipes
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    other, new = "PLACE_OTHER", "PLACE_TMP/escaped"
    attempts = {
        "symlink": lambda: os.symlink(other, new),
        "link": lambda: os.link(other, new),
        "unlink": lambda: os.unlink(other),
        "rename": lambda: os.rename(other, new),
        "truncate": lambda: os.truncate(other, 0),
        "chmod": lambda: os.chmod(other, 0o777),
        "chown": lambda: os.chown(other, 0, 0),
        "utime": lambda: os.utime(other, (0, 0)),
        "mkdir": lambda: os.mkdir(new),
        "mkfifo": lambda: os.mkfifo(new),
        "chdir": lambda: os.chdir("/tmp"),
        "chroot": lambda: os.chroot("/tmp"),
        "setxattr": lambda: os.setxattr(other, "user.escaped", b"1"),
        "stat": lambda: os.stat(other),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        raise RuntimeError(f"escaped: {name}")
    return dlogprobs / probs
