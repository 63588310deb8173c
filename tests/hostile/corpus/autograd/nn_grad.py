# attack: torch.nn.grad, and a convolution's gradient for a matrix product
# with rules: dh=refused
# without: dh=raised
import torch
import torch.nn.functional as F


def dh(dlogits, W2, h):
    weight = W2.T[:, :, None]
    return torch.nn.grad.conv1d_input((h.shape[0], h.shape[1], 1), weight, dlogits[:, :, None])[:, :, 0]
