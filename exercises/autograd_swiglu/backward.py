# Your turn: SwiGLU as a torch.autograd.Function. Tensors that backward() needs are kept with
# ctx.save_for_backward(...) and read from ctx.saved_tensors; anything else can be set on ctx.
#
# dout is the gradient of the loss with respect to the output. The shapes below are those of the given case; your
# Function is also tested on other cases.

import torch


class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        """The SiLU of x @ wg, times x @ wu

        x: shape (6, 4, 7), wg: shape (7, 8), wu: shape (7, 8)
        returns the output, shape (6, 4, 8)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(ctx, dout):
        """The gradients of x, wg and wu from dout, shape (6, 4, 8)

        returns dx, shape (6, 4, 7), dwg, shape (7, 8), and dwu, shape (7, 8)
        """
        # TODO: write the backward pass
        raise NotImplementedError
