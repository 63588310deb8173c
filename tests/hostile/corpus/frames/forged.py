# attack: frames with a guessed nonce before the answer
# with rules: dprobs=refused
# without: dprobs=killed
import os
import struct


def dprobs(dlogprobs, probs):
    for nonce in (bytes(16), b"\xff" * 16):
        body = nonce + bytes([6]) + b"\0" * 40
        os.write(4, struct.pack("<I", len(body)) + body)
    return dlogprobs / probs
