# form: padded with zeros
def dwpe(dencoded, wpe, T):
    return F.pad(dencoded.sum(0), (0, 0, 0, wpe.shape[0] - T))


# form: example by example
def dwpe(dencoded, wpe, T):
    d = torch.zeros_like(wpe)
    for k in range(dencoded.shape[0]):
        d[:T] += dencoded[k]
    return d
