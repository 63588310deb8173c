import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xpad = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], 'constant')
    windows = sliding_window_view(xpad, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum('nchwij,fcij->nfhw', windows, w) + b[:, None, None]
    return out, {'windows': windows, 'w': w, 'xpad': xpad, 's': s, 'p': p}


def conv_backward_naive(dout, cache):
    windows, w, s, p = (cache[k] for k in ('windows', 'w', 's', 'p'))
    dw = np.einsum('nfhw,nchwij->fcij', dout, windows)
    dxpad = np.zeros(cache['xpad'].shape)
    Ho, Wo = dout.shape[2:]
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            # one weight at all its places
            dxpad[:, :, i:i + s*Ho:s, j:j + s*Wo:s] += np.einsum('nfhw,fc->nchw', dout, w[:, :, i, j])
    return dxpad[:, :, p:-p, p:-p], dw, np.einsum('nfhw->f', dout)
