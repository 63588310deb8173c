# attack: read the coming questions off the pipe
# with rules: dprobs=refused
# without: dprobs=timed_out|killed|raised *=correct|killed|timed_out
import os


def dprobs(dlogprobs, probs):
    read = b""
    while len(read) < 10**6:
        read += os.read(3, 65536)
    return dlogprobs / probs
