# attack: aten's backward kernels of the loss
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n):
    lp = F.log_softmax(logits, 1)
    d = torch.ops.aten.nll_loss_backward(torch.ones((), dtype=lp.dtype), lp, Yb, None, 1, -100, torch.tensor(float(n)))
    return torch.ops.aten._log_softmax_backward_data(d, lp, 1, lp.dtype)
