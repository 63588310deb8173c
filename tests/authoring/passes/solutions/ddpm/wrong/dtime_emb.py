# mistake: missing_path -- only the second layer
def dtime_emb(dh, xt, t, time_emb, W0, b0, W1, b1):
    _, da1, _ = _both(dh, xt, t, time_emb, W0, b0, W1, b1)
    return torch.zeros_like(time_emb).index_add(0, t, da1)


# mistake: repeated_index -- assigned instead of added
def dtime_emb(dh, xt, t, time_emb, W0, b0, W1, b1):
    da0, da1, _ = _both(dh, xt, t, time_emb, W0, b0, W1, b1)
    out = torch.zeros_like(time_emb)
    out[t] = da0 + da1
    return out
