# mistake: repeated_index -- assigned instead of added
def dwte(dtok_emb, idx, wte):
    out = torch.zeros_like(wte)
    out[idx] = dtok_emb
    return out
