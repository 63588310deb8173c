# Your turn: the forward and the backward pass of group normalization for images, a function for each.
#
# The statistics belong to groups, gamma and beta to channels: reshape for the first, reshape back for the second.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """out = gamma * (x - mean) / sqrt(var + eps) + beta, mean and variance over each of the G groups of each image

    x: shape (7, 12, 5, 9), images of 12 channels; gamma, beta: shape (1, 12, 1, 1); G: the number of groups, 3, each of
    the same number of channels; gn_param: a dict with eps (1e-5)
    returns out, shape (7, 12, 5, 9), and the cache for spatial_groupnorm_backward
    """
    # TODO: write spatial_groupnorm_forward
    raise NotImplementedError


def spatial_groupnorm_backward(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (7, 12, 5, 9), like out; cache: what spatial_groupnorm_forward returned
    returns dx, shape (7, 12, 5, 9); dgamma, shape (1, 12, 1, 1); dbeta, shape (1, 12, 1, 1)
    """
    # TODO: write spatial_groupnorm_backward
    raise NotImplementedError
