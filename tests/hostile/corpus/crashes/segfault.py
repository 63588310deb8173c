# attack: read address 0
# with rules: dprobs=refused
# without: dprobs=raised
# bare: dprobs=killed *=correct
import ctypes


def dprobs(dlogprobs, probs):
    ctypes.string_at(0)
