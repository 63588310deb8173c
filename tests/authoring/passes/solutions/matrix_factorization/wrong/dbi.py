# mistake: repeated_index -- an item's ratings overwrite each other
def dbi(dpred, bi, item):
    d = torch.zeros_like(bi)
    d[item] = dpred
    return d
