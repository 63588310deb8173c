# attack: use the harness's own functions to send an answer of one's own
# with rules: dprobs=refused
# without: dprobs=killed|correct|raised *=correct|killed
import gc


def dprobs(dlogprobs, probs):
    for thing in getattr(gc, "get_objects", list)():
        if type(thing).__name__ == "Pipes":
            for kind in range(256):
                thing.send(kind, b"\0" * 64)
    return dlogprobs / probs
