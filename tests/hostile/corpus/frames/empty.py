# attack: a frame of no bytes, and one that stops in the middle
# with rules: dprobs=refused
# without: dprobs=killed|timed_out
import os


def dprobs(dlogprobs, probs):
    os.write(4, b"\0\0\0\0")
    os.write(4, b"\x40\0\0\0half")
    os._exit(0)
