# The worked solution: probabilities minus one-hot, times dout and the mean's 1/n.

import torch


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
        return dlogits, None
