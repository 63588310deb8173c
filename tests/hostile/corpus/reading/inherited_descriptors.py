# attack: look for descriptors that somebody forgot to close
# with rules: dprobs=refused
# without: dprobs=correct
import fcntl
import mmap
import os


def dprobs(dlogprobs, probs):
    for descriptor in (*range(3), *range(5, 1024)):
        for act in (os.fstat, lambda d: os.read(d, 1), lambda d: fcntl.fcntl(d, 1), lambda d: mmap.mmap(d, 1)):
            try:
                got = act(descriptor)
            except (OSError, ValueError):
                continue
            raise RuntimeError(f"escaped: descriptor {descriptor}: {got!r}")
    return dlogprobs / probs
