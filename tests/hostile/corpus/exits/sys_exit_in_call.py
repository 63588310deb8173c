# attack: sys.exit(0) in a call
# with rules: dprobs=refused
# without: dprobs=raised
import sys


def dprobs(dlogprobs, probs):
    sys.exit(0)
