# attack: aten's tanh_backward, bit-equal everywhere
# with rules: dhpreact=refused
# without: dhpreact=raised
import torch
import torch.nn.functional as F


def dhpreact(dh, h):
    return torch.ops.aten.tanh_backward(dh, h)
