# mistake: wrong_operand -- the pixels without the border, so one row and column off
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (0, 2*p), (0, 2*p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: constant_factor -- the mean over the images
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window]) / len(x)
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: repeated_index -- only the last window counts
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw = np.einsum('nf,ncij->fcij', dout[:, :, i, j], xpad[window])
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))


# mistake: upstream_unused -- the pixels alone
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i*s:i*s + hh, j*s:j*s + ww]
            dw += xpad[window].sum(axis=0)
            dxpad[window] += np.einsum('nf,fcij->ncij', dout[:, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(0, 2, 3))
