# mistake: softmax_jacobian -- the softmax's sum is missing
def dq(datt, att, k):
    return (att * datt) @ k / k.shape[-1] ** 0.5


# mistake: constant_factor -- the scale is missing
def dq(datt, att, k):
    return _dscores(datt, att) @ k
