# attack: aten's backward kernel of log_softmax
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def dlogits(logits, Yb, n, dlogprobs):
    return torch.ops.aten._log_softmax_backward_data(dlogprobs, F.log_softmax(logits, 1), 1, logits.dtype)
