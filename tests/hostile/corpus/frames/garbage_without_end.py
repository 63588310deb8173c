# attack: fill the pipe for ever
# with rules: dprobs=refused
# without: dprobs=killed|timed_out
import os


def dprobs(dlogprobs, probs):
    while True:
        os.write(4, b"A" * 65536)
