import torch
import torch.nn.functional as F


class ReLU:
    def forward(x):
        return F.relu(x), torch.sign(x).clamp(0, 1)

    def backward(dout, cache):
        return cache * dout
