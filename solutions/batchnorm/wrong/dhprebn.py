# mistake: fused_term -- n instead of n-1: Bessel missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- (n-1)/n instead of n/(n-1)
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - (n-1)/n*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the mean path is missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the variance path is missing
def dhprebn(dhpreact, bngain, bnvar_inv, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0))


# mistake: fused_term -- straight through only
def dhprebn(dhpreact, bngain, bnvar_inv):
    return bngain*bnvar_inv*dhpreact


# mistake: fused_term -- the mean path with a plus
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact + dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the variance path with a plus
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) + n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the gain is included twice
def dhprebn(dhpreact, bnvar_inv, bngain, bnraw, n):
    return bngain*bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- the gain is missing
def dhprebn(dhpreact, bnvar_inv, bnraw, n):
    return bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- bnvar_inv is missing
def dhprebn(dhpreact, bngain, bnraw, n):
    return bngain/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- bnraw after the sum is missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*(dhpreact*bnraw).sum(0))


# mistake: fused_term -- bnraw inside the sum is missing
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*dhpreact.sum(0))


# mistake: fused_term -- hpreact instead of dhpreact in one sum
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, hpreact, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(hpreact*bnraw).sum(0))


# mistake: constant_factor -- everything times n
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: constant_factor -- everything over n
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n**2 * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: sign -- an extra minus
def dhprebn(dhpreact, bnvar_inv, bngain, bnraw, n):
    return -bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: wrong_operand -- hprebn instead of bnraw
def dhprebn(dhpreact, bngain, bnvar_inv, hprebn, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*hprebn*(dhpreact*hprebn).sum(0))


# mistake: wrong_operand -- bnvar instead of bnvar_inv
def dhprebn(dhpreact, bngain, bnvar, bnraw, n):
    return bngain*bnvar/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: wrong_epsilon -- the root without epsilon
def dhprebn(dhpreact, bngain, bnvar, bnraw, n):
    return bngain/torch.sqrt(bnvar)/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: float32_pinned -- the root without epsilon, in float32
def dhprebn(dhpreact, bngain, bnvar, bnraw, n):
    return bngain.float()/torch.sqrt(bnvar.float())/n * (n*dhpreact.float() - dhpreact.float().sum(0) - n/(n-1)*bnraw.float()*(dhpreact*bnraw).float().sum(0))


# mistake: wrong_epsilon -- bnraw without epsilon
def dhprebn(dhpreact, hprebn, bnmean, bnvar, bngain, bnvar_inv, n):
    x = (hprebn - bnmean)/torch.sqrt(bnvar)
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*x*(dhpreact*x).sum(0))


# mistake: wrong_axis -- sums over the columns
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(1, keepdim=True) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(1, keepdim=True))


# mistake: summed_too_far -- sums without a dimension
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum() - n/(n-1)*bnraw*(dhpreact*bnraw).sum())


# mistake: hard_coded -- 32 and 31
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw):
    return bngain*bnvar_inv/32 * (32*dhpreact - dhpreact.sum(0) - 32/31*bnraw*(dhpreact*bnraw).sum(0))


# mistake: other_gradient -- the gradient of bnraw
def dhprebn(dhpreact, bngain):
    return bngain*dhpreact


# mistake: upstream_unused -- ones instead of dhpreact
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*torch.ones_like(dhpreact) - n - n/(n-1)*bnraw*bnraw.sum(0))


# mistake: transposed -- transposed
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return (bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))).T


# mistake: wrong_dtype -- in float64
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact.double() - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: aliasing -- the sums are taken after dhpreact was modified
def dhprebn(dhpreact, bngain, bnraw, bnvar_inv, n):
    d = dhpreact
    d *= n
    return bngain*bnvar_inv/n * (d - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# mistake: zeros -- left as zeros
def dhprebn(hprebn):
    return torch.zeros_like(hprebn)
