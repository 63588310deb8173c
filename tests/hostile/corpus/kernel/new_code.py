# attack: make memory that can be written and run
# with rules: dprobs=refused
# without: dprobs=raised
# bare: dprobs=correct|killed *=correct
import ctypes
import mmap


def dprobs(dlogprobs, probs):
    try:
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except (OSError, ValueError):
        page = None
    if page is not None:
        raise RuntimeError("escaped: writable and executable memory")
    libc = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(8192)
    address = (ctypes.addressof(buffer) + 4095) & ~4095
    if libc.mprotect(ctypes.c_void_p(address), 4096, 7) == 0:
        raise RuntimeError("escaped: mprotect")
    return dlogprobs / probs
