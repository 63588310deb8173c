import torch
import torch.nn.functional as F


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, targets):
        probs = F.softmax(logits, dim=-1)
        ctx.save_for_backward(probs, F.one_hot(targets, logits.shape[-1]))
        return F.cross_entropy(logits, targets)

    @staticmethod
    def backward(ctx, grad_output):
        probs, hot = ctx.saved_tensors
        return grad_output * (probs - hot) / probs.size(0), None
