# mistake: softmax_jacobian -- the normalization is left out
def dlogits(dlogprobs):
    return dlogprobs.clone()
