# attack: os.abort()
# with rules: dprobs=refused
# without: dprobs=killed
import os


def dprobs(dlogprobs, probs):
    os.abort()
