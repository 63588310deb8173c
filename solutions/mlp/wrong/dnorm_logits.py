# mistake: upstream_only -- dcounts unchanged
def dnorm_logits(dcounts):
    return dcounts.clone()


# mistake: upstream_unused -- dcounts is missing
def dnorm_logits(counts):
    return counts.clone()


# mistake: wrong_operand -- norm_logits instead of its exponential
def dnorm_logits(dcounts, norm_logits):
    return norm_logits * dcounts


# mistake: wrong_operand -- probs instead of counts
def dnorm_logits(dcounts, probs):
    return probs * dcounts


# mistake: wrong_operand -- the exponential of logits
def dnorm_logits(dcounts, logits):
    return logits.exp() * dcounts


# mistake: wrong_operand -- the exponential of counts
def dnorm_logits(dcounts, counts):
    return counts.exp() * dcounts


# mistake: wrong_power -- the power rule for an exponential
def dnorm_logits(dcounts, norm_logits, counts):
    return norm_logits * counts**-1 * dcounts


# mistake: sign -- an extra minus
def dnorm_logits(dcounts, counts):
    return -counts * dcounts


# mistake: other_gradient -- dprobs instead of dcounts
def dnorm_logits(dprobs, counts):
    return counts * dprobs


# mistake: softmax_jacobian -- p(1-p) times dprobs, as if entries were independent
def dnorm_logits(dprobs, probs):
    return probs*(1 - probs)*dprobs


# mistake: softmax_jacobian -- only the diagonal part
def dnorm_logits(dprobs, probs):
    return probs*dprobs


# mistake: softmax_jacobian -- only the part shared by the row
def dnorm_logits(dprobs, probs):
    return -probs*(dprobs*probs).sum(1, keepdim=True)


# mistake: softmax_jacobian -- the wrong axis is summed
def dnorm_logits(dprobs, probs):
    return probs*(dprobs - (dprobs*probs).sum(0, keepdim=True))


# mistake: softmax_jacobian -- cross entropy without softmax
def dnorm_logits(norm_logits, Yb, probs, n):
    return (norm_logits - F.one_hot(Yb, probs.shape[1]))/n


# mistake: constant_factor -- right for this loss only, except for 1/n
def dnorm_logits(probs, Yb):
    return probs - F.one_hot(Yb, probs.shape[1])


# mistake: zeros -- left as zeros
def dnorm_logits(norm_logits):
    return torch.zeros_like(norm_logits)
