import torch


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        # the gradient is finished here, but for dout
        n = logits.shape[0]
        top = logits.amax(1, keepdim=True)
        exps = torch.exp(logits - top)
        sums = exps.sum(1, keepdim=True)
        loss = (sums.log() + top).squeeze(1) - logits[torch.arange(n), targets]
        grad = exps / sums
        grad[torch.arange(n), targets] -= 1.0
        ctx.save_for_backward(grad / n)
        return loss.mean()

    @staticmethod
    def backward(ctx, dout):
        (grad,) = ctx.saved_tensors
        return grad * dout, None
