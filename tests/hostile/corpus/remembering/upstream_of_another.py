# attack: ask for gradients further down, from which one's own can be had by dividing
# expect: dprobs=unknown_parameter dlogits=unknown_parameter dlogprobs=unknown_parameter
def dprobs(dcounts, counts_sum_inv):
    return dcounts / counts_sum_inv


def dlogits(dh, W2):
    return dh @ W2


def dlogprobs(dprobs=None, probs=None):
    return dprobs * probs
