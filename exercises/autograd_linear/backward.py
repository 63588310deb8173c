# Your turn: a linear layer as a torch.autograd.Function. Tensors that backward() needs are kept with
# ctx.save_for_backward(...) and read from ctx.saved_tensors; anything else can be set on ctx.
#
# dout is the gradient of the loss with respect to the output. The shapes below are those of the given case; your
# Function is also tested on other cases.

import torch


class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        """x times w transposed, plus b

        x: shape (6, 4, 7), w: shape (8, 7), b: shape (8,)
        returns the output, shape (6, 4, 8)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(ctx, dout):
        """The gradients of x, w and b from dout, shape (6, 4, 8)

        returns dx, shape (6, 4, 7), dw, shape (8, 7), and db, shape (8,)
        """
        # TODO: write the backward pass
        raise NotImplementedError
