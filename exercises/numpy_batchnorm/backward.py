# Your turn: the forward and the backward pass of batch normalization in training, a function for each.
#
# Mean and variance depend on x as well, so three paths lead back to it. Staged or in one formula: both count.
# bn_param has a mode, which is always train here, eps and momentum. The running averages are yours: keep them in
# bn_param if you like.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    """out = gamma * (x - mean) / sqrt(var + eps) + beta, mean and variance over the examples

    x: shape (12, 7); gamma, beta: shape (7,); bn_param: a dict with mode, eps (1e-5) and momentum
    returns out, shape (12, 7), and the cache for batchnorm_backward
    """
    # TODO: write batchnorm_forward
    raise NotImplementedError


def batchnorm_backward(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (12, 7), like out; cache: what batchnorm_forward returned
    returns dx, shape (12, 7); dgamma, shape (7,); dbeta, shape (7,)
    """
    # TODO: write batchnorm_backward
    raise NotImplementedError
