# mistake: missing_path -- mean and variance are taken for constants
def dx(dx_hat, var, eps):
    return dx_hat / torch.sqrt(var + eps)


# mistake: wrong_path -- the variance divided by m - 1
def dx(dx_hat, dvar, dmean, x, mean, var, eps):
    m = x.shape[2] * x.shape[3]
    return dx_hat / torch.sqrt(var + eps) + dvar * 2 * (x - mean) / (m - 1) + dmean / m


# mistake: missing_path -- the variance is taken for a constant
def dx(dx_hat, dmean, x, var, eps):
    m = x.shape[2] * x.shape[3]
    return dx_hat / torch.sqrt(var + eps) + dmean / m
