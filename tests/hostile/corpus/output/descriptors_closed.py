# attack: close every descriptor
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    os.closerange(0, 256)
    for descriptor in range(256):
        try:
            os.close(descriptor)
        except OSError:
            pass
    return dlogprobs / probs
