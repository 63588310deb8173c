# attack: what lies in the frames beneath is taken away and filled again
# with rules: dprobs=refused
# without: dprobs=correct|killed|raised|wrong_type *=correct|killed
import sys


def dprobs(dlogprobs, probs):
    frame = sys._getframe().f_back
    while frame is not None:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if type(value) is list:
                value[:] = [("escaped", None, "escaped")] * 3
        frame = frame.f_back
    return dlogprobs / probs
