# mistake: softmax_jacobian -- the normalization is left out
def dpi_logits(dlog_pi):
    return dlog_pi.clone()
