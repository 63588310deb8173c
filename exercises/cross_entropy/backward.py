# Your turn: the gradient of the cross entropy in one go.
#
# Look at the loss as one mathematical expression, take its derivative with pencil and paper,
# simplify, and write down what is left: it is short.
# Your answer will be right without being bit-equal to autograd's. That is fine, and expected here.

import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n):
    """loss = F.cross_entropy(logits, Yb)

    shape (32, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError
