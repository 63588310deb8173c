# mistake: repeated_index -- where windows overlap, the last one wins
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i*s:i*s + ph, j*s:j*s + pw]
                    a, b = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i*s + a, j*s + b] = dout[n, c, i, j]
    return dx


# mistake: repeated_index -- whole windows are overwritten
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i*s:i*s + ph, j*s:j*s + pw]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, i*s:i*s + ph, j*s:j*s + pw] = largest * dout[:, :, i, j][:, :, None, None]
    return dx


# mistake: not_expanded -- every pixel of the window gets the gradient
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i*s:i*s + ph, j*s:j*s + pw] += dout[:, :, i, j][:, :, None, None]
    return dx


# mistake: upstream_unused -- ones at the largest pixels
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i*s:i*s + ph, j*s:j*s + pw]
            dx[:, :, i*s:i*s + ph, j*s:j*s + pw] += window == window.max(axis=(2, 3), keepdims=True)
    return dx


# mistake: wrong_index -- the place within the window is not moved to the window
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i*s:i*s + ph, j*s:j*s + pw]
                    a, b = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, a, b] += dout[n, c, i, j]
    return dx


# mistake: wrong_index -- the flat place is taken apart with the height, not the width
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    k = x[n, c, i*s:i*s + ph, j*s:j*s + pw].argmax()
                    dx[n, c, i*s + k // ph % ph, j*s + k % ph] += dout[n, c, i, j]
    return dx


# mistake: wrong_index -- the windows one pixel apart, whatever the stride
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw = pool_param['pool_height'], pool_param['pool_width']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i:i + ph, j:j + pw]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, i:i + ph, j:j + pw] += largest * dout[:, :, i, j][:, :, None, None]
    return dx


# mistake: wrong_operand -- the largest upstream gradient, not the largest pixel
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i*s:i*s + ph, j*s:j*s + pw]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, i*s:i*s + ph, j*s:j*s + pw] += largest * dout.max(axis=(2, 3), keepdims=True)
    return dx


# mistake: constant_factor -- shared by the pixels of a window, as in average pooling
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i*s:i*s + ph, j*s:j*s + pw]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, i*s:i*s + ph, j*s:j*s + pw] += largest * dout[:, :, i, j][:, :, None, None] / (ph*pw)
    return dx
