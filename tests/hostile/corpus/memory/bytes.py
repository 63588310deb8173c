# attack: a list of Python bytes without an end
# expect: dprobs=raised|killed|timed_out
def dprobs(dlogprobs, probs):
    kept = []
    while True:
        kept.append(bytes(16 << 20))
