# Your turn: layer norm as a torch.autograd.Function. Tensors that backward() needs are kept with
# ctx.save_for_backward(...) and read from ctx.saved_tensors; anything else can be set on ctx. backward() returns one
# value for each argument of forward(), None for what has no gradient.
#
# dout is the gradient of the loss with respect to the output. The shapes below are those of the given case; your
# Function is also tested on other cases.

import torch


class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        """Normalize every token over its features, then scale by w and shift by b

        x: shape (6, 4, 8), w: shape (8,), b: shape (8,); eps is a number, added to the variance, which is the mean
        of the squares
        returns the output, shape (6, 4, 8)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(ctx, dout):
        """The gradients of x, w and b from dout, shape (6, 4, 8)

        returns dx, shape (6, 4, 8), dw, shape (8,), db, shape (8,), and None for eps
        """
        # TODO: write the backward pass
        raise NotImplementedError
