# form: the mask applied separately
def datt(dexpd, att, causal):
    return dexpd*att.exp()*causal


# form: where
def datt(dexpd, att, causal):
    return torch.where(causal == 1, dexpd*att.exp(), 0.0)


# form: from p
def datt(dexpd, p, sumexp):
    return dexpd*p*sumexp


# form: fused: the softmax in one go
def datt(dp, p):
    return p*(dp - (p*dp).sum(3, keepdim=True))


# form: fused: softmax with its Jacobian
def datt(dp, p):
    return ((torch.diag_embed(p) - p[..., None]*p[..., None, :]) @ dp[..., None]).squeeze(-1)


# form: fused from dy: the sum equals that of dy times y
def datt(dy, y, v, p):
    return p*(dy @ v.mT - (dy*y).sum(3, keepdim=True))


# form: in float32 whatever the input
def datt(dexpd, expd):
    return dexpd.float()*expd.float()
