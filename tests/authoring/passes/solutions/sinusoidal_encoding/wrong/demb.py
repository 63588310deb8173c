# mistake: repeated_index -- assigned, so that a token's last use wins
def demb(dtok, idx, emb):
    out = torch.zeros_like(emb)
    out[idx] = dtok * emb.shape[1] ** 0.5
    return out


# mistake: constant_factor -- the scale of the embedding is missing
def demb(dtok, idx, emb):
    return torch.zeros_like(emb).index_add(0, idx.flatten(), dtok.reshape(-1, emb.shape[1]))
