# attack: an object in place of stdout that raises and loops
# with rules: dprobs=refused
# without: dprobs=correct
import sys


class Stream:
    def write(self, text):
        raise SystemExit(0)

    def flush(self):
        while True:
            pass


def dprobs(dlogprobs, probs):
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Stream()
    return dlogprobs / probs
