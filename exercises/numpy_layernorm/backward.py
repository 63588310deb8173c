# Your turn: the forward and the backward pass of layer normalization, a function for each.
#
# If you have done batch normalization: transpose with care. The mean and the variance change sides, gamma and beta
# do not.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    """out = gamma * (x - mean) / sqrt(var + eps) + beta, mean and variance over the features of each example

    x: shape (6, 10); gamma, beta: shape (10,); ln_param: a dict with eps (1e-5)
    returns out, shape (6, 10), and the cache for layernorm_backward
    """
    # TODO: write layernorm_forward
    raise NotImplementedError


def layernorm_backward(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (6, 10), like out; cache: what layernorm_forward returned
    returns dx, shape (6, 10); dgamma, shape (10,); dbeta, shape (10,)
    """
    # TODO: write layernorm_backward
    raise NotImplementedError
