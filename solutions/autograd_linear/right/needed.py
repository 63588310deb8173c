import torch
from torch.autograd import Function


class Linear(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.matmul(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.matmul(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = torch.einsum("ntm,ntd->md", grad_output, input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0).sum(0)
        return grad_input, grad_weight, grad_bias
