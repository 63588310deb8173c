# mistake: transposed -- dscores is not transposed
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
        dk = dscores @ q * scale
        return dq, dk, dv, None


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
        dq = dscores @ k * scale
        dk = dscores.mT @ q
        return dq, dk, dv, None


# mistake: constant_factor -- the scale twice
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
        dscores = probs * (dprobs - D) * scale
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None


# mistake: wrong_operand -- times k instead of q
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
        dk = dscores.mT @ k * scale
        return dq, dk, dv, None


# mistake: other_gradient -- dq and dk returned in the wrong order
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
        return dk, dq, dv, None


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


# mistake: wrong_operand -- the log-sum-exp is forgotten: exponentials, not probabilities
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
        probs = Attention.scores(q, k, ctx.is_causal).exp()
        dv = probs.mT @ dout
        dprobs = dout @ v.mT
        D = (out * dout).sum(-1, keepdim=True)
        dscores = probs * (dprobs - D)
        dq = dscores @ k * scale
        dk = dscores.mT @ q * scale
        return dq, dk, dv, None
