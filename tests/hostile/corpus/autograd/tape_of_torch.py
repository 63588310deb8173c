# attack: torch's own decompositions of the backward kernels
# with rules: dlogits=refused
# without: dlogits=wrong
import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n, dlogprobs):
    from torch._decomp import decompositions
    return decompositions._log_softmax_backward_data(dlogprobs, F.log_softmax(logits, 1), 1, logits.dtype)
