# mistake: missing_path -- only the step's own output, not the later ones
def dv(dout, fq, fk, v):
    _, _, _, den = _sums(fq, fk, v)
    return dout / den * (fq * fk).sum(2, keepdim=True)
