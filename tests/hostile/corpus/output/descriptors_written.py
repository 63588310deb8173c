# attack: write to every descriptor
# with rules: dprobs=refused
# without: dprobs=correct|killed
import os


def dprobs(dlogprobs, probs):
    for descriptor in range(16):
        try:
            os.write(descriptor, b"escaped") if descriptor != 4 else None
        except OSError:
            pass
    return dlogprobs / probs
