# attack: a socket of any family: UDP, Unix, netlink, vsock, raw, packet
# with rules: dprobs=refused
# without: dprobs=correct
import socket


def dprobs(dlogprobs, probs):
    for family in (1, 2, 10, 16, 17, 38, 40, 44):
        for kind in (1, 2, 3, 5):
            try:
                made = socket.socket(family, kind)
            except OSError:
                continue
            try:
                made.sendto(b"escaped", ("127.0.0.1", PLACE_PORT))
            except (OSError, TypeError):
                pass
            raise RuntimeError(f"escaped: socket({family}, {kind})")
    try:
        socket.socketpair()
    except OSError:
        return dlogprobs / probs
    raise RuntimeError("escaped: socketpair")
