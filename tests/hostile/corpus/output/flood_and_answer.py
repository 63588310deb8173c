# attack: print 20 MB and then answer
# expect: dprobs=correct
def dprobs(dlogprobs, probs):
    for _ in range(20):
        print("x" * 10**6)
    return dlogprobs / probs
