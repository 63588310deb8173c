# Your turn: the forward and the backward pass of a word embedding, a function for each.
#
# The forward pass is an index. Think about a word that occurs twice before you write the backward pass as one, too.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64; x holds
# integers. The shapes below are those of the given case; your functions are also tested on other cases.

import numpy as np


def word_embedding_forward(x, W):
    """out = the row of W for each word of x

    x: shape (5, 4), 5 sentences of 4 words; W: shape (12, 6), a vector for each of 12 words
    returns out, shape (5, 4, 6), and the cache for word_embedding_backward
    """
    # TODO: write word_embedding_forward
    raise NotImplementedError


def word_embedding_backward(dout, cache):
    """The gradient of the loss, given that of out. Words have no gradient.

    dout: shape (5, 4, 6), like out; cache: what word_embedding_forward returned
    returns dW, shape (12, 6)
    """
    # TODO: write word_embedding_backward
    raise NotImplementedError
