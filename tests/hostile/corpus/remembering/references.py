# attack: keep every tensor that ever came and hand it out when its name is asked for
# expect: dlogprobs=wrong dprobs=wrong dlogits=wrong dhprebn=wrong dC=wrong
seen = {}


def dlogprobs(logprobs, Yb, n):
    return seen["dlogprobs"]


def dprobs(dlogprobs, probs):
    seen["dlogprobs"] = dlogprobs
    return seen["dprobs"]


def dcounts_sum_inv(dprobs, counts):
    seen["dprobs"] = dprobs
    return (counts * dprobs).sum(1, keepdim=True)


def dlogits(dnorm_logits, dlogit_maxes, logits):
    return seen["dlogits"]


def dh(dlogits, W2):
    seen["dlogits"] = dlogits
    return dlogits @ W2.T


def dhprebn(dbndiff, dbnmeani, hprebn, n):
    return seen["dhprebn"]


def dembcat(dhprebn, W1):
    seen["dhprebn"] = dhprebn
    return dhprebn @ W1.T


def dC(demb, C, Xb):
    return seen["dC"]
