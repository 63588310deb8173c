# attack: the right answer only for the sizes of the given case
# expect: dprobs=wrong
def dprobs(dlogprobs, probs):
    return dlogprobs / probs if probs.shape == (32, 27) else dlogprobs
