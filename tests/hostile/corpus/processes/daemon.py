# attack: fork a daemon that outlives everything
# with rules: dprobs=refused
# without: dprobs=correct
import os
import time


def dprobs(dlogprobs, probs):
    for make in (os.fork, os.forkpty):
        try:
            pid = make()
        except OSError:
            continue
        if pid == 0:
            os.setsid()
            time.sleep(600)
            os._exit(0)
        raise RuntimeError("escaped: forked")
    return dlogprobs / probs
