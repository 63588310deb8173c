# mistake: permuted -- every G-th channel makes a group
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    groups = x.reshape(N, C//G, G, H*W).transpose(0, 2, 1, 3).reshape(N, G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param['eps'])
    normed = (groups - groups.mean(axis=2, keepdims=True)) / std
    xhat = normed.reshape(N, G, C//G, H*W).transpose(0, 2, 1, 3).reshape(x.shape)
    return gamma*xhat + beta, (normed, std, gamma)


# mistake: wrong_axis -- over all images together
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(x.shape[0], G, -1)
    std = np.sqrt(groups.var(axis=(0, 2), keepdims=True) + gn_param['eps'])
    normed = (groups - groups.mean(axis=(0, 2), keepdims=True)) / std
    return gamma*normed.reshape(x.shape) + beta, (normed, std, gamma)


# mistake: wrong_axis -- every pixel by itself, over the channels of its group only
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C//G, H, W)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param['eps'])
    xhat = ((groups - groups.mean(axis=2, keepdims=True)) / std).reshape(N, C, H, W)
    return gamma*xhat + beta, (xhat.reshape(N, G, -1), std.mean(axis=(2, 3, 4))[:, :, None], gamma)


# mistake: wrong_epsilon -- added after the square root
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(x.shape[0], G, -1)
    std = groups.std(axis=2, keepdims=True) + gn_param['eps']
    normed = (groups - groups.mean(axis=2, keepdims=True)) / std
    return gamma*normed.reshape(x.shape) + beta, (normed, std, gamma)


# mistake: wrong_index -- G taken for the number of channels in a group
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    groups = x.reshape(x.shape[0], x.shape[1]//G, -1)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param['eps'])
    normed = (groups - groups.mean(axis=2, keepdims=True)) / std
    return gamma*normed.reshape(x.shape) + beta, (normed, std, gamma)
