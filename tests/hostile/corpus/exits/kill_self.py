# attack: SIGKILL to itself
# with rules: dprobs=refused
# without: dprobs=killed|raised
import os
import signal


def dprobs(dlogprobs, probs):
    os.kill(os.getpid(), signal.SIGKILL)
