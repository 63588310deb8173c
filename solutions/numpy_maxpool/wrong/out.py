# mistake: wrong_operand -- the mean of each window
def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    return windows.mean(axis=(4, 5)), (x, pool_param)


# mistake: wrong_index -- height and width of the window swapped
def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    ho, wo = (x.shape[2] - ph)//s + 1, (x.shape[3] - pw)//s + 1
    out = np.zeros((*x.shape[:2], ho, wo))
    for i in range(ho):
        for j in range(wo):
            out[:, :, i, j] = x[:, :, i*s:i*s + pw, j*s:j*s + ph].max(axis=(2, 3))
    return out, (x, pool_param)


# mistake: wrong_operand -- starts from zero, so a window of negative pixels gives zero
def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    return np.maximum(windows.max(axis=(4, 5)), 0), (x, pool_param)


# mistake: summed_too_far -- the largest of all channels
def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    return np.repeat(windows.max(axis=(1, 4, 5))[:, None], x.shape[1], axis=1), (x, pool_param)
