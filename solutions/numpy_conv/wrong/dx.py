# mistake: unknown -- the border is not cropped
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad, dw, dout.sum(axis=(0, 2, 3))


# mistake: wrong_index -- cropped at the lower right only
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, :x.shape[2], :x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


# mistake: repeated_index -- windows overwrite each other instead of adding up
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] = np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: wrong_index -- the filters turned by half a turn
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w[:, :, ::-1, ::-1])
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: wrong_index -- the windows one pixel apart, whatever the stride
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i:i + hh, j:j + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: missing_path -- the last filter is left out
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :-1, i, j], w[:-1])
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: wrong_index -- the last row and column of windows are left out
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2] - 1):
        for j in range(dout.shape[3] - 1):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: upstream_unused -- every pixel gets the weights that it met
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += w.sum(axis=0)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))
