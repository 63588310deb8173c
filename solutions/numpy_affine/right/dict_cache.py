import numpy as np


def affine_forward(x, w, b):
    rows = x.reshape(len(x), np.prod(x.shape[1:]))
    return np.matmul(rows, w) + b[np.newaxis, :], {'rows': rows, 'w': w, 'shape': x.shape}


def affine_backward(dout, cache):
    grads = {}
    grads['dx'] = np.matmul(dout, cache['w'].transpose()).reshape(cache['shape'])
    grads['dw'] = np.matmul(cache['rows'].transpose(), dout)
    grads['db'] = np.ones(len(dout)) @ dout
    return grads['dx'], grads['dw'], grads['db']
