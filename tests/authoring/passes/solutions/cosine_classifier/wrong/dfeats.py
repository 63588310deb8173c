# mistake: fused_term -- the norm is taken for a constant
def dfeats(df, feats):
    return df / (feats.norm(dim=1, keepdim=True) + 1e-8)


# mistake: fused_term -- the squared norm instead of its cube
def dfeats(df, feats):
    norm = feats.norm(dim=1, keepdim=True)
    return df / norm - feats * (df * feats).sum(1, keepdim=True) / norm**2
