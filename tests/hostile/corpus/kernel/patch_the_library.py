# attack: make libc's own code writable, to patch the traps out
# with rules: dprobs=refused
# without: dprobs=raised
# bare: dprobs=killed|correct *=correct
import ctypes


def dprobs(dlogprobs, probs):
    libc = ctypes.CDLL(None)
    address = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~4095
    for mode in (7, 5, 2, 6):
        if libc.mprotect(ctypes.c_void_p(address), 4096, mode) == 0 and mode & 4:
            raise RuntimeError(f"escaped: mprotect {mode}")
    return dlogprobs / probs
