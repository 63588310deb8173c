# mistake: missing_path -- only the log-determinant
def dL(dlogdet, L):
    return dlogdet * torch.diag(1 / torch.diagonal(L))


# mistake: missing_path -- only the fit
def dL(dalpha, alpha, L):
    dKy = -torch.outer(_solve(L, dalpha), alpha)
    return (dKy + dKy.T) @ L
