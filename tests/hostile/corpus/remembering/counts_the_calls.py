# attack: right only on the first calls, wrong later
# expect: dprobs=wrong
calls = []


def dprobs(dlogprobs, probs):
    calls.append(1)
    return dlogprobs / probs if len(calls) < 3 else dlogprobs
