# attack: a loop that never ends, in one call
# expect: dprobs=timed_out
def dprobs(dlogprobs, probs):
    while True:
        pass
