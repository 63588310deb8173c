# mistake: constant_factor -- the scale is forgotten
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_index -- the mask is forgotten in the backward pass
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, False) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_operand -- times q instead of k
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ q * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: softmax_jacobian -- the softmax taken for an elementwise exponential
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * dprobs
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: softmax_jacobian -- the softmax taken for a sigmoid
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (1 - probs) * dprobs
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: missing_path -- the softmax is skipped
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = dprobs
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: sign -- D added instead of subtracted
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs + D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_axis -- D summed over the positions
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(1, keepdim=True).mean(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: constant_factor -- D as a mean
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).mean(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        k, q, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: upstream_unused -- as if dout were one
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-1, keepdim=True)
        out = (scores - lse).exp() @ v
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.is_causal = is_causal
        return out

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        scale = q.shape[-1]**-0.5
        probs = (Attention.scores(q, k, ctx.is_causal) - lse).exp()
        dv = probs.mT @ dout
        dprobs = torch.ones_like(dout) @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None
