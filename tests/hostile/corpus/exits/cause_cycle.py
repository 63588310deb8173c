# attack: exceptions that are each other's cause
# expect: dprobs=raised
def dprobs(dlogprobs, probs):
    a, b = ValueError("a"), ValueError("b")
    a.__cause__, b.__cause__ = b, a
    raise a
