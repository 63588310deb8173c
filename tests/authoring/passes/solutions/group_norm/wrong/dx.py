# mistake: fused_term -- the mean is taken for a constant
def dx(dx_norm, x_norm, x, G, eps):
    dy = dx_norm.reshape(x.shape[0], G, -1)
    y = x_norm.reshape(dy.shape)
    std = (x.reshape(dy.shape).var(2, keepdim=True, unbiased=False) + eps).sqrt()
    return ((dy - y * (dy * y).mean(2, keepdim=True)) / std).reshape(x.shape)


# mistake: fused_term -- the variance is taken for a constant
def dx(dx_norm, x, G, eps):
    dy = dx_norm.reshape(x.shape[0], G, -1)
    std = (x.reshape(dy.shape).var(2, keepdim=True, unbiased=False) + eps).sqrt()
    return ((dy - dy.mean(2, keepdim=True)) / std).reshape(x.shape)


# mistake: wrong_axis -- each channel on its own, as in instance norm
def dx(dx_norm, x_norm, x, G, eps):
    dy = dx_norm.flatten(2)
    y = x_norm.flatten(2)
    std = (x.flatten(2).var(2, keepdim=True, unbiased=False) + eps).sqrt()
    d = (dy - dy.mean(2, keepdim=True) - y * (dy * y).mean(2, keepdim=True)) / std
    return d.reshape(x.shape)
