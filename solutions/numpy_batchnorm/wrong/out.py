# mistake: wrong_operand -- the variance divided by n - 1
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=0, ddof=1) + bn_param['eps'])
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_power -- no square root
def batchnorm_forward(x, gamma, beta, bn_param):
    std = x.var(axis=0) + bn_param['eps']
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_epsilon -- added after the square root
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=0)) + bn_param['eps']
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_epsilon -- 1e-8 typed in, whatever bn_param says
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=0) + 1e-8)
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_axis -- mean and variance over the features
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=1, keepdims=True) + bn_param['eps'])
    xhat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_operand -- the running averages in training
def batchnorm_forward(x, gamma, beta, bn_param):
    momentum = bn_param['momentum']
    mean, var = (1 - momentum)*x.mean(axis=0), (1 - momentum)*x.var(axis=0)
    std = np.sqrt(var + bn_param['eps'])
    xhat = (x - mean) / std
    return gamma*xhat + beta, (xhat, std, gamma)
