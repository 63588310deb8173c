# attack: connect to a server on this machine
# with rules: dprobs=refused
# without: dprobs=correct
import socket


def dprobs(dlogprobs, probs):
    try:
        socket.create_connection(("127.0.0.1", PLACE_PORT), 0.3).send(b"escaped")
    except OSError:
        return dlogprobs / probs
    raise RuntimeError("escaped: connected")
