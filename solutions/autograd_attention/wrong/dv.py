# mistake: transposed -- the probabilities are not transposed
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
        dv = probs @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_operand -- the scores instead of the probabilities
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
        dv = (q @ k.mT * scale).mT @ dout
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
        dv = probs.mT @ torch.ones_like(dout)
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
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


# mistake: constant_factor -- a scale that is not there on the way forward
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
        dv = probs.mT @ dout * scale
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: unknown -- None for is_causal is forgotten
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
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv
