import torch


class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        ctx.save_for_backward(x, weight)
        ctx.eps = 1e-5
        return x / torch.sqrt(x.pow(2).mean(dim=-1, keepdim=True) + ctx.eps) * weight

    @staticmethod
    def backward(ctx, grad_out):
        x, weight = ctx.saved_tensors
        rms = torch.sqrt(x.pow(2).mean(dim=-1, keepdim=True) + ctx.eps)
        grad_weight = (grad_out * x / rms).sum(dim=tuple(range(x.ndim - 1)))
        grad_norm = grad_out * weight
        grad_rms = -(grad_norm * x / rms**2).sum(dim=-1, keepdim=True)
        grad_x = grad_norm / rms + grad_rms * x / (rms * x.shape[-1])
        return grad_x, grad_weight
