# mistake: missing_path -- the bias is forgotten
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum('nchwij,fcij->nfhw', windows, w), (x, w, b, conv_param)


# mistake: wrong_index -- the filters turned by half a turn: a convolution as in mathematics
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum('nchwij,fcij->nfhw', windows, w[:, :, ::-1, ::-1]) + b[:, None, None]
    return out, (x, w, b, conv_param)


# mistake: wrong_index -- the windows one pixel apart, whatever the stride
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    ho, wo = (xpad.shape[2] - w.shape[2])//s + 1, (xpad.shape[3] - w.shape[3])//s + 1
    out = np.zeros((len(x), len(w), ho, wo))
    for i in range(ho):
        for j in range(wo):
            window = xpad[:, :, i:i + w.shape[2], j:j + w.shape[3]]
            out[:, :, i, j] = np.einsum('ncij,fcij->nf', window, w) + b
    return out, (x, w, b, conv_param)


# mistake: wrong_operand -- the border repeats the pixels at the edge
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='edge')
    windows = np.lib.stride_tricks.sliding_window_view(xpad, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum('nchwij,fcij->nfhw', windows, w) + b[:, None, None], (x, w, b, conv_param)
