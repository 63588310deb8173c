# mistake: missing_path -- the denominator is left out
def dfq(dout, fq, fk, v):
    S, _, _, den = _sums(fq, fk, v)
    return torch.einsum('ntde,nte->ntd', S, dout / den)
