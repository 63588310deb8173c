# attack: close and delete the standard streams
# with rules: dprobs=refused
# without: dprobs=correct
import sys


def dprobs(dlogprobs, probs):
    for name in ("stdin", "stdout", "stderr", "__stdout__", "__stderr__"):
        try:
            getattr(sys, name).close()
        except Exception:
            pass
        setattr(sys, name, None)
    return dlogprobs / probs
