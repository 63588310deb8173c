# mistake: wrong_index -- the last rows instead of the first
def dwpe(dpos_emb, wpe):
    out = torch.zeros_like(wpe)
    out[len(wpe) - len(dpos_emb) :] = dpos_emb.flip(0)
    return out
