# attack: wait instead of working
# expect: dprobs=timed_out
import time


def dprobs(dlogprobs, probs):
    time.sleep(10**6)
