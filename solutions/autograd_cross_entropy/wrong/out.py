# mistake: constant_factor -- the sum instead of the mean
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].sum()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: sign -- the minus is forgotten
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: wrong_axis -- a softmax over the examples
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(0)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None
