# attack: a deep group of exceptions
# expect: dprobs=raised
def dprobs(dlogprobs, probs):
    error = ValueError("escaped" [:0])
    for _ in range(2000):
        error = ExceptionGroup("", [error])
    raise error
