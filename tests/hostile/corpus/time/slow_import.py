# attack: an import that takes most of every deadline, again in every fresh child
# expect: dprobs=killed|timed_out *=correct|timed_out|killed
import time

time.sleep(0.4)


def dprobs(dlogprobs, probs):
    while True:
        pass
