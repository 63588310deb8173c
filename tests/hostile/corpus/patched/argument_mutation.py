# attack: change the arguments in place, so that the reference changes with them if it shares memory
# expect: dprobs=wrong_values
def dprobs(dlogprobs, probs):
    dlogprobs.zero_()
    probs.fill_(1.0)
    return dlogprobs
