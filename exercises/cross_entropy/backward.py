# Your turn: the gradient of cross entropy in one go.
#
# Treat the loss as one mathematical expression, take its derivative with pencil and paper,
# simplify, and write down what is left: it is short.
# Your result will be correct without being bit-equal to autograd's, which is expected here.

import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n):
    """loss = F.cross_entropy(logits, Yb)

    shape (32, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError
