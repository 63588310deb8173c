import torch


class Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, Q, K, V, is_causal=False):
        d = Q.shape[-1]
        S = torch.einsum("bqd,bkd->bqk", Q, K) / d**0.5
        if is_causal:
            mask = torch.arange(S.shape[1])[:, None] >= torch.arange(S.shape[2])[None, :]
            S = torch.where(mask, S, torch.tensor(float("-inf"), dtype=S.dtype))
        m = S.amax(dim=-1)
        P = torch.exp(S - m[..., None])
        l = P.sum(dim=-1)
        O = torch.einsum("bqk,bkd->bqd", P, V) / l[..., None]
        L = m + torch.log(l)
        ctx.save_for_backward(L, Q, K, V, O)
        ctx.is_causal = is_causal
        return O

    @staticmethod
    def backward(ctx, dO):
        L, Q, K, V, O = ctx.saved_tensors
        d = Q.shape[-1]
        S = torch.einsum("bqd,bkd->bqk", Q, K) / d**0.5
        P = torch.exp(S - L[..., None])
        if ctx.is_causal:
            P = torch.tril(P)
        D = torch.sum(O * dO, dim=-1)
        dV = torch.einsum("bqk,bqd->bkd", P, dO)
        dP = torch.einsum("bqd,bkd->bqk", dO, V)
        dS = P * (dP - D[..., None])
        dQ = torch.einsum("bqk,bkd->bqd", dS, K) / d**0.5
        dK = torch.einsum("bqk,bqd->bkd", dS, Q) / d**0.5
        return dQ, dK, dV, None
