# mistake: wrong_axis -- summed over the columns
def dA(dlog_A, log_A):
    return dlog_A - log_A.exp() * dlog_A.sum(0, keepdim=True)


# mistake: softmax_jacobian -- the normalization is left out
def dA(dlog_A):
    return dlog_A.clone()
