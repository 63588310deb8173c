# attack: pretend that somebody pressed Ctrl-C
# expect: dprobs=raised
def dprobs(dlogprobs, probs):
    raise KeyboardInterrupt
