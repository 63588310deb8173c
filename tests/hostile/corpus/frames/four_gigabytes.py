# attack: announce a frame of 4 GB
# with rules: dprobs=refused
# without: dprobs=killed
import os


def dprobs(dlogprobs, probs):
    os.write(4, b"\xff\xff\xff\xff" + b"x" * 100)
    return dlogprobs / probs
