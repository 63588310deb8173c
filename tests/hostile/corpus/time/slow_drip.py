# attack: send the answer one byte at a time, so that no single wait is long
# with rules: dprobs=refused
# without: dprobs=timed_out|killed
import os
import time


def dprobs(dlogprobs, probs):
    while True:
        os.write(4, b"\x01")
        time.sleep(0.05)
