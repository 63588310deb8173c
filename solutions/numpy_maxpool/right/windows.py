import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = (pool_param[name] for name in ('pool_height', 'pool_width', 'stride'))
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    flat = windows.reshape(*windows.shape[:4], ph*pw)
    where = flat.argmax(-1)
    return np.take_along_axis(flat, where[..., None], -1)[..., 0], {'where': where, 'x': x, 'pw': pw, 's': s}


def max_pool_backward_naive(dout, cache):
    where, s = cache['where'], cache['s']
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros(cache['x'].shape)
    np.add.at(dx, (n, c, i*s + where // cache['pw'], j*s + where % cache['pw']), dout)
    return dx
