# attack: leave without a word, with the exit code of success
# with rules: dprobs=refused
# without: dprobs=killed
import os


def dprobs(dlogprobs, probs):
    os._exit(0)
