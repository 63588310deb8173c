# attack: an integer power that takes minutes inside one C call
# expect: dprobs=timed_out|raised
def dprobs(dlogprobs, probs):
    return 7 ** (10**8) % 2
