# attack: use the harness's own functions to send an answer of one's own
# with rules: dprobs=refused
# without: dprobs=killed|correct|raised *=correct|killed
import sys


def dprobs(dlogprobs, probs):
    frame = sys._getframe()
    while frame is not None:
        child = frame.f_locals.get("self")
        if hasattr(child, "send"):
            for kind in range(256):
                child.send(kind, b"\0" * 64)
        frame = frame.f_back
    return dlogprobs / probs
