# mistake: wrong_operand -- p taken for the share that is dropped
def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param['seed'])
    mask = (np.random.rand(*x.shape) > p) / (1 - p)
    return x * mask, mask


# mistake: constant_factor -- not scaled up
def dropout_forward(x, dropout_param):
    np.random.seed(dropout_param['seed'])
    mask = np.random.rand(*x.shape) < dropout_param['p']
    return x * mask, mask


# mistake: wrong_operand -- normal numbers in the place of uniform ones
def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param['seed'])
    mask = (np.random.randn(*x.shape) < p) / p
    return x * mask, mask


# mistake: wrong_power -- multiplied by p
def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param['seed'])
    mask = (np.random.rand(*x.shape) < p) * p
    return x * mask, mask
