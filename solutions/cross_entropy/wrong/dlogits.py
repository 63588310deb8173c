# mistake: constant_factor -- 1/n is missing
def dlogits(logits, Yb, n):
    d = F.softmax(logits, 1)
    d[range(n), Yb] -= 1
    return d


# mistake: constant_factor -- divided by the number of entries
def dlogits(logits, Yb):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/logits.numel()


# mistake: constant_factor -- n-1 instead of n
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/(n-1)


# mistake: constant_factor -- divided by the number of classes
def dlogits(logits, Yb):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/logits.shape[1]


# mistake: sign -- transposed
def dlogits(Yb, logits, n):
    return (F.one_hot(Yb, logits.shape[1]) - F.softmax(logits, 1))/n


# mistake: sign -- plus one at the target
def dlogits(logits, Yb, n):
    d = F.softmax(logits, 1)
    d[range(n), Yb] += 1
    return d/n


# mistake: missing_path -- the one at the target is missing
def dlogits(logits, n):
    return F.softmax(logits, 1)/n


# mistake: missing_path -- only the one at the target
def dlogits(Yb, logits, n):
    return -F.one_hot(Yb, logits.shape[1])/n


# mistake: wrong_axis -- softmax over the minibatch
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 0) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: softmax_jacobian -- without softmax
def dlogits(logits, Yb, n):
    return (logits - F.one_hot(Yb, logits.shape[1]))/n


# mistake: softmax_jacobian -- exp without its sum
def dlogits(Yb, logits, n):
    return (logits.exp() - F.one_hot(Yb, logits.shape[1]))/n


# mistake: softmax_jacobian -- log-softmax instead of softmax
def dlogits(logits, Yb, n):
    return (F.log_softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: softmax_jacobian -- sigmoid instead of softmax
def dlogits(logits, Yb, n):
    return (torch.sigmoid(logits) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: softmax_jacobian -- through probs, as if entries were independent: p(1-p)
def dlogits(logits, Yb, n):
    probs = F.softmax(logits, 1)
    dprobs = -F.one_hot(Yb, logits.shape[1])/(n*probs)
    return probs*(1 - probs)*dprobs


# mistake: fused_term -- the derivative of a squared error
def dlogits(logits, Yb, n):
    return 2*(F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: wrong_index -- all rows at all target columns: a colon instead of range(n)
def dlogits(logits, Yb, n):
    d = F.softmax(logits, 1)
    d[:, Yb] -= 1
    return d/n


# mistake: wrong_index -- at the maximum, not at the target
def dlogits(logits, n):
    return (F.softmax(logits, 1) - F.one_hot(logits.argmax(1), logits.shape[1]))/n


# mistake: wrong_index -- off by one class
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - F.one_hot((Yb + 1) % logits.shape[1], logits.shape[1]))/n


# mistake: hard_coded -- 32 instead of n
def dlogits(logits, Yb):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/32


# mistake: hard_coded -- 27 classes
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - F.one_hot(Yb, 27))/n


# mistake: wrong_epsilon -- a small number in the denominator
def dlogits(logits, Yb, n):
    counts = logits.exp()
    probs = counts / (counts.sum(1, keepdim=True) + 1e-5)
    return (probs - F.one_hot(Yb, logits.shape[1]))/n


# mistake: float32_pinned -- the same small number, in float32
def dlogits(logits, Yb, n):
    counts = logits.float().exp()
    probs = counts / (counts.sum(1, keepdim=True) + 1e-5)
    return (probs - F.one_hot(Yb, logits.shape[1]).float())/n


# mistake: constant_factor -- label smoothing
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - 0.9*F.one_hot(Yb, logits.shape[1]) - 0.1/logits.shape[1])/n


# mistake: aliasing -- logits are overwritten before their second use
def dlogits(logits, Yb, n):
    d = logits
    d -= d.max(1, keepdim=True).values
    d.exp_()
    return (d/logits.exp().sum(1, keepdim=True) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: summed_too_far -- summed over the minibatch
def dlogits(logits, Yb, n):
    return ((F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n).sum(0)


# mistake: wrong_dtype -- in float64
def dlogits(Yb, logits, n):
    return (F.softmax(logits.double(), 1) - F.one_hot(Yb, logits.shape[1]))/n


# mistake: transposed -- transposed
def dlogits(logits, Yb, n):
    return ((F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n).T


# mistake: zeros -- left as zeros
def dlogits(logits):
    return torch.zeros_like(logits)
