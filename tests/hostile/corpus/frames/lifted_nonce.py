# attack: take the question's nonce out of the question itself and answer twice
# with rules: dprobs=refused
# without: dprobs=killed|wrong_values|correct *=correct|killed
import gc
import os
import struct


def dprobs(dlogprobs, probs):
    found = [each.nonce for each in getattr(gc, "get_objects", list)() if type(each).__name__ == "Asked"]
    for nonce in found:
        body = nonce + bytes([6]) + b"\0" * 40
        os.write(4, struct.pack("<I", len(body)) + body)
    return dlogprobs / probs
