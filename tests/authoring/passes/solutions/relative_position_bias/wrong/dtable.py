# mistake: repeated_index -- assigned instead of added
def dtable(dbias, index, table):
    out = torch.zeros_like(table)
    out[index] = dbias.permute(1, 2, 0)
    return out


# mistake: wrong_index -- the distance with the other sign
def dtable(dbias, index, table):
    rows = dbias.permute(2, 1, 0).reshape(-1, table.shape[1])
    return torch.zeros_like(table).index_add(0, index.flatten(), rows)
