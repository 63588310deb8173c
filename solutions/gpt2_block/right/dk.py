# form: einsum
def dk(dpreatt, q, hs):
    return torch.einsum('nhts,nhtc->nhsc', dpreatt, q)*hs**-0.5


# form: divided by the root, at the end
def dk(dpreatt, q, hs):
    return dpreatt.mT @ q/hs**0.5


# form: transposed back at the end
def dk(dpreatt, q, hs):
    return (q.mT @ dpreatt).mT*hs**-0.5
