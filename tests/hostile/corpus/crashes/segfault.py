# attack: read address 0
# with rules: dprobs=refused
# without: dprobs=killed
import ctypes


def dprobs(dlogprobs, probs):
    ctypes.string_at(0)
