# attack: shared memory that outlives the process
# with rules: dprobs=refused
# without: dprobs=raised
# bare: dprobs=correct *=correct
import ctypes


def dprobs(dlogprobs, probs):
    libc = ctypes.CDLL(None)
    for name, got in {
        "shmget": libc.shmget(0, 4096, 0o1666),
        "semget": libc.semget(0, 1, 0o1666),
        "msgget": libc.msgget(0, 0o1666),
        "memfd": libc.memfd_create(b"escaped", 0),
        "shm_open": libc.shm_open(b"/escaped", 66, 0o666),
        "mq_open": libc.syscall(240, b"escaped", 66, 0o666, None),
    }.items():
        if got >= 0:
            raise RuntimeError(f"escaped: {name}")
    try:
        from multiprocessing import shared_memory

        shared_memory.SharedMemory("escaped", create=True, size=4096)
    except (OSError, ImportError):
        return dlogprobs / probs
    raise RuntimeError("escaped: SharedMemory")
