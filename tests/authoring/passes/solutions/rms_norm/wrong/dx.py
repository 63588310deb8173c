# mistake: fused_term -- the mean square is taken for a constant
def dx(dnormed, x):
    return dnormed * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


# mistake: fused_term -- a sum instead of the mean
def dx(dnormed, x):
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    return r * dnormed - r**3 * x * (dnormed * x).sum(-1, keepdim=True)


# mistake: wrong_power -- squared instead of cubed
def dx(dnormed, x):
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    return r * dnormed - r**2 * x * (dnormed * x).mean(-1, keepdim=True)
