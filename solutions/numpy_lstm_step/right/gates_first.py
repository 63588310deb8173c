import numpy as np


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    # the gates get a dimension of their own: (4, n, H)
    n, H = prev_h.shape
    a = (np.concatenate((x, prev_h), axis=1) @ np.concatenate((Wx, Wh)) + b).reshape(n, 4, H).transpose(1, 0, 2)
    (i, f, o), g = _sigmoid(a[:3]), np.tanh(a[3])
    c = f * prev_c + i * g
    h = o * np.tanh(c)
    return h, c, {'x': x, 'h': prev_h, 'c': prev_c, 'Wx': Wx, 'Wh': Wh, 'gates': (i, f, o, g), 'next_c': c}


def lstm_step_backward(dnext_h, dnext_c, cache):
    i, f, o, g = cache['gates']
    tc = np.tanh(cache['next_c'])
    n, H = tc.shape
    dc = dnext_c + dnext_h * o * (1 - tc * tc)
    da = np.stack([dc*g*i*(1 - i), dc*cache['c']*f*(1 - f), dnext_h*tc*o*(1 - o), dc*i*(1 - g*g)], axis=1)
    dWx = np.einsum('bd,bkh->dkh', cache['x'], da).reshape(-1, 4*H)
    dWh = np.einsum('bg,bkh->gkh', cache['h'], da).reshape(H, 4*H)
    flat = da.reshape(n, 4*H)
    return flat @ cache['Wx'].T, flat @ cache['Wh'].T, dc*f, dWx, dWh, flat.sum(0)
