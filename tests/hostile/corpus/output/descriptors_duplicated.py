# attack: duplicate and exchange the pipes
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    for old, new in ((4, 1), (1, 4), (3, 4), (4, 3), (4, 9)):
        try:
            os.dup2(old, new)
        except OSError:
            pass
    return dlogprobs / probs
