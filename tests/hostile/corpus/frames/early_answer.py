# attack: the next question's answer already lies in the pipe
# with rules: dprobs=refused
# without: dprobs=killed|correct *=correct|killed
import os
import threading
import struct


def dprobs(dlogprobs, probs):
    body = bytes(16) + bytes([6]) + b"\0" * 40
    answer = dlogprobs / probs

    class Late:
        def __del__(self):
            os.write(4, struct.pack("<I", len(body)) + body)

    globals()["late"] = Late()
    globals()["late"] = None
    return answer
