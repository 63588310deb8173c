# mistake: missing_path -- the path through the mean is missing
def dhprebn(dbndiff):
    return dbndiff.clone()


# mistake: missing_path -- only the path through the mean
def dhprebn(dbnmeani, hprebn, n):
    return 1.0/n * torch.ones_like(hprebn) * dbnmeani


# mistake: not_expanded -- the path through the mean as a row
def dhprebn(dbnmeani, n):
    return 1.0/n * dbnmeani


# mistake: negated_path -- the mean with a minus
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff - 1.0/n * dbnmeani


# mistake: doubled_path -- the mean twice
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff + 2.0/n * dbnmeani


# mistake: wrong_path -- 1/n is missing
def dhprebn(dbndiff, dbnmeani):
    return dbndiff + dbnmeani


# mistake: wrong_path -- n-1 instead of n in the mean
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff + 1.0/(n-1) * dbnmeani


# mistake: hard_coded -- 32 instead of n
def dhprebn(dbndiff, dbnmeani):
    return dbndiff + 1.0/32 * dbnmeani


# mistake: wrong_axis -- the mean over the columns
def dhprebn(dbndiff):
    return dbndiff - dbndiff.mean(1, keepdim=True)


# mistake: sign -- dbndiff with a minus
def dhprebn(dbndiff, dbnmeani, n):
    return -dbndiff + 1.0/n * dbnmeani


# mistake: wrong_index -- the mean goes to the first row only
def dhprebn(dbndiff, dbnmeani):
    d = dbndiff.clone()
    d[0] += dbnmeani[0]
    return d


# mistake: fused_term -- n instead of n-1: Bessel missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the mean path is missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the variance path is missing
def dhprebn(dhpreact, bngain, bnvar_inv, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0))


# mistake: fused_term -- straight through only
def dhprebn(dhpreact, bngain, bnvar_inv):
    return bngain*bnvar_inv*dhpreact


# mistake: fused_term -- the gain is included twice
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*bngain*dhpreact - (bngain*dhpreact).sum(0) - n/(n-1)*bnraw*(bngain*dhpreact*bnraw).sum(0))


# mistake: fused_term -- the gain twice and Bessel missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*bngain*dhpreact - (bngain*dhpreact).sum(0) - bnraw*(bngain*dhpreact*bnraw).sum(0))


# mistake: fused_term -- the gain is missing
def dhprebn(dhpreact, bnvar_inv, bnraw, n):
    return bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- hpreact instead of dhpreact in one sum
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, hpreact, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(hpreact*bnraw).sum(0))


# mistake: fused_term -- the variance path with a plus
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) + n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- hprebn instead of bnraw
def dhprebn(dhpreact, bngain, bnvar_inv, hprebn, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*hprebn*(dhpreact*hprebn).sum(0))


# mistake: fused_term -- 32 and 31 in the one-liner
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw):
    return bngain*bnvar_inv/32 * (32*dhpreact - dhpreact.sum(0) - 32/31*bnraw*(dhpreact*bnraw).sum(0))


# mistake: float32_pinned -- n-1 instead of n, in float32
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff.float() + 1.0/(n-1) * dbnmeani.float()


# mistake: zeros -- left as zeros
def dhprebn(hprebn):
    return torch.zeros_like(hprebn)
