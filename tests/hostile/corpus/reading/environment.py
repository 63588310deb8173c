# attack: look for secrets in the environment and the arguments
# with rules: dprobs=refused
# without: dprobs=correct
import os
import sys


def dprobs(dlogprobs, probs):
    seen = repr(dict(os.environ)) + repr(sys.argv) + repr(sys.orig_argv) + repr(sys.path)
    if "PLACE_SECRET" in seen or "TOKEN" in seen or "PLACE_TMP" in seen:
        raise RuntimeError("escaped: the environment tells something")
    return dlogprobs / probs
