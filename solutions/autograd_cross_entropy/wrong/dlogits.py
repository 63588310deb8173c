# mistake: upstream_unused -- as if the loss were the end of the graph
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits / n
        return dlogits, None


# mistake: constant_factor -- the mean's 1/n is forgotten
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout
        return dlogits, None


# mistake: constant_factor -- 1/n twice
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n**2
        return dlogits, None


# mistake: constant_factor -- divided by the number of all scores
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / dlogits.numel()
        return dlogits, None


# mistake: sign -- one-hot minus probabilities
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = -dlogits * dout / n
        return dlogits, None


# mistake: missing_path -- the targets are forgotten
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        pass
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: softmax_jacobian -- the derivative of the picked log probabilities alone
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = torch.zeros_like(logprobs)
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: wrong_index -- one subtracted in the whole columns of the targets
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[:, targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: wrong_operand -- log probabilities instead of probabilities
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.clone()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        targets, logprobs = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None


# mistake: unknown -- None for the targets is forgotten
class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        ctx.save_for_backward(logprobs, targets)
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = ctx.saved_tensors
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits


# mistake: unknown -- the probabilities kept in a list that grows: the first call's are used
kept = []


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        logprobs = logits.log_softmax(1)
        kept.append((logprobs, targets))
        return -logprobs[range(len(targets)), targets].mean()

    @staticmethod
    def backward(ctx, dout):
        logprobs, targets = kept[0]
        n = len(targets)
        dlogits = logprobs.exp()
        dlogits[range(n), targets] -= 1
        dlogits = dlogits * dout / n
        return dlogits, None
