# mistake: softmax_jacobian -- the normalizer is forgotten
def dlogits(dlog_probs):
    return dlog_probs.clone()


# mistake: wrong_operand -- log probabilities instead of probabilities
def dlogits(dlog_probs, log_probs):
    return dlog_probs - log_probs * dlog_probs.sum(1, keepdim=True)


# mistake: wrong_axis -- summed over the examples
def dlogits(dlog_probs, log_probs):
    return dlog_probs - log_probs.exp() * dlog_probs.sum(0, keepdim=True)
