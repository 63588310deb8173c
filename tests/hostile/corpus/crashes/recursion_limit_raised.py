# attack: recursion without an end and without the limit
# with rules: dprobs=refused
# without: dprobs=raised|killed
import sys


def dprobs(dlogprobs, probs):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")

    return Deep().x
