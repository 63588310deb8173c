import numpy as np


def temporal_affine_forward(x, w, b):
    return np.einsum('ntd,dm->ntm', x, w) + b, {'x': x, 'w': w}


def temporal_affine_backward(dout, cache):
    dx = np.einsum('ntm,dm->ntd', dout, cache['w'])
    dw = np.einsum('ntd,ntm->dm', cache['x'], dout)
    return dx, dw, np.einsum('ntm->m', dout)
