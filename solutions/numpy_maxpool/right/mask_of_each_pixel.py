import numpy as np


def max_pool_forward_naive(x, pool_param):
    # one place of the window after the other: out is the largest so far
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    ho, wo = 1 + (x.shape[2] - ph) // s, 1 + (x.shape[3] - pw) // s
    out = np.full(x.shape[:2] + (ho, wo), -np.inf)
    for a in range(ph):
        for b in range(pw):
            out = np.maximum(out, x[:, :, a:a + s*ho:s, b:b + s*wo:s])
    return out, (x, out, ph, pw, s)


def max_pool_backward_naive(dout, cache):
    x, out, ph, pw, s = cache
    ho, wo = out.shape[2:]
    dx = 0 * x
    for a in range(ph):
        for b in range(pw):
            dx[:, :, a:a + s*ho:s, b:b + s*wo:s] += np.where(x[:, :, a:a + s*ho:s, b:b + s*wo:s] == out, dout, 0)
    return dx
