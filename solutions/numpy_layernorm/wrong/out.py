# mistake: wrong_axis -- normalized over the examples, as in batch normalization
def layernorm_forward(x, gamma, beta, ln_param):
    std = np.sqrt(x.var(axis=0) + ln_param['eps'])
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_operand -- the variance divided by d - 1
def layernorm_forward(x, gamma, beta, ln_param):
    std = np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + ln_param['eps'])
    xhat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_epsilon -- added after the square root
def layernorm_forward(x, gamma, beta, ln_param):
    std = x.std(axis=1, keepdims=True) + ln_param['eps']
    xhat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma*xhat + beta, (xhat, std, gamma)


# mistake: wrong_epsilon -- epsilon is forgotten
def layernorm_forward(x, gamma, beta, ln_param):
    std = x.std(axis=1, keepdims=True)
    xhat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma*xhat + beta, (xhat, std, gamma)
