import torch


class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps=1e-5):
        var, mean = torch.var_mean(x, dim=-1, unbiased=False, keepdim=True)
        ctx.save_for_backward(x, weight, mean, var)
        ctx.eps = eps
        return (x - mean) / torch.sqrt(var + eps) * weight + bias

    @staticmethod
    def backward(ctx, grad_output):
        x, weight, mean, var = ctx.saved_tensors
        N = x.shape[-1]
        std = torch.sqrt(var + ctx.eps)
        x_hat = (x - mean) / std
        grad_weight = (grad_output * x_hat).sum(dim=(0, 1))
        grad_bias = grad_output.sum(dim=(0, 1))
        grad_x_hat = grad_output * weight
        grad_var = (grad_x_hat * (x - mean) * -0.5 * std**-3).sum(dim=-1, keepdim=True)
        grad_mean = (-grad_x_hat / std).sum(dim=-1, keepdim=True) + grad_var * (-2 * (x - mean)).mean(-1, keepdim=True)
        grad_x = grad_x_hat / std + grad_var * 2 * (x - mean) / N + grad_mean / N
        return grad_x, grad_weight, grad_bias, None
