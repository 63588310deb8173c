# form: two steps
def dlogits(logits, targets, n, T):
    d = F.softmax(logits, 2)
    d -= F.one_hot(targets, logits.shape[2])
    return d/targets.numel()


# form: minus one at the targets
def dlogits(logits, targets):
    d = F.softmax(logits, 2).flatten(0, 1)
    d[range(d.shape[0]), targets.flatten()] -= 1
    return (d/d.shape[0]).view(logits.shape)


# form: exponentials by hand
def dlogits(logits, targets):
    e = (logits - logits.amax(2, keepdim=True)).exp()
    return (e/e.sum(2, keepdim=True) - F.one_hot(targets, logits.shape[2]))/targets.numel()


# form: by the log-softmax
def dlogits(logits, targets, dloss):
    return dloss*(F.log_softmax(logits, 2).exp() - F.one_hot(targets, logits.shape[2]))/targets.numel()
