# attack: recursion without an end
# expect: dprobs=raised
def dprobs(dlogprobs, probs):
    return dprobs(dlogprobs, probs)
