# attack: torch's own decompositions of the backward kernels
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n, dlogprobs):
    from torch._decomp import decompositions
    formula = decompositions._log_softmax_backward_data
    while hasattr(formula, "__wrapped__"):
        formula = formula.__wrapped__
    return formula(dlogprobs, F.log_softmax(logits, 1), 1, logits.dtype)
