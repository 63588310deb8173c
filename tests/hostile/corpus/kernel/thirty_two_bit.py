# attack: the same system calls through the numbers of another architecture
# with rules: dprobs=refused
# without: dprobs=raised
# bare: dprobs=killed|correct *=correct
import ctypes


def dprobs(dlogprobs, probs):
    libc = ctypes.CDLL(None)
    if libc.syscall(0x40000000 + 2, b"/etc/passwd", 0) >= 0:
        raise RuntimeError("escaped: x32 open")
    return dlogprobs / probs
