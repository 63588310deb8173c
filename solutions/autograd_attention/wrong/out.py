# mistake: constant_factor -- the scale is forgotten
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT
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
        return dq, dk, dv, None


# mistake: wrong_index -- the mask is forgotten
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores

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
        return dq, dk, dv, None


# mistake: wrong_index -- always causal
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf)

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
        return dq, dk, dv, None


# mistake: wrong_index -- the mask the wrong way round
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).tril(-1).bool()
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
        return dq, dk, dv, None


# mistake: wrong_axis -- the softmax over the queries
class Attention(torch.autograd.Function):
    @staticmethod
    def scores(q, k, is_causal):
        scores = q @ k.mT * q.shape[-1]**-0.5
        future = torch.ones(scores.shape[-2:]).triu(1).bool()
        return scores.masked_fill(future, -torch.inf) if is_causal else scores

    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        scores = Attention.scores(q, k, is_causal)
        lse = scores.logsumexp(-2, keepdim=True)
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
        return dq, dk, dv, None
