# attack: text that cannot be encoded
# expect: dprobs=correct dcounts=raised
def dprobs(dlogprobs, probs):
    print("\ud800\udfff")
    return dlogprobs / probs


def dcounts(dprobs):
    raise ValueError("\ud800\udfff")
