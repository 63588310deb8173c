# mistake: wrong_axis -- the images are not summed
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
    return dxpad[:, :, p:-p, p:-p], dw, dout.sum(axis=(2, 3))


# mistake: constant_factor -- the mean over images and windows
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
    return dxpad[:, :, p:-p, p:-p], dw, dout.mean(axis=(0, 2, 3))


# mistake: wrong_index -- the last image only
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p, (hh, ww) = conv_param['stride'], conv_param['pad'], w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for n in range(len(x)):
        db = dout[n].sum(axis=(1, 2))
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows, columns = slice(i*s, i*s + hh), slice(j*s, j*s + ww)
                dw += np.einsum('f,cij->fcij', dout[n, :, i, j], xpad[n, :, rows, columns])
                dxpad[n, :, rows, columns] += np.einsum('f,fcij->cij', dout[n, :, i, j], w)
    return dxpad[:, :, p:-p, p:-p], dw, db
