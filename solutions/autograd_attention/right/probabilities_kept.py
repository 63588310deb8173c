import torch


class Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        ctx.scale = k.size(-1) ** -0.5
        att = torch.matmul(q, k.transpose(-2, -1)) * ctx.scale
        if is_causal:
            att = att + torch.full_like(att[0], float("-inf")).triu(diagonal=1)
        att = torch.softmax(att, dim=-1)
        ctx.save_for_backward(q, k, v, att)
        return torch.matmul(att, v)

    @staticmethod
    def backward(ctx, grad):
        q, k, v, att = ctx.saved_tensors
        grad_v = torch.matmul(att.transpose(-2, -1), grad)
        grad_att = torch.matmul(grad, v.transpose(-2, -1))
        weighted = att * grad_att
        grad_scores = (weighted - att * weighted.sum(-1, keepdim=True)) * ctx.scale
        return torch.matmul(grad_scores, k), torch.matmul(grad_scores.transpose(-2, -1), q), grad_v, None
