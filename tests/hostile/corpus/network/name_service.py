# attack: ask the name service, which opens sockets and files by itself
# with rules: dprobs=refused
# without: dprobs=correct|killed
import socket


def dprobs(dlogprobs, probs):
    try:
        found = socket.getaddrinfo("localhost.localdomain", 80)
    except OSError:
        return dlogprobs / probs
    raise RuntimeError(f"escaped: {found}")
