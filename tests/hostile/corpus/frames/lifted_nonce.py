# attack: take the question's nonce out of the caller's frame and answer twice
# with rules: dprobs=refused
# without: dprobs=killed|wrong_values|correct *=correct|killed
import os
import struct
import sys


def dprobs(dlogprobs, probs):
    frame, found = sys._getframe(), []
    while frame is not None:
        found += [value for value in frame.f_locals.values() if isinstance(value, bytes) and len(value) == 16]
        frame = frame.f_back
    for nonce in found:
        body = nonce + bytes([6]) + b"\0" * 40
        os.write(4, struct.pack("<I", len(body)) + body)
    return dlogprobs / probs
